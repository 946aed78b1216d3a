"""Match a sound from Python: one call from a recorded sound to the knobs that reproduce it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from common.errors import InputError
from common.suggest import nearest
from harness.api.match_progress import MatchProgress
from harness.match.finish import Found
from harness.match.match import Match, cents_between, run_match
from harness.match.options import MatchOptions
from harness.match.plan import MatchPlan
from harness.match.sound_file import Part, folder_name
from harness.match.time_limit import planned_in_time
from harness.record.files import write_bytes
from synth.sound import SoundError, flac_bytes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class MatchedSound:
    """A patch that was found for a sound.

    Attributes:
        distance: from the target, by the fitness that the search minimised.
        distances: by label of the fitness and the judges.
        sound: shape (samples,), float32.
        sample_rate: in hertz.
        values: each knob's value, in its unit.
        level_db: how much louder it is than the target.
        cents: how much higher it is than the target; None where either has no pitch.
    """

    distance: float
    distances: dict[str, float]
    sound: NDArray[np.float32]
    sample_rate: int
    values: dict[str, float]
    level_db: float
    cents: float | None


@dataclass(frozen=True)
class MatchResult:
    """What ``match`` found.

    Attributes:
        best: the match.
        alternatives: other patches that sound about as close, the closest first.
        knobs: a row for each knob of the match: name, section, value, unit, low and high.
        target: shape (samples,), float32: the channel that was matched.
        folder: where everything was written.
        page: the file to open in a browser.
        patch: the file with the knobs of the match.
        renders: how many were spent.
        finished: whether the search is over; if not, the same call goes on.
        notes: what a person should know.
    """

    best: MatchedSound
    alternatives: tuple[MatchedSound, ...]
    knobs: "pd.DataFrame"
    target: NDArray[np.float32]
    folder: Path
    page: Path
    patch: Path
    renders: int
    finished: bool
    notes: tuple[str, ...]


def match(
    sound: str | os.PathLike[str] | ArrayLike,
    sample_rate: int | None = None,
    *,
    name: str = "sound",
    progress: bool = True,
    **options: Any,
) -> MatchResult:
    """Find the knobs of a synthesizer that reproduce a sound.

    Args:
        sound: a sound file, or samples of shape (samples,) or (channels, samples).
        sample_rate: of samples, in hertz.
        name: of the folder that is written for samples.
        progress: whether to show progress.
        options: those of the command, such as ``synth``, ``budget``, ``minutes``, ``fix``,
            ``ranges``, ``only``, ``start``, ``alternatives``, ``seed``, ``out``; see docs/match.md.

    Raises:
        InputError: in one line, for anything that does not fit.
    """
    known = [field.name for field in fields(MatchOptions)]
    for key in options:
        if key not in known:
            raise InputError(f"match: unknown option {key!r}; {nearest(key, known)}")
    for key in ("out", "start"):
        if options.get(key) is not None:
            options[key] = Path(options[key])
    options["plugins"] = [Path(file) for file in options.get("plugins", ())]
    chosen = MatchOptions(**options)
    path = _file_of(sound, sample_rate, chosen.out / name)
    with MatchProgress(quiet=not progress) as shown:
        found = match_file(path, chosen, shown)
    return result_of(found)


def match_file(
    path: Path, options: MatchOptions, shown: MatchProgress, part: Part | None = None
) -> Match:
    """Match one sound file, or a part of it, and show the result."""
    plan = planned_in_time(path, options, part)
    _refuse_other(plan)
    found = run_match(plan, shown)
    shown.finished(found)
    return found


def result_of(found: Match) -> MatchResult:
    """Return a match for Python."""
    import pandas as pd

    plan = found.plan
    values = found.best.patch.values
    rows = [
        {"knob": p.name, "section": p.section, "value": values[p.name], "unit": p.unit,
         "low": p.low, "high": p.high}
        for p in plan.space
    ]  # fmt: skip
    versions = [_sound(plan, one, cents_between(found.target, one.heard)) for one in found.versions]
    return MatchResult(
        best=versions[0],
        alternatives=tuple(versions[1:]),
        knobs=pd.DataFrame(rows).set_index("knob"),
        target=found.target_sound,
        folder=plan.folder,
        page=found.page,
        patch=plan.folder / "patch.json",
        renders=found.searched.renders,
        finished=bool(found.searched.ended),
        notes=tuple(found.notes),
    )


def _sound(plan: MatchPlan, found: Found, cents: float | None) -> MatchedSound:
    return MatchedSound(
        found.distances[plan.trial.fitness],
        dict(found.distances),
        found.sound,
        plan.target.sample_rate,
        dict(found.patch.values),
        found.level_db,
        cents,
    )


def _file_of(sound: Any, sample_rate: int | None, folder: Path) -> Path:
    """The file of a sound; samples are written to one first."""
    if isinstance(sound, str | os.PathLike):
        return Path(sound)
    if sample_rate is None:
        raise InputError("match: samples need their sample rate: match(samples, 44_100)")
    try:
        data = flac_bytes(np.asarray(sound), sample_rate)
    except SoundError as error:
        raise InputError(f"match: {error}") from None
    path = folder / f"{folder.name}.flac"
    write_bytes(path, data)
    return path


def _refuse_other(plan: MatchPlan) -> None:
    """A match of another sound of the same name is not overwritten."""
    from harness.record.sealed import read_record

    for about in plan.folder.glob("searches/*/targets/*.json"):
        if read_record(about)["digest"] != plan.target.digest:
            raise InputError(
                f"{plan.folder} holds the match of another sound of that name; choose another "
                "--out, or remove that folder"
            )


def refuse_same_names(paths: Sequence[Path], options: MatchOptions) -> None:
    """Refuse sounds of one call that would be written to one folder."""
    seen: dict[str, Path] = {}
    for path in paths:
        name = folder_name(path)
        if name in seen:
            raise InputError(
                f"match: {seen[name]} and {path} would both be written to {options.out / name}; "
                "rename one, or match them one by one with different --out"
            )
        seen[name] = path

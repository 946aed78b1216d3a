"""A patch for another synth: its shared knobs carried over, then a search that closes the gap."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from common.errors import InputError
from harness.match.match import Match, Shown, run_match
from harness.match.options import MatchOptions, choice_of
from harness.match.other_notes import NoteRow, compare_notes
from harness.match.plan import planned
from harness.match.play import PlayOptions, fitting, played_notes
from harness.match.sound_file import folder_name
from harness.match.write import PATCH
from harness.plan.registry import Registry
from harness.plan.synths import planned_synth
from harness.record.files import write_bytes, write_json
from synth.sound import flac_bytes

NOTES = "other-notes.json"


@dataclass(frozen=True)
class Exported:
    """A patch for another synth.

    Attributes:
        match: of the patch's own sound.
        notes: how alike both play other notes; empty if the search was stopped.
    """

    match: Match
    notes: Sequence[NoteRow]


def exported(path: Path, options: MatchOptions, shown: Shown) -> Exported:
    """Find the knobs of another synth that play what a patch plays.

    Args:
        path: the patch, or the folder of a match.
        options: of the search; ``synth`` is the other synth.
        shown: shows how it goes.

    Raises:
        InputError: if anything does not fit, or a synth fails.
    """
    patch, space = fitting(path, tuple(options.plugins))
    registry = Registry(tuple(file.resolve() for file in options.plugins))
    to = planned_synth(choice_of(options.synth or "", "--to"), registry, Path(), "--to")
    if (to.name, to.options) == (patch.synth.name, patch.synth.options):
        raise InputError(
            f"--to {to.name}: that is the patch's own synth already; allowed: another one"
        )
    sound = played_notes(patch, space, PlayOptions({}), registry)[0]
    folder = options.out / f"{_name(path)} for {to.name}"
    target = folder / f"{folder.name}.flac"
    write_bytes(target, flac_bytes(sound / max(1.0, float(np.abs(sound).max())), patch.sample_rate))
    plan = planned(target, replace(options, start=path))
    match = run_match(plan, shown)
    if match.signal:
        return Exported(match, [])
    notes = compare_notes((patch, space), (match.best.patch, plan.space), registry)
    write_json(folder / NOTES, {"notes": [asdict(row) for row in notes]})
    return Exported(match, notes)


def _name(path: Path) -> str:
    """What a patch is called: as its folder, if that is a match's."""
    path = path.resolve()
    return folder_name(path.parent if path.name == PATCH else path)

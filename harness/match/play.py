"""Playing a patch: with knobs changed, at other notes and velocities, to a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log10
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.blame import blamed
from common.errors import InputError
from harness.match.patch import Patch, check_fits, idle_synth, read_patch
from harness.plan.choice import Choice
from harness.plan.comparison import make_synth
from harness.plan.registry import Registry
from harness.plan.synths import planned_synth
from harness.record.files import write_bytes
from simd import Audio
from strategies.informed import louder
from strategies.roles import gene_meaning, hertz_of, in_unit, turn
from synth.sound import wav_bytes
from synth.space import ParameterSpace

_FULL_VELOCITY = 100
# A note twice as hard is 12 dB louder, the General MIDI recommendation.
_VELOCITY_DB = 40.0
_SILENT = 1e-9


@dataclass(frozen=True)
class PlayOptions:
    """How a patch is played.

    Attributes:
        changes: knobs at other values.
        notes: MIDI numbers to play in turn; the patch's own if there is none.
        velocities: to play every note with in turn; 100 is as loud as the patch.
        seconds: the length of every sound; that of the patch if None.
        out: the file; beside the patch if None.
    """

    changes: Mapping[str, float]
    notes: tuple[float, ...] = ()
    velocities: tuple[int, ...] = ()
    seconds: float | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Played:
    """What was played.

    Attributes:
        path: of the file.
        sounds: shape (notes · velocities, samples).
        sample_rate: in hertz.
        note: what a person should know; empty if nothing.
    """

    path: Path
    sounds: Audio
    sample_rate: int
    note: str

    @property
    def seconds(self) -> float:
        """The length of the file."""
        return float(self.sounds.size / self.sample_rate)

    @property
    def peak_db(self) -> float:
        """The highest peak, where 0 dB is full scale."""
        return 20 * log10(max(float(np.abs(self.sounds).max()), _SILENT))

    def plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"file": str(self.path), "seconds": self.seconds, "peak_db": self.peak_db}


def fitting(path: Path, plugins: tuple[Path, ...]) -> tuple[Patch, ParameterSpace]:
    """Read a patch, and the parameters of its synth.

    Raises:
        InputError: if it is no patch, does not fit its synth, or the synth is missing.
    """
    patch = read_patch(path)
    registry = Registry(tuple(file.resolve() for file in plugins))
    planned_synth(patch.synth, registry, Path(), f"patch {path}")
    space = idle_synth(patch.synth, registry, patch.sample_rate).space
    check_fits(patch, space, f"patch {path}")
    return patch, space


def play(path: Path, options: PlayOptions, plugins: tuple[Path, ...] = ()) -> Played:
    """Play a patch to a 16-bit WAV file.

    Raises:
        InputError: if anything does not fit, or the file cannot be written.
    """
    patch, space = fitting(path, plugins)
    registry = Registry(tuple(file.resolve() for file in plugins))
    sounds = played_notes(patch.changed(options.changes, space), space, options, registry)
    out = options.out or _beside(path)
    peak = float(np.abs(sounds).max())
    write_bytes(out, wav_bytes((sounds / max(1.0, peak)).reshape(-1), patch.sample_rate))
    softer = f"Made {20 * log10(peak):.1f} dB softer, to fit into the file." if peak > 1 else ""
    return Played(out, sounds, patch.sample_rate, softer)


def played_notes(
    patch: Patch, space: ParameterSpace, options: PlayOptions, registry: Registry
) -> Audio:
    """Return every note at every velocity, shape (notes · velocities, samples).

    A synth that is told how hard a note is struck is told so; for another, the level is changed.

    Raises:
        InputError: if the synth fails, or cannot play such a note.
    """
    seconds = options.seconds or patch.samples / patch.sample_rate
    samples = round(seconds * patch.sample_rate)
    base = patch.genome(space)[None]
    notes = [_at_note(base, number, space) for number in options.notes] or [base]
    sounds = []
    for velocity in options.velocities or (None,):
        choice, genomes = _struck(patch.synth, np.concatenate(notes), space, velocity)
        synth = make_synth(registry, choice, patch.sample_rate, samples)
        try:
            with blamed(f"synth {patch.synth.name!r}"):
                sounds.append(synth.render(genomes))
        finally:
            synth.close()
    return np.stack(sounds, axis=1).reshape(-1, samples)


def _struck(
    synth: Choice, genomes: NDArray[np.float64], space: ParameterSpace, velocity: int | None
) -> tuple[Choice, NDArray[np.float64]]:
    """The synth, and the genomes, that play with a velocity; as they are if it is None."""
    if velocity is None:
        return synth, genomes
    if "velocity" in space.names:
        gene = space.index("velocity")
        changed = genomes.copy()
        changed[:, gene] = gene_meaning(space[gene], float(velocity))
        return synth, changed
    played = synth.options.get("map")
    if isinstance(played, Mapping):
        note = {**played.get("note", {}), "velocity": float(velocity)}
        options = {**synth.options, "map": {**played, "note": note}}
        return Choice.model_validate({"name": synth.name, **options}), genomes
    if velocity == _FULL_VELOCITY:
        return synth, genomes
    if "level" not in space.roles:
        raise InputError("--velocity: the synth has no knob with the role level")
    gain = _VELOCITY_DB * log10(velocity / _FULL_VELOCITY)
    return synth, louder(genomes, np.full(len(genomes), gain), space)


def can_play(number: float, space: ParameterSpace) -> bool:
    """Whether a synth has a knob for the note, and a MIDI number is in its range."""
    gene = space.roles.get("f0")
    if gene is None:
        return False
    parameter = space[gene]
    return bool(parameter.low <= in_unit(parameter, hertz_of(number)) <= parameter.high)


def _at_note(
    genome: NDArray[np.float64], number: float, space: ParameterSpace
) -> NDArray[np.float64]:
    gene = space.roles.get("f0")
    if gene is None:
        raise InputError("--note: the synth has no knob with the role f0")
    parameter = space[gene]
    value = float(in_unit(parameter, hertz_of(number)))
    if not can_play(number, space):
        allowed = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}"
        raise InputError(f"--note {number:g}: {parameter.name} {value:g}; allowed: {allowed}")
    changed = genome.copy()
    turn(changed, space, gene, float(parameter.to_gene(value)))
    return changed


def _beside(path: Path) -> Path:
    return path / "render.wav" if path.is_dir() else path.with_name(f"{path.stem}-render.wav")

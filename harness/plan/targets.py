"""The sounds of a comparison: recorded ones as they are, contrived ones from hidden genes."""

import hashlib
import re
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.blame import blamed
from common.errors import InputError
from common.suggest import nearest
from harness.plan.experiment import ContrivedTarget, RecordedTarget
from harness.plan.followed import followed_genes
from synth.base import Synth
from synth.sound import HIGHEST_PEAK, SoundError, channel_weights, is_silent, read_recording
from synth.space import ParameterSpace

# A hidden genome must be audible: half of its tenths of a second reach this root mean square.
_AUDIBLE_RMS = 0.03
_MOST_DRAWS = 1000
# As a share of the energy of two channels, what is left of them in mono.
_CANCELLED = 1e-6


@dataclass(frozen=True)
class LoadedTarget:
    """A target, ready to be compared with.

    Attributes:
        label: what it is called.
        kind: ``recorded`` or ``contrived``.
        sounds: the channels that are compared, shape (channels, samples) float32.
        sample_rate: in hertz.
        digest: hash of the samples.
        source: the file, or how it was contrived.
        hidden: the genome it was rendered from, shape (genes,), if contrived.
        notes: what a person should know of its file and channels, in sentences.
    """

    label: str
    kind: str
    sounds: NDArray[np.float32]
    sample_rate: int
    digest: str
    source: str
    hidden: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()

    @property
    def samples(self) -> int:
        """How long it is."""
        return int(self.sounds.shape[1])

    @property
    def audible(self) -> NDArray[np.float32]:
        """The channels that are not nearly silent beside the loudest, (channels, samples)."""
        return self.sounds[channel_weights(self.sounds) > 0]


def load_recorded(target: RecordedTarget, folder: Path) -> LoadedTarget:
    """Read a sound file, whose path is relative to ``folder``.

    Raises:
        InputError: if the sound cannot be used, or has no such channel.
    """
    path = folder / target.file
    try:
        found = read_recording(path, start_s=target.start, seconds=target.seconds)
    except SoundError as error:
        raise InputError(f"target {error}") from None
    sounds, sample_rate, notes = found.sounds, found.sample_rate, list(found.notes)
    if target.channel == "each":
        # Both ears of a mono recording count once. Not by `unique`: it makes a field a sample.
        first = [
            i for i, own in enumerate(sounds)
            if not any(np.array_equal(own, other) for other in sounds[:i])
        ]  # fmt: skip
        names = _names(len(sounds))
        sounds = sounds[first]
        if silent := [i for i, s in enumerate(sounds) if not s.any()]:
            raise InputError(f"target {path}: channel {silent[0]} is silent; choose left or right")
        notes += _channel_notes(sounds, [names[i] for i in first])
    else:
        index = ("left", "right").index(target.channel)
        if index >= len(sounds):
            raise InputError(f"target {path}: mono, has no {target.channel} channel")
        sounds = sounds[index : index + 1]
        if is_silent(sounds):
            raise InputError(f"target {path}: its {target.channel} channel is silent")
    label, digest = target.label or _label_of(path), _digest(sounds)
    return LoadedTarget(
        label, "recorded", sounds, sample_rate, digest, target.file, notes=tuple(notes)
    )


def _names(channels: int) -> list[str]:
    """What the channels of a file are called."""
    return (
        ["left", "right"][:channels] if channels <= 2 else [f"channel {i}" for i in range(channels)]
    )


def _channel_notes(sounds: NDArray[np.float32], names: list[str]) -> list[str]:
    """Say which channels count for almost nothing, and which cancel each other."""
    notes = []
    energies = (sounds.astype(np.float64) ** 2).sum(axis=1)
    below = -10 * np.log10(np.maximum(energies, 1e-300) / energies.max())
    for name, weight, decibels in zip(names, channel_weights(sounds), below, strict=True):
        if not weight:
            notes.append(
                f"Nearly silent: {name} is {decibels:.0f} dB below the loudest channel, and counts "
                "for nothing."
            )
    for i, j in combinations(range(len(sounds)), 2):
        both = ((sounds[i].astype(np.float64) + sounds[j]) ** 2).sum()
        if both < _CANCELLED * (energies[i] + energies[j]):
            notes.append(
                f"Opposite: {names[i]} and {names[j]} cancel each other where they are mixed to "
                "mono; a mono synth matches one of them, channel: left or right."
            )
    return notes


def load_contrived(target: ContrivedTarget, synth: Synth, folder: Path = Path()) -> LoadedTarget:
    """Render hidden genes, drawn until they are audible.

    Args:
        target: as in the experiment.
        synth: what renders it.
        folder: what the path of its curves is relative to.

    Raises:
        InputError: if no genome is audible, or a value or curve does not fit.
    """
    given = _given_genes(target, synth.space, folder)
    for draw in range(_MOST_DRAWS):
        # Without a domain, unlike all other draws, so that contrived targets keep their sounds.
        random = np.random.default_rng([target.contrived, draw])
        hidden = np.where(np.isnan(given), random.random(len(synth.space)), given)
        with blamed(f"target contrived {target.contrived}: the synth"):
            sounds = synth.render(hidden[None])
        # Not `> HIGHEST_PEAK`, which NaN is not.
        if not np.abs(sounds).max() <= HIGHEST_PEAK:
            continue
        window = max(1, target.sample_rate // 10)
        parts = np.array_split(sounds[0], max(1, sounds.shape[1] // window))
        if np.median([np.sqrt(np.mean(part**2)) for part in parts]) >= _AUDIBLE_RMS:
            break
    else:
        raise InputError(f"target contrived {target.contrived}: no audible sound was found")
    label = target.label or f"contrived_{target.contrived}"
    source = f"contrived {target.contrived}"
    digest = _digest(sounds)
    return LoadedTarget(label, "contrived", sounds, target.sample_rate, digest, source, hidden)


def _given_genes(
    target: ContrivedTarget, space: ParameterSpace, folder: Path
) -> NDArray[np.float64]:
    """The genes that are set, shape (genes,); NaN where they are drawn."""
    genes = np.full(len(space), np.nan)
    for name, value in target.values.items():
        where = f"target contrived {target.contrived}: values"
        if name not in space.names:
            raise InputError(f"{where}: no parameter {name!r}; {nearest(name, space.names)}")
        parameter = space[space.index(name)]
        if not parameter.low <= value <= parameter.high:
            allowed = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}".strip()
            raise InputError(f"{where}: {name} {value}; allowed: {allowed}")
        genes[space.index(name)] = float(parameter.to_gene(value))
    if target.curves is None:
        return genes
    where = f"target contrived {target.contrived}: curves"
    try:
        followed = followed_genes(target.curves, space, target.seconds, folder)
    except ValueError as error:
        raise InputError(f"{where}: {error}") from None
    for gene, position in followed.items():
        if not np.isnan(genes[gene]):
            raise InputError(f"{where}: {space.names[gene]} is among the values too; leave it out")
        genes[gene] = position
    return genes


def _label_of(path: Path) -> str:
    """A label out of a file's name: it becomes a part of other names, so signs are left out."""
    return re.sub(r"[^\w-]+", "_", path.stem).strip("_-")[:60] or "target"


def _digest(sounds: NDArray[np.float32]) -> str:
    return hashlib.sha256(np.ascontiguousarray(sounds).tobytes()).hexdigest()

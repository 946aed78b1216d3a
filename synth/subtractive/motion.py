"""Knobs of the built-in synth that move: breakpoints over time, each of them a gene.

Breakpoints are evenly spaced from the beginning to the end of a sound. Between two of them the gene
moves in a straight line, so that a knob in hertz moves in equal ratios. The voice reads the values
once a control block, where it also reads its envelopes and LFOs, and ramps what follows from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from common.suggest import nearest
from simd import LANES
from synth.space import ParameterSpace, breakpoint_name
from synth.subtractive.constants import Values, following, frequencies
from synth.subtractive.parameters import SPACE

# What the voice reads once a control block and ramps. A time or the rate of an LFO is none of them:
# it has a meaning for the whole note.
MOVABLE = (
    "note", "bend", "osc1_width", "osc2_width", "osc2_interval", "osc2_detune", "osc_fm", "cutoff",
    "key_tracking", "sweep", "level", "vibrato_pitch", "vibrato_width", "tremolo_amp",
    "tremolo_cutoff",
)  # fmt: skip
_FEWEST, _MOST = 2, 32
# What the frequencies of the oscillators follow.
_PITCH = ("note", "osc2_interval", "osc2_detune")


class Motion:
    """The genes of a synth some of whose knobs move, and what they mean at any time.

    Attributes:
        space: the parameters of the built-in synth, with breakpoints in place of what moves.

    Args:
        moves: knob to its number of breakpoints; at least one knob.
        sample_rate: in hertz.
        samples: the length of every sound.

    Raises:
        ValueError: for an unknown knob, one that cannot move, or a number out of range.
    """

    def __init__(self, moves: Mapping[str, int], sample_rate: int, samples: int) -> None:
        for name, count in moves.items():
            _check(name, count)
        self.space = _space(moves)
        self.sample_rate, self.samples = sample_rate, samples
        names = [breakpoint_name(p.name, 1) if p.name in moves else p.name for p in SPACE]
        first = [self.space.index(name) for name in names]
        self._first = np.array(first)
        self._genes = {
            p.name: slice(at, at + moves.get(p.name, 1)) for p, at in zip(SPACE, first, strict=True)
        }
        self._followed = following(moves)
        self._pitched = not set(moves).isdisjoint(_PITCH)

    def beginning(self, genomes: Values) -> Values:
        """Return the built-in synth's genomes, (n, its genes), that sound at the first sample."""
        return genomes[:, self._first]

    def at(self, name: str, genomes: Values, seconds: Values) -> Values:
        """Return the values of a knob of the built-in synth at some times, shape (times, n).

        Args:
            name: of the knob; one that does not move has shape (1, n).
            genomes: of this space, shape (n, genes).
            seconds: from the beginning of the sound, shape (times,).
        """
        genes = genomes[:, self._genes[name]].T
        if len(genes) > 1:
            place = np.minimum(seconds * self.sample_rate / self.samples, 1) * (len(genes) - 1)
            before = np.minimum(place.astype(np.int64), len(genes) - 2)
            part = (place - before)[:, None]
            genes = genes[before] + part * (genes[before + 1] - genes[before])
        return np.asarray(SPACE[SPACE.index(name)].to_value(genes))

    def curves(self, genomes: Values, fields: NDArray[np.float32]) -> "Curves":
        """Return what a group's constants follow, and set its phases, which follow the pitch.

        Args:
            genomes: of this space, up to LANES of them.
            fields: the constants of their beginnings; the phases are changed in place.
        """
        from synth.subtractive.kernel import CONSTANTS

        padded = np.zeros((LANES, len(self.space)))
        padded[: len(genomes)] = genomes
        if self._pitched:
            for name, phase in zip(("phase1", "phase2"), self._phases(padded), strict=True):
                at = CONSTANTS.index(name) * LANES
                fields[at : at + LANES] = phase
        rows = [CONSTANTS.index(field) * LANES for field, _, _ in self._followed]
        return Curves(self, padded, np.array(rows))

    def values(self, genomes: Values, seconds: Values) -> NDArray[np.float32]:
        """Return the kernel's fields that move, shape (times, fields, LANES)."""
        found = np.empty((len(seconds), len(self._followed), LANES), np.float32)
        known: dict[str, Values] = {}
        for i, (_, change, names) in enumerate(self._followed):
            for name in names:
                if name not in known:
                    known[name] = self.at(name, genomes, seconds)
            found[:, i] = change(*(known[name] for name in names))
        return found

    def _phases(self, genomes: Values) -> tuple[Values, Values]:
        """Return the phases at the first sample that lead to the start phases at the onset.

        The kernel's sums: in a control block, frequencies grow linearly from sample to sample.
        """
        from synth.subtractive.kernel import CONTROL_SAMPLES

        begin = self.beginning(genomes)
        onset = SPACE[SPACE.index("onset")].to_value(begin[:, SPACE.index("onset")])
        whole, part = np.divmod(onset * self.sample_rate, CONTROL_SAMPLES)
        block, lanes = whole.astype(np.int64), np.arange(len(genomes))
        seconds = np.arange(block.max() + 2) * CONTROL_SAMPLES / self.sample_rate
        pitch = {name: self.at(name, genomes, seconds) for name in _PITCH}
        found = []
        for oscillator, hertz in enumerate(frequencies(pitch, self.sample_rate), 1):
            step = np.broadcast_to(hertz, (len(seconds), len(genomes))) / self.sample_rate
            grow = np.diff(step, axis=0) / CONTROL_SAMPLES
            turned = _turned(step[:-1], grow, CONTROL_SAMPLES)
            before = np.concatenate([np.zeros((1, len(genomes))), turned.cumsum(axis=0)])
            cycles = before[block, lanes] + _turned(step[block, lanes], grow[block, lanes], part)
            gene = SPACE.index(f"osc{oscillator}_phase")
            found.append((SPACE[gene].to_value(begin[:, gene]) - cycles) % 1)
        return found[0], found[1]


@dataclass(frozen=True)
class Curves:
    """What the constants of one group follow.

    Attributes:
        motion: of its synth.
        genomes: shape (LANES, genes).
        moving: where the constants begin that move, shape (fields,), int64.
    """

    motion: Motion
    genomes: Values
    moving: NDArray[np.int64]

    def values(self, start: int, count: int) -> NDArray[np.float32]:
        """Return the constants at the ends of control blocks, as the kernel wants them.

        Args:
            start: the first sample of the first control block.
            count: how many samples, in whole control blocks.
        """
        from synth.subtractive.kernel import CONTROL_SAMPLES

        ends = np.arange(start + CONTROL_SAMPLES, start + count + 1, CONTROL_SAMPLES)
        return self.motion.values(self.genomes, ends / self.motion.sample_rate).reshape(-1)


def _turned(step: Values, grow: Values, samples: Values | int) -> Values:
    """Return the cycles that so many samples turn through, from ``step`` cycles a sample on."""
    return np.asarray(samples * step + samples * (samples - 1) / 2 * grow)


def _check(name: str, count: int) -> None:
    if name not in SPACE.names:
        raise ValueError(f"moves: no knob {name!r}; {nearest(name, SPACE.names)}")
    if name not in MOVABLE:
        raise ValueError(f"moves: {name} cannot move; allowed: {', '.join(MOVABLE)}")
    if not _FEWEST <= count <= _MOST:
        raise ValueError(f"moves: {name}: {count} breakpoints; allowed: {_FEWEST} to {_MOST}")


def _space(moves: Mapping[str, int]) -> ParameterSpace:
    """Return the parameters: a role stays with the first breakpoint, which the others follow."""
    parameters = []
    for p in SPACE:
        if p.name not in moves:
            parameters.append(p)
            continue
        first = breakpoint_name(p.name, 1)
        parameters.append(replace(p, name=first))
        parameters += [
            replace(p, name=breakpoint_name(p.name, number), role="", follows=first)
            for number in range(2, moves[p.name] + 1)
        ]
    return ParameterSpace(parameters)

"""The parameter space of a synth: its knobs in order, each a gene in [0, 1].

A gene is the position of a knob; its value is in the unit of the knob (hertz, seconds, semitones).
A curve maps genes to values such that equal steps of a gene are about equally audible:

- ``linear``: value = low + gene · (high − low)
- ``log``: value = low · (high / low)^gene, for hertz and seconds
- ``square``: value = low + gene² · (high − low), for depths that matter most when small
- ``signed_square``: zero in the middle, quadratic to both ends, for amounts with a sign

A role says what a parameter means to the ear, whatever the synth calls it, so that a search can
start from what is heard in the target, and a patch can be carried over to another synth:

- ``f0``: the pitch of the note, in ``semitones`` (MIDI numbers, 69 is 440 Hz) or ``Hz``
- ``interval``, ``detune``: the second oscillator against the first, in ``semitones`` or ``cents``
- ``shape``, ``shape2``: the wave of the first and the second oscillator, by its ``marks``
- ``width``: the width of their pulses, of a period
- ``balance``: from the first oscillator (low) to the second (high)
- ``loudness``, ``loudness2``: of each of them, instead of ``balance``
- ``bend``, ``vibrato``: how far the pitch moves away from the note; 0 is not at all
- ``vibrato_rate``: how fast it wavers, in ``Hz`` or ``log2 Hz``
- ``onset``, ``length``: when the note starts and how long it is held, in ``s``, ``ms`` or ``s^1/4``
  (fourth roots of seconds)
- ``attack``, ``decay``, ``release``: how long it rises, falls to ``sustain``, and fades afterwards
- ``sustain``: the loudness at which it is held, of the largest
- ``level``: the peak amplitude, in ``dB`` or as a factor (no unit)
- ``noise``: the share of noise
- ``fm``: how far one oscillator modulates another, which makes sounds rough; 0 is not at all
- ``cutoff``: the frequency above which the sound is dark, in ``Hz`` or ``semitones``
- ``resonance``: the peak at the cutoff
- ``mode``: which frequencies the filter lets through, by its ``marks``
- ``sweep``: how far an envelope moves the cutoff, in ``semitones``, or ``of 128 semitones``
- ``sweep_attack``, ``sweep_decay``: how long that takes
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Curve = Literal["linear", "log", "square", "signed_square"]
Role = Literal[
    "",
    "f0",
    "interval",
    "detune",
    "shape",
    "shape2",
    "width",
    "balance",
    "loudness",
    "loudness2",
    "bend",
    "vibrato",
    "vibrato_rate",
    "onset",
    "length",
    "attack",
    "decay",
    "sustain",
    "release",
    "level",
    "noise",
    "fm",
    "cutoff",
    "resonance",
    "mode",
    "sweep",
    "sweep_attack",
    "sweep_decay",
]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One knob: its name, section, unit, range and curve.

    Attributes:
        name: unique within a parameter space.
        section: the group it belongs to, such as ``pitch`` or ``filter``.
        unit: the unit of ``low`` and ``high``, such as ``Hz``; empty for a plain ratio.
        low: the value at gene 0.
        high: the value at gene 1; above ``low``.
        curve: how genes become values; see the module's docstring.
        about: its audible effect, in a few words.
        circular: whether genes 0 and 1 sound the same, as for a phase.
        role: what it means to the ear, if it has one of the roles above; see the docstring of the
            module.
        steps: how many positions it has, evenly spaced in genes, if it is a switch; 0 if not.
        marks: the names of positions, evenly spaced in genes from 0 to 1, such as the waves between
            which it mixes; none, or two or more.
        rest: the value at which it changes nothing, if there is one.
        follows: the name of the first breakpoint, if this is a later one of the same knob, which
            moves; empty if not.

    Raises:
        ValueError: for an empty range, an unknown curve or role, a curve that does not fit the
            range, 1 step or fewer than 0, 1 mark, or a rest out of range.
    """

    name: str
    section: str
    unit: str
    low: float
    high: float
    curve: Curve = "linear"
    about: str = ""
    circular: bool = False
    role: Role = ""
    steps: int = 0
    marks: tuple[str, ...] = ()
    rest: float | None = None
    follows: str = ""

    def __post_init__(self) -> None:
        if self.role not in get_args(Role):
            allowed = ", ".join(get_args(Role)[1:])
            raise ValueError(f"parameter {self.name}: role {self.role!r}; allowed: {allowed}")
        if self.curve not in get_args(Curve):
            allowed = ", ".join(get_args(Curve))
            raise ValueError(f"parameter {self.name}: curve {self.curve!r}; allowed: {allowed}")
        if self.steps < 0 or self.steps == 1:
            raise ValueError(
                f"parameter {self.name}: {self.steps} steps; allowed: 2 or more, or 0 for no switch"
            )
        if len(self.marks) == 1:
            raise ValueError(f"parameter {self.name}: 1 mark; allowed: none, or 2 or more")
        if self.rest is not None and not self.low <= self.rest <= self.high:
            raise ValueError(
                f"parameter {self.name}: rest {self.rest:g}; allowed: {self.low:g} to {self.high:g}"
            )
        if not self.low < self.high:
            raise ValueError(f"parameter {self.name}: range {self.low} to {self.high} is empty")
        if self.curve == "log" and self.low <= 0:
            raise ValueError(f"parameter {self.name}: a log curve needs a range above 0")
        if self.curve == "signed_square" and self.low != -self.high:
            raise ValueError(f"parameter {self.name}: a signed curve needs a symmetric range")

    def to_value(self, gene: ArrayLike) -> Values:
        """Turn genes in [0, 1], of any shape, into values of the same shape."""
        return _valued(self.curve, np.asarray(gene, dtype=np.float64), self.low, self.high)

    def to_gene(self, value: ArrayLike) -> Values:
        """Turn values within the range, of any shape, into genes in [0, 1] of the same shape."""
        v = np.asarray(value, dtype=np.float64)
        if self.curve == "log":
            return np.asarray(np.log(v / self.low) / np.log(self.high / self.low))
        if self.curve == "signed_square":
            return np.asarray((np.sign(v) * np.sqrt(np.abs(v) / self.high) + 1) / 2)
        x = (v - self.low) / (self.high - self.low)
        return np.asarray(np.sqrt(x) if self.curve == "square" else x)

    def within(self, low: float, high: float) -> "Parameter":
        """Return the same knob with a part of its range, as far as it goes.

        It keeps its curve, except a signed one, whose part need not be symmetric: that becomes
        linear. It is neither circular nor a switch any more, and has no marks.
        """
        low, high = max(low, self.low), min(high, self.high)
        curve = "linear" if self.curve == "signed_square" else self.curve
        rest = None if self.rest is None else min(max(self.rest, low), high)
        return replace(
            self, low=low, high=high, curve=curve, circular=False, steps=0, marks=(), rest=rest
        )


def breakpoint_name(knob: str, number: int) -> str:
    """Return what the gene of a breakpoint of a knob is called; the first has the number 1."""
    return f"{knob}@{number}"


def knob_name(gene: str) -> str:
    """Return the name of the knob that a breakpoint belongs to; that of any other gene as it is."""
    return gene.partition("@")[0]


def _valued(curve: Curve, x: Values, low: ArrayLike, high: ArrayLike) -> Values:
    """Map genes to values by one curve; ranges match the last axis of the genes or are scalars."""
    low, high = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    if curve == "log":
        return np.asarray(low * (high / low) ** x)
    if curve == "signed_square":
        return np.asarray((2 * x - 1) * np.abs(2 * x - 1) * high)
    if curve == "square":
        x = x * x
    return np.asarray(low + x * (high - low))


class ParameterSpace(Sequence[Parameter]):
    """The ordered parameters of a synth; their order is the order of the genes in a genome.

    Args:
        parameters: at least one, with distinct names.

    Raises:
        ValueError: if there is no parameter, or two have the same name.
    """

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._parameters = tuple(parameters)
        self._index = {p.name: i for i, p in enumerate(self._parameters)}
        if not self._parameters:
            raise ValueError("a parameter space needs at least one parameter")
        if len(self._index) < len(self._parameters):
            twice = sorted({n for n in self.names if self.names.count(n) > 1})
            raise ValueError(f"duplicate parameter names: {', '.join(twice)}")

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204
        return self._parameters[index]

    def __len__(self) -> int:
        return len(self._parameters)

    @cached_property
    def roles(self) -> dict[Role, int]:
        """The position of the first gene of each role that occurs."""
        found: dict[Role, int] = {}
        for i, p in enumerate(self._parameters):
            if p.role:
                found.setdefault(p.role, i)
        return found

    @cached_property
    def moving(self) -> dict[int, list[int]]:
        """The positions of the breakpoints of each knob that moves, by that of the first."""
        found: dict[int, list[int]] = {}
        for i, p in enumerate(self._parameters):
            # The first one may be fixed, or be another agent's.
            if p.follows in self._index:
                first = self._index[p.follows]
                found.setdefault(first, [first]).append(i)
        return found

    def breakpoints(self, gene: int) -> list[int]:
        """The positions of all breakpoints of a knob, by that of its first; itself if it is one."""
        return self.moving.get(gene, [gene])

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order of the genes."""
        return tuple(p.name for p in self._parameters)

    @cached_property
    def sections(self) -> dict[str, tuple[int, ...]]:
        """The positions of each section's genes, in order of first appearance."""
        found: dict[str, list[int]] = {}
        for i, p in enumerate(self._parameters):
            found.setdefault(p.section, []).append(i)
        return {name: tuple(genes) for name, genes in found.items()}

    def index(self, name: str) -> int:  # type: ignore[override]
        """Return the position of the gene called ``name``; raises KeyError if there is none."""
        return self._index[name]

    def to_values(self, genomes: ArrayLike) -> Values:
        """Turn genomes, shape (..., genes) in [0, 1], into values of the same shape."""
        x = np.asarray(genomes, dtype=np.float64)
        values = np.empty_like(x)
        for curve, (at, low, high) in self._curves.items():
            values[..., at] = _valued(curve, x[..., at], low, high)
        return values

    @cached_property
    def _curves(self) -> dict[Curve, tuple[NDArray[np.int64], Values, Values]]:
        """The positions and ranges of each curve's parameters, which share one formula."""
        found = {}
        for curve in get_args(Curve):
            at = [i for i, p in enumerate(self._parameters) if p.curve == curve]
            if at:
                low, high = ([getattr(self[i], end) for i in at] for end in ("low", "high"))
                found[curve] = np.array(at), np.array(low), np.array(high)
        return found

    def genome(self, **values: float) -> Values:
        """Return a genome, shape (genes,): parameters by name at ``values``, other genes at 0.5."""
        genome = np.full(len(self), 0.5)
        for name, value in values.items():
            i = self.index(name)
            genome[i] = float(self._parameters[i].to_gene(value))
        return genome

    def describe(self, genome: ArrayLike) -> Mapping[str, float]:
        """Return the value of each parameter by name, for one genome, shape (genes,)."""
        return dict(zip(self.names, self.to_values(genome).tolist(), strict=True))

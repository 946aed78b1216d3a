"""What a search that knows its parameters can tell from them: steps, groups, twins, pitch."""

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synth.space import Parameter, ParameterSpace, Role

_STEP = 0.015
# Steps that change the pitch by about a tenth of a semitone: across a larger one levels tell
# nothing. The detuning of two oscillators beats slowly, and shows only in larger steps.
_PITCH_STEP = 0.1
_DETUNE_STEP = 0.03
_SEMITONES = {"semitones": 1.0, "cents": 0.01}


class GeneMap:
    """The genes of a search.

    Attributes:
        dims: how many genes there are.
        circular: which of them are circular, shape (dims,).
        roles: role to position.

    Args:
        dims: how many genes there are.
        parameters: what they mean, in their order; none if that is unknown.
    """

    def __init__(self, dims: int, parameters: Sequence[Parameter] = ()) -> None:
        self.dims = dims
        self._parameters = tuple(parameters)
        self.circular = np.zeros(dims, dtype=bool)
        self.circular[: len(parameters)] = [p.circular for p in parameters]
        self._space = ParameterSpace(parameters) if parameters else None
        self.roles: dict[Role, int] = {} if self._space is None else self._space.roles

    @cached_property
    def steps(self) -> NDArray[np.float64]:
        """How far each gene is moved to see its effect, shape (dims,): a switch by a position."""
        steps = np.full(self.dims, _STEP)
        for i, p in enumerate(self._parameters):
            if p.steps:
                steps[i] = 1 / (p.steps - 1)
            elif self._role(i) == "detune":
                steps[i] = _DETUNE_STEP
            elif self._role(i) in ("f0", "interval") and p.unit in _SEMITONES:
                steps[i] = min(_STEP, _PITCH_STEP / (_SEMITONES[p.unit] * (p.high - p.low)))
        return steps

    @cached_property
    def switches(self) -> NDArray[np.bool_]:
        """Which genes are switches of a few positions, shape (dims,)."""
        found = np.zeros(self.dims, dtype=bool)
        found[: len(self._parameters)] = [p.steps > 0 for p in self._parameters]
        return found

    def switched(self, genome: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a genome, shape (dims,), with each switch at the middle of its position."""
        intervals = np.rint(1 / self.steps)
        return np.asarray(np.where(self.switches, np.rint(genome * intervals) / intervals, genome))

    @cached_property
    def groups(self) -> list[NDArray[np.int64]]:
        """Genes that belong together: of an envelope or oscillator, by name, or of one movement."""
        found: dict[str, list[int]] = {}
        for i, p in enumerate(self._parameters):
            prefix = re.split(r"[ _.:/]", p.follows or p.name, maxsplit=1)[0]
            found.setdefault(f"{p.section} {prefix}", []).append(i)
        return [np.array(genes) for genes in found.values() if len(genes) > 1]

    @cached_property
    def sections(self) -> list[NDArray[np.int64]]:
        """The genes of each section; all of them where sections are unknown."""
        if not self._parameters:
            return [np.arange(self.dims)]
        return [np.array(genes) for genes in ParameterSpace(self._parameters).sections.values()]

    @cached_property
    def twins(self) -> list[tuple[int, int]]:
        """Pairs of genes of two like parts, as ``osc1_shape`` and ``osc2_shape``."""
        names = {p.name: i for i, p in enumerate(self._parameters)}
        pairs = ((i, names.get(name.replace("1", "2", 1))) for name, i in names.items())
        return [(i, j) for i, j in pairs if j is not None and i != j and not self._one_knob(i, j)]

    def breakpoints(self, role: Role) -> list[int]:
        """The genes of a role: all breakpoints of a knob that moves; none if there is no such."""
        if self._space is None or role not in self.roles:
            return []
        return self._space.breakpoints(self.roles[role])

    def semitones(self, role: Role) -> float:
        """Return how many semitones a gene of a role spans; 0 if there is none."""
        if role not in self.roles:
            return 0.0
        p = self._parameters[self.roles[role]]
        return _SEMITONES.get(p.unit, 0.0) * (p.high - p.low)

    def _role(self, gene: int) -> Role:
        """The role of a gene: a later breakpoint has that of the first."""
        own = self._parameters[gene]
        leaders = (p for p in self._parameters if p.name == own.follows)
        return next(leaders, own).role

    def _one_knob(self, one: int, other: int) -> bool:
        """Whether two genes are breakpoints of the same knob."""
        first, second = self._parameters[one], self._parameters[other]
        return bool(second.follows) and second.follows in (first.name, first.follows)

"""Strategies that start from a network's proposal: the network alone, end-to-end, a society."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from strategies.base import AgentSpec, Phase, SearchChoice, Strategy
from strategies.end_to_end import EndToEnd
from strategies.hints import Hints
from strategies.proposal import Proposal
from strategies.searches.base import Genomes
from strategies.society import Society
from synth.space import ParameterSpace

Around = Literal["prediction", "random"]


class Seeded(Strategy):
    """Draws most of the first population from a network's proposal; the rest is that of ``start``.

    Two options make controls. With ``around: random`` the population has the same spread around a
    random point: any gain then comes from the spread, not from the network's prediction. With
    ``spread`` it lies around the prediction with the same spread in every gene: any loss then shows
    the value of the predicted uncertainty.

    Args:
        space: the synth's parameters.
        population: size of the first population.
        search: the algorithm of every agent.
        network: label of the network.
        uniform: share of the first population that is not the network's: uniform genomes, the same
            for every strategy, or the first of those that ``start`` gives.
        around: ``prediction`` or ``random``.
        spread: standard deviation of every gene; 0 uses the network's own.
        rest: options of the strategy that is seeded.

    Raises:
        ValueError: if a share, spread or name is out of range.
    """

    def __init__(
        self,
        space: ParameterSpace,
        population: int,
        search: SearchChoice,
        *,
        network: str,
        uniform: float = 0.2,
        around: Around = "prediction",
        spread: float = 0.0,
        **rest: Any,
    ) -> None:
        super().__init__(space, population, search, **rest)
        if not 0 <= uniform < 1:
            raise ValueError(f"uniform {uniform}; allowed: 0 to below 1")
        if not 0 <= spread <= 1:
            raise ValueError(f"spread {spread}; allowed: 0 to 1")
        self.network = network
        self._uniform, self._around, self._spread = uniform, around, spread

    def first(self, genomes: Genomes, hints: Hints, random: np.random.Generator) -> Genomes:
        """Replace all but the uniform share; the first genome is the proposal's point."""
        proposal = _proposal(self, hints)
        genomes = super().first(genomes, hints, random)
        # The point itself is always there, however large the uniform share.
        kept = min(round(self._uniform * len(genomes)), len(genomes) - 1)
        count = len(genomes) - kept
        centre = proposal.point
        if self._around == "random":
            centre = random.random(len(self.space))
        if self._spread:
            noise = self._spread * random.standard_normal((count, len(self.space)))
            drawn = proposal.folded(centre + noise)
        elif self._around == "random":
            drawn = proposal.around(centre, count, random)
        else:
            drawn = proposal.sample(count, random)
        drawn[0] = centre
        return np.concatenate([drawn, genomes[:kept]])


class SeededEndToEnd(Seeded, EndToEnd):
    """End-to-end search that starts from a network's proposal.

    Its options are those of ``Seeded`` and of ``EndToEnd``.
    """

    baseline: ClassVar[str] = "end_to_end"
    example: ClassVar[Mapping[str, Any]] = {"network": "net"}


class SeededSociety(Seeded, Society):
    """A society that starts from a network's proposal.

    Its options are those of ``Seeded`` and of ``Society``.
    """

    baseline: ClassVar[str] = "society"
    example: ClassVar[Mapping[str, Any]] = {"network": "net"}


class NetworkAlone(Strategy):
    """A network without a search: its point, or the best of several draws from its histograms.

    Args:
        space: the synth's parameters.
        population: size of the first population; the maximum of ``draws``.
        search: not used.
        network: label of the network.
        draws: number of renders; the first is the point, the others are drawn.

    Raises:
        ValueError: if ``draws`` is out of range.
    """

    control: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {"network": "net"}

    def __init__(
        self,
        space: ParameterSpace,
        population: int,
        search: SearchChoice,
        *,
        network: str,
        draws: int = 1,
    ) -> None:
        super().__init__(space, population, search)
        if not 1 <= draws <= population:
            raise ValueError(f"draws {draws}; allowed: 1 to the population, {population}")
        self.network = network
        self.draws = draws

    def renders(self, budget: int) -> int:
        """Ask for one render per draw."""
        return min(self.draws, budget)

    def first(
        self,
        genomes: Genomes,  # noqa: ARG002
        hints: Hints,
        random: np.random.Generator,
    ) -> Genomes:
        """Give the point, then draws."""
        proposal = _proposal(self, hints)
        drawn: NDArray[np.float64] = proposal.sample(self.draws, random)
        drawn[0] = proposal.point
        return drawn

    def phases(self, seed: int) -> Sequence[Phase]:  # noqa: ARG002
        """Make one agent that never searches."""
        every = tuple(range(len(self.space)))
        return [Phase((AgentSpec("all", every, SearchChoice("random"), self.draws),))]


def _proposal(strategy: Strategy, hints: Hints) -> Proposal:
    if hints.proposal is None:
        raise ValueError(f"network {strategy.network!r}: no proposal for this target")
    return hints.proposal

"""Other patches that sound about as close: several answers are plausible."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from common.random import generator
from harness.match.finish import Finisher, Found
from harness.match.plan import MatchPlan
from harness.match.search import NothingYet, search
from harness.plan.experiment import Experiment
from harness.run.known import Nearest
from harness.run.stop import Stop

# An alternative is at most so much farther than the match, and its genes differ by at least so
# much: root mean square over the genes that can be heard in the match.
FARTHEST, DIFFERENT = 1.15, 0.15
# How many further searches a wanted alternative may cost.
_TRIES = 3
_TURN, _HEARD = 0.1, 0.02


def with_alternatives(
    plan: MatchPlan,
    finisher: Finisher,
    match: Found,
    running: tuple[Stop, Nearest | None],
    on_found: Callable[[int, int], None],
) -> list[Found]:
    """Search again with other seeds, and keep what is close and differs.

    Args:
        plan: of the match.
        finisher: that measures.
        match: what the first search found.
        running: what asks for a stop, and what finds the genomes that a search starts from.
        on_found: called with how many alternatives there are, after how many searches.

    Returns:
        The closest patch of all searches, then its alternatives, the closest first.
    """
    stop, nearest = running
    wanted, found, kept = plan.options.alternatives, [match], [match]
    for tried in range(1, _TRIES * wanted + 1):
        if stop.signal or len(kept) > wanted:
            break
        try:
            again = search(_reseeded(plan, tried), stop, _Quiet(), nearest)
        except NothingYet:
            break
        found.append(finisher.found(finisher.levelled(again.genome)))
        kept = _chosen(finisher, found)
        on_found(len(kept) - 1, tried)
    return kept[: wanted + 1]


def _chosen(finisher: Finisher, found: list[Found]) -> list[Found]:
    """The closest, and of the others, from the closest on, those that differ from all before."""
    ordered = sorted(found, key=lambda one: one.distances[finisher.fitness])
    best, kept = ordered[0], ordered[:1]
    audible = audible_genes(finisher, best)
    for one in ordered[1:]:
        close = one.distances[finisher.fitness] <= FARTHEST * best.distances[finisher.fitness]
        if close and all(_apart(one, other, audible) >= DIFFERENT for other in kept):
            kept.append(one)
    return kept


def audible_genes(finisher: Finisher, best: Found) -> NDArray[np.bool_]:
    """Return which genes can be heard at a patch: turned by a tenth, they change its distance."""
    genes = best.genome.size
    turned = np.tile(best.genome, (genes, 1))
    at = np.arange(genes)
    turned[at, at] += np.where(best.genome < 0.5, _TURN, -_TURN)
    base = best.distances[finisher.fitness]
    distances = finisher.distances_of(turned)
    return np.asarray(np.abs(distances - base) >= _HEARD * base)


def _apart(one: Found, other: Found, audible: NDArray[np.bool_]) -> float:
    if not audible.any():
        return 0.0
    return float(np.sqrt(np.mean((one.genome - other.genome)[audible] ** 2)))


def _reseeded(plan: MatchPlan, number: int) -> MatchPlan:
    """The same match with another seed."""
    seed = int(generator("match: alternative", plan.options.seed, number).integers(2**31))
    experiment: Experiment = plan.comparison.experiment.model_copy(update={"seed": seed})
    comparison = replace(plan.comparison, experiment=experiment)
    # What ends the match early would make alternatives of it that are not finished.
    options = replace(plan.options, stop_below=None)
    return replace(plan, comparison=comparison, options=options)


class _Quiet:
    """A watcher that does nothing."""

    def on_improved(self, genome: NDArray[np.float64]) -> None:
        """Ignore it."""

    def on_round(self, renders: int, best: float) -> None:
        """Ignore it."""

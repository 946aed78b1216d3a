"""Other patches that sound about as close: several answers are plausible."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from common.random import generator
from harness.match.away import away_from, movable, reseeded
from harness.match.finish import Finisher, Found
from harness.match.plan import MatchPlan
from harness.match.search import NothingYet, nearest_from, search
from harness.run.stop import Stop
from harness.train.bank import Bank

# An alternative is at most so much farther than the match, and its genes differ by at least so
# much: root mean square over the genes that can be heard in the match.
FARTHEST, DIFFERENT = 1.15, 0.15
# How many further searches a wanted alternative may cost.
_TRIES = 4
# A gene that changes the distance by less, as it is turned, cannot be heard.
_HEARD = 0.02
# In how many knobs the first alternative must differ from the match.
_MOVED = 4


def with_alternatives(
    plan: MatchPlan,
    finisher: Finisher,
    match: Found,
    running: tuple[Stop, Bank | None],
    on_found: Callable[[int, int], None],
) -> list[Found]:
    """Search again, kept away from the match, and keep what is close and differs.

    Other seeds alone often find the same patch again. So each search starts from the match, and
    some of the knobs that change its sound least must be elsewhere: one more after a patch that was
    too much like it, one fewer after one that was too far from the target.

    Args:
        plan: of the match.
        finisher: that measures.
        match: what the first search found.
        running: what asks for a stop, and the bank, if there is one.
        on_found: called with how many alternatives there are, after how many searches.

    Returns:
        The closest patch of all searches, then its alternatives, the closest first.
    """
    stop, bank = running
    wanted, found, kept, moved = plan.options.alternatives, [match], [match], _MOVED
    for tried in range(1, _TRIES * wanted + 1):
        if stop.signal or len(kept) > wanted:
            break
        best = kept[0]
        again = reseeded(plan, tried)
        if plan.starts_from_bank:
            again = away_from(again, best, _to_move(plan, finisher, best, (moved, tried)))
        try:
            searched = search(again, stop, _Quiet(), nearest_from(again, bank))
        except NothingYet:
            break
        found.append(finisher.found(finisher.levelled(searched.genome)))
        moved = _next(moved, found[-1], best, finisher)
        kept = _chosen(finisher, found)
        on_found(len(kept) - 1, tried)
    return kept[: wanted + 1]


def _to_move(plan: MatchPlan, finisher: Finisher, best: Found, asked: tuple[int, int]) -> list[int]:
    """Draw which genes of the searched space must move, of those that change the sound least.

    Args:
        plan: of the match.
        finisher: that measures.
        best: the patch to move away from.
        asked: how many genes, and the number of the search.
    """
    moved, tried = asked
    names = plan.comparison.space.names
    free = movable(plan.comparison.space)
    changes = finisher.changes(best)[[plan.space.index(names[gene]) for gene in free]]
    heard = [free[i] for i in np.argsort(changes, kind="stable") if changes[i] >= _HEARD]
    random = generator("match: moved", plan.options.seed, tried)
    least = heard[: 2 * moved + 2]
    return sorted(random.choice(least, min(moved, len(least)), replace=False).tolist())


def _next(moved: int, found: Found, best: Found, finisher: Finisher) -> int:
    """How many genes must move in the next search, given what came of the last."""
    if found.distances[finisher.fitness] > FARTHEST * best.distances[finisher.fitness]:
        return max(1, moved - 1)
    return moved + (_apart(found, best, _audible(finisher, best)) < DIFFERENT)


def _chosen(finisher: Finisher, found: list[Found]) -> list[Found]:
    """The closest, and of the others, from the closest on, those that differ from all before."""
    ordered = sorted(found, key=lambda one: one.distances[finisher.fitness])
    best, kept = ordered[0], ordered[:1]
    audible = _audible(finisher, best)
    for one in ordered[1:]:
        close = one.distances[finisher.fitness] <= FARTHEST * best.distances[finisher.fitness]
        if close and all(_apart(one, other, audible) >= DIFFERENT for other in kept):
            kept.append(one)
    return kept


def _audible(finisher: Finisher, best: Found) -> NDArray[np.bool_]:
    """Return which genes can be heard at a patch, shape (genes,)."""
    return finisher.changes(best) >= _HEARD


def _apart(one: Found, other: Found, audible: NDArray[np.bool_]) -> float:
    if not audible.any():
        return 0.0
    return float(np.sqrt(np.mean((one.genome - other.genome)[audible] ** 2)))


class _Quiet:
    """A watcher that does nothing."""

    def on_improved(self, genome: NDArray[np.float64]) -> None:
        """Ignore it."""

    def on_round(self, renders: int, best: float) -> None:
        """Ignore it."""

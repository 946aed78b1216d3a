"""A slow synth starts from a match on the built-in one, whose renders cost next to nothing."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from harness.match.patch import patch_of
from harness.match.plan import MatchPlan
from harness.match.search import NothingYet, nearest_from, search
from harness.match.start import carried_over
from harness.run.stop import Stop
from harness.train.bank import Bank


class _Counted:
    """Passes on how many renders were spent."""

    def __init__(self, on_round: Callable[[int], None]) -> None:
        self._on_round = on_round

    def on_improved(self, genome: NDArray[np.float64]) -> None:
        pass

    def on_round(self, renders: int, best: float) -> None:
        del best
        self._on_round(renders)


def with_first(
    plan: MatchPlan, stop: Stop, bank: Bank | None, on_first: Callable[[int, int], None]
) -> MatchPlan:
    """Return the plan with what its first match found as its start; as it is if it has none.

    Args:
        plan: of the match.
        stop: in force.
        bank: of the built-in synth.
        on_first: called with how many renders were spent, and how many there will be.

    Raises:
        InputError: if the synth or the fitness fails, or the folder cannot be written to.
        NothingYet: if a stop came before the first match was over; the same command goes on.
    """
    first = plan.first
    if first is None:
        return plan
    budget = first.comparison.experiment.budget
    watcher = _Counted(lambda renders: on_first(renders, budget))
    searched = search(first, stop, watcher, nearest_from(first, bank))
    if not searched.ended:
        raise NothingYet
    sound = first.target.sample_rate, first.target.samples
    patch = patch_of(searched.genome, first.space, first.whole, sound)
    return replace(plan, start=carried_over(patch, first.space, plan.space))

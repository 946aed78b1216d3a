"""What is known of the targets of a comparison before their trials begin."""

from collections.abc import Callable, Mapping

from common.heard import Heard
from fitness.analysis import analyse
from harness.plan.comparison import Comparison
from harness.plan.targets import LoadedTarget
from harness.plan.trials import Trial
from simd import Audio
from strategies.hints import Hints
from strategies.informed import FROM_BANK
from strategies.proposal import Proposal
from strategies.searches.base import Genomes
from synth.sound import loudest

# (label of the network, label of the target) to what it proposes.
Proposals = Mapping[tuple[str, str], Proposal]
# A target to the genomes of a bank that sound most like it, the nearest first.
Nearest = Callable[[LoadedTarget], Genomes]


class Known:
    """What is known of each target; it is found out when it is first asked for.

    Args:
        comparison: the comparison.
        proposals: what networks propose for the targets.
        nearest: finds the neighbours in the comparison's bank, if a strategy wants them.
    """

    def __init__(
        self,
        comparison: Comparison,
        proposals: Proposals | None = None,
        nearest: Nearest | None = None,
    ) -> None:
        self._comparison, self._proposals, self._nearest = comparison, proposals or {}, nearest
        self._heard: dict[str, Heard] = {}
        self._neighbours: dict[str, Genomes] = {}

    def of(self, trial: Trial) -> Hints:
        """Return what the trial's strategy may start from."""
        strategy = self._comparison.strategy(trial.strategy)
        proposal = self._proposals.get((strategy.network or "", trial.target))
        if strategy.start == "uniform" and not strategy.keep_note:
            return Hints(proposal)
        target = self._comparison.targets[trial.target]
        if trial.target not in self._heard:
            self._heard[trial.target] = analyse(loudest_channel(target), target.sample_rate)
        if strategy.start not in FROM_BANK or self._nearest is None:
            return Hints(proposal, self._heard[trial.target])
        if trial.target not in self._neighbours:
            self._neighbours[trial.target] = self._nearest(target)
        return Hints(proposal, self._heard[trial.target], self._neighbours[trial.target])


def loudest_channel(target: LoadedTarget) -> Audio:
    """Return the channel of a target with the most energy, shape (samples,)."""
    channel: Audio = target.sounds[loudest(target.sounds)]
    return channel

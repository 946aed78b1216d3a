"""What a search saves by starting from a network or a bank, and after how many targets that pays.

What is made beforehand is made once for all targets. A strategy that starts from it is compared
with its *baseline*: the same strategy with the same options, started like all others; where the
comparison has none, the contender that ends closest of those that start from uniform genomes. The
goal is the distance that the baseline ends with. Both clocks stop when each strategy first reaches
the goal: the baseline at its last improvement, the seeded strategy whenever it first comes as
close. What the seeded strategy saves is the difference.

A seeded trial that never comes as close saves nothing that could be counted; its saving is −∞, so
that a strategy which stalls early cannot look cheap. If the network or bank is of no use, the
seeded trial is as likely to fall short of the goal as to pass it. The median saving is then at most
0, and a comparison of a strategy with itself does not pay.

What was made is said to pay only if the 95% bootstrap interval of the median saving lies above 0
and the rule that decides every other question (``harness.statistics.rule``) decides this one as
well: with few pairs, the interval alone would be too narrow.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from common.wording import counted
from harness.answer.load import Results
from harness.answer.measures.clocks import TrialClock, clocks_of
from harness.answer.measures.starts import Beforehand, made_beforehand
from harness.answer.measures.trial import run_length
from harness.answer.wording import count_bounds, expected_renders
from harness.statistics.resampling import bootstrap
from harness.statistics.rule import decided_many

Estimate = tuple[float, float, float]
_CELL = ["target", "seed", "fitness"]
_UNIT = ["target", "seed"]


@dataclass(frozen=True)
class Saving:
    """What a seeded strategy saves per target, in one resource, and what was spent beforehand.

    Attributes:
        median: the median saving over pairs of target and seed; negative if it costs more, −∞ if
            half of the seeded trials or more never reach the goal.
        low: lower end of its 95% interval; NaN if no target has two seeds.
        high: upper end.
        cost: what training the network or making the bank cost, in the same resource; NaN if that
            was not measured.
        shown: whether the saving is shown to be above 0.
    """

    median: float
    low: float
    high: float
    cost: float
    shown: bool

    @property
    def targets(self) -> Estimate | None:
        """Number of targets after which the cost is saved, with its 95% interval.

        At the median saving per target; None if it is not shown that anything is saved, or the cost
        is unknown.
        """
        if not self.shown or not isfinite(self.cost):
            return None
        fewest, most = ceil(self.cost / self.high), ceil(self.cost / self.low)
        return ceil(self.cost / self.median), fewest, most

    @property
    def targets_text(self) -> str:
        """The number of targets and its interval, for people; empty if None."""
        if self.targets is None:
            return ""
        count, fewest, most = self.targets
        return f"{count:,.0f} {count_bounds(fewest, most)}"


@dataclass(frozen=True)
class Payoff:
    """What a seeded strategy gains from what was made beforehand.

    Attributes:
        strategy: label of the seeded strategy.
        baseline: label of the same strategy from uniform genomes, or of the closest other one.
        source: the network or bank.
        n: number of pairs of target and seed.
        never: share of the seeded trials that never reach the goal, 0 to 1.
        renders: renders until the seeded strategy reaches the goal, median over pairs and its 95%
            interval; infinite if half of the trials or more never do.
        baseline_renders: the same of the baseline.
        saved_renders: what is saved in renders.
        saved_cpu: what is saved in CPU seconds.
    """

    strategy: str
    baseline: str
    source: Beforehand
    n: int
    never: float
    renders: Estimate
    baseline_renders: Estimate
    saved_renders: Saving
    saved_cpu: Saving

    def plain(self) -> dict[str, Any]:
        """The figures as plain values, one per column of the table ``payoffs``."""
        estimates = {
            "renders": self.renders,
            "baseline_renders": self.baseline_renders,
            "saved_renders": _ends(self.saved_renders),
            "saved_cpu_s": _ends(self.saved_cpu),
            "targets_by_renders": self.saved_renders.targets or (np.nan,) * 3,
            "targets_by_cpu": self.saved_cpu.targets or (np.nan,) * 3,
        }
        return {
            **{key: getattr(self, key) for key in ("strategy", "baseline", "n", "never")},
            "kind": self.source.kind,
            "source": self.source.label,
            "cost_renders": self.saved_renders.cost,
            "cost_cpu_s": self.saved_cpu.cost,
            **{
                f"{name}{end}": float(value)
                for name, estimate in estimates.items()
                for end, value in zip(("", "_low", "_high"), estimate, strict=True)
            },
        }

    @property
    def sentence(self) -> str:
        """The finding, for people."""
        if isfinite(self.renders[0]):
            reached = (
                f"{self.strategy} needed {estimate_text(self.renders)} renders to come as close as "
                f"{self.baseline} finally did, which itself needed "
                f"{estimate_text(self.baseline_renders)}; {self.never:.0%} of its trials never "
                "came that close"
            )
        else:
            reached = (
                f"{self.strategy} failed to come as close as {self.baseline} in {self.never:.0%} "
                "of its trials"
            )
        return f"{reached}; {self._paid()} (n = {counted(self.n, 'pair')})."

    def _paid(self) -> str:
        parts = [
            f"after {saving.targets_text} targets by {resource}"
            for saving, resource in (
                (self.saved_renders, "renders"),
                (self.saved_cpu, "CPU time"),
            )
            if saving.targets is not None
        ]
        saved = f"renders saved per target: {saving_text(self.saved_renders)}"
        if not parts:
            return f"{saved}; {self.source.making} is not shown to pay for itself"
        return f"{saved}; {self.source.making} has paid for itself {' and '.join(parts)}"


def _ends(saving: Saving) -> Estimate:
    return saving.median, saving.low, saving.high


def estimate_text(estimate: Estimate) -> str:
    """A number of renders and its interval, for people."""
    value, low, high = estimate
    if np.isnan(low):
        return f"{expected_renders(value)} [no interval]"
    return f"{expected_renders(value)} [{expected_renders(low)}, {expected_renders(high)}]"


def saving_text(saving: Saving, decimals: int = 0) -> str:
    """A saving and its interval, for people; *none* where the goal is never reached."""
    if np.isnan(saving.low):
        return f"{_amount(saving.median, decimals)} [no interval]"
    ends = (_amount(end, decimals) for end in (saving.low, saving.high))
    return f"{_amount(saving.median, decimals)} [{', '.join(ends)}]"


def _amount(saved: float, decimals: int) -> str:
    return f"{saved:,.{decimals}f}" if isfinite(saved) else "none"


def questions(found: Sequence[Payoff]) -> dict[str, list[str]]:
    """One question per network or bank to the findings on every strategy that starts from it."""
    asked: dict[str, list[str]] = {}
    for payoff in found:
        question = f"What does a search gain by starting from {payoff.source.name}?"
        asked.setdefault(question, []).append(payoff.sentence)
    return asked


def payoffs(results: Results) -> list[Payoff]:
    """What every seeded strategy gains over its baseline, where both have finished trials."""
    seeded = []
    beforehand = made_beforehand(results)
    for strategy, source in beforehand.items():
        kind = results.kinds.get(strategy)
        if kind is None or kind.control:
            continue
        baseline = kind.baseline
        if baseline is None and source.kind == "bank":
            baseline = _closest_from_uniform(results, beforehand)
        if baseline in results.strategies:
            seeded.append((strategy, str(baseline), source))
    found = (_payoff(results, *one, len(seeded)) for one in seeded)
    return [payoff for payoff in found if payoff is not None]


def _closest_from_uniform(results: Results, beforehand: Collection[str]) -> str | None:
    """The contender from uniform genomes that ends closest, by its mean rank in all cells."""
    uniform = [
        label
        for label, kind in results.kinds.items()
        if not kind.control and kind.start == "uniform" and label not in beforehand
    ]
    trials = results.trials[results.trials["strategy"].isin(uniform)]
    if not len(trials):
        return None
    ranks = trials.assign(rank=trials.groupby(_CELL)["best"].rank())
    return str(ranks.groupby("strategy")["rank"].mean().idxmin())


def _payoff(
    results: Results, strategy: str, baseline: str, source: Beforehand, compared: int
) -> Payoff | None:
    trials = pd.concat(
        {
            key: results.trials[results.trials["strategy"] == label].set_index(_CELL)["name"]
            for key, label in (("seeded", strategy), ("baseline", baseline))
        },
        axis=1,
        join="inner",
    )
    if not len(trials):
        return None
    hits = _hits(results, trials)
    # Trials that differ in their fitness share first genomes: one pair of target and seed is one
    # independent unit, whose saving is the median over its fitness functions.
    units = hits.groupby(_UNIT, sort=False).median()
    strata = units.index.get_level_values("target")

    def estimated(column: str) -> Estimate:
        values = units[column].to_numpy()
        return float(upper_median(values)), *bootstrap(values, strata, upper_median)

    def saved(column: str, cost: float) -> Saving:
        return saving(units[column], strata, cost, compared)

    return Payoff(
        strategy,
        baseline,
        source,
        len(units),
        float(np.mean(~np.isfinite(hits["renders"]))),
        estimated("renders"),
        estimated("baseline_renders"),
        saved("saved_renders", source.renders),
        saved("saved_cpu", source.cpu_s),
    )


def _hits(results: Results, trials: pd.DataFrame) -> pd.DataFrame:
    """When both strategies first reach the goal, and what is saved, one row per pair of trials."""
    clocks = clocks_of(results)
    goals = [results.improvements[name][-1, 1] for name in trials["baseline"]]

    def reached(column: str) -> NDArray[np.float64]:
        pairs = zip(trials[column], goals, strict=True)
        return np.array([run_length(results, name, goal) for name, goal in pairs])

    def cpu(column: str, renders: NDArray[np.float64]) -> NDArray[np.float64]:
        pairs = zip(trials[column], renders, strict=True)
        return np.array([_cpu(clocks[name], spent) for name, spent in pairs])

    renders, of_baseline = reached("seeded"), reached("baseline")
    return pd.DataFrame(
        {
            "renders": renders,
            "baseline_renders": of_baseline,
            "saved_renders": of_baseline - renders,
            "saved_cpu": cpu("baseline", of_baseline) - cpu("seeded", renders),
        },
        index=trials.index,
    )


def _cpu(clock: TrialClock, renders: float) -> float:
    return clock.cpu(renders) if isfinite(renders) else np.inf


def saving(saved: ArrayLike, strata: ArrayLike, cost: float, compared: int = 1) -> Saving:
    """Estimate a saving per target, and decide whether it is shown to be above 0.

    Args:
        saved: savings, shape (n,); −∞ where the goal was never reached.
        strata: the target of each, shape (n,).
        cost: what was spent beforehand, in the unit of the savings; NaN if unknown.
        compared: number of seeded strategies that the decision is corrected for.
    """
    values = np.asarray(saved, dtype=np.float64)
    low, high = bootstrap(values, strata, lower_median)
    decided = decided_many(values[None], strata, compared)[0] == 1
    return Saving(float(lower_median(values)), low, high, cost, bool(decided and low > 0))


def lower_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median, or the lower of the two middle values: their mean may not exist.

    Args:
        values: shape (..., n); gives shape (...).
    """
    ordered = np.sort(values, axis=-1)
    return np.asarray(ordered[..., (ordered.shape[-1] - 1) // 2])


def upper_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median, or the upper of the two middle values; see `lower_median`."""
    return -lower_median(-values)

"""What beginning from a network buys, and after how many targets its training has paid for itself.

A seeded strategy is set against the same one that begins like all others. How many renders it needs
until it is as close as the other ends is its share of the budget; what it saves, target by target,
pays the training off.
"""

from dataclasses import asdict, dataclass
from math import ceil, isfinite
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.answer.load import Results
from harness.answer.measures.clocks import clocks_of
from harness.record.files import read_json
from harness.record.journal import NETWORKS, Journal
from harness.statistics.resampling import bootstrap

_SEEDED = "seeded_"
_CELL = ["target", "seed", "fitness"]


@dataclass(frozen=True)
class Payoff:
    """What a seeded strategy gains.

    Attributes:
        strategy: the seeded one.
        other: the same without a network.
        network: label of its network.
        share: of the budget that it needs until it is as close as the other ends: median over
            pairs, its lower and upper end of a 95 % interval; infinite if it is not reached.
        never: share of pairs in which it does not get there.
        n: pairs of target and seed (and fitness).
        by_renders: targets after which training has paid for itself in renders; None if never.
        by_cpu: the same in CPU seconds.
    """

    strategy: str
    other: str
    network: str
    share: tuple[float, float, float]
    never: float
    n: int
    by_renders: int | None
    by_cpu: int | None

    def plain(self) -> dict[str, Any]:
        """As plain values."""
        share, low, high = self.share
        return {**asdict(self), "share": share, "low": low, "high": high}

    @property
    def spent(self) -> str:
        """The share of the budget and its interval, for people."""
        share, low, high = self.share
        return f"{_percent(share)} {_range(low, high)}"

    @property
    def told(self) -> str:
        """The finding in a sentence."""
        reached = f"in {self.spent} of the renders"
        if not isfinite(self.share[0]):
            reached = "in fewer than half of all pairs"
        pays = [
            f"{count:,} targets by {unit}"
            for count, unit in ((self.by_renders, "renders"), (self.by_cpu, "CPU seconds"))
            if count is not None
        ]
        paid = f"; {self.network} has paid for its training after {' or '.join(pays)}"
        return (
            f"{self.strategy} came as close as {self.other} ends {reached}; "
            f"in {self.never:.0%} of pairs it never did (n = {self.n} pairs)"
            f"{paid if pays else '; its training is not paid for'}."
        )


def known_networks(journal: Journal) -> dict[str, Any]:
    """Label to what is known of each network of a comparison; empty if it has none."""
    path = journal.path / NETWORKS
    found: dict[str, Any] = read_json(path) if path.exists() else {}
    return found


COLUMNS = (
    *("architecture", "trained by", "weights", "examples", "renders", "CPU s"),
    *("one render", "best of 16", "gene error", "90 % hold"),
)


def network_cells(about: dict[str, Any]) -> list[str]:
    """What is known of a network, for a row of a table under ``COLUMNS``."""
    plan, test = about["plan"], about["test"]
    return [
        plan["name"],
        plan["objective"]["name"],
        *(f"{about[key]:,.0f}" for key in ("weights", "examples", "renders", "cpu_s")),
        f"{test['one_render_share']:.2f}",
        f"{test['best_of_16_share']:.2f}",
        f"{test['parameter_error']:.3f}",
        f"{test['coverage_90']:.0%}",
    ]


def payoffs(results: Results) -> list[Payoff]:
    """What every seeded strategy gains over its own kind without a network."""
    networks = known_networks(results.journal)
    choices = {c["label"]: c for c in results.experiment["strategies"]}
    found = []
    for label in results.strategies:
        choice = choices.get(label)
        if choice is None or not choice["name"].startswith(_SEEDED):
            continue
        other = _unseeded(choice, choices, set(results.strategies))
        network = choice["options"].get("network", "")
        if other and network in networks:
            found.append(_payoff(results, label, other, network, networks[network]))
    return [payoff for payoff in found if payoff is not None]


def questions(found: list[Payoff]) -> dict[str, list[str]]:
    """A question for each network to what each strategy that begins from it says."""
    asked: dict[str, list[str]] = {}
    for payoff in found:
        question = f"What does it buy to begin from {payoff.network}?"
        asked.setdefault(question, []).append(payoff.told)
    return asked


def _unseeded(
    choice: dict[str, Any], choices: dict[str, dict[str, Any]], there: set[str]
) -> str | None:
    """The label of the same strategy and search without a network."""
    name = choice["name"].removeprefix(_SEEDED)
    own = ("network", "uniform", "around", "spread")
    options = {k: v for k, v in choice["options"].items() if k not in own}
    for label, other in choices.items():
        if label in there and other["name"] == name and other["options"] == options:
            return label
    return None


def _payoff(
    results: Results, strategy: str, other: str, network: str, about: dict[str, Any]
) -> Payoff | None:
    seeded, plain = (
        results.trials[results.trials["strategy"] == label].set_index(_CELL)["name"]
        for label in (strategy, other)
    )
    both = pd.concat({"seeded": seeded, "plain": plain}, axis=1, join="inner")
    if not len(both):
        return None
    clocks = clocks_of(results)
    goals = [results.steps[name][-1, 1] for name in both["plain"]]
    spent = np.array(
        [_until(results, name, goal) for name, goal in zip(both["seeded"], goals, strict=True)]
    )
    shares = spent / results.budget
    strata = both.index.get_level_values("target")
    low, high = bootstrap(shares, strata, _median)
    plain_cpu = np.array([clocks[name].cpu(results.budget) for name in both["plain"]])
    seeded_cpu = np.array(
        [
            clocks[name].cpu(r) if isfinite(r) else np.inf
            for name, r in zip(both["seeded"], spent, strict=True)
        ]
    )
    return Payoff(
        strategy,
        other,
        network,
        (float(_median(shares)), low, high),
        float(np.mean(~np.isfinite(shares))),
        len(both),
        _targets(about["renders"], float(np.median(results.budget - spent))),
        _targets(about["cpu_s"], float(np.median(plain_cpu - seeded_cpu))),
    )


def _until(results: Results, name: str, goal: float) -> float:
    """Renders until a trial was as close as the goal; infinite if it never was."""
    steps = results.steps[name]
    reached = steps[steps[:, 1] <= goal]
    return float(reached[0, 0]) if len(reached) else float("inf")


def _targets(training: float, saved: float) -> int | None:
    return ceil(training / saved) if saved > 0 else None


def _median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The middle value, the lower of two: a mean with infinity would be none."""
    ordered = np.sort(values, axis=-1)
    return np.asarray(ordered[..., (ordered.shape[-1] - 1) // 2])


def _percent(share: float) -> str:
    return f"{share:.0%}" if isfinite(share) else "never"


def _range(low: float, high: float) -> str:
    if low != low or high != high:
        return "[no interval]"
    return f"[{_percent(low)}, {_percent(high)}]"

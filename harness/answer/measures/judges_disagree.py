"""Where a winner by the fitness loses by the judges that no search heard.

A search may exploit its fitness: it ends closer by that one number, and further by others. Every
pair of strategies of which one is shown to end closer by the fitness is looked at again, on the
same pairs of target and seed, through each held-out judge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from common.wording import counted, listed
from harness.answer.load import Results
from harness.answer.measures.trial import judge_halvings, units
from harness.record.trial_folder import CONFIG
from harness.statistics.paired import Paired, compare


@dataclass(frozen=True)
class Disagreement:
    """Two strategies whose order by the fitness is reversed by most judges.

    Attributes:
        ahead: the strategy that ends closer by the fitness.
        behind: the one that most judges find closer.
        judges: each held-out judge to its comparison of ``behind`` (one) with ``ahead`` (other), in
            halvings; corrected for the number of judges.
    """

    ahead: str
    behind: str
    judges: dict[str, Paired]

    @property
    def against(self) -> list[str]:
        """The judges that find ``behind`` closer in most pairs."""
        return [judge for judge, pair in self.judges.items() if pair.probability > 0.5]

    @property
    def shown(self) -> list[str]:
        """Those of them for which that is decided by the rule of all questions."""
        return [judge for judge in self.against if self.judges[judge].verdict == "ahead"]

    def plain(self) -> list[dict[str, Any]]:
        """Rows of the table ``disagreements``, one for each judge."""
        return [
            {
                "ahead": self.ahead,
                "behind": self.behind,
                "judge": judge,
                "verdict": pair.verdict,
                "n": pair.n,
                "probability": pair.probability,
                "low": pair.low,
                "high": pair.high,
                "p": pair.p,
                "shift": pair.shift,
            }
            for judge, pair in self.judges.items()
        ]

    @property
    def sentence(self) -> str:
        """The finding, for people."""
        shares = [f"{judge} in {self.judges[judge].probability:.0%}" for judge in self.against]
        how = f"decided for {listed(self.shown)}" if self.shown else "undecided for each of them"
        n = max(pair.n for pair in self.judges.values())
        return (
            f"{self.ahead} ended closer than {self.behind} by the fitness, but "
            f"{len(self.against)} of {len(self.judges)} held-out judges find {self.behind} closer "
            f"in most pairs: {listed(shares)}; {how} (n = {counted(n, 'pair')})."
        )


def held_out_judges(results: Results) -> list[str]:
    """The judges that scored every trial and that no search heard, in the experiment's order.

    A fitness that was searched with is none of them, whatever its label, nor is the fitness of a
    single agent.
    """
    fitness = [(one["name"], one["options"]) for one in results.experiment["fitness"]]
    atomic = {name for strategy in results.strategies for name in _atomic(results, strategy)}
    return [
        judge["label"]
        for judge in results.experiment["judges"]
        if judge["label"] in results.judges
        and (judge["name"], judge["options"]) not in fitness
        and judge["name"] not in atomic
    ]


def _atomic(results: Results, strategy: str) -> list[str]:
    """The names of the fitness functions of single agents of a strategy."""
    names = results.trials[results.trials["strategy"] == strategy]["name"]
    config: dict[str, Any] = results.journal.folder(str(names.iloc[0])).read(CONFIG)
    start = "atomic "
    return [key.removeprefix(start) for key in config.get("versions", {}) if key.startswith(start)]


def disagreements(
    results: Results, table: pd.DataFrame, pairs: Iterable[Paired]
) -> list[Disagreement]:
    """The pairs of strategies whose order by the fitness most held-out judges reverse.

    Args:
        results: with the judges.
        table: the trials with their measures.
        pairs: comparisons of strategies by ``closeness``.
    """
    judges = held_out_judges(results)
    decided = [pair for pair in pairs if pair.decided]
    if not judges or not decided:
        return []
    closeness = units(table, "closeness")
    by_judge = {
        judge: units(table.assign(halvings=judge_halvings(results, table, judge)), "halvings")
        for judge in judges
    }
    found = []
    for pair in decided:
        measures = []
        for wide in by_judge.values():
            same = wide.reindex(index=closeness.index, columns=[pair.behind, pair.ahead])
            strata = same.index.get_level_values("target")
            measures.append((*same.columns, same[pair.behind], same[pair.ahead], strata))
        closer = [(one > other).sum() > (one < other).sum() for _, _, one, other, _ in measures]
        if 2 * sum(closer) > len(judges):
            compared = dict(zip(judges, compare(measures), strict=True))
            found.append(Disagreement(pair.ahead, pair.behind, compared))
    return found

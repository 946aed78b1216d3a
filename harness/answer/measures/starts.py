"""What strategies start from, and what of it was made beforehand and is shared by all targets.

Networks are trained and banks rendered once, outside the budget of any trial: what they cost is
shown beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any, Literal

from common.paths import present
from common.wording import counted, listed
from harness.answer.load import Results
from harness.record.journal import BANK, NETWORKS, Journal
from harness.record.sealed import read_record
from harness.record.trial_folder import CONFIG

NETWORK_COLUMNS = (
    *("architecture", "trained by", "weights", "examples", "renders", "CPU s"),
    *("one render", "best of 16", "gene error", "coverage of 90%"),
)


@dataclass(frozen=True)
class Beforehand:
    """A network or a bank that strategies start from.

    Attributes:
        kind: which of them.
        label: the network's label, or the folder of the bank.
        renders: that it took.
        cpu_s: CPU seconds that it took; NaN if they were not measured.
    """

    kind: Literal["network", "bank"]
    label: str
    renders: float
    cpu_s: float

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        return "the bank" if self.kind == "bank" else self.label

    @property
    def making(self) -> str:
        """What a sentence calls the making of it."""
        return "making the bank" if self.kind == "bank" else f"training {self.label}"

    @property
    def cost(self) -> str:
        """Its renders and CPU seconds, for people."""
        renders = counted(round(self.renders), "render")
        return f"{renders}, {self.cpu_s:,.0f} CPU s" if isfinite(self.cpu_s) else renders


def known_networks(journal: Journal) -> dict[str, Any]:
    """Label to the record of each network of a comparison; empty if it has none."""
    path = journal.path / NETWORKS
    found: dict[str, Any] = read_record(path) if present(path) else {}
    return found


def network_cells(about: dict[str, Any]) -> list[str]:
    """The figures of a network, in the order of ``NETWORK_COLUMNS``."""
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


def made_beforehand(results: Results) -> dict[str, Beforehand]:
    """Strategy to what was made for it; only of strategies that start from such a thing.

    A network or bank that the comparison has since replaced by another one is not known any more.
    """
    networks = {
        about["key"]: Beforehand("network", label, about["renders"], about["cpu_s"])
        for label, about in known_networks(results.journal).items()
    }
    path = results.journal.path / BANK
    record = read_record(path) if present(path) else {"plan": {}}
    found = {}
    for strategy in results.strategies:
        names = results.trials[results.trials["strategy"] == strategy]["name"]
        config = results.journal.folder(str(names.iloc[0])).read(CONFIG)
        if (key := config.get("network")) in networks:
            found[strategy] = networks[key]
        elif config.get("bank") == record["plan"]:
            seconds = nan if record["cpu_s"] is None else record["cpu_s"]
            found[strategy] = Beforehand("bank", record["folder"], record["renders"], seconds)
    return found


def start_of(results: Results, strategy: str) -> str:
    """Where a strategy started: ``network``, or its option ``start``; empty if not recorded."""
    kind = results.kinds.get(strategy)
    if kind is None:
        return ""
    return "network" if kind.network else kind.start


def beforehand_sentence(found: Mapping[str, Beforehand]) -> str:
    """What was made beforehand, for whom, and what it cost; empty if nothing was.

    Args:
        found: strategy to what was made for it, as ``made_beforehand`` gives it.
    """
    sentences = []
    for one in dict.fromkeys(found.values()):
        users = listed([strategy for strategy, other in found.items() if other == one])
        what = "The bank" if one.kind == "bank" else f"Network {one.label}"
        sentences.append(
            f"{what} was made beforehand, once for all targets and outside the budget, for "
            f"{users}: {one.cost}."
        )
    return " ".join(sentences)

"""What plots and tables call a measure, its unit, and which way is better."""

from dataclasses import dataclass
from typing import Literal

_HALVINGS, _BUDGET = "halvings", "share of the budget"


@dataclass(frozen=True)
class Title:
    """How people read a measure.

    Attributes:
        name: what plots and tables call it.
        unit: empty for a plain number.
        better: whether more of it is better, or less, or neither.
    """

    name: str
    unit: str = ""
    better: Literal["more", "less", "neither"] = "more"

    @property
    def arrow(self) -> str:
        """Which way is better along an axis; empty if neither is."""
        return {"more": "better →", "less": "← better", "neither": ""}[self.better]

    @property
    def about(self) -> str:
        """Unit and direction, for people."""
        way = {"more": "more is better", "less": "less is better", "neither": ""}[self.better]
        return ", ".join(part for part in (self.unit, way) if part)


_TITLES = {
    "speed": Title("Convergence speed", f"{_BUDGET} left"),
    "speed_cpu": Title("Speed in CPU time", f"{_BUDGET} left"),
    "closeness_10": Title("Closeness after 10%", _HALVINGS),
    "closeness_20": Title("Closeness after 20%", _HALVINGS),
    "closeness_50": Title("Closeness after 50%", _HALVINGS),
    "closeness": Title("Closeness at the end", _HALVINGS),
    "diversity": Title("Genetic diversity", "", "neither"),
    "diversity_evaluated": Title("Diversity of evaluated genomes", "", "neither"),
    "diversity_sound": Title("Diversity of sounds", "dB", "neither"),
    "closeness_at_equal_diversity": Title("Closeness at equal diversity", _HALVINGS),
    "monotonicity": Title("Reliability of control", "rank correlation"),
    "span": Title("Range of control"),
    "tracking": Title("Deviation from the set-point, negated"),
    "selectivity": Title("Independence of sections", "share"),
    "closeness_at_equal_steady_diversity": Title("Closeness at equal diversity", _HALVINGS),
    "judged": Title("Closeness by the judges", _HALVINGS),
    "novelty": Title("Novelty of good sounds", "dB"),
    "stalled": Title("Stalled", _BUDGET, "less"),
}


def title_of(measure: str) -> Title:
    """Return how people read a measure of ``QUESTIONS``."""
    return _TITLES[measure]

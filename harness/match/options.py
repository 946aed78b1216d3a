"""What may be asked of a match, and the strategies that it knows by a short name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.validation import strict_yaml
from harness.plan.choice import Choice

# The strategy that was found best at every budget, see docs/matching.md; others by their names.
_STRATEGIES: dict[str, dict[str, Any]] = {
    "descent": {"name": "end_to_end", "search": "descent", "start": "informed", "keep_note": True},
}
# By level differences alone searches end too quiet; loudness holds against that, see docs/match.md.
CLOSENESS = "closeness"
_FITNESS: dict[str, dict[str, Any]] = {
    CLOSENESS: {"name": "weighted", "parts": {"spectrogram": 1.0, "loudness": 0.3}},
}
DEFAULT_OUT = Path("matches")
# About ten seconds on the built-in voice.
FAST_BUDGET, SLOW_BUDGET = 3_000, 400
FAST_BANK, FIRST_BUDGET = 100_000, 1_000


@dataclass(frozen=True)
class MatchOptions:
    """How a sound is matched.

    Attributes:
        synth: whose knobs are wanted: a name, or a mapping with options as in an experiment; that
            of ``start``, or else the built-in voice, if not given.
        strategy: ``descent``, or a strategy as in an experiment.
        fitness: ``closeness``, or what is minimised as in an experiment.
        budget: how many sounds may be rendered; about ten seconds' worth if not given.
        minutes: how long the search may take, instead of a budget.
        seed: everything random follows from it.
        start: a patch to start from.
        fix: knobs that are known, with their values.
        ranges: knobs that are known roughly, with the lowest and highest value.
        only: sections to search; all others stay as in ``start``.
        bank: how many known sounds the search starts from, rendered once for each synth; if not
            given, 100,000 of the built-in synth, and none of a slow one.
        fast_first: whether a slow synth starts from a match on the built-in one.
        alternatives: how many other patches are wanted that sound as close and differ.
        stop_below: end at a distance below this.
        stop_after_stall: end after so many renders without improvement.
        out: folder of all matches.
        plugins: files with more plug-ins.
    """

    synth: str | Mapping[str, Any] | None = None
    strategy: str | Mapping[str, Any] = "descent"
    fitness: str | Mapping[str, Any] = CLOSENESS
    budget: int | None = None
    minutes: float | None = None
    seed: int = 0
    start: Path | None = None
    fix: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, Sequence[float]] = field(default_factory=dict)
    only: Sequence[str] = ()
    bank: int | None = None
    fast_first: bool = True
    alternatives: int = 0
    stop_below: float | None = None
    stop_after_stall: int | None = None
    out: Path = DEFAULT_OUT
    plugins: Sequence[Path] = ()

    @property
    def plugin_files(self) -> list[str]:
        """The files with more plug-ins, as absolute paths."""
        return [str(path.resolve()) for path in self.plugins]

    def __post_init__(self) -> None:
        if self.budget is not None and self.minutes is not None:
            raise InputError("match: both a budget and minutes; give one of them")
        if self.budget is not None and self.budget < 1:
            raise InputError(f"match: budget {self.budget}; allowed: 1 or more")
        if self.minutes is not None and not 0 < self.minutes <= 10_000:
            raise InputError(f"match: {self.minutes:g} minutes; allowed: above 0, up to 10,000")
        if not 0 <= self.alternatives <= 16:
            raise InputError(f"match: {self.alternatives} alternatives; allowed: 0 to 16")
        if self.only and self.start is None:
            raise InputError(
                "match: to search one section only (--only), give the patch of the rest (--from)"
            )


def choice_of(given: str | Mapping[str, Any], what: str) -> Choice:
    """Return a choice, written as in an experiment: a name, or a mapping as a dictionary or YAML.

    Raises:
        InputError: if it is neither.
    """
    try:
        plain = strict_yaml(given) if isinstance(given, str) else given
        return Choice.model_validate(plain)
    except ValueError:
        raise InputError(f"{what} {given}: needs a name, or {{name: …, option: …}}") from None


def strategy_of(given: str | Mapping[str, Any]) -> Choice:
    """Return a strategy, by its short name or as in an experiment."""
    return _by_short_name(given, _STRATEGIES, "strategy")


def fitness_of(given: str | Mapping[str, Any]) -> Choice:
    """Return a fitness, by its short name or as in an experiment."""
    return _by_short_name(given, _FITNESS, "fitness")


def _by_short_name(
    given: str | Mapping[str, Any], short: Mapping[str, dict[str, Any]], what: str
) -> Choice:
    if isinstance(given, str) and given in short:
        return Choice.model_validate({**short[given], "label": given})
    return choice_of(given, what)

"""Sweeps: one knob of a search turned through its values, for some of the strategies.

They ask how well genetic diversity can be controlled. What they make are strategies of their own,
*variants*, that take no part in the other questions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import Field

from common.suggest import nearest
from common.validation import Strict
from harness.plan.choice import Choice, Label


class Sweep(Strict):
    """A knob, who has it, and the values that it is turned through.

    Attributes:
        knob: an option of the search.
        strategies: labels of those whose agents' searches it belongs to.
        values: at least three.
        search: what their agents run instead of their own search, if anything.
        section: the one section whose genes it is turned for; only for ``mutation``.
    """

    knob: str
    strategies: Annotated[list[Label], Field(min_length=1)]
    values: Annotated[list[float | int], Field(min_length=3)]
    search: Choice | None = None
    section: str | None = None


@dataclass(frozen=True)
class Variant:
    """A strategy with a knob at one of its values.

    Attributes:
        choice: the strategy, with a label of its own.
        strategy: label of the one that it was made from.
        knob: what was turned.
        search: name of the search that has it.
        section: whose genes it was turned for; empty if for all.
        value: where it stands.
    """

    choice: Choice
    strategy: str
    knob: str
    search: str
    section: str
    value: float

    def plain(self) -> dict[str, Any]:
        """Return plain values, the choice by its label."""
        return {**asdict(self), "choice": self.choice.label}


def variants(
    sweeps: Iterable[Sweep], strategies: Sequence[Choice], search: Choice
) -> list[Variant]:
    """Turn every knob through its values.

    Args:
        sweeps: of the experiment.
        strategies: that they name.
        search: of those that have none of their own.

    Raises:
        ValueError: for an unknown strategy, a section without ``mutation``, or a duplicate
            label.
    """
    known = {choice.label: choice for choice in strategies}
    made: list[Variant] = []
    for i, sweep in enumerate(sweeps):
        for label in sweep.strategies:
            if label not in known:
                raise ValueError(f"sweeps[{i}]: no strategy {label!r}; {nearest(label, known)}")
            made += [_variant(sweep, known[label], search, value) for value in sweep.values]
    labels = [*known, *(variant.choice.label for variant in made)]
    if twice := [label for label in labels if labels.count(label) > 1]:
        raise ValueError(f"sweeps: duplicate label {twice[0]!r}; give one of them another label")
    return made


def _variant(sweep: Sweep, strategy: Choice, search: Choice, value: float) -> Variant:
    options = dict(strategy.options)
    own = sweep.search or Choice.model_validate(options.get("search", search))
    if sweep.section is not None:
        if sweep.knob != "mutation":
            raise ValueError(f"sweeps: section with the knob {sweep.knob!r}; allowed: mutation")
        # A strategy without probabilities of its own may hold null.
        options["mutation"] = {**(options.get("mutation") or {}), sweep.section: value}
        options["search"] = {"name": own.name, **own.options}
    else:
        options["search"] = {"name": own.name, **own.options, sweep.knob: value}
    knob = f"{sweep.section}.{sweep.knob}" if sweep.section else sweep.knob
    label = f"{strategy.label}-{knob}={value:g}"
    choice = Choice.model_validate({"name": strategy.name, "label": label, **options})
    return Variant(choice, strategy.label, sweep.knob, own.name, sweep.section or "", value)

"""The synth that renders training examples, and whether it still is the one it was.

Datasets, networks and proposals hold genes. Genes of a synth with other parameters have the same
shape at best, and another meaning: everything that defines them is stored and compared.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.plan.choice import Choice
from harness.plan.registry import Registry
from synth.base import Synth
from synth.space import ParameterSpace

# What defines the meaning of a gene.
_FIELDS = ("name", "section", "unit", "low", "high", "curve", "circular")
_LONGEST = 40


@dataclass(frozen=True)
class ExampleSynth:
    """A synth that renders training examples.

    Attributes:
        choice: its name and all its options.
        space: its parameters.
        version: of the plug-in.
    """

    choice: Choice
    space: ParameterSpace
    version: str

    @property
    def identity(self) -> dict[str, Any]:
        """What genes of this synth depend on, as plain values."""
        found = {
            "name": self.choice.name,
            "options": self.choice.options,
            "version": self.version,
            "parameters": [
                {field: getattr(parameter, field) for field in _FIELDS} for parameter in self.space
            ],
        }
        # As a file gives it back: lists for tuples, and so on.
        plain: dict[str, Any] = json.loads(json.dumps(found))
        return plain

    @property
    def circular(self) -> list[bool]:
        """Which genes are circular."""
        return [parameter.circular for parameter in self.space]


def example_synth(choice: Choice, space: ParameterSpace, registry: Registry) -> ExampleSynth:
    """Give a synth with the version that is registered."""
    return ExampleSynth(choice, space, registry.version("synth", choice.name))


def difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Describe the first difference between two identities; empty if there is none."""
    if before["name"] != now["name"]:
        return _changed("the synth", before["name"], now["name"])
    if found := _parameter_difference(before["parameters"], now["parameters"]):
        return found
    for option in sorted({*before["options"], *now["options"]}):
        one, other = (side["options"].get(option) for side in (before, now))
        if one != other:
            return _changed(f"option {option!r} of synth {now['name']!r}", one, other)
    if before["version"] != now["version"]:
        return _changed(f"the version of synth {now['name']!r}", before["version"], now["version"])
    return ""


def difference_of_knobs(before: Mapping[str, Any], now: ExampleSynth) -> str:
    """Describe the first difference between an identity and a synth, whatever its version."""
    return difference({**before, "version": now.version}, now.identity)


def _parameter_difference(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> str:
    for number, (one, other) in enumerate(zip(before, now, strict=False), 1):
        for field in _FIELDS:
            if one[field] != other[field]:
                what = (
                    f"parameter {number}"
                    if field == "name"
                    else f"the {field} of parameter {one['name']!r}"
                )
                return _changed(what, one[field], other[field])
    if len(before) != len(now):
        return _changed("the number of parameters", len(before), len(now))
    return ""


def _changed(what: str, before: Any, now: Any) -> str:
    one, other = (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in
                  (repr(before), repr(now)))  # fmt: skip
    return f"{what} was {one}, is now {other}"


def synth_of(choice: Choice, plan: Any, registry: Registry) -> Synth:
    """Make the synth that renders examples.

    Args:
        choice: its name and all its options.
        plan: has ``sample_rate`` and ``samples``, those of all sounds.
        registry: where it is registered.
    """
    made: Synth = registry.get("synth", choice.name)(
        plan.sample_rate, plan.samples, **choice.options
    )
    return made

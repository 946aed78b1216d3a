"""The knobs of all versions, section by section, as a panel shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.match.page.wording import value_text, words

Knobs = Mapping[str, Mapping[str, Any]]

# Of a knob's range: a difference from the match that is pointed out.
_FAR = 0.1


@dataclass(frozen=True)
class Setting:
    """Where a knob stands in one version.

    Attributes:
        gene: the position, 0 to 1.
        text: the value with its unit.
        far: whether it is more than a tenth of its range from where it is in the match.
    """

    gene: float
    text: str
    far: bool


@dataclass(frozen=True)
class Knob:
    """A knob in all versions.

    Attributes:
        name: of the parameter, as in the patch file.
        label: the same in words.
        settings: of each version, the match first.
    """

    name: str
    label: str
    settings: list[Setting]


@dataclass(frozen=True)
class Section:
    """Knobs that belong together."""

    title: str
    knobs: list[Knob]


def sections_of(versions: Sequence[Knobs]) -> list[Section]:
    """The knobs of versions of one synth, the match first, in the order of its genes.

    Args:
        versions: name of each parameter to its gene, value, unit and section.
    """
    match = versions[0]
    by_section: dict[str, list[str]] = {}
    for name, knob in match.items():
        by_section.setdefault(str(knob["section"]), []).append(name)
    found = []
    for section, names in by_section.items():
        labels = [words(name, section) for name in names]
        if len(set(labels)) < len(labels):
            labels = [words(name) for name in names]
        knobs = [
            Knob(name, label, [_setting(name, knobs.get(name), match[name]) for knobs in versions])
            for name, label in zip(names, labels, strict=True)
        ]
        found.append(Section(words(section) or "knobs", knobs))
    return found


def _setting(name: str, knob: Mapping[str, Any] | None, match: Mapping[str, Any]) -> Setting:
    """A version that has no such knob leaves it where the match has it."""
    knob = match if knob is None else knob
    text = value_text(name, float(knob["value"]), str(knob["unit"]))
    # Where a line is too long it breaks before the cents, not within them.
    text = text.replace(" ct", "\N{NO-BREAK SPACE}ct")
    gene = min(max(float(knob["gene"]), 0.0), 1.0)
    return Setting(round(gene, 4), text, abs(gene - float(match["gene"])) > _FAR)


def far_sentences(sections: Sequence[Section], names: Sequence[str]) -> list[str]:
    """For each version, how many of its knobs are far from the match's; empty for the match."""
    knobs = [knob for section in sections for knob in section.knobs]
    sentences = [""]
    for i, name in enumerate(names[1:], 1):
        far = sum(knob.settings[i].far for knob in knobs)
        what = "1 knob is" if far == 1 else f"{far or 'no'} knobs are"
        sentences.append(
            f"These are the knobs of {name}: of {len(knobs)}, {what} more than a tenth of the "
            "range from where the match has them. A small mark shows where that is."
        )
    return sentences

"""Groupings: what is owned, and every way in which one can be wrong."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.grouping import grouped
from synth.space import Parameter, ParameterSpace

SPACE = ParameterSpace(
    [
        Parameter("note", "pitch", "", 0, 1),
        Parameter("cutoff", "filter", "", 0, 1),
        Parameter("bend", "pitch", "", 0, 1),
        Parameter("resonance", "filter", "", 0, 1),
        Parameter("attack", "envelope", "", 0, 1),
    ]
)


def test_one_agent_a_section_if_nothing_is_said():
    assert grouped(SPACE, None) == {"pitch": (0, 2), "filter": (1, 3), "envelope": (4,)}


def test_sections_and_parameters_can_be_mixed():
    grouping = {"b": ["attack", "filter"], "a": ["bend"], "c": ["note"]}
    assert grouped(SPACE, grouping) == {"b": (1, 3, 4), "a": (2,), "c": (0,)}
    assert list(grouped(SPACE, grouping)) == ["b", "a", "c"]


ALL = ["pitch", "filter", "envelope"]


@pytest.mark.parametrize(
    ("grouping", "message"),
    [
        ({"a": ALL, "b": ["note"]}, "grouping: note is owned by a and by b"),
        ({"a": [*ALL, "cutoff"]}, "grouping: cutoff is owned by a and by a"),
        ({"a": ALL, "b": []}, "grouping: b owns no gene"),
        ({"a": ["pitch", "envelope"]}, "grouping: nobody owns cutoff, resonance"),
        ({}, "grouping: nobody owns note, cutoff, bend, resonance, attack"),
        (
            {"a": ["filtre"]},
            "grouping: a owns 'filtre', neither section nor parameter; did you mean 'filter'?",
        ),
        (
            {"a": ["cutof"]},
            "grouping: a owns 'cutof', neither section nor parameter; did you mean 'cutoff'?",
        ),
        (
            {"a": ["zzz"]},
            "grouping: a owns 'zzz', neither section nor parameter; allowed: ",
        ),
    ],
)
def test_every_mistake_is_said_in_one_line(grouping, message):
    with pytest.raises(ValueError, match=re.escape(message)) as refused:
        grouped(SPACE, grouping)
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


@given(st.lists(st.integers(0, 3), min_size=5, max_size=5))
def test_any_deal_of_parameters_is_owned_as_dealt(owners):
    grouping = {}
    for name, owner in zip(SPACE.names, owners, strict=True):
        grouping.setdefault(f"agent {owner}", []).append(name)
    owned = grouped(SPACE, grouping)
    assert sorted(gene for genes in owned.values() for gene in genes) == [0, 1, 2, 3, 4]
    assert all(list(genes) == sorted(genes) for genes in owned.values())
    assert all(f"agent {owners[g]}" == agent for agent, genes in owned.items() for g in genes)

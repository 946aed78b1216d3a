"""Everything that comes with ga-synth has its papers, and they are named in its source."""

import re
from pathlib import Path

import pytest

from harness.answer.exports.citations import PAPERS, bibliography, papers
from harness.answer.load import load_results
from harness.plan.registry import Registry

ROOT = Path(__file__).parents[4]
ROOMS = ("strategies", "fitness", "harness/statistics")
SOURCES = [
    path.read_text(encoding="utf-8").replace("š", "s").lower()
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
]
CITED = [(one, key) for one, keys in PAPERS.items() for key in keys]


def test_every_built_in_method_is_listed():
    built_in = {
        (one.kind, one.name)
        for one in Registry().all(("fitness", "search", "strategy"))
        if one.source == "built in"
    }
    assert set(PAPERS) == built_in


def test_every_paper_has_an_entry_with_what_a_citation_needs():
    for key, entry in papers().items():
        assert re.fullmatch(r"@\w+\{" + key + r", .*\}", entry)
        assert entry.count("{") == entry.count("}")
        year = re.search(r"year = \{(\d{4})\}", entry)[1]
        assert key.endswith(year)
        assert all(f" {field} = {{" in entry for field in ("author", "title"))
    assert {key for _, key in CITED} <= set(papers())


@pytest.mark.parametrize("key", sorted(papers()))
def test_a_paper_is_named_where_a_method_is_written(key):
    surname, year = re.fullmatch(r"([a-z]+)(\d{4})", key).groups()
    assert [text for text in SOURCES if surname in text and year in text]


def test_a_comparison_cites_the_project_and_what_it_used(tiny_journal):
    text = bibliography(load_results(tiny_journal))
    keys = re.findall(r"^@\w+\{([\w-]+),", text, re.MULTILINE)
    assert keys[0] == "ga-synth"
    assert len(keys) == len(set(keys))
    assert {"potter1994", "deb1995", "slaney1998", "gray1976", "efron1979"} <= set(keys)
    assert "tanabe2014" not in keys
    assert "plug-in" not in text

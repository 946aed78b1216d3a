"""What docs/searches.md says: every search is there, and its examples are accepted."""

import re
from pathlib import Path

import pytest
import yaml

from harness.plan.experiment import Experiment
from harness.plan.options import option_defaults
from harness.plan.registry import Registry
from harness.plan.resolve import resolve
from harness.plan.trials import trials_of

TEXT = (Path(__file__).parents[2] / "docs" / "searches.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_every_search_stands_in_the_table():
    table = TEXT.partition("| search | what it is |")[2].partition("\n\n")[0]
    named = re.findall(r"^\| `(\w+)` \| ", table, re.MULTILINE)
    assert sorted(named) == sorted(Registry().names("search"))


@pytest.mark.parametrize("example", EXAMPLES)
def test_its_examples_are_accepted(example):
    experiment = Experiment.model_validate(
        {
            "name": "example",
            "budget": 100,
            "targets": [{"contrived": 1, "seconds": 0.1, "sample_rate": 8000}],
            "fitness": ["waveform"],
            **yaml.safe_load(example),
        }
    )
    assert trials_of(resolve(experiment, Path()))


def test_knobs_that_it_names_are_options():
    for name, knobs in re.findall(r"^\| `(ga\w*)` \| (`.*?`) \| ", TEXT, re.MULTILINE):
        options = option_defaults(Registry().get("search", name))
        for knob in re.findall(r"`(\w+)`", knobs):
            assert knob in options

from dataclasses import replace

import pytest

from harness.plan.choice import Choice
from harness.train.example_synth import ExampleSynth, difference
from synth.space import Parameter, ParameterSpace

CUTOFF = Parameter("cutoff", "filter", "Hz", 20.0, 20_000.0, "log")
SPACE = ParameterSpace([Parameter("phase", "oscillator", "", 0.0, 1.0, circular=True), CUTOFF])
BELL = ExampleSynth(Choice.model_validate({"name": "bell", "map": "one"}), SPACE, "1")


def changed(**fields):
    return replace(BELL, space=ParameterSpace([SPACE[0], replace(CUTOFF, **fields)]))


def test_the_same_synth_has_no_difference():
    again = replace(BELL, space=ParameterSpace(list(SPACE)))
    relabelled = replace(
        BELL, choice=Choice.model_validate({"name": "bell", "label": "x", "map": "one"})
    )
    assert difference(BELL.identity, again.identity) == ""
    assert difference(BELL.identity, relabelled.identity) == ""


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (changed(name="resonance"), ["parameter 2", "'cutoff'", "'resonance'"]),
        (changed(section="tone"), ["section of parameter 'cutoff'", "'filter'", "'tone'"]),
        (changed(unit="kHz"), ["unit of parameter 'cutoff'", "'Hz'", "'kHz'"]),
        (changed(low=30.0), ["low of parameter 'cutoff'", "20.0", "30.0"]),
        (changed(high=10_000.0), ["high of parameter 'cutoff'", "20000.0", "10000.0"]),
        (changed(curve="square"), ["curve of parameter 'cutoff'", "'log'", "'square'"]),
        (changed(circular=True), ["circular of parameter 'cutoff'", "False", "True"]),
        (replace(BELL, space=ParameterSpace([CUTOFF, SPACE[0]])), ["parameter 1", "'phase'"]),
        (replace(BELL, space=ParameterSpace([SPACE[0]])), ["number of parameters", "2", "1"]),
        (replace(BELL, version="2"), ["version", "'bell'", "'1'", "'2'"]),
        (
            replace(BELL, choice=Choice.model_validate({"name": "bell", "map": "two"})),
            ["option 'map'", "'one'", "'two'"],
        ),
        (replace(BELL, choice=Choice.model_validate("bell")), ["option 'map'", "'one'", "None"]),
        (replace(BELL, choice=Choice.model_validate("gong")), ["synth", "'bell'", "'gong'"]),
    ],
)
def test_any_change_is_described(other, words):
    found = difference(BELL.identity, other.identity)
    assert all(word in found for word in words)
    assert "\n" not in found


def test_what_listeners_read_of_a_parameter_does_not_count():
    assert difference(BELL.identity, changed(about="brightness").identity) == ""


def test_long_options_are_shortened():
    one, other = (
        replace(BELL, choice=Choice.model_validate({"name": "bell", "map": text * 500}))
        for text in "ab"
    )
    assert len(difference(one.identity, other.identity)) < 200

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from strategies.searches.climber import Climber
from strategies.searches.gene_map import GeneMap
from synth.space import Parameter
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive


def test_the_built_in_voice():
    genes = GeneMap(len(SPACE), list(SPACE))
    assert genes.steps[SPACE.index("note")] == pytest.approx(0.1 / 84)
    assert genes.steps[SPACE.index("osc2_interval")] == pytest.approx(0.1 / 48)
    assert genes.steps[SPACE.index("osc2_detune")] == pytest.approx(0.03)
    assert genes.steps[SPACE.index("cutoff")] == pytest.approx(0.015)
    assert np.flatnonzero(genes.circular).tolist() == [
        SPACE.index("osc1_phase"), SPACE.index("osc2_phase"),
    ]  # fmt: skip
    named = [{SPACE.names[gene] for gene in group} for group in genes.groups]
    assert {f"amp_{part}" for part in ("attack", "decay", "sustain", "release", "curve")} in named
    twins = {(SPACE.names[one], SPACE.names[other]) for one, other in genes.twins}
    assert ("osc1_shape", "osc2_shape") in twins
    assert genes.semitones("f0") == 84
    assert sorted(np.concatenate(genes.sections)) == list(range(len(SPACE)))


def test_nothing_is_known_without_parameters():
    genes = GeneMap(5)
    assert (genes.steps == 0.015).all()
    assert not genes.circular.any()
    assert genes.groups == genes.twins == []
    assert [section.tolist() for section in genes.sections] == [[0, 1, 2, 3, 4]]
    assert genes.semitones("f0") == 0


def test_a_pitch_in_hertz_has_an_ordinary_step():
    genes = GeneMap(1, [Parameter("tone", "a", "Hz", 20, 2_000, "log", role="f0")])
    assert genes.steps[0] == pytest.approx(0.015)
    assert genes.semitones("f0") == 0


def test_a_switch_moves_by_a_position():
    genes = GeneMap(3, [
        Parameter("wave", "a", "", 0, 1, steps=5),
        Parameter("sync", "a", "", 0, 1, steps=2),
        Parameter("mix", "a", "", 0, 1),
    ])  # fmt: skip
    assert genes.steps.tolist() == [0.25, 1.0, 0.015]
    assert genes.switches.tolist() == [True, True, False]


@example(x=0.5, positions=2, seed=2)
@example(x=0.25, positions=3, seed=2)
@example(x=0.75, positions=3, seed=1)
@example(x=0.5, positions=4, seed=0)
@given(x=st.floats(0, 1), positions=st.integers(2, 30), seed=st.integers(0, 99))
def test_a_probe_of_a_switch_reaches_another_position(x, positions, seed):
    genes = GeneMap(1, [Parameter("wave", "a", "", 0, 1, steps=positions)])
    climber = Climber(np.array([x]), 1.0, 1.0, np.zeros(1), shrink=0.1)
    own, probe = climber.probes(2, genes, np.random.default_rng(seed))
    assert round(own[0] * (positions - 1)) != round(probe[0] * (positions - 1))


def test_breakpoints_are_one_knob():
    moves = {"note": 2, "osc2_detune": 3, "cutoff": 3, "osc1_width": 2, "osc2_width": 2}
    space = Subtractive(8_000, 800, moves=moves).space
    genes = GeneMap(len(space), list(space))
    at = space.index
    assert genes.breakpoints("f0") == [at("note@1"), at("note@2")]
    assert genes.breakpoints("sustain") == [at("amp_sustain")]
    assert genes.breakpoints("loudness") == GeneMap(3).breakpoints("f0") == []
    assert genes.steps[at("note@2")] == genes.steps[at("note@1")] == pytest.approx(0.1 / 84)
    assert genes.steps[at("osc2_detune@3")] == pytest.approx(0.03)
    named = [{space.names[gene] for gene in group} for group in genes.groups]
    assert {"cutoff@1", "cutoff@2", "cutoff@3"} in named
    twins = {(space.names[one], space.names[other]) for one, other in genes.twins}
    assert ("osc1_width@2", "osc2_width@2") in twins
    assert not {pair for pair in twins if pair[0].startswith(("cutoff", "note"))}


def test_breakpoints_whose_first_belongs_to_another_agent_stand_alone():
    space = Subtractive(8_000, 800, moves={"osc2_detune": 3}).space
    later = [space[space.index(f"osc2_detune@{i}")] for i in (2, 3)]
    genes = GeneMap(2, later)
    assert genes.steps == pytest.approx(0.015)
    assert genes.twins == []
    assert [group.tolist() for group in genes.groups] == [[0, 1]]

from importlib.metadata import entry_points

import pytest

from ga_synth import Parameter, ParameterSpace, SearchChoice
from ga_synth.testing import check_strategy
from ga_synth_pitch_first import PitchFirst


def test_it_does_what_ga_synth_relies_on():
    check_strategy(PitchFirst)


def test_it_is_registered_as_it_is_installed():
    (entry,) = entry_points(group="ga_synth.strategies", name="pitch_first")
    assert entry.load() is PitchFirst


def test_the_pitch_has_an_agent_of_its_own_at_first():
    space = ParameterSpace(
        [Parameter("note", "pitch", "", 0, 127), Parameter("level", "amp", "", 0, 1)]
    )
    first, second = PitchFirst(space, 20, SearchChoice("ga"), share=0.5).phases(0)
    assert [(agent.genes, agent.fitness) for agent in first.agents] == [
        ((0,), "pitch"),
        ((1,), None),
    ]
    assert (first.share, [agent.genes for agent in second.agents]) == (0.5, [(0, 1)])


def test_a_synth_without_pitch_is_refused():
    with pytest.raises(ValueError, match="needs a section pitch"):
        PitchFirst(ParameterSpace([Parameter("level", "amp", "", 0, 1)]), 20, SearchChoice("ga"))

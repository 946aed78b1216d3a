"""The strategies: who the agents are, phase by phase."""

import re

import pytest

from strategies.base import Exchange, SearchChoice
from strategies.end_to_end import EndToEnd
from strategies.hand_over import HandOver
from strategies.random import RandomStrategy
from strategies.society import Society
from strategies.society_scrambled import SocietyScrambled
from synth.subtractive.parameters import SPACE

GA = SearchChoice("ga", {"mutation": 0.2})


def agents(strategy, seed=0):
    (phase,) = strategy.phases(seed)
    return phase.agents


@pytest.fixture
def grouping():
    """Two agents: the first two sections, and the others."""
    first, second, *others = SPACE.sections
    return {"two": [first, second], "rest": others}


def test_end_to_end_is_a_society_of_one():
    (one,) = agents(EndToEnd(SPACE, 30, GA))
    assert (one.name, one.search, one.population, one.fitness) == ("all", GA, 30, None)
    assert one.genes == tuple(range(len(SPACE)))


def test_the_random_control_searches_at_random_whatever_was_chosen():
    (one,) = agents(RandomStrategy(SPACE, 30, GA))
    assert (one.search, one.population) == (SearchChoice("random"), 30)
    assert one.genes == tuple(range(len(SPACE)))


def test_a_society_has_one_agent_a_section_with_the_chosen_search():
    found = agents(Society(SPACE, 100, GA))
    assert {agent.name: agent.genes for agent in found} == SPACE.sections
    assert all(agent.search is GA for agent in found)
    assert {agent.population for agent in found} == {max(16, 100 // len(SPACE.sections))}


def test_its_agents_have_sixteen_or_the_population_or_what_is_asked_for():
    assert {agent.population for agent in agents(Society(SPACE, 40, GA))} == {16}
    assert {agent.population for agent in agents(Society(SPACE, 12, GA))} == {12}
    small = Society(SPACE, 12, GA, agent_population=5)
    assert {agent.population for agent in agents(small)} == {5}


def test_options_reach_the_phase(grouping):
    society = Society(
        SPACE,
        40,
        GA,
        grouping=grouping,
        collaborators=["champion", "random"],
        credit="mean",
        every=3,
        turns="in_turn",
        fitness={"two": "mfcc"},
    )
    (phase,) = society.phases(0)
    assert phase.exchange == Exchange(("champion", "random"), "mean", 3, "in_turn")
    assert {agent.name: agent.fitness for agent in phase.agents} == {"two": "mfcc", "rest": None}
    assert phase.share == 1.0


@pytest.mark.parametrize(
    ("population", "options", "message"),
    [
        (20, {"agent_population": 21}, "agent_population 21; allowed: 1 to the population, 20"),
        (20, {"agent_population": -1}, "agent_population -1; allowed: 1 to the population, 20"),
        (20, {"fitness": {"brass": "mfcc"}}, "fitness of agent 'brass'; agents: "),
        (20, {"collaborators": []}, "collaborators: at least one is needed"),
        (20, {"credit": "min"}, "credit 'min'; allowed: max, mean"),
        (20, {"grouping": {}}, "grouping: nobody owns "),
    ],
)
@pytest.mark.parametrize("kind", [Society, SocietyScrambled, HandOver])
def test_options_that_do_not_fit_are_refused(kind, population, options, message):
    with pytest.raises(ValueError, match=re.escape(message)) as refused:
        kind(SPACE, population, GA, **options)
    assert str(refused.value).startswith(message)


def test_scrambled_agents_are_as_many_and_as_large_but_own_other_genes(grouping):
    options = {"grouping": grouping, "fitness": {"two": "mfcc"}, "every": 2}
    society, scrambled = (kind(SPACE, 50, GA, **options) for kind in (Society, SocietyScrambled))
    for seed in range(5):
        for straight, dealt in zip(agents(society), agents(scrambled, seed), strict=True):
            assert len(straight.genes) == len(dealt.genes)
            assert list(dealt.genes) == sorted(dealt.genes)
            assert straight.genes != dealt.genes
            assert (straight.name, straight.search, straight.population, straight.fitness) == (
                dealt.name,
                dealt.search,
                dealt.population,
                dealt.fitness,
            )
        assert scrambled.phases(seed)[0].exchange == society.phases(seed)[0].exchange


def test_genes_are_dealt_anew_for_every_seed_and_each_gene_to_every_agent():
    scrambled = SocietyScrambled(SPACE, 50, GA)
    assert agents(scrambled, 1) == agents(scrambled, 1)
    deals = [{agent.name: agent.genes for agent in agents(scrambled, s)} for s in range(200)]
    assert len({str(deal) for deal in deals}) == 200
    for name, genes in SPACE.sections.items():
        # Each gene comes to an agent as often as the agent's share of all genes.
        share = len(genes) / len(SPACE)
        often = [sum(gene in deal[name] for deal in deals) / 200 for gene in range(len(SPACE))]
        assert max(abs(one - share) for one in often) < 5 * (share * (1 - share) / 200) ** 0.5


def test_hand_over_is_a_society_for_its_share_then_end_to_end():
    options = {"agent_population": 8, "turns": "in_turn"}
    first, second = HandOver(SPACE, 40, GA, share=0.25, **options).phases(0)
    (society,) = Society(SPACE, 40, GA, **options).phases(0)
    assert (first.share, second.share) == (0.25, 1.0)
    assert (first.agents, first.exchange) == (society.agents, society.exchange)
    assert second == EndToEnd(SPACE, 40, GA).phases(0)[0]


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.5, float("nan")])
def test_a_share_leaves_something_to_both(share):
    with pytest.raises(ValueError, match=f"share {share}; allowed: above 0 and below 1"):
        HandOver(SPACE, 40, GA, share=share)

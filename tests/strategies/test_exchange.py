"""What agents learn of each other: options that fit, and each kind of collaborator."""

import re

import numpy as np
import pytest

from strategies.base import AgentSpec, Exchange, Phase, SearchChoice, Standing
from strategies.end_to_end import EndToEnd
from synth.space import Parameter, ParameterSpace

SPACE = ParameterSpace([Parameter(name, name[0], "", 0, 1) for name in ("a1", "a2", "b1")])
GA = SearchChoice("ga")
STANDINGS = [
    Standing(np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([1.0, 2.0])),
    Standing(np.array([[0.5], [0.6]]), np.array([3.0, 4.0])),
]
CHAMPION = np.array([0.7, 0.8, 0.9])


def contexts(*collaborators, before=CHAMPION[None], seed=0):
    agents = (AgentSpec("a", (0, 1), GA, 4), AgentSpec("b", (2,), GA, 4))
    phase = Phase(agents, Exchange(collaborators))
    random = np.random.default_rng(seed)
    found = EndToEnd(SPACE, 4, GA).contexts(phase, STANDINGS, CHAMPION, before, random)
    assert len(found) == len(agents)
    assert all(context.shape == (len(collaborators), 3) for context in found)
    assert np.array_equal(found[0], found[1])
    return found[0]


def test_best_is_every_agents_first_and_champion_the_best_whole():
    assert contexts("best", "champion").tolist() == [[0.1, 0.2, 0.5], [0.7, 0.8, 0.9]]


def test_random_draws_each_agents_member_on_its_own():
    drawn = {tuple(contexts("random", seed=seed)[0]) for seed in range(60)}
    assert drawn == {(a1, a2, b) for a1, a2 in ((0.1, 0.2), (0.3, 0.4)) for b in (0.5, 0.6)}


@pytest.mark.parametrize("order", [("best", "previous"), ("previous", "best")])
def test_previous_is_the_best_of_the_exchange_before(order):
    previous = order.index("previous")
    first = contexts(*order)
    assert first[previous].tolist() == CHAMPION.tolist()
    earlier = np.zeros((2, 3))
    earlier[1 - previous] = [0.11, 0.12, 0.13]
    assert contexts(*order, before=earlier)[previous].tolist() == [0.11, 0.12, 0.13]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"collaborators": ("worst",)},
            "collaborator 'worst'; allowed: best, champion, random, previous",
        ),
        ({"collaborators": ()}, "collaborators: at least one is needed"),
        ({"collaborators": ("previous", "random")}, "collaborators: previous needs best beside it"),
        ({"credit": "min"}, "credit 'min'; allowed: max, mean"),
        ({"turns": "at_once"}, "turns 'at_once'; allowed: parallel, in_turn"),
        ({"every": 0}, "every 0 generations; allowed: 1 or more"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(options, message):
    with pytest.raises(ValueError, match=re.escape(message)) as refused:
        Exchange(**options)
    assert str(refused.value) == message

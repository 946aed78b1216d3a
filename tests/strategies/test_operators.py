"""Operators over whole arrays against DEAP's own, gene by gene, from the same draws."""

import random

import numpy as np
import pytest
from deap import tools
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from strategies.searches.operators import polynomial_mutation, simulated_binary_crossover

_GENES = st.floats(0, 1) | st.sampled_from([0.0, 5e-324, 1e-14, 0.5, 1 - 2**-53, 1.0])
_ETAS = st.sampled_from([0.0, 1.0, 3.0, 20.0, 1e6]) | st.floats(0, 100)
_SHAPES = st.tuples(st.integers(0, 7), st.integers(1, 9))


def genomes(shape):
    return arrays(np.float64, shape, elements=_GENES)


def deap_draws(monkeypatch, draws):
    """Let DEAP's operators take these draws, one after the other."""
    monkeypatch.setattr(random, "random", iter(draws).__next__)


@settings(max_examples=200, deadline=None)
@given(
    parents=_SHAPES.flatmap(lambda shape: st.tuples(genomes(shape), genomes(shape))),
    eta=_ETAS,
    seed=st.integers(0, 1000),
)
def test_crossover_is_deaps(parents, eta, seed):
    ones, others = parents
    children = simulated_binary_crossover(ones, others, np.random.default_rng(seed), eta)
    draws = np.random.default_rng(seed)
    gene = draws.random(ones.shape)
    crossed = (gene <= 0.5) & (np.abs(ones - others) > 1e-14)
    rest = np.zeros((2, *ones.shape))
    rest[:, crossed] = draws.random((2, crossed.sum()))
    with pytest.MonkeyPatch.context() as patch:
        deap_draws(
            patch,
            [
                draw
                for at in np.ndindex(*ones.shape)
                for draw in ([gene[at], *rest[:, *at]] if crossed[at] else [gene[at]])
            ],
        )
        wanted = [
            tools.cxSimulatedBinaryBounded(one, other, eta, 0.0, 1.0)
            for one, other in zip(ones.tolist(), others.tolist(), strict=True)
        ]
    for mine, deaps in zip(children, zip(*wanted, strict=True) if wanted else [], strict=False):
        np.testing.assert_allclose(mine, deaps, rtol=0, atol=1e-12)
    assert all(child.shape == ones.shape for child in children)


@settings(max_examples=200, deadline=None)
@given(
    parents=_SHAPES.flatmap(genomes),
    eta=_ETAS,
    probability=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    seed=st.integers(0, 1000),
)
def test_mutation_is_deaps(parents, eta, probability, seed):
    mutants = polynomial_mutation(parents, np.random.default_rng(seed), eta, probability)
    draws = np.random.default_rng(seed)
    gene = draws.random(parents.shape)
    step = np.zeros(parents.shape)
    step[gene <= probability] = draws.random((gene <= probability).sum())
    with pytest.MonkeyPatch.context() as patch:
        deap_draws(
            patch,
            [
                draw
                for at in np.ndindex(*parents.shape)
                for draw in ([gene[at], step[at]] if gene[at] <= probability else [gene[at]])
            ],
        )
        wanted = [
            tools.mutPolynomialBounded(genome, eta, 0.0, 1.0, probability)[0]
            for genome in parents.tolist()
        ]
    np.testing.assert_allclose(mutants, np.reshape(wanted, parents.shape), rtol=0, atol=1e-12)


def test_parents_are_left_as_they_are():
    ones, others = np.random.default_rng(0).random((2, 6, 4))
    before = ones.copy(), others.copy()
    simulated_binary_crossover(ones, others, np.random.default_rng(1), 3.0)
    polynomial_mutation(ones, np.random.default_rng(1), 3.0, 1.0)
    assert (ones == before[0]).all()
    assert (others == before[1]).all()

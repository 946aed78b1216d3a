"""Random search: uniform in the cube, and no memory but the last generation."""

import numpy as np
import pytest
from scipy.stats import kstest

from strategies.searches.random import RandomSearch


def test_draws_uniformly_and_independently():
    search = RandomSearch(3, 5_000, 0)
    genomes = search.ask()
    for gene in genomes.T:
        assert kstest(gene, "uniform").pvalue > 0.001
    assert np.abs(np.corrcoef(genomes.T) - np.eye(3)).max() < 0.06
    assert not np.isin(search.ask(), genomes).any()


def test_what_it_is_told_does_not_change_what_it_asks():
    one, other = RandomSearch(2, 4, 9), RandomSearch(2, 4, 9)
    one.tell(one.ask(), np.arange(4.0))
    other.ask()
    assert np.array_equal(one.ask(), other.ask())


def test_remembers_the_last_generation_ranked_and_has_no_elite():
    search = RandomSearch(1, 3, 0)
    search.tell(np.array([[0.9], [0.8], [0.7]]), np.array([0.1, 0.2, 0.3]))
    search.tell(np.array([[0.1], [0.2]]), np.array([5.0, 4.0]))
    genomes, distances = search.members()
    assert genomes.tolist() == [[0.2], [0.1]]
    assert distances.tolist() == [4.0, 5.0]
    assert len(search.elites()) == 0


def test_seeds_differ():
    assert not np.array_equal(RandomSearch(2, 3, 0).ask(), RandomSearch(2, 3, 1).ask())


@pytest.mark.parametrize(("dims", "population"), [(0, 1), (1, 0)])
def test_too_little_is_refused(dims, population):
    with pytest.raises(ValueError, match="needs 1 or more"):
        RandomSearch(dims, population, 0)

"""Diversity against SciPy, and against what is known of the uniform distribution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import pdist
from scipy.stats import entropy

from strategies.diversity import MEASURES, WHOLE, diversity

SECTIONS = {"a": (0, 2, 3), "b": (1,), "c": (4, 5, 6)}


def expected(genomes):
    n, genes = genomes.shape
    bins = [np.histogram(gene, bins=10, range=(0, 1))[0] for gene in genomes.T]
    return {
        "deviation": np.mean([np.std(gene) for gene in genomes.T]),
        "distance": pdist(genomes).mean() / np.sqrt(genes),
        "entropy": np.mean([entropy(counts, base=10) for counts in bins]),
        "unique": len({tuple(row) for row in genomes.tolist()}) / n,
    }


@pytest.mark.parametrize("n", [2, 3, 17, 50])
def test_agrees_with_scipy_whole_and_by_section(n):
    genomes = np.random.default_rng(n).beta(0.7, 2.0, (n, 7))
    genomes[n // 2] = genomes[0]
    found = diversity(genomes, SECTIONS)
    assert list(found) == [WHOLE, *SECTIONS]
    assert found[WHOLE] == pytest.approx(expected(genomes), rel=1e-12)
    for section, genes in SECTIONS.items():
        assert found[section] == pytest.approx(expected(genomes[:, list(genes)]), rel=1e-12)


def test_of_the_uniform_distribution():
    genomes = np.random.default_rng(0).random((400, 40))
    whole = diversity(genomes, {})[WHOLE]
    assert whole["deviation"] == pytest.approx(1 / np.sqrt(12), abs=0.003)
    # The mean square of a difference is 1/6; in many dimensions its root is the mean distance.
    assert whole["distance"] == pytest.approx(np.sqrt(1 / 6), abs=0.005)
    assert whole["entropy"] == pytest.approx(1.0, abs=0.01)
    assert whole["unique"] == 1.0


def test_in_one_dimension_two_uniform_genes_are_a_third_apart():
    genomes = np.random.default_rng(0).random((1500, 1))
    assert diversity(genomes, {})[WHOLE]["distance"] == pytest.approx(1 / 3, abs=0.01)


def test_opposite_corners_are_as_far_apart_as_can_be():
    corners = np.array([[0.0] * 4, [1.0] * 4])
    assert diversity(corners, {})[WHOLE] == pytest.approx(
        {"deviation": 0.5, "distance": 1.0, "entropy": np.log10(2), "unique": 1.0}
    )


@pytest.mark.parametrize("n", [1, 5])
def test_identical_genomes_differ_in_nothing(n):
    found = diversity(np.full((n, 7), 1.0), SECTIONS)
    for measures in found.values():
        assert measures == {"deviation": 0, "distance": 0, "entropy": 0, "unique": 1 / n}


def test_no_genomes_are_refused():
    with pytest.raises(ValueError, match="no genomes"):
        diversity(np.empty((0, 3)), {})


@settings(deadline=None)
@given(
    st.tuples(st.integers(1, 12), st.just(7)).flatmap(
        lambda shape: arrays(np.float64, shape, elements=st.floats(0, 1))
    ),
    st.randoms(use_true_random=False),
)
def test_stays_in_its_range_and_does_not_hear_order(genomes, random):
    found = diversity(genomes, SECTIONS)
    shuffled = genomes[random.sample(range(len(genomes)), len(genomes))]
    for section, measures in diversity(shuffled, SECTIONS).items():
        assert measures == pytest.approx(found[section], abs=1e-12)
        assert set(measures) == set(MEASURES)
        assert -1e-12 <= measures["deviation"] <= 0.5 + 1e-12
        for name in ("distance", "entropy", "unique"):
            assert -1e-12 <= measures[name] <= 1 + 1e-12

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from harness.statistics.effects import probability_of_improvement, rank_biserial

FINITE = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("differences", "probability"),
    [([1, 2, 3], 1), ([-1, -2], 0), ([0, 0], 0.5), ([1, -1, 0, 5], 0.625), ([0, 1], 0.75)],
)
def test_probability_of_improvement(differences, probability):
    assert probability_of_improvement(differences) == probability


@given(hnp.arrays(int, st.integers(1, 8), elements=st.integers(-2, 2)),
       hnp.arrays(int, st.integers(1, 8), elements=st.integers(-2, 2)))  # fmt: skip
def test_over_all_pairs_it_is_mann_whitneys_u(one, other):
    """Agarwal et al. (2021) define it so; ours takes the pairs that belong together."""
    differences = [a - b for a, b in product(one, other)]
    u = stats.mannwhitneyu(one, other, method="asymptotic").statistic
    assert probability_of_improvement(differences) == pytest.approx(u / len(differences))


@given(hnp.arrays(float, st.integers(1, 20), elements=FINITE))
def test_who_is_asked_about_does_not_matter(differences):
    there = probability_of_improvement(differences)
    assert there + probability_of_improvement(-differences) == pytest.approx(1)
    assert rank_biserial(differences) == pytest.approx(-rank_biserial(-differences))
    assert -1 <= rank_biserial(differences) <= 1


@pytest.mark.parametrize(
    ("differences", "effect"),
    [([1, 2, 3], 1), ([-1, -2], -1), ([0, 0], 0), ([1, -2, 3], 1 / 3), ([1, -1], 0), ([0, 5], 1)],
)
def test_rank_biserial_by_hand(differences, effect):
    assert rank_biserial(differences) == pytest.approx(effect)


def test_of_nothing():
    for effect in (probability_of_improvement, rank_biserial):
        assert np.isnan(effect([]))

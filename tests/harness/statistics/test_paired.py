import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from harness.statistics.paired import compare, equivalence
from harness.statistics.rule import can_decide, decided_many


def measures(one, other, names=("a", "b"), strata=None):
    strata = np.zeros(len(one)) if strata is None else strata
    return (*names, one, other, strata)


def test_a_planted_difference_is_decided():
    random = np.random.default_rng(4)
    other = random.normal(size=20)
    (pair,) = compare([measures(other + 1 + 0.3 * random.normal(size=20), other)])
    assert (pair.ahead, pair.n, pair.one, pair.other) == ("a", 20, "a", "b")
    assert pair.low > 0.9
    assert pair.p < 0.001
    assert pair.shift == pytest.approx(1, abs=0.2)
    assert pair.shift_low < 1 < pair.shift_high
    assert (pair.verdict, pair.effect) == ("ahead", 1)
    (back,) = compare([measures(other, other + 1)])
    assert (back.ahead, back.probability, back.verdict) == ("b", 0, "behind")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([0.0] * 20, [0.0] * 20),
        (list(range(20)), list(range(20))),
        ([1.0], [0.0]),
        ([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]),
        ([], []),
        ([np.nan] * 8, [1.0] * 8),
        ([1.0, -1.0] * 10, [0.0] * 20),
        ([np.inf] * 3, [np.inf] * 3),
    ],
    ids=["constant", "identical", "one", "three", "zero", "nan", "balanced", "infinite"],
)
def test_undecided(one, other):
    (pair,) = compare([measures(one, other)])
    assert pair.verdict == "undecided"
    assert not pair.decided
    assert not pair.negligible
    assert pair.ahead == ""
    assert pair.p >= 0.05


def test_pairs_without_a_measure_are_left_out_and_not_counted():
    other = np.zeros(12)
    one = np.where(np.arange(12) < 4, np.nan, np.arange(12.0))
    (pair,) = compare([measures(one, other)])
    assert (pair.n, pair.probability, pair.ahead) == (8, 1, "a")


def test_equal_strategies_are_almost_never_decided():
    random = np.random.default_rng(9)
    pairs = [measures(*random.normal(size=(2, 15)), names=(f"a{i}", f"b{i}")) for i in range(60)]
    alone = [compare([pair])[0].decided for pair in pairs]
    assert sum(alone) <= 8
    assert sum(pair.decided for pair in compare(pairs)) <= 1


def test_more_pairs_make_it_harder():
    random = np.random.default_rng(2)
    one, other = random.normal(0.7, 1, (2, 12)) * [[1], [0]]
    alone = compare([measures(one, other)])[0]
    among = compare([measures(one, other), *[measures(other, other)] * 9])[0]
    assert among.p == pytest.approx(min(1, 10 * alone.p))


def test_one_value_in_each_stratum_gives_no_interval_and_no_verdict():
    values, strata = [0.9] * 8, list("abcdefgh")
    (pair,) = compare([("one", "other", values, [0.1] * 8, strata)])
    assert pair.p < 0.05
    assert not pair.decided


def test_of_nothing():
    assert compare([]) == []


def test_the_same_under_two_names_is_equivalent():
    same = np.random.default_rng(1).normal(size=12)
    (pair,) = compare([measures(same, same, strata=np.arange(12) % 3)], rope=0.01)
    assert pair.verdict == "equivalent"
    assert (pair.shift, pair.effect, pair.smallest) == (0, 0, 0)
    assert compare([measures(same, same)])[0].verdict == "undecided"


@pytest.mark.parametrize("n", [0, 1, 5])
def test_too_few_are_never_equivalent(n):
    same = np.ones(n)
    (pair,) = compare([measures(same, same)], rope=1)
    assert (pair.verdict, pair.smallest) == ("undecided", np.inf)


def test_one_value_in_each_stratum_is_never_equivalent():
    (pair,) = compare([("a", "b", np.ones(20), np.ones(20), np.arange(20))], rope=1)
    assert pair.verdict == "undecided"


def test_what_lies_on_the_edge_of_the_rope_is_not_within():
    """Most differences are the rope itself: dropping those would leave the few within it."""
    d = np.array([0.5] * 30 + [0.0] * 10)
    assert equivalence(d, 0.5) > 0.5
    assert equivalence(d - 0.1, 0.5) < 0.001


def test_a_decided_difference_within_the_rope_is_negligible():
    other = np.random.default_rng(7).normal(size=20)
    one = other + 0.01 + 0.002 * np.random.default_rng(8).normal(size=20)
    (pair,) = compare([measures(one, other)], rope=0.1)
    assert (pair.verdict, pair.negligible) == ("ahead", True)
    (pair,) = compare([measures(one, other)], rope=0.005)
    assert (pair.verdict, pair.negligible) == ("ahead", False)


def test_a_rope_is_not_negative():
    with pytest.raises(ValueError, match="rope is -1"):
        compare([], rope=-1)


@pytest.mark.parametrize("shift", [0.5, -0.5])
def test_what_differs_by_the_rope_is_rarely_called_equivalent(shift):
    random = np.random.default_rng(3)
    many = sum(equivalence(random.normal(shift, 1, 30), 0.5) < 0.05 for _ in range(1000))
    assert many <= 65
    inside = sum(equivalence(random.normal(0, 0.5, 30), 0.5) < 0.05 for _ in range(200))
    assert inside > 190


def test_equivalence_is_corrected_too():
    random = np.random.default_rng(2)
    one, other = random.normal(0, 0.3, (2, 12))
    alone = compare([measures(one, other)], rope=0.4)[0]
    far = measures(other + 9, other)
    among = compare([measures(one, other), *[far] * 9], rope=0.4)[0]
    assert among.p_equivalent == pytest.approx(min(1, 10 * alone.p_equivalent))


def test_for_other_targets_it_is_less_sure():
    """Ahead on two targets, behind on the third: sure of these, not of others."""
    one = np.random.default_rng(5).normal(0, 0.1, 30) + np.repeat([1, 1, -1], 10)
    (pair,) = compare([measures(one, np.zeros(30), strata=np.repeat(["x", "y", "z"], 10))])
    assert (pair.low, pair.high) == pytest.approx((2 / 3, 2 / 3))
    assert (pair.other_low, pair.other_high) == (0, 1)
    (pair,) = compare([measures(one, np.zeros(30))])
    assert np.isnan([pair.other_low, pair.other_high]).all()


SMALL = st.integers(6, 12).flatmap(lambda n: hnp.arrays(float, (3, n), elements=st.integers(-3, 6)))


@settings(max_examples=40, deadline=None)
@given(SMALL, st.integers(1, 3))
def test_many_decisions_are_those_of_compare(differences, strata_count):
    strata = np.arange(differences.shape[1]) % strata_count
    zeros = np.zeros(differences.shape[1])
    signs = {"ahead": 1, "behind": -1, "equivalent": 0, "undecided": 0}
    alone = [compare([measures(d, zeros, strata=strata)])[0].verdict for d in differences]
    assert decided_many(differences, strata).tolist() == [signs[v] for v in alone]
    together = compare([measures(d, zeros, strata=strata) for d in differences])
    family = decided_many(differences[None], strata)[0]
    assert family.tolist() == [signs[pair.verdict] for pair in together]
    corrected = decided_many(differences, strata, pairs=3)
    assert (np.abs(corrected) <= np.abs(family)).all()
    assert corrected.any() == family.any() or not np.any(corrected)


@settings(max_examples=20, deadline=None)
@given(SMALL)
def test_verdicts_turn_with_the_question(differences):
    d, zeros = differences[0], np.zeros(differences.shape[1])
    (there,) = compare([measures(d, zeros, strata=np.arange(len(d)) % 2)], rope=0.5)
    (back,) = compare([measures(zeros, d, strata=np.arange(len(d)) % 2)], rope=0.5)
    turned = {"ahead": "behind", "behind": "ahead"}
    assert back.verdict == turned.get(there.verdict, there.verdict)
    assert (back.low, back.high) == pytest.approx((1 - there.high, 1 - there.low))
    assert back.negligible == there.negligible
    assert there == compare([measures(d, zeros, strata=np.arange(len(d)) % 2)], rope=0.5)[0]


@pytest.mark.parametrize(
    ("n", "pairs", "enough"), [(5, 1, False), (6, 1, True), (7, 6, False), (8, 6, True)]
)
def test_how_many_could_decide(n, pairs, enough):
    assert can_decide(np.arange(n) % 3, pairs) == enough
    assert not can_decide(np.arange(n), pairs)
    assert bool(decided_many(np.ones((1, n)), np.arange(n) % 3, pairs)[0]) == enough

"""Control of diversity, from sweeps with known numbers."""

import numpy as np
import pytest

from harness.answer.load import load_results
from harness.answer.measures.diversity_control import diversity_control
from harness.answer.measures.trial import measured
from harness.answer.questions.evaluate import answer

VALUES = (0.1, 0.2, 0.4)


def variant(strategy, value, knob="mutation", section="", search="ga"):
    name = f"{section}.{knob}" if section else knob
    return {
        "choice": f"{strategy}-{name}={value:g}", "strategy": strategy, "knob": knob,
        "search": search, "section": section, "value": value,
    }  # fmt: skip


@pytest.fixture
def swept(written):
    """Families whose steady diversity and best distance at each value are given.

    ``curves`` maps a family to (diversity, best) at each value.
    """

    def make(curves, **keys):
        variants = [variant(family, v, **keys) for family in curves for v in VALUES]
        by_label = {v["choice"]: v for v in variants}
        trials = [{"strategy": s, "seed": seed} for s in (*curves, "random") for seed in (0, 1)]
        for family, points in curves.items():
            labels = [label for label, v in by_label.items() if v["strategy"] == family]
            for label, (steady, best) in zip(labels, points, strict=True):
                trials += [
                    {
                        "strategy": label,
                        "seed": seed,
                        "steps": [(5, 1.0), (60, best)],
                        "diversity": [0.4, steady, steady],
                    }
                    for seed in (0, 1)
                ]
        names = (*curves, "random")
        return load_results(written(trials, strategies=names, variants=variants))

    return make


def of(results):
    found = diversity_control(results, measured(results))
    return found, found.table.groupby("family").mean(numeric_only=True)


def test_gain_and_span_by_hand(swept):
    rising = [(0.1, 0.5), (0.2, 0.5), (0.3, 0.5)]
    crooked = [(0.1, 0.5), (0.3, 0.5), (0.2, 0.5)]
    _, means = of(swept({"end_to_end": rising, "society": crooked}))
    assert means["monotonicity"].to_dict() == pytest.approx({"end_to_end": 1.0, "society": 0.5})
    assert means["span"].to_dict() == pytest.approx({"end_to_end": 0.2, "society": 0.2})


def test_a_knob_that_does_nothing_is_no_control_and_no_error(swept):
    flat = [(0.2, 0.5)] * 3
    results = swept({"end_to_end": flat, "society": flat})
    found, means = of(results)
    assert means["monotonicity"].tolist() == [0.0, 0.0]
    assert means["span"].tolist() == [0.0, 0.0]
    assert found.table["closeness_at_equal_steady_diversity"].isna().all()
    assert not any(pair.decided for a in answer(results).answers for pair in a.pairs)


def test_closeness_is_compared_where_all_families_were(swept):
    """Between the diversities 0.2 and 0.3 one is twice as close as the other, all along."""
    one = [(0.1, 0.25), (0.2, 0.25), (0.3, 0.25)]
    other = [(0.2, 0.5), (0.3, 0.5), (0.4, 0.1)]
    _, means = of(swept({"end_to_end": one, "society": other}))
    assert means["closeness_at_equal_steady_diversity"]["end_to_end"] - means[
        "closeness_at_equal_steady_diversity"
    ]["society"] == pytest.approx(1.0)


def test_a_set_point_is_tracked_settled_and_overshot(swept):
    """The diversity that was asked for is the value; both keep to 0.2."""
    steady = [(0.2, 0.5)] * 3
    found, means = of(swept({"end_to_end": steady, "society": steady}, knob="diversity"))
    assert np.isnan(means["monotonicity"]).all()
    assert means["tracking"]["society"] == pytest.approx(-(0.1 + 0.0 + 0.2) / 3)
    # From 0.4 on: away from 0.1 to the end, from 0.2 until the first tenth, from 0.4 to the end.
    assert means["settling"]["society"] == pytest.approx((1.0 + 0.1 + 1.0) / 3)
    assert means["overshoot"]["society"] == pytest.approx((0.0 + 0.0 + 0.2) / 3)
    assert sorted(set(found.paths["value"])) == list(VALUES)


def test_a_section_that_moves_alone_is_selective(swept):
    """Of the two parts that hand-written journals have, ``filter`` is the only section."""
    moved = [(0.1, 0.5), (0.2, 0.5), (0.4, 0.5)]
    found, means = of(swept({"end_to_end": moved, "society": moved}, section="filter"))
    assert means["selectivity"].tolist() == [1.0, 1.0]
    assert found.crosstalk("society").loc["filter", "filter"] == 1.0


def test_without_sweeps_there_is_no_control(written, planted):
    results = load_results(written(planted))
    assert diversity_control(results, measured(results)) is None


def test_variants_take_no_part_in_the_other_questions(swept):
    moved = [(0.1, 0.5), (0.2, 0.25), (0.4, 0.5)]
    results = swept({"end_to_end": moved, "society": moved})
    answers = answer(results)
    assert answers.results.strategies == ["end_to_end", "society", "random"]
    assert len(results.strategies) == 9
    for one in answers.answers:
        assert not any("=" in name for name in one.summary)
    assert "Control of genetic diversity" in answers.topics

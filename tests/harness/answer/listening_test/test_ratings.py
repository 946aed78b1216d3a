"""Ranks given by listeners against judges, from files written by hand."""

import json

import numpy as np
import pytest

from harness.answer.listening_test.blinding import blinded
from harness.answer.listening_test.ratings import score_judges
from harness.answer.load import load_results
from harness.answer.questions.evaluate import answer
from harness.statistics.ranks import spearman


@pytest.fixture(scope="module")
def made(written_to, plant, tmp_path_factory):
    """Trials that one judge orders as the listeners will, and another one the other way round."""
    trials, judges = plant(), ("good", "contrary", "constant")
    for i, trial in enumerate(trials):
        trial["judged"] = {"good": 1.0 + i, "contrary": 100.0 - i, "constant": 1.0}
    results = load_results(written_to(tmp_path_factory.mktemp("rated"), trials, judges=judges))
    return results, answer(results).measures


@pytest.fixture
def rank(made, tmp_path):
    """Write a file of ranks, from target to the order in which trials of it are ranked."""

    def write(orders, name="mine.json", **changes):
        results, _ = made
        rated = []
        for target, order in orders.items():
            trials = results.trials[results.trials["target"] == target]
            names = trials.sort_values("judge.good")["name"].tolist()
            rated += [
                {"target": target, "trial": blinded("made", names[i]), "rank": place}
                for place, i in enumerate(order, start=1)
            ]
        path = tmp_path / name
        path.write_text(json.dumps({"comparison": "made", "rated": rated, **changes}))
        return path

    return write


def test_who_orders_sounds_as_people_do(made, rank):
    found = score_judges(*made, [rank({"t": [0, 3, 5, 9], "u": [1, 2, 4]})])
    agreements = {a.judge: (a.mean, a.rankings, a.targets) for a in found.agreements}
    # A judge that rates all sounds alike gives no order.
    assert agreements == {"good": (1, 2, 2), "contrary": (-1, 2, 2)}
    assert [a.judge for a in found.agreements] == ["good", "contrary"]
    assert (found.listeners, found.rated) == (1, 7)
    for part in ("7 ranks", "1 listener", "good", "+1.00 [1.00, 1.00]", "contrary"):
        assert part in found.sentence()


def test_listeners_and_targets_that_disagree(made, rank):
    """A target counts as much as any other, however many ranked it."""
    orders = [0, 1, 2, 3], [1, 0, 3, 2], [3, 2, 1, 0]
    files = [rank({"t": order}, f"{i}.json") for i, order in enumerate(orders)]
    files.append(rank({"u": [0, 1, 2]}, "u.json"))
    found = score_judges(*made, files)
    rhos = [spearman(np.argsort(order), range(4))[0] for order in orders]
    good = next(a for a in found.agreements if a.judge == "good")
    assert good.mean == pytest.approx((np.mean(rhos) + 1) / 2)
    assert (good.rankings, good.targets, found.listeners) == (4, 2, 4)
    assert good.low <= 0 < good.high
    assert "no judge" in found.sentence()
    assert score_judges(*made, files) == found


def test_one_target_has_no_interval(made, rank):
    found = score_judges(*made, [rank({"t": [0, 1, 2]})])
    assert found.agreements[0].figures == "+1.00 [no interval]"


def test_two_sounds_order_nothing(made, rank):
    found = score_judges(*made, [rank({"t": [0, 1]})])
    assert found.agreements == []
    assert "too few" in found.sentence()


ONE = {"target": "t", "trial": "x", "rank": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("no json", "not JSON"),
        ("[1]", "needs {comparison, rated"),
        ('{"comparison": "made"}', "needs {comparison, rated"),
        ('{"comparison": "made", "rated": 3}', "needs {comparison, rated"),
        ('{"comparison": "other", "rated": []}', "'other', not of 'made'"),
        ('{"comparison": "made", "rated": []}', "no sound is ranked"),
        ('{"comparison": "made", "rated": [3]}', "rated[0]: needs target, trial and rank"),
        ('{"comparison": "made", "rated": [{"rank": 1}]}', "needs target, trial and rank"),
        (json.dumps({"comparison": "made", "rated": [ONE]}), "trial 'x' is not in this comparison"),
    ],
)  # fmt: skip
def test_files_without_ranks_are_refused(made, tmp_path, refused, content, words):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with refused(f"ratings {path}", words):
        score_judges(*made, [path])


@pytest.mark.parametrize("place", [0, -1, 1.5, True, None, "1"], ids=repr)
def test_a_rank_is_a_whole_number_from_1(made, tmp_path, refused, place):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({"comparison": "made", "rated": [{**ONE, "rank": place}]}))
    with refused(f"ratings {path}: rated[0]: rank {place!r}; needs a whole number"):
        score_judges(*made, [path])


def test_a_file_that_is_not_there(made, tmp_path, refused):
    with refused("ratings", "none.json", "no such file"):
        score_judges(*made, [tmp_path / "none.json"])
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with refused("bytes.json", "not JSON"):
        score_judges(*made, [tmp_path / "bytes.json"])


def test_a_trial_of_another_target_or_ranked_twice(made, rank, tmp_path, refused):
    given = json.loads(rank({"t": [0, 1, 2]}).read_text())
    given["rated"][0]["target"] = "u"
    path = tmp_path / "moved.json"
    path.write_text(json.dumps(given))
    with refused("rated[0]", "target 'u'", "t"):
        score_judges(*made, [path])
    with refused("a trial is ranked twice"):
        score_judges(*made, [rank({"t": [0, 1, 0]})])

"""The files that listen.html saves: what is read, and what is refused."""

import json

import pytest

from harness.answer.listening_test.blinding import blinded
from harness.answer.listening_test.questions import Question
from harness.answer.listening_test.ratings import read_ratings


@pytest.fixture
def results(made):
    return made[0]


def test_answers_come_in_the_order_of_the_questions(results, asked, saved):
    path = saved(asked[:3], ["a", "neither", "b"])
    given = json.loads(path.read_text())
    given["answers"].reverse()
    path.write_text(json.dumps(given))
    found = read_ratings(results, [path])
    assert found["score"].tolist() == [1.0, 0.5, 0.0]
    assert found["first"].tolist() == [one.first for one in asked[:3]]
    assert set(found["listener"]) == {"mine"}


def test_files_with_the_same_name_are_numbered(results, asked, saved):
    files = [saved(asked[:1], ["a"], name) for name in ("mine.json", "x/mine.json", "y/mine.json")]
    found = read_ratings(results, files)
    assert found["listener"].tolist() == ["mine", "mine (2)", "mine (3)"]


def test_two_files_of_one_listener_are_refused(results, asked, saved, refused):
    files = [saved(asked[:n], ["a"] * n, f"{n}.json", listener="same") for n in (1, 2)]
    with refused("2.json", "same listener", "1.json"):
        read_ratings(results, files)


ONE = {"question": 1, "target": "t", "a": "x", "b": "y", "closer": "a"}
FULL = {"comparison": "made", "listener": "l", "answers": []}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not JSON"),
        ("no json", "not JSON"),
        ("question,a,b\n1,x,y\n", "not JSON"),
        (json.dumps(FULL)[:-3], "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "needs {comparison, listener"),
        ("{}", "needs {comparison, listener"),
        (json.dumps(FULL | {"comparison": 3}), "needs {comparison, listener"),
        (json.dumps(FULL | {"listener": ""}), "needs {comparison, listener"),
        (json.dumps(FULL | {"listener": 3}), "needs {comparison, listener"),
        (json.dumps(FULL | {"answers": 3}), "needs {comparison, listener"),
        ('{"comparison": "made", "rated": []}', "needs {comparison, listener"),
        (json.dumps(FULL | {"comparison": "other"}), "'other', not about 'made'"),
        (json.dumps(FULL), "no question is answered"),
        (json.dumps(FULL | {"answers": [3]}), "answers[0]: needs question, target"),
        (json.dumps(FULL | {"answers": [{"closer": "a"}]}), "answers[0]: needs question, target"),
        (json.dumps(FULL | {"answers": [ONE]}), "sound 'x' is not in this comparison"),
        (json.dumps(FULL | {"answers": [ONE | {"a": None}]}), "sound None is not in"),
    ],
)  # fmt: skip
def test_files_without_answers_are_refused(results, tmp_path, refused, content, words):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with refused(f"ratings {path}", words):
        read_ratings(results, [path])


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("closer", "A", "needs a, b or neither"),
        ("closer", 1, "needs a, b or neither"),
        ("closer", None, "needs a, b or neither"),
        ("closer", ["a"], "needs a, b or neither"),
        ("question", 0, "needs a whole number"),
        ("question", 1.5, "needs a whole number"),
        ("question", True, "needs a whole number"),
        ("question", "1", "needs a whole number"),
        ("target", "nowhere", "not of target 'nowhere'"),
        ("target", None, "not of target None"),
    ],
)
def test_answers_of_another_kind_are_refused(results, asked, saved, refused, key, value, words):
    path = saved(asked[:2], ["a", "b"])
    given = json.loads(path.read_text())
    given["answers"][1][key] = value
    path.write_text(json.dumps(given))
    with refused(f"ratings {path}: answers[1]: ", words):
        read_ratings(results, [path])


def test_a_question_answered_twice_or_about_one_sound(results, asked, saved, refused):
    path = saved(asked[:2], ["a", "b"])
    given = json.loads(path.read_text())
    given["answers"][1]["question"] = 1
    path.write_text(json.dumps(given))
    with refused("question 1 is answered twice"):
        read_ratings(results, [path])
    one = asked[0]
    with refused("answers[0]: a and b are the same sound"):
        read_ratings(results, [saved([Question(one.target, one.first, one.first)], ["a"])])


def test_a_sound_of_another_comparison_is_refused(results, asked, saved, refused):
    path = saved(asked[:1], ["a"])
    known = blinded("made", asked[0].second)
    path.write_text(path.read_text().replace(known, blinded("elsewhere", asked[0].second)))
    with refused("not in this comparison", "listen.html"):
        read_ratings(results, [path])


def test_a_file_that_is_not_there(results, tmp_path, refused):
    with refused("ratings", "none.json", "no such file"):
        read_ratings(results, [tmp_path / "none.json"])
    with refused("is a directory"):
        read_ratings(results, [tmp_path])
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with refused("bytes.json", "not JSON"):
        read_ratings(results, [tmp_path / "bytes.json"])

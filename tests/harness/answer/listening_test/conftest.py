"""Planted trials, and listeners who answer the questions of their listening test."""

import json

import numpy as np
import pytest

from harness.answer.listening_test.blinding import blinded
from harness.answer.listening_test.questions import questions
from harness.answer.load import load_results
from harness.answer.questions.evaluate import answer

TARGETS = "tuvwxyz"
STRATEGIES = ("end_to_end", "society", "random")


@pytest.fixture(scope="module")
def made(written_to, tmp_path_factory):
    """Results and measures; society is closest, then end-to-end, then random, to every target.

    The judge ``good`` orders the sounds so, ``contrary`` the other way round, ``constant`` not.
    """
    place = {"society": 1.0, "end_to_end": 2.0, "random": 3.0}
    trials = [
        {
            "strategy": strategy,
            "target": target,
            "seed": seed,
            "steps": [(5, place[strategy] + 0.1 * seed)],
            "judged": {
                "good": place[strategy] + 0.1 * seed,
                "contrary": 10 - place[strategy] - 0.1 * seed,
                "constant": 1.0,
            },
        }
        for strategy in STRATEGIES
        for target in TARGETS
        for seed in range(2)
    ]
    judges = ("good", "contrary", "constant")
    results = load_results(written_to(tmp_path_factory.mktemp("heard"), trials, judges=judges))
    return results, answer(results).measures


@pytest.fixture(scope="module")
def asked(made):
    """The questions about the first seed's sounds."""
    results, _ = made
    first = results.trials[results.trials["seed"] == 0]
    sounds = {target: rows["name"].tolist() for target, rows in first.groupby("target")}
    strategies = dict(zip(first["name"], first["strategy"], strict=True))
    return questions("made", sounds, strategies)


@pytest.fixture
def saved(tmp_path):
    """Write a file as ``listen.html`` saves it, from questions and what was answered to each."""

    def write(questions, closer, name="mine.json", **changes):
        answers = [
            {
                "question": number,
                "target": one.target,
                "a": blinded("made", one.first),
                "b": blinded("made", one.second),
                "closer": said,
            }
            for number, (one, said) in enumerate(zip(questions, closer, strict=True), start=1)
        ]
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        content = {"comparison": "made", "listener": name, "answers": answers}
        path.write_text(json.dumps(content | changes), encoding="utf-8")
        return path

    return write


@pytest.fixture
def listener(made, asked, saved):
    """Let a simulated listener answer all questions; gives the file.

    ``bias`` of the answers are A whatever is heard, ``noise`` of the others are drawn, and
    ``contrary`` listeners find closer what is further.
    """

    def answers(name="mine.json", bias=0.0, noise=0.0, contrary=False):
        results, _ = made
        good = dict(zip(results.trials["name"], results.trials["judge.good"], strict=True))
        random = np.random.default_rng(sum(name.encode()))

        def said(question):
            if random.random() < bias:
                return "a"
            if random.random() < noise:
                return str(random.choice(["a", "b"]))
            return "a" if (good[question.first] < good[question.second]) != contrary else "b"

        return saved(asked, [said(question) for question in asked], name)

    return answers

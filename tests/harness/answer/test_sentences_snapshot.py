"""Every sentence that answers are made of, in one file that people can read and improve.

All other tests assert figures, verdicts and key words. After a change of wording, write the file
again, and read the difference:

    UPDATE_SNAPSHOTS=1 .venv/bin/pytest tests/harness/answer/test_sentences_snapshot.py
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from harness.answer.calibration.sentences import sentences as calibration_sentences
from harness.answer.calibration.simulate import Calibration, FalseDecisions, PlantedShift
from harness.answer.compare_runs import _unpaired
from harness.answer.listening_test.ears import Agreement, Dispute, HeardCloser, ListeningTest
from harness.answer.listening_test.listeners import Listener
from harness.answer.load import load_results
from harness.answer.measures.best_matches import BestMatch, summaries
from harness.answer.measures.judges_disagree import Disagreement
from harness.answer.measures.payoff import Payoff, Saving, questions
from harness.answer.measures.starts import Beforehand, beforehand_sentence
from harness.answer.output.html.tables import tables_of
from harness.answer.questions.catalogue import TOPICS
from harness.answer.questions.evaluate import answer
from harness.answer.questions.sentences import (
    contrasts_headline,
    control_sentences,
    headline,
    pair_sentence,
)
from harness.record.cost import cost_of
from harness.statistics.calibration import Planted, rate
from harness.statistics.preferences import Share
from tests.harness.answer.questions.test_sentences import NAN, SPEED, behind, paired, undecided

SNAPSHOT = Path(__file__).parents[2] / "snapshots" / "sentences.txt"
INF = float("inf")
WIDE = pd.DataFrame({name: [0.4, 0.2] for name in "abcd"})


def catalogue():
    for topic in TOPICS:
        yield f"{topic.title}:"
        for question in topic.questions:
            yield f"  {question.text} ({question.key})"
            yield f"    a {question.verb} b."
            yield f"    {question.measure}: {question.about}."


def pairs():
    unknown = {"other_low": NAN, "other_high": NAN}
    few = {"smallest": INF, "low": NAN, "high": NAN, "shift_low": -INF, "shift_high": INF, "n": 1}
    for pair in (
        paired("a", "b"), behind("a", "b"), paired("a", "b", other_low=0.45),
        paired("a", "b", **unknown), paired("a", "b", rope=0.2),
        undecided("a", "b", p_equivalent=0.01), undecided("a", "b"), undecided("a", "b", **few),
    ):  # fmt: skip
        yield pair_sentence(SPEED, pair, WIDE).text


def headlines():
    equal = {"p_equivalent": 0.01}
    ab, ac, bc = ("a", "b"), ("a", "c"), ("b", "c")
    for made in (
        [paired(*ab), paired(*ac), undecided(*bc)],
        [paired(*ab), undecided(*ac), paired(*bc)],
        [paired(*ab), behind(*ac), paired(*bc)],
        [undecided(*ab), paired(*ac), undecided(*bc)],
        [undecided(*ab), undecided(*ac), undecided(*bc)],
        [undecided(*ab, **equal), paired(*ac), paired(*bc)],
        [undecided(*ab, **equal), undecided(*ac, **equal), undecided(*bc, **equal)],
    ):
        yield headline(SPEED, ["a", "b", "c"], made, 30).text
    yield headline(SPEED, ["a"], [], 1).text
    for made in (
        [paired(*ab), paired(*ac), undecided(*bc)],
        [paired(*ab, rope=0.2), undecided(*ac, **equal)],
        [undecided(*ab), undecided(*ac)],
        [],
    ):
        yield contrasts_headline(SPEED, made, 30).text


def controls():
    all_ways = [
        paired("a", "x"), behind("b", "x"), undecided("c", "x", p_equivalent=0.01),
        undecided("d", "x"),
    ]  # fmt: skip
    for made in (all_ways, all_ways[:1], all_ways[3:]):
        for sentence in control_sentences(SPEED, made):
            yield sentence.text


def networks():
    shown = Saving(60.0, 50.0, 70.0, 900.0, shown=True)
    cpu = Saving(1.2, 1.0, 1.3, 12.0, shown=True)
    not_shown = Saving(10.0, -INF, 40.0, 900.0, shown=False)
    network = Beforehand("network", "net", 900.0, 12.0)
    names = ("seeded", "plain", network, 12)
    yield from questions([Payoff(*names, 0.0, (20.0, 18.0, 25.0), (80.0, 75.0, 90.0), shown, cpu)])
    for payoff in (
        Payoff(*names, 0.0, (20.0, 18.0, 25.0), (80.0, 75.0, 90.0), shown, cpu),
        Payoff(*names, 0.4, (70.0, 50.0, INF), (80.0, 75.0, 90.0), not_shown, not_shown),
        Payoff(*names, 0.8, (INF, INF, INF), (80.0, NAN, NAN), not_shown, not_shown),
    ):
        yield payoff.sentence


def banks():
    bank = Beforehand("bank", "subtractive-0123456789abcdef", 900.0, 12.0)
    shown = Saving(60.0, 50.0, 70.0, 900.0, shown=True)
    not_shown = Saving(0.1, -1.0, 0.3, 12.0, shown=False)
    renders = (20.0, 18.0, 25.0), (80.0, 75.0, 90.0)
    for saved in ((shown, not_shown), (not_shown, not_shown)):
        payoff = Payoff("informed", "plain", bank, 12, 0.0, *renders, *saved)
        yield payoff.sentence
    yield from questions([payoff])
    yield beforehand_sentence({"informed": bank, "descent": bank})
    network = Beforehand("network", "net", 1.0, float("nan"))
    yield beforehand_sentence({"seeded": network, "informed": bank})


def flags():
    reversed_pair = {"one": paired("b", "a"), "two": undecided("b", "a"), "three": behind("b", "a")}
    yield Disagreement("a", "b", reversed_pair).sentence
    yield Disagreement("a", "b", {"one": undecided("b", "a")}).sentence
    matches = [
        BestMatch(f"t{i}", "f", "name", "a", i, "b", ("one", "two"), 3, f0, 110.0)
        for i, f0 in enumerate((110.0, 220.0, 27.5, 120.0, NAN, 110.0, 110.0))
    ]
    for match in matches[:4]:
        yield from match.flags
    yield from summaries(matches, "f")
    yield from summaries(matches[:2], "f")


def caveats(written, trials):
    trials = [dict(trial) for trial in trials if trial["strategy"] != "random"]
    trials[0]["failure"] = "no luck"
    trials[1]["missing"] = True
    for trial in trials[3:]:
        trial["judged"] = {"judge": 1.0, "late": 1.0}
    trials[2] |= {"judged": {"judge": 1.0}, "refused": {"broken": "it gave NaN"}}
    one_seed = [trial for trial in trials if trial["seed"] in (0, 1, 2)]
    journal = written(
        one_seed, strategies=("end_to_end", "society"), judges=("judge", "late", "broken")
    )
    answers = answer(load_results(journal))
    yield from answers.caveats
    for table in tables_of(answers):
        yield f"{table.title} ({', '.join(table.columns)})"
        # The cost holds measured seconds, here of a made-up journal.
        yield f"  {table.about}"
    one = answers.results
    yield _unpaired(one, one) or "paired"


def listening():
    def of(value, low=NAN, high=NAN, n=24):
        return Share(value, low, high, n)

    plain = Listener("mine", 53, of(0.8, 0.6, 0.9), of(0.5, 0.4, 0.6, 40), of(1, 0.5, 1, 5))
    leaning = Listener("hers", 53, of(0.5, 0.3, 0.7), of(0.8, 0.7, 0.9, 40), of(0.6, 0.2, 0.9, 5))
    half = Listener("mine", 20, of(NAN, n=0), of(NAN, n=0), of(NAN, n=0))
    closer = HeardCloser("society", "random", of(0.9, 0.7, 1), 8, shown=True)
    undecided = HeardCloser("end_to_end", "random", of(0.6, 0.3, 0.8), 8, shown=False)
    agreeing = Agreement("timbre", of(0.9, 0.8, 1), 8, 1)
    opposed = Agreement("f0", of(0.1, 0, 0.3), 8, -1)
    dispute = Dispute("t", "x", "y", 0.75, ("timbre", "f0"), 3)
    for test in (
        ListeningTest([plain, leaning], [closer, undecided], [agreeing, opposed], [dispute]),
        ListeningTest([plain], [undecided], [Agreement("f0", of(0.6), 1, 0)], []),
        ListeningTest([half], [], [], []),
    ):
        yield from test.sentences
    yield dispute.sentence


def calibration():
    shares = rate(np.arange(1000) < 30), rate(np.arange(1000) < 900)
    twin = ("speed", paired("a", "again"))
    yield from calibration_sentences(
        Calibration(
            1000,
            [
                FalseDecisions("speed", "shuffled", ("a", "b"), 9, shares[0]),
                FalseDecisions("speed", "pooled", ("a",), 9, shares[0]),
            ],
            [PlantedShift("speed", "a", "b", 9, 1.0, 0.1, Planted(shares[1], shares[0], 0.8))],
            [twin],
        )
    )


def cost():
    row = {"cpu_s": 4.0, "render_s": 2.0, "score_s": 1.0, "driver_s": 0.5, "worker": 0}
    yield str(cost_of([{**row, "ended": 10.0, "wall_s": 5.0, "session": 0.0}]))


def test_all_sentences_are_as_in_the_snapshot(written, planted):
    parts = {
        "Questions": catalogue(), "Pairs": pairs(), "Headlines": headlines(),
        "Controls": controls(), "Networks": networks(), "Banks": banks(), "Flags": flags(),
        "Caveats and tables": caveats(written, planted), "Listening test": listening(),
        "Calibration": calibration(), "Cost": cost(),
    }  # fmt: skip
    text = "\n".join(
        line for title, lines in parts.items() for line in (f"# {title}", "", *lines, "")
    )
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert SNAPSHOT.read_text(encoding="utf-8") == text, "see UPDATE_SNAPSHOTS in this file"

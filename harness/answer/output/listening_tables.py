"""The tables of a listening test: listeners, strategies by ear, and judges beside the ears."""

from harness.answer.listening_test.ears import ListeningTest, in_percent
from harness.answer.output.table import Table

_INTERVAL = "The 95% interval is for other targets of this kind (none with a single target)"


def listening_tables(test: ListeningTest) -> list[Table]:
    """What people heard, as tables; a pair is one of sounds here, not of trials."""
    heard, judged = test.sentences[1:]
    listeners = [
        (one.name, [str(one.answers), *map(in_percent, (one.orders, one.first, one.repeats))])
        for one in test.listeners
    ]
    strategies = [
        (one.strategy, [one.other, in_percent(one.share), str(one.share.n), str(one.targets)])
        for one in test.strategies
    ]
    judges = [
        (one.judge, [in_percent(one.share), str(one.share.n), str(one.targets)])
        for one in test.agreements
    ]
    return [
        Table(
            "Listeners",
            ["listener", "answers", "same in both orders", "chose A", "same when repeated"],
            listeners,
            "Each listener's answers, held against each other, with 95% intervals. Whoever answers "
            "A or B at random gives the same answer in both orders to half of the pairs. Chose A: "
            "the share among answers that chose a sound; without an order bias, one half.",
            own_terms=True,
        ),
        Table(
            "Strategies by ear",
            ["strategy", "heard closer than", "share of pairs", "pairs", "targets"],
            strategies,
            f"{heard} No difference counts half. {_INTERVAL}.",
            own_terms=True,
        ),
        Table(
            "Judges beside the ears",
            ["judge", "agrees on", "decided pairs", "targets"],
            judges,
            f"{judged} The share of the pairs on which the ears decided that a judge orders the "
            f"same way: one half is chance. {_INTERVAL}.",
            own_terms=True,
        ),
    ]

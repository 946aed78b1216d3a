"""The tables of the report, each with a title, and a sentence that says what stands there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.answer.listening_test.ratings import ByEar
from harness.answer.measures.network_payoff import COLUMNS, known_networks, network_cells
from harness.answer.output.html.listening import figure
from harness.answer.questions.evaluate import Answers
from harness.answer.questions.sentences import interval, renders, seconds
from harness.record.cost import PARTS, shares_of

_WORKERS = (1, 8, 64, 512)


@dataclass(frozen=True)
class Table:
    """A table for people.

    Attributes:
        title: what it holds.
        columns: their headings; the first is of the rows' names.
        rows: name and cells of each.
        about: what the figures are.
    """

    title: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]
    about: str


def tables_of(answers: Answers, by_ear: ByEar | None = None) -> list[Table]:
    """All tables that there is something for.

    Args:
        answers: of the comparison.
        by_ear: how the judges agree with people, if any have ranked.
    """
    made = [_measures(answers, axis) for axis in ("strategy", "fitness", "family")]
    made += [_run_times(answers), _judged(answers)]
    made += [_networks(answers), _payoffs(answers)]
    made += [] if by_ear is None else [_by_ear(by_ear)]
    made += [_cost(answers), _failed(answers)]
    return [table for table in made if table.rows]


def _measures(answers: Answers, axis: str) -> Table:
    shown = [answer for answer in answers.answers if answer.question.axis == axis]
    names = list(dict.fromkeys(name for answer in shown for name in answer.summary))
    rows = [
        (name, [interval(a.summary[name]) if name in a.summary else "" for a in shown])
        for name in names
    ]
    return Table(
        f"Measures by {axis}",
        [axis, *(answer.question.measure for answer in shown)],
        rows,
        "Interquartile mean and its 95 % interval; more is more of what is asked for.",
    )


def _networks(answers: Answers) -> Table:
    networks = known_networks(answers.results.journal)
    return Table(
        "Networks",
        ["network", *COLUMNS],
        [(label, network_cells(about)) for label, about in networks.items()],
        "Tested on new sounds of the same synth. One render, best of 16: their distance as a share "
        "of the closest of 1,000 random genomes, median. Gene error: 0.25 is no idea. 90 % hold: "
        "how many true genes lie in the regions that should hold 90 %.",
    )


def _payoffs(answers: Answers) -> Table:
    rows = [
        (
            payoff.strategy,
            [
                payoff.other,
                payoff.network,
                payoff.spent,
                f"{payoff.never:.0%}",
                *(
                    "" if count is None else f"{count:,}"
                    for count in (payoff.by_renders, payoff.by_cpu)
                ),
            ],
        )
        for payoff in answers.payoffs
    ]
    columns = ["against", "network", "share of renders", "never", "paid by renders", "by CPU s"]
    return Table(
        "Begun from a network",
        ["strategy", *columns],
        rows,
        "Share of the budget until a strategy is as close as the same one without a network ends, "
        "median over pairs with its 95 % interval; in how many pairs it never is; after how many "
        "targets training has paid for itself.",
    )


def _run_times(answers: Answers) -> Table:
    times = answers.run_times
    rows = []
    for strategy in answers.results.strategies:
        cells = [_spent(spent[strategy]) for _, spent in times.renders.items()]
        cells += [seconds(float(spent[strategy])) for _, spent in times.cpu.items()]
        cells += [seconds(float(times.workers[p][strategy])) for p in _WORKERS]
        rows.append((strategy, cells))
    columns = [f"renders {goal}" for goal in times.renders]
    columns += [f"CPU {goal}" for goal in times.cpu]
    columns += [f"{p} workers" if p > 1 else "1 worker" for p in _WORKERS]
    return Table(
        "Expected run times",
        ["strategy", *columns],
        rows,
        "Spent, over all trials, for each time that the distance was reached. With workers: time "
        "to half of the reference on the simulated clock.",
    )


def _spent(estimate: Any) -> str:
    value, low, high = estimate
    known = low == low and high != float("inf")
    return f"{renders(value)} [{renders(low)}, {renders(high)}]" if known else renders(value)


def _judged(answers: Answers) -> Table:
    results = answers.results
    labels = [f"judge.{judge}" for judge in results.judges]
    labels += ["parameter_error"] if results.trials["parameter_error"].notna().any() else []
    rows = []
    for fitness in results.fitness:
        for strategy in results.strategies:
            cell = _cell(results.trials, fitness=fitness, strategy=strategy)
            if len(cell):
                means = cell[labels].astype(float).mean().tolist()
                rows.append((f"{strategy} × {fitness}", [figure(m) for m in means]))
    return Table(
        "What the judges say",
        ["strategy × fitness", *(label.removeprefix("judge.") for label in labels)],
        rows,
        "Mean distance of the best sounds, by judges that are not the fitness searched with unless "
        "the names agree; lower is closer. The parameter error is of contrived targets alone: many "
        "knob positions sound alike.",
    )


def _by_ear(by_ear: ByEar) -> Table:
    rows = [
        (agreement.judge, [agreement.figures, str(agreement.rankings), str(agreement.targets)])
        for agreement in by_ear.agreements
    ]
    return Table(
        "Judges against ears",
        ["distance by", "agreement with the ranks by ear", "rankings", "targets"],
        rows,
        f"{by_ear.sentence()} Spearman's rank correlation within each target, mean over targets, "
        "and its 95 % interval for other targets and listeners like these: 1 is the same order, 0 "
        "is none of it.",
    )


def _cost(answers: Answers) -> Table:
    return Table(
        "Cost",
        ["strategy", "CPU time a trial", "renders a trial", "renders a CPU second", *PARTS],
        list(_costs(answers)),
        f"All that was run: {answers.results.cost}. Busy is the share of the time from a session's "
        "first job to its last in which a worker did a job; shares are of the jobs' CPU time, and "
        "search is all but render and score.",
    )


def _failed(answers: Answers) -> Table:
    rows = [(name, [reason]) for name, reason in answers.results.failures.items()]
    return Table("Failed trials", ["trial", "reason"], rows, "Left out of every answer.")


def _costs(answers: Answers) -> Iterator[tuple[str, list[str]]]:
    columns = ["cpu_s", "renders", "render_s", "score_s"]
    means = answers.results.trials.groupby("strategy")[columns].mean().to_dict("index")
    for strategy in answers.results.strategies:
        mean: Any = means[strategy]
        cpu = max(mean["cpu_s"], 1e-9)
        cells = [f"{cpu:.1f} s", f"{mean['renders']:,.0f}", f"{mean['renders'] / cpu:,.0f}"]
        yield strategy, [*cells, *(f"{share:.1%}" for share in shares_of([mean]).values())]


def _cell(trials: pd.DataFrame, **keys: str) -> pd.DataFrame:
    """The trials with these labels."""
    for column, label in keys.items():
        trials = trials[trials[column] == label]
    return trials

"""The tables of the report, each with a title and a sentence that explains its figures."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from common.wording import counted
from harness.answer.listening_test.ears import ListeningTest
from harness.answer.load import judge_column
from harness.answer.measures.payoff import estimate_text, saving_text
from harness.answer.measures.starts import (
    NETWORK_COLUMNS,
    known_networks,
    made_beforehand,
    network_cells,
    start_of,
)
from harness.answer.output.listening_tables import listening_tables
from harness.answer.output.table import Table
from harness.answer.questions.evaluate import Answers
from harness.answer.questions.titles import title_of
from harness.answer.wording import expected_renders, expected_seconds, figure, interval
from harness.record.cost import PARTS, shares_of

_WORKERS = (1, 8, 64, 512)


def tables_of(answers: Answers, listening_test: ListeningTest | None = None) -> list[Table]:
    """All tables that have rows.

    Args:
        answers: the answers of the comparison.
        listening_test: what people heard, if anyone has compared sounds.
    """
    made = [_measures(answers, axis) for axis in ("strategy", "fitness", "family")]
    made += [_run_times(answers), _judged(answers)]
    made += [_networks(answers), _payoffs(answers)]
    made += [] if listening_test is None else listening_tables(listening_test)
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
        [axis, *(_heading(answer.question.measure) for answer in shown)],
        rows,
        "Interquartile mean over targets and seeds, and its 95% interval.",
    )


def _heading(measure: str) -> str:
    title = title_of(measure)
    return f"{title.name} ({title.about})" if title.about else title.name


def _networks(answers: Answers) -> Table:
    networks = known_networks(answers.results.journal)
    return Table(
        "Networks",
        ["network", *NETWORK_COLUMNS],
        [(label, network_cells(about)) for label, about in networks.items()],
        "Tested on new sounds of the same synth. One render, best of 16: their distance relative "
        "to the closest of 1,000 random genomes, median. Gene error: 0.25 is what guessing at "
        "random gives. Coverage of 90%: how many true genes lie in the regions that should "
        "contain 90% of them.",
    )


def _payoffs(answers: Answers) -> Table:
    rows = [
        (
            payoff.strategy,
            [
                payoff.baseline,
                payoff.source.name,
                estimate_text(payoff.renders),
                estimate_text(payoff.baseline_renders),
                f"{payoff.never:.0%}",
                saving_text(payoff.saved_renders),
                saving_text(payoff.saved_cpu, decimals=2),
                payoff.saved_renders.targets_text or "not shown to pay",
                payoff.saved_cpu.targets_text or "not shown to pay",
            ],
        )
        for payoff in answers.payoffs
    ]
    columns = [
        *("baseline", "started from", "renders", "baseline's renders", "never"),
        *("renders saved", "CPU s saved", "pays after (renders)", "pays after (CPU)"),
    ]
    return Table(
        "Started from a network or a bank",
        ["strategy", *columns],
        rows,
        "Renders until a strategy first comes as close as its baseline ends; the baseline's "
        "renders until its own last improvement; and the difference, which is saved per target. "
        "The baseline is the same strategy from uniform genomes or, if there is none, the closest "
        "other one from uniform genomes. Medians over pairs of target and seed with 95% intervals. "
        "Never: share of trials that do not come as close. Pays after: number of targets whose "
        "savings add up to the cost of training the network or making the bank.",
    )


def _run_times(answers: Answers) -> Table:
    times = answers.run_times
    rows = []
    for strategy in answers.results.strategies:
        cells = [_spent(spent[strategy]) for _, spent in times.renders.items()]
        cells += [expected_seconds(float(spent[strategy])) for _, spent in times.cpu.items()]
        cells += [expected_seconds(float(times.workers[p][strategy])) for p in _WORKERS]
        rows.append((strategy, cells))
    columns = [f"renders {goal}" for goal in times.renders]
    columns += [f"CPU time {goal}" for goal in times.cpu]
    columns += [counted(p, "worker") for p in _WORKERS]
    return Table(
        "Expected run times",
        ["strategy", *columns],
        rows,
        "What all trials together spend for each time that the distance is reached; never if none "
        "reaches it. The reference is what random search ends with. By workers: simulated time to "
        "half the reference.",
    )


def _spent(estimate: Any) -> str:
    value, low, high = estimate
    known = low == low and high != float("inf")
    return estimate_text(estimate) if known else expected_renders(value)


def _judged(answers: Answers) -> Table:
    results = answers.results
    columns = {judge: judge_column(judge) for judge in results.judges}
    if results.trials["parameter_error"].notna().any():
        columns["parameter error"] = "parameter_error"
    rows = []
    for fitness in results.fitness:
        for strategy in results.strategies:
            cell = _cell(results.trials, fitness=fitness, strategy=strategy)
            if len(cell):
                means = cell[list(columns.values())].astype(float).mean().tolist()
                rows.append((f"{strategy} × {fitness}", [figure(m) for m in means]))
    return Table(
        "Distances by the judges",
        ["strategy × fitness", *columns],
        rows,
        "Mean distance of the best sounds; lower is closer. A judge is a held-out metric, unless "
        "it has the name of the fitness that was searched with. The parameter error exists only "
        "for contrived targets: many knob settings sound alike.",
    )


def _cost(answers: Answers) -> Table:
    return Table(
        "Cost",
        [
            *("strategy", "start", "made beforehand", "CPU time per trial", "renders per trial"),
            *("renders per CPU second", *PARTS),
        ],
        list(_costs(answers)),
        "Start: where the first population came from. Made beforehand: a network or bank, once for "
        "all targets, outside the budget and in no other column. "
        f"All trials: {answers.results.cost}. Busy is the share of a session, from its first job "
        "to its last, during which a worker had a job. Render, score and search are shares of the "
        "jobs' CPU time; search is everything but rendering and scoring.",
    )


def _failed(answers: Answers) -> Table:
    rows = [(name, [reason]) for name, reason in answers.results.failures.items()]
    return Table("Failed trials", ["trial", "reason"], rows, "Left out of every answer.")


def _costs(answers: Answers) -> Iterator[tuple[str, list[str]]]:
    columns = ["cpu_s", "renders", "render_s", "score_s"]
    means = answers.results.trials.groupby("strategy")[columns].mean().to_dict("index")
    beforehand = made_beforehand(answers.results)
    for strategy in answers.results.strategies:
        mean: Any = means[strategy]
        cpu = max(mean["cpu_s"], 1e-9)
        made = beforehand[strategy].cost if strategy in beforehand else ""
        cells = [start_of(answers.results, strategy), made]
        cells += [f"{cpu:.1f} s", f"{mean['renders']:,.0f}", f"{mean['renders'] / cpu:,.0f}"]
        yield strategy, [*cells, *(f"{share:.1%}" for share in shares_of([mean]).values())]


def _cell(trials: pd.DataFrame, **keys: str) -> pd.DataFrame:
    """The trials with these labels."""
    for column, label in keys.items():
        trials = trials[trials[column] == label]
    return trials

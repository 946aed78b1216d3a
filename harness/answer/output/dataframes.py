"""The tables of a comparison as files, for whoever goes on in a notebook or a spreadsheet.

Each is written as CSV and as Parquet into ``tables/`` beside the journal, tidy: a row an
observation, a column a variable, figures unrounded. The same journal gives the same bytes. Nothing
known is an empty cell in CSV and null in Parquet; what was never reached is ``inf``.
"""

import io
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from harness.answer.load import KEYS, Results
from harness.answer.questions.evaluate import Answers
from harness.record.files import write_bytes

TABLES = "tables"
# Only of experiments with sweeps.
_OF_SWEEPS = ("control", "gains")


def write_tables(results: Results, answers: Answers) -> Path:
    """Write every table; gives their folder.

    Args:
        results: all of them, variants too.
        answers: to them.

    Raises:
        InputError: if the folder cannot be written to.
    """
    folder = results.journal.path / TABLES
    made = tables(results, answers)
    for name, rows in made.items():
        write_bytes(folder / f"{name}.csv", csv_bytes(rows))
        write_bytes(folder / f"{name}.parquet", _parquet_bytes(rows))
    # An experiment may have had sweeps, and have them no more.
    for name in set(_OF_SWEEPS) - set(made):
        for suffix in ("csv", "parquet"):
            (folder / f"{name}.{suffix}").unlink(missing_ok=True)
    return folder


def tables(results: Results, answers: Answers) -> dict[str, pd.DataFrame]:
    """Name to table: see ``docs/reading-the-answers.md`` for what each holds.

    Args:
        results: all of them, variants too.
        answers: to them.
    """
    made = {
        "trials": _trials(results, answers),
        "answers": _answers(answers),
        "summary": _summary(answers),
        "curves": results.curves,
        "diversity": results.diversity,
        "sound": _sound(results),
        "run_times": _run_times(answers),
        "workers": _workers(answers),
        "cross": _cross(answers),
    }
    if answers.payoffs:
        made["payoffs"] = pd.DataFrame([payoff.plain() for payoff in answers.payoffs])
    if answers.control is not None:
        made |= {"control": answers.control.table, "gains": answers.control.gains}
    return made


def csv_bytes(rows: pd.DataFrame) -> bytes:
    """A table as CSV, UTF-8, with every digit that a float has.

    By Arrow: the rounds of a thousand trials are a million rows, on which pandas spends a minute.
    """
    import pyarrow as pa
    from pyarrow import csv

    buffer = io.BytesIO()
    options = csv.WriteOptions(quoting_style="needed", quoting_header="needed")
    csv.write_csv(pa.Table.from_pandas(rows, preserve_index=False), buffer, options)
    return buffer.getvalue()


def _parquet_bytes(rows: pd.DataFrame) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), buffer)
    return buffer.getvalue()


def _trials(results: Results, answers: Answers) -> pd.DataFrame:
    """Every trial; variants have distances, but take no part in the questions."""
    there = set(answers.table["name"])
    variants = results.trials[~results.trials["name"].isin(there)]
    rows = pd.concat([answers.table, variants]) if len(variants) else answers.table
    # Of what no trial has pandas keeps no type: such as the parameter error of recorded targets.
    unknown = [column for column in rows if rows[column].isna().all()]
    return rows.astype(dict.fromkeys(["parameter_error", *unknown], np.float64))


def _answers(answers: Answers) -> pd.DataFrame:
    rows = [
        {
            "topic": topic,
            "question": a.question.text,
            "axis": a.question.axis,
            "measure": a.question.measure,
            "verdict": pair.verdict,
            "negligible": pair.negligible,
            **asdict(pair),
        }
        for topic, asked in answers.topics.items()
        for a in asked
        for pair in a.pairs
    ]
    return pd.DataFrame(rows)


def _summary(answers: Answers) -> pd.DataFrame:
    rows = [
        (a.question.text, a.question.axis, a.question.measure, contender, *figures)
        for a in answers.answers
        for contender, figures in a.summary.items()
    ]
    columns = ["question", "axis", "measure", "contender", "iqm", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _sound(results: Results) -> pd.DataFrame:
    columns = [*KEYS, "renders", "assembled", "evaluated"]
    return results.sound if len(results.sound) else pd.DataFrame(columns=columns)


def _run_times(answers: Answers) -> pd.DataFrame:
    """Expected run times by renders, with intervals, and by CPU seconds, without."""
    times = answers.run_times
    rows = [
        (strategy, goal, "renders", *estimate)
        for goal, estimates in times.renders.items()
        for strategy, estimate in estimates.items()
    ]
    rows += [
        (strategy, goal, "cpu_s", float(estimate), np.nan, np.nan)
        for goal, estimates in times.cpu.items()
        for strategy, estimate in estimates.items()
    ]
    return pd.DataFrame(rows, columns=["strategy", "goal", "unit", "expected", "low", "high"])


def _workers(answers: Answers) -> pd.DataFrame:
    rows = [
        (strategy, workers, float(seconds))
        for workers, column in answers.run_times.workers.items()
        for strategy, seconds in column.items()
    ]
    return pd.DataFrame(rows, columns=["strategy", "workers", "seconds"])


def _cross(answers: Answers) -> pd.DataFrame:
    table, judges = answers.cross.table, answers.cross.judges
    rows = [
        (fitness, by, "judge" if i < judges else "fitness", float(halvings))
        for i, (by, column) in enumerate(table.items())
        for fitness, halvings in column.items()
    ]
    return pd.DataFrame(rows, columns=["fitness", "judged_by", "kind", "halvings"])

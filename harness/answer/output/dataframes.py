"""The tables of a comparison as files, for notebooks and spreadsheets.

Each table is written as CSV and as Parquet into ``tables/`` beside the journal. The tables are
tidy: one row per observation, one column per variable, values not rounded. The same journal gives
the same bytes. An unknown value is an empty cell in CSV and null in Parquet; a distance that was
never reached is ``inf``. ``harness.answer.output.columns`` documents every column and its unit.
"""

import io
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from harness.answer.load import KEYS, Results
from harness.answer.measures.starts import made_beforehand, start_of
from harness.answer.measures.trial import MEASURES
from harness.answer.output.columns import TABLES
from harness.answer.questions.evaluate import Answers
from harness.record.files import write_bytes
from harness.record.journal import TABLES_FOLDER


def write_tables(results: Results, answers: Answers) -> Path:
    """Write every table; gives their folder.

    Args:
        results: all results, variants included.
        answers: the answers to them.

    Raises:
        InputError: if the folder cannot be written to.
    """
    folder = results.journal.path / TABLES_FOLDER
    made = tables(results, answers)
    for name, rows in made.items():
        write_bytes(folder / f"{name}.csv", csv_bytes(rows))
        write_bytes(folder / f"{name}.parquet", parquet_bytes(rows))
    # An experiment may once have had sweeps or networks that it no longer has.
    for name in set(TABLES) - set(made):
        for suffix in ("csv", "parquet"):
            (folder / f"{name}.{suffix}").unlink(missing_ok=True)
    return folder


def tables(results: Results, answers: Answers) -> dict[str, pd.DataFrame]:
    """Name to table; ``harness.answer.output.columns`` describes each.

    Args:
        results: all results, variants included.
        answers: the answers to them.
    """
    made = {
        "trials": _typed(results.trials),
        "measures": _typed(answers.measures[[*KEYS, "name", "reference", *MEASURES]]),
        "answers": _answers(answers),
        "summary": _summary(answers),
        "starts": _starts(results),
        "curves": results.curves,
        "diversity": results.diversity,
        "sound_diversity": _sound_diversity(results),
        "run_times": _run_times(answers),
        "workers": _workers(answers),
        "cross_table": _cross_table(answers),
        "best_matches": _best_matches(answers),
    }
    if answers.disagreements:
        made["disagreements"] = pd.DataFrame(
            [row for pair in answers.disagreements for row in pair.plain()]
        )
    if answers.payoffs:
        made["payoffs"] = pd.DataFrame([payoff.plain() for payoff in answers.payoffs])
    if answers.diversity_control is not None:
        made["diversity_control"] = answers.diversity_control.table
        made["gains"] = answers.diversity_control.gains
    return made


def csv_bytes(rows: pd.DataFrame) -> bytes:
    """A table as CSV, UTF-8, with all digits of every float.

    By Arrow: the rounds of a thousand trials are a million rows, which take pandas a minute.
    """
    import pyarrow as pa
    from pyarrow import csv

    buffer = io.BytesIO()
    options = csv.WriteOptions(quoting_style="needed", quoting_header="needed")
    csv.write_csv(pa.Table.from_pandas(rows, preserve_index=False), buffer, options)
    return buffer.getvalue()


def parquet_bytes(rows: pd.DataFrame) -> bytes:
    """A table as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), buffer)
    return buffer.getvalue()


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows with columns of unknown values as floats, for which pandas has no type."""
    unknown = [column for column in rows if rows[column].isna().all()]
    unknown += [column for column in ("parameter_error",) if column in rows]
    return rows.astype(dict.fromkeys(unknown, np.float64))


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
        for pair in (*a.pairs, *a.control_pairs)
    ]
    return pd.DataFrame(rows)


def _summary(answers: Answers) -> pd.DataFrame:
    rows = [
        (a.question.text, a.question.axis, a.question.measure, contender, *figures)
        for a in answers.answers
        for contender, figures in a.summary.items()
    ]
    return pd.DataFrame(rows, columns=list(TABLES["summary"].columns))


def _starts(results: Results) -> pd.DataFrame:
    beforehand = made_beforehand(results)
    rows = []
    for strategy in results.strategies:
        made = beforehand.get(strategy)
        what = (made.kind, made.label, made.renders, made.cpu_s) if made else (None,) * 4
        rows.append((strategy, start_of(results, strategy) or None, *what))
    return _typed(pd.DataFrame(rows, columns=list(TABLES["starts"].columns)))


def _sound_diversity(results: Results) -> pd.DataFrame:
    rows = results.sound_diversity
    return rows if len(rows) else pd.DataFrame(columns=list(TABLES["sound_diversity"].columns))


def _run_times(answers: Answers) -> pd.DataFrame:
    """Expected run times in renders, with intervals, and in CPU seconds, without."""
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
    return pd.DataFrame(rows, columns=list(TABLES["run_times"].columns))


def _workers(answers: Answers) -> pd.DataFrame:
    rows = [
        (strategy, workers, float(seconds))
        for workers, column in answers.run_times.workers.items()
        for strategy, seconds in column.items()
    ]
    return pd.DataFrame(rows, columns=list(TABLES["workers"].columns))


def _cross_table(answers: Answers) -> pd.DataFrame:
    table, judges = answers.cross_table.table, answers.cross_table.judges
    rows = [
        (fitness, by, "judge" if i < judges else "fitness", float(halvings))
        for i, (by, column) in enumerate(table.items())
        for fitness, halvings in column.items()
    ]
    return pd.DataFrame(rows, columns=list(TABLES["cross_table"].columns))


def _best_matches(answers: Answers) -> pd.DataFrame:
    rows = [match.plain() for match in answers.best_matches]
    return _typed(pd.DataFrame(rows, columns=list(TABLES["best_matches"].columns)))

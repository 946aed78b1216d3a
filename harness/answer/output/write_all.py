"""All that is written once a comparison is answered, beside its journal."""

from pathlib import Path

from harness.answer.listening_test.ratings import ByEar
from harness.answer.load import Results
from harness.answer.output.dataframes import write_tables
from harness.answer.output.html.all_answers import keep_answers
from harness.answer.output.html.page import write_report
from harness.answer.output.mlflow_summary import write_summary
from harness.answer.questions.evaluate import Answers


def write_answers(
    results: Results, answers: Answers, by_ear: ByEar | None = None
) -> tuple[Path, Path]:
    """Write the report, its tables, and what MLflow and the page of all answers show.

    Args:
        results: all of them, variants too.
        answers: to them.
        by_ear: how the judges agree with people, if any have ranked.

    Returns:
        Where the report is, and the folder of the tables.
    """
    path = write_report(results, answers, by_ear)
    tables = write_tables(results, answers)
    write_summary(answers)
    keep_answers(answers)
    return path, tables

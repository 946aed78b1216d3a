"""Write everything that answering a comparison produces, beside its journal."""

from pathlib import Path

from harness.answer.listening_test.ears import ListeningTest
from harness.answer.load import Results
from harness.answer.output.dataframes import write_tables
from harness.answer.output.html.all_answers import write_answers_json
from harness.answer.output.html.page import write_report
from harness.answer.output.mlflow_summary import write_summary
from harness.answer.questions.evaluate import Answers


def write_answers(
    results: Results, answers: Answers, listening_test: ListeningTest | None = None
) -> tuple[Path, Path]:
    """Write the report, the tables, and the files that MLflow and the page of all answers need.

    Args:
        results: all results, variants included.
        answers: the answers to them.
        listening_test: what people heard, if anyone has compared sounds.

    Returns:
        The path of the report, and the folder of the tables.
    """
    path = write_report(results, answers, listening_test)
    tables = write_tables(results, answers)
    write_summary(answers)
    write_answers_json(answers)
    return path, tables

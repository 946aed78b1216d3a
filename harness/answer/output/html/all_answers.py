"""One page with the answers of every comparison in a folder, each with a link to its report."""

from pathlib import Path
from typing import Any

from common.errors import InputError
from harness.answer.output.html.templates import filled, part
from harness.answer.questions.evaluate import Answers
from harness.record.files import write_bytes
from harness.record.journal import ANSWERS, Journal
from harness.record.sealed import read_record, write_record

PAGE = "answers.html"
# Raised when the keys of the file change, so that an older file is recognised.
_FORMAT = 2


def write_answers_json(answers: Answers) -> Path:
    """Write the answers as JSON beside the report, for this page; gives its path."""
    path = answers.results.journal.path / ANSWERS
    kept = {"format": _FORMAT, "caveats": answers.caveats, "answers": answers.plain()}
    write_record(path, kept)
    return path


def write_all_answers(out: Path) -> Path:
    """Write the page with all comparisons in a folder that were answered; gives its path.

    Comparisons that were answered by an older version of ga-synth are only named.

    Raises:
        InputError: if there are no answers in the folder.
    """
    names = sorted(file.parent.name for file in out.glob(f"*/{ANSWERS}"))
    if not names:
        raise InputError(
            f"{out}: no comparison was answered there; run one with: ga-synth run EXPERIMENT.yaml"
        )
    comparisons = [_comparison(Journal(out, name)) for name in names]
    page = filled(
        "all_answers.html",
        comparisons=[one for one in comparisons if one["format"] == _FORMAT],
        outdated=[one["name"] for one in comparisons if one["format"] != _FORMAT],
        style=part("style.css"),
    )
    path = out / PAGE
    write_bytes(path, page)
    return path


def _comparison(journal: Journal) -> dict[str, Any]:
    return {
        "name": journal.path.name,
        "about": journal.experiment()["experiment"]["about"],
        "format": 1,
        **read_record(journal.path / ANSWERS),
    }

"""One page with the answers of every comparison in a folder, each with a link to its report."""

from pathlib import Path
from typing import Any

from common.errors import InputError
from harness.answer.output.html.templates import part
from harness.answer.questions.evaluate import Answers
from harness.record.files import read_json, write_bytes, write_json
from harness.record.journal import Journal

ANSWERS = "answers.json"
PAGE = "answers.html"


def keep_answers(answers: Answers) -> Path:
    """Write what was answered beside the report, for this page; gives its path."""
    path = answers.results.journal.path / ANSWERS
    write_json(path, {"caveats": answers.caveats, "answers": answers.plain()})
    return path


def write_every(out: Path) -> Path:
    """Write the page of all comparisons in a folder that were answered; gives its path.

    Raises:
        InputError: if none was.
    """
    from jinja2 import Environment, StrictUndefined

    names = sorted(file.parent.name for file in out.glob(f"*/{ANSWERS}"))
    if not names:
        raise InputError(f"{out}: no comparison was answered there; ga-synth run EXPERIMENT.yaml")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page = environment.from_string(part("all_answers.html")).render(
        comparisons=[_comparison(Journal(out, name)) for name in names], style=part("style.css")
    )
    path = out / PAGE
    write_bytes(path, page.encode())
    return path


def _comparison(journal: Journal) -> dict[str, Any]:
    kept = read_json(journal.path / ANSWERS)
    return {
        "name": journal.path.name,
        "about": journal.experiment()["experiment"]["about"],
        **kept,
    }

"""What commands print at 80 and 40 columns: names, figures and intervals stay whole."""

import re
import shutil

import numpy as np
import pytest
from rich.cells import cell_len

from harness.answer.load import load_results
from harness.answer.questions.evaluate import answer
from harness.answer.wording import interval
from harness.match.patch import patch_of, write_patch
from harness.plan.choice import Choice
from synth.subtractive.parameters import SPACE

pytestmark = pytest.mark.parametrize("width", [80, 40])


@pytest.fixture(scope="module")
def out(tiny_journal):
    return tiny_journal.path.parent


def whole(done, *parts):
    """Whether all parts are there uncut, and no bracket was opened that is closed elsewhere."""
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    for part in parts:
        assert part in done.out, part
    assert not re.search(r"\[[^\]\n]*(…|\n)", done.out)
    return done.out


def test_report(ga_synth, out, tiny_journal, width, undrawn):
    found = answer(load_results(tiny_journal))
    speed = next(a for a in found.answers if a.question.key == "strategy.speed")
    figures = [interval(summary) for summary in speed.summary.values()]
    said = whole(ga_synth("report", "tiny", "--out", out, width=width), *figures, *speed.summary)
    assert "speed" in said
    table = said[said.index("diversity [95%]") if "diversity [95%]" in said else 0 :]
    assert "…" not in table


def test_list(ga_synth, width):
    said = whole(ga_synth("list", "search", width=width), "map_elites", "ga_set_point", "built in")
    assert all(cell_len(line) <= width for line in said.splitlines())
    assert "…" not in said


def test_show_parameters(ga_synth, width):
    whole(ga_synth("show", "subtractive", width=width), "amp_attack", "log", "filter", " to ")


def test_status(ga_synth, out, width):
    whole(ga_synth("status", "tiny", "--out", out, width=width), "tiny: ", "12 trials, 12 finished")


def test_patch(ga_synth, tmp_path, width):
    """A very short time is no power of ten."""
    path, genome = tmp_path / "patch.json", np.full(len(SPACE), 0.5)
    genome[SPACE.index("onset")] = 3e-6
    synth = Choice.model_validate("subtractive")
    write_patch(path, patch_of(genome, SPACE, synth, (8000, 800)), SPACE)
    said = whole(ga_synth("patch", path, width=width), "amp_attack", "cutoff", "onset", "Hz")
    assert all(cell_len(line) <= width for line in said.splitlines())
    assert not re.search(r"e-\d", said)


def test_compare(ga_synth, out, tiny_journal, tmp_path, width):
    shutil.copytree(tiny_journal.path, tmp_path / "other")
    words = ("compare", "tiny", tmp_path / "other", "--out", out)
    whole(ga_synth(*words, width=width), "end_to_end", "society", "closeness", "[no interval]")


def test_export(ga_synth, out, tmp_path, width):
    words = ("export", "tiny", "--format", "bibtex", "--to", tmp_path / "x.bib", "--out", out)
    whole(ga_synth(*words, width=width), str(tmp_path / "x.bib"))


def test_doctor(ga_synth, width):
    said = whole(ga_synth("doctor", width=width), "puredata", "synth", "part")
    assert all(cell_len(line) <= width for line in said.splitlines())

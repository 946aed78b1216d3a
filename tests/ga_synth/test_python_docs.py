"""docs/python.md is true: its notebook runs, and its tables list what there is."""

import inspect
import re
from pathlib import Path

import pytest

import ga_synth
import ga_synth.testing

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
CELLS = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_notebook_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    for cell in CELLS:
        exec(cell, names)  # noqa: S102 - our own page
    printed = capsys.readouterr().out
    expected = re.findall(r"^print\(.*\) +# (.*)$", "\n".join(CELLS), re.MULTILINE)
    assert len(expected) == 4
    assert all(line in printed for line in expected)

    results, best = names["results"], names["best"]
    assert list(results.trials["renders"]) == [40] * 6
    assert {len(names["comparison"].trials(["strategy=society"]))} == {2}
    assert set(best.knobs["cutoff"]) >= {"gene", "value", "unit", "section"}
    assert (best.sound.dtype, best.distance) == ("float32", best.distances["spectrogram"])
    assert (tmp_path / "runs" / "notebook" / "report.html").is_file()

    tables = documented_columns()
    tables["measures"] |= tables["trials"]
    for name in ("trials", "measures", "curves", "diversity"):
        columns = {re.sub(r"^judge\..*", "judge.<label>", c) for c in getattr(results, name)}
        assert columns <= tables[name], name

    assert repr(ga_synth.results("notebook", "runs")) == repr(results)
    with pytest.raises(ga_synth.InputError, match="reachable"):
        results.best("reachabel")


def documented_columns():
    text = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {
        section.split("\n")[0]: set(re.findall(r"^\| `(.+?)` \|", section, re.MULTILINE))
        for section in sections
    }


def test_every_public_name_is_on_the_page():
    assert [name for name in ga_synth.__all__ if f"`{name}" not in TEXT] == []
    assert [name for name in ga_synth.testing.__all__ if f"`{name}" not in TEXT] == []


@pytest.mark.parametrize("cls", [ga_synth.LoadedComparison, ga_synth.ComparisonResults])
def test_every_method_is_on_the_page(cls):
    public = [name for name in vars(cls) if not name.startswith("_")]
    fields = set(getattr(cls, "__dataclass_fields__", {}))
    assert [name for name in public if name not in fields and f"`{name}" not in TEXT] == []


def test_every_field_of_a_best_sound_is_on_the_page():
    for name in ga_synth.BestSound.__dataclass_fields__:
        assert f"`{name}`" in TEXT


def test_the_options_of_run_are_in_the_table():
    parameters = inspect.signature(ga_synth.LoadedComparison.run).parameters
    options = {name: p.default for name, p in parameters.items() if name != "self"}
    options["out"] = str(options["out"])
    section = TEXT.split("Options of `run`")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| `?(.*?)`? \|", section, re.MULTILINE)
    assert [name for name, _ in rows] == list(options)
    for name, default in rows:
        assert default.strip('"') == str(options[name]), name

import html
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import version

import pytest
import yaml

from harness.answer.questions.catalogue import TOPICS
from harness.plan.trials import trials_of
from harness.record.journal import Journal

HEAVY = ("tensorflow", "ray", "mlflow", "librosa", "numba", "scipy", "matplotlib", "pandas")
SPY = """
import atexit, sys
atexit.register(lambda: print("loaded", *sys.modules, file=sys.stderr))
sys.argv = ["ga-synth", *sys.argv[1:]]
from harness.cli.main import run
run()
"""


@pytest.fixture(scope="module")
def journal(tiny_journal, tmp_path_factory):
    """A copy of the tiny journal in a folder of comparisons."""
    out = tmp_path_factory.mktemp("runs")
    shutil.copytree(tiny_journal.path, out / "tiny")
    return Journal(out, "tiny")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["list"], ["run", "--help"]], ids=str)
def test_it_starts_without_what_is_heavy(words):
    done = subprocess.run(
        [sys.executable, "-c", SPY, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = {name.split(".")[0] for name in done.stderr.split("loaded ")[1].split()}
    assert loaded.isdisjoint(HEAVY)


def test_an_experiment_with_networks_is_checked_without_tensorflow():
    words = ["run", "experiments/seeding.yaml", "--dry-run"]
    done = subprocess.run(
        [sys.executable, "-c", SPY, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = {name.split(".")[0] for name in done.stderr.split("loaded ")[1].split()}
    assert loaded.isdisjoint({"tensorflow", "keras"})


def test_as_a_process(experiment_file, tmp_path):
    command = [sys.executable, "-m", "harness.cli", "run"]
    words = [str(experiment_file()), "--set", "budget=0"]
    done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"ga-synth: experiment \S+tiny.yaml: budget: .+ \(0\)\n", done.stderr)


def test_version(ga_synth):
    done = ga_synth("--version")
    assert (done.code, done.out.strip()) == (0, version("ga-synth"))


def test_help_names_every_command(ga_synth):
    done = ga_synth("--help")
    for command in ("run", "probe", "list", "show", "status", "report", "ui", "sync", "check"):
        assert re.search(rf"\b{command}\b", done.out)


def test_list(ga_synth):
    done = ga_synth("list")
    assert done.code == 0
    for name in ("subtractive", "multi_scale_spectral", "ga", "society_scrambled", "built in"):
        assert name in done.out
    assert "refused" not in done.out


def test_list_as_json(ga_synth):
    found = json.loads(ga_synth("list", "--json").out)
    kinds = {"synth", "fitness", "search", "strategy", "network", "experiment"}
    assert {p["kind"] for p in found} == kinds
    only = json.loads(ga_synth("list", "search", "--json").out)
    assert only == [p for p in found if p["kind"] == "search"]


def test_what_ships_is_listed_shown_and_run_by_name(ga_synth, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = json.loads(ga_synth("list", "experiment", "--json").out)
    assert "first" in {p["name"] for p in found}
    assert "name: first" in ga_synth("show", "first").out
    done = ga_synth("run", "first", "--dry-run", "--set", "seeds=1")
    assert (done.code, done.err) == (0, "")
    # A file of one's own comes first.
    (tmp_path / "first").write_text("nothing")
    assert ga_synth("run", "first", "--dry-run").code == 2


def test_init_writes_a_project_and_never_over_a_file(ga_synth, tmp_path):
    folder = tmp_path / "my project"
    done = ga_synth("init", folder)
    assert (done.code, done.err) == (0, "")
    names = {path.name for path in folder.iterdir()}
    assert names == {"experiment.yaml", "my_fitness.py", "README.md"}
    assert ga_synth("run", folder / "experiment.yaml", "--dry-run").code == 0
    assert ga_synth("check", folder / "my_fitness.py").code == 0
    (folder / "my_fitness.py").write_text("mine")
    (folder / "experiment.yaml").unlink()
    again = ga_synth("init", folder)
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert (folder / "my_fitness.py").read_text() == "mine"
    assert not (folder / "experiment.yaml").exists()


def test_a_plug_in_file_is_listed_and_shown(ga_synth, tmp_path):
    plugin = tmp_path / "mine.py"
    plugin.write_text(
        "from fitness.waveform import Waveform\n\n\nclass Mine(Waveform):\n"
        "    '''Takes [bold]brackets[/nothing] as they are.'''\n\n"
        "    def __init__(self, target, sample_rate, *, needed: int, also: str = '[/x]'):\n"
        "        super().__init__(target, sample_rate)\n"
    )
    for words in (["list", "fitness"], ["show", "mine"]):
        done = ga_synth(*words, "--plugin", plugin)
        assert done.code == 0, done.err
        assert "Takes [bold]brackets[/nothing] as they are." in done.out
    assert "needed = required" in done.out
    assert "also = '[/x]'" in done.out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ga", ["search ga (built in)", "Tournament", "mutation = "]),
        ("society", ["strategy society", "credit = 'max'", "collaborators = None"]),
        ("random", ["search random", "strategy random"]),
        ("subtractive", ["synth subtractive", "cutoff", "Hz", "filter"]),
        ("weighted", ["fitness weighted", "parts = required"]),
    ],
)
def test_show(ga_synth, name, said):
    done = ga_synth("show", name)
    assert (done.code, done.err) == (0, "")
    for part in said:
        assert part in done.out


def test_show_an_experiment_as_resolved(ga_synth, experiment_file, planned):
    done = ga_synth("show", experiment_file())
    assert yaml.safe_load(done.out) == planned().experiment.model_dump(mode="json")


def test_dry_run_says_what_would_be_run_and_writes_nothing(ga_synth, experiment_file, tmp_path):
    path = experiment_file()
    before = sorted(tmp_path.rglob("*"))
    done = ga_synth("run", path, "--dry-run", "--out", tmp_path / "out", "--only", "seed=1")
    assert (done.code, done.err) == (0, "")
    assert "6 trials of 40 renders" in done.out
    for axis in ("strategy: end_to_end, society, random", "target: reachable", "seed: 1"):
        assert axis in done.out
    said = json.loads(ga_synth("run", path, "--dry-run", "--json", "--set", "seeds=1").out)
    assert (len(said["trials"]), said["renders"]) == (6, 240)
    assert sorted(tmp_path.rglob("*")) == before


def test_status(ga_synth, journal):
    done = ga_synth("status", "--out", journal.path.parent)
    assert done.out == "tiny: 12 trials, 12 finished, 0 failed, 0 begun, 0 waiting\n"
    assert ga_synth("status", "tiny", "--out", journal.path.parent).out == done.out


def test_status_of_what_is_not_finished(ga_synth, planned, tmp_path):
    comparison, journal = planned(), Journal(tmp_path, "tiny")
    journal.begin(comparison)
    for trial in trials_of(comparison)[:2]:
        journal.folder(trial).resume(trial.config)
    journal.folder(trials_of(comparison)[0]).fail("no [/luck]")
    said = json.loads(ga_synth("status", "--json", "--out", tmp_path).out)["tiny"]
    name = trials_of(comparison)[0].name
    assert said == {
        "trials": 12, "finished": 0, "failed": 1, "begun": 1, "waiting": 10,
        "failures": {name: "no [/luck]"},
    }  # fmt: skip
    assert f"  {name}: no [/luck]\n" in ga_synth("status", "tiny", "--out", tmp_path).out
    failed = ga_synth("report", "tiny", "--out", tmp_path)
    assert (failed.code, failed.err.count("\n")) == (2, 1)
    assert "no trial has finished; 1 failed, the first because no [/luck]" in failed.err


def test_report(ga_synth, journal, experiment_file, undrawn, monkeypatch):
    out = journal.path.parent
    monkeypatch.delenv("MAKELEVEL", raising=False)
    done = ga_synth("report", "tiny", "--out", out)
    assert (done.code, done.err) == (0, "")
    for part in (
        TOPICS[0].questions[0].text, "Undecided whether society", "only 2 seeds", "n = 2 pairs",
        str(journal.path / "report.html"), f"ga-synth ui --out {out}",
    ):  # fmt: skip
        assert part in done.out
    assert (journal.path / "report.html").exists()
    # Two seeds of one target have no interval for other targets; NaN is no JSON.
    assert "NaN" not in (journal.path / "summary.json").read_text()
    assert ga_synth("report", experiment_file(), "--out", out).out == done.out
    # `make` may be all that is on the path.
    monkeypatch.setenv("MAKELEVEL", "1")
    assert "make ui" in ga_synth("report", "tiny", "--out", out).out


def test_report_as_json(ga_synth, journal, undrawn):
    said = json.loads(ga_synth("report", "tiny", "--json", "--out", journal.path.parent).out)
    keys = {
        "topic", "question", "measure", "headline", "lead", "pair_sentences",
        "control_sentences", "pairs", "control_pairs", "summary",
    }  # fmt: skip
    assert said["answers"]
    assert all(set(one) == keys for one in said["answers"])
    # What is not known is null: NaN is no JSON.
    assert "NaN" not in json.dumps(said)
    assert "Infinity" not in json.dumps(said)
    assert said["report"].endswith("report.html")


def test_a_finished_comparison_is_only_answered_again(
    ga_synth, journal, experiment_file, monkeypatch, undrawn
):
    """And what mirrors it is asked to; here nobody listens, and that is said."""
    monkeypatch.setattr("harness.api.mirror_process.sys.executable", "/bin/false")
    done = ga_synth("run", experiment_file(), "--out", journal.path.parent)
    assert done.code == 0
    assert TOPICS[0].questions[0].text in done.out
    assert "MLflow has not received everything" in done.err
    assert "ga-synth sync tiny" in done.err


def test_what_was_answered_is_only_printed_again(
    ga_synth, journal, experiment_file, monkeypatch, undrawn, unmirrored
):
    """And MLflow, which has received everything, is not asked again."""
    (journal.path.parent / "mlflow.db").touch()
    words = ("run", experiment_file(), "--out", journal.path.parent)
    first, report = ga_synth(*words), journal.path / "report.html"
    written = report.stat().st_mtime_ns
    monkeypatch.setattr("harness.answer.load.load_results", None)
    monkeypatch.setattr("harness.api.runner.MirrorProcess.finish", None)
    again = ga_synth(*words)
    assert (again.code, again.out) == (0, first.out)
    assert report.stat().st_mtime_ns == written
    answers = json.loads(ga_synth(*words, "--json").out.splitlines()[-1])
    assert answers["event"] == "answers"
    assert answers["answers"]


def test_ui_of_a_server_that_runs_elsewhere(ga_synth, monkeypatch, tmp_path):
    monkeypatch.setattr("harness.record.mlflow.store.tracking_uri", lambda out: "http://there:5000")
    assert ga_synth("ui", "--out", tmp_path).out == "MLflow is at http://there:5000\n"


@pytest.mark.parametrize("words", [["report", "tiny"], ["status"]], ids=str)
def test_ctrl_c_is_one_line(ga_synth, monkeypatch, words, journal):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.record.journal.Journal.experiment", interrupted)
    done = ga_synth(*words, "--out", journal.path.parent)
    assert done.code == 130
    assert done.err.count("\n") == 1
    assert "resumes" in done.err


def test_a_page_of_all_answers(ga_synth, journal, tmp_path, undrawn):
    out = tmp_path / "two"
    for name in ("tiny", "twin"):
        shutil.copytree(journal.path, out / name)
        ga_synth("report", name, "--out", out)
    done = ga_synth("report", "--out", out)
    page = (out / "answers.html").read_text(encoding="utf-8")
    assert str(out / "answers.html") in done.out
    assert [f'href="{name}/report.html"' in page for name in ("tiny", "twin")] == [True, True]
    assert page.count(TOPICS[0].questions[0].text) == 2
    assert "A &lt;small&gt; comparison." in page
    lead = json.loads((out / "twin" / "answers.json").read_text())["answers"][0]["lead"]
    assert html.escape(lead[0]["text"], quote=False) in page


def test_nothing_was_answered(ga_synth, tmp_path):
    done = ga_synth("report", "--out", tmp_path)
    assert done.code == 2
    assert "no comparison was answered there" in done.err

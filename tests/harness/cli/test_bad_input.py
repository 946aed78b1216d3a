"""Every mistake ends in one line and exit code 2, with nothing half-written."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from harness.plan.trials import trials_of

RATE = 8000
TONE = 0.5 * np.sin(np.arange(RATE // 4) * 0.3)


@pytest.fixture
def run(tmp_path, experiment_file, mistaken):
    """Run a changed experiment that is refused, and look that nothing was written."""

    def call(*said, words=(), **changes):
        path = experiment_file(**changes)
        out = tmp_path / "out"
        mistaken(["run", path, "--out", out, *words], *said)
        assert not out.exists()

    return call


def sound(*channels, rate=RATE):
    return lambda path: soundfile.write(path, np.stack(channels).T, rate, subtype="FLOAT")


def truncated(path):
    sound(TONE)(path)
    path.write_bytes(path.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, ["no such file"]),
        (lambda path: path.mkdir(), ["is a folder"]),
        (lambda path: path.write_bytes(b""), ["empty file"]),
        (lambda path: path.write_bytes(b"RIFF\x00\x00" + bytes(200)), ["not a sound file"]),
        (lambda path: path.write_text("no sound"), ["not a sound file"]),
        (truncated, ["damaged, ends after"]),
        (sound(TONE[:0]), ["holds no samples"]),
        (sound(TONE * 0), ["is silent"]),
        (sound(np.where(TONE > 0.4, np.nan, TONE)), ["NaN"]),
        (sound(np.where(TONE > 0.4, np.inf, TONE)), ["NaN or infinity"]),
        (sound(TONE[:100]), ["0.0125 s", "0.05 to 60 s"]),
        (sound(np.tile(TONE, 250)), ["62.5 s", "0.05 to 60 s"]),
        (sound(TONE, rate=4000), ["sample rate 4,000", "8,000 to 192,000"]),
        (sound(TONE, TONE * 0), ["channel 1 is silent", "left or right"]),
    ],
    ids=["missing", "folder", "empty", "corrupt", "text", "truncated", "zero", "silent", "nan",
         "infinite", "short", "long", "rate", "half silent"],
)  # fmt: skip
def test_sounds(run, tmp_path, make, said):
    make(tmp_path / "bass.wav")
    run("target ", "bass.wav", *said, targets=["bass.wav"])


def test_the_nearest_sound_is_offered(run, tmp_path):
    sound(TONE)(tmp_path / "bass.wav")
    run("bas.wav: no such file; did you mean bass.wav?", targets=["bas.wav"])


SOCIETY = {"name": "society", "agent_population": 4}
REACHABLE = {"contrived": 1, "seconds": 0.1, "sample_rate": 8000}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bugdet": 40}, ["tiny.yaml: unknown key 'bugdet'; did you mean 'budget'?"]),
        ({"targets": [{**REACHABLE, "secnds": 1}]}, ["targets[0]: unknown key 'secnds'"]),
        ({"search": {"name": "ga", "mutaton": 1}}, ["search: ", "did you mean 'mutation'?"]),
        ({"budget": "many"}, ["budget: input should be a valid integer ('many')"]),
        ({"search": {"name": "ga", "elite": "two"}}, ["search: elite: ", "integer ('two')"]),
        ({"targets": 3}, ["targets: ", "list (3)"]),
        ({"strategies": ["socety"]}, ["strategies[0]: ", "did you mean 'society'?"]),
        ({"fitness": ["wavefrm"]}, ["fitness[0]: ", "did you mean 'waveform'?"]),
        ({"synth": "subtractiv"}, ["synth: ", "did you mean 'subtractive'?"]),
        ({"judges": ["loudnes"]}, ["judges[0]: ", "did you mean 'loudness'?"]),
        ({"strategies": ["random", "random"]}, ["duplicate"]),
        ({"targets": [REACHABLE, REACHABLE]}, ["'contrived_1'"]),
        ({"strategies": []}, ["strategies: is empty"]),
        ({"fitness": []}, ["fitness: is empty"]),
        ({"targets": []}, ["targets: is empty"]),
        ({"budget": 0}, ["budget: ", "(0)"]),
        ({"budget": -3}, ["budget: ", "(-3)"]),
        ({"budget": 7}, ["budget 7 is below one generation: population 8"]),
        ({"population": 3, "strategies": ["end_to_end"]}, ["population 3; ", "4 or more"]),
        ({"strategies": [{**SOCIETY, "agent_population": 2}]}, ["population 2; ", "needs 4"]),
        ({"plugins": ["no.py"]}, ["no.py: no such file"]),
    ],
    ids=str,
)
def test_experiments(run, changes, said):
    run(*said, **changes)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "strategy=socety"], ["--only 'strategy=socety'", "did you mean 'society'?"]),
        (["--only", "sed=1"], ["--only 'sed=1'", "did you mean 'seed'?"]),
        (["--only", "society"], ["needs axis=label"]),
        (["--set", "budget"], ["--set 'budget': needs key=value"]),
        (["--set", "budget=[1"], ["not YAML"]),
        (["--set", "budgt=1"], ["unknown key 'budgt'; did you mean 'budget'?"]),
        (["--set", "fitness.7=mfcc"], ["position '7'; allowed: 0 to 1"]),
    ],
)
def test_words(run, words, said):
    run(*said, words=words)
    run(*said, words=[*words, "--dry-run"])


def test_the_experiment_file_itself(mistaken, experiment_file, tmp_path):
    path = experiment_file()
    mistaken(["run", path.with_name("tinny.yaml")], "no such file; did you mean 'tiny.yaml'?")
    for content in (b"", b"\x89PNG\r\n\x1a\n\xff", b"a: [", b"- 1\n", b"budget: 1\nbudget: 2\n"):
        path.write_bytes(content)
        mistaken(["run", path], "tiny.yaml: ")


@pytest.mark.parametrize("out", ["file", "file/below", "/proc/nowhere", "/dev/null"])
def test_out_that_cannot_be_written(mistaken, experiment_file, tmp_path, out):
    (tmp_path / "file").write_text("mine")
    mistaken(["run", experiment_file(), "--out", tmp_path / out], "cannot write")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk(mistaken, experiment_file, tmp_path, monkeypatch):
    import errno

    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    mistaken(["run", experiment_file(), "--out", tmp_path / "out"], "no space left on device")
    assert not list((tmp_path / "out").rglob("*.part"))


def test_a_changed_experiment_under_half_done_trials(mistaken, experiment_file, planned, tmp_path):
    from harness.record.journal import Journal

    comparison = planned()
    journal = Journal(tmp_path, "tiny")
    journal.begin(comparison)
    journal.folder(trials_of(comparison)[0]).resume({})
    before = {path: path.read_bytes() for path in journal.path.rglob("*") if path.is_file()}
    mistaken(
        ["run", experiment_file(budget=48), "--out", tmp_path],
        "1 unfinished trial ", "budget changed", "choose another --out",
    )  # fmt: skip
    after = {path: path.read_bytes() for path in journal.path.rglob("*") if path.is_file()}
    after.pop(journal.path / ".lock")
    assert after == before


def test_another_run_is_writing_there(mistaken, experiment_file, tmp_path):
    from harness.record.files import locked

    with locked(tmp_path / "tiny"):
        mistaken(["run", experiment_file(), "--out", tmp_path], "another run is writing there")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status", "tinny"], ["nothing has been run there; did you mean 'tiny'?"]),
        (["report", "tinny"], ["nothing has been run there; did you mean 'tiny'?"]),
        (["sync", "tinny"], ["nothing has been run there; did you mean 'tiny'?"]),
    ],
)
def test_a_name_that_was_never_run(mistaken, tiny_journal, words, said):
    mistaken([*words, "--out", tiny_journal.path.parent], *said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status"], ["nothing has been run there"]),
        (["ui"], ["nothing has been run there"]),
        (["report", "tiny"], ["nothing has been run there"]),
    ],
)
def test_where_nothing_was_run(mistaken, tmp_path, words, said):
    mistaken([*words, "--out", tmp_path / "no"], *said)
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "socety"], ["'socety' is not registered; did you mean 'society'?"]),
        (["show", "no.yaml"], ["no.yaml: no such file"]),
        (["show", "ga", "--plugin", "no.py"], ["no.py: no such file"]),
        (["list", "fitnes"], ["kind 'fitnes' is unknown; did you mean 'fitness'?"]),
        (["list", "--plugin", "no.py"], ["no.py: no such file"]),
        (["report", "no.yaml"], ["no.yaml: no such file"]),
    ],
)
def test_names_that_are_unknown(mistaken, words, said):
    mistaken(words, *said)


def test_words_that_no_command_knows(ga_synth, experiment_file):
    for words in (["runn"], ["run"], ["run", experiment_file(), "--workers", "-1"], ["ui", "x"]):
        done = ga_synth(*words)
        assert done.code == 2
        assert done.err
        assert "Traceback" not in done.err


LONG = "a" * 300


@pytest.mark.parametrize(
    "words",
    [
        ["run", LONG],
        ["run", "first", "--dry-run", "--set", f"plugins=[{LONG}.py]"],
        ["render", LONG],
        ["patch", f"{LONG}.json"],
        ["init", LONG],
        ["list", "--plugin", f"{LONG}.py"],
        ["status", "--out", LONG],
        ["compare", LONG, LONG],
        ["check", f"{LONG}.py"],
        ["match", "--demo", "--out", LONG],
    ],
    ids=lambda words: " ".join(word for word in words if LONG not in word),
)
def test_names_that_are_too_long_for_a_file(mistaken, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    mistaken(words, "file name too long")
    assert list(tmp_path.iterdir()) == []

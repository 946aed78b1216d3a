"""``ga-synth new``: what it writes conforms, installed or as a file, and nothing is overwritten."""

import sys
from pathlib import Path

import pytest

from harness.plan.registry import Registry

KINDS = ("fitness", "search", "strategy", "synth", "network")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_conforms(ga_synth, findings_of_file, here, kind):
    code, out, err = ga_synth("new", kind, "my_own", "--file")
    assert (code, err) == (0, "")
    assert out.startswith("my_own.py: created\nnext: ga-synth check my_own.py\n")
    assert len(Path("my_own.py").read_text().splitlines()) <= 25
    found = findings_of_file(here / "my_own.py")
    assert list(found) == [(kind, "my_own")]
    assert [f.detail for all_ in found.values() for f in all_ if not f.passed] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_package_can_be_installed_and_its_tests_pass(ga_synth, installed, here, kind):
    code, out, err = ga_synth("new", kind, "my_own")
    assert (code, err) == (0, "")
    assert "next: pip install --editable my_own" in out
    texts = [path.read_text() for path in Path("my_own").rglob("*") if path.is_file()]
    assert not [text for text in texts if "new_plugin" in text or "NewPlugin" in text]
    call = installed(here / "my_own")
    tested = call("-q", "-p", "no:cacheprovider", here / "my_own" / "tests", module="pytest")
    assert tested.returncode == 0, tested.stdout
    assert "2 passed" in tested.stdout
    if kind != "network":
        planned = call("run", here / "my_own" / "experiment.yaml", "--dry-run")
        assert planned.returncode == 0, planned.stderr


def test_a_fitness_has_at_most_fifteen_lines(ga_synth, here):
    ga_synth("new", "fitness", "my_own", "--file")
    assert len(Path("my_own.py").read_text().splitlines()) <= 15
    assert Registry((here / "my_own.py",)).get("fitness", "my_own").__name__ == "MyOwn"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fitnes", "mine"), ["kind 'fitnes' is unknown; did you mean 'fitness'?"]),
        (("fitness", "mfcc"), ["fitness 'mfcc' is taken (built in)", "choose another name"]),
        (("search", "descent"), ["search 'descent' is taken"]),
        (("fitness", "class"), ["'class' is a word of Python's own", "my_class"]),
        (("fitness", "none"), ["'none' is a word of Python's own"]),
        (("fitness", "MyFitness"), ["cannot be a name", "did you mean 'my_fitness'?"]),
        (("fitness", "my-fitness"), ["did you mean 'my_fitness'?"]),
        (("fitness", "2nd"), ["a letter first"]),
        (("fitness", "../evil"), ["cannot be a name", "did you mean 'evil'?"]),
        (("fitness", ""), ["cannot be a name"]),
        (("fitness", "a" * 60), ["40 at most"]),
        (("fitness", "a_2b"), ["did you mean 'a2b'?"]),
    ],
)
def test_bad_names_are_refused_in_one_line(ga_synth, here, words, said):
    for more in ((), ("--file",)):
        code, out, err = ga_synth("new", *words, *more)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert all(word in err for word in said), err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("more", [(), ("--file",)])
def test_nothing_is_overwritten(ga_synth, here, more):
    assert ga_synth("new", "fitness", "mine", *more)[0] == 0
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    code, _, err = ga_synth("new", "search", "mine", *more)
    assert (code, err.count("\n")) == (2, 1)
    assert "exists already" in err
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that nobody can write is on Linux")
@pytest.mark.parametrize("more", [(), ("--file",)])
def test_a_folder_that_cannot_be_written_is_said(ga_synth, monkeypatch, more):
    monkeypatch.chdir("/proc")
    code, out, err = ga_synth("new", "fitness", "mine", *more)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "cannot write mine" in err

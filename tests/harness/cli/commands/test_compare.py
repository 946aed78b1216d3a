import json
import shutil

import pytest

from harness.record.sealed import read_record, write_record


@pytest.fixture(scope="module")
def out(tiny_journal, tmp_path_factory):
    """Two comparisons whose experiments differ in one key, and a third one elsewhere."""
    folder = tmp_path_factory.mktemp("runs")
    for name in ("tiny", "tinier", "elsewhere/tiny"):
        shutil.copytree(tiny_journal.path, folder / name)
    about = read_record(folder / "tinier" / "experiment.json")
    about["experiment"]["listens"] = 9
    write_record(folder / "tinier" / "experiment.json", about)
    return folder


def test_side_by_side(ga_synth, out):
    done = ga_synth("compare", "tiny", "tinier", "--out", out)
    assert (done.code, done.err) == (0, "")
    for part in (
        "listens", "12 trials", "only in tiny: 0", "only in tinier: 0", "are paired",
        "  tiny: Undecided", "  tinier: Undecided", "+0.00 [no interval]",
    ):  # fmt: skip
        assert part in done.out


def test_as_json(ga_synth, out):
    def no_json(word):
        raise AssertionError(f"{word} is no JSON")

    done = ga_synth("compare", "tiny", "tinier", "--out", out, "--json")
    said = json.loads(done.out, parse_constant=no_json)
    assert said["names"] == ["tiny", "tinier"]
    assert said["differences"] == [["listens", "5", "9"]]
    assert {c["measure"] for c in said["changes"]} >= {"closeness", "speed", "diversity", "judged"}
    assert all(c["pair"]["shift"] == 0 for c in said["changes"])


def test_a_folder_elsewhere_with_the_same_name(ga_synth, out):
    elsewhere = out / "elsewhere" / "tiny"
    done = ga_synth("compare", "tiny", elsewhere, "--out", out)
    assert done.code == 0
    assert "identical" in done.out
    assert f"only in {elsewhere}: 0" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["tiny", "tinyer"], "did you mean 'tinier'?"),
        (["tiny", "tiny"], "tiny and tiny are the same comparison"),
        (["tiny"], "'B'"),
    ],
)
def test_mistakes(mistaken, out, words, hint):
    mistaken(["compare", *words, "--out", out], hint)

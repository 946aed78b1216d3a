"""``match``, ``render`` and ``patch`` on the command line, and ``ga_synth.match``."""

import json

import numpy as np
import pytest

import ga_synth as package
from common.errors import InputError
from synth.sound import flac_bytes
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

RATE = 16_000


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GA_SYNTH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def note(tmp_path_factory):
    """A sound file, and its samples."""
    genome = SPACE.genome(note=57.0, noise_level=0.0, onset=0.0, length=4.0, level=0.5, osc_fm=0.0)
    samples = Subtractive(RATE, 4_000).render(genome[None])[0]
    path = tmp_path_factory.mktemp("sounds") / "note.flac"
    path.write_bytes(flac_bytes(samples, RATE))
    return path, samples


@pytest.fixture(scope="module")
def matched(ga_synth, note, tmp_path_factory):
    """What the command said, and the folder of the match."""
    out = tmp_path_factory.mktemp("matches")
    said = ga_synth("match", note[0], "--budget", 60, "--bank", 64, "--out", out)
    return said, out / "note"


def test_match_ends_with_a_summary_and_where_to_look(matched):
    said, folder = matched
    assert said.code == 0, said.err
    assert str(folder / "index.html") in said.out
    assert "closeness" in said.out
    assert (folder / "patch.json").exists()


def test_match_as_json(ga_synth, note, tmp_path):
    words = ("--budget", 60, "--bank", 64, "--out", tmp_path, "--json", "--fix", "cutoff=900")
    said = ga_synth("match", note[0], *words)
    events = [json.loads(line) for line in said.out.splitlines()]
    assert [event["event"] for event in events][-1] == "finished"
    assert events[-1]["versions"][0]["knobs"]["cutoff"] == pytest.approx(900.0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "needs a sound file"),
        (("no.wav",), "no such file"),
        (("SOUND", "SOUND"), "rename one"),
        (("SOUND", "--fix", "cutoff"), "KNOB=VALUE"),
        (("SOUND", "--fix", "cutoff=nan"), "KNOB=VALUE"),
        (("SOUND", "--range", "cutoff=5"), "KNOB=LOW:HIGH"),
        (("SOUND", "--only", "filter"), "--from"),
        (("SOUND", "--from", "no.json"), "no such file"),
        (("SOUND", "--out", "/proc/nowhere"), "cannot write"),
    ],
)
def test_mistakes_are_one_line(ga_synth, note, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    given = [note[0] if word == "SOUND" else word for word in words]
    said = ga_synth("match", *given, "--bank", 64)
    assert said.code == 2
    assert message in said.err
    assert said.err.count("\n") == 1


def test_another_sound_of_the_same_name_is_not_overwritten(ga_synth, matched, tmp_path):
    _, folder = matched
    before = (folder / "patch.json").read_bytes()
    other = tmp_path / "note.flac"
    other.write_bytes(flac_bytes(0.3 * np.sin(np.arange(4_000) / 3), RATE))
    said = ga_synth("match", other, "--budget", 60, "--bank", 64, "--out", folder.parent)
    assert said.code == 2
    assert "another sound" in said.err
    assert (folder / "patch.json").read_bytes() == before


def test_render_and_patch(ga_synth, matched, tmp_path):
    _, folder = matched
    out = tmp_path / "low.wav"
    said = ga_synth("render", folder, "--set", "cutoff=500", "--note", 45, "--out", out)
    assert (said.code, out.exists()) == (0, True), said.err
    said = ga_synth("render", folder, "--seconds", 0.5, "--json")
    assert json.loads(said.out)["seconds"] == pytest.approx(0.5)
    assert ga_synth("render", folder, "--set", "cutoff=5").code == 2
    said = ga_synth("patch", folder)
    assert said.code == 0
    assert all(name in said.out for name in (*SPACE.names, *SPACE.sections))
    assert set(json.loads(ga_synth("patch", folder, "--json").out)["values"]) == set(SPACE.names)


def test_from_python(note, tmp_path):
    path, samples = note
    found = package.match(path, budget=60, bank=64, out=tmp_path, progress=False)
    assert found.finished
    assert found.best.sound.shape == samples.shape
    assert list(found.knobs.index) == list(SPACE.names)
    assert found.knobs.loc["cutoff", "unit"] == "Hz"
    assert found.patch.exists()
    options = {"name": "note", "budget": 60, "bank": 64, "out": tmp_path / "arrays"}
    again = package.match(samples, RATE, progress=False, **options)
    assert again.best.values == found.best.values
    with pytest.raises(InputError, match="sample rate"):
        package.match(samples)
    with pytest.raises(InputError, match="did you mean 'budget'"):
        package.match(path, budgt=3)


def test_knobs_of_massive_are_printed_in_the_order_of_its_panel(tmp_path):
    from harness.cli.commands.patch import panel
    from synth.maps.model import read_map

    for name, backend in (("massive", "plugin"), ("massive-midi", "rig")):
        space = read_map(name, tmp_path, backend).space
        note, (heading, genes) = panel(space)
        assert [space.names[gene] for gene in note[1]] == ["pitch", "onset", "length", "gain"]
        names = [space.names[gene] for gene in genes]
        assert (heading, len(names)) == ("", len(space) - 4)
        assert names[:5] == [
            "osc1_pitch",
            "osc1_position",
            "osc1_intensity",
            "osc1_amp",
            "osc2_pitch",
        ]
        assert names.index("filter1_resonance") < names.index("filter2_cutoff")
    assert [heading for heading, _ in panel(SPACE)] == list(SPACE.sections)

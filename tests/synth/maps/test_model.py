from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synth.maps.model import FOLDER, SynthMap, read_map, shipped

MAP = {
    "synth": "plugin",
    "note": {"pitch": {"low": 36, "high": 84}, "length": {"low": 0.1, "high": 1}, "bend": 2},
    "genes": {
        "cutoff": {"section": "filter", "to": "Cutoff", "low": 0.2, "high": 0.9},
        "shape": {"section": "oscillator", "to": "Shape", "low": 0, "high": 1, "steps": 3},
    },
    "fixed": {"Volume": 0.7},
}


def changed(**changes):
    return {**MAP, **changes}


def test_genes_are_those_of_the_note_and_then_the_controls():
    space = read_map(MAP, Path(), "plugin").space
    assert space.names == ("pitch", "length", "cutoff", "shape")
    assert space.sections == {"pitch": (0,), "envelope": (1,), "filter": (2,), "oscillator": (3,)}


def test_a_patch_has_every_control_where_it_stands():
    patch = read_map(MAP, Path(), "plugin").patches(np.array([[0.51, 0.0, 1.0, 0.4]]))[0]
    assert patch.key == 60
    assert patch.wheel == pytest.approx(0.24)
    assert patch.length == pytest.approx(0.1)
    assert patch.controls == {"Volume": 0.7, "Cutoff": pytest.approx(0.9), "Shape": 0.5}


def test_gain_is_a_factor():
    loud = read_map(changed(note={"gain": 20, "pitch": {"low": 1, "high": 2}}), Path(), "plugin")
    assert loud.patches(np.full((1, 3), 0.5))[0].gain == pytest.approx(10)


@given(arrays(float, 4, elements=st.floats(0, 1)))
def test_a_patch_stays_within_what_midi_and_the_map_allow(genome):
    patch = read_map(MAP, Path(), "plugin").patches(genome[None])[0]
    assert 36 <= patch.key <= 84
    assert -1 <= patch.wheel <= 1
    assert patch.key + 2 * patch.wheel == pytest.approx(36 + 48 * genome[0])
    assert 0.2 - 1e-9 <= patch.controls["Cutoff"] <= 0.9 + 1e-9
    assert patch.controls["Shape"] in (0, 0.5, 1)


def test_what_is_written_is_read_again():
    found = read_map(MAP, Path(), "plugin")
    assert read_map(found.model_dump(mode="json", exclude_defaults=True), Path(), "plugin") == found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"gens": {}}, ["unknown key 'gens'", "'genes'"]),
        ({"note": {"pitch": 200}}, ["note: pitch 200", "0 to 127"]),
        ({"note": {"velocity": {"low": 0, "high": 100}}}, ["velocity 0", "1 to 127"]),
        ({"note": {"pitch": {"low": 60, "high": 60}}}, ["pitch: range", "is empty"]),
        ({"genes": {"a": {"section": "filter"}}}, ["genes.a.to: is missing"]),
        ({"genes": {"a": {"section": "f", "to": "Volume"}}}, ["duplicate control 'Volume'"]),
        (
            {"genes": {"pitch": {"section": "f", "to": "Tune"}}},
            ["genes.pitch", "reserved for the note"],
        ),
        ({"genes": {}, "note": {}}, ["at least one parameter"]),
        (
            {"note": {"length": {"low": 0.1, "high": 1, "curve": "lgo"}}},
            ["length.curve", "lgo"],
        ),
        ({"note": {"length": {"low": 0.1, "hi": 1}}}, ["note.length: unknown key 'hi'", "'high'"]),
        ({"note": {"pitch": {"low": "c2", "high": 60}}}, ["note.pitch.low", "'c2'"]),
        ({"note": {"pitch": "c2"}}, ["note.pitch", "'c2'"]),
        (
            {"genes": {"a": {"section": "f", "to": "A", "steps": 1}}},
            ["a.steps", "2 or more"],
        ),
        ({"synth": "rig"}, ["is for synth 'rig', not 'plugin'"]),
        ({"start": "gone.fxp"}, ["start: gone.fxp"]),
    ],
)
def test_refuses_in_one_line(changes, words):
    with pytest.raises(ValueError, match="map") as caught:
        read_map(changed(**changes), Path(), "plugin")
    line = str(caught.value)
    assert "\n" not in line
    for word in words:
        assert word in line


def test_refuses_files_that_are_not_there_or_no_yaml(tmp_path):
    (tmp_path / "mine.yaml").write_text("synth: [")
    with pytest.raises(ValueError, match=r"mine\.yaml: not YAML: .* in line 1"):
        read_map("mine.yaml", tmp_path, "plugin")
    (tmp_path / "twice.yaml").write_text("synth: plugin\ngenes: {a: {}, a: {}}\n")
    with pytest.raises(ValueError, match="duplicate key 'a' in line 2"):
        read_map("twice.yaml", tmp_path, "plugin")
    (tmp_path / "list.yaml").write_text("[1]")
    with pytest.raises(ValueError, match=r"list\.yaml: needs keys such as synth"):
        read_map("list.yaml", tmp_path, "plugin")
    with pytest.raises(ValueError, match=r"no such file; did you mean 'mine\.yaml'"):
        read_map("mime.yaml", tmp_path, "plugin")
    with pytest.raises(ValueError, match="did you mean 'vital'"):
        read_map("vitl", tmp_path, "vital")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_maps_that_ship_are_maps(path):
    synth = read_map(str(path), Path(), _synth_of(path)).synth
    assert path.stem in shipped(synth)
    assert isinstance(read_map(path.stem, Path(), synth), SynthMap)


def _synth_of(path):
    return next(
        line.partition(": ")[2] for line in path.read_text().splitlines() if line[:7] == "synth: "
    )

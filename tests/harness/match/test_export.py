"""A patch carried over to another synth, and how alike both play other notes."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from common.errors import InputError
from harness.match.export import exported
from harness.match.match import run_match
from harness.match.options import MatchOptions, choice_of
from harness.match.other_notes import NoteRow, compare_notes, sentence_of
from harness.match.patch import Patch, idle_synth, patch_of, write_patch
from harness.match.plan import planned
from harness.match.play import PlayOptions, played_notes
from harness.plan.choice import Choice
from harness.plan.registry import Registry
from harness.plan.synths import planned_synth
from synth.real.parts import lacking
from synth.subtractive.parameters import SPACE

from .conftest import LOUD, RATE, SAMPLES, TUNED

OWN = Choice.model_validate("subtractive")
# Another synth for the harness, though it sounds the same.
NARROWED = {"name": "narrowed", "synth": "subtractive", "fix": {"drive": 1.0}}


def patch(**values) -> Patch:
    genome = SPACE.genome(**{**TUNED, **LOUD, "note": 57.0, "cutoff": 3_000.0, **values})
    return patch_of(genome, SPACE, OWN, (RATE, SAMPLES))


@pytest.fixture
def lead(tmp_path):
    """The folder of a patch called lead."""
    folder = tmp_path / "lead"
    folder.mkdir()
    write_patch(folder / "patch.json", patch(drive=1.0), SPACE)
    return folder


@pytest.fixture
def asked(tmp_path):
    return lambda **changes: MatchOptions(**{"budget": 60, "out": tmp_path / "found"} | changes)


def test_a_patch_is_found_on_another_synth(lead, asked, recorded):
    found = exported(lead, asked(synth=NARROWED, bank=64), recorded())
    assert found.match.plan.folder.name == "lead for narrowed"
    assert found.match.plan.whole.name == "narrowed"
    assert found.match.best.distances["closeness"] < 0.25
    assert len(found.notes) == 6
    assert max(abs(row.cents) for row in found.notes) < 50
    written = json.loads((found.match.plan.folder / "other-notes.json").read_text())
    assert [row["note"] for row in written["notes"]] == pytest.approx([45, 45, 57, 57, 69, 69])


def test_a_patch_file_gives_its_name(lead, asked, recorded):
    (lead / "patch.json").rename(lead / "bright.json")
    found = exported(lead / "bright.json", asked(synth=NARROWED, bank=64), recorded())
    assert found.match.plan.folder.name == "bright for narrowed"


def test_a_search_starts_from_what_was_carried_over(lead, sound, asked):
    plan = planned(sound, asked(synth=NARROWED, start=lead, bank=64))
    assert plan.start.carried is not None
    assert f"{len(plan.start.carried.names)} of {len(SPACE) - 1} knobs" in plan.start.note
    genomes = plan.start.genomes(plan.space, 0)
    values = plan.space.describe(genomes[0])
    assert values["cutoff"] == pytest.approx(3_000)
    assert len(genomes) > 10
    # A patch of the same synth is taken as it is, without a note.
    own = planned(sound, asked(start=lead, bank=64))
    assert (own.start.carried, own.start.note) == (None, "")


def test_one_section_of_another_synth_is_refused(lead, sound, asked):
    with pytest.raises(InputError, match="--only"):
        planned(sound, asked(synth=NARROWED, start=lead, only=["filter"]))


def test_a_patch_plays_like_itself():
    rows = compare_notes((patch(), SPACE), (patch(), SPACE), Registry())
    assert len(rows) == 6
    assert all(row.spectrogram_db == 0 and row.level_db == 0 for row in rows)
    assert "pitch within 0 cents" in sentence_of(rows)


def test_differences_are_measured_note_by_note():
    rows = compare_notes((patch(), SPACE), (patch(note=57.1, level=0.25), SPACE), Registry())
    # Notes are played as notes: only the level differs.
    assert [row.cents for row in rows] == pytest.approx([0] * 6, abs=2)
    assert [row.level_db for row in rows] == pytest.approx([-6.02] * 6, abs=0.05)
    assert {row.velocity for row in rows} == {60, 100}


def test_notes_that_a_synth_cannot_play_are_left_out():
    rows = compare_notes((patch(note=100.0), SPACE), (patch(), SPACE), Registry())
    assert {row.note for row in rows} == {88.0, 100.0}
    assert sentence_of([]) == ""
    silent = NoteRow(60, 100, None, 0.0, None)
    assert "cents" not in sentence_of([silent])


@pytest.mark.parametrize(
    ("synth", "part"),
    [("puredata", "cypd"), ("{name: puredata, map: pd-fm}", "cypd"), ("vital", "vita")],
)
def test_a_real_synth_is_twelve_decibels_louder_at_twice_the_velocity(synth, part):
    if reason := lacking((part,)):
        (pytest.fail if os.environ.get("REQUIRE_REAL_PARTS") == "1" else pytest.skip)(reason)
    registry = Registry()
    choice = planned_synth(choice_of(synth, "--synth"), registry, Path(), "--synth")
    space = idle_synth(choice, registry, RATE).space
    played = patch_of(np.full(len(space), 0.5), space, choice, (RATE, SAMPLES))
    soft, hard = played_notes(played, space, PlayOptions({}, (57,), (50, 100)), registry)
    # As the built-in synth, and the General MIDI recommendation.
    assert np.abs(hard - 4 * soft).max() < 2e-3 * np.abs(hard).max()


def test_a_match_of_the_patch_is_not_searched_again(lead, asked, recorded):
    options = asked(synth=NARROWED, bank=64)
    first = exported(lead, options, recorded())
    again = recorded()
    second = exported(lead, options, again)
    assert again.rounds == []
    assert second.match.best.patch == first.match.best.patch
    assert run_match(first.match.plan, recorded()).best.patch == first.match.best.patch


@pytest.mark.parametrize(
    ("synth", "words"),
    [("moog", "--to: synth 'moog'"), ("{", "--to {"), ("subtractive", "own synth already")],
)
def test_a_synth_that_cannot_be_the_other_is_refused_before_anything(
    lead, asked, recorded, synth, words
):
    with pytest.raises(InputError, match=words) as caught:
        exported(lead, asked(synth=synth), recorded())
    assert "\n" not in str(caught.value)
    assert not asked().out.exists()


def test_a_synth_without_a_level_plays_at_full_velocity_only():
    registry = Registry()
    given = {"name": "narrowed", "synth": "subtractive", "fix": {"level": 0.5}}
    choice = planned_synth(Choice.model_validate(given), registry, Path(), "--synth")
    space = idle_synth(choice, registry, RATE).space
    played = patch_of(np.full(len(space), 0.5), space, choice, (RATE, SAMPLES))
    assert played_notes(played, space, PlayOptions({}, (), (100,)), registry).shape == (1, SAMPLES)
    with pytest.raises(InputError, match="--velocity"):
        played_notes(played, space, PlayOptions({}, (), (60,)), registry)

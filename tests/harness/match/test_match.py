"""A match from a sound file to its folder: close, in tune, as loud, resumable, the same bytes."""

import hashlib
import json
import os
import signal
from itertools import combinations

import numpy as np
import pytest

from common.errors import InputError
from harness.match.finish import Finisher
from harness.match.match import run_match
from harness.match.patch import read_patch
from harness.match.plan import planned
from harness.plan.experiment import experiment_from
from harness.plan.resolve import resolve
from harness.plan.trials import trials_of
from synth.sound import flac_bytes, read_sound
from synth.subtractive.voice import Subtractive

from .conftest import RATE, SAMPLES, voice


def journal_digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("times.jsonl", ".lock")
    }


def test_a_sound_becomes_a_folder_with_its_patch(sound, asked, recorded):
    shown = recorded()
    found = run_match(planned(sound, asked()), shown)
    folder = found.plan.folder
    assert folder.name == "a note"
    assert {path.name for path in folder.iterdir()} >= {"index.html", "match.wav", "patch.json"}
    assert found.searched.renders == 150
    assert found.searched.ended == "budget"
    # In tune, as loud and as early as the target.
    assert abs(found.cents) < 50
    assert abs(found.best.level_db) < 2
    assert abs(found.best.heard.onset - found.target.onset) <= 0.01
    # The file holds what the patch gives.
    patch = read_patch(folder)
    genome = patch.genome(found.plan.space)
    expected = Subtractive(RATE, SAMPLES).render(genome[None])[0]
    assert np.array_equal(found.best.sound, expected)
    heard, rate = read_sound(folder / "match.wav")
    assert rate == RATE
    assert np.abs(heard[0] - expected / max(1.0, np.abs(expected).max())).max() < 2e-4
    # Something could be heard before the end, and the distance only ever fell.
    assert shown.heard
    best = [distance for _, distance in shown.rounds]
    assert best == sorted(best, reverse=True)
    assert [of for _, of in shown.banks] in ([], [256, 256])


def test_a_second_run_starts_nothing_and_writes_the_same(sound, asked, recorded):
    plan = planned(sound, asked())
    run_match(plan, recorded())
    before = {name: (plan.folder / name).read_bytes() for name in ("match.wav", "patch.json")}
    again = recorded()
    run_match(planned(sound, asked()), again)
    assert not again.rounds
    assert {name: (plan.folder / name).read_bytes() for name in before} == before


def test_a_stop_keeps_the_best_so_far_and_the_same_call_goes_on(sound, asked, recorded, tmp_path):
    calm = run_match(planned(sound, asked(out=tmp_path / "calm")), recorded())

    def interrupt(renders):
        if renders > 60:
            os.kill(os.getpid(), signal.SIGINT)

    # Only the first signal asks; a second one would interrupt at once.
    asks = iter((interrupt,))
    stopped = run_match(
        planned(sound, asked()),
        recorded(lambda renders: next(asks)(renders) if renders > 60 else None),
    )
    assert stopped.signal == signal.SIGINT
    assert not stopped.searched.ended
    assert 60 < stopped.searched.renders < 150
    assert read_patch(stopped.plan.folder).values
    shown = recorded()
    gone_on = run_match(planned(sound, asked()), shown)
    assert shown.rounds[0][0] > stopped.searched.renders
    assert gone_on.best.patch.values == calm.best.patch.values
    found = journal_digests(gone_on.plan.folder / "searches")
    assert found == journal_digests(calm.plan.folder / "searches")


def test_it_is_the_trial_of_a_comparison(sound, asked, recorded, run_here, tmp_path):
    found = run_match(planned(sound, asked(strategy="end_to_end", fitness="waveform")), recorded())
    plan = found.plan
    keys = {**plan.comparison.experiment.model_dump(mode="json")}
    for kind in ("synth", "search"):
        keys[kind] = {"name": keys[kind]["name"], **keys[kind]["options"]}
    for kind in ("strategies", "fitness", "judges"):
        keys[kind] = [{"name": c["name"], "label": c["label"], **c["options"]} for c in keys[kind]]
    comparison = resolve(experiment_from(keys), sound.parent)
    journal = run_here(comparison, tmp_path / "runs")
    (trial,) = trials_of(comparison)
    (search,) = (plan.folder / "searches").iterdir()
    for name in ("best.flac", "genome.json", "judgement.json", "generations.jsonl"):
        ours = search / "trials" / plan.trial.name / name
        assert ours.read_bytes() == (journal.folder(trial).path / name).read_bytes()


def test_it_ends_early_when_it_is_close_enough_or_stalls(sound, asked, recorded):
    close = run_match(planned(sound, asked(stop_below=1e6)), recorded())
    assert close.searched.ended == "below"
    assert close.searched.renders < 150
    options = asked(stop_after_stall=1, strategy="end_to_end", budget=2_000)
    stalled = run_match(planned(sound, options), recorded())
    assert stalled.searched.ended == "stall"
    assert stalled.searched.renders < 2_000


def test_what_is_known_is_kept(sound, asked, recorded):
    options = asked(fix={"cutoff": 800.0}, ranges={"attack": (0.0, 0.05)}, budget=100)
    values = run_match(planned(sound, options), recorded()).best.patch.values
    assert values["cutoff"] == pytest.approx(800.0)
    assert values["amp_attack"] <= 0.05 + 1e-9


def test_only_one_section_is_searched(sound, asked, recorded):
    first = run_match(planned(sound, asked()), recorded())
    before = first.best.patch.values
    options = asked(start=first.plan.folder, only=["envelope"], budget=100)
    again = run_match(planned(sound, options), recorded())
    space = again.plan.space
    for p in space:
        if p.section != "envelope":
            assert again.best.patch.values[p.name] == pytest.approx(before[p.name])
    fitness = first.plan.trial.fitness
    # It starts from the patch, so it is no farther, but for what setting the level may cost.
    assert again.best.distances[fitness] <= 1.11 * first.best.distances[fitness]


def test_alternatives_are_close_and_differ(asked, recorded, tmp_path):
    # Two notes: what one voice can't reach, so that a short search ends where many others end.
    chord = tmp_path / "chord.flac"
    chord.write_bytes(flac_bytes(0.5 * (voice() + voice(64.3)), RATE))
    seen = 0
    for seed in (1, 2, 4):
        shown = recorded()
        options = asked(alternatives=2, budget=300, seed=seed, out=tmp_path / f"seed {seed}")
        found = run_match(planned(chord, options), shown)
        fitness = found.plan.trial.fitness
        best, *others = [one.distances[fitness] for one in found.versions]
        assert shown.alternatives[-1][0] == len(others)
        assert all(best <= other <= 1.15 * best for other in others)
        for number in range(1, len(found.versions)):
            assert read_patch(found.plan.folder / f"alternative-{number}.json").values
        heard = Finisher(found.plan).changes(found.best) >= 0.02
        for one, other in combinations(found.versions, 2):
            assert np.sqrt(np.mean((one.genome - other.genome)[heard] ** 2)) >= 0.15
        seen += len(others)
    # Whether one seed finds any is luck, which another processor may not have.
    assert seen


def test_a_strategy_that_starts_elsewhere_has_alternatives_too(sound, asked, recorded):
    shown = recorded()
    found = run_match(planned(sound, asked(alternatives=1, budget=60, strategy="random")), shown)
    assert shown.alternatives[-1][1] >= 1
    assert len(found.versions) <= 2


def test_a_match_that_is_over_needs_no_bank(sound, asked, recorded, tmp_path, monkeypatch):
    run_match(planned(sound, asked(budget=60)), recorded())
    monkeypatch.setenv("GA_SYNTH_CACHE", str(tmp_path / "another"))
    shown = recorded()
    run_match(planned(sound, asked(budget=60)), shown)
    assert shown.banks == []
    assert not (tmp_path / "another").exists()


def test_a_stop_while_alternatives_are_looked_for_keeps_what_there_is(
    sound, asked, recorded, tmp_path
):
    class Impatient(recorded):
        def alternative(self, number, tried):
            super().alternative(number, tried)
            os.kill(os.getpid(), signal.SIGINT)

    folder = tmp_path / "matches" / "a note"
    folder.mkdir(parents=True)
    (folder / "alternative-9.wav").write_bytes(b"of an earlier match")
    shown = Impatient()
    found = run_match(planned(sound, asked(alternatives=3, budget=60)), shown)
    assert len(shown.alternatives) == 1
    assert found.signal == signal.SIGINT
    assert found.page.exists()
    assert not (folder / "alternative-9.wav").exists()


def test_a_stop_before_anything_is_there_is_an_interrupt(sound, asked, recorded):
    class AtOnce(recorded):
        def begun(self, plan, heard, notes):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run_match(planned(sound, asked()), AtOnce())


def test_several_notes_are_said(asked, recorded, tmp_path):
    path = tmp_path / "two.flac"
    path.write_bytes(flac_bytes(np.concatenate([voice(57), voice(61)]), RATE))
    shown = recorded()
    run_match(planned(path, asked(budget=60)), shown)
    assert any("several notes" in note for note in shown.notes)


def test_noise_has_no_note_to_keep(asked, recorded, tmp_path):
    path = tmp_path / "hiss.flac"
    noise = 0.2 * np.random.default_rng(0).standard_normal(SAMPLES).clip(-4, 4)
    path.write_bytes(flac_bytes(noise, RATE))
    plan = planned(path, asked(budget=60))
    assert plan.comparison.synth.name == "subtractive"
    found = run_match(plan, recorded())
    assert found.cents is None or not found.target.clear


def test_a_synth_that_fails_is_one_line(sound, asked, recorded, tmp_path):
    plugin = tmp_path / "odd.py"
    plugin.write_text(
        "from ga_synth import Synth, Parameter, ParameterSpace\n"
        "class Odd(Synth):\n"
        '    """Fails."""\n'
        "    space = ParameterSpace([Parameter('a', 's', '', 0.0, 1.0)])\n"
        "    def render_block(self, genomes):\n"
        "        raise RuntimeError('no\\nsound')\n"
    )
    with pytest.raises(InputError, match="odd") as caught:
        run_match(planned(sound, asked(synth="odd", plugins=[plugin])), recorded())
    assert "\n" not in str(caught.value)


WILD = """
import numpy as np
from synth.subtractive.voice import Subtractive


class Wild(Subtractive):
    '''Gives no number, or far too much, for a part of a knob.'''

    def render_block(self, genomes):
        sounds = super().render_block(genomes).copy()
        sounds[genomes[:, 3] > 0.8, 1_000] = VALUE
        return sounds
"""


@pytest.mark.parametrize("value", ["np.nan", "np.inf", "1e18"])
def test_a_synth_that_is_wild_at_some_knobs_is_matched_and_said(
    sound, asked, recorded, tmp_path, value
):
    plugin = tmp_path / "wild.py"
    plugin.write_text(WILD.replace("VALUE", value))
    found = run_match(planned(sound, asked(synth="wild", plugins=[plugin])), recorded())
    assert found.best.distances
    (note,) = [note for note in found.notes if "could not be compared" in note]
    assert "synth 'wild' gave NaN, infinity or a peak above" in note


def test_what_the_page_is_told_is_plain(sound, asked, recorded):
    from harness.api.match_summary import as_plain, lines_of

    found = run_match(planned(sound, asked(budget=60)), recorded())
    plain = json.loads(json.dumps(as_plain(found)))
    assert plain["renders"] == 60
    assert set(plain["versions"][0]["knobs"]) == set(found.plan.space.names)
    lines = lines_of(found)
    assert any(str(found.page) in line for line in lines)

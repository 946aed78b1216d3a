import json
import shutil
import signal

import numpy as np
import pytest
import soundfile

from harness.plan.trials import trials_of
from harness.record.journal import Journal
from harness.record.sounds import read_sound
from harness.record.trial_folder import CONFIG, GENOME
from harness.run.stop import Stop

ONE = ("strategy=society", "fitness=waveform", "seed=0")


def contents(folder, without=("times.jsonl",)):
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in without)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture
def half_done(planned, run_here, tmp_path):
    """A journal whose one trial was stopped after a few rounds."""

    def run(**changes):
        rounds, stop = [], Stop()

        def interrupt(event, trial, data):
            rounds.append(event)
            if rounds.count("round") == 3:
                stop.signal = signal.SIGINT

        comparison = planned(**changes)
        run_here(comparison, tmp_path / "half", ONE, interrupt, stop)
        journal = Journal(tmp_path / "half", "tiny")
        return journal, journal.folder(trials_of(comparison, ONE)[0])

    return run


def test_what_is_in_a_finished_journal(tiny_journal, planned):
    comparison = planned()
    written = tiny_journal.experiment()
    assert written["experiment"] == comparison.experiment.model_dump(mode="json")
    assert [p["name"] for p in written["space"]] == list(comparison.space.names)
    assert written["trials"] == [trial.name for trial in trials_of(comparison)]
    for trial in trials_of(comparison):
        folder = tiny_journal.folder(trial)
        assert {file.name for file in folder.path.iterdir()} == {
            "config.json", "generations.jsonl", "checkpoint.zip", "best.flac", "genome.json",
            "judgement.json", "times.jsonl",
        }  # fmt: skip
        assert folder.read(CONFIG) == json.loads(json.dumps(trial.config))
        assert (folder.finished, folder.failure) == (True, "")


def test_a_finished_trial(tiny_journal, planned):
    comparison = planned()
    folder = tiny_journal.folder(trials_of(comparison, ONE)[0])
    judgement, rows = folder.judgement(), folder.rows()
    assert judgement["renders"] == sum(judgement["ledger"].values()) == 40
    assert set(judgement["distances"]) == {"waveform", "spectrogram", "log_spectral", "loudness"}
    assert judgement["distances"]["waveform"] == judgement["best"] == rows[-1]["best"]
    assert [row["round"] for row in rows] == list(range(len(rows)))
    assert 0 < judgement["parameter_error"] < 1
    assert len(folder.times()) >= len(rows) + 1
    genes = np.array([entry["gene"] for entry in folder.read(GENOME).values()])
    synth = comparison.make_synth(8000, 800)
    sound, rate = read_sound(folder.path / "best.flac")
    assert rate == 8000
    np.testing.assert_allclose(sound, synth.render(genes[None]), atol=2**-23)


def test_the_target_is_kept_with_what_is_known_of_it(tiny_journal, planned):
    target = planned().targets["reachable"]
    known = tiny_journal.targets()["reachable"]
    assert known["digest"] == target.digest
    assert known["hidden"] == target.hidden.tolist()
    sounds, _ = read_sound(tiny_journal.path / "targets" / "reachable.flac")
    np.testing.assert_allclose(sounds, target.sounds, atol=2**-23)


def test_resumed_after_an_interruption_gives_the_same_bytes(
    half_done, planned, run_here, tiny_journal, tmp_path
):
    _, folder = half_done()
    assert not folder.finished
    # A crash in the middle of a write leaves half a row behind.
    for name in ("generations.jsonl", "times.jsonl"):
        with (folder.path / name).open("ab") as file:
            file.write(b'{"round": 3, "torn')
    run_here(planned(), tmp_path / "half", ONE)
    assert contents(folder.path) == contents(tiny_journal.folder(folder.path.name).path)
    assert folder.times()


def test_without_a_checkpoint_a_trial_begins_anew(
    half_done, planned, run_here, tiny_journal, tmp_path
):
    _, folder = half_done()
    (folder.path / "checkpoint.zip").unlink()
    run_here(planned(), tmp_path / "half", ONE)
    assert contents(folder.path) == contents(tiny_journal.folder(folder.path.name).path)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: (path / "checkpoint.zip").write_bytes(b"PK\x03"),
         ["checkpoint.zip", "damaged"]),
        (lambda path: (path / "generations.jsonl").unlink(),
         ["generations.jsonl", "shorter than"]),
    ],
)  # fmt: skip
def test_damage_is_said(half_done, planned, run_here, tmp_path, refused, damage, words):
    _, folder = half_done()
    damage(folder.path)
    with refused(*words):
        run_here(planned(), tmp_path / "half", ONE)


def test_a_finished_trial_is_not_run_again(tiny_journal, planned, run_here):
    before = contents(tiny_journal.path, without=())
    run_here(planned(), tiny_journal.path.parent)
    assert contents(tiny_journal.path, without=()) == before


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"budget": 48}, "budget changed"),
        ({"search": {"name": "ga", "elite": 0}}, "search changed"),
        ({"strategies": ["end_to_end", "random"]}, "strategies changed"),
        ({"fitness": ["spectrogram"]}, "fitness changed"),
    ],
)
def test_what_is_half_done_must_be_finished_as_it_was_begun(
    half_done, planned, refused, changes, what
):
    journal, folder = half_done()
    before = contents(journal.path)
    with refused("1 unfinished trial ", what, str(folder.path), "another --out"):
        journal.begin(planned(**changes))
    assert contents(journal.path) == before


def test_what_is_half_done_may_be_asked_more(half_done, planned):
    journal, _ = half_done()
    journal.begin(planned(seeds=3, about="changed"))
    assert len(journal.experiment()["trials"]) == 18


def test_what_is_finished_may_stay_under_a_changed_experiment(tiny_journal, planned, tmp_path):
    shutil.copytree(tiny_journal.path, tmp_path / "tiny")
    journal = Journal(tmp_path, "tiny")
    journal.begin(planned(budget=48))
    names = journal.experiment()["trials"]
    assert not any(journal.folder(name).finished for name in names)
    assert journal.folder(tiny_journal.experiment()["trials"][0]).finished


FAILING = '''
from fitness.waveform import Waveform


class Failing(Waveform):
    """Fails."""

    def __call__(self, sounds):
        raise RuntimeError("[no] luck\\nat all")
'''


def test_a_failure_is_written_and_cleared_when_tried_again(planned, run_here, tmp_path):
    plugin = tmp_path / "failing.py"
    plugin.write_text(FAILING)
    changes = {"plugins": [str(plugin)], "fitness": ["failing"], "strategies": ["random"]}
    events = []
    journal = run_here(planned(**changes), tmp_path, on_event=lambda *event: events.append(event))
    failed = [journal.folder(name) for name in journal.experiment()["trials"]]
    reason = "fitness 'failing' raised RuntimeError: [no] luck (failing.py, line 9)"
    assert {folder.failure for folder in failed} == {reason}
    assert not any(folder.finished for folder in failed)
    assert [event[0] for event in events] == ["begun", "failed"] * 2

    trial = trials_of(planned(**changes))[0]
    assert journal.folder(trial).resume(trial.config) is None
    assert journal.folder(trial).failure == ""


def test_failed_trials_do_not_stop_a_mended_plug_in(planned, run_here, tmp_path):
    changes = {"fitness": ["failing"], "strategies": ["random"]}
    mended = FAILING.replace("raise Run", "return super().__call__(sounds)\n        raise Run")
    for text in (FAILING, mended):
        plugin = tmp_path / f"failing_{len(text)}.py"
        plugin.write_text(text)
        journal = run_here(planned(plugins=[str(plugin)], **changes), tmp_path)
    assert all(journal.folder(name).finished for name in journal.experiment()["trials"])


def test_a_found_sound_may_be_silent_but_not_missing(tmp_path, refused):
    soundfile.write(tmp_path / "silent.flac", np.zeros(800), 8000)
    sounds, rate = read_sound(tmp_path / "silent.flac")
    assert (sounds.shape, rate, sounds.any()) == ((1, 800), 8000, False)
    with refused("cannot read", "no.flac"):
        read_sound(tmp_path / "no.flac")


def test_nothing_was_run_there(tiny_journal, refused):
    with refused("nothing has been run there", "did you mean 'tiny'?"):
        Journal(tiny_journal.path.parent, "tinny").experiment()


@pytest.mark.parametrize("name", ["experiment.json", "judgement.json", "config.json"])
def test_a_damaged_file_is_named(tiny_journal, tmp_path, refused, name):
    shutil.copytree(tiny_journal.path, tmp_path / "tiny")
    journal = Journal(tmp_path, "tiny")
    folder = journal.folder(journal.experiment()["trials"][0])
    for path in (journal.path / name, folder.path / name):
        if path.exists():
            path.write_bytes(path.read_bytes()[:20])
    read = {
        "experiment.json": journal.experiment,
        "judgement.json": folder.judgement,
        "config.json": lambda: folder.read(CONFIG),
    }[name]
    with refused("cannot read", name, "damaged"):
        read()


def test_a_target_louder_than_a_file_can_hold_is_only_softer_to_listen_to(
    planned, run_here, tmp_path
):
    sound = 1.7 * np.sin(np.arange(800) * 0.3)
    soundfile.write(tmp_path / "loud.wav", sound, 8000, subtype="FLOAT")
    comparison = planned(tmp_path, targets=["loud.wav"])
    journal = Journal(tmp_path, "tiny")
    journal.begin(comparison)
    np.testing.assert_allclose(comparison.targets["loud"].sounds[0], sound, rtol=1e-6)
    kept, _ = read_sound(journal.path / "targets" / "loud.flac")
    np.testing.assert_allclose(kept[0], sound / np.abs(sound).max(), atol=1e-6)


@pytest.mark.parametrize("name", ["tiny", "tiny/trials", "tiny/tables"])
def test_a_journal_is_not_written_through_a_link(tmp_path, refused, name):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "runs" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "elsewhere")
    with refused(str(link), "link"):
        Journal(tmp_path / "runs", "tiny")

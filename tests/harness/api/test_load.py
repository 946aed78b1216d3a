"""Loading and running from Python: files, mappings, changes, stops and failures."""

import pytest

from common.errors import InputError
from harness.answer.measures.starts import Beforehand
from harness.api.load import load, run
from harness.api.results import results
from harness.api.runner import RunOptions, Stopped, run_trials
from harness.plan.shipped import shipped_experiments
from harness.record.sealed import read_record


@pytest.fixture
def here(workers_here):
    """Lets a worker in this process do what Ray's would."""


def test_a_file_with_changes(experiment_file):
    comparison = load(experiment_file(), seeds=1, settings=["budget=24"])
    assert (comparison.name, comparison.experiment.budget) == ("tiny", 24)
    assert len(comparison.trials()) == 6
    assert "tiny" in repr(comparison)
    assert len(repr(comparison)) < 200


def test_a_mapping_needs_no_file(tiny):
    comparison = load(tiny(name=None), budget=24)
    assert (comparison.name, comparison.experiment.budget) == ("unnamed", 24)


@pytest.mark.parametrize("name", shipped_experiments())
def test_what_ships_is_found_by_name(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    from pathlib import Path

    from harness.plan.experiment import read_experiment
    from harness.plan.shipped import experiment_path

    assert read_experiment(experiment_path(Path(name))).name == name


def test_a_mapping_has_sizes_too(tiny, refused):
    given = tiny(sizes={"smoke": {"budget": 24}})
    assert load(given).experiment.budget == 40
    small = load(given, size="smoke", seeds=1)
    assert (small.name, small.experiment.budget) == ("tiny-smoke", 24)
    with refused("no size 'smok'", "'smoke'"):
        load(given, size="smok")


def test_what_was_probably_meant_is_named(tiny, refused):
    with refused("unknown option 'wrokers'", "'workers'"):
        run(tiny(), wrokers=2)
    with refused("no such file", "'first'"):
        load("frist")


def test_bad_changes_are_refused_in_one_line(experiment_file):
    for changes in ({"budgt": 3}, {"budget": "many"}, {"strategies": []}):
        with pytest.raises(InputError) as refused:
            load(experiment_file(), **changes)
        assert next(iter(changes)) in str(refused.value)
        assert "\n" not in str(refused.value)


def test_results_of_a_run(here, tiny, tmp_path, capsys):
    found = run(tiny(), out=tmp_path, mirror=False, progress=False)
    assert capsys.readouterr().out == ""
    assert len(found.trials) == 12
    assert set(found.curves["renders"]) <= set(range(41))
    assert {"diversity", "speed", "judged"} <= set(found.measures)
    assert set(found.diversity["population"]) == {"assembled", "evaluated"}
    best = found.best("reachable", fitness="waveform")
    assert best.sound.shape == (800,)
    assert best.sample_rate == 8000
    assert best.distances["waveform"] == best.distance
    assert set(best.knobs["cutoff"]) == {"gene", "value", "unit", "section"}
    assert found.report().exists()
    assert repr(results("tiny", tmp_path)) == repr(found)
    for wrong in ({"target": "nowhere"}, {"target": "reachable", "strategy": "nobody"}):
        with pytest.raises(InputError, match=r"no (target|strategy)"):
            found.best(**wrong)


def test_a_run_makes_the_bank_once_and_keeps_what_it_cost(here, banks_here, tiny, tmp_path):
    bank = {"size": 300, "seconds": 0.05, "sample_rate": 8000}
    strategies = ["end_to_end", {"name": "end_to_end", "label": "near", "start": "bank"}]
    given = tiny(bank=bank, strategies=strategies, seeds=1, fitness=["waveform"])
    for seeds in (1, 2):
        found = run(given, seeds=seeds, out=tmp_path, mirror=False, progress=False)
    assert len(found.trials) == 4
    (folder,) = banks_here
    record = read_record(tmp_path / "tiny" / "bank.json")
    assert (record["folder"], record["renders"]) == (folder.name, 300)
    assert record["cpu_s"] > 0
    (payoff,) = found.answers().payoffs
    assert (payoff.strategy, payoff.baseline) == ("near", "end_to_end")
    assert payoff.source == Beforehand("bank", folder.name, 300, record["cpu_s"])


def test_data_frames_are_copies(here, tiny, tmp_path):
    found = run(tiny(seeds=1), out=tmp_path, mirror=False, progress=False)
    table = found.trials
    table["best"] = 0.0
    assert (found.trials["best"] > 0).any()


def test_a_stopped_run_says_so_and_resumes(here, tiny, tmp_path, monkeypatch):
    import signal

    comparison, rounds = load(tiny()), []

    def on_event(event, trial, data):
        rounds.append(event)
        if rounds.count("round") == 5:
            signal.raise_signal(signal.SIGTERM)

    options = {"out": tmp_path, "mirror": False, "progress": False}
    with pytest.raises(Stopped) as stopped:
        comparison.run(**options, on_event=on_event)
    assert stopped.value.exit_code == 143
    assert isinstance(stopped.value, KeyboardInterrupt)
    assert len(comparison.run(**options).trials) == 12


def test_failed_trials_are_counted_and_named(here, tiny, tmp_path):
    (tmp_path / "bad.py").write_text(
        "from fitness.waveform import Waveform\n\n\nclass Bad(Waveform):\n    '''Bad.'''\n\n"
        "    def distances_of(self, sounds):\n        raise RuntimeError('no luck')\n"
    )
    given = tiny(plugins=[str(tmp_path / "bad.py")], fitness=["bad", "waveform"], seeds=1)
    comparison = load(given)
    options = RunOptions(tmp_path / "out", mirror=False, quiet=True)
    assert run_trials(comparison.plan, comparison.trials(), options) == 3
    failures = comparison.results(tmp_path / "out").failures
    assert len(failures) == 3
    assert all("no luck" in reason for reason in failures.values())

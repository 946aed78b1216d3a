"""``ga-synth bank``: it makes what a run would make, says where it is, and proposes sizes."""

import json

import pytest

BANK = {"size": 300, "seconds": 0.05, "sample_rate": 8000}
STRATEGIES = [{"name": "end_to_end", "start": "informed"}, "random"]


@pytest.fixture
def bank(ga_synth, experiment_file, banks_here, tmp_path):
    """Make the bank of the tiny experiment; gives what was said."""

    def call(*words):
        path = experiment_file(strategies=STRATEGIES, bank=BANK)
        done = ga_synth("bank", path, "--out", tmp_path / "out", *words)
        assert (done.code, done.err) == (0, "")
        return done.out

    return call


def test_it_is_made_once_and_then_said_to_be_there(bank, banks_here, tmp_path):
    first, again = bank(), bank()
    (folder,) = (tmp_path / "out" / "_banks").iterdir()
    assert banks_here == [folder]
    for said in (first, again):
        for part in (str(folder), "300 sounds of 0.05 s at 8,000 Hz", "MB", "CPU s"):
            assert part in said
    assert "300 of 300" in first
    assert "already" in again
    assert "already" not in first


def test_as_json(bank, tmp_path):
    *progress, first = map(json.loads, bank("--json").splitlines())
    (again,) = map(json.loads, bank("--json").splitlines())
    assert [row["event"] for row in (*progress, first, again)] == ["bank", "complete", "complete"]
    assert (first["made"], again["made"]) == (True, False)
    assert first["seconds"] > 0
    assert again["seconds"] is None
    assert (first["renders"], first["plan"]) == (300, {**BANK, "seed": 0})
    assert first["cpu_s"] == again["cpu_s"] > 0
    assert first["folder"] == str(next((tmp_path / "out" / "_banks").iterdir()))


def test_it_is_the_one_that_a_run_starts_from(bank, banks_here, planned, tmp_path):
    from harness.api.bank import bank_of

    bank()
    comparison = planned(strategies=STRATEGIES, bank=BANK)
    assert banks_here == [bank_of(comparison, tmp_path / "out").path]


def test_a_time_only_proposes_a_size(bank, banks_here, tmp_path, monkeypatch):
    monkeypatch.setattr("harness.train.bank_estimate.sounds_per_second", lambda *_: 7.0)
    said = json.loads(bank("--minutes", "5", "--workers", "2", "--json"))
    assert said == {"event": "proposed", "minutes": 5, "rate": 14, "size": 4096}
    assert "{size: 4096}" in bank("--minutes", "5", "--workers", "2")
    assert banks_here == []
    assert not (tmp_path / "out").exists()


def test_mistakes(mistaken, experiment_file, tmp_path):
    out = ["--out", tmp_path / "out"]
    mistaken(["bank", experiment_file(), *out], "no strategy of tiny", "start: bank")
    mistaken(["bank", tmp_path / "none.yaml", *out], "no such file")
    path = experiment_file(strategies=STRATEGIES, bank=BANK)
    mistaken(["bank", path, *out, "--set", "bank.size=3"], "bank.size", "(3)")
    mistaken(["bank", path, *out, "--set", "bank.sise=30"], "'sise'", "'size'")
    mistaken(["bank", path, *out, "--minutes", "0"], "--minutes")
    assert not (tmp_path / "out").exists()


def test_a_damaged_one_is_named(bank, mistaken, tmp_path):
    bank()
    (folder,) = (tmp_path / "out" / "_banks").iterdir()
    (folder / "peaks.npy").write_bytes(b"")
    mistaken(["bank", tmp_path / "tiny.yaml", "--out", tmp_path / "out"], str(folder), "damaged")

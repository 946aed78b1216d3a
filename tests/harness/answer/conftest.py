"""Journals written by hand, with known numbers."""

from functools import partial

import numpy as np
import pytest

from harness.record.files import write_bytes
from harness.record.journal import Journal
from harness.record.sealed import append_records, write_record
from synth.sound import flac_bytes

BUDGET = 100


def _choice(given):
    name, _, label = given.partition(":")
    return {"name": name, "label": label or name, "options": {}}


def _kind(name):
    random = name == "random"
    return {"control": random, "reference": random, "baseline": None}


@pytest.fixture(scope="session")
def written_to():
    """Write a journal of trials, each a dict, into a folder; gives the journal.

    A trial has a ``strategy``, a ``seed`` and, if they matter, a ``fitness``, ``target``, ``steps``
    (renders, best), ``diversity`` by round, ``judged`` by judge, ``cpu_s``, ``jobs`` (round,
    renders, batches, cpu_s, render_s, score_s), ``sound``, ``refused``, ``network`` (its key),
    ``bank`` (its plan), ``versions``, ``failure`` or ``missing``. ``kinds`` changes what strategies
    are: label to changed keys.
    """

    def write(
        folder,
        trials,
        strategies=("end_to_end", "society", "random"),
        judges=("judge",),
        fitness=("f",),
        variants=(),
        contrasts=(),
        kinds=None,
        command="",
    ):
        journal = Journal(folder, "made")
        folders = [journal.folder(f"trial-{i}") for i in range(len(trials))]
        experiment = {
            "name": "made", "about": "By hand.", "seed": 0, "seeds": 9, "budget": BUDGET,
            "population": 10, "synth": _choice("subtractive"), "search": _choice("ga"),
            "strategies": [_choice(s) for s in strategies],
            "judges": [_choice(j) for j in judges],
            "fitness": [_choice(f) for f in fitness],
            "contrasts": list(contrasts),
        }  # fmt: skip
        names = [folder.path.name for folder in folders]
        about = {
            "experiment": experiment, "space": [], "variants": list(variants), "trials": names,
            "strategies": {
                choice["label"]: _kind(choice["name"]) | (kinds or {}).get(choice["label"], {})
                for choice in experiment["strategies"]
            },
            **({"command": command} if command else {}),
        }  # fmt: skip
        write_record(journal.path / "experiment.json", about)
        sound = flac_bytes(0.5 * np.sin(np.arange(800) * 0.5), 8000)
        for folder, trial in zip(folders, trials, strict=True):
            _write_trial(folder, {"fitness": fitness[0], "target": "t", **trial}, judges, sound)
            target = trial.get("target", "t")
            write_bytes(journal.path / "targets" / f"{target}.flac", sound)
        return journal

    return write


@pytest.fixture
def written(written_to, tmp_path):
    """Write a journal of trials; gives the journal."""
    return partial(written_to, tmp_path)


def _write_trial(folder, trial, judges, sound):
    config = {key: {"label": trial[key]} for key in ("strategy", "fitness", "target")}
    if trial.get("missing"):
        return
    config |= {"repetition": trial["seed"]}
    config |= {key: trial[key] for key in ("network", "bank", "versions") if key in trial}
    write_record(folder.path / "config.json", config)
    if "failure" in trial:
        folder.fail(trial["failure"])
        return
    steps = trial.get("steps", [(10, 1.0)])
    ends = [10, 50, BUDGET]
    diversity = trial.get("diversity", [0.4, 0.2, 0.1])
    rows = [
        {
            "round": i,
            "renders": end,
            "best": min(d for at, d in steps if at <= end),
            "mean": 2.0,
            "improvements": [s for s in steps if begin < s[0] <= end],
            "diversity": {
                population: {part: {"distance": v} for part in ("whole", "filter")}
                for population in ("assembled", "evaluated")
            },
        }
        for i, (begin, end, v) in enumerate(zip([0, *ends], ends, diversity, strict=False))
    ]
    append_records(folder.path / "generations.jsonl", rows, 0)
    times = {
        "round": 0, "agent": 0, "cpu_s": trial.get("cpu_s", 2.0), "wall_s": 2.0,
        "render_s": 1.0, "score_s": 0.9, "ended": 10.0, "worker": 0, "kind": "step",
        "renders": 100, "batches": 1, "session": 1.0, "driver_s": 0.25,
    }  # fmt: skip
    keys = ("round", "renders", "batches", "cpu_s", "render_s", "score_s")
    jobs = [
        {**times, "agent": i, **dict(zip(keys, job, strict=True))}
        for i, job in enumerate(trial.get("jobs", []))
    ]
    append_records(folder.path / "times.jsonl", jobs or [times], 0)
    best = rows[-1]["best"]
    judged = trial.get("judged", dict.fromkeys(judges, best))
    write_record(
        folder.path / "judgement.json",
        {
            "best": best,
            "renders": BUDGET,
            "ledger": {},
            "distances": judged,
            "refused": trial.get("refused", {}),
            "files": {},
            "parameter_error": None,
        },
    )
    write_record(folder.path / "genome.json", {})
    write_bytes(folder.path / "best.flac", trial.get("sound", sound))


@pytest.fixture
def planted(plant):
    """Trials in which the society is better than end-to-end, and both than random."""
    return plant()


@pytest.fixture(scope="session")
def plant():
    """Make the planted trials."""
    return _planted


def _planted():
    ends = {"end_to_end": 0.5, "society": 0.2, "random": 1.0}
    diversities = {"end_to_end": 0.1, "society": 0.3, "random": 0.4}
    return [
        {
            "strategy": strategy,
            "target": target,
            "seed": seed,
            "steps": [(5, 2.0 + 0.01 * seed), (40, best + 0.01 * seed)],
            "diversity": [v + 0.001 * seed for v in (0.4, *[diversities[strategy]] * 2)],
        }
        for strategy, best in ends.items()
        for target in ("t", "u")
        for seed in range(6)
    ]

"""Comparisons whose synth has knobs that move."""

import numpy as np
import pytest

from harness.plan.trials import trials_of

MOVING = {"name": "subtractive", "moves": {"cutoff": 4, "level": 3}}
SHORT = {"label": "reachable", "seconds": 0.1, "sample_rate": 8000}


def keys(comparison):
    return [trial.key for trial in trials_of(comparison)]


def test_without_moves_an_experiment_has_the_keys_that_it_had(planned):
    still = planned(synth={"name": "subtractive", "moves": {}})
    assert keys(still) == keys(planned())
    assert still.synth.options == {}


def test_with_moves_trials_are_others(planned):
    once, again = (planned(synth={**MOVING, "moves": {"cutoff": n}}) for n in (3, 4))
    assert not set(keys(once)) & {*keys(again), *keys(planned())}


def test_the_truth_of_a_target_is_its_movement(planned):
    target = {**SHORT, "contrived": 3, "values": {"cutoff@1": 200, "cutoff@4": 3_000}}
    comparison = planned(synth=MOVING, targets=[target])
    (loaded,) = comparison.targets.values()
    known = comparison.space.describe(loaded.hidden)
    assert (known["cutoff@1"], known["cutoff@4"]) == pytest.approx((200, 3_000))
    assert len({known[f"level@{i}"] for i in (1, 2, 3)}) == 3
    synth = comparison.make_synth(loaded.sample_rate, loaded.samples)
    np.testing.assert_array_equal(synth.render(loaded.hidden[None]), loaded.sounds)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"synth": {**MOVING, "moves": {"cutof": 3}}}, ["no knob 'cutof'", "'cutoff'"]),
        ({"synth": {**MOVING, "moves": {"amp_attack": 3}}}, ["amp_attack", "cannot move", "note"]),
        ({"synth": {**MOVING, "moves": {"cutoff": 99}}}, ["cutoff", "99", "2 to 32"]),
        ({"synth": {**MOVING, "moves": {"cutoff": "many"}}}, ["moves", "integer"]),
        ({"synth": {**MOVING, "moves": ["cutoff"]}}, ["moves", "dict"]),
        (
            {"synth": MOVING, "targets": [{**SHORT, "contrived": 3, "values": {"cutoff": 200}}]},
            ["no parameter 'cutoff'", "cutoff@4"],
        ),
    ],
)
def test_what_cannot_move_is_refused(planned, refused, changes, words):
    with refused(*words):
        planned(**changes)


@pytest.mark.parametrize(
    "strategy",
    [
        {"name": "end_to_end", "start": "heard", "search": {"name": "descent"}},
        {"name": "end_to_end", "search": "cma_es"},
        {"name": "society", "agent_population": 4},
        {"name": "society_scrambled", "agent_population": 4},
        {"name": "society", "agent_population": 4, "grouping": {
            "dark": ["cutoff@1", "cutoff@2"], "rest": ["cutoff@3", "cutoff@4", "resonance",
            "key_tracking", "drive", "sweep", "filter_mode", "filter_attack", "filter_decay",
            "filter_sustain", "filter_release", "filter_curve", "pitch", "oscillator", "envelope",
            "modulation"]}},
    ],
    ids=lambda strategy: strategy["name"],
)  # fmt: skip
def test_strategies_search_a_space_that_moves(planned, run_here, tmp_path, strategy):
    comparison = planned(
        synth=MOVING, strategies=[{**strategy, "label": "one"}, "random"], seeds=1, budget=60,
        fitness=["fft_series"], targets=[{**SHORT, "contrived": 3}],
    )  # fmt: skip
    run_here(comparison, tmp_path)
    found = list((tmp_path / "tiny" / "trials").glob("one*/**/judgement.json"))
    assert len(found) == 1

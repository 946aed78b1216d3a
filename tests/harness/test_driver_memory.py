"""The driver's memory does not grow with generations."""

import gc
import tracemalloc

import numpy as np
import pytest

from synth.subtractive.voice import Subtractive


class Evaluator:
    """Stands in for synth and distances: how far the genes are from the middle."""

    render_s = score_s = outside_s = 0.0
    synth = Subtractive(8_000, 800)

    def __init__(self, problem):
        self.problem = problem

    def evaluate(self, genomes, labels, *, sees=(), of=""):
        return {label: np.abs(genomes - 0.5).mean(axis=1) for label in labels}

    def render(self, genomes):
        return np.full((len(genomes), 800), 0.1, np.float32)

    def score(self, label, sounds):
        return np.zeros(len(sounds))

    def settings(self, genome):
        return {}

    def sound_diversity(self, populations):
        return dict.fromkeys(populations, 0.0)


@pytest.mark.slow
@pytest.mark.parametrize(("strategy", "budget"), [("end_to_end", 1300), ("society", 3600)])
def test_the_driver_holds_no_more_after_many_generations(
    planned, run_here, tmp_path, monkeypatch, strategy, budget
):
    comparison = planned(strategies=[strategy], seeds=1, budget=budget, fitness=["waveform"])
    monkeypatch.setattr("harness.run.evaluator.Evaluator", Evaluator)
    monkeypatch.setattr("harness.plan.registry.Registry", lambda files: comparison.registry)
    # Rows wait for the next save, as many as come in a few seconds: here for none.
    monkeypatch.setattr("harness.run.driver._SAVE_EVERY_S", 0.0)
    held = {}

    def look(event, trial, data):
        if event == "round" and data["round"] in (40, 140):
            gc.collect()
            held[data["round"]] = tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        run_here(comparison, tmp_path, on_event=look)
    finally:
        tracemalloc.stop()
    # The rows of 100 rounds alone would be ten times as much.
    assert held[140] - held[40] < 50_000

"""A trial that keeps the note renders no other, whatever its strategy and search."""

from dataclasses import replace

import numpy as np
import pytest

from harness.plan.trials import trials_of
from harness.run.known import Known
from harness.run.trial.plan import TrialPlan
from strategies.limits import note_limits

SOCIETY = {"name": "society", "keep_note": True}
STRATEGIES = {
    "uniform": {"name": "end_to_end", "keep_note": True},
    "descent": {"name": "end_to_end", "search": "descent", "start": "heard", "keep_note": True},
    "cma_es": {"name": "end_to_end", "search": "cma_es", "keep_note": True},
    "society": SOCIETY | {"collaborators": ["best", "random"], "turns": "parallel"},
    "society_descent": SOCIETY | {"search": "descent"},
    "detected": SOCIETY | {"name": "society_detected", "pairs": 30},
    "hand_over": SOCIETY | {"name": "hand_over", "share": 0.5, "then": "descent"},
}
CLEAR = {"noise_level": 0, "osc_fm": 0, "osc_mix": 0, "bend": 0, "vibrato_pitch": 0, "note": 57}


@pytest.fixture
def kept(small):
    """A comparison of all these strategies, on a note that is clear."""
    targets = [{"contrived": 3, "label": "clear", "values": CLEAR, "seconds": 0.4}]
    strategies = [{**options, "label": label} for label, options in STRATEGIES.items()]
    return small(
        strategies=strategies, targets=targets, budget=260, population=24, seeds=1,
        synth="subtractive",
    )  # fmt: skip


@pytest.mark.parametrize("label", STRATEGIES)
def test_every_render_is_within_the_limits(kept, label, run_trial, steps):
    (trial,) = (trial for trial in trials_of(kept) if trial.strategy == label)
    known, genomes = Known(kept), []

    class Kept(steps):
        def __init__(self, comparison, trial, state=None):
            super().__init__(comparison, trial, state)
            self.plan = TrialPlan(comparison, trial, known.of(trial))
            if state is None:
                self.now = replace(self.now, stage=replace(self.now.stage, genomes=self.plan.first))

        def advance(self, jobs, outcomes):
            genomes.extend(job.genomes for job in jobs if hasattr(job, "genomes"))
            genomes.extend(o.report.evaluated for o in outcomes if o.report is not None)
            return super().advance(jobs, outcomes)

    run, _, _ = run_trial(kept, trial, kind=Kept)
    note, limits = kept.space.roles["f0"], note_limits(kept.space, known.of(trial).heard)
    rendered = np.concatenate(genomes)[:, note]
    assert run.spent == 260
    assert rendered.min() >= limits.low[note]
    assert rendered.max() <= limits.high[note]
    assert len(np.unique(rendered)) > 20

"""A trial that keeps the note renders no other, whatever its strategy and search."""

from dataclasses import replace

import numpy as np
import pytest

from common.blame import PluginError
from harness.plan.trials import trials_of
from harness.run.known import Known
from harness.run.trial.plan import TrialPlan
from strategies.base import SearchChoice
from strategies.end_to_end import EndToEnd
from strategies.limits import Limits, note_limits

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


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [([0.0], [1.0], "shapes"), ([0.5] * 46, [0.5] * 46, "low < high"), ([-1] * 46, [1] * 46, "low"),
     ([np.nan] * 46, [1] * 46, "low")],
)  # fmt: skip
def test_limits_that_are_none_are_the_strategys_fault(kept, low, high, words):
    class Wrong(EndToEnd):
        def limits(self, hints):
            return Limits(np.array(low, float), np.array(high, float))

    trial = trials_of(kept)[0]
    search = SearchChoice("random")
    plan = TrialPlan(kept, trial, None, lambda: Wrong(kept.space, 24, search))
    with pytest.raises(PluginError, match=words):
        _ = plan.first

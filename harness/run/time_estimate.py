"""How long a comparison will render, from a few renders made beforehand."""

import time
from collections.abc import Sequence

from common.random import generator
from harness.plan.comparison import Comparison
from harness.plan.trials import Trial

_RENDERS = 4


def rendering_time(comparison: Comparison, trials: Sequence[Trial], workers: int) -> float:
    """Seconds on the clock that rendering of these trials will take; 0 of a synth that is fast.

    A synth that renders block by block, together with scoring, is fast and is not timed.

    Args:
        comparison: what the trials belong to.
        trials: those that will be run.
        workers: how many would render at once.
    """
    first = comparison.targets[trials[0].target]
    synth = comparison.make_synth(first.sample_rate, first.samples)
    if synth.streams:
        return 0.0
    genomes = generator("time estimate").random((_RENDERS + 1, len(synth.space)))
    synth.render(genomes[:1])
    began = time.perf_counter()
    synth.render(genomes[1:])
    second = (time.perf_counter() - began) / _RENDERS / (first.samples / first.sample_rate)
    synth.close()
    rendered = [comparison.targets[trial.target] for trial in trials]
    sound = sum(target.samples / target.sample_rate for target in rendered)
    return second * sound * comparison.experiment.budget / (1 if synth.exclusive else workers)

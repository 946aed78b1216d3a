"""Makes a bank: Ray renders and describes, the driver writes, part by part."""

import numpy as np

from harness.run.dispatch import Dispatcher
from harness.train.bank import PART, Bank, Part, described, drawn
from harness.train.example_synth import ExampleSynth
from harness.train.render_pool import RenderPool, SynthActor
from harness.train.run_context import RunContext
from simd import LANES


class Describer(SynthActor):
    """Renders and describes parts of a bank, in an actor."""

    makes = "bank"

    def work(self, number: int) -> Part:
        """Draw, render and describe a part."""
        genomes = drawn(self._plan, number, self._synth.space)
        features, peaks = [], []
        for start in range(0, len(genomes), LANES):
            one, peak = described(self._plan, self._synth.render(genomes[start : start + LANES]))
            features.append(one)
            peaks.append(peak)
        return Part(genomes.astype(np.float32), np.concatenate(features), np.concatenate(peaks))


def make_bank(bank: Bank, synth: ExampleSynth, context: RunContext) -> None:
    """Make a bank, or resume it.

    Args:
        bank: its folder.
        synth: that renders.
        context: where to render, and who is told how many sounds are ready after every part.

    Raises:
        InputError: if the synth fails.
    """
    pool, size = RenderPool(Describer, bank.plan, synth.choice, context), bank.plan.size
    missing = [number for number in bank.parts if not bank.has(number)]
    done = size - sum(min(PART, size - number * PART) for number in missing)

    results = Dispatcher(pool).in_order(missing, context.cpus + 1)
    for number, result in zip(missing, results, strict=True):
        part = pool.value_of(result)
        bank.add(number, part)
        done += len(part.genomes)
        context.on_progress({"event": "bank", "sounds": done, "of": size})
    bank.finish()

"""Makes a bank: Ray renders and describes, the driver writes, part by part."""

import time

import numpy as np

from harness.plan.experiment import BankPlan
from harness.run.dispatch import Dispatcher
from harness.train.bank import PART, Bank, Part, described, drawn
from harness.train.render_pool import RenderPool, SynthActor
from harness.train.run_context import RunContext
from simd import LANES
from strategies.searches.base import Genomes
from synth.base import Synth


class Describer(SynthActor):
    """Renders and describes parts of a bank, in an actor."""

    makes = "bank"

    def work(self, number: int) -> tuple[Part, float]:
        """Draw, render and describe a part; returns it, and the CPU seconds that it took."""
        synth = self._synth
        began = time.process_time() - synth.outside_s
        part = rendered(self._plan, synth, drawn(self._plan, number, synth.space))
        # A synth in a process of its own costs what it costs there.
        return part, time.process_time() + synth.outside_s - began


def rendered(plan: BankPlan, synth: Synth, genomes: Genomes) -> Part:
    """Render and describe genomes, shape (n, genes)."""
    features, peaks = [], []
    for start in range(0, len(genomes), LANES):
        one, peak = described(plan, synth.render(genomes[start : start + LANES]))
        features.append(one)
        peaks.append(peak)
    return Part(genomes.astype(np.float32), np.concatenate(features), np.concatenate(peaks))


def make_bank(bank: Bank, context: RunContext) -> None:
    """Make a bank, or resume it.

    Args:
        bank: its folder.
        context: where to render, and who is told how many sounds are ready after every part.

    Raises:
        InputError: if the synth fails.
    """
    pool, size = RenderPool(Describer, bank.plan, bank.synth.choice, context), bank.plan.size
    missing = [number for number in bank.parts if not bank.has(number)]
    done = size - sum(min(PART, size - number * PART) for number in missing)

    results = Dispatcher(pool).in_order(missing, context.cpus + 1)
    for number, result in zip(missing, results, strict=True):
        part, cpu_s = pool.value_of(result)
        bank.add(number, part, cpu_s)
        done += len(part.genomes)
        context.on_progress({"event": "bank", "sounds": done, "of": size})
    bank.finish()

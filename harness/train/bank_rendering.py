"""Renders the parts of a bank, and a whole one in this process."""

import time
from collections.abc import Callable

import numpy as np

from harness.plan.experiment import BankPlan
from harness.train.bank import Bank, Part, described, drawn
from simd import LANES
from strategies.searches.base import Genomes
from synth.base import Synth


def rendered_part(plan: BankPlan, synth: Synth, number: int) -> tuple[Part, float]:
    """Draw, render and describe a part of a bank; returns it, and the CPU seconds it took."""
    began = time.process_time() - synth.outside_s
    part = rendered(plan, synth, drawn(plan, number, synth.space))
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


def make_bank_here(bank: Bank, synth: Synth, on_part: Callable[[int], None]) -> None:
    """Make a bank, or resume it, in this process; its bytes are those of ``make_bank``.

    Args:
        bank: its folder.
        synth: that renders, made for the bank's sample rate and length.
        on_part: called with how many sounds are ready, after every part.
    """
    done = bank.ready
    for number in bank.missing:
        part, cpu_s = rendered_part(bank.plan, synth, number)
        bank.add(number, part, cpu_s)
        done += len(part.genomes)
        on_part(done)
    bank.finish()

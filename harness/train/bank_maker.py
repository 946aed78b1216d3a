"""Makes a bank: Ray renders and describes, the driver writes, part by part."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import ray

from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.experiment import BankPlan
from harness.plan.registry import Registry
from harness.run.dispatch import MOST_DEATHS, Dispatcher
from harness.train.actors import reason_of
from harness.train.bank import PART, Bank, Part, described, drawn
from harness.train.example_synth import ExampleSynth
from harness.train.run_context import RunContext
from simd import LANES
from synth.base import Synth


class Describer:
    """Renders and describes parts of a bank, in an actor.

    Args:
        plan: of the bank.
        synth: that renders.
        files: plug-in files.
    """

    def __init__(self, plan: BankPlan, synth: Choice, files: tuple[Path, ...]) -> None:
        self._plan, self._choice, self._files = plan, synth, files

    @cached_property
    def _synth(self) -> Synth:
        # Not in the constructor: what it raises would look like the death of the actor.
        cls = Registry(self._files).get("synth", self._choice.name)
        made: Synth = cls(self._plan.sample_rate, self._plan.samples, **self._choice.options)
        return made

    def describe(self, number: int) -> Part:
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
    pool, size = _Pool(bank.plan, synth.choice, context), bank.plan.size
    missing = [number for number in bank.parts if not bank.has(number)]
    done = size - sum(min(PART, size - number * PART) for number in missing)

    def wanted() -> Iterator[int]:
        yield from missing

    results = Dispatcher(pool).in_order(wanted(), context.cpus + 1)
    for number, result in zip(missing, results, strict=True):
        where = f"bank: synth {synth.choice.name!r}"
        if result.died:
            raise InputError(f"{where}: the worker died {MOST_DEATHS} times on the same genomes")
        if result.error is not None:
            raise InputError(f"{where}: {reason_of(result.error)}")
        bank.add(number, result.value)
        done += len(result.value.genomes)
        context.on_progress({"event": "bank", "sounds": done, "of": size})
    bank.finish()


class _Pool:
    """Actors that describe, as the dispatcher wants them.

    Attributes:
        actors: of them, by number.
    """

    def __init__(self, plan: BankPlan, synth: Choice, context: RunContext) -> None:
        self._class = ray.remote(num_cpus=1, **context.cluster.environment)(Describer)
        self._arguments = plan, synth, context.files
        exclusive = Registry(context.files).get("synth", synth.name).exclusive
        self.actors = [self._start() for _ in range(1 if exclusive else context.cpus)]

    def call(self, actor: int, payload: int) -> Any:
        """Give the number of a part to an actor; returns a reference to the part."""
        return self.actors[actor].describe.remote(payload)

    def replace(self, actor: int, dead: Any) -> None:
        """Start another actor in the place of a dead one, unless that was already done."""
        if self.actors[actor] is dead:
            self.actors[actor] = self._start()

    def _start(self) -> Any:
        return self._class.remote(*self._arguments)

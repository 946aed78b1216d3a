"""Actors that render what a dataset or a bank is made of, and a pool of them for the dispatcher."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import ray

from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.registry import Registry
from harness.run.batches import one_by_one
from harness.run.code import Coded, code_here
from harness.run.dispatch import MOST_DEATHS, Result
from harness.run.ray_pool import RayPool
from harness.train.actors import reason_of
from harness.train.example_synth import synth_of
from harness.train.run_context import RunContext
from synth.base import Synth


class SynthActor(Coded):
    """Renders with a synth of its own; a subclass has ``work``, which takes a payload.

    Attributes:
        makes: what it works for, for errors.

    Args:
        plan: has the sample rate and the length of all sounds.
        synth: that renders.
        files: plug-in files.
    """

    makes: ClassVar[str]

    def __init__(self, plan: Any, synth: Choice, files: tuple[Path, ...]) -> None:
        self._plan, self._choice, self._files = plan, synth, files

    def perform(self, payloads: Sequence[Any]) -> tuple[list[Any], float]:
        """Work on payloads, as ``one_by_one`` does."""
        return one_by_one(self.work, payloads)

    def work(self, payload: Any) -> Any:
        """Make something of a payload."""
        raise NotImplementedError

    @cached_property
    def _synth(self) -> Synth:
        # Not in the constructor: what it raises would look like the death of the actor.
        return synth_of(self._choice, self._plan, Registry(self._files))


class RenderPool(RayPool):
    """Actors of one class, as the dispatcher wants them.

    Args:
        actor: their class.
        plan: what they are given.
        synth: that renders.
        context: where.
    """

    def __init__(
        self, actor: type[SynthActor], plan: Any, synth: Choice, context: RunContext
    ) -> None:
        made = ray.remote(num_cpus=1, **context.cluster.rendering)(actor)
        self._where = f"{actor.makes}: synth {synth.name!r}"
        exclusive = Registry(context.files).get("synth", synth.name).exclusive
        super().__init__(
            lambda _: made.remote(plan, synth, context.files),
            1 if exclusive else context.cpus,
            code_here(context.files),
        )

    def call(self, actor: int, payloads: Sequence[Any]) -> Any:
        """Give payloads to an actor; returns a reference to what it makes of them."""
        return self.actors[actor].perform.remote(payloads)

    def value_of(self, result: Result) -> Any:
        """Return what an actor made.

        Raises:
            InputError: if the synth raised, or its workers died.
        """
        if result.died:
            raise InputError(
                f"{self._where}: the worker died {MOST_DEATHS} times on the same genomes"
            )
        if result.error is not None:
            raise InputError(f"{self._where}: {reason_of(result.error)}")
        return result.value

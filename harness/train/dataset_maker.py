"""Makes a dataset: Ray renders, the driver filters duplicates and writes, shard by shard."""

from collections import deque
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray

from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.registry import Registry
from harness.run.dispatch import MOST_DEATHS, Dispatcher, Result
from harness.train.actors import reason_of
from harness.train.dataset import Dataset, DatasetPlan, draw_genomes
from harness.train.duplicate_filter import DuplicateFilter
from harness.train.example_synth import ExampleSynth
from harness.train.run_context import RunContext
from synth.base import Synth

_MOST_DRAWS = 50


class Renderer:
    """Renders, in an actor.

    Args:
        plan: of the dataset.
        synth: that renders.
        files: plug-in files.
    """

    def __init__(self, plan: DatasetPlan, synth: Choice, files: tuple[Path, ...]) -> None:
        self._plan, self._choice, self._files = plan, synth, files

    @cached_property
    def _synth(self) -> Synth:
        # Not in the constructor: what it raises would look like the death of the actor.
        cls = Registry(self._files).get("synth", self._choice.name)
        made: Synth = cls(self._plan.sample_rate, self._plan.samples, **self._choice.options)
        return made

    def render(self, genomes: NDArray[np.float64]) -> NDArray[np.float32]:
        """Render genomes, shape (n, genes): sounds, shape (n, samples)."""
        return np.asarray(self._synth.render(genomes))


def make_dataset(
    dataset: Dataset, plan: DatasetPlan, synth: ExampleSynth, context: RunContext
) -> dict[str, Any]:
    """Make a dataset, or resume it.

    Args:
        dataset: its folder.
        plan: what it is made of.
        synth: that renders.
        context: where to render, and who gets the manifest after every shard.

    Returns:
        The manifest of the complete dataset.

    Raises:
        InputError: if the synth fails or runs out of new sounds, or the folder holds another
            dataset.
    """
    manifest = dataset.begin(plan, synth)
    known = DuplicateFilter(plan.sample_rate, plan.samples)
    for number in range(len(manifest["shards"])):
        known.add(*dataset.shard(manifest, number))
    pool = _RenderPool(plan, synth.choice, context)
    shards = range(len(manifest["shards"]), plan.shards)
    ahead: deque[NDArray[np.float64]] = deque()

    def first_draws() -> Iterator[NDArray[np.float64]]:
        for shard in shards:
            numbers = plan.numbers(shard)
            ahead.append(draw_genomes(plan, len(synth.space), numbers, [0] * len(numbers)))
            yield ahead[-1]

    # Every actor is busy, with one shard in reserve.
    rendered = Dispatcher(pool).in_order(first_draws(), context.cpus + 1)
    for shard, result in zip(shards, rendered, strict=True):
        genomes, sounds = ahead.popleft(), pool.sounds_of(result)
        replaced = _replace_duplicates(_Items(plan, shard, genomes, sounds), known, pool)
        dataset.add(manifest, genomes, sounds, replaced)
        context.on_progress(manifest)
    return manifest


class _Items:
    """The items of a shard; some are drawn and rendered again, in place."""

    def __init__(
        self,
        plan: DatasetPlan,
        shard: int,
        genomes: NDArray[np.float64],
        sounds: NDArray[np.float32],
    ) -> None:
        self._plan, self._numbers = plan, np.array(plan.numbers(shard))
        self.genomes, self.sounds = genomes, sounds

    def draw_again(self, chosen: NDArray[np.int64], attempt: int, pool: "_RenderPool") -> None:
        """Draw and render items again."""
        numbers, attempts = self._numbers[chosen].tolist(), [attempt] * len(chosen)
        genomes = draw_genomes(self._plan, self.genomes.shape[1], numbers, attempts)
        self.genomes[chosen] = genomes
        self.sounds[chosen] = pool.render(genomes)


def _replace_duplicates(
    items: _Items, known: DuplicateFilter, pool: "_RenderPool"
) -> dict[str, int]:
    """Draw items again until all are new; gives how many draws were rejected for each reason."""
    replaced: dict[str, int] = {}
    rejected = np.arange(len(items.genomes))
    for attempt in range(_MOST_DRAWS):
        if attempt:
            items.draw_again(rejected, attempt, pool)
        new, why = known.add_new(items.genomes[rejected], items.sounds[rejected])
        for reason, count in why.items():
            replaced[reason] = replaced.get(reason, 0) + count
        rejected = rejected[~new]
        if not len(rejected):
            return replaced
    raise InputError(
        f"dataset: no new sound for {len(rejected)} items in {_MOST_DRAWS} draws; "
        "make the dataset smaller, or choose a synth with more sounds"
    )


class _RenderPool:
    """Actors that render, as the dispatcher wants them.

    Attributes:
        actors: of them, by number.
    """

    def __init__(self, plan: DatasetPlan, synth: Choice, context: RunContext) -> None:
        self._class = ray.remote(num_cpus=1, **context.cluster.environment)(Renderer)
        self._arguments = plan, synth, context.files
        self._where = f"dataset: synth {synth.name!r}"
        exclusive = Registry(context.files).get("synth", synth.name).exclusive
        self.actors = [self._start() for _ in range(1 if exclusive else context.cpus)]

    def call(self, actor: int, payload: NDArray[np.float64]) -> Any:
        """Give genomes to an actor; returns a reference to their sounds."""
        return self.actors[actor].render.remote(payload)

    def replace(self, actor: int, dead: Any) -> None:
        """Start another actor in the place of a dead one, unless that was already done."""
        if self.actors[actor] is dead:
            self.actors[actor] = self._start()

    def render(self, genomes: NDArray[np.float64]) -> NDArray[np.float32]:
        """Render genomes and wait for their sounds."""
        (result,) = Dispatcher(self).in_order([genomes], 1)
        return self.sounds_of(result)

    def sounds_of(self, result: Result) -> NDArray[np.float32]:
        """Return the sounds of a result, in an array that may be written to.

        Raises:
            InputError: if the synth raised, or its workers died.
        """
        if result.died:
            raise InputError(
                f"{self._where}: the worker died {MOST_DEATHS} times on the same genomes"
            )
        if result.error is not None:
            raise InputError(f"{self._where}: {reason_of(result.error)}")
        return np.array(result.value)

    def _start(self) -> Any:
        return self._class.remote(*self._arguments)

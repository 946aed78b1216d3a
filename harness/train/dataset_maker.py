"""Makes a dataset: Ray renders, the driver filters duplicates and writes, shard by shard."""

from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray

from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.registry import Registry
from harness.train.actors import result_of, start_actor
from harness.train.dataset import Dataset, DatasetPlan, draw_genomes
from harness.train.duplicate_filter import DuplicateFilter
from harness.train.example_synth import ExampleSynth
from harness.train.run_context import RunContext

_MOST_DRAWS = 50
_MOST_DEATHS = 3


class Renderer:
    """Renders, in an actor.

    Args:
        plan: of the dataset.
        synth: that renders.
        files: plug-in files.
    """

    def __init__(self, plan: DatasetPlan, synth: Choice, files: tuple[Path, ...]) -> None:
        cls = Registry(files).get("synth", synth.name)
        self._synth = cls(plan.sample_rate, plan.samples, **synth.options)

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
    genes = len(synth.space)
    first = len(manifest["shards"])
    ahead: deque[tuple[NDArray[np.float64], Any]] = deque()
    waiting = iter(range(first, plan.shards))

    def fill() -> None:
        """Keep every actor busy, with one shard in reserve."""
        while len(ahead) < context.cpus + 1 and (shard := next(waiting, None)) is not None:
            numbers = plan.numbers(shard)
            genomes = draw_genomes(plan, genes, numbers, [0] * len(numbers))
            ahead.append((genomes, pool.begin(genomes)))

    fill()
    for shard in range(first, plan.shards):
        genomes, begun = ahead.popleft()
        fill()
        sounds = pool.end(begun, genomes)
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
        self.sounds[chosen] = pool.end(pool.begin(genomes), genomes)


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
    """Actors that render in turn; a dead one is replaced and its genomes rendered again."""

    def __init__(self, plan: DatasetPlan, synth: Choice, context: RunContext) -> None:
        self._options = {"num_cpus": 1, **context.cluster.environment}
        self._arguments = plan, synth, context.files
        self._where = f"dataset: synth {synth.name!r}"
        exclusive = Registry(context.files).get("synth", synth.name).exclusive
        self._actors = [self._start() for _ in range(1 if exclusive else context.cpus)]
        self._next = 0

    def begin(self, genomes: NDArray[np.float64]) -> tuple[int, Any]:
        """Give genomes to the next actor; gives what ``end`` needs."""
        actor = self._next
        self._next = (actor + 1) % len(self._actors)
        return actor, self._render(actor, genomes)

    def end(self, begun: tuple[int, Any], genomes: NDArray[np.float64]) -> NDArray[np.float32]:
        """Wait for the sounds; the array is writable."""
        actor, reference = begun
        for _ in range(_MOST_DEATHS):
            try:
                # The reason why the synth could not be made, if it could not.
                result_of(self._actors[actor][1], self._where)
                return np.array(result_of(reference, self._where))
            except ray.exceptions.RayActorError:
                self._actors[actor] = self._start()
                reference = self._render(actor, genomes)
        raise InputError(f"{self._where}: the worker died {_MOST_DEATHS} times on the same genomes")

    def _start(self) -> tuple[Any, Any]:
        return start_actor(self._options, Renderer, *self._arguments)

    def _render(self, actor: int, genomes: NDArray[np.float64]) -> Any:
        return self._actors[actor][0].call.remote("render", genomes)

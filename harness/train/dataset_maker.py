"""Makes a dataset: Ray renders, the driver filters duplicates and writes, shard by shard."""

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from harness.run.dispatch import Dispatcher, Result
from harness.train.dataset import Dataset, DatasetPlan, draw_genomes
from harness.train.duplicate_filter import DuplicateFilter
from harness.train.example_synth import ExampleSynth
from harness.train.render_pool import RenderPool, SynthActor
from harness.train.run_context import RunContext

_MOST_DRAWS = 50


class Renderer(SynthActor):
    """Renders genomes of a dataset, in an actor."""

    makes = "dataset"

    def work(self, genomes: NDArray[np.float64]) -> NDArray[np.float32]:
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
    pool = RenderPool(Renderer, plan, synth.choice, context)
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
        genomes, sounds = ahead.popleft(), _sounds_of(result, pool)
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

    def draw_again(self, chosen: NDArray[np.int64], attempt: int, pool: RenderPool) -> None:
        """Draw and render items again."""
        numbers, attempts = self._numbers[chosen].tolist(), [attempt] * len(chosen)
        genomes = draw_genomes(self._plan, self.genomes.shape[1], numbers, attempts)
        self.genomes[chosen] = genomes
        self.sounds[chosen] = _rendered(genomes, pool)


def _replace_duplicates(items: _Items, known: DuplicateFilter, pool: RenderPool) -> dict[str, int]:
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


def _rendered(genomes: NDArray[np.float64], pool: RenderPool) -> NDArray[np.float32]:
    """Render genomes and wait for their sounds."""
    (result,) = Dispatcher(pool).in_order([genomes], 1)
    return _sounds_of(result, pool)


def _sounds_of(result: Result, pool: RenderPool) -> NDArray[np.float32]:
    """Return the sounds of a result, in an array that may be written to."""
    return np.array(pool.value_of(result))

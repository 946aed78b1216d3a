"""Making a dataset: rendered on Ray, sifted and written by the driver, shard by shard."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray

from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.registry import Registry
from harness.run.workers import Cluster
from harness.train.dataset import Dataset, DatasetPlan, drawn
from harness.train.duplicates import Known
from synth.space import ParameterSpace

_MOST_DRAWS = 50
_MOST_DEATHS = 3

Listener = Callable[[dict[str, Any]], None]


class Renderer:
    """The actor that renders.

    Args:
        plan: of the dataset.
        synth: what renders.
        files: plug-in files.
    """

    def __init__(self, plan: DatasetPlan, synth: Choice, files: tuple[Path, ...]) -> None:
        cls = Registry(files).get("synth", synth.name)
        self._synth = cls(plan.sample_rate, plan.samples, **synth.options)

    def render(self, genomes: NDArray[np.float64]) -> NDArray[np.float32]:
        """Sounds, shape (n, samples)."""
        return np.asarray(self._synth.render(genomes))


def make_dataset(
    dataset: Dataset,
    plan: DatasetPlan,
    synth: Choice,
    space: ParameterSpace,
    files: tuple[Path, ...],
    cluster: Cluster,
    cpus: int,
    listen: Listener,
) -> dict[str, Any]:
    """Make a dataset, or go on where it stopped; gives its manifest.

    Args:
        dataset: where it goes.
        plan: what it is made of.
        synth: what renders.
        space: its parameters.
        files: plug-in files.
        cluster: Ray, started.
        cpus: how many actors render.
        listen: hears the manifest after every shard.

    Raises:
        InputError: if the synth fails or has no more new sounds, or another dataset lies there.
    """
    version = Registry(files).version("synth", synth.name)
    manifest = dataset.begin(plan, synth, space, version)
    known = Known(plan.sample_rate, plan.samples)
    for number in range(len(manifest["shards"])):
        known.take(*dataset.shard(manifest, number))
    farm = _Farm(plan, synth, files, cluster, cpus)
    first = len(manifest["shards"])
    ahead: deque[tuple[NDArray[np.float64], Any]] = deque()
    waiting = iter(range(first, plan.shards))

    def fill() -> None:
        """Keep as many shards in the making as there are actors."""
        while len(ahead) < cpus + 1 and (shard := next(waiting, None)) is not None:
            numbers = plan.numbers(shard)
            genomes = drawn(plan, len(space), numbers, [0] * len(numbers))
            ahead.append((genomes, farm.begin(genomes)))

    fill()
    for shard in range(first, plan.shards):
        genomes, begun = ahead.popleft()
        fill()
        sounds = farm.end(begun, genomes)
        replaced = _sift(plan, len(space), shard, genomes, sounds, known, farm)
        dataset.add(manifest, genomes, sounds, replaced)
        listen(manifest)
    return manifest


def _sift(
    plan: DatasetPlan,
    genes: int,
    shard: int,
    genomes: NDArray[np.float64],
    sounds: NDArray[np.float32],
    known: Known,
    farm: "_Farm",
) -> dict[str, int]:
    """Replace, in place, what is not new until all is; gives how many were replaced and why."""
    numbers = np.array(plan.numbers(shard))
    replaced: dict[str, int] = {}
    open_ = np.arange(len(numbers))
    for attempt in range(_MOST_DRAWS):
        if attempt:
            genomes[open_] = drawn(plan, genes, numbers[open_].tolist(), [attempt] * len(open_))
            sounds[open_] = farm.end(farm.begin(genomes[open_]), genomes[open_])
        new, why = known.sift(genomes[open_], sounds[open_])
        for reason, count in why.items():
            replaced[reason] = replaced.get(reason, 0) + count
        open_ = open_[~new]
        if not len(open_):
            return replaced
    raise InputError(
        f"dataset: {len(open_)} items found no new sound in {_MOST_DRAWS} draws; "
        "make it smaller, or choose a synth with more sounds"
    )


class _Farm:
    """Actors that render in turn; one that dies is replaced and its genomes rendered again."""

    def __init__(
        self,
        plan: DatasetPlan,
        synth: Choice,
        files: tuple[Path, ...],
        cluster: Cluster,
        cpus: int,
    ) -> None:
        self._class = ray.remote(num_cpus=1, **cluster.environment)(Renderer)
        self._arguments = plan, synth, files
        players = 1 if Registry(files).get("synth", synth.name).exclusive else cpus
        self._actors = [self._class.remote(*self._arguments) for _ in range(players)]
        self._next = 0

    def begin(self, genomes: NDArray[np.float64]) -> tuple[int, Any]:
        """Ask the next actor; gives what ``end`` needs."""
        actor = self._next
        self._next = (actor + 1) % len(self._actors)
        return actor, self._actors[actor].render.remote(genomes)

    def end(self, begun: tuple[int, Any], genomes: NDArray[np.float64]) -> NDArray[np.float32]:
        """The sounds of what was begun, which may be written to."""
        actor, reference = begun
        for _ in range(_MOST_DEATHS):
            try:
                return np.array(ray.get(reference))
            except ray.exceptions.RayActorError:
                self._actors[actor] = self._class.remote(*self._arguments)
                reference = self._actors[actor].render.remote(genomes)
            except ray.exceptions.RayTaskError as error:
                line = str(error.cause).strip().split("\n")[0]
                raise InputError(
                    f"dataset: the synth raised {type(error.cause).__name__}: {line}"
                ) from None
        raise InputError(f"dataset: the worker died {_MOST_DEATHS} times over the same genomes")

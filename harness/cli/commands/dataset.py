"""``dataset``: pairs of genomes and sounds on disk, none of them twice."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.options import Address, Json, Plugins, WorkerCount, synth_named


def dataset(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where it goes.")],
    size: Annotated[int, typer.Option("--size", min=1, help="How many items.")] = 10_000,
    synth: Annotated[
        str, typer.Option("--synth", help="What renders them; or {name: …, map: …}.")
    ] = "subtractive",
    seed: Annotated[int, typer.Option("--seed", min=0, help="All draws follow from it.")] = 0,
    sample_rate: Annotated[
        int, typer.Option("--sample-rate", min=8000, max=192_000, help="In hertz.")
    ] = 16_000,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.05, max=60, help="Of every sound.")
    ] = 1.0,
    plugins: Plugins = None,
    workers: WorkerCount = 0,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Make a dataset to train networks from, or go on where it stopped; a whole one is checked."""
    from harness.plan.registry import Registry
    from harness.record.files import locked
    from harness.train.dataset import MANIFEST, Dataset, DatasetPlan

    registry = Registry(tuple(plugins or ()))
    plan = DatasetPlan(size, seed, sample_rate, round(seconds * sample_rate))
    source, space = synth_named(synth, registry, plan.sample_rate, plan.samples)

    def hear(manifest: dict[str, Any]) -> None:
        made = sum(len(shard["items"]) for shard in manifest["shards"])
        if as_json:
            typer.echo(json.dumps({"event": "shard", "items": made, **manifest["replaced"]}))
        else:
            typer.echo(f"{made:,} of {size:,} items, replaced: {_replaced(manifest)}")

    made = Dataset(folder)
    with locked(folder):
        there = (folder / MANIFEST).exists() and len(made.manifest()["shards"]) == plan.shards
        if there:
            manifest = made.begin(plan, source, space, registry.version("synth", source.name))
        else:
            from harness.run.workers import Cluster
            from harness.train.dataset_maker import make_dataset

            cluster = Cluster(workers, address)
            with cluster as cpus:
                manifest = make_dataset(
                    made, plan, source, space, registry.files, cluster, cpus, hear
                )
        for number in range(plan.shards):
            made.shard(manifest, number)
    _tell(made, manifest, as_json)


def _tell(made: Any, manifest: dict[str, Any], as_json: bool) -> None:
    from harness.train.dataset import TEST, TRAIN, VALIDATION, split_of

    splits = [split_of(item) for shard in manifest["shards"] for item in shard["items"]]
    counts = {name: splits.count(name) for name in (TRAIN, VALIDATION, TEST)}
    if as_json:
        found = {**counts, "replaced": manifest["replaced"], "digest": made.digest()}
        typer.echo(json.dumps({"event": "whole", "folder": str(made.path), **found}))
        return
    said = ", ".join(f"{count:,} to {name}" for name, count in counts.items())
    typer.echo(
        f"{made.path}: whole, every shard is what was written\n"
        f"  {len(splits):,} items, no two equal: {said}\n"
        f"  replaced while it was made: {_replaced(manifest)}"
    )


def _replaced(manifest: dict[str, Any]) -> str:
    return ", ".join(f"{count:,} {why}" for why, count in manifest["replaced"].items())

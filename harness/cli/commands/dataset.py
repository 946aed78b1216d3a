"""``dataset``: pairs of genomes and sounds on disk, without duplicates."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from common.paths import present
from common.wording import counted
from harness.cli.options import Address, Json, Plugins, WorkerCount, synth_named


def dataset(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of the dataset.")],
    size: Annotated[int, typer.Option("--size", min=1, help="The number of items.")] = 10_000,
    synth: Annotated[
        str,
        typer.Option("--synth", help="The synth that renders them: a name, or {name: …, map: …}."),
    ] = "subtractive",
    seed: Annotated[int, typer.Option("--seed", min=0, help="The seed of all draws.")] = 0,
    sample_rate: Annotated[
        int, typer.Option("--sample-rate", min=8000, max=192_000, help="In hertz.")
    ] = 16_000,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.05, max=60, help="The length of every sound.")
    ] = 1.0,
    plugins: Plugins = None,
    workers: WorkerCount = 0,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Make a dataset to train networks on, or resume one; check every file of a complete one."""
    from harness.plan.registry import Registry
    from harness.record.files import locked
    from harness.train.dataset import MANIFEST, Dataset, DatasetPlan
    from harness.train.example_synth import example_synth

    registry = Registry(tuple(plugins or ()))
    plan = DatasetPlan(size, seed, sample_rate, round(seconds * sample_rate))
    choice, space = synth_named(synth, registry, plan.sample_rate, plan.samples)
    source = example_synth(choice, space, registry)

    def on_progress(manifest: dict[str, Any]) -> None:
        made = sum(len(shard["items"]) for shard in manifest["shards"])
        if as_json:
            typer.echo(json.dumps({"event": "shard", "items": made, **manifest["replaced"]}))
        else:
            typer.echo(f"{made:,} of {counted(size, 'item')}; drawn again: {_replaced(manifest)}")

    made = Dataset(folder)
    with locked(folder):
        complete = present(folder / MANIFEST) and len(made.manifest()["shards"]) == plan.shards
        if complete:
            manifest = made.begin(plan, source)
        else:
            from harness.run.workers import Cluster
            from harness.train.dataset_maker import make_dataset
            from harness.train.run_context import RunContext

            cluster = Cluster(workers, address)
            with cluster as cpus:
                context = RunContext(registry.files, cluster, cpus, on_progress)
                manifest = make_dataset(made, plan, source, context)
        for number in range(plan.shards):
            made.shard(manifest, number)
    _report(made, manifest, as_json)


def _report(made: Any, manifest: dict[str, Any], as_json: bool) -> None:
    from harness.train.dataset import SPLITS, split_of

    splits = [split_of(item) for shard in manifest["shards"] for item in shard["items"]]
    counts = {name: splits.count(name) for name in SPLITS}
    if as_json:
        found = {**counts, "replaced": manifest["replaced"], "digest": made.digest()}
        typer.echo(json.dumps({"event": "complete", "folder": str(made.path), **found}))
        return
    shares = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    typer.echo(
        f"{made.path}: complete, no file is damaged\n"
        f"  {counted(len(splits), 'item')} without duplicates: {shares}\n"
        f"  drawn again: {_replaced(manifest)}"
    )


def _replaced(manifest: dict[str, Any]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in manifest["replaced"].items())

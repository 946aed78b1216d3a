"""``train``: a network from its name to a model that a comparison can begin from."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.options import (
    DEFAULT_OUT,
    Address,
    Json,
    Out,
    Plugins,
    Settings,
    WorkerCount,
    synth_named,
)


def train(
    network: Annotated[str, typer.Argument(metavar="NETWORK", help="A registered architecture.")],
    objective: Annotated[
        str, typer.Option("--objective", help="The way of training, such as knobs+sound.")
    ] = "knobs",
    synth: Annotated[
        str,
        typer.Option("--synth", help="What makes the examples; or {name: …, map: …}."),
    ] = "subtractive",
    settings: Settings = None,
    plugins: Plugins = None,
    workers: WorkerCount = 0,
    address: Address = None,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Train a network, or go on where its training stopped; one that is trained is only shown."""
    from harness.api.training_progress import Epochs
    from harness.plan.networks import checked_network, network_key, network_plan
    from harness.plan.registry import Registry
    from harness.record.files import locked
    from harness.train.network_store import network_folder

    registry = Registry(tuple(plugins or ()))
    plan = checked_network(network_plan(network, objective, settings or []), registry, "train")
    source, space = synth_named(synth, registry, plan.sample_rate, plan.samples)
    folder = network_folder(out, plan.label, network_key(plan, source, registry, Path()))
    with locked(folder.path):
        if not folder.trained:
            from harness.run.workers import Cluster
            from harness.train.proposals import fitting_dataset, recordings_of
            from harness.train.training_run import train as trained

            if not as_json:
                typer.echo(f"{folder.path}: starting its trainer …")
            fitting_dataset(plan, Path(), source, space)
            recordings = recordings_of(plan, Path())
            epochs = Epochs([plan], as_json)
            cluster = Cluster(workers, address)
            with cluster as cpus:
                trained(
                    plan, source, space, registry.files, recordings, Path(), folder, cluster, cpus,
                    lambda row: epochs.hear(plan.label, row),
                )  # fmt: skip
    _tell(folder, out, as_json)


def _tell(folder: Any, out: Path, as_json: bool) -> None:
    """Say how good it is, and mirror it."""
    about = folder.about()
    mirrored = _mirrored(folder, out)
    if as_json:
        typer.echo(json.dumps({"event": "trained", "folder": str(folder.path), **about}))
        return
    test = about["test"]
    waits = [(row["data_waits_s"], row["training_waits_s"]) for row in folder.history()]
    data, training = (sum(side) / max(about["wall_s"], 1e-9) for side in zip(*waits, strict=True))
    typer.echo(
        f"\n{about['plan']['label']}: {about['weights']:,} weights, {about['examples']:,} "
        f"examples, {about['renders']:,.0f} renders, {about['cpu_s']:,.0f} CPU s; "
        f"{about['stopped']}\n"
        f"  on {test['examples']} new sounds, one render is {test['one_render_share']:.2f} of the "
        f"closest of 1,000 random ones (median), closer for {test['beats_random_1000']:.0%}; "
        f"best of 16 draws {test['best_of_16_share']:.2f}\n"
        f"  genes are {test['parameter_error']:.3f} off on average (0.25 is no idea); regions of "
        f"90 % hold {test['coverage_90']:.1%}\n"
        f"  data waited for training {data:.0%} of the time, training for data {training:.0%}\n"
        f"model                {folder.path / 'model.keras'}\n"
        f"MLflow               {mirrored}"
    )


def _mirrored(folder: Any, out: Path) -> str:
    """Write it into MLflow; gives where it is, or why it is not."""
    from harness.record.mlflow.networks import EXPERIMENT, mirror_network

    try:
        mirror_network(out, folder.path)
    except Exception as error:  # whatever MLflow raises: nothing is lost
        line = str(error).strip().split("\n")[0]
        return f"was not reached ({line}); the same command tries again"
    return f"experiment {EXPERIMENT}, and a registered model (ga-synth ui --out {out})"

"""``train``: train a network that strategies of a comparison can start from."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from common.wording import counted
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
        str, typer.Option("--objective", help="The training method, such as knobs+sound.")
    ] = "knobs",
    synth: Annotated[
        str,
        typer.Option(
            "--synth", help="The synth that renders the examples: a name, or {name: …, map: …}."
        ),
    ] = "subtractive",
    settings: Settings = None,
    plugins: Plugins = None,
    workers: WorkerCount = 0,
    address: Address = None,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Train a network, or resume its training; print the results if it is already trained."""
    from harness.api.training_progress import TrainingProgress
    from harness.plan.networks import checked_network, network_key, network_plan
    from harness.plan.registry import Registry
    from harness.record.files import waiting_lock
    from harness.train.example_synth import example_synth
    from harness.train.network_store import network_folder
    from harness.train.training_job import training_job

    registry = Registry(tuple(plugins or ()))
    plan = checked_network(network_plan(network, objective, settings or []), registry, "train")
    choice, space = synth_named(synth, registry, plan.sample_rate, plan.samples)
    source = example_synth(choice, space, registry)
    folder = network_folder(out, plan.label, network_key(plan, choice, registry, Path()))
    progress = TrainingProgress([plan], as_json)
    # Before the folder exists, so that a mistake leaves none behind.
    job = None if folder.trained else training_job(plan, source, registry.files, Path())
    with waiting_lock(folder.path, lambda holder: progress.on_wait(plan.label, holder)):
        if job is None or folder.trained:
            folder.check(source)
        else:
            from harness.run.workers import Cluster
            from harness.train.run_context import RunContext
            from harness.train.training_run import train as run_training

            if not as_json:
                typer.echo(f"{folder.path}: starting the trainer …")
            cluster = Cluster(workers, address)
            with cluster as cpus:
                context = RunContext(
                    registry.files, cluster, cpus, lambda row: progress.on_epoch(plan.label, row)
                )
                run_training(job, folder, context)
    _report(folder, out, as_json)


def _report(folder: Any, out: Path, as_json: bool) -> None:
    """Print the results of a network, and copy them to MLflow."""
    from harness.record.files import finite

    about = folder.about()
    mirrored = _mirror(folder, out)
    if as_json:
        typer.echo(json.dumps(finite({"event": "trained", "folder": str(folder.path), **about})))
        return
    test = about["test"]
    waits = [(row["data_waits_s"], row["training_waits_s"]) for row in folder.history()]
    data, training = (sum(side) / max(about["wall_s"], 1e-9) for side in zip(*waits, strict=True))
    typer.echo(
        f"\n{about['plan']['label']}: {counted(about['weights'], 'weight')}, "
        f"{counted(about['examples'], 'example')}, "
        f"{counted(round(about['renders']), 'render')}, {about['cpu_s']:,.0f} CPU s; "
        f"{about['message']}\n"
        f"  {counted(test['examples'], 'test sound')}, one render each: median distance is "
        f"{test['one_render_share']:.2f} of that of the closest of 1,000 random genomes, and "
        f"smaller for {test['beats_random_1000']:.0%} of the sounds\n"
        f"  the best of 16 draws: {test['best_of_16_share']:.2f}\n"
        f"  mean error of a gene {test['parameter_error']:.3f} (guessing at random gives 0.25); "
        f"90 % regions cover {test['coverage_90']:.1%} of the true genes\n"
        f"  data waited for training {data:.0%} of the time, training for data {training:.0%}\n"
        f"model                {folder.path / 'model.keras'}\n"
        f"MLflow               {mirrored}"
    )


def _mirror(folder: Any, out: Path) -> str:
    """Copy a network to MLflow; gives where it is, or why it is not there."""
    from harness.record.mlflow.networks import EXPERIMENT, mirror_network
    from harness.record.mlflow.store import prepare

    try:
        for line in prepare(out):
            typer.echo(line, err=True)
        mirror_network(out, folder.path)
    except Exception as error:  # whatever MLflow raises: nothing is lost
        line = str(error).strip().split("\n")[0]
        return f"cannot be reached ({line}); repeat the command to try again"
    return f"experiment {EXPERIMENT!r}, and a registered model (ga-synth ui --out {out})"

"""Training from the driver's side: an actor on Ray does it, the driver keeps what comes."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray

from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.networks import NetworkPlan
from harness.run.workers import Cluster
from harness.train.network_store import NetworkFolder
from synth.space import ParameterSpace

_SAVE_EVERY_S = 20.0
_MOST_DEATHS = 3

Listener = Callable[[dict[str, Any]], None]


def actor_options(cluster: Cluster, cpus: int) -> dict[str, Any]:
    """What an actor with TensorFlow is started with: all CPUs, and a GPU if Ray has one."""
    gpus = 1 if ray.cluster_resources().get("GPU", 0) >= 1 else 0
    largest = max(int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"])
    return {"num_cpus": min(cpus, largest), "num_gpus": gpus, **cluster.environment}


def train(
    plan: NetworkPlan,
    synth: Choice,
    space: ParameterSpace,
    files: tuple[Path, ...],
    recordings: list[NDArray[np.float32]],
    base: Path,
    folder: NetworkFolder,
    cluster: Cluster,
    cpus: int,
    listen: Listener,
) -> None:
    """Train a network, or go on where its training stopped, and keep it.

    Args:
        plan: of the network.
        synth: that makes its examples.
        space: its parameters.
        files: plug-in files.
        recordings: sounds without knobs, as the network hears them.
        base: what the plan's paths are relative to.
        folder: where it is kept.
        cluster: Ray, started.
        cpus: that training may use.
        listen: hears every epoch's row.

    Raises:
        InputError: if a plug-in fails, nothing was learnt, or the actor dies again and again.
    """
    from harness.train.training_actor import Trainer

    options = actor_options(cluster, cpus)
    threads = max(1, int(options["num_cpus"]))
    deaths = 0
    while True:
        dataset = None if plan.dataset is None else (base / plan.dataset).resolve()
        actor = ray.remote(**options)(Trainer).remote(
            plan, synth, files, threads, recordings, dataset
        )
        try:
            _follow(actor, folder, listen)
            model, found = asked(actor.finish.remote(), plan.label)
            break
        except ray.exceptions.RayActorError:
            deaths += 1
            if deaths == _MOST_DEATHS:
                raise InputError(
                    f"network {plan.label!r}: its trainer died {deaths} times; the last checkpoint "
                    f"is in {folder.path}"
                ) from None
        finally:
            ray.kill(actor)
    found["stopped"] = folder.history()[-1]["stopped"]
    folder.keep(plan, synth, space, model, found)


def _follow(actor: Any, folder: NetworkFolder, listen: Listener) -> None:
    """Train epoch by epoch until it is over."""
    label = folder.path.name
    if (state := folder.checkpoint()) is not None:
        asked(actor.load.remote(state), label)
    saved = time.monotonic()
    while True:
        row = asked(actor.epoch.remote(), label)
        over = bool(row["stopped"])
        state = None
        if time.monotonic() - saved > _SAVE_EVERY_S and not over:
            state, saved = asked(actor.state.remote(), label), time.monotonic()
        folder.note(row, state)
        listen(row)
        if over:
            return


def asked(reference: Any, label: str) -> Any:
    """What an actor gives back.

    Raises:
        InputError: if it raised; a dead actor is raised as Ray says it.
    """
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        line = str(error.cause).strip().split("\n")[0]
        raise InputError(f"network {label!r}: {type(error.cause).__name__}: {line}") from None

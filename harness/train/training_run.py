"""Training from the driver's side: an actor on Ray trains, the driver writes the results."""

import time
from typing import Any

import ray

from common.errors import InputError
from harness.run.code import code_here
from harness.run.dispatch import MOST_DEATHS
from harness.train.actors import result_of, start_actor, tensorflow_options
from harness.train.network_store import NetworkFolder
from harness.train.run_context import RunContext
from harness.train.training_job import TrainingJob

_SAVE_EVERY_S = 20.0


def train(job: TrainingJob, folder: NetworkFolder, context: RunContext) -> None:
    """Train a network, or resume its training, and save it.

    Args:
        job: what to train.
        folder: where it is saved.
        context: where to train, and who gets the row of every epoch.

    Raises:
        InputError: if a plug-in fails, nothing was learnt, or the actor dies again and again.
    """
    from harness.train.training_actor import Trainer

    folder.begin(job.synth)
    options = tensorflow_options(context.cluster, context.cpus)
    where = f"network {job.plan.label!r}"
    deaths = 0
    while True:
        actor, started = start_actor(options, code_here(job.files), Trainer, job)
        try:
            result_of(started, where)
            _follow(actor, folder, where, context)
            model, found = result_of(actor.call.remote("finish"), where)
            break
        except ray.exceptions.RayActorError:
            deaths += 1
            if deaths == MOST_DEATHS:
                raise InputError(
                    f"{where}: its trainer died {deaths} times; repeat the command to resume from "
                    f"the last checkpoint in {folder.path}"
                ) from None
        finally:
            ray.kill(actor)
    last = folder.history()[-1]
    found |= {"stopped": last["stopped"], "message": last["message"]}
    folder.save(job.plan, job.synth, model, found)


def _follow(actor: Any, folder: NetworkFolder, where: str, context: RunContext) -> None:
    """Train epoch by epoch until the end."""
    if (state := folder.checkpoint()) is not None:
        result_of(actor.call.remote("load", state), where)
    saved = time.monotonic()
    while True:
        row = result_of(actor.call.remote("epoch"), where)
        over = bool(row["stopped"])
        state = None
        if time.monotonic() - saved > _SAVE_EVERY_S and not over:
            state, saved = result_of(actor.call.remote("state"), where), time.monotonic()
        folder.add_epoch(row, state)
        context.on_progress(row)
        if over:
            return

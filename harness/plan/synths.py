"""A synth as it is chosen: every option filled in, every file that it names read."""

from pathlib import Path

from common.blame import blamed
from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.options import checked_options
from harness.plan.registry import Registry


def planned_synth(choice: Choice, registry: Registry, folder: Path, where: str) -> Choice:
    """The choice as workers are given it, and as keys are made of it.

    Args:
        choice: as written in the experiment.
        registry: where the synth is registered.
        folder: what its paths are relative to.
        where: the place in the experiment, for messages.

    Raises:
        InputError: if it is unknown, an option does not fit, or this machine lacks a part of it.
    """
    try:
        cls = registry.get("synth", choice.name)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    options = checked_options(cls, choice.options, where)
    with blamed(f"synth {choice.name!r}"):
        if lacking := cls.missing():
            raise ValueError(lacking)
        return choice.model_copy(update={"options": cls.planned(options, folder)})

"""A synth as it is chosen: every option filled in, every file that it names read."""

from pathlib import Path

from common.blame import blamed
from harness.plan.choice import Choice
from harness.plan.options import checked_choice
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
    checked = checked_choice("synth", choice, registry, where)
    cls = registry.get("synth", choice.name)
    with blamed(f"synth {choice.name!r}"):
        if lacking := cls.missing():
            raise ValueError(lacking)
        return checked.model_copy(update={"options": cls.planned(checked.options, folder)})

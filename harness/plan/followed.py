"""The breakpoints of a contrived target whose knobs follow curves of a file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.suggest import nearest
from harness.plan.experiment import ContrivedTarget
from synth.automation.curves import Curve, read_curves
from synth.space import Parameter, ParameterSpace, breakpoint_name


def followed_genes(
    target: ContrivedTarget, space: ParameterSpace, folder: Path
) -> dict[int, float]:
    """Return genes by position: the curves of a target, read at the breakpoints of its knobs.

    Args:
        target: as in the experiment.
        space: the synth's parameters.
        folder: what the path of the curves is relative to.

    Returns:
        Nothing for a target without curves.

    Raises:
        InputError: if the file or a curve is missing or invalid, a knob does not move or is set
            too, or a value is out of its range.
    """
    followed = target.curves
    if followed is None:
        return {}
    found: dict[int, float] = {}
    try:
        file = read_curves(folder / followed.file)
        for knob, name in followed.knobs.items():
            genes = _breakpoints(knob, space)
            seconds = followed.start + np.linspace(0, target.seconds, len(genes))
            positions = file.named(name).at(seconds)
            if followed.read == "value":
                positions = _as_values(space[genes[0]], file.named(name), positions)
            found |= dict(zip(genes, positions.tolist(), strict=True))
        if twice := [name for name in target.values if space.index(name) in found]:
            raise ValueError(f"{twice[0]} is among the values too; leave it out there")
    except ValueError as error:
        raise InputError(f"target contrived {target.contrived}: curves: {error}") from None
    return found


def _breakpoints(knob: str, space: ParameterSpace) -> list[int]:
    """Return the genes of a knob that moves."""
    first = breakpoint_name(knob, 1)
    if first not in space.names:
        last = breakpoint_name("", 1)
        moving = [space.names[gene].removesuffix(last) for gene in space.moving]
        hint = nearest(knob, moving) if moving else "give the synth moves"
        raise ValueError(f"knob {knob!r} does not move; {hint}")
    return space.breakpoints(space.index(first))


def _as_values(
    parameter: Parameter, curve: Curve, positions: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the genes whose values are those of a curve, in its own unit."""
    values = curve.low + positions * (curve.high - curve.low)
    for value in values:
        if not parameter.low <= value <= parameter.high:
            allowed = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}".strip()
            raise ValueError(f"{parameter.name} {value:g}; allowed: {allowed}")
    return parameter.to_gene(values)

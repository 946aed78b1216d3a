"""Knobs that follow curves: the genes of their breakpoints."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.suggest import nearest
from common.validation import Strict
from synth.automation.curves import Curve, CurveFile, read_curves
from synth.space import Parameter, ParameterSpace, breakpoint_name, knob_name


class FollowedCurves(Strict):
    """Curves that knobs follow, at their breakpoints.

    Attributes:
        file: written by ``ga-synth automation``, relative to the experiment file; or what it holds.
        knobs: knob that moves to the name of a curve.
        start: seconds of the curves to leave out at their beginning.
        read: whether a knob takes a curve's ``position`` in its range, as a position in its own, or
            its ``value``, in its own unit.
    """

    file: str | CurveFile
    knobs: Annotated[dict[str, str], Field(min_length=1)]
    start: Annotated[float, Field(ge=0)] = 0.0
    read: Literal["position", "value"] = "position"

    def content(self, folder: Path) -> CurveFile:
        """Return the curves that are followed.

        Args:
            folder: what the path is relative to.

        Raises:
            ValueError: with one line, if the file or a curve is missing or invalid.
        """
        file = read_curves(folder / self.file) if isinstance(self.file, str) else self.file
        named = {name: file.named(name) for name in self.knobs.values()}
        return CurveFile(about=file.about, curves=named)


def followed_genes(
    followed: FollowedCurves, space: ParameterSpace, seconds: float, folder: Path
) -> dict[int, float]:
    """Return genes by position: curves, read at the breakpoints of the knobs that follow them.

    Args:
        followed: curves and knobs.
        space: the synth's parameters.
        seconds: the length of a sound, over which breakpoints are evenly spaced.
        folder: what the path of the curves is relative to.

    Raises:
        ValueError: with one line, if the file or a curve is missing or invalid, a knob does not
            move, or a value is out of its range.
    """
    found: dict[int, float] = {}
    file = followed.content(folder)
    for knob, name in followed.knobs.items():
        genes = _breakpoints(knob, space)
        curve = file.named(name)
        positions = curve.at(followed.start + np.linspace(0, seconds, len(genes)))
        if followed.read == "value":
            positions = _as_values(space[genes[0]], curve, positions)
        found |= dict(zip(genes, positions.tolist(), strict=True))
    return found


def _breakpoints(knob: str, space: ParameterSpace) -> list[int]:
    """Return the genes of a knob that moves."""
    first = breakpoint_name(knob, 1)
    if first not in space.names:
        moving = [knob_name(space.names[gene]) for gene in space.moving]
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

"""Curves: how knobs move over time, in a file that people can read and change.

    kind: ga-synth curves
    curves:
      Bass/Operator/Filter Frequency:
        low: 30
        high: 18500
        points: [[0, 0.25], [2.0, 0.75]]

A point is a time in seconds and a position, 0 to 1, of the parameter's range, ``low`` to ``high``.
Between two points the position moves in a straight line; before the first and after the last it
stays. Two points at one time are a step.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import Field, ValidationError, field_validator, model_validator

from common.suggest import nearest
from common.validation import Strict, first_complaint, strict_yaml
from synth.automation.live_set import Automation

_DIGITS = 9
_Point = Annotated[list[float], Field(min_length=2, max_length=2)]


class Curve(Strict):
    """How one parameter moves.

    Attributes:
        low: its value at position 0, in its own unit.
        high: its value at position 1.
        points: seconds and positions, in the order of time.
    """

    low: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    high: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    points: Annotated[list[_Point], Field(min_length=1)]

    @field_validator("points")
    @classmethod
    def _in_order(cls, points: list[list[float]]) -> list[list[float]]:
        for seconds, position in points:
            if not (seconds >= 0 and np.isfinite(seconds)):
                raise ValueError(f"a point at {seconds:g} s; allowed: 0 or later")
            if not 0 <= position <= 1:
                raise ValueError(f"a point at position {position:g}; allowed: 0 to 1")
        for (before, _), (after, _) in pairwise(points):
            if after < before:
                raise ValueError(f"a point at {after:g} s behind one at {before:g} s")
        return points

    @model_validator(mode="after")
    def _wide(self) -> "Curve":
        if not self.low < self.high:
            raise ValueError(f"range {self.low:g} to {self.high:g} is empty")
        return self

    def at(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the positions at some times, shape (times,), in seconds."""
        times, positions = np.array(self.points, dtype=np.float64).T
        return np.asarray(np.interp(seconds, times, positions))


class CurveFile(Strict):
    """A file of curves.

    Attributes:
        kind: tells it from other files.
        about: where they come from.
        curves: name to curve.
    """

    kind: Literal["ga-synth curves"] = "ga-synth curves"
    about: str = ""
    curves: Annotated[dict[str, Curve], Field(min_length=1)]

    def named(self, name: str) -> Curve:
        """Return a curve.

        Raises:
            ValueError: with the nearest name, if there is none.
        """
        if name not in self.curves:
            raise ValueError(f"no curve {name!r}; {nearest(name, self.curves)}")
        return self.curves[name]


def read_curves(path: Path) -> CurveFile:
    """Read a file of curves.

    Raises:
        ValueError: with one line, if it is missing or invalid.
    """
    try:
        given = strict_yaml(path.read_text("utf-8"))
    except FileNotFoundError:
        beside = [p.name for p in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
        raise ValueError(f"curves {path}: no such file; {nearest(path.name, beside)}") from None
    except UnicodeDecodeError:
        raise ValueError(f"curves {path}: not YAML: not a text file in UTF-8") from None
    except ValueError as error:
        raise ValueError(f"curves {path}: {error}") from None
    if not isinstance(given, Mapping) or given.get("kind") != "ga-synth curves":
        raise ValueError(f"curves {path}: not a file of curves; `ga-synth automation` writes them")
    try:
        return CurveFile.model_validate(given)
    except ValidationError as error:
        raise ValueError(f"curves {path}: {first_complaint(error)}") from None


def curve_of(automation: Automation) -> Curve:
    """Return the curve of an automated parameter.

    Raises:
        ValueError: if its range is not known, or a value is out of it.
    """
    if automation.range is None:
        raise ValueError(f"{automation.name}: the set does not say which values it can have")
    low, high = automation.range
    for seconds, value in automation.points:
        if not low <= value <= high:
            raise ValueError(
                f"{automation.name}: {value:g} at {seconds:.2f} s; allowed in the set: "
                f"{low:g} to {high:g}"
            )
    points = [
        [round(seconds, _DIGITS), round((value - low) / (high - low), _DIGITS)]
        for seconds, value in automation.points
    ]
    return Curve(low=low, high=high, points=points)


def curves_text(automations: Iterable[Automation], about: str) -> str:
    """Return the text of a file of curves.

    Args:
        automations: at least one, whose names differ.
        about: where they come from.

    Raises:
        ValueError: if the range of one is not known, or a value is out of it.
    """
    file = CurveFile(about=about, curves={one.name: curve_of(one) for one in automations})
    plain = file.model_dump()
    # Points in one line each, everything else in lines of its own.
    return yaml.safe_dump(plain, sort_keys=False, default_flow_style=None, allow_unicode=True)

"""Tags of what is drawn: whose it is, and what a pointer over it reads.

A tag is the name that matplotlib writes into an SVG; ``interactive`` turns it into attributes.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.artist import Artist

TAG = "tag "


def tag(artist: "Artist", name: str, axis: str, **values: object) -> None:
    """Say whose an artist is, and what a pointer over it reads.

    Args:
        artist: to be tagged.
        name: label of a contender.
        axis: what kind of contender: strategy, fitness or family.
        values: ``points``, made by ``points``; or ``says``, a text.
    """
    artist.set_gid(TAG + json.dumps({"name": name, "axis": axis, **values}))


def tag_cells(artist: "Artist", rows: Sequence[str], columns: Sequence[str], values: Any) -> None:
    """Say what the cells of a heat map are, shape (rows, columns)."""
    cells = {"rows": list(rows), "columns": list(columns), "values": _plain(values)}
    artist.set_gid(TAG + json.dumps({"cells": cells}))


def points(x: ArrayLike, y: ArrayLike, low: ArrayLike = (), high: ArrayLike = ()) -> list[Any]:
    """The values of a line for a pointer, with four digits; unknown ones are None."""
    return [_plain(values) for values in (x, y, low, high)]


def _plain(values: ArrayLike) -> Any:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim > 1:
        return [_plain(row) for row in array]
    return [float(f"{v:.4g}") if np.isfinite(v) else None for v in array.tolist()]

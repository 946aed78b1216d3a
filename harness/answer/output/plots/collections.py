"""Fronts and archives as maps, with the points that can be heard."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.answer.measures.collections import ShownCollection
from harness.answer.output.plots.drawing import INK, faint_grid, panels
from harness.answer.output.plots.interactive import Drawing
from harness.answer.output.plots.tags import tag

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def collections_plot(shown: Sequence[ShownCollection]) -> Drawing:
    """One map for each strategy: the first two values of every genome; brighter is closer."""
    figure, axes = panels(len(shown), height=3.2, columns=3)
    for axis, one in zip(axes, shown, strict=True):
        _map(axis, one)
    return Drawing(figure, "collections")


def _map(axis: "Axes", one: ShownCollection) -> None:
    import matplotlib as mpl

    x, y = one.values[:, 0], one.values[:, 1]
    # By rank: a few far ones would leave all others in one colour.
    closeness = 1 - np.argsort(np.argsort(one.distances)) / max(1, len(x) - 1)
    colours = mpl.colormaps["cividis"](closeness)
    silent = [i for i in range(len(x)) if i not in one.sounds]
    axis.scatter(x[silent], y[silent], c=colours[silent], s=14, marker="s", lw=0)
    # The closest last, above the others.
    for i in sorted(one.sounds, reverse=True):
        (dot,) = axis.plot(x[i], y[i], "o", color=colours[i], ms=8, mec=INK, mew=1.0)
        tag(dot, one.strategy, "strategy", says=one.describe(i), point=one.point(i))
    title = f"{one.strategy}: {one.kind} for {one.target}"
    if one.kind == "archive":
        axis.plot(0, 0, "+", color=INK, ms=12, mew=1.5)
        x_name, y_name = (f"{name} less the target's" for name in one.names)
        axis.set(xlabel=x_name, ylabel=y_name)
    else:
        x_name, y_name = (f"{name} (part of the distance)" for name in one.names[:2])
        axis.set(xlabel=x_name, ylabel=y_name)
    axis.set_title(title)
    faint_grid(axis)

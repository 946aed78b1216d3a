"""The plot of a calibration: false decisions, and planted differences that were found."""

from typing import TYPE_CHECKING

import numpy as np

from harness.answer.calibration.simulate import TIMES, Calibration, FalseDecisions
from harness.answer.output.plots.drawing import INK, faint_grid, grid, styles, svg
from harness.statistics.resampling import LEVEL

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def calibration_plot(found: Calibration) -> str:
    """Left: false decisions of each measure. Right: planted differences, found over promised."""
    figure, [[left, right]] = grid(1, 2, height=1.6 + 0.42 * max(4, len(found.measures)))
    _false(left, found)
    _planted(right, found)
    return svg(figure, left)


def _false(axis: "Axes", found: Calibration) -> None:
    measures = [m for m in found.measures if any(f.measure == m for f in found.false)]
    names = list(dict.fromkeys(f.strategies for f in found.false if f.way == "pooled"))
    offsets = dict(zip(names, np.linspace(0.05, -0.35, len(names)), strict=True))
    for place, measure in enumerate(reversed(measures)):
        mine = [f for f in found.false if f.measure == measure]
        for f in (f for f in mine if f.way == "shuffled"):
            _interval(axis, f, place + 0.25, (INK, "s"))
        for group, (_, colour, _) in zip(names, styles(map(str, names)), strict=True):
            for f in (f for f in mine if f.way == "pooled" and f.strategies == group):
                _interval(axis, f, place + offsets[group], (colour, "o"))
    _legend(axis, found, names)
    axis.axvline(LEVEL, color=INK, lw=1.2, ls="--")
    axis.set(
        title="False decisions",
        xlabel="share of A/A comparisons decided (dashed: allowed)",
        xlim=(0, None),
        yticks=range(len(measures)),
        yticklabels=measures[::-1],
        ylim=(-0.6, max(len(measures), 1) - 0.4),
    )
    axis.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    faint_grid(axis, "x")


def _legend(axis: "Axes", found: Calibration, names: list[tuple[str, ...]]) -> None:
    """One entry per kind of A/A comparison, drawn without points."""
    if any(f.way == "shuffled" for f in found.false):
        axis.plot([], [], "s", color=INK, ms=4, ls="none", label="all strategies, shuffled")
    for group, (_, colour, _) in zip(names, styles(map(str, names)), strict=True):
        axis.plot([], [], "o", color=colour, ms=4, ls="none", label=group[0])


def _interval(axis: "Axes", false: FalseDecisions, place: float, style: tuple[str, str]) -> None:
    """Draw a rate with its interval; the style is a colour and a marker."""
    colour, marker = style
    rate = false.rate
    axis.plot([rate.low, rate.high], [place, place], color=colour, lw=3, alpha=0.35)
    axis.plot(rate.share, place, marker, color=colour, ms=4, ls="none")


def _planted(axis: "Axes", found: Calibration) -> None:
    axis.plot([0, 1], [0, 1], color=INK, lw=1.2, ls="--")
    for times, (_, colour, _) in zip(TIMES, styles(map(str, TIMES)), strict=True):
        made = [p.planted for p in found.planted if p.times == times]
        for p in made:
            ends = [p.found.low, p.found.high]
            axis.plot([p.promised, p.promised], ends, color=colour, lw=2, alpha=0.3)
        if made:
            axis.plot(
                [p.promised for p in made], [p.found.share for p in made], "o", color=colour, ms=4,
                label=f"{times:g} × the smallest detectable",
            )  # fmt: skip
    axis.set(
        title="Planted differences",
        xlabel="power promised",
        ylabel="share found",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )
    for along in (axis.xaxis, axis.yaxis):
        along.set_major_formatter(lambda share, _: f"{share:.0%}")
    faint_grid(axis)
    if found.planted:
        axis.legend(frameon=False, labelcolor=INK, fontsize=8)

"""The plot of the test of the instrument: false decisions, and planted differences found."""

from typing import TYPE_CHECKING

import numpy as np

from harness.answer.calibration.simulate import TIMES, Calibration, FalseDecisions
from harness.answer.output.plots.drawing import INK, faint_grid, grid, styles, svg
from harness.statistics.resampling import LEVEL

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def calibration_plot(found: Calibration) -> str:
    """Left: false decisions of each question; right: planted differences, found over promised."""
    figure, [[left, right]] = grid(1, 2, height=1.6 + 0.42 * max(4, len(found.measures)))
    _false(left, found)
    _planted(right, found)
    return svg(figure, left)


def _false(axis: "Axes", found: Calibration) -> None:
    measures = [m for m in found.measures if any(f.measure == m for f in found.false)]
    names = list(dict.fromkeys(f.strategies for f in found.false if f.way == "pooled"))
    offsets = dict(zip(names, np.linspace(0.05, -0.35, len(names)), strict=True))
    legend: set[str] = set()
    for place, measure in enumerate(reversed(measures)):
        for f in (f for f in found.false if f.measure == measure and f.way == "swapped"):
            _interval(axis, f, place + 0.25, INK, "s", "all, dealt anew", legend)
        for names_, colour, _ in _styled(names):
            for f in (f for f in found.false if (f.measure, f.strategies) == (measure, names_)):
                _interval(axis, f, place + offsets[names_], colour, "o", names_[0], legend)
    axis.axvline(LEVEL, color=INK, lw=1.2, ls="--")
    axis.set(
        title="False decisions",
        xlabel="share of comparisons of equals (dashed: what is allowed)",
        xlim=(0, None),
        yticks=range(len(measures)),
        yticklabels=measures[::-1],
        ylim=(-0.6, max(len(measures), 1) - 0.4),
    )
    axis.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    faint_grid(axis, "x")


def _styled(names: list[tuple[str, ...]]) -> list[tuple[tuple[str, ...], str, str]]:
    """Each of them with its colour and line, as strategies have in all plots."""
    return [
        (name, c, dash) for name, (_, c, dash) in zip(names, styles(map(str, names)), strict=True)
    ]


def _interval(
    axis: "Axes",
    false: FalseDecisions,
    place: float,
    colour: str,
    mark: str,
    label: str,
    legend: set[str],
) -> None:
    rate = false.rate
    axis.plot([rate.low, rate.high], [place, place], color=colour, lw=3, alpha=0.35)
    named = label if label not in legend else None
    legend.add(label)
    axis.plot(rate.share, place, mark, color=colour, ms=4, ls="none", label=named)


def _planted(axis: "Axes", found: Calibration) -> None:
    axis.plot([0, 1], [0, 1], color=INK, lw=1.2, ls="--")
    for name, colour, _ in styles(f"{times:g}" for times in TIMES):
        made = [p.planted for p in found.planted if f"{p.times:g}" == name]
        for p in made:
            ends = [p.found.low, p.found.high]
            axis.plot([p.promised, p.promised], ends, color=colour, lw=2, alpha=0.3)
        if made:
            axis.plot(
                [p.promised for p in made], [p.found.share for p in made], "o", color=colour, ms=4,
                label=f"{name} × the smallest that would be seen",
            )  # fmt: skip
    axis.set(
        title="Planted differences",
        xlabel="promised to be found",
        ylabel="found",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )
    for along in (axis.xaxis, axis.yaxis):
        along.set_major_formatter(lambda share, _: f"{share:.0%}")
    faint_grid(axis)
    if found.planted:
        axis.legend(frameon=False, labelcolor=INK, fontsize=8)

"""Plots of convergence: distance over renders, run lengths, and time on many workers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from harness.answer.load import Results
from harness.answer.measures.expected_runtime import RunTimes
from harness.answer.measures.trial import LEVELS, run_length, shares_of_reference
from harness.answer.output.plots.drawing import (
    INK,
    bands,
    draw_line,
    faint_grid,
    grid,
    logarithmic,
    panels,
    plain_ticks,
    styles,
)
from harness.answer.output.plots.interactive import Drawing
from harness.statistics.profiles import performance_profile, run_length_ecdf

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def convergence_plot(results: Results, table: pd.DataFrame) -> Drawing:
    """Best distance over renders, relative to the reference, one panel per fitness."""
    curves = shares_of_reference(results, table)
    figure, axes = panels(len(results.fitness), height=3.2)
    for axis, fitness in zip(axes, results.fitness, strict=True):
        chosen = curves[curves["fitness"] == fitness]
        bands(axis, results.strategies, chosen, "share", "strategy")
        logarithmic(axis)
        axis.set(title=fitness, xlabel="renders", ylabel="distance / reference")
        axis.axhline(1.0, color=INK, lw=0.8, ls=":")
    return Drawing(figure, "convergence", axes[0])


def convergence_by_target_plot(
    results: Results, table: pd.DataFrame, targets: Sequence[str]
) -> Drawing:
    """Best distance over renders, a row for each of some targets, a column per fitness."""
    curves = shares_of_reference(results, table)
    figure, axes = grid(len(targets), len(results.fitness), height=2.1 * len(targets))
    for i, target in enumerate(targets):
        for j, fitness in enumerate(results.fitness):
            axis = axes[i][j]
            chosen = curves[(curves["fitness"] == fitness) & (curves["target"] == target)]
            bands(axis, results.strategies, chosen, "best", "strategy")
            logarithmic(axis)
            axis.set(title=f"{target}, {fitness}", xlabel="renders", ylabel="distance")
    return Drawing(figure, "by_target", axes[0][0])


def ecdf_plot(results: Results, table: pd.DataFrame) -> Drawing:
    """Share of distances reached over renders, and share of trials over closeness."""
    known = table.dropna(subset="reference")
    figure, (left, right) = panels(2, height=3.2)
    renders = np.unique(results.curves["renders"])
    most = max(float(known["closeness"].max()), 0.5) if len(known) else 0.5
    closer = np.linspace(0.0, most, 60)
    for strategy, colour, dash in styles(results.strategies):
        mine = known[known["strategy"] == strategy]
        lengths = [
            run_length(results, name, level * reference)
            for level in LEVELS
            for name, reference in zip(mine["name"], mine["reference"], strict=True)
        ]
        targets = np.tile(mine["target"].to_numpy(), len(LEVELS))
        reached = run_length_ecdf(lengths, targets, renders)
        profile = performance_profile(mine["closeness"], mine["target"], closer)
        for axis, band in ((left, reached), (right, profile)):
            values = band.at, band.share, band.low, band.high
            draw_line(axis, strategy, "strategy", (colour, dash), values)
    left.set(xscale="log", title="distances reached", xlabel="renders", ylabel="share of distances")
    right.set(
        title="trials at least this close",
        xlabel="halvings of the reference",
        ylabel="share of trials",
    )
    for axis in (left, right):
        axis.set_ylim(0, 1)
        faint_grid(axis)
    _plain_render_ticks(left)
    return Drawing(figure, "ecdf", left)


def workers_plot(results: Results, times: RunTimes) -> Drawing:
    """Simulated seconds to half the reference over the number of workers."""
    from matplotlib.ticker import LogLocator

    figure, (axis,) = panels(1, height=3.0)
    workers = times.workers.columns.to_numpy(dtype=int)
    for strategy, colour, dash in styles(results.strategies):
        seconds = times.workers.loc[strategy].to_numpy(dtype=float)
        if np.isfinite(seconds).any():
            draw_line(axis, strategy, "strategy", (colour, dash), (workers, seconds))
    logarithmic(axis)
    axis.set(xlabel="workers", ylabel="seconds to half the reference")
    axis.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_xticks(workers[::2])
    faint_grid(axis)
    return Drawing(figure, "workers", axis)


def _plain_render_ticks(axis: "Axes") -> None:
    shares = axis.get_yticks()
    plain_ticks(axis)
    axis.set_yticks(shares)
    axis.set_ylim(0, 1)

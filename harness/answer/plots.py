"""Plots of the report as SVG that takes the page's own ink, so that it reads in light and dark."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from harness.answer.answers import Answer
from harness.answer.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito (2008): told apart with any colour vision.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#999999")
_INK = "#010203"
_WIDTH = 9.0


def convergence_plot(results: Results, table: pd.DataFrame) -> str:
    """Best distance over renders as a share of the reference, a panel for each fitness."""
    curves = _with_reference(results, table)
    figure, axes = _panels(len(results.fitness), height=3.2)
    for axis, fitness in zip(axes, results.fitness, strict=True):
        _bands(axis, results, curves[curves["fitness"] == fitness], "share")
        axis.set(xscale="log", yscale="log", title=fitness, xlabel="renders")
        _plain_ticks(axis)
        axis.axhline(1.0, color=_INK, lw=0.8, ls=":")
    axes[0].set_ylabel("distance / random search's")
    return _svg(figure, axes[0])


def convergence_by_target_plot(results: Results, table: pd.DataFrame) -> str:
    """Best distance over renders, a row for each fitness and a column for each target."""
    curves = _with_reference(results, table)
    rows, columns = len(results.fitness), len(results.targets)
    figure, axes = _grid(rows, columns, height=1.9 * rows)
    for i, fitness in enumerate(results.fitness):
        for j, target in enumerate(results.targets):
            axis = axes[i][j]
            chosen = curves[(curves["fitness"] == fitness) & (curves["target"] == target)]
            _bands(axis, results, chosen, "best")
            axis.set(xscale="log", yscale="log")
            _plain_ticks(axis)
            if i == 0:
                axis.set_title(target)
            if j == 0:
                axis.set_ylabel(fitness)
    return _svg(figure, axes[0][0])


def diversity_plot(results: Results, table: pd.DataFrame) -> str:
    """Diversity of the assembled population over renders, whole and section by section."""
    del table
    d = results.diversity
    chosen = d[(d["population"] == "assembled") & (d["measure"] == "distance")]
    parts = list(dict.fromkeys(chosen["part"]))
    columns = 3
    rows = -(-len(parts) // columns)
    figure, axes = _grid(rows, columns, height=2.1 * rows)
    flat = [axis for row in axes for axis in row]
    for axis, part in zip(flat, parts, strict=False):
        _bands(axis, results, _on_grid(results, chosen[chosen["part"] == part]), "value")
        axis.set(xscale="log", title=part, ylim=(0, None))
        _plain_ticks(axis)
    for axis in flat[len(parts) :]:
        axis.set_axis_off()
    for row in axes:
        row[0].set_ylabel("variance")
    return _svg(figure, flat[0])


def interval_plot(answers: Sequence[Answer], strategies: Sequence[str]) -> str:
    """Each measure's interquartile mean with its 95 % interval, a panel for each question."""
    figure, axes = _panels(len(answers), height=0.5 + 0.32 * len(strategies))
    places = np.arange(len(strategies))[::-1]
    for axis, answer in zip(axes, answers, strict=True):
        for place, strategy, colour in zip(places, strategies, _COLOURS * 9, strict=False):
            if strategy in answer.summary:
                value, low, high = answer.summary[strategy]
                axis.plot([low, high], [place, place], color=colour, lw=5, alpha=0.35)
                axis.plot(value, place, "o", color=colour, ms=6)
        axis.set(title=answer.question.measure, yticks=places, ylim=(-0.6, len(strategies) - 0.4))
        axis.set_yticklabels(strategies if axis is axes[0] else [])
        axis.grid(visible=True, axis="x", color=_INK, alpha=0.12)
    return _svg(figure)


def _with_reference(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    cells = table[["fitness", "target", "reference"]].drop_duplicates()
    curves = results.curves.merge(cells, on=["fitness", "target"])
    return curves.assign(share=curves["best"] / curves["reference"])


def _on_grid(results: Results, rows: pd.DataFrame) -> pd.DataFrame:
    """Rounds cost different numbers of renders: read every trial on one grid."""
    grid = np.unique(results.curves["renders"].to_numpy())
    found = []
    for keys, trial in rows.groupby(["strategy", "fitness", "target", "seed"], sort=False):
        at = np.searchsorted(trial["renders"].to_numpy(), grid, side="right") - 1
        values = trial["value"].to_numpy()[np.maximum(at, 0)]
        found.append(pd.DataFrame({"strategy": keys[0], "renders": grid, "value": values}))
    return pd.concat(found)


def _bands(axis: "Axes", results: Results, rows: pd.DataFrame, column: str) -> None:
    """A line at the median and a band from quartile to quartile, for each strategy."""
    for strategy, colour in zip(results.strategies, _COLOURS * 9, strict=False):
        grouped = rows[rows["strategy"] == strategy].groupby("renders")[column]
        middle = grouped.median()
        x = middle.index.to_numpy()
        axis.fill_between(x, grouped.quantile(0.25), grouped.quantile(0.75),
                          color=colour, alpha=0.18, lw=0)  # fmt: skip
        axis.plot(x, middle.to_numpy(), color=colour, lw=1.8, label=strategy)
    axis.grid(visible=True, color=_INK, alpha=0.12)


def _plain_ticks(axis: "Axes") -> None:
    """Ticks such as 50 and 1,000 on logarithmic axes, not powers of ten."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    # Distances often span less than a factor of ten, in which powers of ten would mark nothing.
    axis.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.yaxis.set_major_locator(MaxNLocator(5))
    for along in (axis.xaxis, axis.yaxis):
        along.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.5g}"))
        along.set_minor_formatter(NullFormatter())


def _panels(count: int, height: float) -> tuple["Figure", list["Axes"]]:
    figure, axes = _grid(1, count, height)
    return figure, axes[0]


def _grid(rows: int, columns: int, height: float) -> tuple["Figure", list[list["Axes"]]]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style = {
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor"), _INK),
        **dict.fromkeys(("xtick.color", "ytick.color"), _INK),
    }
    with mpl.rc_context(cast("Any", style)):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False)
    return figure, [list(row) for row in axes]


def _svg(figure: "Figure", legend_of: "Axes | None" = None) -> str:
    """The figure as an SVG element; text stays text, ink becomes the page's."""
    import matplotlib as mpl

    if legend_of is not None:
        handles, labels = legend_of.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False,
                      labelcolor=_INK)  # fmt: skip
    buffer = io.StringIO()
    # A fixed salt and no date: the same results give the same page. Nor any other note.
    notes = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "ga-synth"}):
        figure.savefig(buffer, format="svg", transparent=True, metadata=notes)
    text = buffer.getvalue()
    return text[text.index("<svg") :].replace(_INK, "currentColor")

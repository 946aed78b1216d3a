"""Plots of diversity control: gain curves, set-points over renders, cross-talk of sections."""

import numpy as np

from harness.answer.load import Results, on_grid
from harness.answer.measures.diversity_control import CELL, SET_POINT, DiversityControl
from harness.answer.output.plots.drawing import (
    INK,
    bands,
    draw_line,
    faint_grid,
    grid,
    heat,
    panels,
    plain_ticks,
    styles,
)
from harness.answer.output.plots.interactive import Drawing


def gain_plot(control: DiversityControl) -> Drawing:
    """Steady diversity over an option's values, one panel per option that acts on all genes."""
    gains = control.gains
    whole = gains[(gains["section"] == "") & (gains["part"] == "whole")]
    knobs = list(dict.fromkeys(zip(whole["search"], whole["knob"], strict=True)))
    figure, axes = panels(len(knobs), height=2.7, columns=3)
    families = list(dict.fromkeys(gains["family"]))
    for axis, (search, knob) in zip(axes, knobs, strict=True):
        chosen = whole[(whole["search"] == search) & (whole["knob"] == knob)]
        for family, colour, dash in styles(families):
            grouped = chosen[chosen["family"] == family].groupby("value")["diversity"]
            middle = grouped.median()
            if not len(middle):
                continue
            drawn = middle.index, middle, grouped.quantile(0.25), grouped.quantile(0.75)
            draw_line(axis, family, "family", (colour, dash), drawn, lw=1.5, marker="o", ms=4)
        if knob == SET_POINT:
            asked = np.unique(chosen["value"])
            axis.plot(asked, asked, ":", color=INK, lw=1, label="requested")
        axis.set(title=f"{knob} ({search})", xlabel=knob, ylabel="steady diversity", ylim=(0, None))
        if (values := np.unique(chosen["value"])).min() > 0 and values.max() > 10 * values.min():
            axis.set_xscale("log")
            plain_ticks(axis)
        faint_grid(axis)
    return Drawing(figure, "gains", axes[-1])


def set_point_plot(results: Results, control: DiversityControl) -> Drawing:
    """Diversity over renders, one panel per set-point, which is dotted."""
    paths = control.paths
    asked = np.unique(paths["value"])
    families = list(dict.fromkeys(paths["family"]))
    figure, axes = panels(len(asked), height=2.4, columns=3)
    for axis, value in zip(axes, asked, strict=True):
        chosen = paths[paths["value"] == value].drop(columns="value")
        rows = on_grid(results, chosen.rename(columns={"diversity": "value"}), CELL)
        bands(axis, families, rows, "value", "family")
        axis.axhline(value, color=INK, lw=1, ls=":")
        axis.set(xscale="log", title=f"set-point {value:g}", ylim=(0, None))
        axis.set(xlabel="renders", ylabel="diversity")
        plain_ticks(axis)
    return Drawing(figure, "set_points", axes[0])


def crosstalk_plot(control: DiversityControl) -> Drawing:
    """How much each section changed when one was varied, one heat map per family."""
    gains = control.gains
    families = list(dict.fromkeys(gains[gains["section"] != ""]["family"]))
    tables = {family: control.crosstalk(family) for family in families}
    rows = max(len(table) for table in tables.values())
    figure, [axes] = grid(1, len(families), height=1.6 + 0.3 * rows)
    for axis, (family, table) in zip(axes, tables.items(), strict=True):
        heat(axis, table, 0.0, 1.0, ".0%")
        axis.set(title=family, xlabel="changed")
    axes[0].set_ylabel("varied")
    return Drawing(figure, "crosstalk")

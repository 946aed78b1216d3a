"""Plots of who is ahead: intervals, critical differences, and the cross-table."""

from collections.abc import Sequence

import numpy as np

from harness.answer.measures.fitness_by_judge import CrossTable, Ranking
from harness.answer.output.plots.drawing import INK, faint_grid, grid, heat, panels, styles
from harness.answer.output.plots.interactive import Drawing
from harness.answer.output.plots.tags import tag
from harness.answer.questions.evaluate import Answer
from harness.answer.questions.titles import title_of
from harness.answer.wording import interval


def interval_plot(answers: Sequence[Answer], contenders: Sequence[str], name: str) -> Drawing:
    """Each measure's interquartile mean with its 95% interval, one panel per question.

    Args:
        answers: to the questions.
        contenders: from top to bottom.
        name: of the figure.
    """
    height = 1.0 + 0.26 * len(contenders)
    figure, axes = panels(len(answers), height, columns=3)
    places = np.arange(len(contenders))[::-1]
    for axis, answer in zip(axes, answers, strict=True):
        for place, (label, colour, _) in zip(places, styles(contenders), strict=True):
            if label in answer.summary:
                value, low, high = answer.summary[label]
                (bar,) = axis.plot([low, high], [place, place], color=colour, lw=5, alpha=0.35)
                (dot,) = axis.plot(value, place, "o", color=colour, ms=6)
                tag(bar, label, answer.question.axis)
                tag(dot, label, answer.question.axis, says=interval((value, low, high)))
        title = title_of(answer.question.measure)
        axis.set(title=title.name, yticks=places, ylim=(-0.6, len(contenders) - 0.4))
        axis.set_xlabel(" · ".join(part for part in (title.unit, title.arrow) if part))
        axis.set_yticklabels(contenders)
        faint_grid(axis, "x")
    return Drawing(figure, name)


def critical_difference_plot(ranking: Ranking) -> Drawing:
    """Mean ranks on a line, best to the left; bars join those without a significant difference.

    Source: Demšar, Statistical comparisons of classifiers (2006).
    """
    names = list(ranking.ranks)
    rows = len(names) + len(ranking.indistinguishable)
    figure, [[axis]] = grid(1, 1, height=0.9 + 0.24 * rows)
    axis.set(xlim=(0.9, len(names) + 0.1), ylim=(rows + 0.4, -0.9), yticks=[])
    axis.xaxis.tick_top()
    axis.spines["left"].set_visible(False)
    axis.spines["bottom"].set_visible(False)
    axis.spines["top"].set_visible(True)
    for bar, group in enumerate(ranking.indistinguishable):
        at = [ranking.ranks[name] for name in group]
        axis.plot([min(at) - 0.03, max(at) + 0.03], [bar + 0.2] * 2, color=INK, lw=4, alpha=0.5)
    for row, (name, colour, _) in enumerate(styles(names), start=len(ranking.indistinguishable)):
        rank = ranking.ranks[name]
        (stem,) = axis.plot([rank, rank], [-0.9, row + 0.5], color=colour, lw=1.2)
        tag(stem, name, "fitness", says=f"mean rank {rank:.2f}")
        axis.annotate(f" {name} {rank:.2f}", (rank, row + 0.5), color=INK, va="center")
    axis.plot([1, 1 + ranking.critical_difference], [-0.6, -0.6], color=INK, lw=1.5)
    length = ranking.critical_difference
    label = f"  critical difference {length:.2f}"
    axis.annotate(label, (1 + length, -0.6), color=INK, va="center", annotation_clip=False)
    return Drawing(figure, "ranks")


def cross_table_plot(cross_table: CrossTable) -> Drawing:
    """The cross-table as a heat map; brighter is closer."""
    values = cross_table.table.to_numpy(dtype=float)
    figure, [[axis]] = grid(1, 1, height=1.4 + 0.34 * len(values))
    span = float(np.abs(values).max()) or 1.0
    heat(axis, cross_table.table, -span, span, ".2f")
    axis.axvline(cross_table.judges, color="white", lw=3)
    axis.set_ylabel("searched with")
    axis.set_xlabel("judged by (right of the line: fitness functions that were also searched with)")
    return Drawing(figure, "cross_table")

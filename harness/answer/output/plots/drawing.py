"""Shared by all plots: panels, colours, bands, ticks, and SVG in the page's text colour."""

import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from harness.answer.output.plots.tags import points, tag, tag_cells

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito (2008): distinguishable with any colour vision.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#999999")
# Line styles continue where the colours end.
_DASHES = ("-", "--", "-.", ":")
INK = "#010203"
_WIDTH = 9.0


def styles(names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Each name with its colour and its line style."""
    for i, name in enumerate(names):
        yield name, _COLOURS[i % len(_COLOURS)], _DASHES[i // len(_COLOURS) % len(_DASHES)]


def bands(axis: "Axes", names: Sequence[str], rows: pd.DataFrame, column: str, key: str) -> None:
    """For each name, a line at the median over renders and a band between the quartiles."""
    for name, colour, dash in styles(names):
        grouped = rows[rows[key] == name].groupby("renders")[column]
        middle = grouped.median()
        quartiles = grouped.quantile(0.25), grouped.quantile(0.75)
        draw_line(axis, name, key, (colour, dash), (middle.index, middle, *quartiles))
    faint_grid(axis)


def draw_line(
    axis: "Axes",
    name: str,
    kind: str,
    style: tuple[str, str],
    values: Sequence[ArrayLike],
    **more: Any,
) -> None:
    """Draw a contender's line, and its band if it has one, so that a page can mute and read them.

    Args:
        axis: to draw on.
        name: of the contender.
        kind: what kind of contender: strategy, fitness or family.
        style: colour and line style.
        values: x and y, and the lower and upper edge of the band, each of shape (points,).
        more: what matplotlib's ``plot`` takes.
    """
    x, y, *edges = (np.asarray(one, dtype=np.float64) for one in values)
    colour, dash = style
    if edges:
        band = axis.fill_between(x, edges[0], edges[1], color=colour, alpha=0.18, lw=0)
        tag(band, name, kind)
    (line,) = axis.plot(x, y, dash, color=colour, label=name, **{"lw": 1.8, **more})
    tag(line, name, kind, points=points(x, y, *edges))


def faint_grid(axis: "Axes", along: str = "both") -> None:
    """Draw faint grid lines."""
    axis.grid(visible=True, axis=cast("Any", along), color=INK, alpha=0.12)


def heat(axis: "Axes", table: pd.DataFrame, low: float, high: float, form: str) -> None:
    """Draw a table as a heat map, first row on top; brighter is more.

    Args:
        axis: to draw on.
        table: NaN leaves a cell empty.
        low: the value of the darkest colour.
        high: the value of the brightest colour.
        form: format of the figures in the cells; empty for no figures.
    """
    values = table.to_numpy(dtype=float)
    mesh = axis.pcolormesh(values, cmap="cividis", vmin=low, vmax=high)
    tag_cells(mesh, [str(row) for row in table.index], [str(c) for c in table.columns], values)
    for row, column in np.argwhere(np.isfinite(values)) if form else ():
        value = values[row, column]
        ink = "black" if value > low + 0.6 * (high - low) else "white"
        at = column + 0.5, row + 0.5
        axis.annotate(format(value, form), at, color=ink, ha="center", va="center")
    axis.set_xticks(np.arange(values.shape[1]) + 0.5, table.columns, rotation=30, ha="right")
    axis.set_yticks(np.arange(len(values)) + 0.5, table.index)
    axis.invert_yaxis()


def logarithmic(axis: "Axes") -> None:
    """Make both axes of a panel with lines logarithmic, with plain ticks.

    A distance of 0 lies on the lower edge, also where there is no other.
    """
    points = (np.asarray(line.get_xydata(), dtype=np.float64) for line in axis.lines)
    x, y = np.concatenate([np.empty((0, 2)), *points]).T
    if len(x) and not (np.isfinite(y) & (y > 0)).any():
        # In such data matplotlib finds no limits.
        axis.set(xlim=(x.min(), x.max()), ylim=(0.1, 1.0))
    axis.set(xscale="log", yscale="log")
    plain_ticks(axis)


def plain_ticks(axis: "Axes") -> None:
    """Label logarithmic axes with numbers such as 50 and 1,000 instead of powers of ten."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    # Distances often span less than a factor of ten, where powers of ten leave no tick.
    axis.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.yaxis.set_major_locator(MaxNLocator(5))
    for along in (axis.xaxis, axis.yaxis):
        along.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.5g}"))
        along.set_minor_locator(NullLocator())


def panels(count: int, height: float, columns: int = 4) -> tuple["Figure", list["Axes"]]:
    """A figure with ``count`` panels, in as many rows as needed."""
    columns = min(columns, max(count, 1))
    rows = -(-count // columns)
    figure, axes = grid(rows, columns, height * rows)
    flat = [axis for row in axes for axis in row]
    for axis in flat[count:]:
        axis.set_axis_off()
    return figure, flat[:count]


def grid(rows: int, columns: int, height: float) -> tuple["Figure", list[list["Axes"]]]:
    """A figure with rows and columns of panels; ``height`` is in inches."""
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
        **dict.fromkeys(("figure.facecolor", "axes.facecolor"), "none"),
        **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor"), INK),
        **dict.fromkeys(("xtick.color", "ytick.color"), INK),
    }
    with mpl.rc_context(cast("Any", style)):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False)
    return figure, [list(row) for row in axes]


def svg(figure: "Figure", legend_of: "Axes | None" = None) -> str:
    """The figure as an SVG element, with real text in the page's text colour."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    # A fixed salt and no metadata: the same results give the same bytes.
    notes = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    settings = {"svg.fonttype": "none", "svg.hashsalt": "ga-synth"}
    write = partial(FigureCanvasSVG(figure).print_svg, metadata=notes)
    text = _drawn(figure, legend_of, settings, write).decode()
    return text[text.index("<svg") :].replace(INK, "currentColor")


def pdf(figure: "Figure", legend_of: "Axes | None" = None) -> bytes:
    """The figure as a PDF, with text that can be selected; the same figure gives the same bytes."""
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    write = partial(FigureCanvasPdf(figure).print_pdf, metadata={"CreationDate": None})
    return _drawn(figure, legend_of, {"pdf.fonttype": 42}, write)


def _drawn(
    figure: "Figure",
    legend_of: "Axes | None",
    settings: dict[str, Any],
    write: Callable[[io.BytesIO], None],
) -> bytes:
    """Draw once; ``savefig`` would draw twice, for figures that are to be cut to size."""
    import matplotlib as mpl

    if legend_of is not None and not figure.legends:
        handles, labels = legend_of.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False,
                      labelcolor=INK)  # fmt: skip
    buffer = io.BytesIO()
    with mpl.rc_context(cast("Any", settings)), quietly():
        write(buffer)
    # What is drawn again has the same layout, which takes longer than drawing.
    figure.set_layout_engine("none")
    return buffer.getvalue()


@contextmanager
def quietly() -> Iterator[None]:
    """Say nothing of letters that matplotlib's font lacks: a page has fonts of its own."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield

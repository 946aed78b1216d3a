"""A figure as a page shows it: its panels, their values, and the file for papers."""

import json
import warnings
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from harness.answer.output.plots.drawing import draw_line, heat, panels
from harness.answer.output.plots.interactive import Drawing
from harness.answer.output.plots.tags import points

NAMES = ['a "quoted" <b>', "society"]


def drawn(name="one", names=NAMES):
    figure, axes = panels(2, height=2.0)
    x = np.array([1.0, 10.0, 100.0])
    for axis in axes:
        for i, label in enumerate(names):
            values = x, x * (i + 1), x * i, [np.nan, 30.0, 300.0]
            draw_line(axis, label, "strategy", ("#0072B2", "--"), values)
        axis.set(xscale="log", title="closeness", xlabel="renders")
    return Drawing(figure, name, axes[0])


def read(panel):
    return ET.fromstring(panel)  # noqa: S314


def marks(panel, key):
    return [e for e in read(panel).iter() if f"data-{key}" in e.attrib]


@pytest.fixture(scope="module")
def drawing():
    return drawn()


def with_links(panel):
    """As a file of its own, which must declare what a page needs not."""
    return panel.replace("<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"', 1)


def test_each_panel_has_its_lines_with_their_values(drawing):
    assert len(drawing.panels) == 2
    for panel in map(with_links, drawing.panels):
        lines = marks(panel, "points")
        assert [line.get("data-name") for line in lines] == NAMES
        assert {line.get("data-axis") for line in lines} == {"strategy"}
        x, y, low, high = json.loads(lines[1].get("data-points"))
        assert (x, y, low) == ([1, 10, 100], [2, 20, 200], [1, 10, 100])
        assert high == [None, 30, 300]
        root = read(panel)
        assert (root.get("role"), root.get("aria-label")) == ("img", "closeness")
        assert json.loads(root.get("data-x"))[2] == "log"
        left, top, right, bottom = json.loads(root.get("data-plot"))
        assert left < right
        assert top < bottom


def test_the_legend_says_what_kind_of_contender_each_is(drawing):
    keys = [(key.name, key.axis, key.colour, bool(key.dashes)) for key in drawing.legend]
    assert keys == [(name, "strategy", "#0072B2", True) for name in NAMES]
    figure, _ = panels(1, height=2.0)
    assert Drawing(figure, "none").legend == []


def test_names_are_of_this_figure_and_all_that_is_referred_to_exists():
    ids = []
    for name in ("one", "two"):
        drawing = drawn(name)
        parts = [read(with_links(part)) for part in (drawing.shared, *drawing.panels)]
        elements = [element for part in parts for element in part.iter()]
        own = [e.get("id") for e in elements if "id" in e.attrib]
        used = {
            value.strip("url()#")
            for e in elements
            for key, value in e.attrib.items()
            if key == "clip-path" or key.endswith("href")
        }
        assert used <= set(own)
        ids += own
    assert len(ids) == len(set(ids)) > 2


def test_it_is_the_same_twice(drawing):
    again = drawn()
    assert again.panels == drawing.panels
    assert again.shared == drawing.shared
    assert again.pdf == drawing.pdf
    assert drawing.pdf.startswith(b"%PDF")


def test_cells_of_a_heat_map_can_be_read():
    import pandas as pd

    figure, (axis,) = panels(1, height=2.0)
    heat(axis, pd.DataFrame([[1.0, np.nan]], ["row"], ["b", "c"]), 0.0, 1.0, ".2f")
    (panel,) = Drawing(figure, "cells").panels
    (mesh,) = marks(with_links(panel), "cells")
    assert json.loads(mesh.get("data-cells")) == {
        "rows": ["row"], "columns": ["b", "c"], "values": [[1.0, None]],
    }  # fmt: skip


def test_letters_that_the_font_lacks_are_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawing = drawn(names=["鐘の音", "society"])
        assert "鐘の音" in drawing.panels[0]
        assert drawing.pdf


def test_points_have_four_digits():
    assert points([1.23456], [np.inf], [0.0]) == [[1.235], [None], [0.0], []]

"""A drawn figure as a page shows it: panel by panel, with the values that a pointer reads.

Matplotlib draws every figure once, so that the page and a paper show the same. What a reader can
mute, isolate or read is *tagged* when it is drawn; the tags become attributes of the SVG, for
the page's scripts. Each panel is an SVG of its own, so that panels flow into the width of a screen.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from harness.answer.output.plots.drawing import pdf, quietly, svg
from harness.answer.output.plots.tags import TAG

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

_SVG, _LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_GROUP, _HREF = f"{{{_SVG}}}g", f"{{{_LINK}}}href"
_DEFS = f"{{{_SVG}}}defs"
# Of text, which the page's font may make wider than matplotlib measured; in points.
_MARGIN = 3.0
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FONT = re.compile(r"font-family: [^;]*;? ?")


@dataclass(frozen=True)
class Key:
    """An entry of a legend.

    Attributes:
        name: the label of the contender; what is not a contender has no ``axis``.
        axis: what kind of contender it is: strategy, fitness or family.
        colour: of its line.
        dashes: lengths of dashes and gaps, as SVG has them; empty for a full line.
    """

    name: str
    axis: str
    colour: str
    dashes: str


class Drawing:
    """A figure that is drawn when its parts are asked for.

    Args:
        figure: by ``panels`` or ``grid``.
        name: unlike that of any other figure in the same page.
        legend_of: the panel whose labels the legend has; without a legend if None.
    """

    def __init__(self, figure: "Figure", name: str, legend_of: "Axes | None" = None) -> None:
        self.name = name
        self._figure, self._legend_of = figure, legend_of

    @cached_property
    def svg(self) -> str:
        """The whole figure as one SVG element, in the text colour of its page."""
        return svg(self._figure, self._legend_of)

    @cached_property
    def pdf(self) -> bytes:
        """The whole figure for a paper."""
        return pdf(self._figure, self._legend_of)

    @property
    def size(self) -> str:
        """The ``viewBox`` of the whole figure."""
        return str(self._parts[0].get("viewBox", ""))

    @cached_property
    def legend(self) -> list[Key]:
        """What lines and points stand for."""
        if self._legend_of is None:
            return []
        handles, labels = self._legend_of.get_legend_handles_labels()
        lines = cast("list[Line2D]", handles)
        found = []
        for line, label in zip(lines, labels, strict=True):
            gid = str(line.get_gid() or "")
            axis = json.loads(gid[len(TAG) :])["axis"] if gid.startswith(TAG) else ""
            found.append(Key(label, axis, str(line.get_color()), _dashes(line)))
        return found

    @cached_property
    def panels(self) -> list[str]:
        """Each panel as an SVG element; all have the coordinates of the whole figure."""
        root, _ = self._parts
        groups = [g for g in root.iter(_GROUP) if g.get("id", "").startswith("axes_") and len(g)]
        axes = [axis for axis in self._figure.axes if axis.axison]
        # Tests do not draw, and there are no groups then.
        made = [self._panel(axis, group) for axis, group in zip(axes, groups, strict=False)]
        widths = [float(str(panel.get("viewBox")).split()[2]) for panel in made]
        for panel, width in zip(made, widths, strict=True):
            # On one scale, and never so small that nobody can read it.
            share = 100 * width / max(widths)
            panel.set("style", f"max-width: {share:.1f}%; min-width: {width:.0f}px")
        return [_text(panel) for panel in made]

    @property
    def shared(self) -> str:
        """What panels refer to, as an SVG element that shows nothing."""
        from xml.etree import ElementTree as ET

        holder = ET.Element(f"{{{_SVG}}}svg", {"class": "shared", "aria-hidden": "true"})
        holder.extend(self._parts[1])
        return _text(holder)

    @cached_property
    def _parts(self) -> tuple["Element", list["Element"]]:
        """The SVG, and the marks and clip paths that were defined in it."""
        from xml.etree import ElementTree as ET

        # Matplotlib wrote it, a moment ago.
        root = ET.fromstring(self.svg)  # noqa: S314
        _shorten(root)
        self._rename(root)
        defined = []
        for parent in list(root.iter()):
            for child in parent.findall(_DEFS):
                parent.remove(child)
                # Its style sheet would act on the whole page.
                if child.find(f"{{{_SVG}}}style") is None:
                    defined.append(child)
        return root, defined

    def _rename(self, root: "Element") -> None:
        """Give what is referred to a name that no other figure has."""
        names: dict[str, str] = {}

        def own(found: re.Match[str]) -> str:
            return "#" + names.setdefault(found[1], f"{self.name}-{len(names)}")

        for element in root.iter():
            for attribute in ("clip-path", _HREF):
                if given := element.get(attribute):
                    element.set(attribute, re.sub(r"#([\w.-]+)", own, given))
        for element in root.iter():
            if (name := element.get("id", "")) in names:
                element.set("id", names[name])

    def _panel(self, axis: "Axes", group: "Element") -> "Element":
        from xml.etree import ElementTree as ET

        height = float(self.size.split()[3])
        scale = 72 / self._figure.dpi
        with quietly():
            x0, y0, x1, y1 = np.array(cast("Any", axis.get_tightbbox()).extents) * scale
        box = f"{x0 - _MARGIN:.1f} {height - y1 - _MARGIN:.1f}"
        sizes = f"{x1 - x0 + 2 * _MARGIN:.1f} {y1 - y0 + 2 * _MARGIN:.1f}"
        left, bottom, right, top = np.array(axis.get_window_extent().extents) * scale
        plot = [round(v, 2) for v in (left, height - top, right, height - bottom)]
        title = axis.get_title() or axis.get_title(loc="left") or axis.get_ylabel()
        panel = ET.Element(
            f"{{{_SVG}}}svg",
            {
                "viewBox": f"{box} {sizes}",
                "class": "panel",
                "role": "img",
                "aria-label": title or axis.get_xlabel() or self.name.replace("_", " "),
                "data-plot": json.dumps(plot),
                "data-x": json.dumps(_along(axis.get_xlim(), axis.get_xscale())),
                "data-y": json.dumps(_along(axis.get_ylim(), axis.get_yscale())),
                "data-xlabel": axis.get_xlabel(),
            },
        )
        panel.extend(_gathered(_without_names(group)))
        return panel


def _along(limits: tuple[float, float], scale: str) -> list[Any]:
    return [*(float(f"{limit:.6g}") for limit in limits), scale]


def _dashes(line: "Line2D") -> str:
    return {"--": "7 3", "-.": "8 3 2 3", ":": "2 3"}.get(str(line.get_linestyle()), "")


def _shorten(root: "Element") -> None:
    """Leave to the page what its style sheet says, and round to a hundredth of a point."""
    for element in root.iter():
        for attribute in ("d", "x", "y", "transform", "width", "height", "style"):
            if given := element.get(attribute):
                short = _LONG_NUMBER.sub(_rounded, given)
                element.set(attribute, _FONT.sub("", short).replace("\n", ""))
        element.tail = None
        if element.text and not element.text.strip():
            element.text = None


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _without_names(group: "Element") -> "Element":
    """Turn tags into attributes; other names that matplotlib gave are not unique in a page."""
    for element in group.iter(_GROUP):
        name = element.attrib.pop("id", "")
        if name.startswith(TAG):
            for key, value in json.loads(name[len(TAG) :]).items():
                plain = value if isinstance(value, str) else json.dumps(value)
                element.set(f"data-{key}", plain)
            element.set("class", "mark")
        elif name.startswith(("xtick", "ytick")):
            element.set("class", "tick")
        elif name.startswith(("line2d", "FillBetween", "PolyCollection")):
            element.set("class", "mark")
    return group


def _gathered(group: "Element") -> Iterator["Element"]:
    """The children of a panel, with all marks in one clipped group, which can be zoomed."""
    from xml.etree import ElementTree as ET

    marks = [child for child in group if child.get("class") == "mark"]
    clips = {e.get("clip-path", "") for mark in marks for e in mark.iter()} - {""}
    zoomed = ET.Element(_GROUP, {"class": "marks"})
    zoomed.extend(marks)
    window = ET.Element(_GROUP, {"clip-path": next(iter(clips))} if clips else {})
    window.append(zoomed)
    for mark in marks:
        for element in mark.iter():
            element.attrib.pop("clip-path", None)
    last = marks[-1] if marks else None
    for child in group:
        if child is last:
            yield window
        elif child not in marks:
            yield child


def _text(element: "Element") -> str:
    """Markup as HTML has it, where SVG needs no namespace."""
    from xml.etree import ElementTree as ET

    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _LINK)
    text = ET.tostring(element, encoding="unicode")
    return text.replace(f' xmlns="{_SVG}"', "").replace(f' xmlns:xlink="{_LINK}"', "")

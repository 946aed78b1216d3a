"""Maps of fronts and archives: where the genomes lie that a search kept beside its best one."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.record.mlflow.spectrograms import FONT, INK

_SIDE, _LEFT, _RIGHT, _ABOVE, _BELOW = 360, 64, 16, 26, 40
_MARGIN, _DOT, _HEARD = 12, 3, 6


def collection_maps(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Draw the fronts and archives of a trial as one PNG, side by side, on transparent ground.

    As in the report, the first two values of every genome are its place, a brighter dot is closer
    to the target, and an outlined dot can be heard.

    Args:
        records: of ``collections.json``, at least one.
    """
    from PIL import Image

    width = _LEFT + _SIDE + _RIGHT
    page = Image.new("RGBA", (width * len(records), _ABOVE + _SIDE + _BELOW))
    for number, record in enumerate(records):
        page.paste(_map(record, (width, page.height)), (number * width, 0))
    buffer = io.BytesIO()
    page.save(buffer, format="png")
    return buffer.getvalue()


def _map(record: Mapping[str, Any], size: tuple[int, int]) -> Any:
    import matplotlib as mpl
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("RGBA", size)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(FONT)
    right, bottom = _LEFT + _SIDE, _ABOVE + _SIDE
    draw.rectangle((_LEFT, _ABOVE, right, bottom), outline=INK)
    values, distances = np.array(record["values"]), np.array(record["distances"])
    x, y = _LEFT + _places(values[:, 0]), bottom - _places(values[:, 1])
    # By rank: a few far ones would leave all others in one colour.
    closeness = 1 - np.argsort(np.argsort(distances)) / max(1, len(distances) - 1)
    colours = mpl.colormaps["cividis"](closeness, bytes=True)
    heard = {one["at"] for one in record["heard"]}
    # The closest last, above the others.
    for i in sorted(range(len(distances)), key=lambda i: (i in heard, -i)):
        radius, edge = (_HEARD, INK) if i in heard else (_DOT, None)
        box = (x[i] - radius, y[i] - radius, x[i] + radius, y[i] + radius)
        draw.ellipse(box, fill=tuple(colours[i].tolist()), outline=edge)
    how = "less the target's" if record["kind"] == "archive" else "part of the distance"
    across, up = (f"{name} ({how})" for name in record["names"][:2])
    title = f"{record['kind']} of {record['agent']}; upwards: {up}"
    draw.text((_LEFT, 6), title, fill=INK, font=font)
    draw.text((_LEFT + _SIDE / 2, bottom + 22), across, fill=INK, font=font, anchor="ma")
    for at, end in ((_MARGIN, values.min(axis=0)), (_SIDE - _MARGIN, values.max(axis=0))):
        draw.text((_LEFT + at, bottom + 5), f"{end[0]:.3g}", fill=INK, font=font, anchor="ma")
        draw.text((_LEFT - 5, bottom - at), f"{end[1]:.3g}", fill=INK, font=font, anchor="rm")
    return page


def _places(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pixels from the beginning of an axis; in its middle if all values are equal."""
    span = np.ptp(values)
    shares = (values - values.min()) / span if span else np.full(len(values), 0.5)
    return _MARGIN + shares * (_SIDE - 2 * _MARGIN)

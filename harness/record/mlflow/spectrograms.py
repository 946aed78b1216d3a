"""Pairs of spectrograms on one scale: the target above the sound that was found."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

_FRAME = 2048
_LOWEST_HZ = 20.0
_WIDTH, _HEIGHT, _GAP = 640, 200, 6
_FLOOR_DB = -80.0
# Room for the numbers, in pixels.
_LEFT, _BELOW, FONT = 44, 18, 11
_TICKS_HZ = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
_TICKS_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
# Grey can be read on white and on black.
INK = (128, 128, 128, 255)


def spectrogram_pair(target: Path, found: Path) -> bytes:
    """Draw the spectrograms of two sound files as PNG, the target on top, with axes.

    Time runs to the right over the whole sound. Frequency runs upwards on a logarithmic scale from
    20 Hz to half the sample rate. The target's maximum is brightest, 80 dB below it is black.
    """
    from PIL import Image

    (above, highest, seconds), (below, *_) = _levels(target), _levels(found)
    panels = [_painted(levels - above.max()) for levels in (above, below)]
    # Drawn by hand: a figure of matplotlib takes as long as hundreds of renders, one a trial.
    page = Image.new("RGBA", (_LEFT + _WIDTH, 2 * _HEIGHT + _GAP + _BELOW))
    for title, panel, top in zip(("target", "found"), panels, (0, _HEIGHT + _GAP), strict=True):
        page.paste(panel.convert(page.mode), (_LEFT, top))
        _frequencies(page, title, top, highest)
    _times(page, seconds)
    buffer = io.BytesIO()
    page.save(buffer, format="png")
    return buffer.getvalue()


def spectrograms(target: Path, found: Path) -> tuple[bytes, bytes]:
    """The same two spectrograms on the same scale, each as a PNG of its own, without axes."""
    (one, *_), (other, *_) = _levels(target), _levels(found)
    return _png(one - one.max()), _png(other - one.max())


def place_of(hertz: float, highest: float) -> float:
    """Where a frequency lies in a spectrogram: 0 at its top, 1 at its bottom.

    Args:
        hertz: 20 or more.
        highest: half the sample rate, in hertz.
    """
    return float(1 - np.log(hertz / _LOWEST_HZ) / np.log(highest / _LOWEST_HZ))


def _painted(levels: NDArray[np.float64]) -> "Image":
    """Paint levels, in dB, with a palette: a picture of a third of the bytes of full colours."""
    import matplotlib as mpl
    from PIL import Image

    shades = np.clip(256 * (levels / -_FLOOR_DB + 1), 0, 255).astype(np.uint8)
    picture = Image.fromarray(shades, "L")
    picture.putpalette(mpl.colormaps["magma"](np.arange(256), bytes=True)[:, :3].tobytes())
    return picture


def _frequencies(page: "Image", title: str, top: int, highest: float) -> None:
    """Write the title and the frequencies of a panel, as many as there is room for."""
    from PIL import ImageDraw, ImageFont

    draw, font = ImageDraw.Draw(page), ImageFont.load_default(FONT)
    draw.text((_LEFT + 5, top + 3), title, fill="white", font=font)
    for hertz in _TICKS_HZ:
        y = top + _HEIGHT * place_of(hertz, highest)
        if top + FONT < y < top + _HEIGHT - FONT:
            text = f"{hertz / 1000:g}k" if hertz >= 1000 else f"{hertz} Hz"
            draw.text((_LEFT - 7, y), text, fill=INK, font=font, anchor="rm")
            draw.line((_LEFT - 4, y, _LEFT - 1, y), fill=INK)


def _times(page: "Image", seconds: float) -> None:
    """Write times below, in steps of which four or more fit."""
    from PIL import ImageDraw, ImageFont

    draw, font = ImageDraw.Draw(page), ImageFont.load_default(FONT)
    step = max((s for s in _TICKS_S if 4 * s <= seconds), default=_TICKS_S[0])
    top = 2 * _HEIGHT + _GAP
    for time in np.arange(step, seconds, step):
        x = _LEFT + _WIDTH * time / seconds
        draw.line((x, top, x, top + 3), fill=INK)
        draw.text((x, top + 4), f"{time:.3g} s", fill=INK, font=font, anchor="mt")


def _png(levels: NDArray[np.float64]) -> bytes:
    buffer = io.BytesIO()
    _painted(levels).save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def _levels(file: Path) -> tuple[NDArray[np.float64], float, float]:
    """Magnitudes in dB of the first channel, the highest frequency first; that one, and seconds."""
    from harness.record.sounds import read_sound

    sounds, rate = read_sound(file)
    sound = sounds[0]
    padded = np.pad(sound, _FRAME // 2)
    starts = np.linspace(0, len(sound) - 1, _WIDTH).astype(int)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[starts]
    spectra = np.abs(np.fft.rfft(frames * np.hanning(_FRAME), axis=1)).T
    # At high frequencies a row of the picture covers several bins and shows the loudest; at low
    # frequencies several rows share a bin.
    hertz = np.geomspace(_LOWEST_HZ, rate / 2, _HEIGHT, endpoint=False)
    edges = (hertz / rate * _FRAME).astype(int)
    loudest = np.maximum.reduceat(spectra, edges, axis=0)[::-1]
    return np.asarray(20 * np.log10(np.maximum(loudest, 1e-9))), rate / 2, len(sound) / rate

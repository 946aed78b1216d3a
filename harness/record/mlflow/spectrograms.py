"""Pairs of spectrograms on one scale: the target above the sound that was found."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FRAME = 2048
_LOWEST_HZ = 20.0
_WIDTH, _HEIGHT, _GAP = 640, 200, 6
_FLOOR_DB = -80.0


def spectrogram_pair(target: Path, found: Path) -> bytes:
    """Draw the spectrograms of two sound files as PNG, the target on top.

    Time runs to the right over the whole sound. Frequency runs upwards on a logarithmic scale from
    20 Hz to half the sample rate. The target's maximum is brightest, 80 dB below it is black. There
    are no axes: a figure with axes takes as long as hundreds of renders, and every trial has one.
    """
    above, below = _levels(target), _levels(found)
    # NaN is drawn as transparent, so that the page shows between the two.
    gap = np.full((_GAP, _WIDTH), np.nan)
    return _png(np.concatenate([above - above.max(), gap, below - above.max()]))


def spectrograms(target: Path, found: Path) -> tuple[bytes, bytes]:
    """The same two spectrograms on the same scale, each as a PNG of its own."""
    one, other = _levels(target), _levels(found)
    return _png(one - one.max()), _png(other - one.max())


def _png(levels: NDArray[np.float64]) -> bytes:
    from matplotlib.image import imsave

    buffer = io.BytesIO()
    imsave(buffer, levels, vmin=_FLOOR_DB, vmax=0, cmap="magma", format="png")
    return buffer.getvalue()


def _levels(file: Path) -> NDArray[np.float64]:
    """Magnitudes in dB of the first channel, the highest frequency first."""
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
    return np.asarray(20 * np.log10(np.maximum(loudest, 1e-9)))

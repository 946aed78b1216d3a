"""The plot of a joint network's calibration: where true genes rank among draws."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from harness.answer.output.plots.drawing import INK, faint_grid, panels, styles, svg
from synth.subtractive.parameters import SPACE

_BINS, _BAND = 16, 0.99


def rank_plot(placed: NDArray[np.int64], draws: int) -> str:
    """Draw a histogram of ranks for each section, with the band of a calibrated network.

    Source: Talts, Betancourt, Simpson, Vehtari & Gelman (2018), simulation-based calibration.

    Args:
        placed: the rank of the true gene among draws, shape (sounds, genes), 0 to ``draws``.
        draws: how many; one more must be a multiple of 16.

    Returns:
        An SVG element.
    """
    sections = SPACE.sections
    figure, axes = panels(len(sections), 2.0, len(sections))
    ((_, colour, _),) = styles(["ranks"])
    for axis, (section, genes) in zip(axes, sections.items(), strict=True):
        ranks = placed[:, list(genes)].ravel()
        counts = np.bincount(ranks * _BINS // (draws + 1), minlength=_BINS)
        # As if genes of a sound were independent: the band is a little too narrow.
        band = binom.interval(_BAND, ranks.size, 1 / _BINS)
        axis.axhspan(*(end / ranks.size for end in band), color=INK, alpha=0.12, lw=0)
        axis.bar((np.arange(_BINS) + 0.5) / _BINS, counts / ranks.size, 0.9 / _BINS, color=colour)
        axis.axhline(1 / _BINS, color=INK, lw=1, ls="--")
        axis.set(title=section, xlim=(0, 1), ylim=(0, 2 / _BINS), xlabel="rank")
        axis.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        faint_grid(axis, "y")
    axes[0].set_ylabel("share of true genes")
    return svg(figure)

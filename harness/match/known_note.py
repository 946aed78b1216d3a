"""The note of a target is known where its pitch is clear: the search need not look elsewhere.

Searches otherwise end an octave off where that is a little closer, and spend renders on it.
"""

import numpy as np

from fitness.analysis import analyse
from fitness.f0 import f0_track
from simd import Audio
from strategies.informed import note
from synth.space import ParameterSpace

# Semitones to both sides of the median pitch: as far as the pitch moves, within these.
_LEAST, _MOST = 0.3, 1.0


def heard_note(
    space: ParameterSpace, sound: Audio, sample_rate: int
) -> dict[str, tuple[float, float]]:
    """Return the range of the knob of the note, by its name; empty where no pitch is clear.

    Args:
        space: of the synth.
        sound: shape (samples,).
        sample_rate: in hertz.
    """
    gene = space.roles.get("f0")
    heard = analyse(sound, sample_rate)
    if gene is None or not (heard.clear and heard.f0):
        return {}
    width = min(max(_movement(sound, sample_rate), _LEAST), _MOST)
    low, high = (float(note(space, heard.f0 * 2 ** (step / 12))) for step in (-width, width))
    inside = space[gene].low < (low + high) / 2 < space[gene].high
    return {space.names[gene]: (low, high)} if inside else {}


def _movement(sound: Audio, sample_rate: int) -> float:
    """How far most of the pitch is from its median, in semitones."""
    track = f0_track(np.asarray(sound, dtype=np.float64), sample_rate)
    voiced = track.f0[(track.f0 > 0) & (track.energy >= 1e-3 * track.energy.max())]
    semitones = 12 * np.log2(voiced)
    return float(np.percentile(np.abs(semitones - np.median(semitones)), 80))

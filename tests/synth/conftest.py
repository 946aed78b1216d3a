"""A plain patch to vary, and a spectrum to measure it with."""

import numpy as np
import pytest
from scipy.signal.windows import kaiser

from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

# One oscillator, held, through a filter that lets everything pass: 20 Hz high pass.
PLAIN = {
    "note": 60, "bend": 0, "osc1_shape": 0, "osc1_width": 0.5, "osc1_phase": 0, "osc2_shape": 0,
    "osc2_phase": 0, "osc2_interval": 0, "osc2_detune": 0, "osc_mix": 0, "osc_fm": 0,
    "noise_level": 0, "noise_colour": 0, "filter_mode": 2, "cutoff": 20, "resonance": 0,
    "key_tracking": 0, "drive": 0.1, "sweep": 0, "level": 0.4, "onset": 0, "length": 8,
    "amp_attack": 0.001, "amp_sustain": 1, "vibrato_pitch": 0, "vibrato_width": 0,
    "tremolo_amp": 0, "tremolo_cutoff": 0,
}  # fmt: skip


@pytest.fixture(scope="session")
def play():
    """Render the plain patch once for each dict of changed values."""

    def render(*changes, sample_rate=44_100, seconds=1.0):
        synth = Subtractive(sample_rate, round(seconds * sample_rate))
        return synth.render(np.stack([SPACE.genome(**{**PLAIN, **c}) for c in changes]))

    return render


class Spectrum:
    """Magnitudes of one sound, scaled so that a sine shows its amplitude; side lobes below -170 dB.

    Args:
        sound: shape (samples,), steady.
        sample_rate: in hertz.
    """

    def __init__(self, sound, sample_rate):
        window = kaiser(len(sound), beta=24.0)
        self.magnitudes = np.abs(np.fft.rfft(sound * window)) / (window.sum() / 2)
        self.bin_hz = sample_rate / len(sound)
        self.half_lobe = 9

    def peak(self, near_hz):
        """Frequency and amplitude of the loudest sine within the main lobe around ``near_hz``."""
        centre = round(near_hz / self.bin_hz)
        first = max(centre - self.half_lobe // 2, 1)
        top = first + int(self.magnitudes[first : first + self.half_lobe].argmax())
        left, middle, right = np.log(self.magnitudes[top - 1 : top + 2])
        off = 0.5 * (left - right) / (left - 2 * middle + right)
        return (top + off) * self.bin_hz, float(np.exp(middle - 0.25 * (left - right) * off))

    def loudest_alias(self, hz, below=np.inf):
        """The loudest component that is no harmonic of ``hz``, in dB of the fundamental."""
        rest = self.magnitudes.copy()
        harmonics = np.arange(0, len(rest) * self.bin_hz, hz) / self.bin_hz
        for centre in np.rint(harmonics).astype(int):
            rest[max(centre - 2 * self.half_lobe, 0) : centre + 2 * self.half_lobe] = 0
        rest = rest[: int(min(below / self.bin_hz, len(rest)))]
        return 20 * np.log10(rest.max() / self.peak(hz)[1])


@pytest.fixture(scope="session")
def spectrum():
    """The class that measures a steady sound."""
    return Spectrum

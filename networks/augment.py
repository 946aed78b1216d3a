"""Training sounds made more like recordings: cut off, with noise, in a small room.

Genes stay true: what is added comes from no knob.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import oaconvolve

from networks.base import AudioFormat
from synth.base import Synth

_SECONDS = np.array([0.5, 1.0, 2.0, 4.0])
_CHANCES = np.array([0.25, 0.45, 0.2, 0.1])
_NOISY, _NOISE_DB = 0.2, (-60.0, -25.0)
_ROOMY, _ROOM_S, _ROOM_DB = 0.15, (0.05, 0.4), (-30.0, -10.0)


class Augmentation:
    """Cuts, noise and rooms.

    Args:
        audio: the longest sound and its sample rate.
        make: makes a synth for sounds of so many samples.
    """

    def __init__(self, audio: AudioFormat, make: Callable[[int], Synth]) -> None:
        self._audio, self._make = audio, make
        self._synths: dict[int, Synth] = {}

    def synth(self, random: np.random.Generator) -> Synth:
        """Return the synth of a length that is drawn: half a second to 4 s."""
        seconds = float(random.choice(_SECONDS, p=_CHANCES))
        samples = min(round(seconds * self._audio.sample_rate), self._audio.samples)
        if samples not in self._synths:
            self._synths[samples] = self._make(samples)
        return self._synths[samples]

    def __call__(
        self, sounds: NDArray[np.float32], random: np.random.Generator
    ) -> NDArray[np.float32]:
        """Return audible sounds, shape (n, samples), as a microphone might have recorded them.

        A fifth gets white noise, 25 to 60 dB below the peak; a seventh is heard in a room whose
        sound decays in 0.05 to 0.4 s.
        """
        found = sounds.copy()
        peaks = np.abs(found).max(axis=1, keepdims=True)
        chosen = random.random((2, len(sounds)))
        roomy, noisy = chosen[0] < _ROOMY, chosen[1] < _NOISY
        if roomy.any():
            found[roomy] = _in_room(found[roomy], self._audio.sample_rate, random)
        if noisy.any():
            count = int(noisy.sum())
            level = peaks[noisy] * 10 ** (random.uniform(*_NOISE_DB, (count, 1)) / 20)
            noise = random.standard_normal((count, sounds.shape[1]), dtype=np.float32)
            found[noisy] += level.astype(np.float32) * noise
        return found


def _in_room(
    sounds: NDArray[np.float32], sample_rate: int, random: np.random.Generator
) -> NDArray[np.float32]:
    """Add noise that decays exponentially after each sound: late reverberation."""
    seconds = random.uniform(*_ROOM_S)
    size = max(2, round(seconds * sample_rate))
    tail = random.standard_normal(size) * 10 ** (-3 * np.arange(size) / size)
    tail *= 10 ** (random.uniform(*_ROOM_DB) / 20) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    wet = oaconvolve(sounds, tail[None].astype(np.float32), axes=1)
    return np.asarray(wet[:, : sounds.shape[1]])

"""Features that librosa finds in a sound: what a network hears beside, or instead of, the buffer.

Over the frames of a sound: mean and spread of 20 mel-frequency cepstral coefficients, spectral
centroid, bandwidth, roll-off and flatness, zero crossings and loudness; the mean of 24 pitch
classes; and the course of loudness and centroid over eight stretches.
"""

import numpy as np
from numpy.typing import NDArray

from networks.base import Hearing

_FRAME, _HOP, _STRETCHES = 2048, 512, 8
_QUIET = 1e-5
COUNT = 2 * (20 + 6) + 24 + 2 * _STRETCHES


def features(sounds: NDArray[np.float32], hearing: Hearing) -> NDArray[np.float32]:
    """Give the features, shape (n, COUNT), of sounds, shape (n, samples)."""
    from librosa import feature, stft

    if not len(sounds):
        return np.empty((0, COUNT), dtype=np.float32)
    rate, top = hearing.sample_rate, hearing.sample_rate / 2
    # A frame for each stretch at the least.
    short = max(0, _STRETCHES * _HOP - sounds.shape[1])
    padded = np.pad(sounds, ((0, 0), (0, short)))
    magnitude = np.abs(stft(padded, n_fft=_FRAME, hop_length=_HOP))
    power = magnitude**2
    mels = feature.melspectrogram(S=power, sr=rate, n_fft=_FRAME, n_mels=64)
    cepstrum = feature.mfcc(S=10 * np.log10(np.maximum(mels, 1e-10)), n_mfcc=20) / 100
    loudness = np.log10(np.sqrt(power.mean(axis=-2, keepdims=True)) + _QUIET)
    centroid = feature.spectral_centroid(S=magnitude, sr=rate)
    bandwidth = feature.spectral_bandwidth(S=magnitude, sr=rate, centroid=centroid) / top
    centroid /= top
    rows = np.concatenate(
        [
            cepstrum,
            centroid,
            bandwidth,
            feature.spectral_rolloff(S=magnitude, sr=rate) / top,
            np.log10(feature.spectral_flatness(S=magnitude) + 1e-10) / 5,
            feature.zero_crossing_rate(padded, frame_length=_FRAME, hop_length=_HOP),
            loudness,
        ],
        axis=-2,
    )
    chroma = feature.chroma_stft(S=power, sr=rate, n_fft=_FRAME, n_chroma=24, tuning=0)
    ends = np.arange(_STRETCHES) * rows.shape[-1] // _STRETCHES
    lengths = np.diff([*ends, rows.shape[-1]])
    course = np.add.reduceat(np.concatenate([loudness, centroid], axis=-2), ends, axis=-1) / lengths
    found = [rows.mean(-1), rows.std(-1), chroma.mean(-1), course.reshape(len(sounds), -1)]
    return np.concatenate(found, axis=-1).astype(np.float32)

"""Audio features, computed by librosa: inputs of a network beside, or instead of, the raw audio.

Over the frames of a sound: mean and standard deviation of 20 mel-frequency cepstral coefficients,
spectral centroid, bandwidth, roll-off, flatness, zero-crossing rate and loudness; the mean of 24
pitch classes; and the mean loudness and centroid in each of eight time segments.
"""

import numpy as np
from numpy.typing import NDArray

from networks.base import AudioFormat

_FRAME, _HOP, _SEGMENTS = 2048, 512, 8
_QUIET = 1e-5
COUNT = 2 * (20 + 6) + 24 + 2 * _SEGMENTS


def features(sounds: NDArray[np.float32], audio: AudioFormat) -> NDArray[np.float32]:
    """Compute the features, shape (n, COUNT), of sounds, shape (n, samples)."""
    from librosa import feature, stft

    if not len(sounds):
        return np.empty((0, COUNT), dtype=np.float32)
    rate, top = audio.sample_rate, audio.sample_rate / 2
    # At least one frame per segment.
    short = max(0, _SEGMENTS * _HOP - sounds.shape[1])
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
    starts = np.arange(_SEGMENTS) * rows.shape[-1] // _SEGMENTS
    lengths = np.diff([*starts, rows.shape[-1]])
    segments = (
        np.add.reduceat(np.concatenate([loudness, centroid], axis=-2), starts, axis=-1) / lengths
    )
    found = [rows.mean(-1), rows.std(-1), chroma.mean(-1), segments.reshape(len(sounds), -1)]
    return np.concatenate(found, axis=-1).astype(np.float32)

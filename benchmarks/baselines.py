"""What one would write first: a voice in plain numpy, and scores in loops over librosa or scipy."""

import librosa
import numpy as np
import scipy.fft
import scipy.signal
from numpy.typing import NDArray

RATE = 44_100


def numpy_voice(genomes: NDArray[np.float64], samples: int) -> NDArray[np.float32]:
    """Two naive saws, noise, a fixed low pass, a decay: far less than the built-in voice does."""
    time = np.arange(samples) / RATE
    noise = np.random.default_rng(0).standard_normal(samples)
    sounds = np.empty((len(genomes), samples), np.float32)
    for sound, genome in zip(sounds, genomes, strict=True):
        hz = 30 * 2 ** (6 * genome[0])
        wave = 2 * (hz * time % 1) - 1 + 2 * (hz * (1 + genome[1]) * time % 1) - 1
        wave += genome[2] * noise
        corner = min(0.95, 20 * 2 ** (10 * genome[3]) / (RATE / 2))
        b, a = scipy.signal.butter(2, corner)
        sound[:] = scipy.signal.lfilter(b, a, wave) * np.exp(-time * 10 * genome[4])
    return sounds


def librosa_log_l1(sounds: NDArray[np.float32], target: NDArray[np.float32]) -> list[float]:
    """STFT 1024/256 and the mean absolute difference of logarithms, sound by sound."""

    def levels(sound: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.log(np.abs(librosa.stft(sound, n_fft=1024, hop_length=256)) + 1e-4)

    wanted = levels(target)
    return [float(np.abs(levels(sound) - wanted).mean()) for sound in sounds]


def scipy_log_l1(sounds: NDArray[np.float32], target: NDArray[np.float32]) -> list[float]:
    """The same with scipy's FFT in float32."""
    window = scipy.signal.get_window("hann", 1024).astype(np.float32)

    def levels(sound: NDArray[np.float32]) -> NDArray[np.float32]:
        frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, 512), 1024)[::256]
        return np.log(np.abs(scipy.fft.rfft(frames * window, axis=1)) + 1e-4)

    wanted = levels(target)
    return [float(np.abs(levels(sound) - wanted).mean()) for sound in sounds]


def numpy_breeding(parents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tournament, blend crossover, mutation as whole arrays: what breeding costs at the least."""
    random = np.random.default_rng(0)
    n, genes = parents.shape
    chosen = parents[random.integers(n, size=(n, 5)).min(axis=1)]
    blend = random.random((n, genes))
    children = blend * chosen + (1 - blend) * np.roll(chosen, 1, axis=0)
    mutated = random.random((n, genes)) < 0.1
    return np.clip(children + mutated * random.normal(0, 0.1, (n, genes)), 0, 1)

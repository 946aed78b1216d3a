"""How good the proposals of a joint network are: in its domain, and on recordings.

Every figure is a median or a share over sounds, with a 95 % interval by bootstrap over them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.random import generator
from fitness.analysis import analyse
from fitness.spectrogram import Spectrogram
from networks.base import AudioFormat
from networks.batches import Batch, BatchFormat, RenderedBatches
from networks.inputs import EARS
from networks.model import fit_to_format, given_of
from networks.reading import Reader, reader_of
from networks.sound_distance import SoundDistance
from strategies.proposal import Proposal
from synth.sound import loudest, read_sound
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

AUDIO = AudioFormat(16_000, 64_000)
_SHORT = AudioFormat(16_000, 16_000)
_RANDOM, _DRAWS, _SEED, _CENTS, _LEVEL = 1_000, 16, 7, 50.0, 0.9
CIRCULAR = [parameter.circular for parameter in SPACE]
_REPEATS, _PREDICTIONS = 2_000, 20


@dataclass(frozen=True)
class Figure:
    """A figure, its interval, and over how many sounds it is."""

    value: float
    low: float
    high: float
    sounds: int

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}], n = {self.sounds}"


def figure(values: Any, summary: Callable[..., Any] = np.median) -> Figure:
    """Summarise values, one a sound."""
    given = np.asarray(values, dtype=np.float64)
    at = generator("bootstrap", _SEED).integers(len(given), size=(_REPEATS, len(given)))
    low, high = np.percentile(summary(given[at], axis=1), [2.5, 97.5])
    return Figure(float(summary(given, axis=0)), float(low), float(high), len(given))


def examples(count: int, *, tame: bool) -> Batch:
    """Return sounds of a second that no training has seen, with their genomes."""
    wanted = BatchFormat(AUDIO, count, EARS, None, tame)
    return RenderedBatches(Subtractive(*_of(_SHORT)), wanted, _SEED)(0)


def shares(proposals: list[Proposal], sounds: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Return distances by ``spectrogram``, as shares of the closest of 1,000 random genomes.

    Args:
        proposals: one a sound, of a joint network.
        sounds: shape (n, samples), at the rate of the network.

    Returns:
        Shape (n,) each: the point, the closest of 16 draws, and of 16 gene by gene.
    """
    distance = distance_of(sounds.shape[1])
    random = generator("random genomes", _SEED)
    rendered = distance.synth.render(random.random((_RANDOM, len(SPACE))))
    closest = np.array([float(distance.bind(sound)(rendered).min()) for sound in sounds])
    tried = {
        "one render": np.array([one.point[None] for one in proposals]),
        "closest of 16 draws": np.array([one.sample(_DRAWS, random) for one in proposals]),
        "closest of 16, gene by gene": np.array(
            [one.by_gene.sample(_DRAWS, random) for one in proposals]
        ),
    }
    return {
        name: distance(genomes, sounds).min(axis=1) / closest for name, genomes in tried.items()
    }


def distance_of(samples: int) -> SoundDistance:
    """Return ``spectrogram`` for sounds of a length, at the rate of the network."""
    rate = AUDIO.sample_rate
    return SoundDistance(Subtractive(rate, samples), lambda sound: Spectrogram(sound, rate))


def in_tune(proposals: list[Proposal], sounds: NDArray[np.float32]) -> list[bool]:
    """Return, for each sound with a clear pitch, whether the point is within 50 cents of it."""
    rendered = Subtractive(*_of(_SHORT)).render(np.array([one.point for one in proposals]))
    found = []
    for sound, own in zip(sounds, rendered, strict=True):
        heard = analyse(sound, _SHORT.sample_rate)
        if heard.clear and heard.f0:
            f0 = analyse(own, _SHORT.sample_rate).f0
            found.append(f0 > 0 and abs(1200 * np.log2(f0 / heard.f0)) <= _CENTS)
    return found


def covered(proposals: list[Proposal], genes: NDArray[np.floating]) -> dict[str, Figure]:
    """Return how many true genes lie in 90 % regions, by section."""
    inside = np.array([one.covered(own, _LEVEL) for one, own in zip(proposals, genes, strict=True)])
    return {
        section: figure(inside[:, list(own)].mean(axis=1), np.mean)
        for section, own in SPACE.sections.items()
    }


def ranks(reader: Reader, batch: Batch, draws: int) -> NDArray[np.int64]:
    """Return the rank of the true genes among draws, shape (sounds, genes), 0 to ``draws``.

    Uniform if the joint distribution is calibrated: simulation-based calibration (Talts,
    Betancourt, Simpson, Vehtari & Gelman 2018).
    """
    proposals = reader.proposals(batch.given, draws, generator("ranks", _SEED), 1.0)
    drawn = np.array([one.genomes[1:] for one in proposals if one.genomes is not None])
    return np.asarray((drawn < batch.genes[:, None]).sum(axis=1))


def recordings(reader: Reader, model: Any, folder: Path) -> dict[str, Figure]:
    """Return the shares of recordings, of which at most a second and a half is heard."""
    found: dict[str, list[float]] = {}
    for path in sorted(folder.glob("*.flac")):
        channels, rate = read_sound(path)
        sound = channels[loudest(channels)]
        fitted, _ = fit_to_format(sound, rate, AUDIO)
        length = min(round(len(sound) / rate * AUDIO.sample_rate), 24_000)
        kept = np.zeros_like(fitted)
        kept[:length] = fitted[:length]
        given = given_of(model, kept[None], AUDIO)
        proposals = reader.proposals(given, _DRAWS, generator("recordings", _SEED))
        for name, share in shares(proposals, kept[None, :length]).items():
            found.setdefault(name, []).append(float(share[0]))
    return {name: figure(values) for name, values in found.items()}


def prediction_ms(reader: Reader, model: Any, sound: NDArray[np.float32]) -> float:
    """Return the median milliseconds from a sound, shape (1, samples), to a point and 16 draws."""
    taken = []
    for number in range(_PREDICTIONS):
        began = time.perf_counter()
        given = given_of(model, sound, AUDIO)
        reader.proposals(given, _DRAWS, generator("timed", number))
        taken.append(1000 * (time.perf_counter() - began))
    return float(np.median(taken))


def reader_for(model: Any) -> Reader:
    """Return what reads a model of the built-in synth."""
    return reader_of(model, CIRCULAR)


def _of(audio: AudioFormat) -> tuple[int, int]:
    return audio.sample_rate, audio.samples

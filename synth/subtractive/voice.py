"""The built-in synth: genes to the constants of the compiled voice, and sound out."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lanes import BLOCK, LANES
from synth.base import Sounds, Synth
from synth.subtractive.parameters import SPACE

_OCTAVE = 12.0
_A4_NOTE, _A4_HZ = 69.0, 440.0
_MIDDLE_C = 60.0
# Dark noise is low-passed here, and made about as loud as the white noise that it was.
_DARK_HZ, _DARK_LOUDNESS = 1_000.0, 0.8


class Subtractive(Synth):
    """Two anti-aliased oscillators with phase modulation, noise, drive, filter, envelopes, LFOs.

    No sample exceeds 1. Oscillators stay within 1 cent of the asked frequency, and what folds back
    from above half the sample rate stays below the levels that ``docs/synth.md`` states. Times are
    absolute: but for noise, a genome sounds the same at every sample rate, cut by ``samples``.

    Args:
        sample_rate: in hertz, 8,000 to 192,000.
        samples: the length of every sound, at least 1.
    """

    space = SPACE

    def render_block(self, genomes: NDArray[np.float64]) -> Sounds:
        """Render checked genomes, shape (n, genes), to sounds, shape (n, samples) float32."""
        from synth.subtractive.kernel import render

        fields = constants(genomes, self.sample_rate)
        sounds = np.empty((len(fields) * LANES, self.samples), np.float32)
        noises = noise(self.samples, self.sample_rate)
        render(fields, noises, np.float32(self.sample_rate), sounds)
        return sounds[: len(genomes)]

    def stream(self, genomes: NDArray[np.float64]) -> Iterator[Sounds]:
        """Render up to sixteen checked genomes as blocks, none of which leaves the cache."""
        from synth.subtractive import kernel

        (fields,) = constants(genomes, self.sample_rate)
        rate, noises = np.float32(self.sample_rate), noise(self.samples, self.sample_rate)
        state, work = np.empty(kernel.STATE, np.float32), np.zeros(kernel.WORK, np.float32)
        block = np.empty((BLOCK, LANES), np.float32)
        kernel.begin(fields, state, rate)
        for start in range(0, self.samples, BLOCK):
            count = min(BLOCK, self.samples - start)
            whole = block[: -(-count // kernel.BLOCK) * kernel.BLOCK].reshape(-1)
            kernel.advance(fields, state, work, noises, rate, start, whole)
            yield block[:count]


@lru_cache(maxsize=4)
def noise(samples: int, sample_rate: int) -> NDArray[np.float32]:
    """White and dark noise, the same for every candidate, one behind the other, whole blocks."""
    from synth.subtractive.kernel import BLOCK, darkened

    blocks = -(-samples // BLOCK)
    uniform = np.random.Generator(np.random.PCG64(0)).random(blocks * BLOCK, np.float32)
    white = np.asarray(2 * uniform - 1, dtype=np.float32)
    return np.concatenate([white, darkened(white, np.float32(_dimming(sample_rate)))])


def _dimming(sample_rate: int) -> float:
    """How much of the difference to a new sample the dark noise takes over."""
    return float(1 - np.exp(-2 * np.pi * _DARK_HZ / sample_rate))


def constants(genomes: NDArray[np.float64], sample_rate: int) -> NDArray[np.float32]:
    """Turn genomes into what the kernel reads.

    Args:
        genomes: shape (n, genes).
        sample_rate: in hertz.

    Returns:
        Shape (groups, len(CONSTANTS) · LANES): in each group field after field, lane after lane;
        lanes left over in the last group hold a genome of zeros.
    """
    from synth.subtractive.kernel import CONSTANTS

    groups = -(-len(genomes) // LANES)
    genomes = np.pad(genomes, ((0, groups * LANES - len(genomes)), (0, 0)))

    v = dict(zip(SPACE.names, SPACE.to_values(genomes).T, strict=True))
    hz = _A4_HZ * 2 ** ((v["note"] - _A4_NOTE) / _OCTAVE)
    ratio = 2 ** ((v["osc2_interval"] + v["osc2_detune"] / 100) / _OCTAVE)
    top = 0.45 * sample_rate
    hz2 = np.minimum(np.minimum(hz, top) * ratio, top)
    tracked = v["key_tracking"] * (v["note"] - _MIDDLE_C) / _OCTAVE
    damping = 2 - 1.96 * v["resonance"]
    low, band, high = _morph(v["filter_mode"], 3)
    louder = _DARK_LOUDNESS * np.sqrt(2 / _dimming(sample_rate) - 1)
    fields = {
        "log2_hz": np.log2(hz),
        "bend": v["bend"] / _OCTAVE,
        # The oscillators reach their start phases at the onset, not at the first sample.
        "phase1": (v["osc1_phase"] - np.minimum(hz, top) * v["onset"]) % 1,
        "phase2": (v["osc2_phase"] - hz2 * v["onset"]) % 1,
        "width1": v["osc1_width"],
        "width2": v["osc2_width"],
        "ratio": ratio,
        "fm": v["osc_fm"],
        "fm_limit": np.full(len(genomes), 1 / (2 * np.pi)),
        "noise": v["noise_level"] * (1 + np.minimum(v["noise_colour"], 0)),
        "dark": v["noise_level"] * (louder * np.maximum(-v["noise_colour"], 0)
                                    - np.maximum(v["noise_colour"], 0)),
        "log2_cutoff": np.log2(v["cutoff"]) + tracked,
        "damping": damping,
        "low": low - high,
        "band": (band - high) * damping,
        "high": high,
        "drive": v["drive"],
        "undrive": 1 / np.tanh(v["drive"]),
        "sweep": v["sweep"] / _OCTAVE,
        "level": v["level"],
        "onset": v["onset"],
        "length": v["length"],
        "vibrato_hz": v["vibrato_rate"],
        "vibrato_pitch": v["vibrato_pitch"] / _OCTAVE,
        "vibrato_width": v["vibrato_width"],
        "tremolo_hz": v["tremolo_rate"],
        "tremolo_amp": v["tremolo_amp"],
        "tremolo_cutoff": v["tremolo_cutoff"] / _OCTAVE,
    }  # fmt: skip
    for lfo in ("vibrato", "tremolo"):
        fields[f"{lfo}_delay"] = 1 / np.maximum(v[f"{lfo}_delay"], 1e-3)
    for name, share in (("1", 1 - v["osc_mix"]), ("2", v["osc_mix"])):
        weights = _morph(v[f"osc{name}_shape"], 4)
        # A pulse is one saw minus the same saw, a pulse width later.
        weights[2] += weights[3]
        for shape, weight in zip(("sine", "triangle", "saw", "pulse"), weights, strict=True):
            fields[shape + name] = share * weight
    for name in ("pitch", "filter", "amp"):
        fields |= _envelope_fields(name, v)
    packed = np.stack([fields[name] for name in CONSTANTS]).astype(np.float32)
    grouped = packed.reshape(len(CONSTANTS), -1, LANES).transpose(1, 0, 2)
    return np.ascontiguousarray(grouped).reshape(-1, len(CONSTANTS) * LANES)


def _morph(position: NDArray[np.float64], stops: int) -> list[NDArray[np.float64]]:
    """How much of each of ``stops`` neighbours sounds at ``position``, 0 to stops − 1."""
    return [np.maximum(1 - np.abs(position - stop), 0) for stop in range(stops)]


def _envelope_fields(
    name: str, v: dict[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Rates instead of times, and the curve as a power of two with its scale."""
    curve = v[f"{name}_curve"]
    # A straight line is the limit of the curve at 0, where its formula divides by 0.
    curve = np.where(np.abs(curve) < 0.02, 0.02, curve) / np.log(2)
    return {
        f"{name}_attack": 1 / v[f"{name}_attack"],
        f"{name}_decay": 1 / v[f"{name}_decay"],
        f"{name}_sustain": v[f"{name}_sustain"],
        f"{name}_release": 1 / v[f"{name}_release"],
        f"{name}_curve": curve,
        f"{name}_norm": 1 / (1 - 2.0**-curve),
    }

"""The built-in synth: converts genes to the constants of the compiled voice, and renders."""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from simd import BLOCK_SAMPLES, LANES, Audio
from synth.base import Synth
from synth.subtractive.parameters import SPACE

_OCTAVE = 12.0
_A4_NOTE, _A4_HZ = 69.0, 440.0
_MIDDLE_C = 60.0
# Cutoff of dark noise, and the factor that makes it about as loud as white noise.
_DARK_HZ, _DARK_LOUDNESS = 1_000.0, 0.8
_ENVELOPES = ("pitch", "filter", "amp")
_CURVES = tuple(f"{name}_curve" for name in _ENVELOPES)
_NORMS = tuple(f"{name}_norm" for name in _ENVELOPES)


def _alike(
    change: Callable[[NDArray[np.float64]], NDArray[np.float64]], **fields: str
) -> tuple[tuple[str, ...], list[int], Callable[[NDArray[np.float64]], NDArray[np.float64]]]:
    """Return names, genes and formula of kernel fields that come from one gene each."""
    return tuple(fields), [SPACE.index(gene) for gene in fields.values()], change


_ALIKE = (
    _alike(
        lambda values: values,
        width1="osc1_width", width2="osc2_width", fm="osc_fm", drive="drive", level="level",
        onset="onset", length="length", vibrato_hz="vibrato_rate", vibrato_width="vibrato_width",
        tremolo_hz="tremolo_rate", tremolo_amp="tremolo_amp",
        **{f"{name}_sustain": f"{name}_sustain" for name in _ENVELOPES},
    ),
    _alike(
        lambda semitones: semitones / _OCTAVE,
        bend="bend", sweep="sweep", vibrato_pitch="vibrato_pitch", tremolo_cutoff="tremolo_cutoff",
    ),
    _alike(
        lambda seconds: 1 / np.maximum(seconds, 1e-3),
        vibrato_delay="vibrato_delay", tremolo_delay="tremolo_delay",
        **{f"{name}_{stage}": f"{name}_{stage}" for name in _ENVELOPES
           for stage in ("attack", "decay", "release")},
    ),
    # Curves become exponents of 2. Curve 0, a straight line, is approximated because its formula
    # divides by 0.
    _alike(
        lambda curve: np.where(np.abs(curve) < 0.02, 0.02, curve) / np.log(2),
        **{name: name for name in _CURVES},
    ),
)  # fmt: skip


class Subtractive(Synth):
    """Two anti-aliased oscillators with phase modulation, noise, drive, filter, envelopes, LFOs.

    No sample exceeds 1. Oscillators are within 1 cent of their frequency, and aliases are below the
    levels stated in ``docs/synth.md``. Times are absolute: except for noise, a genome sounds the
    same at every sample rate.

    Args:
        sample_rate: in hertz, 8,000 to 192,000.
        samples: the length of every sound, at least 1.
    """

    space = SPACE

    def render_block(self, genomes: NDArray[np.float64]) -> Audio:
        """Render checked genomes, shape (n, genes), to sounds, shape (n, samples) float32."""
        from simd.blocks import rows_of

        sounds = np.empty((len(genomes), self.samples), np.float32)
        # Not self.stream: in a subclass that overrides rendering it calls this method.
        for group, blocks in enumerate(Subtractive.stream(self, genomes)):
            rows_of(blocks, sounds[group * LANES : (group + 1) * LANES])
        return sounds

    def stream(self, genomes: NDArray[np.float64]) -> Iterator[Iterator[Audio]]:
        """Return the blocks of checked genomes, sixteen at a time, without leaving the cache."""
        # New memory is slow, so all groups of a call share one block.
        block = np.empty((BLOCK_SAMPLES, LANES), np.float32)
        for group, fields in enumerate(constants(genomes, self.sample_rate)):
            yield self._blocks(fields, min(LANES, len(genomes) - LANES * group), block)

    def _blocks(self, fields: NDArray[np.float32], lanes: int, block: Audio) -> Iterator[Audio]:
        """Yield the blocks of one group, given its constants and used lanes, in ``block``."""
        from synth.subtractive import kernel

        rate, noises = np.float32(self.sample_rate), noise(self.samples, self.sample_rate)
        state, work = np.empty(kernel.STATE, np.float32), np.zeros(kernel.WORK, np.float32)
        kernel.begin(fields, state, rate)
        for start in range(0, self.samples, BLOCK_SAMPLES):
            count = min(BLOCK_SAMPLES, self.samples - start)
            whole = block[: -(-count // kernel.CONTROL_SAMPLES) * kernel.CONTROL_SAMPLES].reshape(
                -1
            )
            kernel.advance(fields, state, work, noises, rate, start, lanes, whole)
            yield block[:count]


@lru_cache(maxsize=4)
def noise(samples: int, sample_rate: int) -> NDArray[np.float32]:
    """Return white, then dark noise in whole control blocks; all candidates share them."""
    from synth.subtractive.kernel import CONTROL_SAMPLES, darkened

    blocks = -(-samples // CONTROL_SAMPLES)
    uniform = np.random.Generator(np.random.PCG64(0)).random(blocks * CONTROL_SAMPLES, np.float32)
    white = np.asarray(2 * uniform - 1, dtype=np.float32)
    return np.concatenate([white, darkened(white, np.float32(_dimming(sample_rate)))])


def _dimming(sample_rate: int) -> float:
    """Return the coefficient of the low-pass filter of dark noise."""
    return float(1 - np.exp(-2 * np.pi * _DARK_HZ / sample_rate))


def constants(genomes: NDArray[np.float64], sample_rate: int) -> NDArray[np.float32]:
    """Convert genomes to the constants of the kernel.

    Args:
        genomes: shape (n, genes).
        sample_rate: in hertz.

    Returns:
        Shape (groups, len(CONSTANTS) · LANES): in each group field after field, lane after lane;
        lanes left over in the last group hold a genome of zeros.
    """
    from synth.subtractive.kernel import CONSTANTS

    groups = -(-len(genomes) // LANES)
    padded = np.zeros((groups * LANES, len(SPACE)))
    padded[: len(genomes)] = genomes
    values = SPACE.to_values(padded).T
    v = dict(zip(SPACE.names, values, strict=True))
    fields = np.empty((len(CONSTANTS), groups * LANES))
    for names, genes, change in _ALIKE:
        fields[_rows(names)] = change(values[genes])

    hz = _A4_HZ * 2 ** ((v["note"] - _A4_NOTE) / _OCTAVE)
    ratio = 2 ** ((v["osc2_interval"] + v["osc2_detune"] / 100) / _OCTAVE)
    top = 0.45 * sample_rate
    hz1 = np.minimum(hz, top)
    tracked = v["key_tracking"] * (v["note"] - _MIDDLE_C) / _OCTAVE
    damping = 2 - 1.96 * v["resonance"]
    low, band, high = _morph(v["filter_mode"], 3)
    bright = v["noise_colour"]
    louder = _DARK_LOUDNESS * np.sqrt(2 / _dimming(sample_rate) - 1)
    special = {
        "log2_hz": np.log2(hz),
        # The oscillators have their start phases at the onset, not at the first sample.
        "phase1": (v["osc1_phase"] - hz1 * v["onset"]) % 1,
        "phase2": (v["osc2_phase"] - np.minimum(hz1 * ratio, top) * v["onset"]) % 1,
        "ratio": ratio,
        "fm_limit": 1 / (2 * np.pi),
        "noise": v["noise_level"] * (1 + np.minimum(bright, 0)),
        "dark": v["noise_level"] * (louder * np.maximum(-bright, 0) - np.maximum(bright, 0)),
        "log2_cutoff": np.log2(v["cutoff"]) + tracked,
        "damping": damping,
        "low": low - high,
        "band": (band - high) * damping,
        "high": high,
        "undrive": 1 / np.tanh(v["drive"]),
    }
    for name, value in special.items():
        fields[CONSTANTS.index(name)] = value
    for name, share in (("1", 1 - v["osc_mix"]), ("2", v["osc_mix"])):
        weights = share * _morph(v[f"osc{name}_shape"], 4)
        # A pulse is one saw minus the same saw, a pulse width later.
        weights[2] += weights[3]
        first = CONSTANTS.index(f"sine{name}")
        fields[first : first + 4] = weights
    fields[_rows(_NORMS)] = 1 / (1 - 2.0 ** -fields[_rows(_CURVES)])
    grouped = fields.astype(np.float32).reshape(len(CONSTANTS), -1, LANES).transpose(1, 0, 2)
    return np.ascontiguousarray(grouped).reshape(-1, len(CONSTANTS) * LANES)


@cache
def _rows(names: tuple[str, ...]) -> list[int]:
    """Return the positions of fields in the constants."""
    from synth.subtractive.kernel import CONSTANTS

    return [CONSTANTS.index(name) for name in names]


def _morph(position: NDArray[np.float64], stops: int) -> NDArray[np.float64]:
    """Return the weights, (stops, n), of shapes at ``position``, 0 to stops − 1."""
    return np.asarray(np.maximum(1 - np.abs(position - np.arange(stops)[:, None]), 0))

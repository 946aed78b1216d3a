"""The compiled voice: sixteen candidates side by side, one in each lane of the processor's vectors.

Time runs in blocks of 32 samples. At the end of each block the envelopes and LFOs are evaluated in
closed form (no state that could drift), turned into the few values that the sample loop needs, and
ramped linearly across the block. Everything is float32 in flat arrays, field after field, lane
after lane, so that the compiler can keep one vector a field; ``tests`` hold it to that.

All compiled code of the voice is in this file, because numba's cache on disk does not notice that a
function imported from another file has changed.

Sources: four-point B-spline BLEP and BLAMP, Välimäki, Pekonen & Nam (2012) and Esqueda, Välimäki &
Bilbao (2016); state-variable filter by trapezoidal integration, Zavalishin (2012), Simper (2013).
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

LANES = 16
BLOCK = 32

# No reassociation and no approximate functions: the same bits in every lane and batch.
_MATH = {"contract", "nsz", "nnan", "ninf"}
# Python's division raises at zero, and a loop that may raise is never vectorised.
_INLINE = {"fastmath": _MATH, "error_model": "numpy", "forceinline": True}

# Fields of the constants, one float32 a lane each. The order is private to this file and `voice`.
CONSTANTS = (
    "log2_hz", "bend",
    "pitch_attack", "pitch_decay", "pitch_sustain", "pitch_release", "pitch_curve", "pitch_norm",
    "sine1", "triangle1", "saw1", "pulse1", "width1", "phase1",
    "sine2", "triangle2", "saw2", "pulse2", "width2", "phase2",
    "ratio", "fm", "fm_limit", "noise", "dark", "dimming",
    "log2_cutoff", "damping", "low", "band", "high", "drive", "undrive", "sweep",
    "filter_attack", "filter_decay", "filter_sustain", "filter_release",
    "filter_curve", "filter_norm",
    "level", "onset", "length",
    "amp_attack", "amp_decay", "amp_sustain", "amp_release", "amp_curve", "amp_norm",
    "vibrato_hz", "vibrato_delay", "vibrato_pitch", "vibrato_width",
    "tremolo_hz", "tremolo_delay", "tremolo_amp", "tremolo_cutoff",
)  # fmt: skip
_AT = {name: i * LANES for i, name in enumerate(CONSTANTS)}
(LOG2_HZ, BEND, PITCH, SHAPE1, WIDTH1, PHASE1, SHAPE2, WIDTH2, PHASE2) = (
    _AT[n] for n in ("log2_hz", "bend", "pitch_attack", "sine1", "width1", "phase1",
                     "sine2", "width2", "phase2")
)  # fmt: skip
(RATIO, FM, FM_LIMIT, NOISE, DARK, DIMMING) = (
    _AT[n] for n in ("ratio", "fm", "fm_limit", "noise", "dark", "dimming")
)
(LOG2_CUTOFF, DAMPING, LOW, BAND, HIGH, DRIVE, UNDRIVE, SWEEP, FILTER) = (
    _AT[n] for n in ("log2_cutoff", "damping", "low", "band", "high", "drive", "undrive", "sweep",
                     "filter_attack")
)  # fmt: skip
(LEVEL, ONSET, LENGTH, AMP) = (_AT[n] for n in ("level", "onset", "length", "amp_attack"))
(VIBRATO_HZ, VIBRATO_DELAY, VIBRATO_PITCH, VIBRATO_WIDTH) = (
    _AT[n] for n in ("vibrato_hz", "vibrato_delay", "vibrato_pitch", "vibrato_width")
)
(TREMOLO_HZ, TREMOLO_DELAY, TREMOLO_AMP, TREMOLO_CUTOFF) = (
    _AT[n] for n in ("tremolo_hz", "tremolo_delay", "tremolo_amp", "tremolo_cutoff")
)

# After the constants: what is ramped (its value now, at the end of the block, and its step a
# sample), and the state from sample to sample. One flat array with fixed places holds it all: only
# then can the compiler see that no field overlaps another, and use vectors.
NOW = len(CONSTANTS) * LANES
RAMPED = 9 * LANES
NEXT = NOW + RAMPED
STEP = NEXT + RAMPED
OSC1, OSC2, SINE2, COLOUR, IC1, IC2 = (STEP + RAMPED + i * LANES for i in range(6))
WORK = STEP + RAMPED + 6 * LANES
STEP1, STEP2, PULSE1, PULSE2, INDEX, A1, A2, A3, GAIN = (i * LANES for i in range(9))

_f = np.float32
_0, _1, _2, _HALF, _QUARTER = _f(0), _f(1), _f(2), _f(0.5), _f(0.25)
_MIN_STEP, _MAX_STEP = _f(1e-6), _f(0.25)
_BLEP, _BLAMP = _f(2 / 24), _f(8 / 120)
_S0, _S1, _S2, _S3 = _f(6.28318054), _f(-41.3392539), _f(81.4083366), _f(-71.6111943)
# Exactly 1 at 0, so that an envelope is silent to the last bit before its note.
_E1, _E2, _E3, _E4, _E5 = (
    _f(c) for c in (0.693151739, 0.240159271, 0.0558186759, 0.00899099507, 0.00187931867)
)


@intrinsic
def _as_float(typingctx, bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
    """The float32 with these 32 bits."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
        return builder.bitcast(args[0], context.get_value_type(types.float32))

    return types.float32(types.int32), generate


@intrinsic
def _transpose(typingctx, source, at, target, row, column):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
    """Copy sixteen samples of sixteen lanes to sixteen rows, in the processor's registers.

    As plain loops this took a fifth of the whole render. Four rounds of interleaving the first
    half of the vectors with the second transpose them.
    """

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        types_ = signature.args
        lanes = context.make_array(types_[0])(context, builder, args[0])
        rows = context.make_array(types_[2])(context, builder, args[2])
        stride = builder.extract_value(rows.shape, 1)
        vector = ir.VectorType(ir.FloatType(), LANES)

        def place(base: Any, index: Any) -> Any:
            return builder.bitcast(builder.gep(base, [index]), vector.as_pointer())

        def plus(base: Any, count: int) -> Any:
            return builder.add(base, ir.Constant(base.type, count))

        def interleave(one: Any, other: Any, first: int) -> Any:
            picked = [x for i in range(first, first + LANES // 2) for x in (i, LANES + i)]
            mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), picked)
            return builder.shuffle_vector(one, other, mask)

        half = LANES // 2
        v = [
            builder.load(place(lanes.data, plus(args[1], LANES * i)), align=4) for i in range(LANES)
        ]
        for _ in range(4):
            pairs = [(v[i], v[i + half]) for i in range(half)]
            v = [interleave(*pair, first) for pair in pairs for first in (0, half)]
        for i, samples in enumerate(v):
            index = builder.add(builder.mul(plus(args[3], i), stride), args[4])
            builder.store(samples, place(rows.data, index), align=4)
        return context.get_dummy_value()

    return types.void(source, at, target, row, column), generate


@njit(**_INLINE)
def exp2(x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """2^x for x in [-126, 127], float32, relative error below 2e-7."""
    whole = np.floor(x)
    p = x - whole
    y = _1 + p * (_E1 + p * (_E2 + p * (_E3 + p * (_E4 + p * _E5))))
    return y * _as_float(np.int32((np.int32(whole) + np.int32(127)) << np.int32(23)))


@njit(**_INLINE)
def quarter_sine(t):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """sin(2πt) for t in [-0.25, 0.25] cycles, float32, error below 1.5e-6 (-116 dB)."""
    s = t * t
    return t * (_S0 + s * (_S1 + s * (_S2 + s * _S3)))


@njit(**_INLINE)
def wrap(p):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The distance in cycles from the nearest whole one, in [-0.5, 0.5]."""
    return p - np.floor(p + _HALF)


@njit(**_INLINE)
def sine(p):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """sin(2πp) for any p in cycles."""
    return quarter_sine(abs(wrap(p - _f(0.75))) - _QUARTER)


@njit(**_INLINE)
def saw(d, per_step):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """A falling saw at distance ``d`` cycles from its jump; ``per_step`` is 1 / cycles a sample."""
    u = abs(d) * per_step
    a = max(_2 - u, _0)
    b = max(_1 - u, _0)
    a *= a
    b *= b
    smooth = _BLEP * (a * a - _f(4) * b * b)
    up = _1 - _2 * d - smooth
    down = -_1 - _2 * d + smooth
    return up if d >= _0 else down


@njit(**_INLINE)
def triangle(far, width, per_step):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """A triangle ``far`` cycles, 0 to 0.5, from its trough; its nearer corner is rounded.

    The corner is rounded by the B-spline BLAMP residual, ``width`` cycles a sample wide.
    """
    u = min(far, _HALF - far) * per_step
    a = max(_2 - u, _0)
    b = max(_1 - u, _0)
    a2 = a * a
    b2 = b * b
    rounded = width * _BLAMP * (a2 * a2 * a - _f(4) * b2 * b2 * b)
    return _f(4) * far - _1 + (rounded if far < _QUARTER else -rounded)


@njit(**_INLINE)
def clamp(x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """``x`` held between 0 and 1."""
    return min(max(x, _0), _1)


@njit(**_INLINE)
def envelope(w, at, lane, t, length):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """An envelope's level, 0 to 1, ``t`` seconds after note on, in closed form.

    Each stage runs along 1 - 2^(-curve·x), scaled to end at 1. Attack and decay stop at note off
    and the release multiplies what they gave: a note let go early falls from where it stands.
    """
    attack, decay = w[at + lane], w[at + LANES + lane]
    sustain, release = w[at + 2 * LANES + lane], w[at + 3 * LANES + lane]
    curve, norm = w[at + 4 * LANES + lane], w[at + 5 * LANES + lane]
    held = min(t, length)
    letting_go = clamp((t - length) * release)
    risen = (_1 - exp2(-curve * clamp(held * attack))) * norm
    fallen = (_1 - exp2(-curve * clamp((held - _1 / attack) * decay))) * norm
    left = _1 - (_1 - exp2(-curve * letting_go)) * norm
    # Rounding must not leave a whisper after the release.
    return risen * (_1 - (_1 - sustain) * fallen) * (left if letting_go < _1 else _0)


@njit(**_INLINE)
def controls(w, time, sample_rate):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Evaluate all that moves slowly at ``time`` seconds into ``w``, field ``NEXT``."""
    period = _1 / sample_rate
    # Above 0.45 of the sample rate neither the oscillators nor the filter mean anything.
    top = _f(0.45)
    for lane in range(LANES):
        length = w[LENGTH + lane]
        t = max(time - w[ONSET + lane], _0)
        bend = envelope(w, PITCH, lane, t, length)
        open_ = envelope(w, FILTER, lane, t, length)
        loud = envelope(w, AMP, lane, t, length)
        vibrato = sine(t * w[VIBRATO_HZ + lane]) * clamp(t * w[VIBRATO_DELAY + lane])
        tremolo = sine(t * w[TREMOLO_HZ + lane]) * clamp(t * w[TREMOLO_DELAY + lane])

        pitch = w[LOG2_HZ + lane] + w[BEND + lane] * bend + w[VIBRATO_PITCH + lane] * vibrato
        step1 = min(exp2(pitch) * period, top)
        step2 = min(step1 * w[RATIO + lane], top)
        w[NEXT + STEP1 + lane] = step1
        w[NEXT + STEP2 + lane] = step2
        wider = w[VIBRATO_WIDTH + lane] * vibrato
        w[NEXT + PULSE1 + lane] = min(max(w[WIDTH1 + lane] + wider, _f(0.02)), _f(0.98))
        w[NEXT + PULSE2 + lane] = min(max(w[WIDTH2 + lane] + wider, _f(0.02)), _f(0.98))
        # Carson's rule: no deeper than the sidebands fit below half the sample rate.
        widest = (_HALF - step1) / step2 - _1
        w[NEXT + INDEX + lane] = min(w[FM + lane], max(widest, _0) * w[FM_LIMIT + lane])

        corner_ = w[LOG2_CUTOFF + lane] + w[SWEEP + lane] * open_
        corner_ += w[TREMOLO_CUTOFF + lane] * tremolo
        cycles = exp2(min(max(corner_, _f(3)), _f(17))) * period
        half = min(cycles, top) * _HALF
        g = sine(half) / sine(half + _QUARTER)
        a1 = _1 / (_1 + g * (g + w[DAMPING + lane]))
        w[NEXT + A1 + lane] = a1
        w[NEXT + A2 + lane] = g * a1
        w[NEXT + A3 + lane] = g * g * a1
        w[NEXT + GAIN + lane] = (
            w[LEVEL + lane] * loud * (_1 - w[TREMOLO_AMP + lane] * (_HALF + _HALF * tremolo))
        )


@njit(**_INLINE)
def sample(w, out, noise, i):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Sample ``i`` of the block for all lanes: oscillators, noise, drive, filter, level."""
    at = _f(i)
    for lane in range(LANES):
        step1 = w[NOW + STEP1 + lane] + at * w[STEP + STEP1 + lane]
        step2 = w[NOW + STEP2 + lane] + at * w[STEP + STEP2 + lane]
        pulse1 = w[NOW + PULSE1 + lane] + at * w[STEP + PULSE1 + lane]
        pulse2 = w[NOW + PULSE2 + lane] + at * w[STEP + PULSE2 + lane]
        index = w[NOW + INDEX + lane] + at * w[STEP + INDEX + lane]

        phase2 = w[OSC2 + lane]
        far2 = abs(wrap(phase2 - _f(0.75)))
        sine2 = quarter_sine(far2 - _QUARTER)
        width2 = min(step2, _MAX_STEP)
        # The second oscillator's sine bends the phase of the first; what that adds to the speed
        # widens the smoothing of its jumps.
        turned = index * (sine2 - w[SINE2 + lane])
        phase1 = w[OSC1 + lane]
        bent = phase1 + index * sine2
        far1 = abs(wrap(bent - _f(0.75)))
        width1 = min(max(abs(step1 + turned), _MIN_STEP), _MAX_STEP)
        # One division for both reciprocals: it is the slowest of all operations here.
        reciprocal = _1 / (width1 * width2)
        per1 = reciprocal * width2
        per2 = reciprocal * width1

        sound2 = (
            w[SHAPE2 + lane] * sine2
            + w[SHAPE2 + LANES + lane] * triangle(far2, width2, per2)
            + w[SHAPE2 + 2 * LANES + lane] * saw(wrap(phase2), per2)
            - w[SHAPE2 + 3 * LANES + lane] * saw(wrap(phase2 - pulse2), per2)
        )
        sound1 = (
            w[SHAPE1 + lane] * quarter_sine(far1 - _QUARTER)
            + w[SHAPE1 + LANES + lane] * triangle(far1, width1, per1)
            + w[SHAPE1 + 2 * LANES + lane] * saw(wrap(bent), per1)
            - w[SHAPE1 + 3 * LANES + lane] * saw(wrap(bent - pulse1), per1)
        )
        w[OSC1 + lane] = phase1 + step1 - np.floor(phase1 + step1)
        w[OSC2 + lane] = phase2 + step2 - np.floor(phase2 + step2)
        w[SINE2 + lane] = sine2

        colour = w[COLOUR + lane]
        colour += w[DIMMING + lane] * (noise - colour)
        w[COLOUR + lane] = colour
        mixed = sound1 + sound2 + w[NOISE + lane] * noise + w[DARK + lane] * colour

        driven = min(max(mixed * w[DRIVE + lane], _f(-3)), _f(3))
        square = driven * driven
        driven *= (_f(27) + square) / (_f(27) + _f(9) * square) * w[UNDRIVE + lane]

        a1 = w[NOW + A1 + lane] + at * w[STEP + A1 + lane]
        a2 = w[NOW + A2 + lane] + at * w[STEP + A2 + lane]
        a3 = w[NOW + A3 + lane] + at * w[STEP + A3 + lane]
        ic1, ic2 = w[IC1 + lane], w[IC2 + lane]
        v3 = driven - ic2
        v1 = a1 * ic1 + a2 * v3
        v2 = ic2 + a2 * ic1 + a3 * v3
        w[IC1 + lane] = _2 * v1 - ic1
        w[IC2 + lane] = _2 * v2 - ic2
        filtered = w[HIGH + lane] * driven + w[BAND + lane] * v1 + w[LOW + lane] * v2

        # Straight up to 0.8, then a parabola that lies flat at 1: the stated peak.
        y = filtered * (w[NOW + GAIN + lane] + at * w[STEP + GAIN + lane])
        size = min(abs(y), _f(1.2))
        over = max(size - _f(0.8), _0)
        size -= _f(1.25) * over * over
        out[i * LANES + lane] = size if y >= _0 else -size


@njit(fastmath=_MATH, error_model="numpy", nogil=True, cache=True)
def render(constants, noise, sample_rate, sounds):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Render groups of sixteen candidates.

    The filter's coefficients are ramped rather than recomputed for each sample. That is stable:
    trapezoidal integration shrinks ic1² + ic2² for every cutoff and damping, hence so does any
    mixture of two such steps.

    Args:
        constants: shape (groups, len(CONSTANTS) · LANES), float32.
        noise: white, at least as long as a sound, float32.
        sample_rate: in hertz, float32.
        sounds: filled; shape (groups · LANES, samples), float32.
    """
    samples = sounds.shape[1]
    w = np.empty(WORK, np.float32)
    out = np.empty(BLOCK * LANES, np.float32)
    for group in range(constants.shape[0]):
        w[:NOW] = constants[group]
        w[NOW:] = _0
        for lane in range(LANES):
            w[OSC1 + lane] = w[PHASE1 + lane]
            w[OSC2 + lane] = w[PHASE2 + lane]
        controls(w, _0, sample_rate)
        for start in range(0, samples, BLOCK):
            for i in range(RAMPED):
                w[NOW + i] = w[NEXT + i]
            controls(w, _f(start + BLOCK) / sample_rate, sample_rate)
            for i in range(RAMPED):
                w[STEP + i] = (w[NEXT + i] - w[NOW + i]) * _f(1 / BLOCK)
            count = min(BLOCK, samples - start)
            for i in range(count):
                sample(w, out, noise[start + i], i)
            if count == BLOCK:
                for i in range(0, BLOCK, LANES):
                    _transpose(out, i * LANES, sounds, group * LANES, start + i)
            else:
                for lane in range(LANES):
                    for i in range(count):
                        sounds[group * LANES + lane, start + i] = out[i * LANES + lane]

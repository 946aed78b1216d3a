"""The compiled voice: renders sixteen candidates at once.

Time is divided into control blocks of 32 samples. At the end of each one, envelopes and LFOs are
evaluated in closed form (without state that could drift) and converted to the few values that
samples depend on, which are ramped linearly across the block: one candidate in each lane of a
vector (``controls``). Oscillators, noise and drive have no feedback, and phases have a closed form
within a block. They are computed for one candidate at a time, with consecutive samples in the
lanes, and waves that its shape does not mix in are skipped (``_first``, ``_second``). The filter
has feedback from sample to sample, so again there is one candidate in each lane (``_filtered``).
Tiles are transposed in registers between the two layouts. No index depends on a value that is
computed from genes.

Sources: state-variable filter by trapezoidal integration, Zavalishin (2012), Simper (2013); the
waves are in ``waves``.
"""

import numpy as np
from numpy.typing import NDArray

from simd import LANES
from simd.compiled import compiled, inlined
from simd.vector import flip, if_less, load, store, transpose, vabs, vfloor, vmax, vmin
from synth.subtractive.waves import clamp, exp2, quarter_sine, saw, sine, triangle, wrap

CONTROL_SAMPLES = 32
# Control blocks per chunk, after which the layout changes; a chunk fits into the first-level cache.
_CHUNK_BLOCKS = 8
CHUNK = _CHUNK_BLOCKS * CONTROL_SAMPLES

# Fields of the constants, each LANES float32. The order is private to this file and `voice`.
CONSTANTS = (
    "log2_hz", "bend",
    "pitch_attack", "pitch_decay", "pitch_sustain", "pitch_release", "pitch_curve", "pitch_norm",
    "sine1", "triangle1", "saw1", "pulse1", "width1", "phase1",
    "sine2", "triangle2", "saw2", "pulse2", "width2", "phase2",
    "ratio", "fm", "fm_limit", "noise", "dark",
    "log2_cutoff", "damping", "low", "band", "high", "drive", "undrive", "sweep",
    "filter_attack", "filter_decay", "filter_sustain", "filter_release",
    "filter_curve", "filter_norm",
    "level", "onset", "length",
    "amp_attack", "amp_decay", "amp_sustain", "amp_release", "amp_curve", "amp_norm",
    "vibrato_hz", "vibrato_delay", "vibrato_pitch", "vibrato_width",
    "tremolo_hz", "tremolo_delay", "tremolo_amp", "tremolo_cutoff",
)  # fmt: skip
_AT = {name: i * LANES for i, name in enumerate(CONSTANTS)}
(LOG2_HZ, BEND, PITCH, SINE1, WIDTH1, PHASE1, SINE2, WIDTH2, PHASE2) = (
    _AT[n] for n in ("log2_hz", "bend", "pitch_attack", "sine1", "width1", "phase1",
                     "sine2", "width2", "phase2")
)  # fmt: skip
RATIO, FM, FM_LIMIT, NOISE, DARK = (_AT[n] for n in ("ratio", "fm", "fm_limit", "noise", "dark"))
(LOG2_CUTOFF, DAMPING, LOW, BAND, HIGH, DRIVE, UNDRIVE, SWEEP, FILTER) = (
    _AT[n] for n in ("log2_cutoff", "damping", "low", "band", "high", "drive", "undrive", "sweep",
                     "filter_attack")
)  # fmt: skip
LEVEL, ONSET, LENGTH, AMP, AMP_RELEASE = (
    _AT[n] for n in ("level", "onset", "length", "amp_attack", "amp_release")
)
(VIBRATO_HZ, VIBRATO_DELAY, VIBRATO_PITCH, VIBRATO_WIDTH) = (
    _AT[n] for n in ("vibrato_hz", "vibrato_delay", "vibrato_pitch", "vibrato_width")
)
(TREMOLO_HZ, TREMOLO_DELAY, TREMOLO_AMP, TREMOLO_CUTOFF) = (
    _AT[n] for n in ("tremolo_hz", "tremolo_delay", "tremolo_amp", "tremolo_cutoff")
)

# What samples depend on, a row for each control block: the values at its beginning.
_FIELDS = 11
STEP1, STEP2, PULSE1, PULSE2, INDEX, A1, A2, A3, GAIN, TURN1, TURN2 = (
    i * LANES for i in range(_FIELDS)
)
_ROW = _FIELDS * LANES
# The state of a group between calls: such a row, the filter, and the last sine of oscillator 2.
IC1, IC2, LAST = (_ROW + i * LANES for i in range(3))
STATE = _ROW + 3 * LANES
# Scratch space of a chunk: rows of controls, tiles of sound, sines of the second oscillator.
_TILE = (_CHUNK_BLOCKS + 1) * _ROW
# Not a power of two, so that the rows of a tile do not map to the same cache lines.
_ROOM = CHUNK + LANES
_SINES = _TILE + LANES * _ROOM
WORK = _SINES + LANES + CHUNK

_f = np.float32
_0, _1, _2, _HALF, _QUARTER = _f(0), _f(1), _f(2), _f(0.5), _f(0.25)
_MIN_STEP, _MAX_STEP = _f(1e-6), _f(0.25)
# Samples since the block began, i, and the factor of the steps' growth in the phase, i·(i − 1)/2.
_I = np.arange(CONTROL_SAMPLES, dtype=np.float32)
_RAMPS: NDArray[np.float32] = np.concatenate([_I, _I * (_I - 1) / 2])
_PER_BLOCK, _WHOLE, _GROWTH = (
    _f(1 / CONTROL_SAMPLES),
    _f(CONTROL_SAMPLES),
    _f(CONTROL_SAMPLES * (CONTROL_SAMPLES - 1) / 2),
)


@inlined
def envelope(c, at, t, length):
    """Return the level of an envelope, 0 to 1, ``t`` seconds after note on, in closed form.

    Each stage follows 1 - 2^(-curve·x), scaled to end at 1. Attack and decay stop at note off, and
    the release multiplies the level at that time, whatever stage it is in.
    """
    attack, decay = load(c, at, LANES), load(c, at + LANES, LANES)
    sustain, release = load(c, at + 2 * LANES, LANES), load(c, at + 3 * LANES, LANES)
    curve, norm = load(c, at + 4 * LANES, LANES), load(c, at + 5 * LANES, LANES)
    held = vmin(t, length)
    letting_go = clamp((t - length) * release)
    risen = (_1 - exp2(-curve * clamp(held * attack))) * norm
    fallen = (_1 - exp2(-curve * clamp((held - _1 / attack) * decay))) * norm
    left = _1 - (_1 - exp2(-curve * letting_go)) * norm
    # Exactly 0 after the release, without a rounding error.
    return risen * (_1 - (_1 - sustain) * fallen) * if_less(letting_go, _1, left, _0)


@inlined
def controls(c, row, at, time, sample_rate):
    """Evaluate envelopes and LFOs at ``time`` seconds; write ``row`` from ``at`` on."""
    period = _1 / sample_rate
    # Frequencies of oscillators and filter are limited to 0.45 of the sample rate.
    top = _f(0.45)
    length = load(c, LENGTH, LANES)
    t = vmax(time - load(c, ONSET, LANES), _0)
    bend, open_ = envelope(c, PITCH, t, length), envelope(c, FILTER, t, length)
    loud = envelope(c, AMP, t, length)
    vibrato = sine(t * load(c, VIBRATO_HZ, LANES)) * clamp(t * load(c, VIBRATO_DELAY, LANES))
    tremolo = sine(t * load(c, TREMOLO_HZ, LANES)) * clamp(t * load(c, TREMOLO_DELAY, LANES))

    pitch = load(c, LOG2_HZ, LANES) + load(c, BEND, LANES) * bend
    step1 = vmin(exp2(pitch + load(c, VIBRATO_PITCH, LANES) * vibrato) * period, top)
    step2 = vmin(step1 * load(c, RATIO, LANES), top)
    store(row, at + STEP1, step1)
    store(row, at + STEP2, step2)
    wider = load(c, VIBRATO_WIDTH, LANES) * vibrato
    for width, pulse in ((WIDTH1, PULSE1), (WIDTH2, PULSE2)):
        store(row, at + pulse, vmin(vmax(load(c, width, LANES) + wider, _f(0.02)), _f(0.98)))
    # Carson's rule limits the depth so that sidebands stay below half the sample rate.
    widest = vmax((_HALF - step1) / step2 - _1, _0)
    store(row, at + INDEX, vmin(load(c, FM, LANES), widest * load(c, FM_LIMIT, LANES)))

    corner = load(c, LOG2_CUTOFF, LANES) + load(c, SWEEP, LANES) * open_
    corner += load(c, TREMOLO_CUTOFF, LANES) * tremolo
    half = vmin(exp2(vmin(vmax(corner, _f(3)), _f(17))) * period, top) * _HALF
    g = sine(half) / sine(half + _QUARTER)
    a1 = _1 / (_1 + g * (g + load(c, DAMPING, LANES)))
    store(row, at + A1, a1)
    store(row, at + A2, g * a1)
    store(row, at + A3, g * g * a1)
    swing = _1 - load(c, TREMOLO_AMP, LANES) * (_HALF + _HALF * tremolo)
    store(row, at + GAIN, load(c, LEVEL, LANES) * loud * swing)


@inlined
def _turn(row, now, to, step):
    """Advance an oscillator's phase to the beginning of the next block."""
    phase, field = TURN1 + step, STEP1 + step
    begun = load(row, now + field, LANES)
    grown = (load(row, to + field, LANES) - begun) * _PER_BLOCK
    turned = load(row, now + phase, LANES) + (_WHOLE * begun + _GROWTH * grown)
    store(row, to + phase, turned - vfloor(turned))


@inlined
def _mixed(c, shape, sound, t, phase, width, pulse):
    """Add the triangle, saw and pulse that a shape mixes in, at ``width`` cycles a sample."""
    per_step = _1 / width
    triangle_, saw_, pulse_ = c[shape + LANES], c[shape + 2 * LANES], c[shape + 3 * LANES]
    if triangle_ != _0:
        sound += triangle_ * triangle(t, width, per_step)
    if saw_ != _0:
        sound += saw_ * saw(wrap(phase), per_step)
    if pulse_ != _0:
        sound -= pulse_ * saw(wrap(phase - pulse), per_step)
    return sound


@inlined
def _second(c, w, row, lane, noises, start, to):
    """Compute the second oscillator and noise of one candidate for a control block."""
    now, then, shape = row + lane, row + _ROW + lane, SINE2 + lane
    step, pulse, turn = w[now + STEP2], w[now + PULSE2], w[now + TURN2]
    grow = (w[then + STEP2] - step) * _PER_BLOCK
    wider = (w[then + PULSE2] - pulse) * _PER_BLOCK
    white, dark = c[NOISE + lane], c[DARK + lane]
    tile, sines = _TILE + lane * _ROOM + to, _SINES + LANES + to
    at = load(_RAMPS, 0, CONTROL_SAMPLES)
    phase = turn + (step * at + grow * load(_RAMPS, CONTROL_SAMPLES, CONTROL_SAMPLES))
    width = vmin(grow * at + step, _MAX_STEP)
    t = vabs(wrap(phase - _f(0.75))) - _QUARTER
    wave = quarter_sine(t)
    store(w, sines, wave)
    sound = white * load(noises, start, CONTROL_SAMPLES)
    sound += dark * load(noises, start + noises.size // 2, CONTROL_SAMPLES)
    sound += c[shape] * wave
    store(w, tile, _mixed(c, shape, sound, t, phase, width, wider * at + pulse))


@inlined
def _first(c, w, row, lane, to):
    """Compute the first oscillator and the drive of one candidate for a control block."""
    now, then, shape = row + lane, row + _ROW + lane, SINE1 + lane
    step, pulse, turn = w[now + STEP1], w[now + PULSE1], w[now + TURN1]
    grow = (w[then + STEP1] - step) * _PER_BLOCK
    wider = (w[then + PULSE1] - pulse) * _PER_BLOCK
    index = w[now + INDEX]
    deeper = (w[then + INDEX] - index) * _PER_BLOCK
    drive, undrive = c[DRIVE + lane], c[UNDRIVE + lane]
    tile, sines = _TILE + lane * _ROOM + to, _SINES + LANES + to
    # The second oscillator's sine modulates the phase of the first; the smoothing of jumps is
    # widened by the resulting frequency.
    at = load(_RAMPS, 0, CONTROL_SAMPLES)
    depth = deeper * at + index
    wave = load(w, sines, CONTROL_SAMPLES)
    phase = (
        turn + (step * at + grow * load(_RAMPS, CONTROL_SAMPLES, CONTROL_SAMPLES)) + depth * wave
    )
    speed = grow * at + step + depth * (wave - load(w, sines - 1, CONTROL_SAMPLES))
    width = vmin(vmax(vabs(speed), _MIN_STEP), _MAX_STEP)
    t = vabs(wrap(phase - _f(0.75))) - _QUARTER
    sound = load(w, tile, CONTROL_SAMPLES)
    if c[shape] != _0:
        sound += c[shape] * quarter_sine(t)
    sound = _mixed(c, shape, sound, t, phase, width, wider * at + pulse)

    driven = vmin(vmax(sound * drive, _f(-3)), _f(3))
    square = driven * driven
    driven *= (_f(27) + square) / (_f(27) + _f(9) * square) * undrive
    store(w, tile, driven)


@inlined
def _filtered(c, s, w, row, out, to):
    """Filter, amplify and limit sixteen candidates for a control block, in place."""
    a1, a2, a3 = (load(w, row + A1, LANES), load(w, row + A2, LANES), load(w, row + A3, LANES))
    then = row + _ROW
    more1 = (load(w, then + A1, LANES) - a1) * _PER_BLOCK
    more2 = (load(w, then + A2, LANES) - a2) * _PER_BLOCK
    more3 = (load(w, then + A3, LANES) - a3) * _PER_BLOCK
    gain = load(w, row + GAIN, LANES)
    louder = (load(w, then + GAIN, LANES) - gain) * _PER_BLOCK
    low, band, high = load(c, LOW, LANES), load(c, BAND, LANES), load(c, HIGH, LANES)
    ic1, ic2 = load(s, IC1, LANES), load(s, IC2, LANES)
    for i in range(CONTROL_SAMPLES):
        at = _f(i)
        driven = load(out, to + i * LANES, LANES)
        b2 = a2 + at * more2
        v3 = driven - ic2
        v1 = (a1 + at * more1) * ic1 + b2 * v3
        v2 = ic2 + b2 * ic1 + (a3 + at * more3) * v3
        ic1 = _2 * v1 - ic1
        ic2 = _2 * v2 - ic2
        y = (high * driven + band * v1 + low * v2) * (gain + at * louder)
        # Soft limiter: linear up to 0.8, then a parabola that is flat at 1, the maximum.
        size = vmin(vabs(y), _f(1.2))
        over = vmax(size - _f(0.8), _0)
        size -= _f(1.25) * over * over
        store(out, to + i * LANES, flip(size, y))
    store(s, IC1, ic1)
    store(s, IC2, ic2)


@inlined
def _chunk(c, s, w, noises, sample_rate, start, count, lanes, moving, curves, done, out):
    """Render ``count`` samples of a group from ``start``: whole control blocks, at most a chunk."""
    blocks = count // CONTROL_SAMPLES
    w[:_ROW] = s[:_ROW]
    for b in range(blocks):
        row = b * _ROW
        if moving is not None:
            for i in range(moving.size):
                store(c, moving[i], load(curves, ((done + b) * moving.size + i) * LANES, LANES))
        controls(c, w, row + _ROW, _f(start + (b + 1) * CONTROL_SAMPLES) / sample_rate, sample_rate)
        _turn(w, row, row + _ROW, 0)
        _turn(w, row, row + _ROW, LANES)
    s[:_ROW] = w[blocks * _ROW : (blocks + 1) * _ROW]
    for lane in range(lanes):
        # After its release a candidate is multiplied by 0, so its oscillators are skipped. The tile
        # keeps its last content, which also keeps the filter from slow subnormal numbers.
        over = c[ONSET + lane] + c[LENGTH + lane] + _1 / c[AMP_RELEASE + lane]
        if _f(start) > over * sample_rate + _f(CONTROL_SAMPLES):
            continue
        w[_SINES + LANES - 1] = s[LAST + lane]
        for b in range(blocks):
            _second(c, w, b * _ROW, lane, noises, start + b * CONTROL_SAMPLES, b * CONTROL_SAMPLES)
        for b in range(blocks):
            _first(c, w, b * _ROW, lane, b * CONTROL_SAMPLES)
        s[LAST + lane] = w[_SINES + LANES - 1 + count]
    for i in range(0, count, LANES):
        transpose(w, _TILE + i, _ROOM, out, i * LANES, LANES)
    for b in range(blocks):
        _filtered(c, s, w, b * _ROW, out, b * CONTROL_SAMPLES * LANES)


@compiled
def begin(constants, state, sample_rate):
    """Initialise ``state``, shape (STATE,), of a group; other arguments as for ``advance``."""
    state[:] = _0
    controls(constants, state, 0, _0, sample_rate)
    store(state, TURN1, load(constants, PHASE1, LANES))
    store(state, TURN2, load(constants, PHASE2, LANES))


@compiled
def advance(constants, state, work, noises, sample_rate, start, lanes, moving, curves, block):
    """Render the next samples of one group, from sample ``start`` on.

    The filter's coefficients are ramped instead of recomputed for each sample. That is stable:
    trapezoidal integration decreases ic1² + ic2² for every cutoff and damping, and so does any
    mixture of two such steps.

    Args:
        constants: those of the group, shape (len(CONSTANTS) · LANES,), float32; those that move
            are changed in place.
        state: the state after the last call; changed in place.
        work: scratch space, shape (WORK,), unchanged since the last call; zeros at first.
        noises: white, then dark noise, each at least as long as a sound in whole control blocks;
            flat, float32.
        sample_rate: in hertz, float32.
        start: a multiple of CHUNK.
        lanes: how many lanes are used; the oscillators of the others are skipped.
        moving: where the constants begin that move, shape (n,), int64; None if none does, which
            is compiled by itself, without a loss of speed.
        curves: their values at the end of each control block, (control blocks, n, LANES), flat,
            float32; None if none moves.
        block: the result, flat: whole control blocks, LANES a sample.
    """
    for at in range(0, block.size // LANES, CHUNK):
        count = min(CHUNK, block.size // LANES - at)
        _chunk(
            constants,
            state,
            work,
            noises,
            sample_rate,
            start + at,
            count,
            lanes,
            moving,
            curves,
            at // CONTROL_SAMPLES,
            block[at * LANES :],
        )


@compiled
def darkened(white, dimming):
    """Return noise, shape (n,), after a one-pole low-pass filter with coefficient ``dimming``."""
    dark = np.empty_like(white)
    level = _0
    for i in range(white.size):
        level += dimming * (white[i] - level)
        dark[i] = level
    return dark

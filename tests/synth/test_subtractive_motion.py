"""Knobs that follow breakpoints: against sounds that stand still, and against formulas."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import hilbert

from synth.subtractive.motion import MOVABLE
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive
from tests.synth.conftest import PLAIN

RATE, SAMPLES = 44_100, 44_100
EVERY = dict.fromkeys(MOVABLE, 3)


def mover(samples=SAMPLES, **moves):
    return Subtractive(RATE, samples, moves=moves)


def stretched(space, genomes):
    """Genomes of a moving space all of whose breakpoints are the gene of the still one."""
    return genomes[:, [SPACE.index(name.partition("@")[0]) for name in space.names]]


def drawn(count, genes, seed=0):
    return np.random.default_rng(seed).random((count, genes))


def moved(seconds=1.0, **changes):
    """The plain patch with some knobs at other values; a list of values is a knob that moves."""
    values = {**PLAIN, **changes}
    moves = {name: len(value) for name, value in values.items() if isinstance(value, list)}
    synth = mover(round(seconds * RATE), **moves)
    flat = {}
    for name, value in values.items():
        if isinstance(value, list):
            flat |= {f"{name}@{i}": one for i, one in enumerate(value, 1)}
        else:
            flat[name] = value
    return synth.render(synth.space.genome(**flat)[None])[0].astype(np.float64)


def analytic(sound):
    """Times in seconds, amplitude and frequency in hertz of a sine, without its ends."""
    signal = hilbert(sound)
    turned = np.unwrap(np.angle(signal))
    # A mean: the third harmonic that the lowest drive leaves would show as a ripple.
    hertz = (turned[100:] - turned[:-100]) * RATE / (2 * np.pi * 100)
    seconds = (np.arange(len(hertz)) + 50) / RATE
    inside = (seconds > 0.05) & (seconds < seconds[-1] - 0.05)
    return seconds[inside], np.abs(signal)[50:-50][inside], hertz[inside]


@pytest.mark.parametrize("moves", [{"cutoff": 4, "level": 3}, {"note": 2}, EVERY])
@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
def test_with_equal_breakpoints_the_sounds_are_those_of_knobs_that_stand_still(moves, rate):
    still, moving = Subtractive(rate, 7_001), Subtractive(rate, 7_001, moves=moves)
    genomes = drawn(19, len(SPACE))
    np.testing.assert_array_equal(
        moving.render(stretched(moving.space, genomes)), still.render(genomes)
    )


def test_breakpoints_take_the_place_of_their_knob():
    space = mover(note=2, cutoff=3).space
    assert space.names[:3] == ("note@1", "note@2", "bend")
    first, *later = (space[space.index(f"cutoff@{i}")] for i in (1, 2, 3))
    still = SPACE[SPACE.index("cutoff")]
    assert [p.role for p in (first, *later)] == ["cutoff", "", ""]
    assert {p.follows for p in later} == {"cutoff@1"}
    for p in (first, *later):
        kept = (p.section, p.unit, p.low, p.high, p.curve)
        assert kept == (still.section, still.unit, still.low, still.high, still.curve)
    assert space.moving == {0: [0, 1], space.index("cutoff@1"): space.breakpoints(
        space.index("cutoff@1"))}  # fmt: skip
    assert Subtractive(RATE, 10).space is SPACE


def test_the_note_glides_in_a_straight_line_of_semitones():
    seconds, _, hertz = analytic(moved(seconds=2, note=[57, 81, 69]))
    wanted = 440 * 2 ** ((np.interp(seconds, [0, 1, 2], [57, 81, 69]) - 69) / 12)
    # The mean of 100 samples is rounder than the corner.
    away = np.abs(seconds - 1) > 0.01
    np.testing.assert_allclose(hertz[away], wanted[away], rtol=2e-3)


def test_the_level_moves_in_equal_ratios():
    seconds, amplitude, _ = analytic(moved(note=93, level=[0.05, 0.5]))
    peak = np.abs(moved(note=93, level=0.5))[1000:].max()
    np.testing.assert_allclose(amplitude / peak, 0.1 ** (1 - seconds), rtol=0.01)


def test_the_corner_of_the_filter_moves_in_equal_ratios():
    """A sine through a low pass without resonance: -6 dB where the corner crosses it."""
    sound = moved(note=69, filter_mode=0, cutoff=[44.0, 4_400.0])
    seconds, amplitude, _ = analytic(sound)
    whole = np.abs(moved(note=69, filter_mode=0, cutoff=20_000.0))[1000:].max()
    corner = 44 * 100**seconds
    wanted = 1 / (1 + (440 / corner) ** 2)
    middle = (corner > 150) & (corner < 2_500)
    np.testing.assert_allclose((amplitude / whole)[middle], wanted[middle], rtol=0.04)


@pytest.mark.parametrize("onset", [0.0, 0.123, 0.4])
def test_oscillators_have_their_start_phase_at_the_onset_of_a_note_that_glides(onset):
    """From there on the phase is the integral of the frequency: the zero crossings tell."""
    sound = moved(note=[80, 104], osc1_phase=0.25, onset=onset, amp_attack=0.001, seconds=1.0)
    seconds = onset + np.arange(0.0, 0.3, 1e-6)
    hertz = 440 * 2 ** ((80 + 24 * seconds - 69) / 12)
    cycles = 0.25 + np.cumsum(hertz) * 1e-6
    crossing = seconds[np.flatnonzero(np.diff(np.floor(2 * cycles)))]
    after = crossing[crossing > onset + 0.01]
    at = np.flatnonzero(np.diff(np.signbit(sound).astype(int))) / RATE
    nearest = np.abs(after[:, None] - at[None]).min(axis=1)
    assert nearest.max() < 1.5 / RATE


@pytest.mark.parametrize("name", MOVABLE)
def test_every_knob_that_may_move_is_heard_to_move_without_jumps(name):
    rich = {
        "osc1_shape": 3, "osc2_shape": 3, "osc_mix": 0.5, "osc_fm": 0.2, "filter_mode": 0,
        "cutoff": 2_000, "sweep": 12, "vibrato_pitch": 0.5, "vibrato_width": 0.1,
        "tremolo_amp": 0.3, "tremolo_cutoff": 6, "bend": 5, "level": 0.2, "note": 45,
        "resonance": 0.3, "osc1_width": 0.3,
    }  # fmt: skip
    p = SPACE[SPACE.index(name)]
    low, high = (float(p.to_value(gene)) for gene in (0.4, 0.6))
    there = moved(**{**rich, name: [low, high]})
    ends = [moved(**{**rich, name: end}) for end in (low, high)]
    assert all(np.abs(there - end).max() > 1e-3 for end in ends)
    # It is the first sound in the beginning.
    np.testing.assert_allclose(there[:200], ends[0][:200], atol=0.05)
    # No sample differs from the one before by more than in sounds that stand still.
    most = max(np.abs(np.diff(end)).max() for end in ends)
    assert np.abs(np.diff(there)).max() < 1.3 * most


def test_blocks_are_the_sounds_of_render_side_by_side():
    synth = mover(5_000, note=3, cutoff=2, osc2_interval=4)
    rows = drawn(19, len(synth.space), seed=5)
    groups = [np.concatenate([b.copy() for b in blocks]) for blocks in synth.blocks(rows)]
    np.testing.assert_array_equal(np.concatenate([g.T for g in groups])[:19], synth.render(rows))


def test_a_sound_depends_on_its_genome_alone_in_every_lane():
    synth = mover(4_097, **EVERY)
    rows = drawn(37, len(synth.space))
    together = synth.render(rows)
    for i in (0, 1, 15, 16, 36):
        np.testing.assert_array_equal(synth.render(rows[i : i + 1])[0], together[i])
    for lane in range(17):
        batch = np.vstack([drawn(lane, len(synth.space), seed=3), rows[:1]])
        np.testing.assert_array_equal(synth.render(batch)[-1], together[0])


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(MOVABLE), st.integers(2, 32), min_size=1),
    st.sampled_from([1, 31, 33, 2_049]),
    st.sampled_from([8_000, 44_100, 192_000]),
    st.booleans(),
    st.integers(0, 1_000),
)
def test_sounds_are_finite_and_never_exceed_1(moves, samples, rate, corner, seed):
    synth = Subtractive(rate, samples, moves=moves)
    genomes = drawn(3, len(synth.space), seed)
    sounds = synth.render(np.round(genomes) if corner else genomes)
    assert sounds.shape == (3, samples)
    assert np.isfinite(sounds).all()
    assert np.abs(sounds).max() <= 1


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 32), st.lists(st.floats(0, 1), min_size=32, max_size=32), st.floats(0, 2))
def test_a_gene_moves_between_its_two_breakpoints(count, genes, second):
    from synth.subtractive.motion import Motion

    motion = Motion({"bend": count}, 8_000, 16_000)
    genome = np.full((1, len(motion.space)), 0.5)
    first = motion.space.index("bend@1")
    genome[0, first : first + count] = genes[:count]
    bend = SPACE[SPACE.index("bend")]
    found = bend.to_gene(motion.at("bend", genome, np.array([second])))[0, 0]
    wanted = np.interp(second, np.linspace(0, 2, count), genes[:count])
    assert found == pytest.approx(wanted, abs=1e-7)


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ({"cutof": 3}, ["no knob 'cutof'", "did you mean 'cutoff'?"]),
        ({"resonance": 3}, ["resonance cannot move", "note, bend", "tremolo_cutoff"]),
        ({"cutoff": 1}, ["cutoff: 1 breakpoints", "2 to 32"]),
        ({"cutoff": 33}, ["cutoff: 33 breakpoints", "2 to 32"]),
    ],
)
def test_what_cannot_move_is_refused(moves, words):
    with pytest.raises(ValueError, match="moves") as raised:
        mover(**moves)
    assert all(word in str(raised.value) for word in words)


def test_the_guide_lists_what_may_move():
    guide = Path(__file__).parents[2] / "docs" / "moving.md"
    rows = re.findall(r"^\| (\w+) \| (`.*`) \|$", guide.read_text(encoding="utf-8"), re.MULTILINE)
    listed = {name: section for section, names in rows for name in re.findall(r"`(\w+)`", names)}
    assert listed == {name: SPACE[SPACE.index(name)].section for name in MOVABLE}

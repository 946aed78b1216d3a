"""The built-in voice as a synth: shapes, peak, repeatability, every gene, and a golden."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.base import Synth
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

GENES = len(SPACE)


def genomes(count, seed=0):
    return np.random.default_rng(seed).random((count, GENES))


@pytest.mark.parametrize("sample_rate", [8_000, 25_000, 44_100, 96_000, 192_000])
@pytest.mark.parametrize("samples", [1, 31, 33, 0.05, 0.5])
def test_sounds_are_finite_and_never_exceed_1(sample_rate, samples):
    samples = samples if isinstance(samples, int) else round(samples * sample_rate)
    corners = np.vstack([np.zeros(GENES), np.ones(GENES)])
    sounds = Subtractive(sample_rate, samples).render(np.vstack([corners, genomes(500)]))
    assert (sounds.shape, sounds.dtype) == ((502, samples), np.float32)
    assert np.isfinite(sounds).all()
    assert np.abs(sounds).max() <= 1


def test_two_seconds_reach_the_peak_but_do_not_pass_it():
    sounds = Subtractive(44_100, 88_200).render(genomes(500, seed=1))
    assert np.isfinite(sounds).all()
    assert 0.99 < np.abs(sounds).max() <= 1
    assert (np.abs(sounds).max(1) > 1e-3).mean() > 0.9


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=GENES, max_size=GENES))
def test_no_corner_of_the_cube_is_out_of_range(genome):
    for sample_rate in (8_000, 44_100):
        sound = Subtractive(sample_rate, 4_000).render([genome])
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() <= 1


def test_one_gene_at_its_end_from_random_places():
    ends = np.repeat(genomes(4, seed=2), 2 * GENES, axis=0)
    for i in range(GENES):
        ends[2 * i :: 2 * GENES, i] = 0
        ends[2 * i + 1 :: 2 * GENES, i] = 1
    sounds = Subtractive(25_000, 12_500).render(ends)
    assert np.isfinite(sounds).all()
    assert np.abs(sounds).max() <= 1


def test_a_sound_depends_on_its_genome_alone():
    synth = Subtractive(44_100, 5_000)
    rows = genomes(37)
    together = synth.render(rows)
    np.testing.assert_array_equal(synth.render(rows[::-1])[::-1], together)
    for i in (0, 1, 15, 16, 36):
        np.testing.assert_array_equal(synth.render(rows[i : i + 1])[0], together[i])
    for lane in range(17):
        moved = synth.render(np.vstack([genomes(lane, seed=3), rows[:1]]))
        np.testing.assert_array_equal(moved[-1], together[0])


def test_the_same_bits_in_another_process():
    code = (
        "import hashlib, numpy as np; from synth.subtractive.voice import Subtractive as S;"
        f"g = np.random.default_rng(4).random((5, {GENES}));"
        "print(hashlib.sha256(S(44_100, 3_000).render(g).tobytes()).hexdigest())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = Subtractive(44_100, 3_000).render(genomes(5, seed=4)).tobytes()
    assert ran.stdout.strip() == hashlib.sha256(here).hexdigest()


@pytest.mark.parametrize("samples", [1, 31, 32, 33, 4_410])
def test_a_longer_sound_begins_with_the_shorter_one(samples):
    longer = Subtractive(44_100, 10_000).render(genomes(20))
    np.testing.assert_array_equal(
        Subtractive(44_100, samples).render(genomes(20)), longer[:, :samples]
    )


@pytest.mark.parametrize("samples", [1, 31, 2_048, 2_049, 5_000])
def test_blocks_are_the_sounds_of_render_side_by_side(samples):
    synth, rows = Subtractive(44_100, samples), genomes(19, seed=5)
    groups = [np.concatenate([b.copy() for b in blocks]) for blocks in synth.blocks(rows)]
    assert [group.shape for group in groups] == [(samples, 16)] * 2
    np.testing.assert_array_equal(np.concatenate([g.T for g in groups])[:19], synth.render(rows))


def test_no_genomes_have_no_blocks():
    assert list(Subtractive(44_100, 100).blocks(np.empty((0, GENES)))) == []


def test_what_is_over_is_silent_and_what_follows_in_the_batch_is_not_touched():
    """A lane whose note is over is not rendered on: neither it nor its neighbours may tell."""
    rows = genomes(16, seed=6)
    short = {"onset": 0, "length": 0, "amp_release": 0}
    for name, gene in short.items():
        rows[::2, SPACE.index(name)] = gene
    sounds = Subtractive(44_100, 20_000).render(rows)
    assert not sounds[::2, 3_000:].any()
    assert sounds[::2, :800].any(axis=1).all()
    for i in (1, 7, 15):
        np.testing.assert_array_equal(
            Subtractive(44_100, 20_000).render(rows[i : i + 1])[0], sounds[i]
        )


def test_no_genome_gives_no_sound():
    assert Subtractive(44_100, 100).render(np.empty((0, GENES))).shape == (0, 100)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.zeros(GENES), rf"shape \({GENES},\); wanted: \(n, {GENES}\)"),
        (np.zeros((2, GENES + 1)), rf"shape \(2, {GENES + 1}\); wanted: \(n, {GENES}\)"),
        (np.full((1, GENES), 1.01), "outside"),
        (np.full((1, GENES), -0.01), "outside"),
        (np.full((1, GENES), np.nan), "NaN"),
    ],
)
def test_genomes_that_do_not_fit_are_refused(bad, message):
    with pytest.raises(ValueError, match=message):
        Subtractive(44_100, 100).render(bad)


@pytest.mark.parametrize(("rate", "samples"), [(7_999, 10), (192_001, 10), (44_100, 0)])
def test_a_rate_or_length_out_of_range_is_refused(rate, samples):
    with pytest.raises(ValueError, match="allowed"):
        Subtractive(rate, samples)


def test_the_voice_declares_that_it_repeats_exactly():
    assert issubclass(Subtractive, Synth)
    assert (Subtractive.repeatability, Subtractive.tolerance) == ("exact", 0.0)


@pytest.fixture(scope="module")
def changes():
    """How much each gene changes a rich sound when it moves by 0.05: RMS of the difference."""
    envelopes = {
        f"{name}_{knob}": value
        for name in ("pitch", "filter", "amp")
        for knob, value in (
            ("attack", 0.05), ("decay", 0.3), ("sustain", 0.5), ("release", 0.4), ("curve", 2),
        )
    }  # fmt: skip
    rich = SPACE.genome(
        note=50, bend=7, osc1_shape=2.5, osc1_width=0.3, osc1_phase=0.3, osc2_shape=2.5,
        osc2_width=0.2, osc2_phase=0.6, osc2_interval=7, osc2_detune=10, osc_mix=0.5, osc_fm=0.3,
        noise_level=0.2, noise_colour=-0.5, filter_mode=0.5, cutoff=800, resonance=0.5,
        key_tracking=0.5, drive=1, sweep=20, level=0.3, onset=0.05, length=0.8,
        vibrato_rate=5, vibrato_delay=0.3, vibrato_pitch=0.5, vibrato_width=0.1,
        tremolo_rate=4, tremolo_delay=0.3, tremolo_amp=0.3, tremolo_cutoff=6, **envelopes,
    )  # fmt: skip
    rows = np.vstack([rich, rich + 0.05 * np.eye(GENES)])
    sounds = Subtractive(44_100, 88_200).render(rows.clip(0, 1)).astype(np.float64)
    rms = np.sqrt(np.mean((sounds[1:] - sounds[0]) ** 2, axis=1) / np.mean(sounds[0] ** 2))
    return dict(zip(SPACE.names, rms, strict=True))


@pytest.mark.parametrize("name", SPACE.names)
def test_every_gene_is_heard(changes, name):
    assert changes[name] > 0.005


def test_the_guide_lists_every_gene_as_it_is():
    guide = (Path(__file__).parents[2] / "docs" / "synth.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", guide, re.MULTILINE)
    listed = {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}
    assert tuple(listed) == SPACE.names
    assert f"from {GENES} knobs" in guide
    for p in SPACE:
        low, high, unit, curve, about = listed[p.name]
        ends = [float(end.replace("−", "-").replace(",", "")) for end in (low, high)]
        assert (ends, unit) == ([p.low, p.high], p.unit)
        assert (curve, about) == (p.curve.replace("_", " "), p.about)


def test_a_genome_is_the_same_sound_at_twice_the_sample_rate(play):
    patch = {
        "note": 40, "bend": 12, "osc1_shape": 2, "osc_mix": 0.3, "filter_mode": 0, "cutoff": 600,
        "sweep": 12, "onset": 0.05, "length": 0.4, "amp_attack": 0.02, "vibrato_pitch": 0.5,
        "tremolo_amp": 0.5,
    }  # fmt: skip
    (once,), (twice,) = (play(patch, sample_rate=rate, seconds=0.5) for rate in (44_100, 88_200))
    assert np.abs(once).max() > 0.2
    np.testing.assert_allclose(twice[::2], once, atol=0.02)


def test_dark_noise_is_as_dark_at_every_sample_rate(play, spectrum):
    for sample_rate in (25_000, 44_100, 96_000):
        noise = {"noise_level": 1, "osc_mix": 1, "level": 0.1}
        white, dark = play(
            {**noise, "noise_colour": 0}, {**noise, "noise_colour": -1}, sample_rate=sample_rate
        )
        gain = np.abs(np.fft.rfft(dark) / np.fft.rfft(white))
        hz = np.fft.rfftfreq(len(dark), 1 / sample_rate)
        high, low = gain[(hz > 3_900) & (hz < 4_100)], gain[(hz > 400) & (hz < 500)]
        assert 20 * np.log10(np.median(high) / np.median(low)) == pytest.approx(-11.4, abs=1)


# Samples 2,000 to 2,003 and the RMS of 0.2 s of three genomes. They change only if the voice does.
GOLDEN = np.array(
    [
        [0.249976, 0.088484, 0.225907, 0.22111, 0.211991],
        [-0.058692, -0.056038, -0.060987, -0.039682, 0.065963],
        [0.359592, 0.387622, 0.242831, 0.04193, 0.13028],
    ]
)


def test_the_voice_sounds_as_it_did():
    rows = genomes(3, seed=9)
    audible = {"onset": 0, "length": 0.9, "level": 0.8, "amp_attack": 0.3, "amp_sustain": 1}
    for name, gene in audible.items():
        rows[:, SPACE.index(name)] = gene
    sounds = Subtractive(44_100, 8_820).render(rows).astype(np.float64)
    rms = np.sqrt(np.mean(sounds**2, axis=1, keepdims=True))
    np.testing.assert_allclose(np.hstack([sounds[:, 2_000:2_004], rms]), GOLDEN, atol=1e-5)


def test_a_subclass_that_renders_in_its_own_way_is_asked_for_it():
    class Softer(Subtractive):
        def render_block(self, genomes):
            return super().render_block(genomes) / 2

    rows = genomes(3)
    synth = Softer(44_100, 3_000)
    (blocks,) = synth.blocks(rows)
    together = np.concatenate([block.copy() for block in blocks])
    np.testing.assert_array_equal(together[:, :3].T, synth.render(rows))

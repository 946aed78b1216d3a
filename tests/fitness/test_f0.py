import librosa
import numpy as np
import pytest

from fitness.f0 import f0_track, low_pass, median_f0

RATE = 44_100
FREQUENCIES = [30.0, 41.2, 55.0, 82.41, 110.0, 146.83, 220.0, 277.18, 440.0, 659.26, 987.77, 1510.0]
FREQUENCIES += [1760.0, 2000.0]
NOISE = np.random.default_rng(15).standard_normal(RATE).astype(np.float32)


def time(seconds=0.5, rate=RATE):
    return np.arange(int(seconds * rate)) / rate


def sine(f0, t, rate=RATE):
    return np.sin(2 * np.pi * f0 * t + 1)


def saw(f0, t, rate=RATE):
    return sum(np.sin(2 * np.pi * f0 * k * t) / k for k in range(1, int(rate / 2 / f0) + 1))


def hollow(f0, t, rate=RATE):
    return sum(np.sin(2 * np.pi * f0 * k * t) / k for k in range(1, int(rate / 2 / f0) + 1, 2))


def pulse(f0, t, rate=RATE):
    return sum(np.cos(2 * np.pi * f0 * k * t) for k in range(1, min(60, int(rate / 2 / f0)) + 1))


def no_fundamental(f0, t, rate=RATE):
    return sum(np.cos(2 * np.pi * f0 * k * t + k * k) for k in (2, 3, 4, 5))


def cents(f0, wanted):
    return 1200 * np.log2(f0 / wanted)


@pytest.mark.parametrize("tone", [sine, saw, hollow, pulse, no_fundamental])
@pytest.mark.parametrize("f0", FREQUENCIES)
def test_within_5_cents_in_every_frame(tone, f0):
    track = f0_track(0.1 * tone(f0, time()), RATE)
    assert (track.clarity > 0.9).all()
    assert np.abs(cents(track.f0, f0)).max() < 5


@pytest.mark.parametrize("rate", [22_050, 25_000, 48_000, 96_000])
@pytest.mark.parametrize("f0", [30.0, 110.0, 440.0, 1000.0])
def test_other_rates(rate, f0):
    track = f0_track(saw(f0, time(0.3, rate), rate), rate)
    assert np.abs(cents(track.f0, f0)).max() < 5


@pytest.mark.slow  # librosa compiles for 20 s the first time
@pytest.mark.parametrize("f0", [65.4, 220.0, 880.0])
def test_agrees_with_yin(f0):
    sound = saw(f0, time()) * np.exp(-3 * time())
    yin = librosa.yin(sound, fmin=40, fmax=2000, sr=RATE, frame_length=4096)
    assert abs(cents(median_f0(sound, RATE), np.median(yin))) < 10


def test_follows_a_glide():
    t = time(1.0)
    f0 = 110 * 2**t
    track = f0_track(np.sin(2 * np.pi * np.cumsum(f0) / RATE), RATE)
    middles = np.linspace(0.05, 0.95, track.f0.size)
    assert np.abs(cents(track.f0, 110 * 2**middles)).max() < 15


def test_a_fading_tone_keeps_its_octave():
    track = f0_track(saw(98.0, time()) * np.exp(-8 * time()), RATE)
    assert np.abs(cents(track.f0, 98.0)).max() < 5


def test_a_tone_in_noise_keeps_its_octave():
    sound = saw(196.0, time(1.0)) + 0.3 * NOISE
    assert np.abs(cents(f0_track(sound, RATE).f0, 196.0)).max() < 5


def test_noise_and_silence_are_unvoiced():
    for sound in (NOISE, 0 * NOISE):
        track = f0_track(sound, RATE)
        assert not track.f0.any()
        assert median_f0(sound, RATE) is None
    assert f0_track(NOISE, RATE).clarity.max() < 0.3


@pytest.mark.parametrize("f0", [10.0, 5_000.0, 9_000.0, 15_000.0])
def test_out_of_range_is_unvoiced_not_an_octave_off(f0):
    assert median_f0(sine(f0, time()), RATE) is None


LOW_RATES = [8_000, 11_025, 12_000, 16_000]


@pytest.mark.parametrize("tone", [sine, saw, hollow, pulse])
@pytest.mark.parametrize("rate", [*LOW_RATES, 22_050, 44_100, 48_000, 96_000])
def test_no_tone_is_heard_octaves_off_at_any_rate(tone, rate):
    highest = min(4_000, rate / 5)
    for f0 in np.geomspace(40, min(0.49 * rate, 15_000), 36):
        found = median_f0(0.1 * tone(f0, time(0.2, rate), rate), rate)
        if found is None:
            assert f0 > highest
        else:
            assert abs(cents(found, f0)) < 50


@pytest.mark.parametrize(("rate", "f0"), [(11_025, 3_136.0), (8_000, 1_760.0), (8_000, 3_520.0)])
def test_what_cannot_be_known_at_a_low_rate_is_unvoiced(rate, f0):
    assert median_f0(saw(f0, time(0.5, rate), rate), rate) is None


@pytest.mark.parametrize("f0", [25.0, 4_000.0])
def test_the_ends_of_the_range_belong_to_it(f0):
    assert abs(cents(median_f0(sine(f0, time(1.0)), RATE), f0)) < 10


def test_frames_cover_the_sound_and_know_its_level():
    sound = sine(220.0, time(1.0)).astype(np.float32)
    sound[: RATE // 2] *= 0.01
    track = f0_track(sound, RATE)
    assert track.f0.shape == track.clarity.shape == track.energy.shape == (19,)
    assert track.energy[0] == pytest.approx(5e-5, rel=0.01)
    assert track.energy[-1] == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize(("seconds", "f0"), [(0.05, 60.0), (0.02, 150.0), (0.008, 400.0)])
def test_a_short_sound_is_one_frame(seconds, f0):
    track = f0_track(saw(f0, time(seconds)), RATE)
    assert track.f0.shape == (1,)
    assert abs(cents(track.f0[0], f0)) < 5


@pytest.mark.parametrize("samples", [1, 2, 3, 10])
def test_a_few_samples_are_unvoiced(samples):
    assert f0_track(np.ones(samples), RATE).f0.tolist() == [0.0]


def test_the_median_goes_by_energy():
    quiet, loud = 0.1 * sine(300.0, time(0.7)), sine(200.0, time(0.3))
    assert median_f0(np.concatenate([quiet, loud]), RATE) == pytest.approx(200.0, rel=1e-3)


def test_bad_shapes_are_named():
    with pytest.raises(ValueError, match=r"shape \(2, 5\)"):
        f0_track(np.zeros((2, 5)), RATE)
    with pytest.raises(ValueError, match=r"shape \(0,\)"):
        median_f0([], RATE)


@pytest.mark.parametrize(("taps", "rate"), [(35, 44_100), (21, 25_000), (155, 192_000)])
def test_the_low_pass_is_scipys(taps, rate):
    from scipy.signal import firwin

    wanted = firwin(taps, 5_500, fs=rate)
    np.testing.assert_allclose(low_pass(taps, 5_500 / rate), wanted, atol=1e-7)

"""Sound files: read as they are, refused in one line, written the same every time."""

import contextlib
import io
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from synth.sound import SoundError, flac_bytes, read_sound, wav_bytes

RATE = 44_100
FORMATS = [
    ("a.wav", "PCM_U8", 1), ("a.wav", "PCM_16", 2), ("a.wav", "PCM_24", 2), ("a.wav", "FLOAT", 1),
    ("a.wav", "DOUBLE", 2), ("a.flac", "PCM_16", 1), ("a.flac", "PCM_24", 2),
    ("a.ogg", "VORBIS", 2), ("a.ogg", "OPUS", 1), ("a.mp3", "MPEG_LAYER_III", 2),
    ("a.aiff", "PCM_16", 2), ("a.aiff", "FLOAT", 1),
]  # fmt: skip
LOSSY = {"VORBIS": 0.15, "OPUS": 0.15, "MPEG_LAYER_III": 0.15, "PCM_U8": 1 / 128}


def tone(channels=1, seconds=0.5, rate=RATE):
    """Quiet sines on a grid of 16 bits, so that every lossless format holds them."""
    t = np.arange(round(seconds * rate)) / rate
    sines = [0.3 * np.sin(2 * np.pi * 220 * (c + 1) * t + 0.1) for c in range(channels)]
    return np.rint(np.array(sines) * 2**15) / 2**15


def save(path, sounds, rate=RATE, **options):
    soundfile.write(path, np.asarray(sounds).T, rate, **options)
    return path


def refusal(path, **options):
    """The message, after the path: one line, nothing of the machine beside the path."""
    with pytest.raises(SoundError) as error:
        read_sound(path, **options)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize(("name", "subtype", "channels"), FORMATS)
def test_every_format_is_read_as_it_is(tmp_path, name, subtype, channels):
    rate = 48_000 if subtype == "OPUS" else RATE
    sounds = tone(channels, rate=rate)
    got, got_rate = read_sound(save(tmp_path / name, sounds, rate, subtype=subtype))
    assert (got.dtype, got_rate, len(got)) == (np.float32, rate, channels)
    if subtype in LOSSY:
        count = min(got.shape[1], sounds.shape[1])
        assert np.abs(got[:, :count] - sounds[:, :count]).max() < LOSSY[subtype]
    else:
        np.testing.assert_array_equal(got, sounds)


@pytest.mark.parametrize("rate", [8_000, 25_000, 96_000, 192_000])
def test_every_sample_rate_stays(tmp_path, rate):
    sounds = tone(rate=rate)
    got, got_rate = read_sound(save(tmp_path / "a.flac", sounds, rate))
    assert got_rate == rate
    np.testing.assert_array_equal(got, sounds)


def test_nothing_is_normalised_trimmed_or_mixed_down(tmp_path):
    sounds = np.zeros((3, RATE))
    sounds[1, 20_000:20_100] = 1.75
    got, _ = read_sound(save(tmp_path / "a.wav", sounds, subtype="FLOAT"))
    np.testing.assert_array_equal(got, sounds)


def test_an_excerpt(tmp_path):
    sounds = tone(2, seconds=2)
    path = save(tmp_path / "a.flac", sounds)
    got, _ = read_sound(path, start_s=0.5, seconds=0.25)
    np.testing.assert_array_equal(got, sounds[:, 22_050:33_075])
    assert read_sound(path, start_s=1.5, seconds=9)[0].shape == (2, 22_050)
    assert read_sound(path, seconds=float("inf"))[0].shape == (2, 88_200)


@pytest.mark.parametrize(
    "options", [{"start_s": -1}, {"start_s": float("nan")}, {"seconds": 0}, {"seconds": -0.5}]
)
def test_an_excerpt_that_makes_no_sense(tmp_path, options):
    message = refusal(save(tmp_path / "a.wav", tone()), **options)
    assert str(next(iter(options.values()))) in message
    assert "allowed" in message


def test_an_excerpt_beside_the_sound(tmp_path):
    path = save(tmp_path / "a.wav", tone())
    assert "0 s of sound from 3 s, in a file of 0.5 s" in refusal(path, start_s=3)


@pytest.mark.parametrize("peak", [2e4, 1e17, 1e30, 3e38])
def test_a_peak_that_no_recording_has(tmp_path, peak):
    message = refusal(save(tmp_path / "a.wav", tone() / tone().max() * peak, subtype="FLOAT"))
    assert f"peak of {peak:.3g}" in message
    assert "full scale" in message
    assert "\n" not in message


def test_a_peak_far_above_full_scale_is_still_read(tmp_path):
    sounds = tone() * 2**10
    got, _ = read_sound(save(tmp_path / "a.wav", sounds, subtype="FLOAT"))
    np.testing.assert_array_equal(got, sounds)


def test_a_missing_file_with_the_nearest_name(tmp_path):
    save(tmp_path / "kick_deep.wav", tone())
    save(tmp_path / "violin.wav", tone())
    assert refusal(tmp_path / "kick_dep.wav") == "no such file; did you mean kick_deep.wav?"
    assert refusal(tmp_path / "q") == "no such file"
    assert "no folder" in refusal(tmp_path / "nowhere" / "kick_deep.wav")
    assert "cannot be read" in refusal(tmp_path / ("long" * 200))


def test_a_folder_and_an_empty_file(tmp_path):
    assert refusal(tmp_path) == "is a folder; allowed: a sound file"
    (tmp_path / "a.wav").touch()
    assert refusal(tmp_path / "a.wav") == "is an empty file; allowed: a sound file"


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.raw", "a", "a.flac"])
def test_what_is_not_sound(tmp_path, name):
    (tmp_path / name).write_bytes(b"once upon a time " * 999)
    assert "allowed: WAV, FLAC, OGG, MP3, AIFF" in refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["a.flac", "a.ogg", "a.mp3", "a.wav", "a.aiff"])
def test_any_damage_is_refused_or_read_as_finite_sound(tmp_path, name):
    path = tmp_path / name
    noise = 0.1 * np.random.default_rng(0).standard_normal((1, 2 * RATE)).clip(-3, 3)
    whole = save(path, noise).read_bytes()
    for cut in (10, 50, 1_000, len(whole) // 2):
        path.write_bytes(whole[:cut])
        with contextlib.suppress(SoundError):
            assert np.isfinite(read_sound(path)[0]).all()


def test_a_flac_cut_short_or_with_flipped_bytes_is_damaged(tmp_path):
    whole = save(tmp_path / "a.flac", tone(2, seconds=2)).read_bytes()
    (tmp_path / "a.flac").write_bytes(whole[: len(whole) // 2])
    assert "damaged" in refusal(tmp_path / "a.flac")
    middle = len(whole) // 2
    (tmp_path / "a.flac").write_bytes(whole[:middle] + bytes(4_000) + whole[middle + 4_000 :])
    assert "damaged" in refusal(tmp_path / "a.flac")


@pytest.mark.parametrize("name", ["a.wav", "a.aiff"])
def test_a_wav_or_aiff_cut_short_is_damaged(tmp_path, name):
    whole = save(tmp_path / name, tone()).read_bytes()
    (tmp_path / name).write_bytes(whole[:-5_000])
    assert re.fullmatch(
        r"damaged, ends after [\d,]+ of 44,\d+ bytes; allowed: a complete sound file",
        refusal(tmp_path / name),
    )


def test_a_wav_from_a_pipe_does_not_know_its_size(tmp_path):
    whole = save(tmp_path / "a.wav", tone()).read_bytes()
    size = whole.index(b"data") + 4
    (tmp_path / "a.wav").write_bytes(whole[:size] + b"\xff" * 4 + whole[size + 4 :])
    np.testing.assert_array_equal(read_sound(tmp_path / "a.wav")[0], tone())


def test_silence_and_what_is_no_number(tmp_path):
    path = tmp_path / "a.wav"
    assert "is silent" in refusal(save(path, np.zeros((2, RATE))))
    for bad in (np.nan, np.inf):
        sounds = tone()
        sounds[0, 77] = bad
        assert "holds NaN or infinity" in refusal(save(path, sounds, subtype="FLOAT"))
    # Float64 that is beyond float32.
    assert "infinity" in refusal(save(path, tone() * 1e300, subtype="DOUBLE"))


@pytest.mark.parametrize(
    ("seconds", "what"), [(0, "no samples"), (0.04, "0.04 s"), (60.5, "60.5 s")]
)
def test_a_length_out_of_range(tmp_path, seconds, what):
    message = refusal(save(tmp_path / "a.wav", tone(seconds=seconds, rate=8_000), 8_000))
    assert what in message
    assert "allowed: 0.05 to 60 s" in message


def test_the_shortest_and_the_longest_sound(tmp_path):
    for seconds in (0.05, 60):
        path = save(tmp_path / "a.flac", tone(seconds=seconds, rate=8_000), 8_000)
        assert read_sound(path)[0].shape == (1, round(seconds * 8_000))


@pytest.mark.parametrize("rate", [4_000, 384_000])
def test_a_sample_rate_out_of_range(tmp_path, rate):
    message = refusal(save(tmp_path / "a.wav", tone(rate=rate), rate))
    assert message == f"sample rate {rate:,} Hz; allowed: 8,000 to 192,000 Hz"


@pytest.mark.parametrize(("name", "channels"), [("nine.wav", 9), ("many.ogg", 255)])
def test_more_channels_than_anything_plays_are_refused_before_they_are_decoded(
    tmp_path, name, channels, monkeypatch
):
    path = tmp_path / name
    soundfile.write(path, np.zeros((4_000, channels)), 8_000)

    def decode(*_, **__):
        pytest.fail("decoded")

    monkeypatch.setattr(soundfile.SoundFile, "read", decode)
    with pytest.raises(SoundError, match=f"{channels} channels; allowed: 1 to 8"):
        read_sound(path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = save(tmp_path / "a.wav", tone())
    path.chmod(0)
    assert refusal(path) == "no permission to read it"


def test_the_words_for_a_denied_file(tmp_path, monkeypatch):
    path = save(tmp_path / "a.wav", tone())

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", denied)
    assert refusal(path) == "no permission to read it"


@pytest.mark.parametrize("channels", [1, 2])
def test_what_was_written_is_read_back_to_24_bits(tmp_path, channels):
    sounds = np.random.default_rng(1).uniform(-1, 1, (channels, 9_999)).astype(np.float32)
    sounds[0, :2] = -1, 1
    (tmp_path / "a.flac").write_bytes(flac_bytes(sounds, 25_000))
    got, rate = read_sound(tmp_path / "a.flac")
    assert rate == 25_000
    assert np.abs(got - sounds).max() <= 2**-23


def test_a_24_bit_recording_is_written_back_bit_for_bit(tmp_path):
    whole = np.random.default_rng(2).integers(-(2**23), 2**23, (2, 5_000))
    save(tmp_path / "a.wav", (whole << 8).astype(np.int32), subtype="PCM_24")
    sounds, rate = read_sound(tmp_path / "a.wav")
    (tmp_path / "b.flac").write_bytes(flac_bytes(sounds, rate))
    np.testing.assert_array_equal(read_sound(tmp_path / "b.flac")[0], sounds)


@pytest.mark.parametrize("encode", [flac_bytes, wav_bytes])
def test_the_same_samples_give_the_same_bytes(monkeypatch, encode):
    first = encode(tone(), RATE)
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert encode(tone()[0], RATE) == first
    # The chunk in which libsndfile notes the time.
    assert b"PEAK" not in first


@pytest.mark.parametrize(
    ("sounds", "rate", "message"),
    [
        (tone() + np.nan, RATE, "holds NaN or infinity"),
        (tone() * 4, RATE, "peak of 1.19995; allowed: up to 1"),
        (np.zeros((1, 0)), RATE, "shape (1, 0); wanted: (channels, samples)"),
        (np.zeros((1, 2, 3)), RATE, "shape (1, 2, 3); wanted: (channels, samples)"),
        (np.zeros((9, 3)), RATE, "9 channels; allowed: 1 to 8"),
        (tone(), 4_000, "sample rate 4,000 Hz; allowed: 8,000 to 192,000 Hz"),
    ],
)
def test_what_cannot_be_written(sounds, rate, message):
    with pytest.raises(SoundError, match=re.escape(message)):
        flac_bytes(sounds, rate)


def test_audio_and_compilers_are_imported_only_when_used():
    code = (
        "import sys, synth.sound, synth.subtractive.voice;"
        "print({'soundfile', 'numba', 'scipy'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_wav_bytes_hold_sixteen_bits_of_each_sample():
    sound = np.array([[0.0, 0.5, -1.0, 1.0, 2.0**-15, 2.0**-17]])
    content = wav_bytes(sound, 44_100)
    read, rate = soundfile.read(io.BytesIO(content), dtype="int16")
    assert rate == 44_100
    assert read.tolist() == [0, 16384, -32768, 32767, 1, 0]
    assert wav_bytes(sound, 44_100) == content

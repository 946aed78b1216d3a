"""MP3 files are as long as their frames, whatever their headers say."""

import io

import numpy as np
import pytest
import soundfile

from synth.mpeg import _after_tags, _frame, with_length
from synth.sound import SoundError, read_recording, read_sound

# What a decoder leaves out at the beginning where no header says how much silence is there.
_DELAY = 576


def encoded(rate=44_100, channels=1, mode="VARIABLE"):
    """A sound that is quiet, then noisy, as MP3 with a header."""
    t = np.arange(3 * rate) / rate
    sound = 0.3 * np.sin(2 * np.pi * 220 * t)
    sound[rate:] += 0.1 * np.random.default_rng(4).standard_normal(2 * rate)
    content = io.BytesIO()
    both = np.stack([sound] * channels, axis=1) * [1, 0.5][:channels]
    options = {"bitrate_mode": mode, "compression_level": 0.3}
    soundfile.write(content, both, rate, format="MP3", subtype="MPEG_LAYER_III", **options)
    return content.getvalue()


def headless(content):
    """The same file without its header and tags."""
    start = _after_tags(content)
    return content[start + _frame(content, start).size :]


def tag_at(content):
    start = _after_tags(content)
    return start + 4 + _frame(content, start).side


@pytest.mark.parametrize("mode", ["VARIABLE", "AVERAGE", "CONSTANT"])
@pytest.mark.parametrize(
    ("rate", "channels"), [(44_100, 1), (48_000, 2), (22_050, 2), (16_000, 1), (8_000, 1)]
)
def test_without_a_header_all_of_it_is_heard(tmp_path, mode, rate, channels):
    whole = encoded(rate, channels, mode)
    (tmp_path / "whole.mp3").write_bytes(whole)
    (tmp_path / "a.mp3").write_bytes(headless(whole))
    wanted, _ = read_sound(tmp_path / "whole.mp3")
    got, _ = read_sound(tmp_path / "a.mp3")
    assert wanted.shape == (channels, 3 * rate)
    same = got[:, _DELAY : _DELAY + wanted.shape[1]]
    assert same.shape == wanted.shape
    np.testing.assert_allclose(same[:, 3_000:], wanted[:, 3_000:], atol=1e-6)


def test_an_excerpt_of_it(tmp_path):
    (tmp_path / "a.mp3").write_bytes(headless(encoded()))
    whole, _ = read_sound(tmp_path / "a.mp3")
    part, _ = read_sound(tmp_path / "a.mp3", start_s=2.0, seconds=0.5)
    np.testing.assert_allclose(part, whole[:, 88_200:110_250], atol=1e-4)


def test_a_right_header_stays_as_it_is():
    content = encoded()
    assert with_length(content) == (content, False, "")
    assert with_length(b"") == (b"", False, "")
    noise = np.random.default_rng(1).bytes(5_000)
    assert with_length(b"\xff\xfb\x90\x00" + noise).content == b"\xff\xfb\x90\x00" + noise


def test_more_than_the_header_promises_is_heard_and_said(tmp_path):
    content = encoded()
    (tmp_path / "a.mp3").write_bytes(content + content)
    found = read_recording(tmp_path / "a.mp3")
    assert found.sounds.shape[1] > 2 * 3 * 44_100
    (note,) = found.notes
    assert "promises 3.0" in note
    assert "holds 6.0" in note


def test_less_than_the_header_promises_is_damaged(tmp_path):
    content = encoded()
    (tmp_path / "a.mp3").write_bytes(content[: len(content) // 2])
    with pytest.raises(SoundError, match="damaged"):
        read_sound(tmp_path / "a.mp3")


def test_a_header_without_a_number_of_frames(tmp_path):
    content = bytearray(encoded())
    at = tag_at(bytes(content))
    content[at + 4 : at + 8] = bytes(4)
    (tmp_path / "a.mp3").write_bytes(content)
    assert read_sound(tmp_path / "a.mp3")[0].shape[1] >= 3 * 44_100


def test_tags_before_and_junk_between_frames_change_nothing():
    content = headless(encoded())
    tag = b"ID3\x04\x00\x00\x00\x00\x02\x05" + bytes(261)
    second = _frame(content, 0).size
    third = second + _frame(content, second).size
    junk = content[:third] + b"\xff\x00junk" + content[third:]
    frames = [with_length(each).content[:400] for each in (content, tag + content, junk)]
    assert frames[0] == frames[1]
    at = tag_at(frames[0])
    assert frames[0][at : at + 12] == frames[2][at : at + 12]

"""What a file says of its length is not believed where the file says otherwise."""

import io
import struct

import numpy as np
import pytest
import soundfile

from synth.sound import SoundError, read_recording, read_sound

RATE = 44_100
TONE = np.rint(0.3 * np.sin(np.arange(RATE // 2) * 0.03) * 2**15) / 2**15
WHOLE = [
    ("WAV", "PCM_16", "FILE"), ("WAVEX", "PCM_16", "FILE"), ("WAVEX", "FLOAT", "FILE"),
    ("RF64", "PCM_24", "FILE"), ("W64", "PCM_16", "FILE"), ("CAF", "PCM_16", "FILE"),
    ("CAF", "FLOAT", "FILE"), ("CAF", "ALAC_16", "FILE"), ("AIFF", "FLOAT", "FILE"),
    ("AIFF", "PCM_16", "LITTLE"), ("AU", "PCM_16", "FILE"), ("FLAC", "PCM_16", "FILE"),
]  # fmt: skip


def encoded(container, subtype, endian="FILE", rate=RATE):
    content = io.BytesIO()
    soundfile.write(content, TONE, rate, format=container, subtype=subtype, endian=endian)
    return content.getvalue()


@pytest.fixture
def written(tmp_path):
    def write(content):
        (tmp_path / "a.sound").write_bytes(content)
        return tmp_path / "a.sound"

    return write


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_file_is_read_as_it_is(written, kind):
    found = read_recording(written(encoded(*kind)))
    np.testing.assert_array_equal(found.sounds, TONE[None])
    assert found.notes == ()


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_cut_short_is_refused(written, kind):
    content = encoded(*kind)
    with pytest.raises(SoundError, match="damaged"):
        read_sound(written(content[: 2 * len(content) // 3]))


def data_of(content):
    return content.index(b"data") + 4


@pytest.mark.parametrize("riff", [None, b"\0\0\0\0", b"\xff\xff\xff\xff"])
@pytest.mark.parametrize(("size", "notes"), [(0, 1), (2**32 - 1, 0), (2**31 - 37, 0)])
def test_a_wav_that_was_never_closed_is_heard(written, riff, size, notes):
    content = encoded("WAV", "PCM_16")
    at = data_of(content)
    content = content[:at] + struct.pack("<I", size) + content[at + 4 :]
    content = content if riff is None else content[:4] + riff + content[8:]
    found = read_recording(written(content))
    np.testing.assert_array_equal(found.sounds, TONE[None])
    assert len(found.notes) == notes


def test_a_wav_that_is_empty_indeed_is_refused(written):
    content = io.BytesIO()
    soundfile.write(content, np.zeros((0, 1)), RATE, format="WAV")
    for end in (b"", b"LIST" + struct.pack("<I", 4) + b"INFO"):
        with pytest.raises(SoundError, match="no samples"):
            read_sound(written(content.getvalue() + end))


def test_a_wav_that_goes_on_after_its_sound_is_said(written):
    content = encoded("WAV", "PCM_16")
    at = data_of(content)
    found = read_recording(written(content[:at] + struct.pack("<I", 20_000) + content[at + 4 :]))
    np.testing.assert_array_equal(found.sounds, TONE[None, :10_000])
    (note,) = found.notes
    assert "header" in note


@pytest.mark.parametrize(("start", "seconds"), [(0.0, None), (0.1, 0.2), (0.3, None)])
def test_a_flac_without_a_length_is_counted(written, start, seconds):
    content = bytearray(encoded("FLAC", "PCM_16"))
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    found = read_recording(written(bytes(content)), start_s=start, seconds=seconds)
    first = round(start * RATE)
    last = len(TONE) if seconds is None else first + round(seconds * RATE)
    np.testing.assert_array_equal(found.sounds, TONE[None, first:last])
    (note,) = found.notes
    assert "0.50 s" in note


def test_a_flac_that_holds_more_than_it_promises_is_said(written):
    content = bytearray(encoded("FLAC", "PCM_16"))
    content[22:26] = struct.pack(">I", 10_000)
    found = read_recording(written(bytes(content)))
    np.testing.assert_array_equal(found.sounds, TONE[None, :10_000])
    (note,) = found.notes
    assert "promises 0.23 s" in note
    assert "holds 0.50 s" in note
    assert read_recording(written(bytes(content)), seconds=0.1).notes == ()


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_of_ogg_what_is_not_heard_is_said(written, subtype):
    content = encoded("OGG", subtype, rate=48_000)
    assert read_recording(written(content)).notes == ()
    (note,) = read_recording(written(content + content)).notes
    assert "2 sounds" in note
    last = content.rindex(b"OggS")
    endless = content[:last]
    try:
        found = read_recording(written(endless))
    except SoundError:
        return
    assert "end mark" in found.notes[0]

import struct

from synth.real.plugin.midi_file import midi_file


def test_golden_bytes_of_the_standard():
    # A delta of 480,000 parts is 8 s at 60,000 a second: 0x9D 0xA6 0x00 in seven bits a byte.
    found = midi_file(60, 100, 0.0, 8.0, 1.0)
    assert found[:14] == b"MThd\x00\x00\x00\x06\x00\x00\x00\x01" + struct.pack(">H", 30_000)
    assert found[14:18] == b"MTrk"
    assert struct.unpack(">I", found[18:22])[0] == len(found) - 22
    body = found[22:]
    assert body == (
        b"\x00\xff\x51\x03\x07\xa1\x20"
        b"\x00\xe0\x00\x40"
        b"\x9d\xa6\x00\x90\x3c\x64"
        b"\x83\xd4\x60\x80\x3c\x00"
        b"\x00\xff\x2f\x00"
    )


def test_the_wheel_reaches_both_ends():
    assert b"\xe0\x00\x00" in midi_file(60, 100, -1.0, 0.0, 1.0)
    assert b"\xe0\x7f\x7f" in midi_file(60, 100, 1.0, 0.0, 1.0)

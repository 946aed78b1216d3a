"""Messages as the MIDI 1.0 specification has them, byte by byte."""

import pytest

from synth.real.rig.midi import (
    bend_range,
    check_controls,
    control,
    note_off,
    note_on,
    setting,
    silence,
    wheel,
)

# Control, value, channel, and the bytes of its messages.
GOLDEN = [
    ("cc 74", 64, 1, ["b0 4a 40"]),
    ("cc 0", 127, 16, ["bf 00 7f"]),
    ("cc 119", 0.4, 2, ["b1 77 00"]),
    ("cc14 1", 8192, 1, ["b0 01 40", "b0 21 00"]),
    ("cc14 31", 16383, 3, ["b2 1f 7f", "b2 3f 7f"]),
    ("cc14 0", 129, 1, ["b0 00 01", "b0 20 01"]),
    ("nrpn 300", 1000, 1, ["b0 63 02", "b0 62 2c", "b0 06 07", "b0 26 68"]),
    ("nrpn 16383", 0, 16, ["bf 63 7f", "bf 62 7f", "bf 06 00", "bf 26 00"]),
    ("program", 5, 10, ["c9 05"]),
    ("bend", 8192, 1, ["e0 00 40"]),
    ("bend", 16383, 1, ["e0 7f 7f"]),
    ("pressure", 100, 4, ["d3 64"]),
]


def plain(messages):
    return [message.hex(" ") for message in messages]


@pytest.mark.parametrize(("name", "value", "channel", "messages"), GOLDEN)
def test_a_control_becomes_these_bytes(name, value, channel, messages):
    assert plain(control(name).messages(value, channel)) == messages
    assert str(control(name)) == name


@pytest.mark.parametrize(
    ("position", "message"),
    [
        (0.0, "e0 00 40"),
        (-1.0, "e0 00 00"),
        (1.0, "e0 7f 7f"),
        (0.5, "e0 00 60"),
        (-0.5, "e0 00 20"),
    ],
)
def test_the_wheel_has_fourteen_bits(position, message):
    assert wheel(position, 1).hex(" ") == message


def test_notes_and_their_end():
    assert note_on(60, 100, 1).hex(" ") == "90 3c 64"
    assert note_off(60, 16).hex(" ") == "8f 3c 40"
    assert plain(silence(1)) == ["b0 7b 00", "b0 78 00"]
    assert plain(silence(2, 69)) == ["81 45 40", "b1 7b 00", "b1 78 00"]


def test_the_range_of_the_wheel_is_registered_parameter_0():
    assert plain(bend_range(2, 1)) == [
        "b0 65 00", "b0 64 00", "b0 06 02", "b0 26 00", "b0 65 7f", "b0 64 7f",
    ]  # fmt: skip
    assert plain(bend_range(12.5, 1))[2:4] == ["b0 06 0c", "b0 26 32"]


def test_the_program_comes_first_since_it_moves_all_others():
    messages = setting({"cc 7": 1, "program": 3, "cc 8": 2}, 1)
    assert plain(messages) == ["c0 03", "b0 07 01", "b0 08 02"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("CC74", "did you mean 'cc 74'?"),
        ("cc#7", "did you mean 'cc 7'?"),
        ("cc 120", "allowed: cc 0 to cc 119"),
        ("cc14 32", "allowed: cc14 0 to cc14 31"),
        ("cc 07", "did you mean 'cc 7'?"),
        ("nrpn 16384", "allowed: nrpn 0 to nrpn 16383"),
        ("programme", "did you mean 'program'?"),
        ("Cutoff", "allowed: cc 0 to cc 119, cc14 0"),
        ("", "allowed: cc 0 to cc 119, cc14 0"),
        ("cc", "allowed: cc 0 to cc 119, cc14 0"),
    ],
)
def test_an_unknown_control_is_refused_with_the_nearest(name, hint):
    with pytest.raises(ValueError, match="control ") as caught:
        control(name)
    assert hint in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("ranges", "bends", "message"),
    [
        ({"cc 1": [0, 128]}, False, "control 'cc 1': value 128 of cc 1; allowed: 0 to 127"),
        ({"cc14 1": [-1]}, False, "value -1 of cc14 1; allowed: 0 to 16383"),
        ({"cc 33": [0], "cc14 1": [0]}, False, "'cc 33' and 'cc14 1' both set controller 33"),
        ({"cc 6": [0], "nrpn 1": [0]}, False, "controller 6"),
        ({"bend": [0]}, True, "note.bend"),
    ],
)
def test_controls_that_get_in_each_others_way_are_refused(ranges, bends, message):
    with pytest.raises(ValueError, match="control") as caught:
        check_controls(ranges, bends)
    assert message in str(caught.value)


def test_controls_that_do_not_are_taken():
    check_controls({"nrpn 1": [0, 9], "nrpn 2": [0], "cc 1": [0, 127], "bend": [0, 16383]}, False)

"""Controls as MIDI messages: the names that a rig's map may use in ``to``, and their bytes.

    cc 74       a controller, 0 to 127
    cc14 1      a 14-bit controller, 0 to 16383: coarse part on 1, fine part on 33
    nrpn 300    a non-registered parameter number, 0 to 16383
    program     program change, 0 to 127
    bend        the pitch wheel, 0 to 16383; 8192 is the centre
    pressure    channel pressure, 0 to 127

Source: MIDI 1.0 Detailed Specification (MIDI Manufacturers Association, 1996).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from common.suggest import nearest
from synth.maps.model import Patch

# Kind to the count of its numbers (0 for a kind without numbers) and its largest value. Controllers
# from 120 on are channel mode messages.
_KINDS = {
    "cc": (120, 127),
    "cc14": (32, 16_383),
    "nrpn": (16_384, 16_383),
    "program": (0, 127),
    "bend": (0, 16_383),
    "pressure": (0, 127),
}
_ALLOWED = "cc 0 to cc 119, cc14 0 to cc14 31, nrpn 0 to nrpn 16383, program, bend, pressure"
MIDDLE = 8_192
"""Centre of the pitch wheel: no bend."""


@dataclass(frozen=True)
class Control:
    """A MIDI control.

    Attributes:
        kind: cc, cc14, nrpn, program, bend or pressure.
        number: number of the controller or parameter; 0 for a kind without numbers.
    """

    kind: str
    number: int = 0

    @property
    def most(self) -> int:
        """Its largest value; the smallest is 0."""
        return _KINDS[self.kind][1]

    @property
    def controllers(self) -> frozenset[int]:
        """The controllers that its messages set."""
        return {
            "cc": frozenset({self.number}),
            "cc14": frozenset({self.number, self.number + 32}),
            "nrpn": frozenset({99, 98, 6, 38}),
        }.get(self.kind, frozenset())

    def messages(self, value: float, channel: int) -> list[bytes]:
        """Return the messages that set it.

        Args:
            value: 0 to ``most``; it is rounded to a whole number.
            channel: 1 to 16.

        Raises:
            ValueError: if the value is out of range.
        """
        whole = round(value)
        if not 0 <= whole <= self.most:
            raise ValueError(f"value {value:g} of {self}; allowed: 0 to {self.most}")
        coarse, fine = divmod(whole, 128)
        if self.kind == "program":
            return [bytes((0xC0 | channel - 1, whole))]
        if self.kind == "pressure":
            return [bytes((0xD0 | channel - 1, whole))]
        if self.kind == "bend":
            return [bytes((0xE0 | channel - 1, fine, coarse))]
        if self.kind == "cc":
            return [_change(self.number, whole, channel)]
        if self.kind == "cc14":
            # Coarse part first, because receivers then reset the fine part to 0.
            pairs = [(self.number, coarse), (self.number + 32, fine)]
        else:
            high, low = divmod(self.number, 128)
            pairs = [(99, high), (98, low), (6, coarse), (38, fine)]
        return [_change(controller, part, channel) for controller, part in pairs]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}" if _KINDS[self.kind][0] else self.kind


def control(name: str) -> Control:
    """Return the control with a name.

    Raises:
        ValueError: with one line and the nearest allowed name, if there is none.
    """
    if found := re.fullmatch(r"(cc|cc14|nrpn) (0|[1-9]\d*)|(program|bend|pressure)", name):
        kind, number = found[1] or found[3], int(found[2] or 0)
        if not _KINDS[kind][0] or number < _KINDS[kind][0]:
            return Control(kind, number)
    raise ValueError(f"control {name!r}: {_meant(name)}")


def _meant(name: str) -> str:
    """Return a hint: the control nearest to an invalid name."""
    if found := re.fullmatch(r"\W*([a-z]+(?:14)?)\W*(\d{0,5})\W*", name.lower()):
        numbers = _KINDS.get(found[1], (0, 0))[0]
        if numbers and found[2]:
            if int(found[2]) < numbers:
                return f"did you mean '{found[1]} {int(found[2])}'?"
            return f"allowed: {found[1]} 0 to {found[1]} {numbers - 1}"
        hint = nearest(found[1], _KINDS)
        if hint.startswith("did") and not numbers and not _KINDS[hint.split("'")[1]][0]:
            return hint
    return f"allowed: {_ALLOWED}"


def check_controls(ranges: Mapping[str, Iterable[float]], bends: bool) -> None:
    """Raise for invalid controls and values, and for two controls with a common controller.

    Args:
        ranges: values by control.
        bends: whether the note uses the pitch wheel.

    Raises:
        ValueError: with one line.
    """
    taken: dict[int, str] = {}
    for name, values in ranges.items():
        found = control(name)
        for value in values:
            try:
                found.messages(value, 1)
            except ValueError as error:
                raise ValueError(f"control {name!r}: {error}") from None
        for number in found.controllers:
            other = taken.setdefault(number, name)
            if other != name and not (other[:4] == name[:4] == "nrpn"):
                raise ValueError(f"controls {other!r} and {name!r} both set controller {number}")
    if bends and "bend" in ranges:
        raise ValueError(
            "control 'bend': the note already uses the pitch wheel; "
            "remove note.bend or this control"
        )


def setting(controls: Mapping[str, float], channel: int) -> list[bytes]:
    """Return the messages that set controls, program first because it changes all others.

    Args:
        controls: values by name.
        channel: 1 to 16.

    Raises:
        ValueError: if a name or a value is invalid.
    """
    ordered = sorted(controls.items(), key=lambda named: named[0] != "program")
    return [m for name, value in ordered for m in control(name).messages(value, channel)]


def patch_setting(patch: Patch, bend: float, channel: int) -> list[bytes]:
    """Return the messages that set up a patch before its note.

    Args:
        patch: its controls and the position of the wheel.
        bend: range of the pitch wheel in semitones; with 0 it is not sent.
        channel: 1 to 16.
    """
    messages = [*setting(patch.controls, channel), *(bend_range(bend, channel) if bend else [])]
    return messages if "bend" in patch.controls else [*messages, wheel(patch.wheel, channel)]


def wheel(position: float, channel: int) -> bytes:
    """Return the message for a pitch wheel position from −1 to 1.

    There are 8,192 steps down from the centre and 8,191 up.
    """
    steps = MIDDLE if position < 0 else MIDDLE - 1
    return Control("bend").messages(MIDDLE + round(position * steps), channel)[0]


def bend_range(semitones: float, channel: int) -> list[bytes]:
    """Return messages that set the range of the pitch wheel: registered parameter 0, then null."""
    whole, cents = divmod(round(semitones * 100), 100)
    pairs = [(101, 0), (100, 0), (6, whole), (38, cents), (101, 127), (100, 127)]
    return [_change(controller, value, channel) for controller, value in pairs]


def note_on(key: int, velocity: int, channel: int) -> bytes:
    """Return note on for a key, 0 to 127, with a velocity, 1 to 127."""
    return bytes((0x90 | channel - 1, key, velocity))


def note_off(key: int, channel: int) -> bytes:
    """Return note off for a key, 0 to 127."""
    return bytes((0x80 | channel - 1, key, 64))


def silence(channel: int, key: int | None = None) -> list[bytes]:
    """Return messages that end all notes: note off, all notes off (123), all sound off (120)."""
    off = [] if key is None else [note_off(key, channel)]
    return [*off, _change(123, 0, channel), _change(120, 0, channel)]


def _change(controller: int, value: int, channel: int) -> bytes:
    return bytes((0xB0 | channel - 1, controller, value))

"""Controls as MIDI messages: what a map's ``to`` may name for a rig, and the bytes it becomes.

    cc 74       a controller, 0 to 127
    cc14 1      a controller of 14 bits, 0 to 16383: coarse on 1, fine on 33
    nrpn 300    a non-registered parameter, 0 to 16383
    program     a program, 0 to 127
    bend        the pitch wheel, 0 to 16383; 8192 is its middle
    pressure    of the channel, 0 to 127

As the MIDI 1.0 Detailed Specification (MIDI Manufacturers Association, 1996) has them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from common.validation import nearest

# Kind to how many numbers it has (0: it stands alone) and its greatest value. Controllers from 120
# are no controls but channel mode messages.
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
"""Of the pitch wheel: no bend."""


@dataclass(frozen=True)
class Control:
    """A control that MIDI knows.

    Attributes:
        kind: cc, cc14, nrpn, program, bend or pressure.
        number: of the controller or parameter; 0 if the kind has none.
    """

    kind: str
    number: int = 0

    @property
    def most(self) -> int:
        """Its greatest value; the least is 0."""
        return _KINDS[self.kind][1]

    @property
    def controllers(self) -> frozenset[int]:
        """The controllers that its messages move."""
        return {
            "cc": frozenset({self.number}),
            "cc14": frozenset({self.number, self.number + 32}),
            "nrpn": frozenset({99, 98, 6, 38}),
        }.get(self.kind, frozenset())

    def messages(self, value: float, channel: int) -> list[bytes]:
        """What sets it.

        Args:
            value: 0 to ``most``, rounded to a whole number.
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
            # The coarse half first: a receiver sets the fine half to 0 when it comes.
            pairs = [(self.number, coarse), (self.number + 32, fine)]
        else:
            high, low = divmod(self.number, 128)
            pairs = [(99, high), (98, low), (6, coarse), (38, fine)]
        return [_change(controller, part, channel) for controller, part in pairs]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}" if _KINDS[self.kind][0] else self.kind


def control(name: str) -> Control:
    """The control of a name.

    Raises:
        ValueError: in one line with the nearest that is allowed, if there is none.
    """
    if found := re.fullmatch(r"(cc|cc14|nrpn) (0|[1-9]\d*)|(program|bend|pressure)", name):
        kind, number = found[1] or found[3], int(found[2] or 0)
        if not _KINDS[kind][0] or number < _KINDS[kind][0]:
            return Control(kind, number)
    raise ValueError(f"control {name!r}: {_meant(name)}")


def _meant(name: str) -> str:
    """The nearest control to a name that is none."""
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
    """Refuse controls that are none, values that they do not have, and two on one controller.

    Args:
        ranges: control to the values that it is given.
        bends: whether the note needs the pitch wheel for itself.

    Raises:
        ValueError: in one line.
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
                raise ValueError(f"controls {other!r} and {name!r} both move controller {number}")
    if bends and "bend" in ranges:
        raise ValueError("control 'bend': the note's pitch has the wheel; take out note.bend")


def setting(controls: Mapping[str, float], channel: int) -> list[bytes]:
    """The messages that set controls: the program first, since it moves all others.

    Args:
        controls: name to value.
        channel: 1 to 16.

    Raises:
        ValueError: if a name or a value is none.
    """
    ordered = sorted(controls.items(), key=lambda named: named[0] != "program")
    return [m for name, value in ordered for m in control(name).messages(value, channel)]


def wheel(position: float, channel: int) -> bytes:
    """The pitch wheel at a position from −1 to 1.

    Its two halves have 8,192 steps down and 8,191 up.
    """
    steps = MIDDLE if position < 0 else MIDDLE - 1
    return Control("bend").messages(MIDDLE + round(position * steps), channel)[0]


def bend_range(semitones: float, channel: int) -> list[bytes]:
    """Tell how far the pitch wheel bends: registered parameter 0, and then none any more."""
    whole, cents = divmod(round(semitones * 100), 100)
    pairs = [(101, 0), (100, 0), (6, whole), (38, cents), (101, 127), (100, 127)]
    return [_change(controller, value, channel) for controller, value in pairs]


def note_on(key: int, velocity: int, channel: int) -> bytes:
    """Strike a key, 0 to 127, with a velocity, 1 to 127."""
    return bytes((0x90 | channel - 1, key, velocity))


def note_off(key: int, channel: int) -> bytes:
    """Let a key go, 0 to 127."""
    return bytes((0x80 | channel - 1, key, 64))


def silence(channel: int, key: int | None = None) -> list[bytes]:
    """End every note: that key's, all notes off (123) and all sound off (120)."""
    off = [] if key is None else [note_off(key, channel)]
    return [*off, _change(123, 0, channel), _change(120, 0, channel)]


def _change(controller: int, value: int, channel: int) -> bytes:
    return bytes((0xB0 | channel - 1, controller, value))

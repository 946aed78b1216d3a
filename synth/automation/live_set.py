"""The automation in an Ableton Live set: which parameters move in its arrangement, and how.

A parameter is an element with an ``AutomationTarget``. An ``AutomationEnvelope`` of its track
points to that, and has an event for each breakpoint, in beats; what is before beat 0 sets the
beginning.
Envelopes of clips are not read, since a clip may be played at any time and more than once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from math import isfinite
from pathlib import Path
from xml.etree.ElementTree import Element

from synth.automation.clock import Clock
from synth.automation.live_xml import MASTERS, tracks_of

_SLOWEST, _FASTEST = 1.0, 1000.0
# The values of a parameter of a plug-in, whatever it means, and of a switch.
_UNIT = 0.0, 1.0
_SWITCH = {"true": 1.0, "false": 0.0}
_CONTROLLERS = "ControllerTargets."

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Automation:
    """The movement of one parameter.

    Attributes:
        track: the name of its track.
        device: the name of its device; ``Mixer`` for volume, pan and sends.
        parameter: its name.
        range: the lowest and highest value that it can have; None if the set does not say.
        points: seconds from the beginning of the arrangement, and value, in the parameter's unit.
        breakpoints: how many were drawn.
        curved: how many lines between them are curves; they are taken as straight.
    """

    track: str
    device: str
    parameter: str
    range: tuple[float, float] | None
    points: Points
    breakpoints: int
    curved: int

    @property
    def name(self) -> str:
        """Track, device and parameter in one."""
        return f"{self.track}/{self.device}/{self.parameter}"


@dataclass(frozen=True)
class LiveSet:
    """What was read of a set.

    Attributes:
        tempo: at the beginning, in beats a minute.
        tracks: the names of all tracks.
        automations: of every parameter that moves, in the order of the set.
        clip_envelopes: how many envelopes its clips have, which are not read.
    """

    tempo: float
    tracks: tuple[str, ...]
    automations: tuple[Automation, ...]
    clip_envelopes: int


@dataclass(frozen=True)
class _Parameter:
    track: str
    device: str
    name: str
    range: tuple[float, float] | None


@dataclass(frozen=True)
class _Envelope:
    """Breakpoints in beats, and whether values hold until the next one."""

    points: Points
    stepped: bool
    curved: int


def read_live_set(path: Path) -> LiveSet:
    """Read the automation of a set.

    Args:
        path: an ``.als`` file.

    Raises:
        ValueError: with one line, if there is no such file, or it is no set, damaged or too large.
    """
    names: list[str] = []
    parameters: dict[str, _Parameter] = {}
    envelopes: dict[str, _Envelope] = {}
    tempo, in_clips = None, 0
    try:
        for track in tracks_of(path):
            names.append(_value(track, "Name/EffectiveName") or track.tag)
            parameters |= dict(_parameters(track, names[-1], "", ()))
            envelopes |= dict(_envelopes(track))
            in_clips += sum(1 for _ in track.iter("ClipEnvelope"))
            if track.tag in MASTERS:
                tempo = track.find(".//Mixer/Tempo")
        clock = _clock(tempo, envelopes)
        automations = [
            _automation(parameters[target], envelope, clock)
            for target, envelope in envelopes.items()
            if target in parameters and envelope.points[-1][0] >= 0
        ]
    except _OddError as error:
        raise ValueError(f"set {path}: is damaged: {error}") from None
    return LiveSet(clock.tempo, tuple(names), tuple(_distinct(automations)), in_clips)


class _OddError(ValueError):
    """A number in a set is none, or out of range."""


def _value(element: Element, path: str) -> str:
    """The value of an element within another, in one line; empty if there is none."""
    found = element.find(path)
    return "" if found is None else " ".join(found.get("Value", "").split())


def _number(text: str) -> float:
    try:
        value = _SWITCH[text] if text in _SWITCH else float(text)
    except ValueError:
        raise _OddError(f"{text[:40]!r} where a number is needed") from None
    if not isfinite(value):
        raise _OddError(f"{text[:40]!r} where a finite number is needed")
    return value


def _target(parameter: Element) -> str:
    """The number by which envelopes point to a parameter; empty if it has none."""
    found = parameter.find("AutomationTarget")
    return "" if found is None else found.get("Id", "")


def _parameters(
    element: Element, track: str, device: str, path: tuple[str, ...]
) -> Iterator[tuple[str, _Parameter]]:
    """Yield the parameters within an element, by the number of their target."""
    for child in element:
        if element.tag == "Devices" or child.tag == "Mixer":
            yield from _parameters(child, track, _device_name(child), ())
            continue
        inner = (*path, child.tag)
        if target := _target(child):
            name = _parameter_name(child, element, inner)
            yield target, _Parameter(track, device, name, _range(child, element))
        elif child.tag.startswith(_CONTROLLERS) and "Id" in child.attrib:
            yield child.attrib["Id"], _Parameter(track, "MIDI", child.tag, None)
        yield from _parameters(child, track, device, inner)


def _device_name(device: Element) -> str:
    """What a person called a device, or the plug-in's name, or what Live calls its kind."""
    names = (
        _value(device, path)
        for path in ("UserName", "PluginDesc/VstPluginInfo/PlugName",
                     "PluginDesc/Vst3PluginInfo/Name", "PluginDesc/AuPluginInfo/Name")
    )  # fmt: skip
    return next(filter(None, names), device.tag)


def _parameter_name(parameter: Element, parent: Element, path: tuple[str, ...]) -> str:
    """A parameter of a plug-in has a name of its own; another one is called as its elements are."""
    if parent.tag.startswith("Plugin"):
        return _value(parent, "ParameterName") or f"parameter {_value(parent, 'ParameterId')}"
    shown = parameter.tag.replace("MacroControls", "MacroDisplayNames")
    return (_value(parent, shown) if shown != parameter.tag else "") or " ".join(path)


def _range(parameter: Element, parent: Element) -> tuple[float, float] | None:
    low, high = (_value(parameter, f"MidiControllerRange/{end}") for end in ("Min", "Max"))
    if low and high:
        ends = _number(low), _number(high)
        return ends if ends[0] < ends[1] else None
    switch = _value(parameter, "Manual") in _SWITCH
    return _UNIT if switch or parent.tag.startswith("Plugin") else None


def _envelopes(track: Element) -> Iterator[tuple[str, _Envelope]]:
    """Yield the envelopes of a track that have an event, by the number that they point to."""
    for envelope in track.iterfind("AutomationEnvelopes/Envelopes/AutomationEnvelope"):
        events = [e for e in envelope.iterfind("Automation/Events/*") if "Time" in e.attrib]
        points = tuple(sorted(
            ((_number(e.get("Time", "")), _number(e.get("Value", ""))) for e in events),
            key=lambda point: point[0],
        ))  # fmt: skip
        if points:
            stepped = any(e.tag != "FloatEvent" for e in events)
            curved = sum("CurveControl1X" in e.attrib for e in events)
            yield _value(envelope, "EnvelopeTarget/PointeeId"), _Envelope(points, stepped, curved)


def _from_0(envelope: _Envelope) -> Points:
    """The points from beat 0 on, and the value there; values that hold become steps.

    What is before beat 0 is Live's mark of the beginning, far away from the first breakpoint, so
    that a straight line from there has reached that one's value.
    """
    before = [point for point in envelope.points if point[0] < 0]
    after = [point for point in envelope.points if point[0] >= 0]
    if before and (not after or after[0][0] > 0):
        first = before[-1] if envelope.stepped or not after else after[0]
        after.insert(0, (0.0, first[1]))
    if not envelope.stepped:
        return tuple(after)
    steps = (((beat, value), (beat, then)) for (_, value), (beat, then) in pairwise(after))
    return (after[0], *chain.from_iterable(steps))


def _clock(tempo: Element | None, envelopes: Mapping[str, _Envelope]) -> Clock:
    if tempo is None:
        raise _OddError("it has no tempo")
    envelope = envelopes.get(_target(tempo))
    manual = ((0.0, _number(_value(tempo, "Manual"))),)
    tempos = manual if envelope is None else _from_0(envelope)
    for _, value in tempos:
        if not _SLOWEST <= value <= _FASTEST:
            allowed = f"{_SLOWEST:g} to {_FASTEST:g} beats a minute"
            raise _OddError(f"tempo {value:g}; allowed: {allowed}")
    return Clock(tempos)


def _automation(parameter: _Parameter, envelope: _Envelope, clock: Clock) -> Automation:
    points = tuple((clock.seconds(beat), value) for beat, value in _from_0(envelope))
    drawn = sum(beat >= 0 for beat, _ in envelope.points)
    return Automation(
        parameter.track, parameter.device, parameter.name, parameter.range, points, drawn,
        envelope.curved,
    )  # fmt: skip


def _distinct(automations: Sequence[Automation]) -> Iterator[Automation]:
    """Number parameters of one name, such as those of two devices of a kind."""
    seen: dict[str, int] = {}
    for one in automations:
        seen[one.name] = seen.get(one.name, 0) + 1
        number = seen[one.name]
        yield one if number == 1 else replace(one, parameter=f"{one.parameter} ({number})")

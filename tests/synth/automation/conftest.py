"""Small Ableton Live sets, made of what a real one has around its automation."""

import gzip
from xml.sax.saxutils import quoteattr

import pytest

START = -63072000


def number(tag, manual, target, low=None, high=None):
    ends = "" if low is None else (
        f'<MidiControllerRange><Min Value="{low}"/><Max Value="{high}"/></MidiControllerRange>'
    )  # fmt: skip
    return (
        f'<{tag}><LomId Value="0"/><Manual Value="{manual}"/>{ends}'
        f'<AutomationTarget Id="{target}"><LockEnvelope Value="0"/></AutomationTarget></{tag}>'
    )


def envelope(target, *points, kind="FloatEvent"):
    """An envelope: points are a time in beats, a value, and any further attributes."""
    events = "".join(
        f'<{kind} Id="{i}" Time="{time}" Value="{value}" {" ".join(more)}/>'
        for i, (time, value, *more) in enumerate(points)
    )
    return (
        f'<AutomationEnvelope Id="{target}"><EnvelopeTarget><PointeeId Value="{target}"/>'
        f"</EnvelopeTarget><Automation><Events>{events}</Events></Automation></AutomationEnvelope>"
    )


def plugin(name, parameter, target):
    return (
        f'<PluginDevice Id="5"><UserName Value=""/><PluginDesc><Vst3PluginInfo Id="0">'
        f'<Name Value="{name}"/></Vst3PluginInfo></PluginDesc><ParameterList>'
        f'<PluginFloatParameter Id="0"><ParameterName Value="{parameter}"/>'
        f'<ParameterId Value="3"/>{number("ParameterValue", 0.5, target)}'
        f"</PluginFloatParameter></ParameterList></PluginDevice>"
    )


def track(name, *envelopes, devices="", mixer="", inside="", kind="MidiTrack"):
    return (
        f'<{kind} Id="9"><Name><EffectiveName Value={quoteattr(name)}/></Name>'
        f"<AutomationEnvelopes><Envelopes>{''.join(envelopes)}</Envelopes></AutomationEnvelopes>"
        f"<DeviceChain><Mixer>{mixer}</Mixer>{inside}<DeviceChain><Devices>{devices}</Devices>"
        f"</DeviceChain></DeviceChain></{kind}>"
    )


def live_set(*tracks, tempo=120, tempo_events=(), master="MainTrack"):
    """The XML of a set."""
    events = envelope(8, (START, tempo), *tempo_events)
    mixer = number("Tempo", tempo, 8, 60, 200)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Ableton Creator="tests"><LiveSet><Tracks>'
        f"{''.join(tracks)}</Tracks>{track('Main', events, mixer=mixer, kind=master)}"
        "</LiveSet></Ableton>"
    )


FILTER = (
    '<AutoFilter Id="2"><UserName Value=""/><Filter>'
    f"{number('Frequency', 1000, 101, 20, 20000)}</Filter></AutoFilter>"
)
BASS = track(
    "Bass",
    envelope(101, (START, 20.0), (0, 20.0), (4, 10010.0), (8, 20000.0, 'CurveControl1X="0.5"')),
    envelope(102, (START, 0.5), (2, 0.5), (2, 1.0)),
    envelope(103, (START, 0.25), (0, 0.25), (16, 0.75)),
    envelope(104, (START, "true"), (4, "false"), (6, "true"), kind="BoolEvent"),
    devices=FILTER + plugin("Vital", "Osc 1 Level", 103),
    mixer=number("Volume", 1, 102, 0, 2) + number("On", "true", 104),
)


@pytest.fixture
def written(tmp_path):
    """Writes the XML of a set, compressed, to a file."""

    def write(xml, name="song.als"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(xml.encode()))
        return path

    return write

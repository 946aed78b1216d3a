"""Knob values and pitches as a musician writes them: ``1.25 kHz``, ``35 ms``, ``C#3 +12 ct``."""

from math import isfinite

from strategies.roles import hertz_of, in_common_unit

_NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
# For units whose sign tells a direction: how it is written, and the number of decimals.
_SIGNED = {"semitones": ("st", 1), "cents": ("ct", 0)}
# Units that nobody reads.
_UNREAD = ("s^1/4", "log2 Hz", "of 128 semitones")


def words(name: str, section: str = "") -> str:
    """A parameter's name in words, without the name of its section in front."""
    plain = name.replace("_", " ").strip()
    return plain.removeprefix(f"{section.replace('_', ' ').strip()} ") or name


def figure(value: float) -> str:
    """A number with three significant digits and a real minus sign: ``0.213``, ``−12.4``."""
    if not isfinite(value):
        return "∞" if value > 0 else "–"
    size = abs(value)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{value:,.{decimals}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else "0"


def value_text(name: str, value: float, unit: str) -> str:
    """The value of a knob with its unit.

    Args:
        name: of the parameter; one called ``note``, or ``pitch`` as the note of a map, is a MIDI
            note number, and so is a ``cutoff`` in semitones.
        value: in ``unit``.
        unit: such as ``Hz``, ``s`` or ``semitones``; empty for a plain number.
    """
    if not isfinite(value):
        return figure(value)
    if unit == "semitones" and (name in ("note", "pitch") or name.endswith("_note")):
        return note_text(value)
    if unit == "semitones" and "cutoff" in name:
        return hertz_text(float(hertz_of(value)))
    if unit in _UNREAD:
        return value_text(name, *in_common_unit(value, unit))
    if unit in _SIGNED:
        short, decimals = _SIGNED[unit]
        text = f"{value:+.{decimals}f}"
        # Neither +0 nor −0.
        return f"{text.replace('-', '−') if float(text) else text[1:]} {short}"
    if unit == "dB":
        return f"{value:z.1f} dB".replace("-", "−")
    if unit == "Hz":
        return hertz_text(value)
    if unit == "cycles":
        return f"{value * 360:z.0f}°".replace("-", "−")
    if unit == "s" and 0 < abs(value) < 1:
        return f"{figure(value * 1000)} ms"
    return f"{figure(value)} {unit}".strip()


def hertz_text(hertz: float) -> str:
    """A frequency: ``43.2 Hz``, ``1.25 kHz``."""
    return f"{figure(hertz / 1000)} kHz" if abs(hertz) >= 999.5 else f"{figure(hertz)} Hz"


def note_text(note: float) -> str:
    """A MIDI note number, 60 being C4, with cents where it is between two notes."""
    nearest = round(note)
    cents = round(100 * (note - nearest))
    return note_name(nearest) + (f" {cents:+} ct".replace("-", "−") if cents else "")


def note_name(note: int) -> str:
    """The name of a MIDI note, 60 being C4."""
    return f"{_NOTES[note % 12]}{note // 12 - 1}".replace("-", "−")

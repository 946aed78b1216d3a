"""The knobs of the built-in synth, in the order of its genes.

A section has all knobs with one audible effect, so that one agent can own all of them: the envelope
of the pitch belongs to the section pitch, that of the filter to the section filter.
"""

from synth.space import Curve, Parameter, ParameterSpace, Role

_WAVES = ("sine", "triangle", "saw", "pulse")
_MODES = ("low", "band", "high")
_ROLES: dict[str, Role] = {
    "amp_attack": "attack",
    "amp_decay": "decay",
    "amp_sustain": "sustain",
    "amp_release": "release",
    "filter_attack": "sweep_attack",
    "filter_decay": "sweep_decay",
    "osc1_shape": "shape",
    "osc2_shape": "shape2",
    "osc1_width": "width",
}
_BEND_SEMITONES = 36.0
_SWEEP_SEMITONES = 84.0


def _envelope(prefix: str, section: str, what: str) -> list[Parameter]:
    """Return the five knobs of an envelope: attack, decay, sustain, release and curve."""

    def knob(name: str, unit: str, low: float, high: float, curve: Curve, about: str) -> Parameter:
        whole = f"{prefix}_{name}"
        role = _ROLES.get(whole, "")
        return Parameter(whole, section, unit, low, high, curve, about, role=role)

    return [
        knob("attack", "s", 0.001, 2.0, "log", f"rise of {what}"),
        knob("decay", "s", 0.005, 8.0, "log", f"{what} falls to sustain"),
        knob("sustain", "", 0.0, 1.0, "square", f"held level of {what}"),
        knob("release", "s", 0.005, 4.0, "log", f"{what} after note off"),
        knob("curve", "", -3.0, 9.0, "linear", "bowed, straight, exponential"),
    ]


def _oscillator(prefix: str) -> list[Parameter]:
    """Return the three knobs that both oscillators have."""
    return [
        Parameter(
            f"{prefix}_shape",
            "oscillator",
            "",
            0,
            3,
            about=", ".join(_WAVES),
            role=_ROLES[f"{prefix}_shape"],
            marks=_WAVES,
        ),
        Parameter(
            f"{prefix}_width",
            "oscillator",
            "",
            0.03,
            0.5,
            about="width of the pulse",
            role=_ROLES.get(f"{prefix}_width", ""),
        ),
        Parameter(
            f"{prefix}_phase",
            "oscillator",
            "cycles",
            0.0,
            1.0,
            about="where it starts",
            circular=True,
        ),
    ]


SPACE = ParameterSpace(
    [
        Parameter("note", "pitch", "semitones", 20.0, 104.0, about="MIDI number, 69 is 440 Hz",
                  role="f0"),
        Parameter("bend", "pitch", "semitones", -_BEND_SEMITONES, _BEND_SEMITONES, "signed_square",
                  "how far the pitch envelope bends", role="bend"),
        *_envelope("pitch", "pitch", "the pitch"),
        *_oscillator("osc1"),
        *_oscillator("osc2"),
        Parameter("osc2_interval", "oscillator", "semitones", -24.0, 24.0,
                  about="second oscillator against the first", role="interval"),
        Parameter("osc2_detune", "oscillator", "cents", -50.0, 50.0, "signed_square", "beating",
                  role="detune"),
        Parameter("osc_mix", "oscillator", "", 0.0, 1.0, about="first to second oscillator",
                  role="balance"),
        Parameter("osc_fm", "oscillator", "cycles", 0.0, 1.5, "square",
                  "second bends the phase of the first", role="fm"),
        Parameter("noise_level", "oscillator", "", 0.0, 1.0, "square", "share of noise",
                  role="noise"),
        Parameter("noise_colour", "oscillator", "", -1.0, 1.0, about="dark, white, bright"),
        Parameter("filter_mode", "filter", "", 0.0, 2.0, about="low, band, high pass",
                  role="mode", marks=_MODES),
        Parameter("cutoff", "filter", "Hz", 20.0, 20_000.0, "log", "corner of the filter",
                  role="cutoff"),
        Parameter("resonance", "filter", "", 0.0, 1.0, about="peak at the corner",
                  role="resonance"),
        Parameter("key_tracking", "filter", "", 0.0, 1.0, about="corner follows the note"),
        Parameter("drive", "filter", "", 0.1, 10.0, "log", "saturation before the filter"),
        Parameter("sweep", "filter", "semitones", -_SWEEP_SEMITONES, _SWEEP_SEMITONES,
                  "signed_square", "how far the filter envelope moves the corner", role="sweep"),
        *_envelope("filter", "filter", "the corner"),
        Parameter("level", "envelope", "", 0.01, 2.0, "log", "loudness", role="level"),
        Parameter("onset", "envelope", "s", 0.0, 0.5, "square", "when the note starts",
                  role="onset"),
        Parameter("length", "envelope", "s", 0.02, 8.0, "log", "from note on to note off",
                  role="length"),
        *_envelope("amp", "envelope", "the loudness"),
        Parameter("vibrato_rate", "modulation", "Hz", 0.1, 20.0, "log", "speed of the first LFO",
                  role="vibrato_rate"),
        Parameter("vibrato_delay", "modulation", "s", 0.0, 2.0, "square", "until at full depth"),
        Parameter("vibrato_pitch", "modulation", "semitones", 0.0, 3.0, "square", "vibrato",
                  role="vibrato"),
        Parameter("vibrato_width", "modulation", "", 0.0, 0.4, "square", "pulse width moves"),
        Parameter("tremolo_rate", "modulation", "Hz", 0.1, 40.0, "log", "speed of the second LFO"),
        Parameter("tremolo_delay", "modulation", "s", 0.0, 2.0, "square", "until at full depth"),
        Parameter("tremolo_amp", "modulation", "", 0.0, 1.0, "square", "tremolo"),
        Parameter("tremolo_cutoff", "modulation", "semitones", 0.0, 48.0, "square", "wah"),
    ]
)  # fmt: skip

"""Tests against real synthesizers: a part that is missing skips them, and fails them in CI."""

import os

import numpy as np
import pytest

from synth.real.base import close_all
from synth.real.parts import lacking
from synth.real.plugin.folders import plugins


@pytest.fixture(scope="session")
def parts():
    """Skip, or fail where real parts are required, unless all of the named are installed."""

    def needed(*names):
        if reason := lacking(names):
            (pytest.fail if os.environ.get("REQUIRE_REAL_PARTS") == "1" else pytest.skip)(reason)

    return needed


@pytest.fixture(scope="session", autouse=True)
def ended():
    """No host outlives the tests."""
    yield
    close_all()


@pytest.fixture
def computed(parts):
    """Needs Pure Data as a part; the hosts of a test end with it."""
    parts("cypd")
    yield
    close_all()


@pytest.fixture(scope="session")
def plugin():
    """The path of a plug-in in the system's folders; skips, or fails, if it is not there."""

    def needed(name):
        if found := [path for path in plugins() if path.name == name]:
            return str(found[0])
        reason = f"needs the plug-in {name}: .ci/parts installs it"
        (pytest.fail if os.environ.get("REQUIRE_REAL_PARTS") == "1" else pytest.skip)(reason)
        return ""

    return needed


@pytest.fixture(scope="session")
def pitch_of():
    """The MIDI number of a sound's strongest partial between two others, by its spectrum."""

    def measured(sound, sample_rate, low, high):
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 20))
        hertz = np.fft.rfftfreq(1 << 20, 1 / sample_rate)
        near = (hertz > 440 * 2 ** ((low - 69) / 12)) & (hertz < 440 * 2 ** ((high - 69) / 12))
        peak = hertz[near][np.argmax(spectrum[near])]
        return 69 + 12 * np.log2(peak / 440)

    return measured


_CANVAS = "#N canvas 0 0 450 300 12;\n"
_PD = {
    # There from the sample of its note to the block of its end, /level loud, on the first channel.
    "sine": "r /note|unpack f f|mtof|osc~|/ 127|*~ 0|r /level|*~ 1|dac~ 1"
    "|0 0 1 0|1 0 2 0|1 1 4 0|2 0 3 0|3 0 5 0|4 0 5 1|5 0 7 0|6 0 7 1|7 0 8 0",
    # Seeded by nothing, in an abstraction, on the second channel.
    "noise": "r /note|unpack f f|hiss|*~ 0|dac~ 2|r /level|0 0 1 0|1 1 3 1|2 0 3 0|3 0 4 0",
    "hiss": "noise~|outlet~|0 0 1 0",
}
_PD_MAP = {
    "synth": "puredata",
    "note": {
        "pitch": {"low": 24.0, "high": 96.0},
        "onset": {"low": 0.0, "high": 0.5},
        "length": {"low": 0.01, "high": 2.0},
    },
    "genes": {"level": {"section": "envelope", "to": "/level", "low": 0.0, "high": 1.0}},
}


@pytest.fixture
def pd_patch(tmp_path):
    """Write small Pd patches, one of them changed; gives the options of a synth that plays it."""

    def write(name, change=str):
        for own, brief in _PD.items():
            lines = [f"connect {x}" if x[0].isdigit() else f"obj 9 9 {x}" for x in brief.split("|")]
            text = _CANVAS + "".join(f"#X {line};\n" for line in lines)
            text = change(text) if own == name else text
            (tmp_path / f"{own}.pd").write_text(text, encoding="utf-8")
        return {"map": _PD_MAP, "patch": str(tmp_path / f"{name}.pd")}

    return write


@pytest.fixture(scope="session")
def cents_off():
    """How far the loudest sine of a steady sound is from a key, in cents."""

    def measure(sound, sample_rate, key):
        spectrum = np.abs(np.fft.rfft(sound * np.blackman(len(sound)), 16 * len(sound)))
        at = int(spectrum.argmax())
        left, middle, right = np.log(spectrum[at - 1 : at + 2])
        top = at + 0.5 * (left - right) / (left - 2 * middle + right)
        hertz = top * sample_rate / (16 * len(sound))
        return 1200 * np.log2(hertz / (440 * 2 ** ((key - 69) / 12)))

    return measure

"""Tests against real synthesizers: a part that is missing skips them, and fails them in CI."""

import os

import numpy as np
import pytest

from synth.real.base import close_all
from synth.real.folders import plugins
from synth.real.parts import lacking


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

"""The parts that real synths need on this machine, whether they are there, and how to get them."""

import importlib.util
import shutil
import sys
from collections.abc import Iterable
from ctypes.util import find_library
from dataclasses import dataclass
from typing import Literal

_PIP = "make parts"


@dataclass(frozen=True)
class Part:
    """Something that has to be installed.

    Attributes:
        name: what it is called.
        kind: a Python ``module``, a ``program`` or a ``library`` of the system.
        found_as: what it is looked for as.
        about: what it is for.
        linux: the command that installs it on Debian and Ubuntu.
        macos: the one for macOS.
    """

    name: str
    kind: Literal["module", "program", "library"]
    found_as: str
    about: str
    linux: str
    macos: str

    @property
    def there(self) -> bool:
        """Whether it is installed."""
        if self.kind == "module":
            return importlib.util.find_spec(self.found_as) is not None
        if self.kind == "program":
            return shutil.which(self.found_as) is not None
        return find_library(self.found_as) is not None

    @property
    def remedy(self) -> str:
        """The command that installs it here."""
        return self.macos if sys.platform == "darwin" else self.linux


def _module(name: str, found_as: str, about: str) -> Part:
    return Part(name, "module", found_as, about, _PIP, _PIP)


def _apt(package: str) -> str:
    return f"apt-get install -y --no-install-recommends {package}"


# An ordinary dependency; there is no wheel for Python 3.13, where it is built from source.
_RTMIDI = (
    f"{_apt('g++ libasound2-dev libjack-jackd2-dev')} && pip install python-rtmidi"
    if sys.version_info >= (3, 13)
    else "pip install python-rtmidi"
)

PARTS = (
    _module("DawDreamer", "dawdreamer", "hosts plug-ins"),
    _module("vita", "vita", "Vital, the wavetable synthesizer"),
    _module("cypd", "cypd", "Pure Data inside a process, without a clock"),
    _module("python-osc", "pythonosc", "speaks OSC with a running Pure Data"),
    Part("python-rtmidi", "module", "rtmidi", "plays over MIDI",
         _RTMIDI, "pip install python-rtmidi"),
    Part("sounddevice", "module", "sounddevice", "records from an audio device",
         "pip install sounddevice", "pip install sounddevice"),
    _module("JACK-Client", "jack", "records from JACK, faster than real time where it can"),
    Part("PortAudio", "library", "portaudio", "what sounddevice records with",
         _apt("libportaudio2"), "brew install portaudio"),
    Part("JACK", "program", "jackd", "an audio server that can run without a clock",
         _apt("jackd2"), "brew install jack"),
    Part("Pure Data", "program", "pd", "plays patches live",
         _apt("puredata-core"), "brew install --cask pd"),
    Part("amsynth", "program", "amsynth", "a synthesizer that hears MIDI, to try a rig with",
         _apt("amsynth"), "not packaged; any synthesizer will do"),
)  # fmt: skip


def lacking(names: Iterable[str]) -> str:
    """Which of the named parts are missing, and how to install them; empty if none is."""
    gone = [part for part in PARTS if part.name in names and not part.there]
    remedies = dict.fromkeys(part.remedy for part in gone)
    if not gone:
        return ""
    return f"needs {', '.join(part.name for part in gone)}: {'; '.join(remedies)}"

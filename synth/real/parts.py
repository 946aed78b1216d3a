"""Software that real synths need, whether it is installed, and how to install it."""

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
    """Software that must be installed.

    Attributes:
        name: its name.
        kind: a Python ``module``, a ``program`` or a system ``library``.
        found_as: the name of the module, program or library.
        about: its purpose.
        linux: the command that installs it on Debian and Ubuntu.
        macos: the command that installs it on macOS.
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
    _module("cypd", "cypd", "Pure Data within a process, faster than real time"),
    _module("python-osc", "pythonosc", "controls a running Pure Data over OSC"),
    Part("python-rtmidi", "module", "rtmidi", "sends MIDI",
         _RTMIDI, "pip install python-rtmidi"),
    Part("sounddevice", "module", "sounddevice", "records from an audio device",
         "pip install sounddevice", "pip install sounddevice"),
    _module("JACK-Client", "jack", "records from JACK, where possible faster than real time"),
    Part("PortAudio", "library", "portaudio", "the audio library of sounddevice",
         _apt("libportaudio2"), "brew install portaudio"),
    Part("JACK", "program", "jackd", "an audio server that can run faster than real time",
         _apt("jackd2"), "brew install jack"),
    Part("Pure Data", "program", "pd", "plays patches live",
         _apt("puredata-core"), "brew install --cask pd"),
    Part("amsynth", "program", "amsynth", "a MIDI synthesizer, to try out a rig",
         _apt("amsynth"), "no package; any MIDI synthesizer works"),
)  # fmt: skip


def lacking(names: Iterable[str]) -> str:
    """Return which of the named parts are missing and how to install them; empty if none."""
    gone = [part for part in PARTS if part.name in names and not part.there]
    remedies = dict.fromkeys(part.remedy for part in gone)
    if not gone:
        return ""
    return f"needs {', '.join(part.name for part in gone)}: {'; '.join(remedies)}"

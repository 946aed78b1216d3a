"""Fuzzing: mutated files and settings are read, or refused in one line; nothing else.

python -m benchmarks.fuzz --cases 50000       # `make fuzz`; a quarter of an hour

Every case is what people give, changed at random: bytes flipped, cut, doubled, and tokens that have
broken other programs. A case runs in a process that may crash or hang; what it was is then known.
"""

import argparse
import gzip
import hashlib
import io
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from common.errors import InputError
from common.random import generator
from harness.match.patch import check_fits, read_patch
from harness.plan.experiment import read_experiment
from harness.plan.registry import Registry
from harness.plan.resolve import resolve
from synth.automation.curves import curve_of, read_curves
from synth.automation.live_set import read_live_set
from synth.maps.model import read_map
from synth.real.puredata.patch import receives, want_controls
from synth.sound import SoundError, read_sound
from synth.subtractive.parameters import SPACE

HERE = Path(__file__).parents[1]
_TOKENS = (
    b"!!int ''", b"!!python/object:os.system", b"[" * 60, b"{" * 60, b"&a [*a]", b"1e999", b"-1",
    b"nan", b".inf", b"null", b"''", b"\x00", b"\xff\xfe", "\u202e".encode(), b"../../etc/passwd",
    "\U0001f600".encode(), b"9" * 400, b"0x10", b"010", b"true", b"2022-01-01", b"?", b"- - -",
    b"\r\n", b"\t", b"%s", b"~", b"{name: x}", b"[1, 2]",
)  # fmt: skip
_SETTINGS = (
    b"seeds=3", b"budget=1e4", b"strategies.0.search={name: ga, mutation: 0.1}",
    b"targets=[{contrived: 3}]", b"fitness.0=spectrogram", b"networks.0.label=x",
)  # fmt: skip
_FORMATS = (
    ("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("AIFF", "PCM_16"),
    ("MP3", "MPEG_LAYER_III"), ("CAF", "PCM_16"), ("W64", "PCM_16"), ("RF64", "PCM_16"),
    ("AU", "PCM_16"),
)  # fmt: skip
_PLUGIN = b"""import numpy as np

from fitness.base import Fitness


class Loudness(Fitness):
    \"\"\"The difference of two levels.\"\"\"

    def __init__(self, target, sample_rate, floor=1e-3):
        super().__init__(target, sample_rate)
        self.floor, self.level = floor, self._level(target)

    def distance(self, sound):
        return abs(self._level(sound) - self.level)

    def _level(self, sound):
        return float(np.log(np.sqrt((sound ** 2).mean()) + self.floor))
"""
# CPU seconds, which a busy machine does not lengthen; and seconds on the clock, for what waits.
_SLOW_S, _HANGS_S = 20, 180
_BATCH = 250

_SET = b"""<?xml version="1.0" encoding="UTF-8"?>
<Ableton><LiveSet><Tracks><MidiTrack Id="1"><Name><EffectiveName Value="Bass" /></Name>
<AutomationEnvelopes><Envelopes><AutomationEnvelope Id="0">
<EnvelopeTarget><PointeeId Value="7" /></EnvelopeTarget><Automation><Events>
<FloatEvent Id="0" Time="-63072000" Value="0.5" /><FloatEvent Id="1" Time="4" Value="0.25" />
<FloatEvent Id="2" Time="8" Value="0.75" CurveControl1X="0.5" /></Events></Automation>
</AutomationEnvelope></Envelopes></AutomationEnvelopes><DeviceChain><Mixer><Pan>
<Manual Value="0" /><MidiControllerRange><Min Value="-1" /><Max Value="1" /></MidiControllerRange>
<AutomationTarget Id="7" /></Pan></Mixer></DeviceChain></MidiTrack></Tracks><MainTrack>
<DeviceChain><Mixer><Tempo><Manual Value="120" /><AutomationTarget Id="8" /></Tempo></Mixer>
</DeviceChain></MainTrack></LiveSet></Ableton>
"""
_CURVES = b"""kind: ga-synth curves
about: song.als, 120 beats a minute
curves:
  Bass/Mixer/Pan:
    low: -1.0
    high: 1.0
    points:
    - [0.0, 0.625]
    - [2.0, 0.75]
    - [4.0, 0.875]
"""
Reader = Callable[[Path], object]


def _experiment(path: Path) -> object:
    return resolve(read_experiment(path), HERE / "experiments")


def _setting(path: Path) -> object:
    text = path.read_bytes().decode("utf-8", errors="replace")
    return resolve(
        read_experiment(HERE / "experiments" / "first.yaml", [text]), HERE / "experiments"
    )


def _patch(path: Path) -> object:
    patch = read_patch(path)
    check_fits(patch, SPACE, "patch")
    return patch


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Refuse as the command line does what a synth's reader refuses."""
    try:
        yield
    except ValueError as error:
        raise InputError(str(error)) from None


def _map(path: Path) -> object:
    with _in_one_line():
        return read_map(str(path), path.parent, "puredata")


def _pd_patch(path: Path) -> object:
    with _in_one_line():
        want_controls(path, ["/cutoff"])
    return receives(path)


def _plugin(path: Path) -> object:
    # A module is kept by its path, however its text changes.
    content = path.read_bytes()
    own = path.with_name(f"plugin_{hashlib.sha256(content).hexdigest()[:16]}.py")
    own.write_bytes(content)
    registry = Registry((own,))
    return [registry.get(one.kind, one.name) for one in registry.all() if one.source == str(own)]


def _sound(path: Path) -> object:
    try:
        return read_sound(path)
    except SoundError as error:
        raise InputError(str(error)) from None


def _set(path: Path) -> object:
    if path.suffix == ".xml":
        # Changed before it is compressed: a changed file of gzip is seldom more than damaged.
        compressed = gzip.compress(path.read_bytes(), mtime=0)
        path = _written(path.parent, f"{path.stem}-of-xml.als", compressed)
    with _in_one_line():
        return [curve_of(one) for one in read_live_set(path).automations]


def _curves(path: Path) -> object:
    with _in_one_line():
        return read_curves(path)


@cache
def seeds() -> dict[str, tuple[Reader, list[tuple[str, bytes]]]]:
    """Return, by kind, what reads it, and the names and bytes that cases are made from."""
    experiments = [(p.name, p.read_bytes()) for p in sorted((HERE / "experiments").glob("*.yaml"))]
    maps = [(p.name, p.read_bytes()) for p in sorted((HERE / "synth" / "maps").glob("pd-*.yaml"))]
    folder = HERE / "synth" / "real" / "puredata" / "patches"
    patches = [(p.name, p.read_bytes()) for p in sorted(folder.glob("*.pd"))]
    return {
        "experiment": (_experiment, experiments),
        "--set": (_setting, [("setting", text) for text in _SETTINGS]),
        "map": (_map, maps),
        "Pd patch": (_pd_patch, patches),
        "plug-in": (_plugin, [("mine.py", _PLUGIN)]),
        "patch": (_patch, [("patch.json", _example_patch())]),
        "sound": (_sound, _sounds()),
        "set": (_set, [("song.xml", _SET), ("song.als", gzip.compress(_SET, mtime=0))]),
        "curves": (_curves, [("curves.yaml", _CURVES)]),
    }


def _example_patch() -> bytes:
    values = SPACE.describe(np.full(len(SPACE), 0.5))
    knobs = {p.name: {"value": values[p.name], "unit": p.unit} for p in SPACE}
    about = {"kind": "ga-synth patch", "format": 1, "synth": {"name": "subtractive"}}
    plain = {**about, "sample_rate": 16_000, "samples": 16_000, "knobs": {"all": knobs}}
    return json.dumps(plain, indent=1).encode()


def _sounds() -> list[tuple[str, bytes]]:
    made = []
    sound = 0.3 * np.sin(np.arange(4_000) * 0.1)
    for kind, subtype in _FORMATS:
        file = io.BytesIO()
        soundfile.write(file, np.stack([sound, sound], 1), 16_000, subtype, format=kind)
        made.append((f"sound.{kind.lower()}", file.getvalue()))
    return made


def mutated(content: bytes, random: np.random.Generator) -> bytes:
    """Return content with one to four changes."""
    for _ in range(int(random.integers(1, 5))):
        at = int(random.integers(len(content) + 1))
        length = int(random.integers(1, 40))
        choice = int(random.integers(6))
        if choice == 0 and at < len(content):
            changed = bytes([content[at] ^ (1 << int(random.integers(8)))])
            content = content[:at] + changed + content[at + 1 :]
        elif choice == 1:
            content = content[:at] + content[at + length :]
        elif choice == 2:
            content = content[: at + length] + content[at:]
        elif choice == 3:
            content = content[:at]
        elif choice == 4:
            content = content[:at] + random.bytes(length) + content[at:]
        else:
            token = _TOKENS[int(random.integers(len(_TOKENS)))]
            content = content[:at] + token + content[at + length * int(random.integers(2)) :]
        if not content:
            break
    return content


def case(kind: str, number: int) -> tuple[str, bytes]:
    """Return a case, the same for the same number, but for the serial number of an Ogg stream."""
    random = generator("fuzz", kind, number)
    _, made_from = seeds()[kind]
    name, content = made_from[int(random.integers(len(made_from)))]
    return name, mutated(content, random)


def run(kind: str, numbers: range, folder: Path) -> list[tuple[int, str]]:
    """Run cases; returns the number of each that was neither read nor refused in one line."""
    (read, made_from), found = seeds()[kind], []
    # What is read first may compile for half a minute.
    _written(folder, *made_from[0])
    with suppress(Exception):
        read(folder / made_from[0][0])
    for number in numbers:
        name, content = case(kind, number)
        path = _written(folder, name, content)
        (folder / "case").write_text(str(number))
        signal.setitimer(signal.ITIMER_PROF, _SLOW_S)
        signal.alarm(_HANGS_S)
        try:
            read(path)
        except InputError as error:
            if "\n" in str(error).strip():
                found.append((number, "more than one line"))
        except Exception as error:  # that is what is looked for
            found.append((number, f"{type(error).__name__}: {error}"[:200]))
        finally:
            signal.alarm(0)
            signal.setitimer(signal.ITIMER_PROF, 0)
    return found


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _child(kind: str, numbers: range, folder: Path) -> None:
    # Decoders write notes of their own.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    (folder / "found").write_text(json.dumps(run(kind, numbers, folder)))


def batch(kind: str, numbers: range) -> list[tuple[int, str]]:
    """Run cases in a process of their own; a crash or a hang is a find, too."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as made:
        folder = Path(made)
        context = multiprocessing.get_context("spawn")
        child = context.Process(target=_child, args=(kind, numbers, folder))
        child.start()
        child.join()
        if child.exitcode == 0:
            return [(number, what) for number, what in json.loads((folder / "found").read_text())]
        last = int((folder / "case").read_text())
        too_long = child.exitcode in (-signal.SIGPROF, -signal.SIGALRM)
        why = "took too long" if too_long else f"ended {child.exitcode}"
    rest = range(last + 1, numbers.stop)
    return [(last, why), *(batch(kind, rest) if rest else [])]


def main() -> None:
    """Print what was found; exit code 1 if anything was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2_000)
    given = parser.parse_args()
    kinds, counts, began = list(seeds()), Counter[str](), time.monotonic()
    each = -(-given.cases // len(kinds))
    for kind in kinds:
        for first in range(0, each, _BATCH):
            numbers = range(first, min(first + _BATCH, each))
            for number, what in batch(kind, numbers):
                counts[kind] += 1
                sys.stdout.write(f"{kind} {number}: {what}\n")
        sys.stdout.write(f"{kind}: {each:,} cases, {counts[kind]} found\n")
    sys.stdout.write(f"{each * len(kinds):,} cases in {time.monotonic() - began:.0f} s\n")
    if counts:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

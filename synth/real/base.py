"""What every real synth is: a map, and a host in a process of its own that plays its patches."""

import atexit
import json
import math
import warnings
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simd import Audio
from synth.base import Synth
from synth.maps.model import Patch, read_map
from synth.real.child import Child, Died
from synth.real.parts import lacking

# Sounds that are kept, so that none is made twice: 256 MB.
_KEPT_SAMPLES = 64 * 2**20
_MOST_DEATHS = 3

_children: dict[str, Child] = {}


class RealSynth(Synth):
    """Plays a map's patches on a host in another process.

    A subclass names its backend and its host: a class, made in that process, with ``play(patch,
    sample_rate, samples)``, which gives one mono sound of that many samples. A host that crashes or
    hangs is started again and asked again; a genome over which it dies three times is silent,
    unless the subclass decides otherwise (``given_up``).

    Attributes:
        backend: what its maps call it.
        host: as ``module:Class``.
        needs: the parts, by name, that have to be installed.
        state_files: endings of the files that ``state(patch)`` of the host gives.
        start_s: how long the host may take to start.
        play_s: how long a render may take beyond its own length.

    Args:
        sample_rate: in hertz.
        samples: the length of every sound.
        map: the map itself, the name of one that ships, or a YAML file.

    Raises:
        ValueError: if the map does not fit.
    """

    backend: ClassVar[str]
    host: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    state_files: ClassVar[tuple[str, ...]] = ()
    start_s: ClassVar[float] = 60.0
    play_s: ClassVar[float] = 20.0

    def __init__(self, sample_rate: int, samples: int, *, map: str | dict[str, Any]) -> None:  # noqa: A002
        super().__init__(sample_rate, samples)
        self.map = read_map(map, Path(), self.backend)
        self.space = self.map.space
        self._kept: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()

    @classmethod
    def missing(cls) -> str:
        """The parts that are not installed."""
        return lacking(cls.needs)

    @classmethod
    def planned(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """Read the map: a worker need not find its file, and a trial's key holds what it says."""
        found = read_map(options["map"], folder, cls.backend)
        complete = {**options, "map": found.model_dump(mode="json", exclude_defaults=True)}
        cls(8_000, 1, **complete).verify()
        return complete

    @abstractmethod
    def verify(self) -> None:
        """Refuse, in one line, what does not fit: a control that is not there, another version."""

    @abstractmethod
    def host_options(self) -> dict[str, Any]:
        """What the host is made with: plain values. Synths with the same share one."""

    @property
    def child(self) -> Child:
        """The process of its host."""
        options = self.host_options()
        key = json.dumps([self.host, options], sort_keys=True)
        if key not in _children:
            _children[key] = Child(self.host, options, self.start_s)
        return _children[key]

    @property
    def outside_s(self) -> float:  # type: ignore[override]
        """CPU seconds that its host has spent so far."""
        return self.child.cpu_s

    def close(self) -> None:
        """End the process of its host: whoever is next starts another."""
        self.child.close()

    def settings(self, genome: NDArray[np.float64]) -> Mapping[str, bytes]:
        """The patch in words, and what else the host can write of it: ending to bytes."""
        patch = self.map.patches(genome[None])[0]
        note = asdict(patch)
        said = {
            "pitch": note["pitch"],
            "velocity": note["velocity"],
            "onset_s": note["onset"],
            "length_s": note["length"],
            "gain_db": 20 * math.log10(note["gain"]),
            "controls": note["controls"],
        }
        return {
            "patch.json": json.dumps(said, indent=1).encode(),
            **{ending: self.asked("state", patch) for ending in self.state_files},
        }

    def render_block(self, genomes: NDArray[np.float64]) -> Audio:
        """Play every genome that was not played before."""
        sounds = np.empty((len(genomes), self.samples), dtype=np.float32)
        for i, patch in enumerate(self.map.patches(genomes)):
            key = genomes[i].tobytes()
            if key not in self._kept:
                sound = self._played(patch)
                self._kept[key] = np.asarray(patch.gain * sound, dtype=np.float32)
                while len(self._kept) * self.samples > _KEPT_SAMPLES:
                    self._kept.popitem(last=False)
            sounds[i] = self._kept[key]
        return sounds

    def _played(self, patch: Patch) -> NDArray[np.float32]:
        for _ in range(_MOST_DEATHS):
            try:
                return np.asarray(self.ask_to_play(patch))
            except Died as death:
                last = death
        return self.given_up(f"{last}, {_MOST_DEATHS} times at the same patch")

    def ask_to_play(self, patch: Patch) -> NDArray[np.float32]:
        """Have the host play a patch.

        Raises:
            ValueError: if it refuses.
            Died: if it crashed or hung.
        """
        sound: NDArray[np.float32] = self.child.call(
            "play",
            patch,
            self.sample_rate,
            self.samples,
            seconds=self.play_s + 2 * self.samples / self.sample_rate,
        )
        return sound

    def given_up(self, reason: str) -> NDArray[np.float32]:
        """What stands for a patch over which the host died again and again: silence, and a warning.

        Args:
            reason: how it died, in a few words.
        """
        warnings.warn(f"{self.backend}: {reason}, which is silent now", stacklevel=2)
        return np.zeros(self.samples, dtype=np.float32)

    def asked(self, method: str, *arguments: Any, seconds: float | None = None) -> Any:
        """Ask the host for something else than a sound.

        Args:
            method: of the host.
            arguments: plain values and arrays.
            seconds: how long it may take; as long as its start if None.

        Raises:
            ValueError: if it refuses, or died.
        """
        try:
            return self.child.call(method, *arguments, seconds=seconds or self.start_s)
        except Died as death:
            raise ValueError(f"{self.backend}: {death}") from None


@atexit.register
def close_all() -> None:
    """End every host of this process."""
    for child in _children.values():
        child.close()

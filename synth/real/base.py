"""The base class of every real synth: a map, and a host process that plays its patches."""

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

# Size of the cache of rendered sounds: 256 MB.
_CACHED_SAMPLES = 64 * 2**20
_MOST_CRASHES = 3

_children: dict[str, Child] = {}


class RealSynth(Synth):
    """Plays a map's patches on a host in another process.

    A subclass names its backend and its host: a class, created in that process, whose method
    ``play(patch, sample_rate, samples)`` returns one mono sound of that many samples. A host that
    crashes or hangs is restarted and the render repeated; a genome that crashes it three times is
    silent, unless the subclass overrides ``given_up``.

    Attributes:
        backend: its name in maps.
        host: the host, as ``module:Class``.
        needs: names of the parts that must be installed.
        state_files: endings of the files that ``state(patch)`` of the host returns.
        start_s: time limit for the start of the host, in seconds.
        play_s: time limit of a render besides its own length, in seconds.

    Args:
        sample_rate: in hertz.
        samples: the length of every sound.
        map: a map, the name of one that ships with ga-synth, or a YAML file.

    Raises:
        ValueError: if the map is invalid.
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
        self._cache: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()

    @classmethod
    def missing(cls) -> str:
        """Return the parts that are not installed."""
        return lacking(cls.needs)

    @classmethod
    def modes(cls) -> dict[str, str]:
        """Return what each way to play lacks; empty if there is only one way."""
        return {}

    @classmethod
    def planned(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """Read the map, so that workers need no file and a trial's key depends on its content."""
        found = read_map(options["map"], folder, cls.backend)
        complete = {**options, "map": found.model_dump(mode="json", exclude_defaults=True)}
        cls(8_000, 1, **complete).verify()
        return complete

    @abstractmethod
    def verify(self) -> None:
        """Raise a one-line ValueError if the map does not match, such as for a missing control."""

    @abstractmethod
    def host_options(self) -> dict[str, Any]:
        """Return the host's options, as plain values; synths with equal options share a host."""

    @property
    def child(self) -> Child:
        """The process of the host."""
        options = self.host_options()
        key = json.dumps([self.host, options], sort_keys=True)
        if key not in _children:
            _children[key] = Child(self.host, options, self.start_s)
        return _children[key]

    @property
    def outside_s(self) -> float:  # type: ignore[override]
        """CPU seconds that the host has spent so far."""
        return self.child.cpu_s

    def close(self) -> None:
        """End the host's process; the next render starts another."""
        self.child.close()

    def settings(self, genome: NDArray[np.float64]) -> Mapping[str, bytes]:
        """Return the patch as JSON, and files that the host can write: file ending to bytes."""
        patch = self.map.patches(genome[None])[0]
        note = asdict(patch)
        described = {
            "pitch": note["pitch"],
            "velocity": note["velocity"],
            "onset_s": note["onset"],
            "length_s": note["length"],
            "gain_db": 20 * math.log10(note["gain"]),
            "controls": note["controls"],
        }
        return {
            "patch.json": json.dumps(described, indent=1).encode(),
            **{ending: self._call_host("state", patch) for ending in self.state_files},
        }

    def render_block(self, genomes: NDArray[np.float64]) -> Audio:
        """Render genomes; those that are in the cache are not played again."""
        sounds = np.empty((len(genomes), self.samples), dtype=np.float32)
        for i, patch in enumerate(self.map.patches(genomes)):
            key = genomes[i].tobytes()
            if key not in self._cache:
                sound = self._played(patch)
                self._cache[key] = np.asarray(patch.gain * sound, dtype=np.float32)
                while len(self._cache) * self.samples > _CACHED_SAMPLES:
                    self._cache.popitem(last=False)
            sounds[i] = self._cache[key]
        return sounds

    def _played(self, patch: Patch) -> NDArray[np.float32]:
        for _ in range(_MOST_CRASHES):
            try:
                return np.asarray(self._play_patch(patch))
            except Died as death:
                last = death
        return self.given_up(f"host {last}, {_MOST_CRASHES} times with the same patch")

    def _play_patch(self, patch: Patch) -> NDArray[np.float32]:
        """Play a patch on the host.

        Raises:
            ValueError: if the host refuses it.
            Died: if the host crashed or hung.
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
        """Return the sound of a patch that crashed the host repeatedly: silence, with a warning.

        Args:
            reason: how the host ended.
        """
        warnings.warn(f"{self.backend}: {reason}; it is rendered as silence", stacklevel=2)
        return np.zeros(self.samples, dtype=np.float32)

    def _call_host(self, method: str, *arguments: Any, seconds: float | None = None) -> Any:
        """Call a method of the host.

        Args:
            method: name of the method.
            arguments: plain values and arrays.
            seconds: time limit; ``start_s`` if None.

        Raises:
            ValueError: if the host refuses, crashes or hangs.
        """
        try:
            return self.child.call(method, *arguments, seconds=seconds or self.start_s)
        except Died as death:
            raise ValueError(f"{self.backend}: {death}") from None


@atexit.register
def close_all() -> None:
    """End all hosts of this process."""
    for child in _children.values():
        child.close()

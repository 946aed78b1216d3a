"""The synth ``vital``: Vital, an open-source wavetable synthesizer similar to Massive."""

from collections.abc import Mapping
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, ClassVar, Literal

from common.suggest import nearest
from synth.real.base import RealSynth

_CONNECTED = ">"


class Vital(RealSynth):
    """Vital, a wavetable synthesizer: three oscillators, two filters, envelopes, LFOs.

    Every render starts from the same state: in a copy of a process that has just loaded Vital, or
    in a new instance on systems without forks. Values of controls are those in ``.vital`` files. A
    control such as ``env_2 > filter_1_cutoff`` is the amount of a modulation.

    Args:
        sample_rate: in hertz.
        samples: the length of every sound.
        map: a map, the name of one that ships with ga-synth, or a YAML file.
        channel: which output channel is used.
        version: version of the binding; set by planning.

    Raises:
        ValueError: if the map is invalid.
    """

    backend: ClassVar[str] = "vital"
    host: ClassVar[str] = "synth.real.vital.host:Host"
    needs: ClassVar[tuple[str, ...]] = ("vita",)
    state_files: ClassVar[tuple[str, ...]] = ("vital",)

    def __init__(
        self,
        sample_rate: int,
        samples: int,
        *,
        map: str | dict[str, Any] = "vital",  # noqa: A002
        channel: Literal["left", "right"] = "left",
        version: str = "",
    ) -> None:
        super().__init__(sample_rate, samples, map=map)
        self._channel = channel
        if version and version != version_of("vita"):
            raise ValueError(
                f"Vital's binding vita is version {version_of('vita')}; "
                f"these trials were planned with {version}"
            )

    @classmethod
    def planned(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """Read the map, and record the version of the binding."""
        return {**super().planned(options, folder), "version": version_of("vita")}

    def host_options(self) -> dict[str, Any]:
        """Return the options of the host."""
        controls = (*self.map.fixed, *(gene.to for gene in self.map.genes.values()))
        return {
            "start": self.map.start or "",
            "channel": ("left", "right").index(self._channel),
            "connections": [name for name in controls if _CONNECTED in name],
        }

    def verify(self) -> None:
        """Raise for controls that Vital does not have, and for values out of range."""
        rows = {row["name"]: row for row in self._call_host("about")["parameters"]}
        wanted = [(control, value) for control, value in self.map.fixed.items()]
        wanted += [(g.to, end) for g in self.map.genes.values() for end in (g.low, g.high)]
        for control, value in wanted:
            if _CONNECTED in control:
                low, high = -1.0, 1.0
            elif control in rows:
                low, high = rows[control]["low"], rows[control]["high"]
            else:
                raise ValueError(f"map: Vital has no control {control!r}; {nearest(control, rows)}")
            if not low - 1e-6 <= value <= high + 1e-6:
                raise ValueError(f"map: {control} {value:g}; allowed: {low:g} to {high:g}")

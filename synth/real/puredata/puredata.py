"""The synth ``puredata``: a Pure Data patch, computed faster than real time or played live."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from synth.maps.model import SynthMap, read_map
from synth.real.base import RealSynth
from synth.real.forked import AVAILABLE
from synth.real.freshness import leak as leaking
from synth.real.parts import lacking
from synth.real.puredata.live import NEEDS as LIVE
from synth.real.puredata.offline import NEEDS as COMPUTED
from synth.real.puredata.patch import digest_of, located, path_of, shipped
from synth.real.puredata.playable import playable

Fresh = Literal["auto", "reopen", "fork"]

# A patch whose test notes all stay below this (-120 dB) is silent.
_SILENT = 1e-6
_TRIED = 8


class PureData(RealSynth):
    """Plays a ``.pd`` patch whose controls are receives named like OSC addresses.

    A computed sound (by libpd) is bit-exact and does not depend on earlier ones. A live sound is
    played by a Pd that is started for it, controlled over OSC and recorded through JACK, and may
    depend on earlier ones.

    Args:
        sample_rate: in hertz; if live, that of the JACK server.
        samples: the length of every sound.
        map: a map, the name of one that ships with ga-synth, or a YAML file.
        patch: the name of one that ships with ga-synth, or a ``.pd`` file; if empty, the patch that
            the map is ``of``.
        channel: which channel of ``[dac~]`` is used.
        live: whether a running Pd plays it, in real time.
        port: the OSC port of that Pd, on this machine only; 0 for any free port.
        fresh: the reset method of computed notes: opening the patch again (``reopen``), or a copy
            of the process (``fork``, Linux only); ``auto`` takes the first if it is exact.
        exact: whether notes were found not to depend on earlier ones; set by planning.
        digest: hash of the patch; set by planning, so that all trials use the same patch.

    Raises:
        ValueError: if the map or the patch is missing or invalid.
    """

    backend: ClassVar[str] = "puredata"
    host: ClassVar[str] = "synth.real.puredata.host:host"
    needs: ClassVar[tuple[str, ...]] = COMPUTED

    def __init__(
        self,
        sample_rate: int,
        samples: int,
        *,
        map: str | dict[str, Any] = "pd-subtractive",  # noqa: A002
        patch: str = "",
        channel: Literal["left", "right"] = "left",
        live: bool = False,
        port: int = 0,
        fresh: Fresh = "auto",
        exact: bool = True,
        digest: str = "",
    ) -> None:
        super().__init__(sample_rate, samples, map=map)
        if not 0 <= port <= 65_535:
            raise ValueError(f"port {port}; allowed: 1 to 65,535, or 0 for any free port")
        self._path = path_of(located(patch or _patch_of(self.map), Path()))
        self._live, self._port, self._digest = live, port, digest
        self._channel = ("left", "right").index(channel)
        self.repeatability = "exact" if exact and not live else "history"  # type: ignore[misc]
        if fresh == "fork" and not AVAILABLE:
            raise ValueError("fresh: fork works on Linux only; allowed: auto, reopen")
        self._fresh = ("fork" if AVAILABLE else "reopen") if fresh == "auto" else fresh

    @classmethod
    def missing(cls) -> str:
        """Return what is missing to compute sounds, unless they can be played live."""
        return lacking(COMPUTED) and lacking(LIVE) and lacking(COMPUTED)

    @classmethod
    def modes(cls) -> dict[str, str]:
        """Return what each way to play a patch lacks."""
        return {"computed": lacking(COMPUTED), "live": lacking(LIVE)}

    @classmethod
    def planned(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """Read map and patch, test some notes, and choose the reset method.

        Raises:
            ValueError: with one line, if something is missing, invalid or silent.
        """
        if options["patch"] not in ("", "subtractive") and options["map"] == "pd-subtractive":
            raise ValueError(
                "map: is missing; give the map of this patch: it says which controls are genes"
            )
        found = read_map(options["map"], folder, cls.backend)
        patch = located(options["patch"] or _patch_of(found), folder)
        digest = digest_of(path_of(patch))
        complete = super().planned({**options, "patch": patch, "digest": digest}, folder)
        if complete["live"] or complete["fresh"] == "fork":
            return {**complete, "exact": not complete["live"]}

        def made() -> "PureData":
            return cls(44_100, 22_050, **{**complete, "fresh": "reopen"})

        try:
            left = leaking(made)
        finally:
            made().close()
        if left and AVAILABLE and complete["fresh"] == "auto":
            return {**complete, "fresh": "fork", "exact": True}
        return {**complete, "fresh": "reopen", "exact": left == 0}

    def verify(self) -> None:
        """Play notes until one is not silent, then end the process.

        Raises:
            ValueError: if all are silent, or an object, a control or a part is missing.
        """
        try:
            if not self._sounds():
                raise ValueError(
                    f"patch {self._path.name}: silent in {_TRIED} notes; it must start notes at "
                    f"[receive /note] and send sound to [dac~ {self._channel + 1}]"
                )
        finally:
            self.close()

    def host_options(self) -> dict[str, Any]:
        """Return the options of the host."""
        controls = [*self.map.fixed, *(gene.to for gene in self.map.genes.values())]
        own: dict[str, Any] = {"fresh": self._fresh, "sample_rate": self.sample_rate}
        if self._live:
            own = {"port": self._port}
        return {
            "live": self._live,
            "path": str(self._path),
            "digest": self._digest,
            "controls": sorted(controls),
            "channel": self._channel,
            **own,
        }

    def settings(self, genome: NDArray[np.float64]) -> Mapping[str, bytes]:
        """Return the patch as JSON, and as a Pd file that plays it on MIDI notes."""
        (patch,) = self.map.patches(genome[None])
        return {**super().settings(genome), "pd": playable(self._path, patch)}

    def _sounds(self) -> bool:
        rate = self._call_host("rate")
        middle = np.full((1, len(self.space)), 0.5)
        random = np.random.default_rng(0).random((_TRIED - 1, len(self.space)))
        for patch in self.map.patches(np.concatenate([middle, random])):
            samples = round((patch.onset + min(patch.length, 1.0) + 0.1) * rate)
            if np.abs(self._call_host("play", patch, rate, samples)).max() > _SILENT:
                return True
        return False


def _patch_of(synth_map: SynthMap) -> str:
    if synth_map.of is None:
        raise ValueError(
            f"patch: is missing; allowed: a .pd file, or one of {', '.join(shipped())}"
        )
    return synth_map.of.name

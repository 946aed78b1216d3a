"""The synth ``plugin``: VST3, VST2, or Audio Unit on macOS, faster than real time."""

import hashlib
import platform
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from common.paths import present
from common.suggest import nearest
from synth.real.base import RealSynth
from synth.real.freshness import cheapest_fresh
from synth.real.freshness import leak as leaking
from synth.real.plugin.folders import SUFFIXES, plugins

Fresh = Literal["auto", "none", "fork", "settle", "reload"]


class Plugin(RealSynth):
    """A plug-in that is played as its map says, with every render from the same state.

    A render may leave a state in the plug-in that changes the next one. A reset method is therefore
    chosen when trials are planned, by rendering a few patches twice: no reset (``none``), a copy of
    the process (``fork``, Linux only), half a second of silence (``settle``), or loading the
    plug-in again (``reload``).

    Args:
        sample_rate: in hertz.
        samples: the length of every sound.
        path: path of the plug-in, relative to the experiment file; or its name, if it is in one of
            the system's folders.
        map: a map, the name of one that ships with ga-synth, or a YAML file.
        channel: which output channel is used.
        preroll: seconds of silence before the note, in which changed knobs settle.
        fresh: the reset method before a render; ``auto`` takes the fastest exact one.
        exact: whether renders were found not to depend on earlier ones; set by planning.
        digest: hash of the plug-in's file; set by planning.

    Raises:
        ValueError: if an option is out of range, or the map is invalid.
    """

    backend: ClassVar[str] = "plugin"
    host: ClassVar[str] = "synth.real.plugin.host:Host"
    needs: ClassVar[tuple[str, ...]] = ("DawDreamer",)
    state_files: ClassVar[tuple[str, ...]] = ("state",)

    def __init__(
        self,
        sample_rate: int,
        samples: int,
        *,
        path: str,
        map: str | dict[str, Any],  # noqa: A002
        channel: Literal["left", "right"] = "left",
        preroll: float = 0.1,
        fresh: Fresh = "auto",
        exact: bool = False,
        digest: str = "",
    ) -> None:
        super().__init__(sample_rate, samples, map=map)
        if not 0 <= preroll <= 10:
            raise ValueError(f"preroll {preroll:g} s; allowed: 0 to 10")
        self._path, self._channel, self._preroll = path, channel, preroll
        self._fresh = "none" if fresh == "auto" else fresh
        self.repeatability = "exact" if exact else "history"  # type: ignore[misc]
        if digest and digest != digest_of(Path(path)):
            raise ValueError(
                f"plug-in {path}: has changed since these trials were planned; "
                "run the comparison again"
            )

    @classmethod
    def planned(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """Find the plug-in, read its map, and choose the reset method."""
        path = found_plugin(options["path"], folder)
        complete = super().planned({**options, "path": str(path)}, folder)
        complete["digest"] = digest_of(path)

        def made(way: str) -> "Plugin":
            return cls(44_100, 22_050, **{**complete, "fresh": way})

        if (fresh := complete["fresh"]) == "auto":
            fresh, left = cheapest_fresh(made)
        else:
            left = leaking(lambda: made(fresh))
            made(fresh).close()
        return {**complete, "fresh": fresh, "exact": left == 0}

    def host_options(self) -> dict[str, Any]:
        """Return the options of the host."""
        return {
            "path": self._path,
            "start": self.map.start or "",
            "fresh": self._fresh,
            "channel": ("left", "right").index(self._channel),
            "preroll": self._preroll,
        }

    def verify(self) -> None:
        """Raise if the plug-in has no audio output, or lacks a control of the map."""
        about = self._call_host("about")
        whose, of = f"plug-in {about['name']}", self.map.of
        if about["outputs"] == 0:
            raise ValueError(f"{whose}: has no audio output")
        if of is not None and of.name != about["name"]:
            raise ValueError(f"map: is for plug-in {of.name!r}, not {about['name']!r}")
        if of is not None and of.version and of.version != (own := version_of(Path(self._path))):
            raise ValueError(f"map: is for {of.name} {of.version}; this is {own or 'unknown'}")
        names = {row["name"] for row in about["parameters"]}
        positions = {f"#{position}" for position in range(about["count"])}
        for control in (*self.map.fixed, *(gene.to for gene in self.map.genes.values())):
            if control not in names | positions:
                raise ValueError(f"map: {whose} has no parameter {control!r}; "
                                 f"{nearest(control, names)}")  # fmt: skip
        values = list(self.map.fixed.items())
        values += [(g.to, end) for g in self.map.genes.values() for end in (g.low, g.high)]
        for control, value in values:
            if not 0 <= value <= 1:
                raise ValueError(
                    f"map: {control} {value:g}; allowed: 0 to 1, the range of plug-in parameters"
                )


def found_plugin(given: str, folder: Path) -> Path:
    """Return the absolute path of a plug-in that exists and is built for this machine.

    Args:
        given: its path, or its name if it is in one of the system's folders.
        folder: the folder that a relative path starts from.

    Raises:
        ValueError: with one line, if it is missing or built for other machines.
    """
    path = (folder / Path(given).expanduser()).resolve()
    if not present(path) and "/" not in given:
        path = next((known for known in plugins() if given in (known.name, known.stem)), path)
    if not present(path):
        beside = list(path.parent.iterdir()) if path.parent.is_dir() else []
        known = {p.name for p in (*beside, *plugins()) if p.suffix in SUFFIXES}
        raise ValueError(f"plug-in {given}: no such file; {nearest(path.name, known)}")
    if path.suffix not in SUFFIXES:
        raise ValueError(f"plug-in {path.name}: unknown file type; allowed: {', '.join(SUFFIXES)}")
    if path.is_dir() and path.suffix == ".vst3":
        _check_build(path)
    return path


def digest_of(path: Path) -> str:
    """Return a hash of a plug-in's file, or of all files of its bundle."""
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    whole = hashlib.sha256()
    for file in files:
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()[:16]


def version_of(path: Path) -> str:
    """Return the version of a bundle; empty if it is not given."""
    patterns = {
        "Contents/Resources/moduleinfo.json": r'"Version"\s*:\s*"([^"]+)"',
        "Contents/moduleinfo.json": r'"Version"\s*:\s*"([^"]+)"',
        "Contents/Info.plist": r"CFBundleShortVersionString</key>\s*<string>([^<]+)<",
    }
    for name, pattern in patterns.items():
        if (file := path / name).is_file() and (
            found := re.search(pattern, file.read_text("utf-8"))
        ):
            return found[1]
    return ""


def _check_build(bundle: Path) -> None:
    """Raise if a VST3 bundle has no folder for this system and processor."""
    built = sorted(p.name for p in (bundle / "Contents").glob("*") if p.is_dir())
    built = [name for name in built if name != "Resources"]
    own = {"linux": f"{platform.machine()}-linux", "darwin": "MacOS"}.get(sys.platform, "-win")
    if not any(own in name for name in built):
        raise ValueError(
            f"plug-in {bundle.name}: is built for {', '.join(built) or 'nothing'}; "
            f"this machine needs {own}"
        )

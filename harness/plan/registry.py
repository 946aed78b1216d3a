"""Plug-ins and built-ins, found the same way: entry points, and files that an experiment names."""

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path
from typing import Any

from common.blame import blames, left
from common.errors import InputError
from common.suggest import nearest
from harness.plan.plugin_files import (
    base_class,
    classes_of,
    first_line,
    lacking,
    lacks,
    plugin_name,
    source_of,
)

KINDS = ("synth", "fitness", "judge", "search", "strategy", "network")
_GROUPS = {
    "synth": "ga_synth.synths",
    "fitness": "ga_synth.fitness",
    "judge": "ga_synth.judges",
    "search": "ga_synth.searches",
    "strategy": "ga_synth.strategies",
    "network": "ga_synth.networks",
}
_OWN = "ga-synth"
# They load what an experiment names: VST3 plug-ins, and patches that may load externals.
_LOADERS = (("synth", "plugin"), ("synth", "puredata"))


@dataclass(frozen=True)
class Plugin:
    """A class that can be named in an experiment.

    Attributes:
        kind: one of ``KINDS``.
        name: what experiments call it.
        source: where it comes from, such as ``built in`` or a file.
        version: changes when its results may.
        about: the first line of its docstring.
        refused: why it cannot be used; empty if it can.
    """

    kind: str
    name: str
    source: str
    version: str
    about: str = ""
    refused: str = ""


class Registry:
    """All that is registered, by kind and name.

    Args:
        files: Python files whose concrete subclasses of Fitness, Network, Search, Strategy and
            Synth are registered under their class names in snake case.

    Raises:
        InputError: if a file is missing, fails to run, or holds no plug-in; for any file after
            ``refuse_plugins``.
    """

    def __init__(self, files: tuple[Path, ...] = ()) -> None:
        if files and _refused:
            raise InputError(f"plug-in {files[0]}: not run, because of --no-plugins")
        self.files = files
        entries, self._clashes = _entries(tuple(sys.path))
        self._entries = _allowed(entries)
        self._classes: dict[tuple[str, str], type] = {}
        self._broken: dict[tuple[str, str], type] = {}
        self._sources: dict[tuple[str, str], Path] = {}
        self._versions: dict[tuple[str, str], str] = {}
        self._loaded: set[tuple[str, str]] = set()
        for file in files:
            whole, broken = classes_of(file)
            for kind, cls in whole:
                self._refuse_duplicate(kind, plugin_name(cls), file)
                self._classes[kind, plugin_name(cls)] = self._knowing(cls)
                self._sources[kind, plugin_name(cls)] = file
            for kind, cls in broken:
                self._broken[kind, plugin_name(cls)] = cls
                self._sources[kind, plugin_name(cls)] = file

    def names(self, kind: str) -> list[str]:
        """The names of a kind; a judge may be any fitness too."""
        kinds = ("judge", "fitness") if kind == "judge" else (kind,)
        return sorted({name for k, name in [*self._entries, *self._classes] if k in kinds})

    def get(self, kind: str, name: str) -> Any:
        """Return the class registered as ``name``.

        Raises:
            InputError: if there is none, or it cannot be loaded.
        """
        asked, kind = kind, self._kind(kind, name)
        if (kind, name) in self._classes:
            return self._classes[kind, name]
        if clash := self._clashes.get((kind, name)):
            raise InputError(clash)
        if (kind, name) in self._broken:
            file, cls = self._sources[kind, name], self._broken[kind, name]
            raise InputError(f"{kind} {name!r} is broken: {file}: {lacks(cls)}")
        if (kind, name) not in self._entries:
            hint = nearest(name, self.names(asked))
            if _refused and (kind, name) in _entries(tuple(sys.path))[0]:
                hint = "it runs other people's code, which --no-plugins refuses"
            raise InputError(f"{asked} {name!r} is not registered; {hint}")
        loaded, reason = _load(kind, self._entries[kind, name])
        if reason:
            raise InputError(f"{kind} {name!r} is broken: {reason}")
        self._loaded.add((kind, name))
        self._classes[kind, name] = self._knowing(loaded)
        return self._classes[kind, name]

    def foreign(self) -> list[str]:
        """Plug-ins whose code has been loaded: files, and packages with their versions."""
        dists = [self._entries[key].dist for key in self._loaded]
        named = {f"{dist.name} {dist.version}" for dist in dists if dist and dist.name != _OWN}
        return [*map(str, self.files), *sorted(named)]

    def is_foreign(self, kind: str, name: str) -> bool:
        """Whether what is registered as ``name`` did not come with ga-synth."""
        entry = self._entries.get((self._kind(kind, name), name))
        return entry is None or entry.dist is None or entry.dist.name != _OWN

    def version(self, kind: str, name: str) -> str:
        """Return the version of ``name``: its distribution's, or a hash of its file."""
        if (kind, name) not in self._versions:
            self._versions[kind, name] = self._describe(kind, name).version
        return self._versions[kind, name]

    def all(self, kinds: Iterable[str] = KINDS, name: str = "") -> list[Plugin]:
        """Describe everything, broken plug-ins included, by kind and name.

        Args:
            kinds: only these.
            name: only what is called so, unless it is empty; no package without it is imported.
        """
        known = {*self._entries, *self._classes, *self._broken}
        wanted = [key for key in known if key[0] in kinds and name in ("", key[1])]
        wanted.sort(key=lambda key: (KINDS.index(key[0]), key[1]))
        return [self._describe(kind, name) for kind, name in wanted]

    def _knowing(self, cls: type) -> type:
        """Let a fitness that is made of others find those of files too."""
        if not hasattr(cls, "among"):
            return cls
        made: type = cls.among(lambda name: self.get("fitness", name), self.names("fitness"))
        return made

    def _refuse_duplicate(self, kind: str, name: str, file: Path) -> None:
        """A plug-in never replaces another: what a name means must not depend on an order."""
        # A judge may be any fitness, so they share their names.
        for other in ("fitness", "judge") if kind in ("fitness", "judge") else (kind,):
            known = self._sources.get((other, name))
            entry = self._entries.get((other, name))
            if known is None and entry is None:
                continue
            where = f"the file {known}" if known else _owner(entry)
            raise InputError(
                f"plug-in {file}: {kind} {name!r} is already defined by {where}; "
                "rename one of the classes"
            )

    def _kind(self, kind: str, name: str) -> str:
        """What a name is registered as: a judge may be any fitness."""
        known = (kind, name) in self._entries or (kind, name) in self._classes
        return "fitness" if kind == "judge" and not known else kind

    def _describe(self, kind: str, name: str) -> Plugin:
        kind = self._kind(kind, name)
        if cls := self._broken.get((kind, name)):
            return Plugin(kind, name, str(self._sources[kind, name]), "0", refused=lacks(cls))
        if file := self._sources.get((kind, name)):
            about = first_line(self._classes[kind, name].__doc__)
            digest = hashlib.sha256(source_of(file)).hexdigest()[:12]
            return Plugin(kind, name, str(file), digest, about)
        entry = self._entries[kind, name]
        owner = entry.dist.name if entry.dist else "unknown"
        number = entry.dist.version if entry.dist else "0"
        if owner == _OWN:
            # Read, not imported: listing the built-ins must not wait for their compilers.
            return Plugin(kind, name, "built in", number, _docstring(entry))
        if clash := self._clashes.get((kind, name)):
            return Plugin(kind, name, f"{owner} {number}", number, refused=clash)
        loaded, reason = _load(kind, entry)
        about = first_line(getattr(loaded, "__doc__", None))
        return Plugin(kind, name, f"{owner} {number}", number, about, reason)


def group_of(kind: str) -> str:
    """The group of entry points by which packages register plug-ins of a kind."""
    return _GROUPS[kind]


# Whether only what comes with ga-synth may be loaded by this process.
_refused = False


def refuse_plugins() -> None:
    """Let this process load nothing but what comes with ga-synth; for experiments of strangers."""
    global _refused  # noqa: PLW0603 - of the whole process, like its other settings
    _refused = True


def plugins_refused() -> bool:
    """Whether this process loads nothing but what comes with ga-synth."""
    return _refused


def _allowed(entries: dict[tuple[str, str], EntryPoint]) -> dict[tuple[str, str], EntryPoint]:
    if not _refused:
        return entries
    return {
        key: entry
        for key, entry in entries.items()
        if key not in _LOADERS and entry.dist and entry.dist.name == _OWN
    }


@cache
def _entries(
    path: tuple[str, ...],  # noqa: ARG001
) -> tuple[dict[tuple[str, str], EntryPoint], dict[tuple[str, str], str]]:
    """Every entry point by kind and name; looked up once, since it reads every package's metadata.

    Args:
        path: where packages are found; with another, they are looked up again.

    Returns:
        The entry points, and why a name cannot be used that two packages register.
    """
    found: dict[tuple[str, str], EntryPoint] = {}
    clashes: dict[tuple[str, str], str] = {}
    for kind, group in _GROUPS.items():
        for entry in entry_points(group=group):
            for other in ("fitness", "judge") if kind in ("fitness", "judge") else (kind,):
                known = found.get((other, entry.name))
                if known is not None and known.value != entry.value:
                    clashes[other, entry.name] = clashes[kind, entry.name] = (
                        f"{kind} {entry.name!r} is registered by {_owner(known)} and by "
                        f"{_owner(entry)}; uninstall one of them"
                    )
            found[kind, entry.name] = entry
    return found, clashes


def _owner(entry: EntryPoint | None) -> str:
    owner = entry.dist.name if entry is not None and entry.dist is not None else "unknown"
    return "ga-synth itself" if owner == _OWN else f"the package {owner}"


def own_version() -> str:
    """The version of ga-synth that is installed."""
    return installed_version(_OWN)


@cache
def installed_version(package: str) -> str:
    """The version of an installed package, read once: every trial asks, and it takes a while."""
    return version(package)


@cache
def _load(kind: str, entry: EntryPoint) -> tuple[Any, str]:
    """The class of an entry point, or why there is none."""
    if entry.dist is None or entry.dist.name != _OWN:
        blames(entry.module)
    try:
        loaded = entry.load()
    except (Exception, SystemExit) as error:  # a plug-in may raise anything
        if isinstance(error, SystemExit) and not left(error):
            raise
        return None, f"{type(error).__name__}: {first_line(str(error))}"
    if not (isinstance(loaded, type) and issubclass(loaded, base_class(kind))):
        return None, f"{entry.value} is not a {base_class(kind).__name__}"
    if missing := lacking(loaded):
        return None, f"{entry.value} lacks {', '.join(missing)}"
    return loaded, ""


def _docstring(entry: EntryPoint) -> str:
    """The first line of a class's docstring, read from its source."""
    module, _, name = entry.value.partition(":")
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return ""
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return first_line(ast.get_docstring(node))
    return ""

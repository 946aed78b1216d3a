"""Plug-ins and built-ins, found the same way: entry points, and files that an experiment names."""

import ast
import hashlib
import importlib.util
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.abc import SourceLoader
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path
from types import ModuleType
from typing import Any

from common.errors import InputError
from common.suggest import nearest

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
        self._entries = _allowed(_entries(tuple(sys.path)))
        self._classes: dict[tuple[str, str], type] = {}
        self._sources: dict[tuple[str, str], Path] = {}
        self._versions: dict[tuple[str, str], str] = {}
        self._loaded: set[tuple[str, str]] = set()
        for file in files:
            found = _classes_of(file)
            for kind, cls in found:
                name = _snake(cls.__name__)
                self._refuse_duplicate(kind, name, file)
                self._classes[kind, name] = cls
                self._sources[kind, name] = file
            if not found:
                raise InputError(
                    f"plug-in {file}: defines no Fitness, Network, Search, Strategy or Synth"
                )

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
        if (kind, name) not in self._entries:
            hint = nearest(name, self.names(asked))
            if _refused and (kind, name) in _entries(tuple(sys.path)):
                hint = "it runs other people's code, which --no-plugins refuses"
            raise InputError(f"{asked} {name!r} is not registered; {hint}")
        loaded, reason = _load(kind, self._entries[kind, name])
        if reason:
            raise InputError(f"{kind} {name!r} is broken: {reason}")
        self._loaded.add((kind, name))
        return loaded

    def foreign(self) -> list[str]:
        """Plug-ins whose code has been loaded: files, and packages with their versions."""
        dists = [self._entries[key].dist for key in self._loaded]
        named = {f"{dist.name} {dist.version}" for dist in dists if dist and dist.name != _OWN}
        return [*map(str, self.files), *sorted(named)]

    def version(self, kind: str, name: str) -> str:
        """Return the version of ``name``: its distribution's, or a hash of its file."""
        if (kind, name) not in self._versions:
            self._versions[kind, name] = self._describe(kind, name).version
        return self._versions[kind, name]

    def all(self) -> list[Plugin]:
        """Describe everything, broken plug-ins included, by kind and name."""
        known = sorted({*self._entries, *self._classes}, key=lambda k: (KINDS.index(k[0]), k[1]))
        return [self._describe(kind, name) for kind, name in known]

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
        if file := self._sources.get((kind, name)):
            about = _first_line(self._classes[kind, name].__doc__)
            digest = hashlib.sha256(source_of(file)).hexdigest()[:12]
            return Plugin(kind, name, str(file), digest, about)
        entry = self._entries[kind, name]
        owner = entry.dist.name if entry.dist else "unknown"
        number = entry.dist.version if entry.dist else "0"
        if owner == _OWN:
            # Read, not imported: listing the built-ins must not wait for their compilers.
            return Plugin(kind, name, "built in", number, _docstring(entry))
        loaded, reason = _load(kind, entry)
        about = _first_line(getattr(loaded, "__doc__", None))
        return Plugin(kind, name, f"{owner} {number}", number, about, reason)


# Whether only what comes with ga-synth may be loaded by this process.
_refused = False


def refuse_plugins() -> None:
    """Let this process load nothing but what comes with ga-synth; for experiments of strangers."""
    global _refused  # noqa: PLW0603 - of the whole process, like its other settings
    _refused = True


def _allowed(entries: dict[tuple[str, str], EntryPoint]) -> dict[tuple[str, str], EntryPoint]:
    if not _refused:
        return entries
    return {
        key: entry
        for key, entry in entries.items()
        if key not in _LOADERS and entry.dist and entry.dist.name == _OWN
    }


def base_class(kind: str) -> type:
    """The class that every plug-in of a kind derives from."""
    from fitness.base import Fitness
    from networks.base import Network
    from strategies.base import Strategy
    from strategies.searches.base import Search
    from synth.base import Synth

    bases: dict[str, type] = {
        "synth": Synth, "search": Search, "strategy": Strategy, "network": Network
    }  # fmt: skip
    return bases.get(kind, Fitness)


@cache
def _entries(path: tuple[str, ...]) -> dict[tuple[str, str], EntryPoint]:  # noqa: ARG001
    """Every entry point by kind and name; looked up once, since it reads every package's metadata.

    Args:
        path: where packages are found; with another, they are looked up again.

    Raises:
        InputError: if two installed packages register the same name.
    """
    found: dict[tuple[str, str], EntryPoint] = {}
    for kind, group in _GROUPS.items():
        for entry in entry_points(group=group):
            for other in ("fitness", "judge") if kind in ("fitness", "judge") else (kind,):
                known = found.get((other, entry.name))
                if known is not None and known.value != entry.value:
                    raise InputError(
                        f"{kind} {entry.name!r} is registered by {_owner(known)} and by "
                        f"{_owner(entry)}; uninstall one of them"
                    )
            found[kind, entry.name] = entry
    return found


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
    try:
        loaded = entry.load()
    except Exception as error:  # a plug-in may raise anything
        return None, f"{type(error).__name__}: {_first_line(str(error))}"
    if not (isinstance(loaded, type) and issubclass(loaded, base_class(kind))):
        return None, f"{entry.value} is not a {base_class(kind).__name__}"
    if lacking := sorted(getattr(loaded, "__abstractmethods__", ())):
        return None, f"{entry.value} lacks {', '.join(lacking)}"
    return loaded, ""


def _classes_of(file: Path) -> list[tuple[str, type]]:
    module = _module_of(file)
    return [
        (kind, cls)
        for cls in vars(module).values()
        if isinstance(cls, type) and cls.__module__ == module.__name__
        for kind in ("synth", "fitness", "search", "strategy", "network")
        if issubclass(cls, base_class(kind)) and not getattr(cls, "__abstractmethods__", None)
    ]


# What a driver sent to this worker: plug-in files that need not be on its machine.
_carried: dict[str, bytes] = {}


def carry(sources: Mapping[str, bytes]) -> None:
    """Let plug-in files have these texts in this process, whatever is on its disk.

    Args:
        sources: path to text. To be called before a registry reads any of them.
    """
    _carried.update(sources)


def source_of(file: Path) -> bytes:
    """Return the text of a plug-in file.

    Raises:
        InputError: if there is none.
    """
    if (carried := _carried.get(str(file))) is not None:
        return carried
    if not file.is_file():
        known = [p.name for p in file.parent.glob("*.py")]
        raise InputError(f"plug-in {file}: no such file; {nearest(file.name, known)}")
    return file.read_bytes()


class _Source(SourceLoader):
    """Loads a plug-in from its text, which may have come from elsewhere."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002
        return str(self._file)

    def get_data(self, path: str) -> bytes:  # noqa: ARG002
        return source_of(self._file)


@cache
def _module_of(file: Path) -> ModuleType:
    source_of(file)
    if file.suffix != ".py":
        raise InputError(f"plug-in {file}: not a Python file")
    name = f"ga_synth_plugin_{hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:12]}"
    loader = _Source(file)
    spec = importlib.util.spec_from_file_location(name, file, loader=loader)
    if spec is None:
        raise InputError(f"plug-in {file}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except (Exception, SystemExit) as error:  # a plug-in may raise anything
        reason = f"{type(error).__name__}: {_first_line(str(error))}"
        raise InputError(f"plug-in {file}: {reason}") from error
    return module


def _docstring(entry: EntryPoint) -> str:
    """The first line of a class's docstring, read from its source."""
    module, _, name = entry.value.partition(":")
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return ""
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return _first_line(ast.get_docstring(node))
    return ""


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n")[0]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()

"""Plug-in files: run once a process, from a disk or from what a driver sent."""

import hashlib
import importlib.util
import re
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.abc import SourceLoader
from pathlib import Path
from types import ModuleType

from common.blame import blames, left
from common.errors import InputError
from common.suggest import nearest

_KINDS = ("synth", "fitness", "search", "strategy", "network")
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


def classes_of(file: Path) -> tuple[list[tuple[str, type]], list[tuple[str, type]]]:
    """Run a plug-in file.

    Returns:
        Kind and class of each plug-in that it defines; and of each that lacks a method and on which
        none of the others is built.

    Raises:
        InputError: if there is no such file, it fails to run, or it defines nothing of use.
    """
    module = _module_of(file)
    defined = [
        (kind, cls)
        for cls in vars(module).values()
        if isinstance(cls, type) and cls.__module__ == module.__name__
        for kind in _KINDS
        if issubclass(cls, base_class(kind))
    ]
    whole = [(kind, cls) for kind, cls in defined if not lacking(cls)]
    bases = {base for _, cls in whole for base in cls.__mro__}
    broken = [(kind, cls) for kind, cls in defined if lacking(cls) and cls not in bases]
    if not whole and broken:
        raise InputError(f"plug-in {file}: {lacks(broken[0][1])}")
    if not whole:
        raise InputError(f"plug-in {file}: defines no Fitness, Network, Search, Strategy or Synth")
    return whole, broken


def lacking(cls: type) -> list[str]:
    """The methods that a class has to define and does not."""
    return sorted(getattr(cls, "__abstractmethods__", ()))


def lacks(cls: type) -> str:
    """Say which methods a class lacks, and which of its own may be misspelt."""
    own = [name for name, value in vars(cls).items() if callable(value) and name[0] != "_"]
    said = []
    for name in lacking(cls):
        near = own if len(own) == 1 else get_close_matches(name, own, 1)
        mend = f"; is {near[0]!r} meant to be it?" if near else ""
        said.append(f"{cls.__name__} lacks the method {name!r}{mend}")
    return "; ".join(said)


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


def plugin_name(cls: type) -> str:
    """What experiments call a class of a file: its name in snake case."""
    return snake_case(cls.__name__)


def snake_case(name: str) -> str:
    """Turn ``MyFitness`` into ``my_fitness``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def first_line(text: str | None) -> str:
    """The first line of a docstring or a message; empty if there is none."""
    return (text or "").strip().split("\n")[0]


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
    blames(name)
    try:
        loader.exec_module(module)
    except (Exception, SystemExit) as error:  # a plug-in may raise anything
        if isinstance(error, SystemExit) and not left(error):
            raise
        reason = f"{type(error).__name__}: {first_line(str(error))}"
        raise InputError(f"plug-in {file}: {reason}") from error
    return module

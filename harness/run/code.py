"""What code runs: another node's must be the driver's, or its results are of another program."""

import hashlib
import platform
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from common.errors import InputError
from harness.plan.plugin_files import carry, source_of
from harness.plan.registry import installed_version, own_version

_ROOMS = "common", "fitness", "harness", "networks", "simd", "strategies", "synth"
_SUFFIXES = {".py", ".yaml", ".pd"}
# Their sums and their random draws are part of a result.
_PACKAGES = "numpy", "numba", "scipy", "deap"


@dataclass(frozen=True)
class Code:
    """What a driver runs.

    Attributes:
        parts: name to version or hash, of all that must be the same on a worker.
        sources: path of each plug-in file to its text, so that no node needs a copy.
    """

    parts: Mapping[str, str]
    sources: Mapping[str, bytes]


def code_here(files: tuple[Path, ...]) -> Code:
    """Describe the code of this process.

    Args:
        files: plug-in files.

    Raises:
        InputError: if one cannot be read.
    """
    return Code(_parts(), {str(file): source_of(file) for file in files})


def take_code(code: Code) -> str:
    """Check, on a worker, that its code is the driver's, and take the driver's plug-ins.

    Returns:
        The name of the worker's machine.

    Raises:
        InputError: with the first difference, and what to do.
    """
    here, host = _parts(), socket.gethostname()
    for name, wanted in code.parts.items():
        if here.get(name) != wanted:
            raise InputError(
                f"a worker on {host} has {name} {here.get(name, 'missing')}, the driver has "
                f"{wanted}: results would differ; install the same on every node"
            )
    carry(code.sources)
    return host


class Coded:
    """An actor that takes the driver's code before it does anything."""

    def begin(self, code: Code) -> str:
        """Take the driver's code, as ``take_code`` does."""
        return take_code(code)


@cache
def _parts() -> dict[str, str]:
    digest = hashlib.sha256()
    for room in _ROOMS:
        spec = find_spec(room)
        (folder,) = (spec and spec.submodule_search_locations) or ("",)
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix in _SUFFIXES:
                digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return {
        "ga-synth": f"{own_version()} ({digest.hexdigest()[:12]})",
        "Python": ".".join(platform.python_version_tuple()[:2]),
        **{name: installed_version(name) for name in _PACKAGES},
    }

"""How everything here is compiled, and where compiled code is kept between processes."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import config, njit

# A product that is added is fused, nothing else is reordered: the same bits in every lane.
_MATH = {"contract", "nsz"}


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a function into whatever calls it."""
    return njit(fastmath=_MATH, error_model="numpy", forceinline=True)(function)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function, without the interpreter's lock, and keep the machine code on disk.

    numba notices when the file of a function changes, not when one that it calls from another file
    does: so what is kept lies in a folder named after the sources of the function's whole package
    and of this one, in ``NUMBA_CACHE_DIR`` if that is set.
    """
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_kept(Path(function.__code__.co_filename).parent))
    try:
        return njit(fastmath=_MATH, error_model="numpy", nogil=True, cache=True)(function)
    finally:
        config.CACHE_DIR = before


@cache
def _kept(package: Path) -> Path:
    """The folder for the compiled code of a package as it is now; only numba writes there."""
    digest = hashlib.sha256()
    for sources in (package, Path(__file__).parent):
        for file in sorted(sources.glob("*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    folder = Path(config.CACHE_DIR) if config.CACHE_DIR else package / "__pycache__"
    return folder / f"compiled-{digest.hexdigest()[:16]}"

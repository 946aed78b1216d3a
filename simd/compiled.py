"""The numba decorators of all compiled code, and the cache of its machine code on disk."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import config, njit

from common.cache import cache_folder, first_writable

# Multiply-adds are fused and nothing else is reordered, so that every lane gives the same bits.
_MATH = {"contract", "nsz"}


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a function that is always inlined into its callers."""
    return njit(fastmath=_MATH, error_model="numpy", forceinline=True)(function)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function that releases the interpreter's lock, and cache its machine code on disk.

    numba notices when the file of a function changes, but not when a function that it calls from
    another file changes. The name of the cache folder is therefore a hash of all sources of the
    function's package and of this one. The folder is in ``NUMBA_CACHE_DIR`` if that is set, and in
    the person's cache folder if where ga-synth is installed cannot be written.
    """
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_cache_folder(Path(function.__code__.co_filename).parent))
    try:
        return njit(fastmath=_MATH, error_model="numpy", nogil=True, cache=True)(function)
    finally:
        config.CACHE_DIR = before


@cache
def _cache_folder(package: Path) -> Path:
    """Return the cache folder for the present sources of a package; only numba writes there."""
    digest = hashlib.sha256()
    for sources in (package, Path(__file__).parent):
        for file in sorted(sources.glob("*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    name = f"compiled-{digest.hexdigest()[:16]}"
    # Where ga-synth is installed may be read-only. numba would look for another place by itself,
    # but without the hash in its name; without a home folder it finds none.
    given = Path(config.CACHE_DIR) if config.CACHE_DIR else package / "__pycache__"
    return first_writable([given / name, cache_folder() / name])

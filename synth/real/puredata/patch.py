"""Pd patches as files: find them, read their controls, and detect changes.

Requirements of patches are in ``docs/puredata.md``: a ``[receive /filter/cutoff]`` for every
control, ``[receive /note]`` for key and velocity, and ``[dac~]`` for the sound.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.suggest import nearest

FOLDER = Path(__file__).parent / "patches"
NOTE = "/note"
_OBJECT = re.compile(r"#X obj -?\d+ -?\d+ ((?:[^;\\]|\\.)*);", re.DOTALL)
_LOUDEST = 100.0


def shipped() -> list[str]:
    """Return the names of the patches that ship with ga-synth."""
    return sorted(path.stem for path in FOLDER.glob("*.pd"))


def located(patch: str, folder: Path) -> str:
    """Find a patch.

    Args:
        patch: the name of one that ships with ga-synth, or a ``.pd`` file.
        folder: the folder that a relative path starts from.

    Returns:
        The name, or the absolute path of the file.

    Raises:
        ValueError: if there is no such patch.
    """
    if not patch.endswith(".pd"):
        if patch not in shipped():
            raise ValueError(f"patch {patch!r}: {nearest(patch, shipped())}, or a .pd file")
        return patch
    path = (folder / Path(patch).expanduser()).resolve()
    if not path.is_file():
        beside = [p.name for p in path.parent.glob("*.pd")] if path.parent.is_dir() else []
        raise ValueError(f"patch {path}: no such file; {nearest(path.name, beside)}")
    return str(path)


def path_of(patch: str) -> Path:
    """Return the file of a patch, given the result of ``located``."""
    return Path(patch) if patch.endswith(".pd") else FOLDER / f"{patch}.pd"


def digest_of(path: Path) -> str:
    """Return a hash of a patch and of all abstractions in its folder that it uses.

    Raises:
        ValueError: if it cannot be read, or is not a patch.
    """
    whole = hashlib.sha256()
    for _, text in _texts(path):
        whole.update(hashlib.sha256(text.encode()).digest())
    return whole.hexdigest()


class Unchanged:
    """Checks that a patch, and the abstractions that it uses, do not change.

    Args:
        path: path of the patch.
        digest: hash of the patch when the comparison was planned; the present one if empty.

    Raises:
        ValueError: if it has changed already, or cannot be read.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self._path, self._digest = path, digest or digest_of(path)
        self._files = [file for file, _ in _texts(path)]
        self._written: list[int] = []
        self.check()

    def check(self) -> None:
        """Check again; the files are read only if one was written since.

        Raises:
            ValueError: if it has changed, or cannot be read.
        """
        written = [file.stat().st_mtime_ns for file in self._files if file.is_file()]
        if written != self._written:
            if digest_of(self._path) != self._digest:
                raise ValueError(
                    f"patch {self._path}: was changed since the comparison began; run the "
                    "comparison again"
                )
            self._written = written


def receives(path: Path) -> set[str]:
    """Return the controls that a patch and its abstractions receive, according to their text."""
    found = set()
    for _, text in _texts(path):
        for words in _objects(text):
            if len(words) == 2 and words[0] in ("r", "receive") and words[1].startswith("/"):
                found.add(words[1])
    return found


def want_controls(path: Path, missing: Iterable[str]) -> None:
    """Raise if a patch does not receive some controls of a map.

    Raises:
        ValueError: for the first of them.
    """
    for control in sorted(missing):
        near = nearest(control, receives(path))
        if control == NOTE:
            near = "every patch needs one, for key and velocity"
        raise ValueError(f"patch {path.name}: has no [receive {control}]; {near}")


def want_created(path: Path, console: str) -> None:
    """Raise if Pd could not create all objects of a patch.

    Args:
        path: path of the patch, for the message.
        console: output of Pd while it opened the patch.

    Raises:
        ValueError: with the names of those objects.
    """
    lines = [re.sub(r"^(verbose\(\d\)|error): ", "", line) for line in console.splitlines()]
    gone = [one for one, next_ in pairwise(lines) if "couldn't create" in next_]
    if gone:
        names = ", ".join(f"[{name.strip()}]" for name in dict.fromkeys(gone))
        raise ValueError(
            f"patch {path.name}: Pd has no object {names}; put its file into the patch's folder"
        )


def bounded(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a sound, shape (samples,), without NaN and clipped: filters may be unstable."""
    return np.nan_to_num(sound, nan=0.0).clip(-_LOUDEST, _LOUDEST)


def _texts(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield a patch and its text, then all abstractions that it uses, directly or not."""
    open_, seen = [path], {path}
    while open_:
        at = open_.pop(0)
        try:
            text = at.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise ValueError(f"patch {at}: {error.strerror}") from None
        if not text.startswith("#N "):
            raise ValueError(f"patch {at}: not a Pd patch, which begins with '#N canvas'")
        yield at, text
        for words in _objects(text):
            beside = path.parent / f"{words[0]}.pd"
            # An object may have a name that is too long for a file.
            if beside not in seen and os.path.isfile(beside):  # noqa: PTH113
                seen.add(beside)
                open_.append(beside)


def _objects(text: str) -> Iterator[list[str]]:
    for match in _OBJECT.finditer(text):
        if words := match[1].split(",")[0].split():
            yield words

"""A Pd patch as a file: where it is, what it says, and whether it is still the same.

What a patch has to keep to is in ``docs/puredata.md``: a ``[receive /filter/cutoff]`` for every
control, ``[receive /note]`` for key and velocity, and ``[dac~]`` for the sound.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.validation import nearest

FOLDER = Path(__file__).parent / "patches"
NOTE = "/note"
_OBJECT = re.compile(r"#X obj -?\d+ -?\d+ ((?:[^;\\]|\\.)*);", re.DOTALL)
_LOUDEST = 100.0


def shipped() -> list[str]:
    """The names of the patches that ship."""
    return sorted(path.stem for path in FOLDER.glob("*.pd"))


def located(patch: str, folder: Path) -> str:
    """Find a patch.

    Args:
        patch: the name of one that ships, or a ``.pd`` file.
        folder: what the file is relative to.

    Returns:
        The name of one that ships, or the absolute path of the file.

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
    """The file of a patch that was located."""
    return Path(patch) if patch.endswith(".pd") else FOLDER / f"{patch}.pd"


def digest_of(path: Path) -> str:
    """A hash of a patch and of the abstractions beside it that it uses, directly or not.

    Raises:
        ValueError: if it cannot be read, or is no patch.
    """
    whole = hashlib.sha256()
    for _, text in _texts(path):
        whole.update(hashlib.sha256(text.encode()).digest())
    return whole.hexdigest()


class Unchanged:
    """Sees to it that a patch, and the abstractions that it uses, stay as they are.

    Args:
        path: of the patch.
        digest: what it was when the comparison was planned; as it is now if empty.

    Raises:
        ValueError: if it is another already, or cannot be read.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self._path, self._digest = path, digest or digest_of(path)
        self._files = [file for file, _ in _texts(path)]
        self._written: list[int] = []
        self.check()

    def check(self) -> None:
        """Look again, into those files only that were written since.

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
    """The controls that stand in a patch and its abstractions, as far as text tells."""
    found = set()
    for _, text in _texts(path):
        for words in _objects(text):
            if len(words) == 2 and words[0] in ("r", "receive") and words[1].startswith("/"):
                found.add(words[1])
    return found


def want_controls(path: Path, missing: Iterable[str]) -> None:
    """Refuse a map with controls that a patch does not receive.

    Raises:
        ValueError: for the first of them.
    """
    for control in sorted(missing):
        near = nearest(control, receives(path))
        if control == NOTE:
            near = "every patch needs one, for key and velocity"
        raise ValueError(f"patch {path.name}: has no [receive {control}]; {near}")


def want_created(path: Path, console: str) -> None:
    """Refuse a patch of which Pd could not make every object.

    Args:
        path: of the patch, for the message.
        console: what Pd printed while it opened it.

    Raises:
        ValueError: with their names.
    """
    lines = [re.sub(r"^(verbose\(\d\)|error): ", "", line) for line in console.splitlines()]
    gone = [one for one, next_ in pairwise(lines) if "couldn't create" in next_]
    if gone:
        names = ", ".join(f"[{name.strip()}]" for name in dict.fromkeys(gone))
        raise ValueError(
            f"patch {path.name}: Pd has no object {names}; put what it needs beside the patch"
        )


def bounded(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """A sound, shape (samples,), as others can bear it: a filter may have run away to infinity."""
    return np.nan_to_num(sound, nan=0.0).clip(-_LOUDEST, _LOUDEST)


def _texts(path: Path) -> Iterator[tuple[Path, str]]:
    """A patch and its text, then its abstractions and theirs."""
    open_, seen = [path], {path}
    while open_:
        at = open_.pop(0)
        try:
            text = at.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise ValueError(f"patch {at}: {error.strerror}") from None
        if not text.startswith("#N "):
            raise ValueError(f"patch {at}: is no Pd patch, which begins with '#N canvas'")
        yield at, text
        for words in _objects(text):
            beside = path.parent / f"{words[0]}.pd"
            if beside not in seen and beside.is_file():
                seen.add(beside)
                open_.append(beside)


def _objects(text: str) -> Iterator[list[str]]:
    for match in _OBJECT.finditer(text):
        if words := match[1].split(",")[0].split():
            yield words

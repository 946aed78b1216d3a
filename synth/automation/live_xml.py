"""The tracks of an Ableton Live set, one after the other, as XML elements.

A set, an ``.als`` file, is XML compressed by gzip. A stranger's may be anything: it is unpacked and
parsed piece by piece, up to a limit, with one track in memory at a time, without its notes and
texts (the states of plug-ins). A document type is refused, so that no entity is ever expanded.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from common.paths import present

# Sets of whole albums unpack to some 100 MB.
MOST_BYTES = 256 * 2**20
MASTERS = ("MasterTrack", "MainTrack")
_CHUNK = 2**18
_DEEPEST = 400
# Of the whole set, which takes a quarter of a minute to parse, and of a track, which take 400 MB.
_MOST_ELEMENTS, _MOST_OF_TRACK = 4_000_000, 1_000_000
_LEFT_OUT = "Notes"
_NO_SET = "not an Ableton Live set"


def tracks_of(path: Path) -> Iterator[Element]:
    """Yield the tracks of a set, with the master's, in its order.

    Args:
        path: an ``.als`` file.

    Raises:
        ValueError: with one line, if there is no such file, or it is no set, damaged or too large.
    """
    if not present(path):
        raise ValueError(f"set {path}: no such file")
    if path.is_dir():
        raise ValueError(f"set {path}: is a folder; the set is the .als file in it")
    tracks = _Tracks()
    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = tracks.begin, tracks.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for chunk in _unpacked(path):
            parser.Parse(chunk, False)
            yield from tracks.taken()
        parser.Parse(b"", True)
    except gzip.BadGzipFile:
        raise ValueError(f"set {path}: {_NO_SET}: it is not compressed by gzip") from None
    except (EOFError, zlib.error):
        raise ValueError(f"set {path}: is damaged: it cannot be unpacked to its end") from None
    except (ExpatError, LookupError) as error:  # LookupError: an encoding that nobody knows
        raise ValueError(f"set {path}: {_NO_SET}: not XML, {error}") from None
    except ValueError as error:
        raise ValueError(f"set {path}: {error}") from None
    yield from tracks.taken()


def _unpacked(path: Path) -> Iterator[bytes]:
    size = 0
    with gzip.open(path) as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > MOST_BYTES:
                raise ValueError(f"unpacks to more than {MOST_BYTES // 2**20} MB, the most allowed")
            yield chunk


def _refuse_doctype(*_: object) -> None:
    raise ValueError(f"{_NO_SET}: it declares a document type")


class _Tracks:
    """Builds the elements of tracks, and of nothing else, while a set is parsed."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._builder: TreeBuilder | None = None
        self._depth = self._elements = self._of_track = 0
        self._whole: list[Element] = []

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Note an element that begins."""
        if not self._open and tag != "Ableton":
            raise ValueError(f"{_NO_SET}: it begins with <{tag[:40]}>")
        if len(self._open) == _DEEPEST:
            raise ValueError(f"{_NO_SET}: nested more than {_DEEPEST} deep")
        if self._builder is None and (self._open[-1:] == ["Tracks"] or tag in MASTERS):
            self._builder, self._depth, self._of_track = TreeBuilder(), len(self._open), 0
        self._open.append(tag)
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise ValueError(f"has more than {_MOST_ELEMENTS:,} parts, the most allowed")
        if self._builder is None or self._is_left_out():
            return
        self._of_track += 1
        if self._of_track > _MOST_OF_TRACK:
            raise ValueError(f"has a track of more than {_MOST_OF_TRACK:,} parts, the most allowed")
        self._builder.start(tag, attributes)

    def end(self, tag: str) -> None:
        """Note an element that ends."""
        if self._builder is not None and not self._is_left_out():
            self._builder.end(tag)
        self._open.pop()
        if self._builder is not None and len(self._open) == self._depth:
            self._whole.append(self._builder.close())
            self._builder = None

    def _is_left_out(self) -> bool:
        return _LEFT_OUT in self._open[self._depth + 1 :]

    def taken(self) -> list[Element]:
        """Return the tracks that are complete, once."""
        whole, self._whole = self._whole, []
        return whole

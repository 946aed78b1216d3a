"""Text for terminals and pipes that know fewer characters than the program prints."""

import codecs
import io
import sys
import unicodedata

# What the program itself prints beyond ASCII.
_PLAIN = {
    "…": "...", "−": "-", "–": "-", "—": "-", "×": "x", "→": "->", "↔": "<->", "≤": "<=", "≥": ">=",
    "°": " deg", "µ": "u", "√": "sqrt ", "∞": "inf", "≈": "~", "‘": "'", "’": "'",
    "“": '"', "”": '"', "½": "1/2", "²": "^2", "π": "pi",
    "·": "*", "•": "*", "●": "o", "─": "-", "│": "|",
    **dict(zip("▁▂▃▄▅▆▇█", "__..--==", strict=True)),
}  # fmt: skip
_NAME = "ga-synth.plain"
# By its own name click would take ASCII for a mistake, and write UTF-8.
_ASCII = "ga_synth_ascii"
# Python's own for standard output and standard error.
_HANDLED = ("strict", "backslashreplace")


def plainly() -> None:
    """Let standard output and error write what they can't encode in simpler characters."""
    codecs.register_error(_NAME, _simpler)
    codecs.register(_named)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in _HANDLED:
            ascii_ = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding=_ASCII if ascii_ else None, errors=_NAME)


def _named(name: str) -> codecs.CodecInfo | None:
    if name != _ASCII:
        return None
    plain = codecs.lookup("ascii")
    return codecs.CodecInfo(
        plain.encode, plain.decode, plain.streamreader, plain.streamwriter,
        plain.incrementalencoder, plain.incrementaldecoder, _ASCII,
    )  # fmt: skip


def _simpler(error: UnicodeError) -> tuple[str, int]:
    """Replace signs by ASCII, accented letters by plain ones, and all else by its number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(character: str) -> str:
    if (plain := _PLAIN.get(character)) is not None:
        return plain
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return letters or character.encode("ascii", "backslashreplace").decode()

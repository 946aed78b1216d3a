"""Sound files: a target is read exactly as it was recorded, a result written so that it repeats.

Nothing here resamples, normalises, trims or mixes down. Reading takes whatever libsndfile knows:
WAV, FLAC, OGG, MP3 and AIFF among others. Writing makes 24-bit FLAC or WAV, whose bytes depend on
the samples alone: no time stamps, no floating-point WAV (libsndfile dates those).
"""

import difflib
import io
import re
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

SHORTEST_S, LONGEST_S = 0.05, 60.0
LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000

_MOST_CHANNELS = 8
_UNKNOWN_SIZE = 2**31 - 2**16
# Float32 rounding may leave a sound this little above 1.
_ROUNDING = 1e-6


class SoundError(ValueError):
    """A sound that cannot be used: the file, what is wrong and what is allowed, in one line."""


def read_sound(
    path: str | PathLike[str], *, start_s: float = 0.0, seconds: float | None = None
) -> tuple[NDArray[np.float32], int]:
    """Read a sound file, or an excerpt of it, unaltered.

    Samples of up to 24 bits and float32 keep every bit; wider ones are rounded to float32.

    Args:
        path: of any number of channels and a sample rate of 8,000 to 192,000 Hz.
        start_s: where the excerpt starts, in seconds.
        seconds: how long the excerpt is at most; to the end of the file if left out.

    Returns:
        The samples, shape (channels, samples), and the sample rate in hertz.

    Raises:
        SoundError: if the file cannot be read as sound, the excerpt is shorter than 0.05 s or
            longer than 60 s, or it is silent or holds NaN or infinity.
    """
    path = Path(path)
    if not start_s >= 0 or (seconds is not None and not seconds > 0):
        raise SoundError(
            f"{path}: excerpt from {start_s} s of {seconds} s; allowed: from 0 or later, above 0 s"
        )
    try:
        _check_file(path)
        with path.open("rb") as file:
            sound, sample_rate = _decode(path, file, start_s, seconds)
    except PermissionError:
        raise SoundError(f"{path}: no permission to read it") from None
    except OSError as error:
        raise SoundError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not np.isfinite(sound).all():
        raise SoundError(f"{path}: holds NaN or infinity; allowed: finite samples")
    if not sound.any():
        raise SoundError(f"{path}: is silent, every sample is 0; allowed: a sound to match")
    return sound, sample_rate


def flac_bytes(sounds: ArrayLike, sample_rate: int) -> bytes:
    """The content of a 24-bit FLAC file.

    Args:
        sounds: shape (channels, samples) or (samples,), within [-1, 1].
        sample_rate: in hertz, 8,000 to 192,000.

    Raises:
        SoundError: for a sound that does not fit.
    """
    return _encode("sound", sounds, sample_rate, "FLAC")


def wav_bytes(sounds: ArrayLike, sample_rate: int) -> bytes:
    """The content of a 16-bit WAV file, to embed in a page: any place in it is found at once.

    Args:
        sounds: shape (channels, samples) or (samples,), within [-1, 1].
        sample_rate: in hertz, 8,000 to 192,000.

    Raises:
        SoundError: for a sound that does not fit.
    """
    return _encode("sound", sounds, sample_rate, "WAV", bits=16)


def _check_file(path: Path) -> None:
    """Raise what is plain before the content is looked at."""
    if path.is_dir():
        raise SoundError(f"{path}: is a folder; allowed: a sound file")
    if not path.exists():
        raise SoundError(f"{path}: no such file{_nearest(path)}")
    if path.stat().st_size == 0:
        raise SoundError(f"{path}: is an empty file; allowed: a sound file")


def _nearest(path: Path) -> str:
    """The file in the same folder whose name is most like that of ``path``, as a question."""
    if not path.parent.is_dir():
        return f"; nor is there a folder {path.parent}"
    names = sorted(file.name for file in path.parent.iterdir() if file.is_file())
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.3)
    return f"; did you mean {close[0]}?" if close else ""


def _decode(
    path: Path, file: io.BufferedReader, start_s: float, seconds: float | None
) -> tuple[NDArray[np.float32], int]:
    """Read the excerpt; its samples are not looked at yet."""
    import soundfile

    try:
        with soundfile.SoundFile(file) as sound:
            rate = int(sound.samplerate)
            _check_rate(path, rate)
            _check_whole(path, sound)
            start, wanted = _excerpt(path, sound, start_s, seconds)
            sound.seek(start)
            samples = sound.read(wanted, dtype="float32", always_2d=True).T
    # A name ending in .raw raises TypeError: such a file does not say what it holds.
    except (soundfile.SoundFileError, TypeError):
        raise SoundError(
            f"{path}: not a sound file, or damaged; allowed: WAV, FLAC, OGG, MP3, AIFF"
        ) from None
    if samples.shape[1] < wanted:
        raise _cut_short(path, samples.shape[1], wanted, "samples")
    return np.ascontiguousarray(samples), rate


def _check_whole(path: Path, sound: Any) -> None:
    """Raise if a WAV or AIFF file promises more than it holds; libsndfile only notes it."""
    note = re.search(r"(?:data|SSND) : (\d+) \(should be (\d+)\)", sound.extra_info)
    # A recorder that writes to a pipe cannot know the size, and promises the most there is.
    if note and int(note[2]) < int(note[1]) < _UNKNOWN_SIZE:
        raise _cut_short(path, int(note[2]), int(note[1]), "bytes")


def _cut_short(path: Path, got: int, wanted: int, unit: str) -> SoundError:
    """The error for a file that ends too early."""
    return SoundError(
        f"{path}: damaged, ends after {got:,} of {wanted:,} {unit}; allowed: a complete sound file"
    )


def _check_rate(name: Path | str, rate: int) -> None:
    """Raise if the sample rate is one that no synth renders at."""
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        allowed = f"{LOWEST_RATE:,} to {HIGHEST_RATE:,} Hz"
        raise SoundError(f"{name}: sample rate {rate:,} Hz; allowed: {allowed}")


def _excerpt(path: Path, sound: Any, start_s: float, seconds: float | None) -> tuple[int, int]:
    """First sample and number of samples of the excerpt."""
    rate, total = int(sound.samplerate), int(sound.frames)
    if total == 0:
        raise SoundError(f"{path}: holds no samples; allowed: {SHORTEST_S} to {LONGEST_S:g} s")
    start = round(min(start_s, total / rate) * rate)
    wanted = total - start
    if seconds is not None:
        wanted = min(wanted, round(min(seconds, total / rate) * rate))
    if not SHORTEST_S * rate <= wanted <= LONGEST_S * rate:
        what = f"{wanted / rate:.6g} s of sound"
        if start_s or seconds is not None:
            what += f" from {start_s:g} s, in a file of {total / rate:.6g} s"
        raise SoundError(f"{path}: {what}; allowed: {SHORTEST_S} to {LONGEST_S:g} s")
    return start, wanted


def _encode(
    name: str, sounds: ArrayLike, sample_rate: int, container: str, bits: int = 24
) -> bytes:
    """The content of a file."""
    import soundfile

    x = np.atleast_2d(np.asarray(sounds, dtype=np.float64))
    if x.ndim != 2 or x.size == 0:
        raise SoundError(f"{name}: shape {np.shape(sounds)}; wanted: (channels, samples)")
    if len(x) > _MOST_CHANNELS:
        raise SoundError(f"{name}: {len(x):,} channels; allowed: 1 to {_MOST_CHANNELS}")
    _check_rate(name, sample_rate)
    if not np.isfinite(x).all():
        raise SoundError(f"{name}: holds NaN or infinity; allowed: finite samples")
    peak = float(np.abs(x).max())
    if peak > 1 + _ROUNDING:
        raise SoundError(f"{name}: peak of {peak:.6g}; allowed: up to 1")
    # Whole numbers made here, not by libsndfile: it scales by one less, and what was read from a
    # file would not be written back the same.
    full = 1 << (bits - 1)
    whole = np.clip(np.rint(x * full), -full, full - 1).astype(np.int32) << (32 - bits)
    content = io.BytesIO()
    soundfile.write(content, whole.T, sample_rate, format=container, subtype=f"PCM_{bits}")
    return content.getvalue()

"""Read and write sound files.

A target is read exactly as it was recorded: nothing here resamples, normalises, trims or mixes
down. Every format of libsndfile can be read, among them WAV, FLAC, OGG, MP3 and AIFF. Files are
written as 24-bit FLAC or 16-bit WAV, whose bytes depend on the samples alone. Floating-point WAV is
not written, because libsndfile puts the date into it.
"""

import difflib
import io
from collections.abc import Iterator
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from common.paths import present
from synth.containers import Shorter, cut_short, goes_on, lengthless_flac, opened

SHORTEST_S, LONGEST_S = 0.05, 60.0
LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000

# Full scale is 1, and no recording is 80 dB above it. Float files that hold unscaled 16- or 24-bit
# integers, or have a damaged header, are.
HIGHEST_PEAK = 1e4

_MOST_CHANNELS = 8
# More samples than any file has: what libsndfile says where the header says nothing.
_NO_LENGTH = 2**45
# -120 dB of full scale: below the noise of every recorder, and what no listener hears.
_SILENT_PEAK = 1e-6
# 60 dB below another channel, as a share of its energy.
_NEARLY_SILENT = 1e-6
# Float32 rounding may leave a sound this little above 1.
_ROUNDING = 1e-6


class SoundError(ValueError):
    """A sound cannot be used; one line names the file, the problem and what is allowed."""


class Recording(NamedTuple):
    """A sound file as it was read.

    Attributes:
        sounds: shape (channels, samples), float32.
        sample_rate: in hertz.
        notes: what a person should know of its length, in sentences.
    """

    sounds: NDArray[np.float32]
    sample_rate: int
    notes: tuple[str, ...]


def read_sound(
    path: str | PathLike[str], *, start_s: float = 0.0, seconds: float | None = None
) -> tuple[NDArray[np.float32], int]:
    """Read a sound file, or an excerpt of it, without changing it.

    Samples of up to 24 bits, and float32, are exact; wider ones are rounded to float32.

    Args:
        path: a file with 1 to 8 channels and a sample rate of 8,000 to 192,000 Hz.
        start_s: where the excerpt starts, in seconds.
        seconds: the longest that the excerpt may be; up to the end of the file by default.

    Returns:
        The samples, shape (channels, samples), and the sample rate in hertz.

    Raises:
        SoundError: if the file cannot be read as sound, the excerpt is shorter than 0.05 s or
            longer than 60 s, or it is silent (peaks below 1e-6), holds NaN or infinity, or peaks
            above 10,000.
    """
    found = read_recording(path, start_s=start_s, seconds=seconds)
    return found.sounds, found.sample_rate


def read_recording(
    path: str | PathLike[str], *, start_s: float = 0.0, seconds: float | None = None
) -> Recording:
    """Read a sound file as ``read_sound`` does, with notes on what its header says otherwise."""
    path = Path(path)
    if not start_s >= 0 or (seconds is not None and not seconds > 0):
        raise SoundError(
            f"{path}: excerpt from {start_s} s of {seconds} s; allowed: from 0 or later, above 0 s"
        )
    try:
        _check_file(path)
        with path.open("rb") as file:
            found = _decode(path, file, start_s, seconds)
    except PermissionError:
        raise SoundError(f"{path}: no permission to read it") from None
    except OSError as error:
        raise SoundError(f"{path}: cannot be read: {error.strerror or error}") from None
    sound = found.sounds
    if not np.isfinite(sound).all():
        raise SoundError(f"{path}: holds NaN or infinity; allowed: finite samples")
    peak = float(np.abs(sound).max())
    if peak == 0:
        raise SoundError(f"{path}: is silent, every sample is 0; allowed: a sound to match")
    if is_silent(sound):
        raise SoundError(
            f"{path}: is silent, with a peak of {peak:.3g}, where full scale is 1; allowed: "
            f"{_SILENT_PEAK:g} and above"
        )
    if peak > HIGHEST_PEAK:
        raise SoundError(
            f"{path}: peak of {peak:.3g}, where full scale is 1; allowed: up to "
            f"{HIGHEST_PEAK:,.0f}; divide the samples by their full scale and save it again"
        )
    return found


def loudest(sounds: NDArray[np.floating]) -> int:
    """Return which channel has the most energy, of sounds of shape (channels, samples)."""
    return int((sounds.astype(np.float64) ** 2).sum(axis=1).argmax())


def is_silent(sounds: NDArray[np.floating]) -> bool:
    """Return whether nobody hears sounds, of any shape: they peak below a millionth."""
    return not np.abs(sounds).max() >= _SILENT_PEAK


def channel_weights(sounds: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return how much each channel of a sound counts: its share of the energy.

    What is 60 dB below the loudest is heard as silence beside it, and counts for nothing.

    Args:
        sounds: shape (channels, samples), not silent.

    Returns:
        Shape (channels,), of sum 1; channels of the same energy have the same.
    """
    energies = (sounds.astype(np.float64) ** 2).sum(axis=1)
    energies[energies < _NEARLY_SILENT * energies.max()] = 0.0
    return np.asarray(energies / energies.sum())


def flac_bytes(sounds: ArrayLike, sample_rate: int) -> bytes:
    """Return the content of a 24-bit FLAC file.

    Args:
        sounds: shape (channels, samples) or (samples,), within [-1, 1].
        sample_rate: in hertz, 8,000 to 192,000.

    Raises:
        SoundError: if the shape, the sample rate or a sample is out of range.
    """
    return _encode("sound", sounds, sample_rate, "FLAC")


def wav_bytes(sounds: ArrayLike, sample_rate: int) -> bytes:
    """Return the content of a 16-bit WAV file, for web pages: players can seek in it at once.

    Args:
        sounds: shape (channels, samples) or (samples,), within [-1, 1].
        sample_rate: in hertz, 8,000 to 192,000.

    Raises:
        SoundError: if the shape, the sample rate or a sample is out of range.
    """
    return _encode("sound", sounds, sample_rate, "WAV", bits=16)


def _check_file(path: Path) -> None:
    """Raise for what is wrong before the content is read."""
    if path.is_dir():
        raise SoundError(f"{path}: is a folder; allowed: a sound file")
    if not present(path):
        raise SoundError(f"{path}: no such file{_nearest(path)}")
    if path.stat().st_size == 0:
        raise SoundError(f"{path}: is an empty file; allowed: a sound file")


def _nearest(path: Path) -> str:
    """Return a hint: the file in the same folder with the most similar name, if there is one."""
    if not path.parent.is_dir():
        return f"; there is no folder {path.parent}"
    names = sorted(file.name for file in path.parent.iterdir() if file.is_file())
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.3)
    return f"; did you mean {close[0]}?" if close else ""


def _decode(
    path: Path, file: io.BufferedReader, start_s: float, seconds: float | None
) -> Recording:
    """Read the excerpt; its samples are not checked yet."""
    import soundfile

    source = opened(file)
    notes = list(source.notes)
    try:
        with soundfile.SoundFile(_Steady(source.file)) as sound:
            rate = int(sound.samplerate)
            _check_rate(path, rate)
            # Before anything is decoded: a small file may hold gigabytes.
            _check_channels(path, int(sound.channels))
            if missing := cut_short(sound.extra_info):
                raise _cut_short(path, missing)
            if goes_on(sound.extra_info):
                notes.append(
                    "Its sound ends before the file does, by its header: no more is heard."
                )
            total = int(sound.frames)
            endless = total > _NO_LENGTH
            if endless:
                total = sum(map(len, _blocks(source.file)))
                notes.append(f"Its header says no length; it holds {total / rate:.2f} s.")
            start, wanted = _excerpt(path, (rate, total), start_s, seconds)
            if endless:
                samples = _part_of(source.file, start, wanted)
            else:
                sound.seek(start)
                samples = sound.read(wanted, dtype="float32", always_2d=True).T
            if not endless and start + wanted == total and (held := _held(source.file)) > total:
                notes.append(
                    f"Its header promises {total / rate:.2f} s, and it holds {held / rate:.2f} s: "
                    "no more is heard than it promises."
                )
    # soundfile raises TypeError for names ending in .raw: such a file has no header.
    except (soundfile.SoundFileError, TypeError):
        raise SoundError(
            f"{path}: not a sound file, or damaged; allowed: WAV, FLAC, OGG, MP3, AIFF"
        ) from None
    if samples.shape[1] < wanted and not source.counted:
        raise _cut_short(path, Shorter(samples.shape[1], wanted, "samples"))
    return Recording(np.ascontiguousarray(samples), rate, tuple(notes))


class _Steady:
    """A file for a decoder, which a damaged header may send to before its beginning: it stays.

    The decoder's callbacks would print what is raised in them, and go on.
    """

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file = file
        self.read, self.readinto, self.tell = file.read, file.readinto, file.tell

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek, if there is such a place; returns where it is."""
        with suppress(OSError, ValueError):
            self._file.seek(offset, whence)
        return self._file.tell()


def _held(file: io.BufferedIOBase) -> int:
    """Count the samples of a FLAC file, of which its header may promise fewer; 0 for others."""
    import soundfile

    file.seek(0)
    if file.read(4) != b"fLaC":
        return 0
    file.seek(0)
    try:
        return sum(map(len, _blocks(io.BytesIO(lengthless_flac(file.read())))))
    except soundfile.SoundFileError:
        # What the header promises was read.
        return 0


def _blocks(file: io.BufferedIOBase) -> Iterator[NDArray[np.float32]]:
    """Decode a file to its end, whatever its header says; blocks of shape (samples, channels)."""
    import soundfile

    class Unsized(soundfile.SoundFile):  # type: ignore[misc]
        """A file that is never sought in: where nobody knows its end, that fails."""

        def seekable(self) -> bool:
            return False

    file.seek(0)
    with Unsized(_Steady(file)) as sound:
        while len(block := sound.read(1 << 16, dtype="float32", always_2d=True)):
            yield block


def _part_of(file: io.BufferedIOBase, start: int, wanted: int) -> NDArray[np.float32]:
    """Decode samples from ``start`` on, shape (channels, samples)."""
    kept, at = [], 0
    for block in _blocks(file):
        kept.append(block[max(0, start - at) : max(0, start + wanted - at)])
        at += len(block)
        if at >= start + wanted:
            break
    return np.concatenate(kept).T


def _cut_short(path: Path, found: Shorter) -> SoundError:
    """Return the error for a file that ends too early."""
    return SoundError(
        f"{path}: damaged, ends after {found.got:,} of {found.wanted:,} {found.unit}; allowed: a "
        "complete sound file"
    )


def _check_rate(name: Path | str, rate: int) -> None:
    """Raise if no synth renders at the sample rate."""
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        allowed = f"{LOWEST_RATE:,} to {HIGHEST_RATE:,} Hz"
        raise SoundError(f"{name}: sample rate {rate:,} Hz; allowed: {allowed}")


def _check_channels(name: Path | str, channels: int) -> None:
    if channels > _MOST_CHANNELS:
        raise SoundError(f"{name}: {channels:,} channels; allowed: 1 to {_MOST_CHANNELS}")


def _excerpt(
    path: Path, length: tuple[int, int], start_s: float, seconds: float | None
) -> tuple[int, int]:
    """Return the first sample and the number of samples of the excerpt.

    Args:
        path: of the file.
        length: its sample rate in hertz, and how many samples it has.
        start_s: where the excerpt starts, in seconds.
        seconds: the longest that it may be; up to the end of the file if None.
    """
    rate, total = length
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
    """Encode sounds as the content of a file."""
    import soundfile

    x = np.atleast_2d(np.asarray(sounds, dtype=np.float64))
    if x.ndim != 2 or x.size == 0:
        raise SoundError(f"{name}: shape {np.shape(sounds)}; wanted: (channels, samples)")
    _check_channels(name, len(x))
    _check_rate(name, sample_rate)
    if not np.isfinite(x).all():
        raise SoundError(f"{name}: holds NaN or infinity; allowed: finite samples")
    peak = float(np.abs(x).max())
    if peak > 1 + _ROUNDING:
        raise SoundError(f"{name}: peak of {peak:.6g}; allowed: up to 1")
    # Convert to integers here: libsndfile scales by one less, so that a file that is read and
    # written again would change.
    full = 1 << (bits - 1)
    whole = np.clip(np.rint(x * full), -full, full - 1).astype(np.int32) << (32 - bits)
    content = io.BytesIO()
    soundfile.write(content, whole.T, sample_rate, format=container, subtype=f"PCM_{bits}")
    return content.getvalue()

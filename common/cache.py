"""Where caches are kept: for a person, whatever folder they are in, where it can be written."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder of caches: that of the system for this person, or a temporary one.

    ``GA_SYNTH_CACHE`` names another.
    """
    given = os.environ.get("GA_SYNTH_CACHE")
    return first_writable([Path(given)] if given else _places())


def first_writable(places: Iterable[Path]) -> Path:
    """Return the first folder that can be written; a private temporary one if none can.

    Args:
        places: folders, made if they are missing.
    """
    for place in places:
        try:
            place.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place).close()
        except OSError:
            continue
        return place
    return _private()


def _places() -> list[Path]:
    system = os.environ.get("XDG_CACHE_HOME")
    places = [Path(system)] if system else []
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home raises where there is none
    if home != "~":
        places.append(Path(home) / ".cache")
    return [place / "ga-synth" for place in places]


def _private() -> Path:
    """Return a temporary folder that nobody else can enter: the same next time, if it is ours."""
    folder = Path(tempfile.gettempdir()) / f"ga-synth-cache-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        about = folder.lstat()
        if about.st_uid == os.getuid() and about.st_mode & 0o777 == 0o700 and folder.is_dir():
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="ga-synth-cache-"))

"""Where banks are kept for all matches of a person, whatever folder they are in."""

import os
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder of caches: that of the system for this person, or a temporary one.

    ``GA_SYNTH_CACHE`` names another.
    """
    for place in _places():
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place, os.W_OK):
            return place
    return Path(tempfile.mkdtemp(prefix="ga-synth-"))


def _places() -> list[Path]:
    given = os.environ.get("GA_SYNTH_CACHE")
    if given:
        return [Path(given)]
    system = os.environ.get("XDG_CACHE_HOME")
    places = [Path(system)] if system else []
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home raises where there is none
    if home != "~":
        places.append(Path(home) / ".cache")
    return [place / "ga-synth" for place in places]

"""Whether a file is there, the same on every version of Python."""

from pathlib import Path


def present(path: Path) -> bool:
    """Whether there is a file or folder; a link to nothing is none.

    ``Path.exists`` does not do: since Python 3.13 it also says no of what it cannot look at, and
    what is not there is done again.

    Raises:
        OSError: if it cannot be looked at: no permission, a disk that fails, a name too long.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True

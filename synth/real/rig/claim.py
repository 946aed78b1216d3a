"""File locks, so that only one run at a time uses a rig."""

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path


class Claim:
    """Locks on exclusive resources, such as a MIDI port and an audio device.

    The system releases them however the process ends.

    Args:
        names: names of the resources; claims with a common name exclude each other.
    """

    def __init__(self, names: Iterable[str]) -> None:
        # Sorted, because two claims with different orders could wait for each other.
        self._paths = [_path(name) for name in sorted(set(names))]
        self._files: list[int] = []

    @property
    def held(self) -> bool:
        """Whether this claim holds the locks."""
        return bool(self._files)

    def take(self, wait: bool = True) -> bool:
        """Take all locks, or none.

        Args:
            wait: whether to wait, without a time limit, until all are free.

        Returns:
            Whether the locks are held; without waiting, False if another process holds one.
        """
        if self.held:
            return True
        try:
            for path in self._paths:
                # Other users of this machine must be able to lock it too.
                self._files.append(os.open(path, os.O_RDWR | os.O_CREAT, 0o666))
                fcntl.flock(self._files[-1], fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            self.release()
            return False
        except BaseException:
            self.release()
            raise
        return True

    def release(self) -> None:
        """Release all locks."""
        while self._files:
            os.close(self._files.pop())


def _path(name: str) -> Path:
    words = re.sub(r"\W+", "-", name.lower()).strip("-")[:40]
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"ga-synth-rig-{words}-{mark}.lock"

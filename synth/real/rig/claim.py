"""One run plays a rig at a time: locks of files that all runs on this machine know."""

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path


class Claim:
    """Locks on what only one can use, such as a MIDI port and an audio device.

    The system lets go of them if the process ends in whatever way.

    Args:
        names: of what is claimed; whoever names the same waits.
    """

    def __init__(self, names: Iterable[str]) -> None:
        # All take them in one order, or two could wait for each other.
        self._paths = [_path(name) for name in sorted(set(names))]
        self._files: list[int] = []

    @property
    def held(self) -> bool:
        """Whether it is ours."""
        return bool(self._files)

    def take(self, wait: bool = True) -> bool:
        """Claim all, or nothing.

        Args:
            wait: until whoever has it lets go, however long that takes.

        Returns:
            Whether it is ours; without waiting, False if somebody else has it.
        """
        if self.held:
            return True
        try:
            for path in self._paths:
                # Others who use this machine have to be able to lock it too.
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
        """Let go of it."""
        while self._files:
            os.close(self._files.pop())


def _path(name: str) -> Path:
    words = re.sub(r"\W+", "-", name.lower()).strip("-")[:40]
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"ga-synth-rig-{words}-{mark}.lock"

"""Last words: what a person reads when this process is gone before it could say anything.

Ray ends the process that uses it, from C++, when its own raylet or its store of what is where dies;
no handler and no ``finally`` runs then. So a small process waits beside it: if this one disappears
without a farewell, the other one says in a line what is safe and what to do.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CUT_OFF = (
    "ga-synth: cut off (killed, or one of Ray's own processes died); what is written is safe: "
    "the same command resumes"
)
# Nothing is read before the pipe's other end is gone.
_WAITS = "import sys; sys.stdin.buffer.read(1) or sys.stderr.write(sys.argv[1])"


@contextmanager
def last_words() -> Iterator[None]:
    """Have it said on standard error if this process ends within."""
    # In a session of its own, so that Ctrl-C does not reach it.
    waiting = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-I", "-S", "-c", _WAITS, f"{CUT_OFF}\n"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        # Somebody may have killed it.
        with suppress(BrokenPipeError):
            waiting.communicate(b".")

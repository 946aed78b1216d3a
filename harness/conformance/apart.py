"""Check a plug-in in a process of its own, which it may kill."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from common.errors import InputError


def events_apart(
    plugin: str, kind: str, given: Mapping[str, Any], *, no_plugins: bool
) -> Iterator[dict[str, Any]]:
    """Yield the events of ``harness.conformance.child``; a death is a finding that failed.

    Args:
        plugin: a registered name, or a file that ends in ``.py``.
        kind: only this one; all if empty.
        given: options of the plug-in.
        no_plugins: whether nobody else's code may run.

    Raises:
        InputError: if nothing is meant, an option does not fit, or the process ended as it began.
    """
    request = {"plugin": plugin, "kind": kind, "given": given, "no_plugins": no_plugins}
    with subprocess.Popen(
        [sys.executable, "-m", "harness.conformance.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Files in the current folder must not shadow our packages; Python warns of what a
        # signal leaves behind.
        env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONWARNINGS": "ignore"},
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("the process was started with pipes")
        try:
            process.stdin.write(json.dumps(request))
            process.stdin.close()
            begun, over = "", False
            for line in process.stdout:
                event = json.loads(line)
                if "refused" in event:
                    raise InputError(event["refused"])
                over = "done" in event
                begun = event.get("begin", "")
                if not (over or begun):
                    yield event
        except BaseException:
            # A person, or the reader of the events, has seen enough.
            process.kill()
            raise
    if over:
        return
    ended = _ending(process.returncode)
    if not begun:
        raise InputError(f"plug-in {plugin}: {ended} while it was loaded; {_MEND}")
    yield {
        "finding": {"name": begun, "passed": False, "detail": ended, "mend": _MEND},
        "printed": [],
    }


_MEND = "a plug-in must raise an error, never end the process (os._exit, a crash of compiled code)"


def _ending(code: int) -> str:
    if code < 0:
        return f"ended its process by {signal.Signals(-code).name}"
    return f"ended its process with exit code {code}"

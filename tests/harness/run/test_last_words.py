"""A process that disappears leaves a line behind; one that ends does not."""

import subprocess
import sys

import pytest

from harness.run.last_words import CUT_OFF

SCRIPT = """
import os, signal, sys
from harness.run.last_words import last_words

with last_words():
    {ends}
"""


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("pass", ""),
        ("sys.exit(2)", ""),
        ("os._exit(1)", CUT_OFF),
        ("os.kill(os.getpid(), signal.SIGKILL)", CUT_OFF),
        # A Ctrl-C in a terminal reaches the whole group.
        ("os.killpg(0, signal.SIGINT)", ""),
    ],
)
def test_only_who_disappears_has_last_words(ends, said):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(ends=ends)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        start_new_session=True,
    )
    assert (CUT_OFF in done.stderr) == bool(said)
    if said:
        assert done.stderr.strip() == said

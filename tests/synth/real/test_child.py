import os
import signal
import time
from pathlib import Path

import pytest

from synth.real.child import Child, Died

SECONDS = 30.0


def there(pid):
    """Whether a process still runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def child(monkeypatch):
    """A host in a process of its own, which must be gone at the end."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    made = Child("hosts:Plays", {"word": "hello"}, SECONDS)
    yield made
    pid = made.pid
    made.close()
    assert pid is None or not there(pid)


def test_it_answers_and_remembers(child):
    assert child.call("echo", {"a": 1}, seconds=SECONDS) == ("hello", {"a": 1}, 1)
    assert child.call("echo", None, seconds=SECONDS) == ("hello", None, 2)


def test_what_a_library_prints_is_no_answer(child):
    assert child.call("chatter", seconds=SECONDS) == "answer"


def test_a_mistake_is_said_in_one_line(child):
    with pytest.raises(ValueError, match=r"^no such knob$"):
        child.call("wrong", seconds=SECONDS)
    with pytest.raises(ValueError, match=r"^KeyError: 'knob'$"):
        child.call("broken", seconds=SECONDS)
    assert child.call("echo", 1, seconds=SECONDS)[2] == 1


def test_a_crash_is_told_and_the_next_call_starts_another(child):
    with pytest.raises(Died, match="crashed with signal 11: famous last words"):
        child.call("crash", seconds=SECONDS)
    assert child.call("echo", 1, seconds=SECONDS)[2] == 1


def test_one_that_hangs_is_killed(child):
    child.call("echo", 1, seconds=SECONDS)
    pid = child.pid
    with pytest.raises(Died, match=r"no answer in 0\.2 s"):
        child.call("hang", seconds=0.2)
    assert not there(pid)


def test_one_that_is_killed_from_outside_is_started_again(child):
    child.call("echo", 1, seconds=SECONDS)
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(Died, match="signal 9"):
        child.call("echo", 1, seconds=SECONDS)
    assert child.call("echo", 1, seconds=SECONDS)[2] == 1


def test_a_host_that_cannot_be_made_says_why(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    made = Child("hosts:Plays", {"refuse": True}, SECONDS)
    with pytest.raises(ValueError, match="does not want to"):
        made.call("echo", 1, seconds=SECONDS)
    made.close()
    with pytest.raises(ValueError, match="No module named 'gone'"):
        Child("gone:Host", {}, SECONDS).call("echo", 1, seconds=SECONDS)


def test_closing_does_not_wait_for_one_that_hangs(child, monkeypatch):
    monkeypatch.setattr("synth.real.child._GONE_S", 0.2)
    child.call("echo", 1, seconds=SECONDS)
    pid = child.pid
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    child.close()
    assert time.monotonic() - began < SECONDS
    assert not there(pid)


def test_what_it_costs_is_counted_through_every_process(child):
    child.call("echo", 1, seconds=SECONDS)
    first = child.cpu_s
    assert first > 0
    child.call("busy", 0.2, seconds=SECONDS)
    assert child.cpu_s - first > 0.15
    spent = child.cpu_s
    with pytest.raises(Died):
        child.call("crash", seconds=SECONDS)
    child.call("echo", 1, seconds=SECONDS)
    assert child.cpu_s > spent

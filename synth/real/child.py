"""Child processes for plug-ins and other hosts, so that their crashes do no harm.

``python -m synth.real.child`` is the child process. It creates one object, the *host*, and calls
its methods, one after the other, as requested through pipes.
"""

import contextlib
import ctypes
import importlib
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from synth.real.forked import Crashed

_LENGTH = struct.Struct("!Q")
_ROOT = Path(__file__).parents[2]
# How many of the last bytes of a host's standard error are kept.
_STDERR_BYTES = 2_000
_GONE_S, _LOOK_S = 10.0, 0.5


class Died(Exception):  # noqa: N818 - an event, not an error of the caller
    """The process, or its copy that rendered, crashed or hung; the next call starts another."""


class Child:
    """A host in a child process, which is started by the first call.

    Args:
        host: the class to create there, as ``module:Class``.
        options: keyword arguments of the class.
        start_s: time limit for its creation, in seconds.
    """

    def __init__(self, host: str, options: Mapping[str, Any], start_s: float) -> None:
        self._host, self._options, self._start_s = host, dict(options), start_s
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[Any] = queue.Queue()
        self._stderr_tail = b""
        self._spent, self._spent_before = 0.0, 0.0
        self._readers: list[threading.Thread] = []

    @property
    def cpu_s(self) -> float:
        """CPU seconds that its processes had spent at their last answers."""
        return self._spent_before + self._spent

    @property
    def pid(self) -> int | None:
        """Process identifier, or None if the process does not run."""
        return None if self._process is None else self._process.pid

    def call(self, method: str, *arguments: Any, seconds: float) -> Any:
        """Call a method of the host.

        Args:
            method: name of the method.
            arguments: plain values and arrays.
            seconds: time limit, after which the process is killed.

        Raises:
            ValueError: with one line, if the host raised an error.
            Died: if the process crashed or took too long.
        """
        if self._process is None:
            self._start()
        return self._asked((method, arguments), seconds)

    def close(self) -> None:
        """End the process, if it runs, after the host has closed."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        try:
            process.wait(_GONE_S)
        except subprocess.TimeoutExpired:
            process.kill()
        self._reap(process)

    def _start(self) -> None:
        self._answers, self._stderr_tail = queue.Queue(), b""
        self._spent_before, self._spent = self.cpu_s, 0.0
        paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
        process = subprocess.Popen(
            [sys.executable, "-m", "synth.real.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Files in the current folder must not shadow our packages.
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, paths)),
                "PYTHONSAFEPATH": "1",
            },
        )
        self._process = process
        self._readers = [
            threading.Thread(target=work, args=(process, self._answers), daemon=True)
            for work in (self._read, self._read_stderr)
        ]
        for reader in self._readers:
            reader.start()
        self._asked((self._host, self._options), self._start_s)

    def _asked(self, message: Any, seconds: float) -> Any:
        process = self._process
        if process is None or process.stdin is None:
            raise Died("was closed")
        with contextlib.suppress(OSError):  # the answer below tells how it ended
            _send(process.stdin, message)
        try:
            kind, value, spent = self._answers.get(timeout=seconds)
        except queue.Empty:
            self._kill()
            raise Died(f"gave no answer in {seconds:g} s") from None
        except BaseException:
            # Ctrl-C: the next call would receive the answer of this one, so end the process. The
            # host may have a note to end first.
            with contextlib.suppress(OSError):
                process.send_signal(signal.SIGINT)
            self.close()
            raise
        self._spent = max(self._spent, spent)
        if kind == "died":
            self._kill()
            raise Died(f"{_ending(process.returncode)}{self._last_error_line()}")
        if kind == "crashed":
            raise Died(value)
        if kind == "refused":
            raise ValueError(value)
        return value

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            self._reap(process)

    def _reap(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for a process that has ended, and close its pipes."""
        process.wait()
        for reader in self._readers:
            reader.join(_GONE_S)
        for pipe in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def _last_error_line(self) -> str:
        lines = self._stderr_tail.decode(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    @staticmethod
    def _read(process: subprocess.Popen[bytes], answers: queue.Queue[Any]) -> None:
        """Queue answers until the pipe is closed."""
        with process.stdout as pipe:  # type: ignore[union-attr]
            while (answer := _receive(pipe)) is not None:
                answers.put(answer)
        answers.put(("died", None, 0.0))

    def _read_stderr(self, process: subprocess.Popen[bytes], _: object) -> None:
        """Keep the end of standard error; the process would block if nobody read it."""
        while chunk := os.read(process.stderr.fileno(), 4096):  # type: ignore[union-attr]
            self._stderr_tail = (self._stderr_tail + chunk)[-_STDERR_BYTES:]


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"crashed with signal {-code}"
    return f"ended with code {code}"


def _send(pipe: IO[bytes], message: Any) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """Return the next message, or None at the end."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    data = pipe.read(length)
    return pickle.loads(data) if len(data) == length else None  # noqa: S301 - from our own process


def _serve() -> None:
    """Run the child process: create the host, then serve calls until the pipe is closed."""
    # The parent may ignore Ctrl-C, which children inherit.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parent = os.getppid()
    # If the parent is killed, this process must not be left over.
    _die_with_parent(signal.SIGKILL)
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Output of native libraries must not mix with the answers.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    host: Any = None
    try:
        while (question := _receive(questions)) is not None:
            name, arguments = question
            try:
                if host is None:
                    module, _, cls = name.partition(":")
                    host = getattr(importlib.import_module(module), cls)(**arguments)
                    value = None
                    if hasattr(host, "close"):
                        # The host must be closed, so this process outlives its parent until then.
                        _die_with_parent(0)
                        threading.Thread(target=_outlive, args=(parent,), daemon=True).start()
                else:
                    value = getattr(host, name)(*arguments)
                _send(answers, ("returned", value, _spent()))
            except Crashed as crash:
                _send(answers, ("crashed", str(crash), _spent()))
            except Exception as error:  # plug-ins may raise anything
                _send(answers, ("refused", _line(error), _spent()))
    except KeyboardInterrupt:
        pass
    finally:
        if hasattr(host, "close"):
            host.close()


def _die_with_parent(how: int) -> None:
    """Let the system send this signal when the parent dies; none if 0. Call in the main thread."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, how)


def _outlive(parent: int) -> None:
    """End after the parent was killed, once the host has closed."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(_GONE_S)
    os._exit(1)


def _spent() -> float:
    """Return the CPU seconds of this process and of its copies that have ended."""
    return sum(os.times()[:4])


def _line(error: Exception) -> str:
    text = str(error).strip().split("\n")[0]
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__}: {text}"


if __name__ == "__main__":
    _serve()

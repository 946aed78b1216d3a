"""Hosts for the tests of the process that holds one."""

import os
import signal
import sys
import threading
import time

import numpy as np


class Plays:
    """Echoes its arguments, and crashes or hangs on request."""

    def __init__(self, word="", refuse=False):
        if refuse:
            raise ValueError("does not want to")
        self.word, self.calls = word, 0

    def echo(self, value):
        self.calls += 1
        return self.word, value, self.calls

    def play(self, patch, sample_rate, samples):
        self.calls += 1
        if patch.key == 61:
            os.kill(os.getpid(), signal.SIGSEGV)
        return np.full(samples, patch.key / 127, dtype=np.float32)

    def chatter(self):
        sys.stdout.write("not an answer\n")
        sys.stdout.flush()
        os.write(1, b"nor this")
        return "answer"

    def busy(self, seconds):
        until = time.process_time() + seconds
        while time.process_time() < until:
            pass

    def crash(self):
        sys.stderr.write("famous last words\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGSEGV)

    def hang(self):
        threading.Event().wait()

    def wrong(self):
        raise ValueError("no such knob\nand more")

    def broken(self):
        raise KeyError("knob")

"""Pure Data live, over OSC and JACK: a server without a sound card, started here and ended here."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from synth.real.puredata.puredata import PureData

RATE, PERIOD = 44_100, 1_024


@contextlib.contextmanager
def jack_server(name):
    """A JACK server with a clock and no sound card; ended by its own handle."""
    from synth.real.puredata.recorder import Recorder

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JACK_DEFAULT_SERVER", name)
        patch.setenv("JACK_NO_START_SERVER", "1")
        patch.setenv("JACK_NO_AUDIO_RESERVATION", "1")
        command = ["jackd", "-R", "-n", name, "-d", "dummy", "-r", str(RATE), "-p", str(PERIOD),
                   "-C", "2", "-P", "2"]  # fmt: skip
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline and server.poll() is None:
                with contextlib.suppress(ValueError):
                    Recorder(1).close()
                    break
                threading.Event().wait(0.05)
            yield server
        finally:
            server.terminate()
            server.wait(10)
            # A server that was killed leaves the semaphores of its clients.
            for left in Path("/dev/shm").glob(f"jack*_{name}_*"):  # noqa: S108
                left.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def needed(parts):
    parts("Pure Data", "python-osc", "JACK", "JACK-Client")


@pytest.fixture(scope="module")
def server(parts):
    parts("JACK", "JACK-Client")
    with jack_server(f"ga-synth-test-{os.getpid()}"):
        yield


@pytest.fixture
def live(pd_patch):
    """A live synth of the sine, or another patch; its Pd is ended with the test."""
    made = []

    def synth(samples=13_230, sample_rate=RATE, change=str, **options):
        options = {**pd_patch("sine", change), **options}
        made.append(PureData(sample_rate, samples, live=True, **options))
        return made[-1]

    yield synth
    for one in made:
        one.close()


def genome(synth, **values):
    return synth.space.genome(**{"pitch": 69, "onset": 0.02, "length": 2, "level": 0.5, **values})[
        None
    ]


def test_pitch_onset_and_level(server, live, cents_off):
    synth = live(samples=22_050)
    assert synth.repeatability == "history"
    for pitch, level, onset in ((60.37, 0.5, 0.02), (81, 0.25, 0.1)):
        sound = synth.render(genome(synth, pitch=pitch, level=level, onset=onset))[0]
        first = np.flatnonzero(sound)[0]
        assert first == round(onset * RATE)
        assert abs(cents_off(sound[first:], RATE, pitch)) < 2
        assert np.abs(sound).max() == pytest.approx(level * 100 / 127, rel=1e-3)


def test_length(server, live):
    synth = live()
    sound = synth.render(genome(synth, onset=0, length=0.1))[0]
    assert abs(np.flatnonzero(sound)[-1] - 4_410) <= 64


def test_a_shipped_patch_is_near_what_is_computed(server, parts):
    parts("cypd")
    live, computed = PureData(RATE, 13_230, live=True), PureData(RATE, 13_230)
    plain = live.space.genome(noise=0, vibrato=0, bend=0, onset=0.05, wah=0, attack=0.02)[None]
    try:
        sounds = live.render(plain)[0], computed.render(plain)[0]
    finally:
        live.close()
    loud = np.abs(sounds[1]).max()
    assert loud > 0.01
    magnitudes = [np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) for sound in sounds]
    assert np.abs(magnitudes[0] - magnitudes[1]).max() < 0.02 * magnitudes[1].max()


def test_two_play_at_once(server, live, cents_off):
    # One on either channel: their hosts differ.
    sounds = {}
    both = {60: live(change=_both), 72: live(change=_both, channel="right")}
    threads = [
        threading.Thread(target=lambda s=s, p=p: sounds.update({p: s.render(genome(s, pitch=p))}))
        for p, s in both.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(sounds) == 2
    for pitch, sound in sounds.items():
        assert abs(cents_off(sound[0][882:], RATE, pitch)) < 2


def test_pd_killed_in_the_middle_only_costs_time(server, live, cents_off):
    synth = live(samples=44_100)
    pid = synth._call_host("pid")
    killed = threading.Timer(0.4, os.kill, (pid, signal.SIGKILL))
    killed.start()
    sound = synth.render(genome(synth, onset=0.01))[0]
    killed.join()
    assert abs(cents_off(sound[441:], RATE, 69)) < 2
    assert synth._call_host("pid") != pid


def test_no_pd_stays_behind(server, live):
    synth = live()
    pid = synth._call_host("pid")
    synth.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_its_host_killed_takes_pd_along(server, live):
    synth = live()
    pid = synth._call_host("pid")
    os.kill(synth.child.pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and _runs(pid):
        threading.Event().wait(0.02)
    assert not _runs(pid)


def test_another_sample_rate_is_refused(server, live):
    with pytest.raises(ValueError, match=r"target at 48000 Hz, JACK server at 44100 Hz: .*-r 4800"):
        live(sample_rate=48_000).render(np.full((1, 4), 0.5))


def test_a_taken_port_is_refused(server, live):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ValueError, match=f"port {port}: another program"):
            live(port=port).verify()


def test_a_patch_that_does_not_fit_is_refused(server, live):
    changes = {
        r"Pd has no object \[freeverb~ 3\]": lambda text: text + "#X obj 5 5 freeverb~ 3;\n",
        r"has no \[receive /level\]": lambda text: text.replace("r /level", "r /loudness"),
        r"has no \[receive /note\]": lambda text: text.replace("r /note", "r note"),
    }
    for line, change in changes.items():
        with pytest.raises(ValueError, match=line):
            live(change=change).verify()


def test_a_server_that_goes_is_refused_and_one_that_comes_back_is_taken(live, cents_off):
    name = f"ga-synth-gone-{os.getpid()}"
    with jack_server(name) as server:
        synth = live(samples=88_200)
        gone = threading.Timer(0.8, server.kill)
        synth._call_host("pid")
        gone.start()
        with pytest.raises(ValueError, match="the JACK server is gone; start it"):
            synth.render(genome(synth))
        gone.join()
        server.wait(10)
        with pytest.raises(ValueError, match=f"needs a running JACK server.*named {name}"):
            synth.render(genome(synth))
    with jack_server(name):
        sound = synth.render(genome(synth))[0]
        assert abs(cents_off(sound[882:], RATE, 69)) < 2


def _both(text):
    """A sine on both channels."""
    return text.replace("dac~ 1;", "dac~ 1 2;") + "#X connect 7 0 8 1;\n"


def _runs(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"

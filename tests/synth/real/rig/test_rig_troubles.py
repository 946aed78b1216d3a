"""What goes wrong at a rig is said in one line, and no note is left hanging."""

import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from contextlib import contextmanager

import numpy as np
import pytest

from benchmarks.studio import jack_server
from synth.real.base import RealSynth, close_all
from synth.real.child import Died
from synth.real.rig.claim import Claim
from synth.real.rig.freewheel import FreewheelLine
from synth.real.rig.rig import Rig

RATE = 44_100
MAP = {
    "synth": "rig",
    "note": {"length": 0.1},
    "genes": {"level": {"section": "envelope", "to": "cc 7", "high": 127}},
}
ALL_NOTES_OFF = bytes((0xB0, 123, 0))


class Desk:
    """A JACK client that is a synthesizer: a square while a key is held, as loud as cc 7 says."""

    def __init__(self, server, full=0.5):
        import jack

        self.heard, self._full, self._level, self._on = [], full, 0.0, False
        self._client = jack.Client("desk", servername=server, no_start_server=True)
        self._midi = self._client.midi_inports.register("midi_in")
        self._out = self._client.outports.register("out")
        self._client.set_process_callback(self._process)
        self._client.activate()

    def _process(self, frames):
        for _, event in self._midi.incoming_midi_events():
            message = bytes(event)
            self.heard.append(message)
            if message[:2] == bytes((0xB0, 7)):
                self._level = message[2] / 127
            if message[0] in (0x80, 0x90):
                self._on = message[0] == 0x90
            if message == ALL_NOTES_OFF:
                self._on = False
        sound = self._full * self._level * self._on * np.sign(np.arange(frames) % 64 - 31.5)
        self._out.get_array()[:] = sound

    def notes(self):
        return [message for message in self.heard if message[0] == 0x90]

    def close(self):
        self._client.deactivate()
        self._client.close()


@pytest.fixture(scope="module")
def server(parts):
    parts("JACK", "JACK-Client", "python-rtmidi", "sounddevice", "PortAudio")
    with jack_server(period=256) as name:
        yield name


@contextmanager
def on_a_desk(server, **how):
    desk = Desk(server, **how)
    try:
        yield desk
    finally:
        # JACK waits ten seconds for a client that goes while the clock stands still.
        close_all()
        desk.close()


@pytest.fixture
def rig(server):
    made = []

    def make(rate=RATE, samples=8_820, **options):
        given = {"map": MAP, "midi": "desk", "audio": "desk", "server": server}
        given |= {"freewheel": True, "calibration": {"cc 7": 127.0}}
        made.append(Rig(rate, samples, **(given | options)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def until(happened, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def refused(one, genes=((1.0,),)):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its caller looks at it
        one.render(np.array(genes))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"midi": "disk"}, "no MIDI port 'disk'; allowed: desk:midi_in"),
        ({"audio": "disk"}, "no audio source 'disk'; allowed: "),
        ({"input": 2}, "audio 'desk' has 1 outputs; input 2"),
        ({"rate": 48_000}, "JACK runs at 44100 Hz, the target at 48000: start the server with"),
        ({"server": "nobody"}, "no JACK server 'nobody'"),
        ({"freewheel": False, "midi": "disk"}, "no MIDI port 'disk'; allowed: desk:midi_in"),
        ({"freewheel": False, "audio": "disk"}, "no audio device 'disk'; allowed: "),
        ({"freewheel": False, "audio": 77}, "no audio device of index '77'; allowed: "),
        ({"freewheel": False, "input": 2}, "audio 'desk' has 1 inputs; input 2"),
        ({"freewheel": False, "rate": 48_000}, "audio 'desk' runs at 44100 Hz, the target at 4800"),
        ({"freewheel": False, "server": "nobody"}, "there are none; plug it in and switch it on"),
        ({"restart": ["no-such-synth"]}, "restart: no-such-synth does not start"),
    ],
)
def test_what_is_not_there_is_said(server, rig, options, message):
    with on_a_desk(server):
        assert message in refused(rig(**options))


def test_ports_that_disappear_while_they_are_connected_are_looked_for_again(server):
    class AfterRestart(FreewheelLine):
        looks = 0

        def _chosen_ends(self):
            midi_in, audio_out = super()._chosen_ends()
            self.looks += 1
            # What the synthesizer before this one left behind in the list.
            return (midi_in, audio_out) if self.looks > 1 else (midi_in, "desk:ended")

    with on_a_desk(server):
        line = AfterRestart(midi="desk", audio="desk", channel_in=1, server=server)
        try:
            line.open(RATE, 0.0)
            assert line.ready(RATE)
            assert line.looks == 2
        finally:
            line.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"channel": 17}, "channel 17; allowed: 1 to 16"),
        ({"input": 0}, "input 0; allowed: 1 to 64"),
        ({"tail": -1.0}, "tail -1; allowed: 0 to 60"),
        ({"calibration": {"cc7": 1.0}}, "control 'cc7': did you mean 'cc 7'?"),
        ({"map": {**MAP, "fixed": {"cc 128": 0}}}, "control 'cc 128': allowed: cc 0 to cc 119"),
        ({"map": {**MAP, "start": __file__}}, "start: a rig cannot load a preset file"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_is_played(parts, options, message):
    parts("JACK-Client")
    given = {"map": MAP, "midi": "x", "audio": "y", "freewheel": True}
    with pytest.raises(ValueError, match=r"allowed|mean|start") as caught:
        Rig(RATE, 100, **(given | options)).verify()
    assert message in str(caught.value)


@pytest.mark.parametrize("freewheel", [True, False])
def test_a_line_on_which_nothing_is_heard_is_no_silent_sound(server, rig, freewheel):
    with on_a_desk(server, full=0.0):
        message = refused(rig(freewheel=freewheel))
    assert "check that 'desk' plays on channel 1" in message


def test_a_patch_that_is_silent_by_itself_is(server, rig):
    with on_a_desk(server):
        quiet, loud = rig().render(np.array([[0.0], [1.0]]))
    assert not quiet.any()
    assert loud.max() == pytest.approx(0.5)


def test_what_clips_is_tried_again_and_then_refused(server, rig):
    with on_a_desk(server, full=1.0) as desk:
        one = rig(calibration={"cc 7": 60.0})
        assert "clips" in refused(one)
        # One to warm up, three of calibration, three takes; a busy machine may lose one or two of
        # those before, which are then taken again.
        assert 1 + 3 + 3 <= len(desk.notes()) <= 1 + 3 + 3 + 2
        assert one.render(np.array([[0.5]])).max() == pytest.approx(64 / 127)


def test_every_render_ends_every_note(server, rig):
    with on_a_desk(server) as desk:
        rig().render(np.array([[1.0], [0.9]]))
        for i, message in enumerate(desk.heard):
            if message[0] == 0x90:
                later = desk.heard[i:]
                assert ALL_NOTES_OFF in later
                assert bytes((0xB0, 120, 0)) in later
        # One that hangs from before is ended too, before the first is struck.
        first = desk.heard.index(desk.notes()[0])
        assert ALL_NOTES_OFF in desk.heard[:first]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_note_hangs_after_a_run_was_ended(server, how):
    # Whoever started the tests may ignore Ctrl-C, which children inherit.
    body = f"""
import signal
import numpy as np
from synth.real.rig.rig import Rig
signal.signal(signal.SIGINT, signal.default_int_handler)
Rig({RATE}, {20 * RATE}, map={ {**MAP, "note": {"length": 19.0}}!r}, midi="desk", audio="desk",
    server={server!r}, calibration={{"cc 7": 127.0}}).render(np.ones((1, 1)))
"""
    with on_a_desk(server) as desk:
        run = subprocess.Popen([sys.executable, "-c", body], stderr=subprocess.DEVNULL)
        try:
            # Four notes of calibration, then the one of 19 s.
            until(lambda: len(desk.notes()) == 5)
            before = len(desk.heard)
            os.kill(run.pid, how)
            until(lambda: ALL_NOTES_OFF in desk.heard[before:])
        finally:
            run.kill()
            run.wait()


def test_two_runs_never_play_at_once(server, rig):
    with on_a_desk(server) as desk:
        other = Claim([f"jack {server}"])
        assert other.take()
        one = rig()
        sounds = []
        waiting = threading.Thread(target=lambda: sounds.append(one.render(np.ones((1, 1)))))
        waiting.start()
        until(lambda: one.child.pid is not None)
        waiting.join(0.5)
        assert desk.notes() == []
        other.release()
        waiting.join(60)
        assert len(sounds) == 1
        assert other.take()  # as soon as it rests
        other.release()


def test_the_server_gone_in_the_middle_is_said_and_a_new_one_is_found(parts, rig):
    parts("JACK", "JACK-Client")
    name = f"ga-synth-gone-{os.getpid()}"
    one = rig(server=name, samples=60 * RATE)
    said = []

    def play():
        try:
            for level in np.linspace(0.1, 1, 50):
                one.render(np.array([[level]]))
        except ValueError as error:
            said.append(str(error))

    with jack_server(name, period=256):
        desk = Desk(name)
        playing = threading.Thread(target=play)
        playing.start()
        until(lambda: len(desk.notes()) >= 5)
    playing.join(60)
    desk.close()
    assert len(said) == 1
    assert "JACK server" in said[0]
    assert "\n" not in said[0]
    with jack_server(name, period=256), on_a_desk(name):
        assert rig(server=name).render(np.ones((1, 1))).max() == pytest.approx(0.5)


def test_a_host_that_dies_again_and_again_is_no_silence_at_a_rig(rig, monkeypatch):
    def dies(self, patch):
        raise Died("crashed with signal 6")

    one = rig()
    monkeypatch.setattr(Rig, "_play_patch", dies)
    message = refused(one)
    assert "crashed with signal 6, 3 times" in message
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert not RealSynth.given_up(one, "crashed").any()
    assert "rendered as silence" in str(said[0].message)

"""The rig on real parts: amsynth on a JACK server without a sound card."""

from contextlib import suppress
from typing import ClassVar

import numpy as np
import pytest
import yaml

from benchmarks.studio import (
    CONTROLLERS,
    amsynth,
    amsynth_command,
    amsynth_environment,
    jack_server,
)
from harness.conformance import findings
from synth.maps.model import FOLDER, read_map
from synth.real.rig.freewheel import FreewheelLine
from synth.real.rig.line import Fault, Take
from synth.real.rig.rig import Rig

from .test_midi_file import read

RATE = 44_100
PERIOD = 256
PLAIN = yaml.safe_load((FOLDER / "amsynth-midi.yaml").read_text(encoding="utf-8"))
AT_ONCE = {"cc 20": 0.0, "cc 25": 0.0, "cc 109": 0.0}
# One sine, at once and steady.
SINE = {
    **PLAIN["fixed"],
    **dict.fromkeys(("cc 24", "cc 103", "cc 108", "cc 112", "cc 20", "cc 25", "cc 29"), 0),
    **dict.fromkeys(("cc 109", "cc 110", "cc 111", "cc 113", "cc 114", "cc 105"), 0),
    "cc 22": 127,
    "cc 27": 127,
    "cc 31": 127,
    "cc 23": 0,
    "cc 102": 64,
    "cc 107": 54,
    "cc 30": 64,
    "cc 21": 64,
    "cc 26": 64,
}


@pytest.fixture(scope="module")
def studio(parts):
    parts("JACK", "amsynth", "JACK-Client", "python-rtmidi", "sounddevice", "PortAudio")
    with jack_server(period=PERIOD) as server, amsynth(server) as synth:
        yield {"midi": synth, "audio": synth, "server": server}


@pytest.fixture
def rig(studio):
    """Make rigs on the studio; every one is closed at the end."""
    made = []

    def make(samples=RATE // 2, rate=RATE, **options):
        given = {"map": "amsynth-midi", "calibration": AT_ONCE, "freewheel": True, **studio}
        made.append(Rig(rate, samples, **(given | options)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def genomes_of(one, count, seed=0):
    return np.random.default_rng(seed).random((count, len(one.space)))


def frequency(sound):
    """By the phase between two stretches of the same length, far finer than a bin."""
    size, apart = 8_192, 256
    window = np.hanning(size)
    one, other = (
        np.fft.rfft(window * sound[s : s + size]) for s in (RATE // 10, RATE // 10 + apart)
    )
    peak = int(np.abs(one).argmax())
    turned = np.angle(other[peak] / one[peak])
    turns = np.round((peak * apart / size) - turned / (2 * np.pi))
    return (turned / (2 * np.pi) + turns) * RATE / apart


@pytest.mark.parametrize("freewheel", [True, False])
def test_fifty_notes_come_at_the_same_sample(rig, freewheel, record_property):
    late = rig(freewheel=freewheel, map={**PLAIN, "genes": {}, "fixed": SINE}).jitter(50)
    record_property("late", late.tolist())
    assert len(late) == 50
    if freewheel:
        # A sine that goes on from where the last note left it is heard a sample sooner or later.
        assert np.abs(late).max() <= 2
    else:
        # Beside busy neighbours a note may miss a period; then its sound is late by a whole one.
        assert np.median(np.abs(late)) <= 2
        assert np.abs(late).max() <= 2 * PERIOD


@pytest.mark.parametrize("freewheel", [True, False])
def test_a_note_has_the_pitch_and_the_onset_that_it_should(rig, freewheel):
    note = {"pitch": {"low": 57, "high": 81}, "onset": 0.05, "length": 0.4, "bend": 2}
    one = rig(map={"synth": "rig", "note": note, "fixed": SINE}, freewheel=freewheel)
    pitches = np.array([57.0, 60.25, 68.5, 69.0, 81.0])[: None if freewheel else 3]
    sounds = one.render(((pitches - 57) / 24)[:, None])
    for pitch, sound in zip(pitches, sounds, strict=True):
        cents = 1200 * np.log2(frequency(sound) / (440 * 2 ** ((pitch - 69) / 12)))
        assert abs(cents) < 3, (pitch, cents)
        heard = np.flatnonzero(np.abs(sound) > 1e-3 * np.abs(sound).max())
        assert abs(heard[0] - round(0.05 * RATE)) < RATE / 440
        # The key is let go after 0.4 s, in real time to within two periods.
        assert np.abs(sound[int(0.49 * RATE) :]).max() < 0.1 * np.abs(sound).max()


def test_random_genomes_are_heard_and_do_not_clip(rig):
    one = rig()
    sounds = one.render(genomes_of(one, 100))
    assert sounds.dtype == np.float32
    heard = np.sqrt((sounds.astype(float) ** 2).mean(axis=1)) > 10 ** (-60 / 20)
    assert heard.mean() > 0.95


def test_a_synthesizer_started_afresh_for_every_render_repeats_itself(rig, studio, tmp_path):
    environment = amsynth_environment(tmp_path, studio["server"])
    command = ["env", f"HOME={environment['HOME']}", *amsynth_command("afresh")]
    one = rig(midi="afresh", audio="afresh", restart=command)
    genomes = genomes_of(one, 3)
    first = one.render(genomes)
    one.close()
    again = rig(midi="afresh", audio="afresh", restart=command)
    # amsynth adds a trace of 1e-10 and more against denormals, which goes on from its start.
    assert np.abs(again.render(genomes[::-1])[::-1] - first).max() < 1e-6


def test_both_ways_hear_the_same(rig):
    """What real time records is what freewheel records, up to where oscillators happen to be."""
    plain = {**PLAIN, "genes": {}, "fixed": {**SINE, "cc 24": 64}}
    plain["note"] = {"pitch": {"low": 57, "high": 69}, "length": 0.3}
    sounds = [rig(map=plain, freewheel=f).render(np.zeros((1, 1)))[0] for f in (True, False)]
    spectra = [np.abs(np.fft.rfft(sound[:16_384] * np.hanning(16_384))) for sound in sounds]
    assert np.corrcoef(*spectra)[0, 1] > 0.99


def recorded(line, take):
    """A take without a dropout; a busy machine loses some, and a rig repeats them too."""
    for _ in range(9):
        with suppress(Fault):
            return line.record(take, 0)
    return line.record(take, 0)


def test_the_midi_file_of_a_patch_plays_it(rig, studio):
    """Nothing but the file's own messages, at its own times, is sent to the synthesizer."""
    plain = {**PLAIN, "genes": {}, "fixed": {**SINE, "cc 24": 64}}
    plain["note"] = {"pitch": {"low": 57, "high": 69}, "length": 0.3, "bend": 2}
    one = rig(map=plain)
    genome = np.array([0.52])
    rendered = one.render(genome[None])[0]
    division, tempo, events = read(one.settings(genome)["mid"])
    one.close()
    frames = [(round(ticks / division * tempo / 1e6 * RATE), sent) for ticks, sent in events]
    (at, on), (let_go, off) = frames[-2:]
    assert (on[0] >> 4, off[0] >> 4) == (0x9, 0x8)
    controls = [sent for _, sent in frames[:-2]]
    line = FreewheelLine(midi="amsynth", audio="amsynth", channel_in=1, server=studio["server"])
    line.open(RATE, 1.0)
    try:
        take = Take(controls, at, on, off, 0, let_go - at, len(rendered), [], RATE // 10)
        played = recorded(line, take)
    finally:
        line.close()
    levels = [
        20 * np.log10(np.sqrt((sound.astype(float) ** 2).mean())) for sound in (rendered, played)
    ]
    assert abs(levels[0] - levels[1]) < 0.5
    assert abs(1200 * np.log2(frequency(played) / frequency(rendered))) < 3
    expected = 440 * 2 ** ((57 + 12 * genome[0] - 69) / 12)
    assert abs(1200 * np.log2(frequency(played) / expected)) < 5


def test_it_conforms(studio):
    class OnTheStudio(Rig):
        example: ClassVar = {
            "map": "amsynth-midi",
            "freewheel": True,
            "calibration": AT_ONCE,
            **studio,
        }

    found = list(findings("synth", OnTheStudio))
    OnTheStudio(RATE, 1, **OnTheStudio.example).close()
    assert [(f.name, f.detail) for f in found if not f.passed] == []
    assert len(found) == 8


def test_the_map_sets_every_parameter_of_amsynth_and_nothing_else():
    found = read_map("amsynth-midi", FOLDER, "rig")
    controls = [gene.to for gene in found.genes.values()] + list(found.fixed)
    assert sorted(controls) == sorted(f"cc {number}" for number in CONTROLLERS.values())
    assert {p.section for p in found.space} == {
        "pitch", "oscillator", "filter", "envelope", "modulation",
    }  # fmt: skip

import json
from pathlib import Path

import numpy as np
import pytest

from harness.conformance import findings
from synth.real.vital.vital import Vital

RATE = 44_100
HELD = {"osc_1_wave_frame": 170, "osc_1_random_phase": 0, "env_1_attack": 0, "filter_1_on": 0}


def held(**note):
    made = {"pitch": {"low": 57, "high": 81}, "bend": 2, "length": 2.0, **note}
    return {"synth": "vital", "fixed": HELD, "note": made}


@pytest.fixture(scope="module", autouse=True)
def installed(parts):
    parts("vita")


@pytest.fixture(scope="module")
def options():
    return Vital.planned({"map": "vital", "channel": "left", "version": ""}, Path())


@pytest.mark.parametrize("pitch", [57, 60.5, 69, 81])
@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_it_is_in_tune_also_between_keys(pitch_of, pitch, rate):
    sound = Vital(rate, rate, map=held()).render([[(pitch - 57) / 24]])[0]
    found = pitch_of(sound[rate // 10 :], rate, pitch - 2, pitch + 2)
    assert found == pytest.approx(pitch, abs=0.02)


def test_a_note_starts_where_it_is_told():
    starts = []
    for onset in (0.0, 0.0123, 0.4):
        sound = Vital(RATE, RATE // 2, map=held(onset=onset)).render([[0.5]])[0]
        starts.append(int(np.argmax(np.abs(sound) > 1e-4)))
    assert np.diff(starts).tolist() == pytest.approx([0.0123 * RATE, 0.3877 * RATE], abs=1)
    assert not Vital(RATE, RATE // 2, map=held(onset=0.6)).render([[0.5]]).any()


def test_the_wavetable_goes_from_a_sine_to_a_square():
    third = []
    for frame in (0, 85, 170, 256):
        made = {**held(), "fixed": {**HELD, "osc_1_wave_frame": frame}}
        sound = Vital(RATE, RATE, map=made).render([[0.5]])[0][4_410:]
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        tone = round(440 * len(sound) / RATE)
        harmonics = [spectrum[k * tone - 5 : k * tone + 6].max() for k in (1, 2, 3)]
        third.append([h / harmonics[0] for h in harmonics[1:]])
    # Second and third harmonic of a sine, a triangle, a saw and a square.
    np.testing.assert_allclose(third, [[0, 0], [0, 1 / 9], [1 / 2, 1 / 3], [0, 1 / 3]], atol=0.03)


def test_a_modulation_is_a_control():
    bent = {**held(), "fixed": {**HELD, "env_2_sustain": 1, "env_2_attack": 0,
                                "env_2 > osc_1_transpose": 0.125}}  # fmt: skip
    sound = Vital(RATE, RATE, map=bent).render([[0.5]])[0][8_820:]
    plain = Vital(RATE, RATE, map=held()).render([[0.5]])[0][8_820:]
    tones = [np.argmax(np.abs(np.fft.rfft(s * np.hanning(len(s))))) for s in (sound, plain)]
    assert 12 * np.log2(tones[0] / tones[1]) == pytest.approx(12, abs=0.1)


def test_it_conforms(options):
    made = type("Made", (Vital,), {"example": options, "__doc__": Vital.__doc__})
    for finding in findings("synth", made):
        assert finding.passed, finding


def test_its_preset_lies_beside_the_sound_and_plays_the_same(options, tmp_path):
    synth = Vital(RATE, RATE // 4, **options)
    genome = np.random.default_rng(8).random(len(synth.space))
    preset = json.loads(synth.settings(genome)["vital"])
    at = synth.space.index("filter1_cutoff")
    wanted = synth.space.to_values(genome)[at]
    assert preset["settings"]["filter_1_cutoff"] == pytest.approx(wanted, rel=1e-5)
    (tmp_path / "mine.vital").write_text(json.dumps(preset))
    # All that the preset says, and the note of the genome.
    note = synth.map.patches(genome[None])[0]
    own = {"synth": "vital", "start": "mine.vital",
           "note": {"pitch": {"low": note.key - 1, "high": note.key + 1}, "bend": 2,
                    "onset": note.onset, "length": note.length}}  # fmt: skip
    again = Vital.planned({"map": own, "channel": "left", "version": ""}, tmp_path)
    heard = Vital(RATE, RATE // 4, **again).render([[0.5 + note.detune / 2]])[0]
    np.testing.assert_allclose(note.gain * heard, synth.render(genome[None])[0], atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fixed": {"osc_1_levl": 1}}, ["no control 'osc_1_levl'", "'osc_1_level'"]),
        ({"fixed": {"filter_1_cutoff": 500}}, ["filter_1_cutoff 500", "8 to 136"]),
        ({"fixed": {"env_9 > volume": 1}}, ["'env_9 > volume'", "'env_6'"]),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(changes, words):
    with pytest.raises(ValueError, match=" ") as caught:
        Vital.planned({"map": {**held(), **changes}, "channel": "left", "version": ""}, Path())
    for word in words:
        assert word in str(caught.value)


def test_a_preset_that_is_none_is_refused(tmp_path):
    (tmp_path / "bad.vital").write_text("{")
    made = {**held(), "start": "bad.vital"}
    with pytest.raises(ValueError, match="damaged"):
        Vital.planned({"map": made, "channel": "left", "version": ""}, tmp_path)

"""The Pd file of a found patch, opened in a Pd of its own and played by MIDI."""

import subprocess
import sys

import numpy as np
import pytest

from synth.real.puredata.playable import playable
from synth.real.puredata.puredata import PureData

RATE, SAMPLES, HELD = 44_100, 32_768, 20_480
# What a person does: open the file, wait, press a key, let it go.
PLAY = """
import ctypes, sys
import cypd, numpy as np

cypd.init()
cypd.init_audio(0, 2, {rate})
cypd.open_patch(sys.argv[1], sys.argv[2])
kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
process = kind(cypd._libpd._get_process_float_ptr())
quiet = np.zeros((64, 2), np.float32)

def blocks(samples):
    out = np.zeros((samples, 2), np.float32)
    process(samples // 64, quiet.ctypes.data, out.ctypes.data)
    return out[:, 0]

blocks(6_400)
for key, velocity in {notes}:
    cypd.noteon(0, key, velocity)
    held = blocks({held})
cypd.noteon(0, key, 0)
np.save(sys.argv[3], np.concatenate([held, blocks({rest})]))
"""


pytestmark = pytest.mark.usefixtures("computed")


@pytest.fixture
def played(tmp_path):
    """Plays notes, (key, velocity) each, on a Pd file; gives the sound of the last."""

    def play(file, notes):
        (tmp_path / "found.pd").write_bytes(file)
        script = PLAY.format(rate=RATE, notes=notes, held=HELD, rest=SAMPLES - HELD)
        sound = tmp_path / "sound.npy"
        subprocess.run(
            [sys.executable, "-c", script, "found.pd", str(tmp_path), str(sound)],
            check=True, stdout=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip
        return np.load(sound)

    return play


@pytest.mark.parametrize("name", ["pd-subtractive", "pd-fm"])
def test_it_sounds_like_the_match(played, name):
    synth = PureData(RATE, SAMPLES, map=name)
    genome = np.random.default_rng(4).random(len(synth.space))
    for part, value in {"pitch": 57.3, "onset": 0.0, "length": HELD / RATE, "gain": -6.0}.items():
        gene = synth.space.index(part)
        genome[gene] = synth.space[gene].to_gene(value)
    wanted = synth.render(genome[None])[0]
    sound = played(synth.settings(genome)["pd"], [(57, 100)])
    assert np.abs(wanted).max() > 0.01
    assert np.abs(sound - wanted).max() < 1e-3 * np.abs(wanted).max()


def test_another_note_is_another_pitch_and_a_later_one_takes_over(played, cents_off):
    synth = PureData(RATE, SAMPLES)
    genome = synth.space.genome(
        pitch=57.25, onset=0, length=2, osc1_shape=0, mix=0, noise=0, bend=0, vibrato=0, wah=0,
        cutoff=12_000, sweep=0, resonance=0, sustain=1,
    )  # fmt: skip
    file = synth.settings(genome)["pd"]
    assert abs(cents_off(played(file, [(69, 100)])[2_000:HELD], RATE, 69.25)) < 3
    assert abs(cents_off(played(file, [(50, 100), (62, 100)])[2_000:HELD], RATE, 62.25)) < 3


def test_every_way_to_write_a_dac_keeps_its_cords(tmp_path):
    synth = PureData(RATE, SAMPLES)
    (patch,) = synth.map.patches(np.full((1, len(synth.space)), 0.5))
    for dac, inlets in (("dac~", 2), ("dac~ 1", 1), ("dac~ 2 1", 2), ("dac~ 1 2, f 8", 2)):
        file = tmp_path / "one.pd"
        file.write_text(f"#N canvas 0 0 100 100 12;\n#X obj 5 6 {dac};\n", encoding="utf-8")
        text = playable(file, patch).decode()
        assert text.count("inlet~;") == inlets
        assert "#X restore 5 6 pd loudness;" in text
        assert text.count(" dac~") == 1

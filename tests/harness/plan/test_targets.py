import numpy as np
import pytest
import soundfile

from harness.plan.experiment import ContrivedTarget, RecordedTarget
from harness.plan.targets import load_contrived, load_recorded
from synth.base import Synth
from synth.subtractive.voice import Subtractive

RATE = 8000
TONE = (0.5 * np.sin(np.arange(RATE // 4) * 0.3)).astype(np.float32)
SILENCE = np.zeros_like(TONE)


@pytest.fixture
def recorded(tmp_path):
    """Load a sound of these channels, with these keys."""

    def load(*channels, name="tone.wav", rate=RATE, **keys):
        soundfile.write(tmp_path / name, np.stack(channels).T, rate, subtype="FLOAT")
        return load_recorded(RecordedTarget(file=name, **keys), tmp_path)

    return load


@pytest.mark.parametrize(
    ("channels", "channel", "kept"),
    [
        ([TONE], "each", [TONE]),
        ([TONE], "left", [TONE]),
        ([TONE, TONE / 2], "each", [TONE, TONE / 2]),
        ([TONE, TONE / 2], "left", [TONE]),
        ([TONE, TONE / 2], "right", [TONE / 2]),
        ([TONE, TONE], "each", [TONE]),
        ([TONE, TONE / 2, TONE], "each", [TONE, TONE / 2]),
        ([TONE, -TONE], "each", [TONE, -TONE]),
        ([SILENCE, TONE], "right", [TONE]),
    ],
)
def test_channels_are_kept_as_they_are(recorded, channels, channel, kept):
    target = recorded(*channels, channel=channel)
    np.testing.assert_array_equal(target.sounds, np.stack(kept))
    assert (target.kind, target.sample_rate, target.hidden) == ("recorded", RATE, None)


@pytest.mark.parametrize(
    ("channels", "channel", "words"),
    [
        ([TONE], "right", ["mono, has no right channel"]),
        ([SILENCE, TONE], "each", ["channel 0 is silent", "choose left or right"]),
        ([TONE, SILENCE], "each", ["channel 1 is silent"]),
        ([SILENCE, TONE], "left", ["left channel is silent"]),
        ([SILENCE], "each", ["silent"]),
        ([TONE * 1e-40], "each", ["silent", "peak of 5e-41", "allowed: 1e-06"]),
        ([TONE, TONE * 1e-7], "right", ["right channel is silent"]),
        ([TONE * np.nan], "each", ["NaN"]),
        ([TONE[:200]], "each", ["0.05"]),
    ],
)
def test_channels_that_cannot_be_used(recorded, refused, channels, channel, words):
    with refused("target ", "tone.wav", *words):
        recorded(*channels, channel=channel)


@pytest.mark.parametrize(
    ("channels", "keys", "words"),
    [
        ([TONE, TONE / 2], {}, []),
        ([TONE, TONE[::-1] / 900], {}, []),
        ([TONE, TONE * 1e-5], {}, ["right is 100 dB below", "nothing"]),
        ([TONE * 1e-5, TONE], {"channel": "right"}, []),
        ([TONE, TONE / 2, TONE, TONE / 2000], {}, ["channel 3 is 66 dB below"]),
        ([TONE, -TONE], {}, ["left and right cancel", "mono"]),
        ([TONE, -0.9999 * TONE], {}, ["left and right cancel"]),
    ],
)
def test_channels_to_be_wary_of_are_said(recorded, channels, keys, words):
    notes = recorded(*channels, **keys).notes
    assert len(notes) == bool(words)
    for word in words:
        assert word in notes[0]


def test_networks_hear_no_nearly_silent_channel(recorded):
    np.testing.assert_array_equal(recorded(TONE, TONE * 1e-5).audible, TONE[None])
    assert recorded(TONE, TONE / 100).audible.shape == (2, len(TONE))


@pytest.mark.parametrize(
    ("name", "keys", "label"),
    [
        ("bass.wav", {}, "bass"),
        ("bass.wav", {"label": "low"}, "low"),
        ("my bass, (loud).v2.wav", {}, "my_bass_loud_v2"),
        ("Gedäck.wav", {}, "Gedäck"),
        ("$.wav", {}, "target"),
    ],
)
def test_the_label_can_be_part_of_other_names(recorded, name, keys, label):
    assert recorded(TONE, name=name, **keys).label == label


def test_an_excerpt(recorded):
    target = recorded(TONE, start=0.05, seconds=0.1)
    np.testing.assert_array_equal(target.sounds[0], TONE[400:1200])
    assert target.samples == 800


def test_the_digest_is_of_what_is_compared(recorded):
    whole, again, left = recorded(TONE), recorded(TONE, TONE), recorded(TONE, channel="left")
    assert whole.digest == again.digest == left.digest
    assert recorded(TONE, seconds=0.1).digest != whole.digest


def test_a_missing_file_offers_the_nearest(recorded, refused, tmp_path):
    recorded(TONE)
    with refused("ton.wav: no such file; did you mean tone.wav?"):
        load_recorded(RecordedTarget(file="ton.wav"), tmp_path)


@pytest.mark.parametrize("seed", range(20))
def test_contrived_is_audible_and_repeats(seed):
    target = ContrivedTarget(contrived=seed, seconds=0.2, sample_rate=RATE)
    synth = Subtractive(RATE, 1600)
    one, other = load_contrived(target, synth), load_contrived(target, synth)
    np.testing.assert_array_equal(one.sounds, other.sounds)
    np.testing.assert_array_equal(one.sounds, synth.render(one.hidden[None]))
    assert (one.digest, one.label, one.kind) == (other.digest, f"contrived_{seed}", "contrived")
    assert np.sqrt(np.mean(one.sounds**2)) >= 0.02


def test_contrived_differs_between_seeds():
    synth = Subtractive(RATE, 800)
    targets = [ContrivedTarget(contrived=i, seconds=0.1, sample_rate=RATE) for i in range(10)]
    assert len({load_contrived(target, synth).digest for target in targets}) == 10


def test_values_that_are_set_are_not_drawn():
    synth = Subtractive(RATE, 800)
    keys = {"contrived": 4, "seconds": 0.1, "sample_rate": RATE}
    values = {"noise_level": 0, "note": 60, "cutoff": 20000}
    hidden = load_contrived(ContrivedTarget(**keys, values=values), synth).hidden
    found = synth.space.describe(hidden)
    assert {name: found[name] for name in values} == pytest.approx(values)
    free = [i for i, name in enumerate(synth.space.names) if name not in values]
    assert len(set(hidden[free])) == len(free)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"cutof": 100}, ["no parameter 'cutof'", "did you mean 'cutoff'?"]),
        ({"cutoff": 1e9}, ["cutoff 1000000000.0; allowed: ", "Hz"]),
        ({"note": float("nan")}, ["note nan; allowed: "]),
    ],
)
def test_values_that_cannot_be_set(refused, values, words):
    target = ContrivedTarget(contrived=4, sample_rate=RATE, values=values)
    with refused("target contrived 4: values: ", *words):
        load_contrived(target, Subtractive(RATE, 800))


class Mute(Synth):
    space = Subtractive.space

    def render_block(self, genomes):
        return np.zeros((len(genomes), self.samples), np.float32)


class Raising(Mute):
    def render_block(self, genomes):
        raise RuntimeError("no sound card")


@pytest.mark.parametrize(
    ("synth", "words"),
    [(Mute, ["no audible sound was found"]), (Raising, ["RuntimeError: no sound card"])],
)
def test_contrived_with_a_synth_that_cannot(refused, synth, words):
    with refused("target contrived 3", *words):
        load_contrived(ContrivedTarget(contrived=3, sample_rate=RATE), synth(RATE, 800))

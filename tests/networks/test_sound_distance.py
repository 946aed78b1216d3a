"""Distances that networks learn from, and the sounds that they can learn from."""

import numpy as np
import pytest

from fitness.spectrogram import Spectrogram
from networks.sound_distance import SoundDistance, audible
from synth.base import Synth
from synth.space import Parameter, ParameterSpace

RATE, SAMPLES = 8_000, 800


class Wild(Synth):
    """A tone as loud as its knob, and what ``value`` says at the knob's end."""

    space = ParameterSpace([Parameter("level", "amp", "", 0.0, 1.0)])
    value = 0.0

    def render_block(self, genomes):
        tone = np.sin(np.arange(self.samples) * 0.3)
        sounds = (genomes * tone).astype(np.float32)
        sounds[genomes[:, 0] == 1.0, 5] = self.value
        return sounds


@pytest.mark.parametrize("value", [np.nan, -np.inf, 1e18])
def test_a_broken_sound_counts_as_silence(value):
    synth = Wild(RATE, SAMPLES)
    target = synth.render(np.array([[0.5]]))
    synth.value = value
    distance = SoundDistance(synth, lambda sound: Spectrogram(sound, RATE))
    near, broken, silent = distance(np.array([[[0.4], [1.0], [0.0]]]), target)[0]
    assert near < broken == silent


def test_what_can_be_learnt_from():
    tone = np.sin(np.arange(SAMPLES) * 0.3).astype(np.float32)
    nan, infinite = tone.copy(), tone.copy()
    nan[3], infinite[3] = np.nan, np.inf
    sounds = np.array([tone, 1e-4 * tone, nan, infinite, 1e18 * tone], np.float32)
    assert audible(sounds).tolist() == [True, False, False, False, False]

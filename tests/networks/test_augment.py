"""Augmentation: noise and rooms where they should be, lengths that are drawn, repeatable."""

import numpy as np
import pytest

from networks.augment import Augmentation
from networks.base import AudioFormat
from networks.batches import BatchFormat, RenderedBatches
from networks.inputs import NOTHING

from .conftest import Tone

AUDIO = AudioFormat(8_000, 32_000)


@pytest.fixture
def augmentation():
    return Augmentation(AUDIO, lambda samples: Tone(AUDIO.sample_rate, samples))


def test_some_sounds_are_changed_and_most_are_not(augmentation):
    sounds = np.zeros((400, 2_000), np.float32)
    sounds[:, 100] = 0.5
    found = augmentation(sounds, np.random.default_rng(0))
    same = (found == sounds).all(axis=1)
    assert 0.6 < same.mean() < 0.76
    quiet = np.abs(found[:, :100]).max(axis=1)
    noisy = quiet > 1e-5
    assert 0.15 < noisy.mean() < 0.25
    # Noise is 25 to 60 dB below the peak; its own peaks are some 10 dB above its level.
    assert quiet[noisy].max() < 0.5 * 10 ** (-25 / 20) * 5
    roomy = ~same & ~noisy
    assert roomy.any()
    assert np.abs(found[roomy, :101] - sounds[roomy, :101]).max() < 1e-5
    assert (np.abs(found[roomy, 101:]).max(axis=1) > 0).all()


def test_lengths_are_drawn_and_never_beyond_the_format(augmentation):
    random = np.random.default_rng(0)
    lengths = {augmentation.synth(random).samples for _ in range(60)}
    assert lengths == {4_000, 8_000, 16_000, 32_000}


def test_a_batch_follows_from_its_number(augmentation):
    wanted = BatchFormat(AUDIO, 8, NOTHING, augmentation)
    source = RenderedBatches(Tone(8_000, 32_000), wanted, 3)
    assert all(np.array_equal(source(n).sounds, source(n).sounds) for n in range(4))
    assert len({source(n).sounds.shape for n in range(12)}) > 1

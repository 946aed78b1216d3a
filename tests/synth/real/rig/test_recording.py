"""What a recording tells of itself."""

import numpy as np
import pytest

from synth.real.rig.recording import clipped, onset, silent


def tone(start, samples=4_000, level=0.5):
    sound = np.zeros(samples, dtype=np.float32)
    sound[start:] = level * np.cos(np.arange(samples - start) * 0.1)
    return sound


@pytest.mark.parametrize("start", [1_000, 1_001, 3_990])
@pytest.mark.parametrize("noise", [0.0, 1e-4, 1e-2])
def test_the_onset_is_found_to_the_sample_also_in_noise(start, noise):
    hiss = np.random.default_rng(0).uniform(-noise, noise, 4_000).astype(np.float32)
    assert onset(tone(start) + hiss, 900) == start


def test_noise_alone_has_no_onset():
    hiss = np.random.default_rng(0).uniform(-0.1, 0.1, 4_000).astype(np.float32)
    assert onset(hiss, 900) is None
    assert onset(np.zeros(4_000, dtype=np.float32), 900) is None


def test_clipping_is_more_than_a_touch_of_full_scale():
    assert not clipped(tone(0, level=0.99))
    assert not clipped(tone(0, samples=40, level=1.0))
    assert clipped(np.clip(tone(0, level=1.5), -1, 1))


def test_only_nothing_at_all_is_silence():
    assert silent(np.zeros(10, dtype=np.float32))
    assert not silent(np.full(10, 1e-9, dtype=np.float32))

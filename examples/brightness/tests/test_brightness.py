from importlib.metadata import entry_points

import numpy as np
import pytest

from ga_synth.testing import check_fitness
from ga_synth_brightness import Brightness


def test_it_does_what_ga_synth_relies_on():
    check_fitness(Brightness)


def test_it_is_registered_as_it_is_installed():
    (entry,) = entry_points(group="ga_synth.fitness", name="brightness")
    assert entry.load() is Brightness


def test_an_octave_is_an_octave():
    rate = 16_000
    t = np.arange(rate // 2) / rate
    low, high = (np.sin(2 * np.pi * hertz * t) for hertz in (1000, 2000))
    assert Brightness(low, rate)([high])[0] == pytest.approx(1, abs=0.02)


def test_a_frame_without_length_is_refused():
    with pytest.raises(ValueError, match="frame_s 0"):
        Brightness(np.ones(100), 8000, frame_s=0.0)

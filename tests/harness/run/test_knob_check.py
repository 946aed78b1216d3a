import numpy as np
import pytest

from harness.run.knob_check import AUDIBLE_DB, turned
from synth.base import Synth
from synth.space import Parameter, ParameterSpace
from synth.subtractive.voice import Subtractive


class Tones(Synth):
    """A tone with a loudness, a pitch, and a knob that does nothing."""

    space = ParameterSpace(
        [
            Parameter("loudness", "envelope", "dB", -20, 0),
            Parameter("pitch", "pitch", "Hz", 200, 2_000, "log"),
            Parameter("idle", "filter", "", 0, 1),
        ]
    )

    def render_block(self, genomes):
        decibels, hertz, _ = self.space.to_values(genomes).T
        turns = hertz[:, None] * np.arange(self.samples) / self.sample_rate
        return (10 ** (decibels[:, None] / 20) * np.sin(2 * np.pi * turns)).astype(np.float32)


def test_a_knob_without_effect_is_not_heard():
    found = [turned(Tones(16_000, 16_000), gene, 3) for gene in range(3)]
    assert [one.name for one in found] == ["loudness", "pitch", "idle"]
    assert found[2].most_db == 0
    assert found[2].audible == 0
    assert all(one.audible == 1 and one.most_db > AUDIBLE_DB for one in found[:2])
    # All levels that stand above the floor move by the whole 20 dB.
    assert found[0].most_db <= 20 + 1e-3


@pytest.mark.parametrize("name", ["note", "cutoff", "level", "noise_level"])
def test_knobs_of_the_built_in_voice_are_heard(name):
    at = Subtractive.space.index(name)
    assert turned(Subtractive(16_000, 8_000), at, 6).audible > 0

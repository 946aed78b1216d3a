"""A synth: from genes to sound."""

import numpy as np

from ga_synth import Parameter, ParameterSpace, Synth


class NewPlugin(Synth):
    """A decaying sine."""

    space = ParameterSpace(
        [
            Parameter("hertz", "pitch", "Hz", 55.0, 3520.0, "log", "pitch"),
            Parameter("level", "amp", "", 0.0, 1.0, "linear", "loudness"),
            Parameter("decay", "amp", "s", 0.01, 5.0, "log", "length of the decay"),
        ]
    )

    def render_block(self, genomes):
        hertz, level, decay = self.space.to_values(genomes).T[:, :, None]
        t = np.arange(self.samples) / self.sample_rate
        return (level * np.exp(-t / decay) * np.sin(2 * np.pi * hertz * t)).astype(np.float32)

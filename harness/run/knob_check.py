"""Whether every knob of a synth changes its sound: each is turned, at a few random patches."""

from dataclasses import dataclass

import numpy as np

from common.random import generator
from fitness.feature import SoundFeature
from synth.base import Synth

# Positions that a knob is turned through.
_POSITIONS = (0.0, 0.25, 0.5, 0.75, 1.0)
# Root mean square of the levels in 40 bands and 8 stretches; less is inaudible.
AUDIBLE_DB = 0.5


@dataclass(frozen=True)
class Turned:
    """What one knob did.

    Attributes:
        name: of its gene.
        section: of its gene.
        most_db: the largest difference between two of its positions, over the patches.
        audible: the share of the patches at which it was audible at all.
    """

    name: str
    section: str
    most_db: float
    audible: float


def turned(synth: Synth, gene: int, patches: int) -> Turned:
    """Turn one knob at random patches that sound.

    Args:
        synth: what is played.
        gene: position of the knob's gene.
        patches: how many.
    """
    random = generator("knob check", gene, patches)
    feature = SoundFeature(synth.sample_rate, synth.samples)
    apart = []
    for _ in range(patches):
        genomes = np.repeat(random.random((1, len(synth.space))), len(_POSITIONS), axis=0)
        genomes[:, gene] = _POSITIONS
        levels = feature(synth.render(genomes))
        apart.append(float(np.sqrt(np.square(np.ptp(levels, axis=0)).mean())))
    parameter = synth.space[gene]
    audible = float(np.mean([one >= AUDIBLE_DB for one in apart]))
    return Turned(parameter.name, parameter.section, max(apart), audible)

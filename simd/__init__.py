"""SIMD: sixteen sounds are rendered and scored at once, one in each lane of a vector.

SIMD (single instruction, multiple data) instructions apply one operation to a whole vector of
numbers. A *lane* is one position in such a vector. Here a vector holds the samples that sixteen
sounds have at the same time, so that lane ``i`` always belongs to sound ``i``.

A *block* is a piece of sixteen sounds: float32, shape (up to BLOCK_SAMPLES, LANES), row after row
one sample of each sound. It is small enough to stay in the processor's cache from the synth that
renders it to the fitness that scores it. Unused lanes hold any finite numbers.
"""

import numpy as np
from numpy.typing import NDArray

LANES = 16
BLOCK_SAMPLES = 2048

# Samples of one sound, shape (samples,), or of several, shape (n, samples).
Audio = NDArray[np.float32]

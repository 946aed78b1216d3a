"""lq-CMA-ES of the library pycma: CMA-ES that saves renders by a linear or quadratic model."""

import warnings

import numpy as np

from benchmarks.rivals.bridge import CalledBack
from benchmarks.rivals.conversation import Objective
from strategies.searches.base import Genomes

# The advice of pycma: the optimum should lie within a few sigma of the start.
_SIGMA = 0.25
_RESTARTS = 9


class LqCmaEs(CalledBack):
    """CMA-ES with a global surrogate model (Hansen 2019), as ``cma.fmin_lq_surr2`` has it.

    It begins at the best genome of the first population, and restarts with twice as many children
    at a random point. It asks for one genome at a time.

    Args:
        dims: how many genes a genome has.
        population: of the first population; the library asks for one genome.
        seed: any non-negative integer.

    Raises:
        ValueError: if pycma is not installed, or an argument is out of range.
    """

    def __init__(self, dims: int, population: int, seed: int) -> None:
        super().__init__(dims, population, seed, "cma", {})

    def minimise(self, objective: Objective, first: Genomes, seed: int) -> None:
        """Run it with its restarts."""
        import cma

        starts = [*first[:1]]
        random = np.random.default_rng(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cma.fmin_lq_surr2(
                lambda genome: objective([genome])[0],
                lambda: starts.pop() if starts else random.random(self.dims),
                _SIGMA,
                # A seed of NaN leaves NumPy's generator alone, which is the library's own here.
                {"bounds": [0, 1], "verbose": -9, "verb_log": 0, "seed": np.nan},
                restarts=_RESTARTS,
            )

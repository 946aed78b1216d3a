"""The control of a society: the same number and size of agents, but genes assigned at random.

Its loss against the society is the value of grouping by meaning; its gain over end-to-end is the
value of dividing alone.
"""

import numpy as np

from strategies.grouping import Grouping
from strategies.society import Society


class SocietyScrambled(Society):
    """A society whose agents own as many genes as the society's, but random ones for each seed."""

    def owned(self, seed: int) -> Grouping:
        """Assign the genes at random; the same seed gives the same assignment."""
        shuffled = np.random.default_rng(seed).permutation(len(self.space)).tolist()
        return {
            name: tuple(sorted(shuffled.pop() for _ in genes))
            for name, genes in self.groups.items()
        }

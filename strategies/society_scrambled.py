"""The control of a society: as many agents, as large, but with genes dealt at random.

What it loses against the society is what grouping by meaning is worth; what it keeps is what
dividing alone is worth.
"""

import numpy as np

from strategies.grouping import Grouping
from strategies.society import Society


class SocietyScrambled(Society):
    """A society whose agents own as many genes as the society's, dealt anew for every seed."""

    def owned(self, seed: int) -> Grouping:
        """Deal the genes; the same seed deals the same."""
        deal = np.random.default_rng(seed).permutation(len(self.space)).tolist()
        return {
            name: tuple(sorted(deal.pop() for _ in genes)) for name, genes in self.groups.items()
        }

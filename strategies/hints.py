"""What is known of a target before a search begins, in numbers that a strategy can start from."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from common.heard import Heard
from strategies.proposal import Proposal
from strategies.searches.base import Genomes


def _none() -> NDArray[np.float64]:
    return np.empty((0, 0))


@dataclass(frozen=True)
class Hints:
    """What is known of a target before a search begins.

    Attributes:
        proposal: what the strategy's network proposes; None without a network.
        heard: what is heard in the target; None where that is not wanted.
        neighbours: genomes of a bank that sound most like the target, the nearest first, shape
            (n, genes); none without a bank.
    """

    proposal: Proposal | None = None
    heard: Heard | None = None
    neighbours: Genomes = field(default_factory=_none)

"""What is known of a target before a search begins, in numbers that a strategy can start from."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from strategies.proposal import Proposal
from strategies.searches.base import Genomes


@dataclass(frozen=True)
class Heard:
    """What is heard in the target.

    Attributes:
        onset: when it starts, in seconds.
        attack: how long it rises, in seconds.
        length: how long it sounds, in seconds.
        ends: whether it ends before the recording does.
        peak: the largest absolute sample.
        f0: its fundamental frequency in hertz; 0 if it has none.
        clear: whether most of it has a clear pitch.
        roll_off: the frequency in hertz below which nearly all of its energy lies.
    """

    onset: float
    attack: float
    length: float
    ends: bool
    peak: float
    f0: float
    clear: bool
    roll_off: float


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

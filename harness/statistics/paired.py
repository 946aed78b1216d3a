"""Compare two strategies: effects, their intervals, and a verdict in one word.

Two strategies are compared on pairs of trials with the same target and the same seed, hence the
same first genomes. A stratum is a target.

*Ahead* or *behind*: the rule of `harness.statistics.rule`. *Equivalent*: not decided, and two
one-sided signed-rank tests show that the shift is above −rope and below rope (TOST, Schuirmann
1987; the rope is the region of practical equivalence). The two tests need no correction for being
two, since both must reject (Berger, 1982). The larger p of the two is corrected by Holm over all
pairs of strategies in the question, in a family of its own. A pair can be wrongly *ahead* only if
its true shift is 0, and wrongly *equivalent* only if it is at least the rope, so each kind of
statement is false in at most 5% of comparisons. Testing both kinds in one family would demand
twice as much of each *ahead*, for a statement that no decided pair needs. Otherwise: *undecided*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from harness.statistics.effects import probability_of_improvement, rank_biserial
from harness.statistics.power import smallest_detectable
from harness.statistics.ranks import holm
from harness.statistics.resampling import LEVEL, Array, two_stage
from harness.statistics.robust import hodges_lehmann
from harness.statistics.rule import can_decide
from harness.statistics.shares import scores, share_interval
from harness.statistics.signed_rank import signed_rank

Verdict = Literal["ahead", "behind", "equivalent", "undecided"]
# A value on the edge of the rope, up to rounding, is not within it.
_WITHIN = 1 - 1e-9


@dataclass(frozen=True)
class Paired:
    """The comparison of two strategies on one measure.

    Attributes:
        one: the first strategy; the verdict is about it.
        other: the one it is compared with.
        n: number of pairs of trials.
        probability: share of pairs in which ``one`` has the larger measure, 0 to 1, ties half.
        low: lower end of its 95% interval, for these targets.
        high: upper end.
        p: corrected p value of the signed-rank test; 1 if there are no differences to test.
        shift: by how much ``one`` is larger (Hodges-Lehmann), in the unit of the measure.
        shift_low: lower end of its 95% interval; −∞ if n is too small.
        shift_high: upper end; ∞ if n is too small.
        effect: rank-biserial correlation, −1 to 1.
        other_low: lower end of the interval of the probability for other targets like these; NaN
            with one target.
        other_high: upper end.
        rope: smaller shifts are negligible, in the unit of the measure; 0 if every shift matters.
        p_equivalent: corrected p value of the two one-sided tests against the rope; 1 without one.
        smallest: the smallest true shift that would be decided in 80% of comparisons of this size
            and spread; ∞ if none would be.
        enough: whether n pairs could decide anything if all had the same sign.
    """

    one: str
    other: str
    n: int
    probability: float
    low: float
    high: float
    p: float
    shift: float
    shift_low: float
    shift_high: float
    effect: float
    other_low: float
    other_high: float
    rope: float
    p_equivalent: float
    smallest: float
    enough: bool

    @property
    def decided(self) -> bool:
        """Whether the data show which one is ahead."""
        return (self.low > 0.5 or self.high < 0.5) and self.p < LEVEL

    @property
    def ahead(self) -> str:
        """The one with the larger measure; empty if undecided."""
        if not self.decided:
            return ""
        return self.one if self.probability > 0.5 else self.other

    @property
    def behind(self) -> str:
        """The one with the smaller measure; empty if undecided."""
        if not self.decided:
            return ""
        return self.other if self.ahead == self.one else self.one

    @property
    def verdict(self) -> Verdict:
        """What the data show about ``one``."""
        if self.decided:
            return "ahead" if self.ahead == self.one else "behind"
        # If there are too few pairs for any decision, *equivalent* would not be a finding either.
        return "equivalent" if self.enough and self.p_equivalent < LEVEL else "undecided"

    @property
    def negligible(self) -> bool:
        """Whether one is ahead, but the whole interval of the shift lies within the rope."""
        return self.decided and -self.rope < self.shift_low and self.shift_high < self.rope


def compare(
    measures: Sequence[tuple[str, str, ArrayLike, ArrayLike, ArrayLike]], rope: float = 0.0
) -> list[Paired]:
    """Compare pairs of strategies on one measure, corrected for the number of pairs.

    Args:
        measures: for each pair the two names, the measure of one and of the other on the same
            units, shape (n,), and the stratum of each unit.
        rope: smaller shifts are negligible, in the unit of the measure; with 0 nothing is
            equivalent.

    Units in which either has no measure (NaN) are left out of that pair.

    Returns:
        One result for each pair, in the same order.

    Raises:
        ValueError: if the rope is negative or NaN.
    """
    if not rope >= 0:
        raise ValueError(f"rope is {rope}; wanted 0 or more")
    differences, kept = [], []
    for _, _, a, b, strata in measures:
        # If both are infinite, neither got there and the difference is unknown.
        with np.errstate(invalid="ignore"):
            d = np.asarray(a, float) - np.asarray(b, float)
        known = ~np.isnan(d)
        differences.append(d[known])
        kept.append(np.asarray(strata)[known])
    ps = holm([signed_rank(d) for d in differences])
    equivalent = holm([equivalence(d, rope) for d in differences])
    return [
        _paired((one, other), (d, strata), (float(p), float(p_equivalent)), rope, len(measures))
        for (one, other, *_), d, strata, p, p_equivalent in zip(
            measures, differences, kept, ps, equivalent, strict=True
        )
    ]


def equivalence(differences: ArrayLike, rope: float) -> float:
    """The p value of two one-sided signed-rank tests against −rope and rope, uncorrected.

    Args:
        differences: shape (n,).
        rope: above 0; with 0 the p value is 1.
    """
    if rope == 0:
        return 1.0
    d, edge = np.asarray(differences, dtype=np.float64), rope * _WITHIN
    return max(signed_rank(d + edge, "greater"), signed_rank(d - edge, "less"))


def _paired(
    names: tuple[str, str],
    units: tuple[Array, ArrayLike],
    ps: tuple[float, float],
    rope: float,
    pairs: int,
) -> Paired:
    """One comparison, from the differences and strata of its units and two corrected p values."""
    d, strata = units
    ahead = scores(d)
    low, high = (float(end[0]) for end in share_interval(ahead[None], strata))
    shift, shift_low, shift_high = hodges_lehmann(d)
    other_low, other_high = two_stage(ahead, strata, lambda drawn: drawn.mean(axis=-1))
    return Paired(
        one=names[0],
        other=names[1],
        n=len(d),
        probability=probability_of_improvement(d),
        low=low,
        high=high,
        p=ps[0],
        shift=shift,
        shift_low=shift_low,
        shift_high=shift_high,
        effect=rank_biserial(d),
        other_low=other_low,
        other_high=other_high,
        rope=rope,
        p_equivalent=ps[1],
        smallest=smallest_detectable(d, strata, pairs),
        enough=can_decide(strata, pairs),
    )

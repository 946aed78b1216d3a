"""How sure a comparison is: paired probability of improvement, its interval, and a verdict.

Two strategies are compared on pairs: the same target and the same seed, hence the same first
genomes. The probability of improvement is the share of pairs in which one is ahead, ties counting
half (Agarwal et al., 2021). Its interval is a percentile bootstrap, stratified by target, with our
own seeded generator. A verdict needs both: an interval that excludes one half, and a Wilcoxon
signed-rank test (1945) below 5 % after Holm's correction (1979) over all pairs that are looked at.
Otherwise the answer is *undecided*.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.05
RESAMPLES = 2000
_SEED = 20_220_506
_EXACT = 50


@dataclass(frozen=True)
class Paired:
    """One strategy against another on one measure.

    Attributes:
        one: the strategy that is asked about.
        other: the one it is compared with.
        n: how many pairs.
        probability: that ``one`` has the larger measure, 0 to 1.
        low: lower end of its 95 % interval.
        high: upper end.
        p: of the signed-rank test, corrected; 1 where the test says nothing.
        difference: median difference of the measure, one minus other.
    """

    one: str
    other: str
    n: int
    probability: float
    low: float
    high: float
    p: float
    difference: float

    @property
    def decided(self) -> bool:
        """Whether the data say which is ahead."""
        return (self.low > 0.5 or self.high < 0.5) and self.p < LEVEL

    @property
    def ahead(self) -> str:
        """Which has the larger measure; empty if undecided."""
        if not self.decided:
            return ""
        return self.one if self.probability > 0.5 else self.other


def iqm(values: ArrayLike) -> float:
    """The interquartile mean: of the middle half, with weights at its edges; NaN of nothing."""
    x = np.asarray(values, dtype=np.float64)
    return float(_iqm(x)) if x.size else float("nan")


def _iqm(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each row, shape (..., n), n at least 1."""
    x = np.sort(values, axis=-1)
    n = x.shape[-1]
    # The share of each sorted value that lies between the quartiles.
    left, right = np.arange(n) / n, np.arange(1, n + 1) / n
    weights = np.clip(np.minimum(right, 0.75) - np.maximum(left, 0.25), 0, None)
    return np.asarray((weights * x).sum(axis=-1) / weights.sum())


def probability_of_improvement(differences: ArrayLike) -> float:
    """The share of differences above 0, zeros counting half; NaN of nothing."""
    d = np.asarray(differences, dtype=np.float64)
    return float(_probability(d)) if d.size else float("nan")


def _probability(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each row, shape (..., n), n at least 1."""
    return np.asarray(((differences > 0) + 0.5 * (differences == 0)).mean(axis=-1))


def bootstrap(
    values: ArrayLike, strata: ArrayLike, statistic: str = "probability"
) -> tuple[float, float]:
    """A 95 % percentile interval by resampling within strata.

    Args:
        values: shape (n,).
        strata: shape (n,), which stratum each value belongs to; its size is kept.
        statistic: ``probability`` of improvement, or the ``iqm``.

    Returns:
        Its lower and upper end; NaN where no stratum holds two values, which leaves nothing to
        resample.
    """
    values, strata = np.asarray(values, dtype=np.float64), np.asarray(strata)
    if len(np.unique(strata)) == len(strata):
        return float("nan"), float("nan")
    random = np.random.default_rng(_SEED)
    drawn = np.concatenate(
        [
            random.choice(np.flatnonzero(strata == s), (RESAMPLES, np.count_nonzero(strata == s)))
            for s in np.unique(strata)
        ],
        axis=1,
    )
    function = {"probability": _probability, "iqm": _iqm}[statistic]
    low, high = np.quantile(function(values[drawn]), [LEVEL / 2, 1 - LEVEL / 2])
    return float(low), float(high)


def signed_rank(differences: ArrayLike) -> float:
    """Two-sided p of the Wilcoxon signed-rank test; 1 if all are 0 or there is none.

    Differences of 0 are left out, as Wilcoxon did. Up to 50 it is exact, ties included: how many of
    all ways to give the ranks signs are at least as one-sided. (SciPy counts them one by one, which
    takes a second for a dozen.) Above that it is the normal approximation.
    """
    from scipy.stats import rankdata, wilcoxon

    d = np.asarray(differences, dtype=np.float64)
    d = d[(d != 0) & ~np.isnan(d)]
    if not d.size:
        return 1.0
    if d.size > _EXACT:
        return float(wilcoxon(d).pvalue)
    # Tied ranks are halves: twice a rank is whole.
    ranks = np.rint(2 * rankdata(np.abs(d))).astype(int)
    ways = np.zeros(ranks.sum() + 1)
    ways[0] = 1
    for rank in ranks:
        ways[rank:] = ways[rank:] + ways[:-rank]
    positive = ranks[d > 0].sum()
    tail = min(ways[: positive + 1].sum(), ways[positive:].sum())
    return float(min(1.0, 2 * tail / ways.sum()))


def holm(ps: Sequence[float]) -> list[float]:
    """Holm's step-down correction of p values, in their own order."""
    order = np.argsort(ps, kind="stable")
    n = len(order)
    corrected: NDArray[np.float64] = np.empty(n)
    stepped = [(n - rank) * ps[i] for rank, i in enumerate(order)]
    corrected[order] = np.minimum(np.maximum.accumulate(stepped), 1) if n else []
    return [float(p) for p in corrected]


def compare(
    measures: Sequence[tuple[str, str, ArrayLike, ArrayLike, ArrayLike]],
) -> list[Paired]:
    """Compare pairs of strategies on one measure, corrected for how many pairs are looked at.

    Args:
        measures: for each pair the two names, the measure of one and of the other on the same
            units, shape (n,), and the stratum of each unit.

    Units in which one of the two has no measure (NaN) are left out of that pair.

    Returns:
        One result for each pair, in the same order.
    """
    differences, kept = [], []
    for _, _, a, b, strata in measures:
        d = np.asarray(a, float) - np.asarray(b, float)
        known = ~np.isnan(d)
        differences.append(d[known])
        kept.append(np.asarray(strata)[known])
    ps = holm([signed_rank(d) for d in differences])
    return [
        Paired(
            one,
            other,
            len(d),
            probability_of_improvement(d),
            *bootstrap(d, strata),
            p,
            float(np.median(d)) if d.size else float("nan"),
        )
        for (one, other, *_), d, strata, p in zip(measures, differences, kept, ps, strict=True)
    ]

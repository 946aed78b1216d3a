"""CMA-ES: a normal distribution that adapts its covariance, with restarts.

Hansen, The CMA evolution strategy: a tutorial (2016, arXiv 1604.00772), with its defaults and
negative weights; restarts with a growing generation: Auger & Hansen, A restart CMA evolution
strategy with increasing population size (2005); genomes of another search: Hansen, Injecting
external solutions into CMA-ES (2011, arXiv 1110.4181). It is our own implementation, because its
whole state must be saved and resumed; tests compare it with pycma, draw by draw.
"""

from collections.abc import Mapping
from functools import lru_cache
from math import exp, lgamma, log, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Distances, Genomes, PopulationSearch, State

_FEWEST = 4
# As many as a synth renders at once; with few genes this also searches better.
_SIDE_BY_SIDE = 16
# Standard deviation of a gene that is drawn uniformly from [0, 1].
_UNIFORM = 1 / sqrt(12)
# The smallest relative spread at a start, if the first population is all alike.
_LEAST_SPREAD = 0.05
# A ten-thousandth of a knob is inaudible; ten widths of the cube are practically uniform.
_CONVERGED, _DIVERGED = 1e-4, 10.0
# Relative range of the best distances of many generations below which search has stagnated.
_STAGNANT = 1e-4


class Rates(NamedTuple):
    """The constants of the tutorial's table 1, for some number of genes and children.

    Attributes:
        weights: weights of the children, best first, shape (children,); some are negative.
        mass: variance-effective selection mass of the positive weights.
        sigma: learning rate of the evolution path of the step size.
        damping: damping of the step size.
        path: learning rate of the evolution path of the covariance.
        one: learning rate of the rank-one update.
        mu: learning rate of the rank-mu update.
        length: expected length of a standard normal vector.
    """

    weights: NDArray[np.float64]
    mass: float
    sigma: float
    damping: float
    path: float
    one: float
    mu: float
    length: float


@lru_cache(maxsize=64)
def rates(n: int, children: int) -> Rates:
    """Return the constants for n genes and at least two children."""
    raw = log((children + 1) / 2) - np.log(np.arange(1, children + 1))
    good, bad = raw[: children // 2], raw[children // 2 :]
    mass, against = (float(part.sum() ** 2 / (part**2).sum()) for part in (good, bad))
    sigma = (mass + 2) / (n + mass + 5)
    one = 2 / ((n + 1.3) ** 2 + mass)
    mu = min(1 - one, 2 * (0.25 + mass + 1 / mass - 2) / ((n + 2) ** 2 + mass))
    # The most negative weights that keep the covariance positive definite.
    most = min(1 + one / mu, 1 + 2 * against / (mass + 2), (1 - one - mu) / (n * mu))
    return Rates(
        np.concatenate([good / good.sum(), most * bad / -bad.sum()]),
        mass,
        sigma,
        1 + 2 * max(0.0, sqrt((mass - 1) / (n + 1)) - 1) + sigma,
        (4 + mass / n) / (n + 4 + 2 * mass / n),
        one,
        mu,
        sqrt(2) * exp(lgamma((n + 1) / 2) - lgamma(n / 2)),
    )


class CmaEs(PopulationSearch):
    """Draws children from a normal distribution, and moves it towards the better half of them.

    Children outside the cube are mirrored back into it. No distance is kept from one generation to
    the next. When the search has converged or stagnated, it restarts at a random point with twice
    as many children. Genomes that it receives from another search are evaluated among the next
    children, and draw the distribution towards them by a bounded step.

    Args:
        dims: how many genes a genome has.
        population: the most children that a generation may have, at least 4.
        seed: any non-negative integer.
        sigma: standard deviation of the genes at a start, above 0 to 1; it is smaller, in
            proportion, if the first population is narrower than uniform.
        children: size of the first generations, 4 to ``population``; with 0 it is that of the
            tutorial, 4 + 3 log(genes), but at least 16 and at most ``population``.

    Raises:
        ValueError: if an argument is outside its range.
    """

    smallest_population = _FEWEST

    def __init__(
        self, dims: int, population: int, seed: int, *, sigma: float = 0.1, children: int = 0
    ) -> None:
        super().__init__(dims, population, seed)
        if not 0 < sigma <= 1:
            raise ValueError(f"sigma {sigma}; allowed: above 0 to 1")
        if children and not _FEWEST <= children <= population:
            raise ValueError(f"children {children}; allowed: 0, or {_FEWEST} to {population}")
        self._begin = sigma
        self._children = children or min(population, max(_SIDE_BY_SIDE, 4 + int(3 * log(dims))))
        self._start(np.full(dims, 0.5), sigma)

    def _start(self, mean: Genomes, sigma: float) -> None:
        self._mean, self._sigma = mean, sigma
        self._covariance = np.eye(self.dims)
        self._paths = np.zeros((2, self.dims))
        self._generation = 0
        self._bests: Distances = np.empty(0)
        # The step of each child of the last ask, and the standard normal step it was made from.
        self._steps = np.empty((2, 0, self.dims))
        self._received: Genomes = np.empty((0, self.dims))

    def ask(self) -> Genomes:
        """Draw a generation, mirrored into the cube; what was received takes the first places."""
        drawn = self.random.standard_normal((self._children, self.dims))
        # einsum, because the bits of a matrix product may depend on the number of threads.
        scales, axes = np.linalg.eigh(self._covariance)
        round_steps = np.einsum("ij,kj->ki", axes, drawn)
        steps = np.einsum("ij,kj->ki", axes * np.sqrt(np.maximum(scales, 0)), drawn)
        genomes = folded(self._mean + self._sigma * steps)
        if count := len(self._received):
            genomes[:count] = self._received
            steps[:count], round_steps[:count] = self._steps_to(self._received, scales, axes)
            self._received = self._received[:0]
        self._steps = np.stack([steps, round_steps])
        return genomes

    def _steps_to(
        self, genomes: Genomes, scales: NDArray[np.float64], axes: NDArray[np.float64]
    ) -> tuple[Genomes, Genomes]:
        """Return the steps to genomes and their standard normal steps, no longer than Hansen's."""
        steps = (genomes - self._mean) / self._sigma
        # No shorter than an inaudible step along an axis that has collapsed.
        lengths = np.sqrt(np.maximum(scales, _CONVERGED**2))
        drawn = np.einsum("ji,kj->ki", axes, steps) / lengths
        longest = sqrt(self.dims) + 2 * self.dims / (self.dims + 2)
        drawn *= longest / np.maximum(longest, np.linalg.norm(drawn, axis=1))[:, None]
        steps = np.einsum("ij,kj->ki", axes * lengths, drawn)
        return steps, np.einsum("ij,kj->ki", axes, drawn)

    def receive(self, genomes: Genomes, distances: Distances) -> None:  # noqa: ARG002
        """Let the best of these be among the next children, at most half of them."""
        self._received = genomes[: self._children // 2].copy()

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Adapt the distribution; a first population determines where it starts."""
        order = np.argsort(distances, kind="stable")
        self.genomes, self.distances = genomes[order], distances[order]
        steps, self._steps = self._steps[:, : len(genomes)], np.empty((2, 0, self.dims))
        if not steps.size:
            self._begin_at(self.genomes)
        elif len(genomes) > 1:
            self._learn(*steps[:, order])
            self._restart_if_done()

    def _begin_at(self, genomes: Genomes) -> None:
        """Start at the weighted mean of the better half of genomes, with their relative spread."""
        half = rates(self.dims, max(2, len(genomes))).weights[: max(1, len(genomes) // 2)]
        spread = max(_LEAST_SPREAD, float(genomes.std(axis=0).mean()) / _UNIFORM)
        self._start(half @ genomes[: len(half)], self._begin * min(1.0, spread))

    def _learn(self, steps: Genomes, round_steps: Genomes) -> None:
        """Update the distribution by the steps of a generation, best first (tutorial, figure 6)."""
        n, r = self.dims, rates(self.dims, len(steps))
        weights = r.weights
        chosen = np.maximum(weights, 0)
        shift, round_shift = chosen @ steps, chosen @ round_steps
        of_sigma, of_covariance = self._paths
        self._generation += 1
        of_sigma = (1 - r.sigma) * of_sigma
        of_sigma = of_sigma + sqrt(r.sigma * (2 - r.sigma) * r.mass) * round_shift
        square = float((of_sigma**2).sum())
        young = 1 - (1 - r.sigma) ** (2 * self._generation)
        calm = square / young < 2 * n + 4 * n / (n + 1)
        of_covariance = (1 - r.path) * of_covariance
        if calm:
            of_covariance = of_covariance + sqrt(r.path * (2 - r.path) * r.mass) * shift
        # As pycma: compensate for the path update that is skipped while the step size grows fast.
        one = r.one if calm else r.one * (1 - r.path * (2 - r.path))
        lengths = np.maximum((round_steps**2).sum(axis=1), 1e-300)
        bent = np.where(weights >= 0, weights, weights * n / lengths)
        self._mean = self._mean + self._sigma * shift
        self._covariance = (
            (1 - one - r.mu * weights.sum()) * self._covariance
            + one * np.outer(of_covariance, of_covariance)
            + r.mu * np.einsum("k,ki,kj->ij", bent, steps, steps)
        )
        self._sigma *= exp(min(1.0, r.sigma / r.damping * (sqrt(square) / r.length - 1)))
        self._paths = np.stack([of_sigma, of_covariance])

    def _restart_if_done(self) -> None:
        """Restart at a random point with twice the children, if converged or stagnated."""
        remembered = 10 + int(30 * self.dims / self._children)
        self._bests = np.append(self._bests, self.distances[0])[-remembered:]
        low, high = self._bests.min(), self._bests.max()
        stagnant = len(self._bests) == remembered and high - low <= _STAGNANT * high
        widest = self._sigma * float(np.sqrt(self._covariance.diagonal().max()))
        if stagnant or not _CONVERGED <= widest <= _DIVERGED:
            self._children = min(self.population, 2 * self._children)
            self._start(self.random.random(self.dims), self._begin)

    def state(self) -> State:
        """Return the distribution, its paths, the last generation and the generator's state."""
        return super().state() | {
            "children": self._children,
            "mean": self._mean,
            "sigma": self._sigma,
            "covariance": self._covariance,
            "paths": self._paths,
            "generation": self._generation,
            "bests": self._bests,
            "steps": self._steps,
            # Left out where there are none, so that other checkpoints stay as they were.
            **({"received": self._received} if len(self._received) else {}),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        super().load(state)
        self._children, self._generation = state["children"], state["generation"]
        self._mean, self._sigma = np.array(state["mean"]), state["sigma"]
        self._covariance, self._paths = np.array(state["covariance"]), np.array(state["paths"])
        self._bests, self._steps = np.array(state["bests"]), np.array(state["steps"])
        self._received = np.array(state.get("received", np.empty((0, self.dims))))


def folded(genomes: Genomes) -> Genomes:
    """Mirror genes at 0 and 1 until they are in [0, 1]."""
    phase = np.mod(genomes, 2.0)
    return np.minimum(phase, 2.0 - phase)

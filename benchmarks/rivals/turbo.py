"""TuRBO-1 on the library BoTorch: Bayesian optimisation in one trust region.

Eriksson, Pearce, Gardner, Turner & Poloczek, Scalable global optimization via local Bayesian
optimization (2019, arXiv 1910.01739). BoTorch has the Gaussian process, its fit and Thompson
sampling, but no class for the region; its rules here are those of the paper's section 2, with the
constants of its supplement.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any, ClassVar

import numpy as np

from benchmarks.rivals.bridge import want_library
from strategies.searches.base import Distances, Genomes, PopulationSearch, State, ranked

_LENGTH, _SHORTEST, _LONGEST = 0.8, 0.5**7, 1.6
_SUCCESSES, _BETTER = 3, 1e-3
_CANDIDATES, _CANDIDATES_A_GENE, _MOVED = 5000, 100, 20
_SCALES, _SIGNAL, _NOISE = (0.005, 2.0), (0.05, 20.0), (0.0005, 0.1)
# Of the fit of the Gaussian process; to convergence it would take several times as long.
_STEPS = 50


class Turbo(PopulationSearch):
    """Thompson sampling around the best genome, in a region that grows and shrinks with success.

    For ``end_to_end`` only: in a society what it remembers goes stale. The fit is repeatable on one
    machine with the same number of threads; it uses one.

    Args:
        dims: how many genes a genome has.
        population: the most genomes that an ask gives.
        seed: any non-negative integer.
        together: genomes to an ask, 1 or more, at most ``population``.

    Raises:
        ValueError: if BoTorch is not installed, or an argument is out of range.
    """

    receives: ClassVar[bool] = False

    def __init__(self, dims: int, population: int, seed: int, *, together: int = 32) -> None:
        super().__init__(dims, population, seed)
        want_library("botorch")
        if together < 1:
            raise ValueError(f"together {together}; allowed: 1 or more")
        self._together = min(together, population)
        # Everything since the last restart, in the order it was told.
        self._seen: tuple[Genomes, Distances] = (np.empty((0, dims)), np.empty(0))
        self._length, self._successes, self._failures = _LENGTH, 0, 0

    def ask(self) -> Genomes:
        """Sample the Gaussian process in the region; a uniform population where it starts."""
        genomes, distances = self._seen
        if len(genomes) < 2:
            return self.uniform()
        seed = int(self.random.integers(2**31))
        return _sampled(genomes, distances, self._length, self._together, seed)

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Grow the region after successes, shrink it after failures, restart if it has vanished."""
        self.genomes, self.distances = ranked(genomes, distances)
        before = self._seen[1]
        self._seen = (
            np.concatenate([self._seen[0], genomes]), np.concatenate([before, distances])
        )  # fmt: skip
        if len(before) < 2:
            return
        better = distances.min() < before.min() - _BETTER * abs(before.min())
        self._successes = self._successes + 1 if better else 0
        self._failures = 0 if better else self._failures + 1
        if self._successes == _SUCCESSES:
            self._length, self._successes = min(2 * self._length, _LONGEST), 0
        elif self._failures >= ceil(max(4, self.dims) / self._together):
            self._length, self._failures = self._length / 2, 0
        if self._length < _SHORTEST:
            self._length, self._seen = _LENGTH, (np.empty((0, self.dims)), np.empty(0))

    def state(self) -> State:
        """Return what it saw since the last restart, and the region."""
        return super().state() | {
            "seen": list(self._seen),
            "region": [self._length, self._successes, self._failures],
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        super().load(state)
        genomes, distances = state["seen"]
        self._seen = np.array(genomes), np.array(distances)
        self._length, self._successes, self._failures = state["region"]


def _sampled(
    genomes: Genomes, distances: Distances, length: float, count: int, seed: int
) -> Genomes:
    """Fit a Gaussian process and draw a batch by Thompson sampling.

    Args:
        genomes: shape (n, genes), n 2 or more.
        distances: shape (n,).
        length: of the region, a share of the cube's side.
        count: how many are drawn.
        seed: of all draws.

    Returns:
        Shape (count, genes), each in [0, 1].
    """
    import torch
    from botorch.fit import fit_gpytorch_mll
    from botorch.generation import MaxPosteriorSampling
    from botorch.models import SingleTaskGP
    from gpytorch.constraints import Interval
    from gpytorch.kernels import MaternKernel, ScaleKernel
    from gpytorch.likelihoods import GaussianLikelihood
    from gpytorch.mlls import ExactMarginalLogLikelihood

    dims = genomes.shape[1]
    torch.set_num_threads(1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        x = torch.from_numpy(genomes.copy())
        y = torch.from_numpy(-(distances - distances.mean()) / (distances.std() or 1.0))[:, None]
        kernel = MaternKernel(2.5, ard_num_dims=dims, lengthscale_constraint=Interval(*_SCALES))
        scaled = ScaleKernel(kernel, outputscale_constraint=Interval(*_SIGNAL))
        likelihood = GaussianLikelihood(noise_constraint=Interval(*_NOISE))
        model = SingleTaskGP(
            x, y, likelihood=likelihood, covar_module=scaled, outcome_transform=None
        )
        fit_gpytorch_mll(
            ExactMarginalLogLikelihood(likelihood, model),
            optimizer_kwargs={"options": {"maxiter": _STEPS}},
        )
        scales = kernel.lengthscale.detach().flatten()
        scales = scales / scales.log().mean().exp()
        centre = x[y.argmax()]
        low = (centre - scales * length / 2).clamp(0, 1)
        high = (centre + scales * length / 2).clamp(0, 1)
        several = min(_CANDIDATES, _CANDIDATES_A_GENE * dims)
        sobol = torch.quasirandom.SobolEngine(dims, scramble=True, seed=seed)
        moved = torch.rand(several, dims) <= min(1.0, _MOVED / dims)
        moved[torch.arange(several), torch.randint(dims, (several,))] = True
        candidates = torch.where(moved, low + (high - low) * sobol.draw(several).double(), centre)
        with torch.no_grad():
            chosen = MaxPosteriorSampling(model, replacement=False)(candidates, num_samples=count)
    return chosen.clamp(0, 1).numpy()

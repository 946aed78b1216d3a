"""Differential evolution of the library minionpy (Muzakka et al. 2025, zenodo.14794239)."""

from abc import abstractmethod
from typing import Any

from benchmarks.rivals.bridge import CalledBack
from benchmarks.rivals.conversation import Objective
from strategies.searches.base import Genomes


class _Minion(CalledBack):
    """One of minionpy's algorithms, with its own settings but for the size of its population.

    It plans with a number of renders, the first population included, and shrinks its population
    accordingly. Where it converges or ends earlier, another run follows.

    Args:
        dims: how many genes a genome has.
        population: the most genomes that an ask gives.
        seed: any non-negative integer.
        renders: what it plans with, 1 or more.
        size: of its initial population, 4 or more; with 0 it is the algorithm's own. It begins
            with the best of the first population, and fills up with uniform genomes.

    Raises:
        ValueError: if minionpy is not installed, or an argument is out of range.
    """

    @property
    @abstractmethod
    def algorithm(self) -> str:
        """Its name in minionpy."""

    def __init__(
        self, dims: int, population: int, seed: int, *, renders: int = 2000, size: int = 0
    ) -> None:
        options = {"renders": renders, "size": size}
        super().__init__(dims, population, seed, "minionpy", options)
        if renders < 1:
            raise ValueError(f"renders {renders}; allowed: 1 or more")
        if size and size < 4:
            raise ValueError(f"size {size}; allowed: 0, or 4 or more")
        self._renders, self._size = renders, size

    def minimise(self, objective: Objective, first: Genomes, seed: int) -> None:
        """Run the algorithm once."""
        import minionpy

        algorithm: Any = getattr(minionpy, self.algorithm)
        algorithm(
            objective,
            [(0.0, 1.0)] * self.dims,
            first.tolist() or None,
            self._renders,
            seed=seed,
            options={"population_size": self._size} if self._size else None,
        ).optimize()


class Jso(_Minion):
    """jSO: L-SHADE with weighted mutation and fewer parameters (Brest, Maučec & Bošković 2017)."""

    algorithm = "jSO"


class Arrde(_Minion):
    """ARRDE: differential evolution that restarts and refines (Muzakka et al. 2025)."""

    algorithm = "ARRDE"


class Lsrtde(_Minion):
    """L-SRTDE: adapts to the share of successful children (Stanovov & Semenkin 2024).

    minionpy 1.9.1 crashes where ``renders`` suffice for one generation but not for two.
    """

    algorithm = "LSRTDE"

    def __init__(
        self, dims: int, population: int, seed: int, *, renders: int = 2000, size: int = 0
    ) -> None:
        super().__init__(dims, population, seed, renders=renders, size=size)
        # Its own size is twenty times the genes.
        if renders < 2 * (size or 20 * dims):
            raise ValueError(
                f"renders {renders}; allowed: twice the size of the population, or more"
            )

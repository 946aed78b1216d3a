"""What is timed: genomes of which nothing can be skipped, and a worker's work on them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.plan.experiment import Experiment
from harness.plan.resolve import resolve
from harness.run.evaluator import Evaluator
from harness.run.problem import problem_of
from synth.subtractive.voice import Subtractive

_SOUNDING = {"onset": 0, "length": 1, "amp_sustain": 0.8, "level": 0.8}


def held(n: int) -> NDArray[np.float64]:
    """Random genomes whose note sounds from the first sample to the last, shape (n, genes)."""
    genomes = np.random.default_rng(7).random((n, len(Subtractive.space)))
    for name, gene in _SOUNDING.items():
        genomes[:, Subtractive.space.index(name)] = gene
    return genomes


def played(voice: Subtractive, genomes: NDArray[np.float64]) -> None:
    """Render genomes as a search does: side by side, in blocks that nobody keeps."""
    for blocks in voice.blocks(genomes):
        for _ in blocks:
            pass


def bound_to(fitness: str) -> Evaluator:
    """A contrived target of 1 s at 44.1 kHz, as a worker binds it."""
    given = {"name": "bench", "budget": 64, "population": 64, "targets": [{"contrived": 4}],
             "fitness": [fitness], "strategies": ["random"]}  # fmt: skip
    comparison = resolve(Experiment.model_validate(given), Path())
    return Evaluator(problem_of(comparison, "contrived_4"))

"""What a search has found besides its best genome, and the sounds of a few of it."""

import numpy as np
from numpy.typing import NDArray

from fitness.measures import NAMES
from harness.record.collections import Collected
from harness.run.broken import WORST
from harness.run.evaluator import Evaluator
from simd import LANES
from strategies.base import AgentSpec
from strategies.searches.base import Collection


def collected(
    spec: AgentSpec, found: Collection, objective: str, evaluator: Evaluator
) -> Collected | None:
    """Render some of a collection, as different as can be; broken candidates are left out.

    Args:
        spec: the agent, which owns all genes.
        found: by its search.
        objective: key of the distance that it minimises.
        evaluator: of the trial's problem.

    Returns:
        None if all candidates are broken.

    Raises:
        PluginError: if the synth fails.
    """
    whole = found.distances < WORST
    if not whole.any():
        return None
    distances, values = found.distances[whole], found.values[whole]
    genomes = np.empty_like(found.genomes[whole])
    genomes[:, list(spec.genes)] = found.genomes[whole]
    names = NAMES if found.kind == "archive" else evaluator.part_names(objective)
    heard = spread_out(values, LANES)
    genes = genomes[heard]
    sounds = evaluator.render(genes)
    return Collected(spec.name, found.kind, names, distances, values, heard, genes, sounds)


def spread_out(values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Choose rows that are far from each other, beginning with the first.

    Each is the one farthest from all that were chosen before it (Gonzalez 1985).

    Args:
        values: shape (n, k), n at least 1; each column counts by its range.
        count: the most rows to choose.

    Returns:
        Positions, ascending, shape (at most ``count``,).
    """
    spans = np.ptp(values, axis=0)
    scaled = values / np.where(spans > 0, spans, 1.0)
    chosen, far = [0], np.full(len(values), np.inf)
    for _ in range(min(count, len(values)) - 1):
        far = np.minimum(far, np.linalg.norm(scaled - scaled[chosen[-1]], axis=1))
        chosen.append(int(far.argmax()))
    return np.unique(chosen)

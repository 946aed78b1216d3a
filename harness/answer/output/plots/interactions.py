"""How much groups of genes interact: one heat map per fitness."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from harness.answer.measures.interactions import matrix_of
from harness.answer.output.plots.drawing import heat, panels
from harness.answer.output.plots.interactive import Drawing

# With more groups, figures and slanted names would overlap.
_MOST_WITH_FIGURES = 12


def interactions_plot(record: Mapping[str, Any]) -> Drawing:
    """Interaction between groups, on one scale for all fitness functions."""
    names, few = record["names"], len(record["names"]) <= _MOST_WITH_FIGURES
    matrices = {fitness: matrix_of(record, fitness) for fitness in record["fitness"]}
    highest = max(float(np.nanmax(matrix, initial=0.0)) for matrix in matrices.values())
    height = 1.4 + (0.34 if few else 0.17) * len(names)
    figure, axes = panels(len(matrices), height, columns=2 if few else 1)
    for axis, (fitness, matrix) in zip(axes, matrices.items(), strict=True):
        table = pd.DataFrame(matrix, names, names)
        heat(axis, table, 0.0, highest or 1.0, ".2f" if few else "")
        axis.set_title(fitness)
        if not few:
            axis.tick_params(axis="x", rotation=90)
    return Drawing(figure, "interactions")

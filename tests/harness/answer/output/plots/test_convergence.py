"""Plots of convergence where distances leave no room on a logarithmic axis."""

import pytest

from harness.answer.load import load_results
from harness.answer.measures.trial import measured
from harness.answer.output.plots.convergence import convergence_by_target_plot, convergence_plot


@pytest.mark.parametrize(
    "steps",
    [[(5, 0.0)], [(5, 1.0), (40, 0.0)], [(5, float("inf")), (40, 0.0)], [(5, float("inf"))]],
    ids=["always 0", "0 at the end", "0 after infinite", "infinite"],
)
def test_what_has_no_logarithm_is_drawn_too(written, steps):
    """Without a warning, which would be an error here."""
    trials = [
        {"strategy": strategy, "seed": seed, "steps": steps}
        for strategy in ("end_to_end", "random")
        for seed in range(2)
    ]
    results = load_results(written(trials, strategies=("end_to_end", "random")))
    table = measured(results)
    by_target = convergence_by_target_plot(results, table, results.targets)
    for plot in (convergence_plot(results, table), by_target):
        assert plot.svg.startswith("<svg")

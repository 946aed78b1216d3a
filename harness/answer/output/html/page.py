"""The HTML report: answers, plots with intervals, tables and sounds in one file that needs nothing.

The same results give the same bytes.
"""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness.answer.listening_test.ratings import ByEar
from harness.answer.load import Results
from harness.answer.measures.interactions import read_probe
from harness.answer.measures.network_payoff import questions
from harness.answer.output.html.listening import Listener
from harness.answer.output.html.listening_page import BLIND, blind_page
from harness.answer.output.html.tables import tables_of
from harness.answer.output.html.templates import filled, part
from harness.answer.output.plots.control import crosstalk_plot, gain_plot, set_point_plot
from harness.answer.output.plots.convergence import (
    convergence_by_target_plot,
    convergence_plot,
    ecdf_plot,
    workers_plot,
)
from harness.answer.output.plots.interactions import interactions_plot
from harness.answer.output.plots.ranks import critical_difference_plot, cross_plot, interval_plot
from harness.answer.output.plots.variance import diversity_plot
from harness.answer.questions.evaluate import Answers
from harness.record.files import write_bytes

REPORT = "report.html"


def write_report(results: Results, answers: Answers, by_ear: ByEar | None = None) -> Path:
    """Write the report beside the journal, and the page to rank by ear; gives the report's path.

    Args:
        results: all of them, variants too.
        answers: to them.
        by_ear: how the judges agree with people, if any have ranked.
    """
    listener = Listener(answers.results, answers.table)
    listening = listener.by_target()
    experiment = results.experiment
    page = filled(
        "page.html",
        name=experiment["name"],
        about=experiment["about"],
        asked=experiment.get("questions", []),
        counted=_counted(results),
        answers=answers,
        payoffs=questions(answers.payoffs),
        results=results,
        plots=_plots(results, answers),
        friedman=_friedman(answers),
        tables=tables_of(answers, by_ear),
        listening=listening,
        extremes=listener.extremes(),
        blind=BLIND,
        style=part("style.css"),
        script=part("players.js"),
        versions={name: version(name) for name in ("ga-synth", "ray", "deap", "numba", "mlflow")},
        command=f"ga-synth run {experiment['name']}.yaml",
    )
    path = results.journal.path / REPORT
    write_bytes(path.with_name(BLIND), blind_page(experiment["name"], listening))
    write_bytes(path, page)
    return path


def _counted(results: Results) -> str:
    contenders = results.contenders
    variants = len(results.strategies) - len(contenders.strategies)
    said = [
        f"{len(contenders.strategies)} strategies",
        *([f"{variants} variants of them"] if variants else []),
        f"{len(results.fitness)} fitness functions",
        f"{len(results.targets)} targets",
        f"{results.trials['seed'].nunique()} seeds",
    ]
    return f"{len(results.trials):,} trials of {results.budget:,} renders: {' × '.join(said)}."


def _plots(results: Results, answers: Answers) -> dict[str, str]:
    """Every plot that there is something for; the others are empty."""
    contenders, table, controlled = answers.results, answers.table, answers.control
    by_axis = {
        axis: [answer for answer in answers.answers if answer.question.axis == axis]
        for axis in ("strategy", "fitness")
    }
    plots: dict[str, Any] = dict.fromkeys(
        ("fitness", "gains", "set_points", "crosstalk", "ranks", "cross", "interactions"), ""
    )
    plots |= {
        "strategies": interval_plot(by_axis["strategy"], contenders.strategies),
        "convergence": convergence_plot(contenders, table),
        "ecdf": ecdf_plot(contenders, table),
        "workers": workers_plot(contenders, answers.run_times),
        "by_target": convergence_by_target_plot(contenders, table),
        "diversity": diversity_plot(contenders),
    }
    if by_axis["fitness"]:
        plots["fitness"] = interval_plot(by_axis["fitness"], contenders.fitness)
    if len(answers.cross.table) and len(contenders.fitness) > 1:
        plots["cross"] = cross_plot(answers.cross)
    if (probe := read_probe(results.journal.path)) is not None:
        plots["interactions"] = interactions_plot(probe)
    if answers.cross.ranking is not None:
        plots["ranks"] = critical_difference_plot(answers.cross.ranking)
    if controlled is not None:
        sections = controlled.gains["section"] != ""
        plots["gains"] = gain_plot(controlled) if (~sections).any() else ""
        plots["set_points"] = set_point_plot(results, controlled) if len(controlled.paths) else ""
        plots["crosstalk"] = crosstalk_plot(controlled) if sections.any() else ""
    return plots


def _friedman(answers: Answers) -> str:
    ranking = answers.cross.ranking
    if ranking is None:
        return ""
    told = "some differ" if ranking.test.f_p < 0.05 else "undecided whether any differ"
    return f"Friedman's test: {told}, p = {ranking.test.f_p:.2g}, n = {ranking.units}."

"""The HTML report: answers, plots with intervals, tables and sounds in one self-contained file.

The same results give the same bytes.
"""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from common.wording import counted
from harness.answer.listening_test.ears import ListeningTest
from harness.answer.load import Results
from harness.answer.measures.collections import shown_collections
from harness.answer.measures.interactions import read_probe
from harness.answer.measures.payoff import questions
from harness.answer.measures.shown_targets import shown_targets
from harness.answer.measures.starts import beforehand_sentence, made_beforehand
from harness.answer.output.html.figure import figure_markup
from harness.answer.output.html.listening_page import listening_page
from harness.answer.output.html.sound_cards import SoundCollector, point_cards
from harness.answer.output.html.tables import tables_of
from harness.answer.output.html.templates import filled, part
from harness.answer.output.html.terms import TERMS
from harness.answer.output.plots.collections import collections_plot
from harness.answer.output.plots.control import crosstalk_plot, gain_plot, set_point_plot
from harness.answer.output.plots.convergence import (
    convergence_by_target_plot,
    convergence_plot,
    ecdf_plot,
    workers_plot,
)
from harness.answer.output.plots.diversity import diversity_plot
from harness.answer.output.plots.interactions import interactions_plot
from harness.answer.output.plots.interactive import Drawing
from harness.answer.output.plots.ranks import (
    critical_difference_plot,
    cross_table_plot,
    interval_plot,
)
from harness.answer.questions.evaluate import Answer, Answers
from harness.answer.questions.titles import title_of
from harness.record.files import write_bytes
from harness.record.journal import LISTENING_PAGE, REPORT
from harness.statistics.resampling import LEVEL

# The answers that a reader sees first.
_GLANCE = ("strategy.speed", "strategy.diversity", "strategy.judged")
_SCRIPTS = tuple(
    f"{name}.js"
    for name in ("page", "players", "points", "tables", "legend", "panel", "pointer", "folds")
)


def write_report(
    results: Results, answers: Answers, listening_test: ListeningTest | None = None
) -> Path:
    """Write the report beside the journal, and the listening test; gives the report's path.

    Args:
        results: all results, variants included.
        answers: the answers to them.
        listening_test: what people heard, if anyone has compared sounds.
    """
    collector = SoundCollector(answers)
    shown = shown_targets(answers.results, answers.measures)
    by_target = collector.by_target(shown)
    experiment = results.experiment
    maps = shown_collections(answers.results, shown)
    page = filled(
        "page.html",
        name=experiment["name"],
        about=experiment["about"],
        asked=experiment.get("questions", []),
        size=_size(results),
        beforehand=beforehand_sentence(made_beforehand(answers.results)),
        answers=answers,
        glance=_glance(answers),
        title_of=title_of,
        terms=TERMS,
        payoffs=questions(answers.payoffs),
        results=results,
        plots={name: figure_markup(one) for name, one in _plots(results, answers, shown).items()}
        | ({"collections": figure_markup(collections_plot(maps))} if maps else {}),
        points=point_cards(maps),
        friedman=_friedman(answers),
        tables=tables_of(answers, listening_test),
        by_target=by_target,
        disputes=collector.heard_again(listening_test.disputes if listening_test else ()),
        extremes=collector.extremes(by_target),
        listening_page=LISTENING_PAGE,
        style=part("style.css") + part("figures.css"),
        script="".join(map(part, _SCRIPTS)),
        versions={name: version(name) for name in ("ga-synth", "ray", "deap", "numba", "mlflow")},
    )
    path = results.journal.path / REPORT
    found_by = dict(zip(answers.measures["name"], answers.measures["strategy"], strict=True))
    test = listening_page(experiment["name"], by_target, found_by)
    write_bytes(path.with_name(LISTENING_PAGE), test)
    write_bytes(path, page)
    return path


def _glance(answers: Answers) -> list[Answer]:
    """What a reader sees first."""
    return [a for a in answers.answers if a.question.key in _GLANCE and not a.alone]


def _size(results: Results) -> str:
    """The size of the comparison in a sentence."""
    originals = results.without_variants.strategies
    variants = len(results.strategies) - len(originals)
    axes = [
        counted(len(originals), "strategy", "strategies"),
        *([counted(variants, "variant")] if variants else []),
        counted(len(results.fitness), "fitness function"),
        counted(len(results.targets), "target"),
        counted(results.trials["seed"].nunique(), "seed"),
    ]
    trials = counted(len(results.trials), "trial")
    return f"{trials} of {counted(results.budget, 'render')}: {' × '.join(axes)}."


def _plots(results: Results, answers: Answers, shown: Sequence[str]) -> dict[str, Drawing]:
    """Name to plot, where there is something to plot; one by one of the targets that are shown."""
    contenders, table, swept = answers.results, answers.measures, answers.diversity_control
    by_axis = {
        axis: [answer for answer in answers.answers if answer.question.axis == axis]
        for axis in ("strategy", "fitness")
    }
    plots = {
        "strategies": interval_plot(by_axis["strategy"], contenders.strategies, "strategies"),
        "convergence": convergence_plot(contenders, table),
        "ecdf": ecdf_plot(contenders, table),
        "workers": workers_plot(contenders, answers.run_times),
        "by_target": convergence_by_target_plot(contenders, table, shown),
        "diversity": diversity_plot(contenders),
    }
    if glance := _glance(answers):
        plots["glance"] = interval_plot(glance, contenders.strategies, "glance")
    if by_axis["fitness"]:
        plots["fitness"] = interval_plot(by_axis["fitness"], contenders.fitness, "fitness")
    if len(answers.cross_table.table) and len(contenders.fitness) > 1:
        plots["cross_table"] = cross_table_plot(answers.cross_table)
    if (probe := read_probe(results.journal.path)) is not None:
        plots["interactions"] = interactions_plot(probe)
    if answers.cross_table.ranking is not None:
        plots["ranks"] = critical_difference_plot(answers.cross_table.ranking)
    if swept is not None:
        sections = swept.gains["section"] != ""
        if (~sections).any():
            plots["gains"] = gain_plot(swept)
        if len(swept.paths):
            plots["set_points"] = set_point_plot(results, swept)
        if sections.any():
            plots["crosstalk"] = crosstalk_plot(swept)
    return plots


def _friedman(answers: Answers) -> str:
    ranking = answers.cross_table.ranking
    if ranking is None:
        return ""
    p = ranking.test.f_p
    finding = "some differ" if p < LEVEL else "undecided whether any differ"
    return f"Friedman's test: {finding}, p = {p:.2g}, n = {counted(ranking.units, 'pair')}."

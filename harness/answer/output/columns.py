"""The tables of a comparison: every column with its unit and its meaning, in one place.

``harness.answer.output.dataframes`` writes the tables, and ``docs/tables.md`` is generated from
here. Units: a *share* lies between 0 and 1; *halvings* say how often a reference distance can be
halved before a distance is reached; *dB* compare sounds in one fixed audio feature; an empty unit
is a label or a word.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        unit: its unit, or its type where there is none.
        meaning: what a value is.
    """

    unit: str
    meaning: str


@dataclass(frozen=True)
class TableDescription:
    """A table.

    Attributes:
        row: what one row is.
        columns: name to description; ``<label>`` in a name stands for a label.
    """

    row: str
    columns: dict[str, Column]


_KEYS = {
    "strategy": Column("label", "the strategy"),
    "fitness": Column("label", "the fitness that was searched with"),
    "target": Column("label", "the target"),
    "seed": Column("number", "the repetition, from 0"),
}
_CONTENDER_KEYS = {
    "question": Column("text", "the question"),
    "axis": Column("word", "what contends: strategy, fitness or family"),
    "measure": Column("name", "the measure that answers the question"),
}
_CLOSER = "how much closer than random search's final distance"


def _with_interval(name: str, unit: str, meaning: str) -> dict[str, Column]:
    return {
        name: Column(unit, meaning),
        f"{name}_low": Column(unit, f"lower end of the 95% interval of {name}"),
        f"{name}_high": Column(unit, f"upper end of the 95% interval of {name}"),
    }


_TRIALS = TableDescription(
    "a finished trial, variants made by sweeps included",
    {
        **_KEYS,
        "name": Column("name", "the trial's folder in the journal"),
        "best": Column("distance", "best distance, in the unit of the fitness"),
        "renders": Column("renders", "renders spent"),
        "parameter_error": Column(
            "share", "mean distance of the genes from the hidden ones; only of contrived targets"
        ),
        "cpu_s": Column("seconds", "CPU time of the search"),
        "render_s": Column("seconds", "CPU time spent rendering, part of cpu_s"),
        "score_s": Column("seconds", "CPU time spent scoring, part of cpu_s"),
        "judge.<label>": Column("distance", "distance of the best sound by that judge or fitness"),
    },
)

_MEASURES = TableDescription(
    "a finished trial that takes part in the questions",
    {
        **_KEYS,
        "name": Column("name", "the trial's folder in the journal"),
        "reference": Column(
            "distance", "mean final distance of random search on that target with that fitness"
        ),
        "speed": Column(
            "share", "budget that remains when a distance is reached, mean over nine distances"
        ),
        "speed_cpu": Column("share", "the same in CPU time"),
        **{
            f"closeness_{percent}": Column("halvings", f"{_CLOSER}, after {percent}% of the budget")
            for percent in (10, 20, 50)
        },
        "closeness": Column("halvings", f"{_CLOSER}, at the end"),
        "judged": Column(
            "halvings", "how much closer than random search's best sounds, mean over the judges"
        ),
        "novelty": Column("dB", "distance to the nearest of the target and the other good sounds"),
        "stalled": Column("share", "budget that remained after the last improvement"),
        "diversity": Column(
            "distance / √genes", "mean distance between two genomes of the assembled population"
        ),
        "diversity_evaluated": Column("distance / √genes", "the same of the evaluated genomes"),
        "diversity_sound": Column("dB", "mean difference between two sounds of the population"),
        "closeness_at_equal_diversity": Column(
            "halvings", "closeness at levels of diversity that all contenders passed through"
        ),
    },
)

_ANSWERS = TableDescription(
    "a question and a pair of contenders",
    {
        "topic": Column("text", "heading of the question"),
        **_CONTENDER_KEYS,
        "verdict": Column("word", "ahead, behind, equivalent or undecided; about one"),
        "negligible": Column("true/false", "ahead or behind, but by less than rope"),
        "one": Column("label", "the first contender"),
        "other": Column("label", "the second contender"),
        "n": Column("pairs", "pairs of target and seed"),
        "probability": Column("share", "pairs in which one has the larger measure, ties half"),
        "low": Column("share", "lower end of the 95% interval of probability"),
        "high": Column("share", "upper end of the 95% interval of probability"),
        "p": Column("share", "signed-rank test, Holm-corrected"),
        **_with_interval("shift", "unit of the measure", "by how much one is larger"),
        "effect": Column("-1 to 1", "rank-biserial correlation"),
        "other_low": Column("share", "lower end of the interval of probability, other targets"),
        "other_high": Column("share", "upper end of the interval of probability, other targets"),
        "rope": Column("unit of the measure", "smaller shifts are negligible"),
        "p_equivalent": Column("share", "two one-sided tests against rope, Holm-corrected"),
        "smallest": Column("unit of the measure", "shift that is detected with 80% power"),
        "enough": Column("true/false", "whether so many pairs could decide anything"),
    },
)

_SUMMARY = TableDescription(
    "a question and a contender",
    {
        **_CONTENDER_KEYS,
        "contender": Column("label", "strategy, fitness or family"),
        "iqm": Column("unit of the measure", "interquartile mean over targets and seeds"),
        "low": Column("unit of the measure", "lower end of its 95% interval"),
        "high": Column("unit of the measure", "upper end of its 95% interval"),
    },
)

_STARTS = TableDescription(
    "a strategy, variants made by sweeps included",
    {
        "strategy": Column("label", "the strategy"),
        "start": Column("word", "uniform, heard, bank, informed or network: where it starts"),
        "kind": Column("word", "network or bank, if one was made beforehand for it"),
        "source": Column("label", "which one: the network's label, or the bank's folder"),
        "renders": Column("renders", "it took, once for all targets and outside the budget"),
        "cpu_s": Column("seconds", "CPU time that it took"),
    },
)

_CURVES = TableDescription(
    "a trial after some number of renders, all trials on one grid",
    {
        **_KEYS,
        "renders": Column("renders", "renders spent so far"),
        "best": Column("distance", "best distance so far; inf before the first"),
    },
)

_DIVERSITY = TableDescription(
    "a round of a trial, a population, a part of the genome and a statistic",
    {
        **_KEYS,
        "renders": Column("renders", "renders spent at the end of the round"),
        "population": Column("word", "assembled or evaluated"),
        "part": Column("name", "whole, or a section"),
        "statistic": Column(
            "word",
            "distance: mean distance between two genomes / √genes; deviation: mean standard "
            "deviation of a gene; entropy: mean entropy of a gene in ten bins, 0 to 1; unique: "
            "share of different genomes",
        ),
        "value": Column("as the statistic", "its value"),
    },
)

_SOUND_DIVERSITY = TableDescription(
    "a measurement of how different the sounds of a population are",
    {
        **_KEYS,
        "renders": Column("renders", "renders spent so far"),
        "assembled": Column("dB", "mean difference between sounds of the assembled population"),
        "evaluated": Column("dB", "the same of the evaluated population"),
    },
)

_RUN_TIMES = TableDescription(
    "a strategy, a goal and a clock",
    {
        "strategy": Column("label", "the strategy"),
        "goal": Column("text", "the distance to reach: the reference, or half of it"),
        "unit": Column("word", "renders or cpu_s"),
        "expected": Column("as unit", "spent per success over all trials; inf without success"),
        "low": Column("as unit", "lower end of its 95% interval; only of renders"),
        "high": Column("as unit", "upper end of its 95% interval; only of renders"),
    },
)

_WORKERS = TableDescription(
    "a strategy and a number of workers",
    {
        "strategy": Column("label", "the strategy"),
        "workers": Column("workers", "number of workers"),
        "seconds": Column("seconds", "expected simulated time to half of the reference"),
    },
)

_CROSS_TABLE = TableDescription(
    "a fitness and a judge",
    {
        "fitness": Column("label", "the fitness that was searched with"),
        "judged_by": Column("label", "the judge"),
        "kind": Column("word", "judge, or fitness if the judge was also searched with"),
        "halvings": Column("halvings", "how much closer than random search, by that judge, mean"),
    },
)

_BEST_MATCHES = TableDescription(
    "a target and a fitness: the closest sound that was found",
    {
        **{key: _KEYS[key] for key in ("target", "fitness")},
        "name": Column("name", "the trial that found it"),
        "strategy": Column("label", "its strategy"),
        "seed": Column("number", "its repetition"),
        "preferred": Column(
            "label", "the strategy whose own closest sound the most judges prefer, if any does"
        ),
        "against": Column("judges", "how many do"),
        "judges": Column("judges", "how many judges there are that no search heard"),
        "disputed": Column("true/false", "whether most of them do"),
        "f0": Column("hertz", "its fundamental frequency; unknown without a clear pitch"),
        "target_f0": Column("hertz", "the target's"),
        "cents": Column("cents", "how far its pitch is above the target's"),
        "out_of_tune": Column("true/false", "whether that is more than 50, up or down"),
    },
)

_DISAGREEMENTS = TableDescription(
    "two strategies whose order by the fitness most judges reverse, and a judge; only if there "
    "are any",
    {
        "ahead": Column("label", "the strategy that ends closer by the fitness"),
        "behind": Column("label", "the one that most judges find closer"),
        "judge": Column("label", "a judge that no search heard"),
        "verdict": Column("word", "ahead, behind or undecided by that judge; about behind"),
        "n": Column("pairs", "pairs of target and seed"),
        "probability": Column("share", "pairs in which the judge finds behind closer, ties half"),
        "low": Column("share", "lower end of its 95% interval"),
        "high": Column("share", "upper end of its 95% interval"),
        "p": Column("share", "signed-rank test, Holm-corrected for the judges"),
        "shift": Column("halvings", "by how much the judge finds behind closer"),
    },
)

_PAYOFFS = TableDescription(
    "a strategy that starts from a network or a bank; only if there are any",
    {
        "strategy": Column("label", "the seeded strategy"),
        "baseline": Column(
            "label", "the same strategy from uniform genomes, or the closest other one"
        ),
        "n": Column("pairs", "pairs of target and seed"),
        "never": Column("share", "seeded trials that never come as close as the baseline ended"),
        "kind": Column("word", "network or bank"),
        "source": Column("label", "the network's label, or the bank's folder"),
        "cost_renders": Column("renders", "spent beforehand, once for all targets"),
        "cost_cpu_s": Column("seconds", "CPU time spent beforehand, once for all targets"),
        **_with_interval("renders", "renders", "until as close as the baseline ended, median"),
        **_with_interval("baseline_renders", "renders", "until the baseline's last improvement"),
        **_with_interval("saved_renders", "renders", "median saving per target"),
        **_with_interval("saved_cpu_s", "seconds", "median saving of CPU time per target"),
        **_with_interval("targets_by_renders", "targets", "after which that is saved"),
        **_with_interval("targets_by_cpu", "targets", "after which that is saved"),
    },
)

_CONTROL = TableDescription(
    "a family on a target with a seed; only with sweeps",
    {
        "family": Column("label", "a strategy with all the values of its options"),
        **{key: _KEYS[key] for key in ("fitness", "target", "seed")},
        "monotonicity": Column("share", "rank correlation of values and diversity, without sign"),
        "span": Column("distance / √genes", "largest minus smallest steady diversity"),
        "tracking": Column("distance / √genes", "minus the mean distance from the set-point"),
        "settling": Column("share", "budget after which diversity stays within 0.03 of it"),
        "overshoot": Column("distance / √genes", "how far diversity went beyond the set-point"),
        "selectivity": Column("share", "change in the section that was varied, of all change"),
        "closeness_at_equal_steady_diversity": Column(
            "halvings", "closeness at levels of steady diversity that all families reached"
        ),
    },
)

_GAINS = TableDescription(
    "a variant on a target with a seed, and a part of the genome; only with sweeps",
    {
        **_KEYS,
        "part": Column("name", "whole, or a section"),
        "diversity": Column("distance / √genes", "steady diversity of that part"),
        "closeness": Column("halvings", f"{_CLOSER}, at the end"),
        "choice": Column("label", "the variant"),
        "family": Column("label", "the strategy that it is a variant of"),
        "knob": Column("name", "the option that was varied"),
        "search": Column("name", "the search that has the option"),
        "section": Column("name", "the only section it acts on; empty for all genes"),
        "value": Column("as the option", "its value"),
    },
)

TABLES = {
    "trials": _TRIALS,
    "measures": _MEASURES,
    "answers": _ANSWERS,
    "summary": _SUMMARY,
    "starts": _STARTS,
    "curves": _CURVES,
    "diversity": _DIVERSITY,
    "sound_diversity": _SOUND_DIVERSITY,
    "run_times": _RUN_TIMES,
    "workers": _WORKERS,
    "cross_table": _CROSS_TABLE,
    "best_matches": _BEST_MATCHES,
    "disagreements": _DISAGREEMENTS,
    "payoffs": _PAYOFFS,
    "diversity_control": _CONTROL,
    "gains": _GAINS,
}


_HEADING = "| column | unit | meaning |\n| --- | --- | --- |"


def markdown() -> str:
    """All tables as Markdown, for the documentation."""
    parts = []
    for name, table in TABLES.items():
        rows = (f"| `{c}` | {about.unit} | {about.meaning} |" for c, about in table.columns.items())
        parts.append(f"## {name}\n\nOne row: {table.row}.\n\n{_HEADING}\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"

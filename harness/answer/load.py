"""Load a journal into tables: one row per trial, per point of a curve, or per round."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from common.errors import InputError
from harness.record.broken_counts import added
from harness.record.cost import SEARCHING, Cost, cost_of
from harness.record.damage import AGAIN, damage_of
from harness.record.journal import Journal
from harness.record.trial_folder import CONFIG, SOUND

KEYS = ["strategy", "fitness", "target", "seed"]
_GRID_POINTS = 60


@dataclass(frozen=True)
class StrategyKind:
    """The part a strategy plays in the comparison, as its class declares it.

    Attributes:
        control: whether the others are only compared with it, not it with them.
        reference: whether its final distances set the scale, as those of random search do.
        baseline: label of the same strategy without its network or bank; None if there is none.
        start: where its first population comes from.
        network: label of the network that it starts from; None if it has none.
    """

    control: bool
    reference: bool
    baseline: str | None
    start: str = "uniform"
    network: str | None = None


@dataclass(frozen=True)
class Results:
    """What a comparison has found so far.

    The columns of the tables are documented in ``harness.answer.output.columns``.

    Attributes:
        journal: where the results come from.
        experiment: the experiment as resolved.
        kinds: strategy label to the part that the strategy plays.
        command: the command that ran the comparison; empty if the journal does not hold it.
        trials: one row per finished trial.
        curves: the best distance of each trial on one grid of renders.
        diversity: genetic diversity, one row per round, population, part and statistic.
        sound_diversity: how different the sounds of a population were, whenever that was measured.
        improvements: trial name to its improvements, shape (n, 2): renders so far, best distance.
        jobs: trial name to the jobs of its search, shape (n, 5): the round, renders, batches, CPU
            seconds, and the part of those spent rendering and scoring.
        variants: the strategies made by sweeps, as ``harness.plan.sweeps.Variant`` describes them.
        failures: trial name to the reason why it failed.
        damaged: trial name to what of its files was damaged.
        unfinished: names of trials that have neither finished nor failed.
        other_versions: number of finished trials that belong to other versions of the experiment.
        broken_judges: judge to the reasons why it failed, one for each trial that it failed on.
        cost: cost of all trials, those of other versions of the experiment included.
        broken: reason to how many candidates were at the worst distance for it, over all trials.
        notes: target to what a person should know of it.
    """

    journal: Journal
    experiment: dict[str, Any]
    kinds: dict[str, StrategyKind]
    command: str
    trials: pd.DataFrame
    curves: pd.DataFrame
    diversity: pd.DataFrame
    sound_diversity: pd.DataFrame
    improvements: dict[str, NDArray[np.float64]]
    jobs: dict[str, NDArray[np.float64]]
    variants: list[dict[str, Any]]
    failures: dict[str, str]
    damaged: dict[str, str]
    unfinished: list[str]
    other_versions: int
    broken_judges: dict[str, list[str]]
    cost: Cost
    broken: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, list[str]] = field(default_factory=dict)

    @cached_property
    def strategies(self) -> list[str]:
        """Labels with finished trials, in the order of the experiment; variants come last."""
        present = set(self.trials["strategy"])
        swept = [v["choice"] for v in self.variants if v["choice"] in present]
        return [*self._labels("strategies", "strategy"), *swept]

    def only(self, strategies: Iterable[str]) -> "Results":
        """The same results, restricted to some strategies; failures and cost are kept."""
        wanted = set(strategies)
        tables = {
            key: rows[rows["strategy"].isin(wanted)].reset_index(drop=True)
            for key in ("trials", "curves", "diversity", "sound_diversity")
            if "strategy" in (rows := getattr(self, key))
        }
        variants = [v for v in self.variants if v["choice"] in wanted]
        return replace(self, variants=variants, **tables)

    @cached_property
    def without_variants(self) -> "Results":
        """The same results without the strategies made by sweeps."""
        return self.only(set(self.strategies) - {v["choice"] for v in self.variants})

    @cached_property
    def fitness(self) -> list[str]:
        """Labels with finished trials, in the order of the experiment."""
        return self._labels("fitness", "fitness")

    @cached_property
    def targets(self) -> list[str]:
        """Labels with finished trials, in the order of the table."""
        return list(dict.fromkeys(self.trials["target"]))

    @cached_property
    def judges(self) -> list[str]:
        """Labels of the judges that scored every finished trial, in the experiment's order."""
        complete = self.trials.dropna(axis="columns").columns
        return [label for label in self._all_judges() if judge_column(label) in complete]

    @property
    def late_judges(self) -> list[str]:
        """Labels of the judges that were added after some trials had finished."""
        incomplete = [label for label in self._all_judges() if label not in self.judges]
        return [label for label in incomplete if label not in self.broken_judges]

    def genetic_diversity(self, population: str, part: str = "whole") -> pd.DataFrame:
        """Mean distance between two genomes, as ``value`` at ``renders``, one row per round.

        Args:
            population: ``assembled`` or ``evaluated``.
            part: ``whole``, or the name of a section.
        """
        d = self.diversity
        chosen = (d["population"] == population) & (d["part"] == part)
        return d[chosen & (d["statistic"] == "distance")]

    @property
    def budget(self) -> int:
        """Renders per trial."""
        return int(self.experiment["budget"])

    def _all_judges(self) -> list[str]:
        return [choice["label"] for choice in self.experiment["judges"]]

    def _labels(self, key: str, column: str) -> list[str]:
        present = set(self.trials[column])
        return [c["label"] for c in self.experiment[key] if c["label"] in present]


def load_results(journal: Journal) -> Results:
    """Read a journal.

    Raises:
        InputError: if nothing was run there, no trial has finished, or the journal was written by
            a version of ga-synth that did not record what the strategies are.
    """
    written = journal.experiment()
    if "strategies" not in written:
        raise InputError(
            f"{journal.path}: written by an older version of ga-synth; run the comparison again "
            "(finished trials are kept)"
        )
    folders = {name: journal.folder(name) for name in written["trials"]}
    damaged = {name: what for name, folder in folders.items() if (what := damage_of(folder))}
    intact = {name: folder for name, folder in folders.items() if name not in damaged}
    finished = {name: folder for name, folder in intact.items() if folder.finished}
    failures = {n: f.failure for n, f in intact.items() if n not in finished and f.failure}
    if not finished and damaged:
        raise InputError(f"{next(iter(damaged.values()))}; {AGAIN}")
    if not finished:
        reason = next(iter(failures.values()), "")
        why = f"; {len(failures)} failed, the first because {reason}" if failures else ""
        raise InputError(f"{journal.path}: no trial has finished{why}")
    experiment = written["experiment"]
    grid = np.unique(
        np.geomspace(experiment["population"], experiment["budget"], _GRID_POINTS).astype(int)
    )
    trials, best, broken = [], [], []
    # Every frame is made at once, of all trials: much faster than one a trial.
    points: list[_Point] = []
    sounds: list[dict[str, Any]] = []
    counts: list[tuple[int, int]] = []
    improvements: dict[str, NDArray[np.float64]] = {}
    jobs: dict[str, NDArray[np.float64]] = {}
    broken_judges: dict[str, list[str]] = {}
    every_time = []
    for name, folder in finished.items():
        config = folder.read(CONFIG)
        keys = {
            "strategy": config["strategy"]["label"],
            "fitness": config["fitness"]["label"],
            "target": config["target"]["label"],
            "seed": config["repetition"],
        }
        rows, times, judgement = folder.rows(), folder.times(), folder.judgement()
        trials.append({**keys, "name": name, **_summary(judgement, times)})
        every_time += times
        jobs[name] = _jobs(times)
        broken.append(judgement.get("broken", {}))
        for label, reason in judgement.get("refused", {}).items():
            broken_judges.setdefault(label, []).append(reason)
        improved = [step for row in rows for step in row["improvements"]]
        improvements[name] = np.array(improved, dtype=np.float64).reshape(-1, 2)
        best.append(best_at(improvements[name], grid))
        diversity = [point for row in rows for point in _diversity(row)]
        heard = [{"renders": row["renders"], **row["sound"]} for row in rows if "sound" in row]
        points += diversity
        sounds += heard
        counts.append((len(diversity), len(heard)))
    table = pd.DataFrame(trials)
    curves = pd.DataFrame({"renders": np.tile(grid, len(best)), "best": np.concatenate(best)})
    return Results(
        journal,
        experiment,
        {label: _kind(kind) for label, kind in written["strategies"].items()},
        written.get("command", ""),
        table.sort_values(KEYS, kind="stable", ignore_index=True),
        _keyed(table, [len(grid)] * len(best), curves),
        _keyed(table, [own for own, _ in counts], pd.DataFrame(points, columns=_POINT)),
        _keyed(table, [own for _, own in counts], pd.DataFrame(sounds)),
        improvements,
        jobs,
        written.get("variants", []),
        failures,
        damaged,
        [name for name in intact if name not in finished and name not in failures],
        journal.others(),
        broken_judges,
        cost_of([*every_time, *journal.times(besides=finished)]),
        added(broken),
        _notes(journal),
    )


def _notes(journal: Journal) -> dict[str, list[str]]:
    try:
        targets = journal.targets()
    except InputError as error:
        return {"a target": [f"{error}; {AGAIN}"]}
    return {label: about["notes"] for label, about in targets.items() if about.get("notes")}


def _kind(written: dict[str, Any]) -> StrategyKind:
    """The kind of a strategy; keys that a newer version may add are ignored."""
    known = [field.name for field in fields(StrategyKind)]
    return StrategyKind(**{key: written[key] for key in known if key in written})


def judge_column(label: str) -> str:
    """The column of ``Results.trials`` with the distances by one judge or fitness."""
    return f"judge.{label}"


def on_grid(results: Results, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Read every trial on one grid of renders, since rounds differ in length.

    Args:
        results: with the grid.
        rows: with ``renders`` and ``value``, in order.
        keys: the columns that identify a trial; they are kept.
    """
    grid = np.unique(results.curves["renders"].to_numpy())
    trial = rows.groupby(keys, sort=False).ngroup().to_numpy()
    order = np.argsort(trial, kind="stable")
    starts = np.flatnonzero(np.diff(trial[order], prepend=-1))
    renders, values = rows["renders"].to_numpy()[order], rows["value"].to_numpy()[order]
    read = [
        own[np.maximum(np.searchsorted(at, grid, side="right") - 1, 0)]
        for at, own in zip(np.split(renders, starts[1:]), np.split(values, starts[1:]), strict=True)
    ]
    known = rows[keys].iloc[np.repeat(order[starts], len(grid))].reset_index(drop=True)
    return known.assign(renders=np.tile(grid, len(starts)), value=np.concatenate(read))


def reference_labels(results: Results) -> list[str]:
    """The strategies whose final distances set the scale, such as random search."""
    return [s for s in results.strategies if s in results.kinds and results.kinds[s].reference]


def control_labels(results: Results) -> list[str]:
    """The strategies that the others are only compared with, such as random search."""
    return [s for s in results.strategies if s in results.kinds and results.kinds[s].control]


def best_at(improvements: NDArray[np.float64], renders: NDArray[np.int64]) -> NDArray[np.float64]:
    """The best distance after so many renders, shape (renders,); infinity before the first.

    Args:
        improvements: of one trial, shape (n, 2), as in ``Results.improvements``.
        renders: shape (renders,).
    """
    found = np.append(np.inf, improvements[:, 1])
    return np.asarray(found[np.searchsorted(improvements[:, 0], renders, side="right")])


def sound_file(results: Results, name: str) -> Path:
    """The file with the best sound of a trial."""
    return results.journal.folder(name).path / SOUND


def target_file(results: Results, target: str) -> Path:
    """The file with a target's sound."""
    return results.journal.path / "targets" / f"{target}.flac"


def _summary(judgement: dict[str, Any], times: list[Any]) -> dict[str, Any]:
    times = [row for row in times if row["kind"] in SEARCHING]
    return {
        "best": judgement["best"],
        "renders": judgement["renders"],
        "parameter_error": judgement["parameter_error"],
        **{key: sum(row[key] for row in times) for key in ("cpu_s", "render_s", "score_s")},
        **{judge_column(label): d for label, d in judgement["distances"].items()},
    }


def _jobs(times: list[Any]) -> NDArray[np.float64]:
    """The jobs of a search, one row each."""
    rows = [
        (t["round"], t["renders"], t["batches"], t["cpu_s"], t["render_s"] + t["score_s"])
        for t in times
        if t["kind"] in SEARCHING
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 5)


_Point = tuple[int, str, str, str, float]
_POINT = ["renders", "population", "part", "statistic", "value"]


def _diversity(row: dict[str, Any]) -> list[_Point]:
    return [
        (row["renders"], population, part, statistic, value)
        for population, parts in row["diversity"].items()
        for part, statistics in parts.items()
        for statistic, value in statistics.items()
    ]


def _keyed(trials: pd.DataFrame, counts: Sequence[int], rows: pd.DataFrame) -> pd.DataFrame:
    """Put the keys of trials in front of rows, of which each trial has so many."""
    keys = trials[KEYS].iloc[np.repeat(np.arange(len(counts)), counts)].reset_index(drop=True)
    return pd.concat([keys, rows], axis=1)

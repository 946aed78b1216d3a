"""Results: a journal as tables, one row a trial, a render that improved, or a round."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from common.errors import InputError
from harness.record.cost import SEARCHING, Cost, cost_of
from harness.record.journal import Journal, TrialFolder

KEYS = ["strategy", "fitness", "target", "seed"]
_GRID = 60
_RANDOM, _ALONE = "random", "network"


@dataclass(frozen=True)
class Results:
    """What a comparison has found so far.

    Attributes:
        journal: where it comes from.
        experiment: the experiment as resolved.
        trials: a row a finished trial: keys, ``best``, ``renders``, ``parameter_error``, ``cpu_s``,
            ``render_s``, ``score_s`` and ``judge.<label>`` for every distance.
        curves: ``best`` at ``renders``, for each trial on one grid of renders.
        diversity: ``value`` of each ``population`` (assembled, evaluated), ``part`` (whole or a
            section) and ``measure`` at ``renders``, a row a round.
        sound: ``assembled`` and ``evaluated`` at ``renders``: mean difference of the sounds of each
            population in dB, a row each time that they were listened to.
        steps: trial name to its improvements, shape (n, 2): renders so far and best distance.
        jobs: trial name to what its search cost, a row a job: ``round``, ``renders``, ``batches``,
            ``cpu_s`` and ``evaluate_s``, the part of it that was rendering and scoring.
        variants: what sweeps made, as ``harness.plan.sweeps.Variant`` gives them.
        failures: trial name to the reason why it failed.
        missing: names of trials that are not finished and did not fail.
        others: how many finished trials of other versions of the experiment lie beside these.
        refused: judge to the reasons, one for each trial on which it broke.
        cost: what all of it cost, trials of other versions of the experiment included.
    """

    journal: Journal
    experiment: dict[str, Any]
    trials: pd.DataFrame
    curves: pd.DataFrame
    diversity: pd.DataFrame
    sound: pd.DataFrame
    steps: dict[str, NDArray[np.float64]]
    jobs: dict[str, pd.DataFrame]
    variants: list[dict[str, Any]]
    failures: dict[str, str]
    missing: list[str]
    others: int
    refused: dict[str, list[str]]
    cost: Cost

    @property
    def strategies(self) -> list[str]:
        """Labels with finished trials, in the order of the experiment; variants come last."""
        there = set(self.trials["strategy"])
        swept = [v["choice"] for v in self.variants if v["choice"] in there]
        return [*self._labels("strategies", "strategy"), *swept]

    def only(self, strategies: Iterable[str]) -> "Results":
        """The same without the trials of other strategies; failures and cost stay."""
        wanted = set(strategies)
        tables = {
            key: rows[rows["strategy"].isin(wanted)].reset_index(drop=True)
            for key in ("trials", "curves", "diversity", "sound")
            if "strategy" in (rows := getattr(self, key))
        }
        variants = [v for v in self.variants if v["choice"] in wanted]
        return replace(self, variants=variants, **tables)

    @property
    def contenders(self) -> "Results":
        """The same without the variants that sweeps made."""
        return self.only(set(self.strategies) - {v["choice"] for v in self.variants})

    @property
    def fitness(self) -> list[str]:
        """Labels with finished trials, in the order of the experiment."""
        return self._labels("fitness", "fitness")

    @property
    def targets(self) -> list[str]:
        """Labels with finished trials, in the order of the table."""
        return list(dict.fromkeys(self.trials["target"]))

    @property
    def judges(self) -> list[str]:
        """Labels of the judges that heard every finished trial, in the order of the experiment."""
        heard = self.trials.dropna(axis="columns").columns
        return [label for label in self._all_judges() if f"judge.{label}" in heard]

    @property
    def deaf(self) -> list[str]:
        """Labels of the judges that were added after some trials had finished."""
        missing = [label for label in self._all_judges() if label not in self.judges]
        return [label for label in missing if label not in self.refused]

    def variance(self, population: str, part: str = "whole") -> pd.DataFrame:
        """Mean distance of two genomes of a population, ``value`` at ``renders``, a row a round."""
        d = self.diversity
        chosen = (d["population"] == population) & (d["part"] == part)
        return d[chosen & (d["measure"] == "distance")]

    @property
    def budget(self) -> int:
        """Renders of a trial."""
        return int(self.experiment["budget"])

    def _all_judges(self) -> list[str]:
        return [choice["label"] for choice in self.experiment["judges"]]

    def _labels(self, key: str, column: str) -> list[str]:
        there = set(self.trials[column])
        return [c["label"] for c in self.experiment[key] if c["label"] in there]


def load_results(journal: Journal) -> Results:
    """Read a journal.

    Raises:
        InputError: if nothing was run there, or no trial is finished.
    """
    written = journal.experiment()
    folders = {name: journal.folder(name) for name in written["trials"]}
    finished = {name: folder for name, folder in folders.items() if folder.finished}
    failures = {n: f.failure for n, f in folders.items() if n not in finished and f.failure}
    missing = [name for name in folders if name not in finished and name not in failures]
    if not finished:
        reason = next(iter(failures.values()), "")
        why = f"; {len(failures)} failed, the first because {reason}" if failures else ""
        raise InputError(f"{journal.path}: no trial is finished{why}")
    experiment = written["experiment"]
    grid = np.unique(
        np.geomspace(experiment["population"], experiment["budget"], _GRID).astype(int)
    )
    trials, curves, diversity, sound = [], [], [], []
    steps: dict[str, NDArray[np.float64]] = {}
    jobs: dict[str, pd.DataFrame] = {}
    refused: dict[str, list[str]] = {}
    for name, folder in finished.items():
        config = folder.config()
        keys = {
            "strategy": config["strategy"]["label"],
            "fitness": config["fitness"]["label"],
            "target": config["target"]["label"],
            "seed": config["repetition"],
        }
        rows, times = folder.rows(), folder.times()
        trials.append({**keys, "name": name, **_summary(folder, times)})
        jobs[name] = _jobs(times)
        for label, reason in folder.judgement().get("refused", {}).items():
            refused.setdefault(label, []).append(reason)
        improved = [step for row in rows for step in row["improvements"]]
        steps[name] = np.array(improved, dtype=np.float64).reshape(-1, 2)
        best = best_at(steps[name], grid)
        curves += [{**keys, "renders": r, "best": b} for r, b in zip(grid, best, strict=True)]
        diversity += [{**keys, **point} for row in rows for point in _diversity(row)]
        heard = [row for row in rows if "sound" in row]
        sound += [{**keys, "renders": row["renders"], **row["sound"]} for row in heard]
    return Results(
        journal,
        experiment,
        pd.DataFrame(trials).sort_values(KEYS, kind="stable", ignore_index=True),
        pd.DataFrame(curves),
        pd.DataFrame(diversity),
        pd.DataFrame(sound),
        steps,
        jobs,
        written.get("variants", []),
        failures,
        missing,
        journal.others(),
        refused,
        cost_of(journal.times()),
    )


def on_grid(results: Results, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rounds cost different numbers of renders: read every trial on one grid.

    Args:
        results: with the grid.
        rows: with ``renders`` and ``value``, in order.
        keys: columns that tell trials apart, which are kept.
    """
    grid = np.unique(results.curves["renders"].to_numpy())
    found = []
    for key, trial in rows.groupby(keys, sort=False):
        at = np.searchsorted(trial["renders"].to_numpy(), grid, side="right") - 1
        values = trial["value"].to_numpy()[np.maximum(at, 0)]
        known = dict(zip(keys, key, strict=True))
        found.append(pd.DataFrame({**known, "renders": grid, "value": values}))
    return pd.concat(found)


def random_labels(results: Results) -> list[str]:
    """The strategies that are random search: the controls."""
    there = set(results.strategies)
    choices = results.experiment["strategies"]
    return [c["label"] for c in choices if c["name"] == _RANDOM and c["label"] in there]


def control_labels(results: Results) -> list[str]:
    """The strategies that others are only set against: random search, and networks alone."""
    there = set(results.strategies)
    choices = results.experiment["strategies"]
    return [c["label"] for c in choices if c["name"] in (_RANDOM, _ALONE) and c["label"] in there]


def best_at(steps: NDArray[np.float64], renders: NDArray[np.int64]) -> NDArray[np.float64]:
    """The best distance after so many renders, shape (renders,); infinity before the first.

    Args:
        steps: improvements, shape (n, 2), as in ``Results.steps``.
        renders: shape (renders,).
    """
    found = np.append(np.inf, steps[:, 1])
    return np.asarray(found[np.searchsorted(steps[:, 0], renders, side="right")])


def sound_file(results: Results, name: str) -> Path:
    """The best sound of a trial."""
    from harness.record.journal import SOUND

    return results.journal.folder(name).path / SOUND


def _summary(folder: TrialFolder, times: list[Any]) -> dict[str, Any]:
    judgement = folder.judgement()
    times = [row for row in times if row["kind"] in SEARCHING]
    return {
        "best": judgement["best"],
        "renders": judgement["renders"],
        "parameter_error": judgement["parameter_error"],
        **{key: sum(row[key] for row in times) for key in ("cpu_s", "render_s", "score_s")},
        **{f"judge.{label}": d for label, d in judgement["distances"].items()},
    }


def _jobs(times: list[Any]) -> pd.DataFrame:
    """What the jobs of a search cost, a row each."""
    rows = [
        (t["round"], t["renders"], t["batches"], t["cpu_s"], t["render_s"] + t["score_s"])
        for t in times
        if t["kind"] in SEARCHING
    ]
    return pd.DataFrame(rows, columns=["round", "renders", "batches", "cpu_s", "evaluate_s"])


def _diversity(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "renders": row["renders"],
            "population": population,
            "part": part,
            "measure": m,
            "value": v,
        }
        for population, parts in row["diversity"].items()
        for part, measures in parts.items()
        for m, v in measures.items()
    ]

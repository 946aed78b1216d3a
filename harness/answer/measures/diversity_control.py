"""How well genetic diversity can be controlled, measured the way control engineering does.

Computed from the sweeps of an experiment. A *family* is a strategy together with all the values
that a sweep gave to its options. What a value leads to is the *steady diversity*: the mean distance
between two genomes of the assembled population, mean over the last half of the budget. An option
called ``diversity`` is a set-point: the diversity itself that a controller is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from harness.answer.load import Results
from harness.answer.measures.halvings import halvings

CELL = ["family", "fitness", "target", "seed"]
CLOSENESS = "closeness_at_equal_steady_diversity"
MEASURES = ("monotonicity", "span", "tracking", "settling", "overshoot", "selectivity", CLOSENESS)
SET_POINT = "diversity"
_STEADY = 0.5
# A controller has settled when it stays this close to its set-point.
_TOLERANCE = 0.03
_LEVELS = 10
_WHOLE = "whole"


@dataclass(frozen=True)
class DiversityControl:
    """What the sweeps of a comparison show.

    Attributes:
        table: one row per family and cell, with the columns in ``MEASURES``; NaN where there was no
            sweep for it.
        gains: one row per variant, cell and part of the genome: ``family``, ``knob`` (the option),
            ``section``, ``value``, steady ``diversity`` and ``closeness``.
        paths: diversity over renders where a set-point was asked for: ``family``, ``value`` (the
            set-point), ``renders``, ``diversity``.
    """

    table: pd.DataFrame
    gains: pd.DataFrame
    paths: pd.DataFrame

    def crosstalk(self, family: str) -> pd.DataFrame:
        """How much each section changed (columns) when one section's option was varied (rows).

        Each row sums to 1.
        """
        chosen = self.gains[(self.gains["family"] == family) & (self.gains["section"] != "")]
        keys = ["fitness", "target", "seed", "section", "part"]
        moved = _span(chosen.groupby(keys, sort=False)["diversity"]).reset_index()
        moved = moved[moved["part"] != _WHOLE]
        wide = moved.groupby(["section", "part"], sort=False)["diversity"].mean().unstack("part")
        return wide.div(wide.sum(axis=1), axis=0)


def diversity_control(results: Results, table: pd.DataFrame) -> DiversityControl | None:
    """Measure control from the variants among the trials; None if there are none.

    Args:
        results: with the variants.
        table: all trials, with ``reference``.
    """
    if not any(v["choice"] in set(results.trials["strategy"]) for v in results.variants):
        return None
    gains = _gains(results, table)
    rows = [
        {**dict(zip(CELL, keys, strict=True)), **_measured(cell)}
        for keys, cell in gains.groupby(CELL, sort=False)
    ]
    found = pd.DataFrame(rows).merge(_closeness(gains), on=CELL, how="left")
    paths = _paths(results)
    if len(paths):
        found = found.merge(_tracked(paths, results.budget), on=CELL, how="left")
    return DiversityControl(found.reindex(columns=[*CELL, *MEASURES]), gains, paths)


def _gains(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    """Steady diversity of every part, and closeness, of each variant's trials."""
    variants = pd.DataFrame(results.variants).rename(columns={"strategy": "family"})
    keys = ["strategy", "fitness", "target", "seed"]
    d = results.diversity
    steady = d[
        (d["renders"] >= _STEADY * results.budget)
        & (d["population"] == "assembled")
        & (d["statistic"] == "distance")
    ]
    means = steady.groupby([*keys, "part"], sort=False)["value"].mean().rename("diversity")
    closeness = table.assign(closeness=halvings(table["best"], table["reference"]))
    rows = means.reset_index().merge(closeness[[*keys, "closeness"]], on=keys)
    columns = ["choice", "family", "knob", "search", "section", "value"]
    return rows.merge(variants[columns], left_on="strategy", right_on="choice")


def _measured(cell: pd.DataFrame) -> dict[str, float]:
    """Monotonicity and span of the options that act on all genes, selectivity of the others."""
    whole = cell[(cell["section"] == "") & (cell["part"] == _WHOLE) & (cell["knob"] != SET_POINT)]
    monotonicity, span = [], []
    for _, curve in whole.groupby(["search", "knob"], sort=False):
        ranks = curve["value"].rank(), curve["diversity"].rank()
        flat = curve["diversity"].nunique() < 2
        monotonicity.append(0.0 if flat else abs(float(np.corrcoef(*ranks)[0, 1])))
        span.append(float(curve["diversity"].max() - curve["diversity"].min()))
    return {
        "monotonicity": float(np.mean(monotonicity)) if monotonicity else np.nan,
        "span": float(np.mean(span)) if span else np.nan,
        "selectivity": _selectivity(cell[(cell["section"] != "") & (cell["part"] != _WHOLE)]),
    }


def _selectivity(varied: pd.DataFrame) -> float:
    """Change in the varied section as a share of the change in all, mean over sections."""
    if not len(varied):
        return np.nan
    moved = _span(varied.groupby(["section", "part"], sort=False)["diversity"]).reset_index()
    total = moved.groupby("section")["diversity"].sum()
    own = moved[moved["section"] == moved["part"]].set_index("section")["diversity"]
    shares = own / total.where(total > 0)
    return float(shares.fillna(0.0).mean())


def _span(grouped: Any) -> pd.Series:
    span: pd.Series = grouped.max() - grouped.min()
    return span


def _closeness(gains: pd.DataFrame) -> pd.DataFrame:
    """Closeness at equal steady diversity, over the range that all families of a cell reached."""
    whole = gains[(gains["section"] == "") & (gains["part"] == _WHOLE)]
    found: list[dict[str, Any]] = []
    for _, cell in whole.groupby(CELL[1:], sort=False):
        curves = {family: rows.sort_values("diversity") for family, rows in cell.groupby("family")}
        low = max(float(rows["diversity"].min()) for rows in curves.values())
        high = min(float(rows["diversity"].max()) for rows in curves.values())
        if low >= high:
            continue
        levels = np.linspace(low, high, _LEVELS)
        for rows in curves.values():
            at = np.interp(levels, rows["diversity"], rows["closeness"])
            first = rows.iloc[0]
            found.append({**{key: first[key] for key in CELL}, CLOSENESS: float(at.mean())})
    return pd.DataFrame(found, columns=[*CELL, CLOSENESS])


def _paths(results: Results) -> pd.DataFrame:
    """Diversity over renders of every trial that has a set-point."""
    whole = results.genetic_diversity("assembled")
    wanted = [v for v in results.variants if v["knob"] == SET_POINT and not v["section"]]
    parts = [
        whole[whole["strategy"] == v["choice"]]
        .rename(columns={"value": "diversity"})
        .assign(family=v["strategy"], value=v["value"])
        for v in wanted
    ]
    columns = [*CELL, "value", "renders", "diversity"]
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)


def _tracked(paths: pd.DataFrame, budget: int) -> pd.DataFrame:
    """Tracking, settling and overshoot, mean over set-points."""
    rows = list(_responses(paths, budget))
    return pd.DataFrame(rows).groupby(CELL, sort=False).mean().reset_index()


def _responses(paths: pd.DataFrame, budget: int) -> Iterator[dict[str, Any]]:
    for keys, path in paths.groupby([*CELL, "value"], sort=False):
        wanted = float(path["value"].iloc[0])
        off = (path["diversity"] - wanted).to_numpy()
        renders = path["renders"].to_numpy()
        steady = renders >= _STEADY * budget
        away = np.flatnonzero(np.abs(off) > _TOLERANCE)
        # After the last round outside the tolerance; the whole budget if that is the final round.
        settled = renders[away[-1]] / budget if len(away) else 0.0
        # Diversity starts high, so overshooting means falling below the set-point, or vice versa.
        side = np.sign(off[0]) or 1.0
        yield {
            **dict(zip(CELL, keys[:-1], strict=True)),
            "tracking": -float(np.abs(off[steady]).mean()) if steady.any() else np.nan,
            "settling": float(settled),
            "overshoot": float(max(0.0, (-side * off).max())),
        }

"""How well genetic variance can be controlled, measured as control is.

From the sweeps of an experiment. A *family* is a strategy with all values of its knobs. What a knob
leads to is the steady variance: the mean over the last half of the budget of the mean distance of
two genomes of the assembled population. A knob called ``diversity`` is a set-point: the variance
itself that a controller is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from harness.answer.load import Results
from harness.answer.measures.halvings import halvings

CELL = ["family", "fitness", "target", "seed"]
MEASURES = ("monotony", "span", "tracking", "settling", "overshoot", "selectivity", "price")
SET_POINT = "diversity"
_STEADY = 0.5
# Settled is what stays this near to its set-point.
_NEAR = 0.03
_LEVELS = 10
_WHOLE = "whole"


@dataclass(frozen=True)
class Control:
    """What the sweeps of a comparison show.

    Attributes:
        table: a row a family and cell, with ``MEASURES``; NaN where there was no such sweep.
            ``tracking`` is minus the mean distance from the set-point, ``settling`` the share of
            the budget after which the variance stays within 0.03 of it, ``overshoot`` how far it
            went beyond.
        gains: a row a variant and cell: ``family``, ``knob``, ``section``, ``value``, ``variance``,
            ``closeness`` and the variance of each ``part``.
        paths: set-points over the renders: ``family``, ``value``, ``renders``, ``variance``.
    """

    table: pd.DataFrame
    gains: pd.DataFrame
    paths: pd.DataFrame

    def crosstalk(self, family: str) -> pd.DataFrame:
        """How far each section moved (columns) when a knob of one was turned (rows), 0 to 1."""
        chosen = self.gains[(self.gains["family"] == family) & (self.gains["section"] != "")]
        keys = ["fitness", "target", "seed", "section", "part"]
        moved = _span(chosen.groupby(keys, sort=False)["variance"]).reset_index()
        moved = moved[moved["part"] != _WHOLE]
        wide = moved.groupby(["section", "part"], sort=False)["variance"].mean().unstack("part")
        return wide.div(wide.sum(axis=1), axis=0)


def control(results: Results, table: pd.DataFrame) -> Control | None:
    """Measure control from the variants among the trials; None if there are none.

    Args:
        results: with the variants.
        table: of all trials, with ``reference``.
    """
    if not any(v["choice"] in set(results.trials["strategy"]) for v in results.variants):
        return None
    gains = _gains(results, table)
    rows = [
        {**dict(zip(CELL, keys, strict=True)), **_measured(cell)}
        for keys, cell in gains.groupby(CELL, sort=False)
    ]
    found = pd.DataFrame(rows).merge(_prices(gains), on=CELL, how="left")
    paths = _paths(results)
    if len(paths):
        found = found.merge(_tracked(paths, results.budget), on=CELL, how="left")
    return Control(found.reindex(columns=[*CELL, *MEASURES]), gains, paths)


def _gains(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    """Steady variance of every part, and closeness, of each variant's trials."""
    variants = pd.DataFrame(results.variants).rename(columns={"strategy": "family"})
    keys = ["strategy", "fitness", "target", "seed"]
    d = results.diversity
    steady = d[
        (d["renders"] >= _STEADY * results.budget)
        & (d["population"] == "assembled")
        & (d["measure"] == "distance")
    ]
    means = steady.groupby([*keys, "part"], sort=False)["value"].mean().rename("variance")
    closeness = table.assign(closeness=halvings(table["best"], table["reference"]))
    rows = means.reset_index().merge(closeness[[*keys, "closeness"]], on=keys)
    columns = ["choice", "family", "knob", "search", "section", "value"]
    return rows.merge(variants[columns], left_on="strategy", right_on="choice")


def _measured(cell: pd.DataFrame) -> dict[str, float]:
    """Monotony and span over the knobs that turn for all genes, selectivity of the others."""
    whole = cell[(cell["section"] == "") & (cell["part"] == _WHOLE) & (cell["knob"] != SET_POINT)]
    monotony, span = [], []
    for _, curve in whole.groupby(["search", "knob"], sort=False):
        ranks = curve["value"].rank(), curve["variance"].rank()
        flat = curve["variance"].nunique() < 2
        monotony.append(0.0 if flat else abs(float(np.corrcoef(*ranks)[0, 1])))
        span.append(float(curve["variance"].max() - curve["variance"].min()))
    return {
        "monotony": float(np.mean(monotony)) if monotony else np.nan,
        "span": float(np.mean(span)) if span else np.nan,
        "selectivity": _selectivity(cell[(cell["section"] != "") & (cell["part"] != _WHOLE)]),
    }


def _selectivity(turned: pd.DataFrame) -> float:
    """How far the turned section moved as a share of all movement, mean over sections."""
    if not len(turned):
        return np.nan
    moved = _span(turned.groupby(["section", "part"], sort=False)["variance"]).reset_index()
    total = moved.groupby("section")["variance"].sum()
    own = moved[moved["section"] == moved["part"]].set_index("section")["variance"]
    shares = own / total.where(total > 0)
    return float(shares.fillna(0.0).mean())


def _span(grouped: Any) -> pd.Series:
    span: pd.Series = grouped.max() - grouped.min()
    return span


def _prices(gains: pd.DataFrame) -> pd.DataFrame:
    """Closeness at the same mean variance, over what all families of a cell were brought to."""
    whole = gains[(gains["section"] == "") & (gains["part"] == _WHOLE)]
    found: list[dict[str, Any]] = []
    for _, cell in whole.groupby(CELL[1:], sort=False):
        curves = {family: rows.sort_values("variance") for family, rows in cell.groupby("family")}
        low = max(float(rows["variance"].min()) for rows in curves.values())
        high = min(float(rows["variance"].max()) for rows in curves.values())
        if low >= high:
            continue
        levels = np.linspace(low, high, _LEVELS)
        for rows in curves.values():
            at = np.interp(levels, rows["variance"], rows["closeness"])
            first = rows.iloc[0]
            found.append({**{key: first[key] for key in CELL}, "price": float(at.mean())})
    return pd.DataFrame(found, columns=[*CELL, "price"])


def _paths(results: Results) -> pd.DataFrame:
    """Variance over the renders of every trial that has a set-point."""
    whole = results.variance("assembled")
    wanted = [v for v in results.variants if v["knob"] == SET_POINT and not v["section"]]
    parts = [
        whole[whole["strategy"] == v["choice"]]
        .rename(columns={"value": "variance"})
        .assign(family=v["strategy"], value=v["value"])
        for v in wanted
    ]
    columns = [*CELL, "value", "renders", "variance"]
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)


def _tracked(paths: pd.DataFrame, budget: int) -> pd.DataFrame:
    """Tracking, settling and overshoot, mean over set-points."""
    rows = list(_responses(paths, budget))
    return pd.DataFrame(rows).groupby(CELL, sort=False).mean().reset_index()


def _responses(paths: pd.DataFrame, budget: int) -> Iterator[dict[str, Any]]:
    for keys, path in paths.groupby([*CELL, "value"], sort=False):
        wanted = float(path["value"].iloc[0])
        off = (path["variance"] - wanted).to_numpy()
        renders = path["renders"].to_numpy()
        steady = renders >= _STEADY * budget
        away = np.flatnonzero(np.abs(off) > _NEAR)
        # After the last round that was away; the whole budget if that was the last of all.
        settled = renders[away[-1]] / budget if len(away) else 0.0
        # Variance begins high: beyond the set-point is below it, and the other way round.
        side = np.sign(off[0]) or 1.0
        yield {
            **dict(zip(CELL, keys[:-1], strict=True)),
            "tracking": -float(np.abs(off[steady]).mean()) if steady.any() else np.nan,
            "settling": float(settled),
            "overshoot": float(max(0.0, (-side * off).max())),
        }

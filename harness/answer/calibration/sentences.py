"""The result of a calibration, as sentences and as a table."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, get_args

import numpy as np
import pandas as pd

from common.wording import counted
from harness.answer.calibration.simulate import TIMES, Calibration, Finding
from harness.statistics.resampling import LEVEL

_COLUMNS = ["kind", "measure", "strategies", "n", "times", "shift", "decided", "of", "share",
            "low", "high", "wrong", "promised", "finding"]  # fmt: skip
_LIMIT: dict[Finding, str] = {"holds": "kept", "undecided": "undecided", "too many": "exceeded"}
_WAYS = {
    "shuffled": "Values shuffled among strategies, any two called different",
    "pooled": "A strategy against itself, called different",
}


def sentences(found: Calibration) -> list[str]:
    """The result in a few sentences."""
    return [*_false(found), *_planted(found), *_twins(found)]


def rows(found: Calibration) -> pd.DataFrame:
    """Every figure, one per row.

    ``kind`` is ``shuffled`` or ``pooled`` (simulated A/A comparisons), ``planted`` (A/B), or
    ``run``: the verdict on a strategy that was run under two labels.
    """
    made: list[dict[str, Any]] = [
        {
            "kind": f.way,
            "measure": f.measure,
            "strategies": ", ".join(f.strategies),
            "n": f.n,
            **asdict(f.rate),
            "share": f.rate.share,
            "finding": f.finding,
        }
        for f in found.false
    ]
    made += [
        {
            "kind": "planted",
            "measure": p.measure,
            "strategies": f"{p.one}, {p.other}",
            "n": p.n,
            "times": p.times,
            "shift": p.shift,
            **asdict(p.planted.found),
            "share": p.planted.found.share,
            "wrong": p.planted.wrong.share,
            "promised": p.planted.promised,
            "finding": "",
        }
        for p in found.planted
    ]
    made += [
        {
            "kind": "run",
            "measure": measure,
            "strategies": f"{pair.one}, {pair.other}",
            "n": pair.n,
            "shift": pair.shift,
            "decided": int(pair.decided),
            "of": 1,
            "finding": pair.verdict,
        }
        for measure, pair in found.twins
    ]
    return pd.DataFrame(made, columns=_COLUMNS)


def plain(found: Calibration) -> dict[str, Any]:
    """The result as plain values for JSON, which has no NaN."""
    return {
        "comparisons": found.comparisons,
        "allowed": LEVEL,
        "sentences": sentences(found),
        "notes": found.notes,
        "rows": json.loads(rows(found).to_json(orient="records", double_precision=15)),
    }


def _false(found: Calibration) -> Iterator[str]:
    for way, what in _WAYS.items():
        made = [f for f in found.false if f.way == way]
        if not made:
            continue
        worst = max(made, key=lambda f: f.rate.share)
        findings = [f.finding for f in made]
        tally = [
            f"{_LIMIT[word]} in {counted(findings.count(word), 'case')}"
            for word in get_args(Finding)
            if word in findings
        ]
        mean, rate = np.mean([f.rate.share for f in made]), worst.rate
        yield (
            f"{what}: {mean:.1%} on average, at most {rate.share:.1%} [{rate.low:.1%}, "
            f"{rate.high:.1%}] ({worst.measure}). The {LEVEL:.0%} limit is {', '.join(tally)}."
        )


def _planted(found: Calibration) -> Iterator[str]:
    for times in TIMES:
        made = [p.planted for p in found.planted if p.times == times]
        if not made:
            continue
        shares = np.array([p.found.share for p in made])
        promised = np.array([p.promised for p in made])
        furthest = 100 * np.abs(shares - promised).max()
        wrong = np.mean([p.wrong.share for p in made])
        yield (
            f"Planted shifts of {times:g} × the smallest detectable: {shares.mean():.0%} found, "
            f"{promised.mean():.0%} promised; the largest gap between the two is {furthest:.0f} "
            f"percentage points; {wrong:.1%} decided with the wrong sign."
        )


def _twins(found: Calibration) -> Iterator[str]:
    if not found.twins:
        return
    verdicts = [pair.verdict for _, pair in found.twins]
    decided = [f"{m}: {pair.ahead} ahead" for m, pair in found.twins if pair.decided]
    which = f" ({'; '.join(decided)})" if decided else ""
    yield (
        f"Run under two labels: {counted(len(verdicts), 'verdict')}, {len(decided)} decided"
        f"{which}, {verdicts.count('equivalent')} equivalent, "
        f"{verdicts.count('undecided')} undecided. "
        "Verdicts on one pair of strategies by several measures are not independent."
    )

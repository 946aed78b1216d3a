"""What the test of the instrument says, in words and as a table."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, get_args

import numpy as np
import pandas as pd

from harness.answer.calibration.simulate import TIMES, Calibration, Said
from harness.statistics.resampling import LEVEL

_COLUMNS = ["kind", "measure", "strategies", "n", "times", "shift", "decided", "of", "share",
            "low", "high", "wrong", "promised", "said"]  # fmt: skip
_WAYS = {
    "swapped": "Strategies dealt anew, any two told apart",
    "pooled": "One strategy against itself, told apart",
}


def sentences(found: Calibration) -> list[str]:
    """What it comes to."""
    return [*_false(found), *_planted(found), *_twins(found)]


def rows(found: Calibration) -> pd.DataFrame:
    """Every figure, a row each.

    Its ``kind`` is ``swapped`` or ``pooled`` (simulated A/A), ``planted`` (A/B), or ``run``: the
    verdict on a strategy that was run under two names.
    """
    made: list[dict[str, Any]] = [
        {
            "kind": f.way,
            "measure": f.measure,
            "strategies": ", ".join(f.strategies),
            "n": f.n,
            **asdict(f.rate),
            "share": f.rate.share,
            "said": f.said,
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
            "said": "",
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
            "said": pair.verdict,
        }
        for measure, pair in found.twins
    ]
    return pd.DataFrame(made, columns=_COLUMNS)


def plain(found: Calibration) -> dict[str, Any]:
    """As plain values for JSON, which knows no NaN."""
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
        said = [f.said for f in made]
        counted = [f"{word} {said.count(word)} times" for word in get_args(Said) if word in said]
        mean, rate = np.mean([f.rate.share for f in made]), worst.rate
        yield (
            f"{what}: {mean:.1%} on average, at most {rate.share:.1%} [{rate.low:.1%}, "
            f"{rate.high:.1%}] ({worst.measure}). That no more than {LEVEL:.0%} are: "
            f"{', '.join(counted)}."
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
            f"Planted, {times:g} × the smallest shift that would be seen: found in "
            f"{shares.mean():.0%}, promised {promised.mean():.0%}, furthest apart by "
            f"{furthest:.0f} points; decided the wrong way round in {wrong:.1%}."
        )


def _twins(found: Calibration) -> Iterator[str]:
    if not found.twins:
        return
    verdicts = [pair.verdict for _, pair in found.twins]
    decided = [f"{m}: {pair.ahead} ahead" for m, pair in found.twins if pair.decided]
    which = f" ({'; '.join(decided)})" if decided else ""
    yield (
        f"Truly run under two names: {len(verdicts)} verdicts, {len(decided)} decided{which}, "
        f"{verdicts.count('equivalent')} equivalent, {verdicts.count('undecided')} undecided. "
        "Verdicts on one pair by several measures come from the same trials."
    )

"""``make real``: every real synth played and searched, small, and a table of what it is like.

A backend whose parts are missing is left out, and said. The rig is a JACK server without a sound
card, with amsynth on it, started for it alone.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.studio import amsynth, jack_server
from common.errors import InputError
from harness.plan.comparison import Comparison
from harness.plan.experiment import read_experiment
from harness.plan.resolve import resolve

EXPERIMENTS = ("plugin", "vital", "puredata", "rig")
_FOLDER = Path(__file__).parents[1] / "experiments"
_RENDERS = 24
_STRATEGIES = ("society", "end_to_end", "random")


@dataclass(frozen=True)
class Played:
    """How a synth plays.

    Attributes:
        renders_per_s: sounds of one second, rendered a second by one process.
        repeatable: how near two renders of one genome are, after different others.
    """

    renders_per_s: float
    repeatable: str


def main() -> None:
    """Run the experiments and print the table."""
    parser = argparse.ArgumentParser(description="Play and search every real synth.")
    parser.add_argument("--out", default="runs", help="folder of all comparisons")
    parser.add_argument("--size", default="smoke", help="of the experiments; all of them if empty")
    given = parser.parse_args()
    console = Console(width=150)
    rows, left_out = [], []
    for name in EXPERIMENTS:
        with ExitStack() as stack:
            try:
                if name == "rig":
                    stack.enter_context(_studio())
                comparison = resolve(read_experiment(_FOLDER / f"{name}.yaml"), _FOLDER)
                rows.append(_row(name, comparison, given.out, given.size))
            except (InputError, RuntimeError) as error:
                left_out.append(f"{name}: {error}")
    table = Table(box=None, pad_edge=False)
    for column in ("synth", "renders of 1 s a second", "repeatable"):
        table.add_column(column)
    for kind in ("of its own", "recorded"):
        table.add_column(f"{kind}: society / end-to-end / random")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print("Distances: medians of the best by the experiment's fitness, at equal renders.")
    for line in left_out:
        console.print(f"left out: {line}")
    sys.exit(1 if left_out else 0)


@contextmanager
def _studio() -> Iterator[None]:
    """The server that experiments/rig.yaml names, with amsynth on it."""
    with jack_server("ga-synth") as server, amsynth(server):
        yield


def _row(name: str, comparison: Comparison, out: str, size: str) -> tuple[str, ...]:
    played = _play(comparison)
    words = ["run", str(_FOLDER / f"{name}.yaml"), "--out", out]
    words += ["--size", size] if size else []
    done = subprocess.run(  # noqa: S603 - this Python, and our own command
        [sys.executable, "-m", "harness.cli", *words], check=False
    )
    if done.returncode:
        raise RuntimeError(f"ga-synth {' '.join(words)} ended with {done.returncode}")
    folder = Path(out) / (f"{name}-{size}" if size else name)
    trials = pd.read_parquet(folder / "tables" / "trials.parquet")
    trials["own"] = trials["parameter_error"].notna()
    best = trials.groupby(["own", "strategy"])["best"].median()
    return (
        name,
        f"{played.renders_per_s:,.1f}",
        played.repeatable,
        *(_distances(best, own) for own in (True, False)),
    )


def _distances(best: Any, own: bool) -> str:
    return " / ".join(f"{best[own, strategy]:.2f}" for strategy in _STRATEGIES)


def _play(comparison: Comparison) -> Played:
    """Time sounds of one second, and play some again in another order by another instance."""
    rate = 44_100
    synth = comparison.make_synth(rate, rate)
    genomes = np.random.default_rng(0).random((_RENDERS, len(synth.space)))
    synth.render(genomes[:1])
    began = time.perf_counter()
    first = synth.render(genomes[1:])
    seconds = time.perf_counter() - began
    again = comparison.make_synth(rate, rate).render(genomes[:0:-1])[::-1]
    synth.close()
    difference = np.square(first.astype(np.float64) - again).sum()
    if difference == 0:
        repeatable = "to the bit"
    else:
        within = 10 * np.log10(difference / np.square(first.astype(np.float64)).sum())
        repeatable = f"within {within:.0f} dB"
    return Played((_RENDERS - 1) / seconds, repeatable)


if __name__ == "__main__":
    main()

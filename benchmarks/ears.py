"""How well every distance agrees with listeners: ``python -m benchmarks.ears FOLDER``.

FOLDER holds published listening studies as ``benchmarks.listeners`` reads them. They are no part of
ga-synth.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.listeners import (
    Doubles,
    Study,
    agreement,
    distances_by,
    in_order,
    interval,
    read_studies,
    weighted_mean,
)
from common.errors import InputError
from harness.plan.registry import Registry

REFERENCE = "multi_scale_spectral"
# Of Tian, Lattner, McFee & Saitis (2025): triplets, on 21 studies.
_PUBLISHED = {
    "MFCC": ".724",
    "CLAP, a network": ".716–.718",
    "joint time–frequency scattering": ".697",
    "multi-scale spectral": ".661",
    "CDPAM, a network": ".615",
    "chance": ".500",
}


@dataclass(frozen=True)
class Heard:
    """One distance on all studies.

    Attributes:
        name: of the distance.
        triplets: agreement with each study, as it is published.
        spearman: likewise.
        ordered: triplets in each study of which the order of the ratings is known.
        cpu: CPU seconds for 1,000 pairs, both directions.
    """

    name: str
    triplets: Doubles
    spearman: Doubles
    ordered: Doubles
    cpu: float


def hear(name: str, studies: Sequence[Study]) -> Heard:
    """Measure the agreement of a registered distance with studies."""
    kind = Registry().get("judge", name)
    make = partial(kind, **kind.example)
    # The first call compiles.
    distances_by(make, studies[0])
    began = time.process_time()
    distances = [distances_by(make, study) for study in studies]
    pairs = sum(len(study.sounds) * (len(study.sounds) - 1) / 2 for study in studies)
    cpu = 1_000 * (time.process_time() - began) / pairs
    found = [agreement(one, study.ratings) for one, study in zip(distances, studies, strict=True)]
    triplets, spearman = np.array(found).T
    ordered = [
        agreement(one, known.ratings).triplets
        for one, study in zip(distances, studies, strict=True)
        if (known := in_order(study)) is not None
    ]
    return Heard(name, triplets, spearman, np.array(ordered), cpu)


def ranking(studies: Sequence[Study], heard: Sequence[Heard]) -> Table:
    """Return the table of all distances, the best first, with intervals over studies."""
    table = Table(box=None, pad_edge=False, title="Agreement with listeners", title_justify="left")
    table.add_column("distance")
    columns = (
        "triplets", "95 %", f"− {REFERENCE}", "Spearman", "in order", "CPU s / 1,000 pairs",
    )  # fmt: skip
    for column in columns:
        table.add_column(column, justify="right")
    known = [study for study in studies if in_order(study)]
    reference = next((one for one in heard if one.name == REFERENCE), None)
    for one in heard:
        low, high = interval(studies, one.triplets)
        apart = "" if reference is None else _apart(studies, one.triplets - reference.triplets)
        spearman = weighted_mean(studies, one.spearman)
        table.add_row(
            one.name, f"{_mean(studies, one):.3f}", f"{low:.3f} … {high:.3f}", apart,
            f"{spearman:.3f}", f"{weighted_mean(known, one.ordered):.3f}", f"{one.cpu:.1f}",
        )  # fmt: skip
    return table


def _mean(studies: Sequence[Study], one: Heard) -> float:
    return float(weighted_mean(studies, one.triplets))


def _apart(studies: Sequence[Study], differences: Doubles) -> str:
    if not differences.any():
        return ""
    low, high = interval(studies, differences)
    return f"{weighted_mean(studies, differences):+.3f} [{low:+.3f}, {high:+.3f}]"


def by_family(studies: Sequence[Study], heard: Sequence[Heard]) -> Table:
    """Return the table of triplets in each family of studies, which share sounds."""
    known = [study for study in studies if in_order(study)]
    families = sorted({study.family for study in known})
    title = "In order, by family: triplets in the studies whose order of ratings is known"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    table.add_column("distance")
    for family in families:
        count = sum(study.family == family for study in known)
        table.add_column(f"{family}, {count}", justify="right")
    for one in heard:
        cells = []
        for family in families:
            own = np.array([study.family == family for study in known])
            some = [study for study in known if study.family == family]
            cells.append(f"{weighted_mean(some, one.ordered[own]):.3f}")
        table.add_row(one.name, *cells)
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description="Measure distances against listening studies.")
    parser.add_argument("folder", type=Path, help="with sounds/ and dissimilarity/")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these distances; default: all")
    given = parser.parse_args(arguments)
    console = Console(width=120)
    try:
        studies = read_studies(given.folder)
        names = given.only or Registry().names("judge")
        heard = [hear(name, studies) for name in names]
    except (OSError, ValueError, InputError) as error:
        parser.exit(2, f"{error}\n")
    heard.sort(key=lambda one: (-_mean(studies, one), one.name))
    sounds = sum(len(study.sounds) for study in studies)
    console.print(f"{len(studies)} studies, {sounds} sounds\n", highlight=False)
    console.print(ranking(studies, heard), "", by_family(studies, heard), "")
    published = " · ".join(f"{name} {figure}" for name, figure in _PUBLISHED.items())
    console.print("Published triplets, on 21 studies by Tian et al. (2025):", highlight=False)
    console.print(published, highlight=False)


if __name__ == "__main__":
    main()

"""Writes the page: one file, which needs nothing else."""

import base64
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.api.proposal_page.pairs import dependent_pairs
from harness.api.proposal_page.show import Shown
from harness.match.page.wording import figure, value_text, words
from harness.record.files import write_bytes
from synth.sound import wav_bytes

_PAIRS, _LEVEL = 6, 0.9
# Coordinates of a histogram and of a pair.
_WIDTH, _HEIGHT, _SIDE = 160.0, 36.0, 120.0


def write_proposal_page(path: Path, found: Shown) -> None:
    """Write the page in one step.

    Raises:
        InputError: if the folder cannot be written to.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    own = files("harness.api.proposal_page").joinpath("page.html").read_text(encoding="utf-8")
    style = files("harness.match.page").joinpath("match.css").read_text(encoding="utf-8")
    page = environment.from_string(own).render(
        network=found.network,
        target=found.target,
        style=style,
        notes=found.notes,
        sounds=_sounds(found),
        searched=f"{found.searched:,}",
        sections=_sections(found),
        pairs=_pairs(found),
        truth=found.truth is not None,
        size=(_WIDTH, _HEIGHT, _SIDE),
    )
    write_bytes(path, page.encode())


def _sounds(found: Shown) -> dict[str, list[dict[str, str]]]:
    """Target, point, draws (the closest first), and training sounds."""
    order = [0, *(1 + np.argsort(found.distances[1:], kind="stable"))]
    named = ["point", *(f"draw {number}" for number in range(1, len(order)))]
    return {
        "target": [{"name": "target", "audio": _audio(found, found.sound), "about": ""}],
        "proposed": [
            {
                "name": name,
                "audio": _audio(found, found.heard[at]),
                "about": f"{figure(float(found.distances[at]))} dB from the target",
            }
            for name, at in zip(named, order, strict=True)
        ],
        "near": [
            {"name": f"training sound {number}", "audio": _audio(found, one), "about": ""}
            for number, one in enumerate(found.neighbours, 1)
        ],
    }


def _audio(found: Shown, sound: NDArray[np.float32]) -> str:
    peak = max(1.0, float(np.abs(sound).max()))
    data = wav_bytes(sound / peak, found.synth.sample_rate)
    return f"data:audio/wav;base64,{base64.b64encode(data).decode()}"


def _sections(found: Shown) -> list[dict[str, Any]]:
    space, proposal = found.synth.space, found.proposal
    shown = []
    for section, genes in space.sections.items():
        rows = []
        for gene in genes:
            parameter, chances = space[gene], proposal.probabilities[gene]
            low, high = (
                value_text(parameter.name, float(parameter.to_value(end)), parameter.unit)
                for end in _region(chances)
            )
            rows.append(
                {
                    "name": words(parameter.name, section),
                    "bars": _bars(chances),
                    "point": _WIDTH * float(proposal.point[gene]),
                    "truth": None if found.truth is None else _WIDTH * float(found.truth[gene]),
                    "region": f"{low} to {high}",
                }
            )
        shown.append({"title": section, "genes": rows})
    return shown


def _bars(chances: NDArray[np.float64]) -> str:
    """The outline of a histogram as an SVG path."""
    top = max(float(chances.max()), 3 / chances.size)
    heights = _HEIGHT * (1 - chances / top)
    edges = np.arange(chances.size + 1) * _WIDTH / chances.size
    corners = [f"M0 {_HEIGHT:g}"]
    for height, left, right in zip(heights, edges[:-1], edges[1:], strict=True):
        corners.append(f"L{left:.1f} {height:.1f}L{right:.1f} {height:.1f}")
    return "".join([*corners, f"L{_WIDTH:g} {_HEIGHT:g}Z"])


def _region(chances: NDArray[np.float64]) -> tuple[float, float]:
    """Between which genes the middle nine tenths lie."""
    sums = np.concatenate([[0.0], chances.cumsum()])
    places = np.arange(sums.size) / chances.size
    low, high = np.interp([(1 - _LEVEL) / 2, (1 + _LEVEL) / 2], sums, places)
    return float(low), float(high)


def _pairs(found: Shown) -> list[dict[str, Any]]:
    """Pairs of genes that depend on each other, with the draws as points."""
    genomes, space = found.proposal.genomes, found.synth.space
    if genomes is None:
        return []
    shown = []
    for one, other, bits in dependent_pairs(genomes[1:], _PAIRS):
        points = [(_SIDE * g[one], _SIDE * (1 - g[other])) for g in genomes[1:]]
        truth = None
        if found.truth is not None:
            truth = _SIDE * found.truth[one], _SIDE * (1 - found.truth[other])
        shown.append(
            {
                "across": words(space[one].name), "up": words(space[other].name),
                "bits": figure(bits), "points": points, "truth": truth,
            }
        )  # fmt: skip
    return shown

"""The report: one HTML file that works anywhere, with its plots and sounds inside it."""

import base64
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from harness.answer.answers import QUESTIONS, Answers, interval, renders
from harness.answer.plots import (
    convergence_by_target_plot,
    convergence_plot,
    diversity_plot,
    interval_plot,
)
from harness.answer.results import Results, sound_file
from harness.record.cost import PARTS, shares_of
from harness.record.files import write_bytes
from harness.record.picture import spectrogram_pair


@dataclass(frozen=True)
class Sound:
    """A sound to listen to, and what is known of it.

    Attributes:
        title: what it is.
        audio: a data URI.
        notes: figures, each a line.
        knobs: each parameter's name, and its value with the unit; none of a target.
    """

    title: str
    audio: str
    notes: list[str]
    knobs: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Listening:
    """A target and the closest sound of every strategy, for one fitness.

    Attributes:
        target: label of the target.
        fitness: label of the fitness.
        sounds: the target first.
        picture: spectrograms of the target and of the closest sound, a data URI.
    """

    target: str
    fitness: str
    sounds: list[Sound]
    picture: str


def write_report(results: Results, answers: Answers) -> Path:
    """Write the report beside the journal; gives its path."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"interval": interval, "renders": renders}
    source = files("harness.answer").joinpath("report.html").read_text(encoding="utf-8")
    table = answers.table
    page = environment.from_string(source).render(
        name=results.experiment["name"],
        about=results.experiment["about"],
        answers=answers,
        questions=QUESTIONS,
        results=results,
        judged=_judged(results),
        costs=_costs(results),
        parts=PARTS,
        plots={
            "intervals": interval_plot(answers.answers, results.strategies),
            "convergence": convergence_plot(results, table),
            "by_target": convergence_by_target_plot(results, table),
            "diversity": diversity_plot(results, table),
        },
        listening=_listening(results),
        versions={name: version(name) for name in ("ga-synth", "ray", "deap", "numba", "mlflow")},
    )
    path = results.journal.path / "report.html"
    write_bytes(path, page.encode())
    return path


def _judged(results: Results) -> list[tuple[str, list[str]]]:
    """(strategy × fitness, a cell for each judge): mean distance of the best sounds."""
    columns = [f"judge.{judge}" for judge in results.judges]
    rows = []
    for fitness in results.fitness:
        for strategy in results.strategies:
            cell = _cell(results, fitness=fitness, strategy=strategy)
            if len(cell):
                means = cell[columns].mean().tolist()
                rows.append((f"{strategy} × {fitness}", [_figure(mean) for mean in means]))
    return rows


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _cell(results: Results, **keys: str) -> pd.DataFrame:
    """The finished trials with these labels, the closest first."""
    chosen = results.trials
    for column, label in keys.items():
        chosen = chosen[chosen[column] == label]
    return chosen.sort_values("best", kind="stable")


def _costs(results: Results) -> list[tuple[str, list[str]]]:
    """(strategy, CPU seconds and renders a trial, renders a CPU second, and where those go)."""
    columns = ["cpu_s", "renders", "render_s", "score_s"]
    means = results.trials.groupby("strategy")[columns].mean().to_dict("index")
    rows = []
    for strategy in results.strategies:
        mean: Any = means[strategy]
        cpu = max(mean["cpu_s"], 1e-9)
        cells = [f"{cpu:.1f} s", f"{mean['renders']:,.0f}", f"{mean['renders'] / cpu:,.0f}"]
        rows.append((strategy, [*cells, *(f"{share:.1%}" for share in shares_of([mean]).values())]))
    return rows


def _listening(results: Results) -> list[Listening]:
    found = []
    for target in results.targets:
        file = results.journal.path / "targets" / f"{target}.flac"
        f0 = _f0(file)
        for fitness in results.fitness:
            cell = _cell(results, target=target, fitness=fitness).to_dict("records")
            if not cell:
                continue
            sounds = [Sound("target", _data("audio/flac", file.read_bytes()), _heard(f0, None))]
            for strategy in results.strategies:
                mine = [trial for trial in cell if trial["strategy"] == strategy]
                sounds += [_found(results, trial, f0) for trial in mine[:1]]
            closest = sound_file(results, cell[0]["name"])
            picture = _data("image/png", spectrogram_pair(file, closest))
            found.append(Listening(target, fitness, sounds, picture))
    return found


def _found(results: Results, trial: Any, target_f0: float | None) -> Sound:
    file = sound_file(results, trial["name"])
    notes = [f"distance {trial['best']:.3g}, seed {trial['seed']}", *_heard(_f0(file), target_f0)]
    genome = results.journal.folder(trial["name"]).genome()
    knobs = [
        (name, f"{_figure(knob['value'])} {knob['unit']}".strip()) for name, knob in genome.items()
    ]
    return Sound(trial["strategy"], _data("audio/flac", file.read_bytes()), notes, knobs)


def _heard(f0: float | None, target_f0: float | None) -> list[str]:
    """The pitch that is heard, and how far it is from the target's."""
    if f0 is None:
        return ["no clear pitch"]
    if target_f0 is None:
        return [f"f0 {f0:.1f} Hz"]
    return [f"f0 {f0:.1f} Hz, {1200 * np.log2(f0 / target_f0):+.0f} cents"]


def _f0(file: Path) -> float | None:
    from fitness.f0 import median_f0
    from harness.record.journal import read_sound

    sounds, sample_rate = read_sound(file)
    return median_f0(sounds[0], sample_rate)


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"

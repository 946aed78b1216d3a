"""What the report lets one hear: for each target the closest sounds, and the extremes of all."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from harness.answer.load import Results, sound_file
from harness.answer.measures.trial import closest_first
from harness.record.mlflow.spectrograms import spectrogram_pair

_EXTREMES = 3


@dataclass(frozen=True)
class Sound:
    """A sound to listen to, and what is known of it.

    Attributes:
        title: what it is.
        audio: a data URI.
        notes: figures, each a line.
        trial: which one found it; empty for a target.
        knobs: each parameter's name, and its value with the unit; none of a target.
    """

    title: str
    audio: str
    notes: list[str]
    trial: str = ""
    knobs: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Listening:
    """A target and what was found for it.

    Attributes:
        target: label of the target.
        sounds: the target first, then the closest of every strategy and of every fitness.
        picture: spectrograms of the target and of the closest sound, a data URI.
    """

    target: str
    sounds: list[Sound]
    picture: str


@dataclass(frozen=True)
class Extreme:
    """Sounds at one end of a measure.

    Attributes:
        title: which end.
        sounds: found by any trial.
    """

    title: str
    sounds: list[Sound]


class Listener:
    """Gathers sounds for the report.

    Args:
        results: with the sounds.
        table: of the trials with their measures.
    """

    def __init__(self, results: Results, table: pd.DataFrame) -> None:
        self._results, self._table = results, table
        self._f0s = {target: _f0(self._target(target)) for target in results.targets}

    def by_target(self) -> list[Listening]:
        """For each target the closest sound of every strategy and every fitness, by the judges."""
        return [self._listening(target) for target in self._results.targets]

    def extremes(self) -> list[Extreme]:
        """The most novel of the good enough, and the worst of all: by the judges, and by stall."""
        table = self._table
        ends = (
            ("Most interesting", table[table["novelty"] > 0], "novelty", False),
            ("Furthest from the target, by the judges", table, "judged", True),
            ("Stalled for longest", table, "stalled", False),
        )
        found = []
        for title, rows, column, ascending in ends:
            chosen = rows.dropna(subset=column).sort_values(
                column, ascending=ascending, kind="stable"
            )
            trials = chosen.head(_EXTREMES).to_dict("records")
            sounds = [
                self._found(f"{t['strategy']} × {t['fitness']}, {t['target']}", t, column)
                for t in trials
            ]
            found += [Extreme(title, sounds)] if sounds else []
        return found

    def _listening(self, target: str) -> Listening:
        cell, by = closest_first(self._table[self._table["target"] == target])
        titles: dict[str, list[str]] = {}
        for column, order in (
            ("strategy", self._results.strategies),
            ("fitness", self._results.fitness),
        ):
            if column == "fitness" and len(order) < 2:
                continue
            for label in order:
                for name in cell[cell[column] == label]["name"].head(1):
                    titles.setdefault(name, []).append(label)
        by_name = {trial["name"]: trial for trial in cell.to_dict("records")}
        sounds = [self._heard_target(target)]
        sounds += [self._found(", ".join(said), by_name[n], by) for n, said in titles.items()]
        closest = sound_file(self._results, str(cell["name"].iloc[0]))
        picture = data_uri("image/png", spectrogram_pair(self._target(target), closest))
        return Listening(target, sounds, picture)

    def _target(self, target: str) -> Path:
        return self._results.journal.path / "targets" / f"{target}.flac"

    def _heard_target(self, target: str) -> Sound:
        notes = _pitch(self._f0s[target], None)
        return Sound("target", audio_uri(self._target(target)), notes)

    def _found(self, title: str, trial: Mapping[Any, Any], column: str) -> Sound:
        results, name = self._results, str(trial["name"])
        file = sound_file(results, name)
        notes = [
            f"{trial['strategy']} × {trial['fitness']}, seed {trial['seed']}",
            f"{column} {trial[column]:.2f}, distance {trial['best']:.3g}",
            *_pitch(_f0(file), self._f0s[str(trial["target"])]),
        ]
        genome = results.journal.folder(name).genome()
        knobs = [(k, f"{figure(v['value'])} {v['unit']}".strip()) for k, v in genome.items()]
        return Sound(title, audio_uri(file), notes, name, knobs)


def figure(value: float) -> str:
    """A figure for people."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def audio_uri(file: Path) -> str:
    """A sound file of the journal as a data URI.

    As WAV, because browsers do not find a place within a short FLAC file; with 16 bits, which are
    enough to listen to.
    """
    from harness.record.journal import read_sound
    from synth.sound import wav_bytes

    sounds, rate = read_sound(file)
    return data_uri("audio/wav", wav_bytes(sounds, rate))


def data_uri(kind: str, content: bytes) -> str:
    """Bytes as a data URI."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _pitch(f0: float | None, target_f0: float | None) -> list[str]:
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

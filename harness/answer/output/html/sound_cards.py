"""The sounds in the report: the closest ones for each target, and the extremes of all.

Each sound is a *card*: an audio player with a title, notes and the knob settings.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from harness.answer.load import Results, sound_file
from harness.answer.measures.trial import closest_first
from harness.answer.wording import figure
from harness.record.journal import GENOME, read_sound
from harness.record.mlflow.spectrograms import spectrogram_pair

_EXTREMES = 3


@dataclass(frozen=True)
class SoundCard:
    """A sound that can be played, and what is known about it.

    Attributes:
        title: the strategy or fitness that found it, or *target*.
        audio: a data URI.
        notes: figures, one per line.
        trial: name of the trial that found it; empty for a target.
        knobs: name of each parameter, and its value with the unit; empty for a target.
    """

    title: str
    audio: str
    notes: list[str]
    trial: str = ""
    knobs: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class TargetSounds:
    """A target and the closest sounds found for it.

    Attributes:
        target: label of the target.
        cards: the target first, then the closest sound of every strategy and of every fitness.
        spectrograms: of the target and the closest sound, a data URI.
    """

    target: str
    cards: list[SoundCard]
    spectrograms: str


@dataclass(frozen=True)
class ExtremeSounds:
    """The sounds at one end of a measure.

    Attributes:
        title: which end of which measure.
        cards: the sounds.
    """

    title: str
    cards: list[SoundCard]


class SoundCollector:
    """Collects the sounds for the report.

    Args:
        results: with the sounds.
        table: the trials with their measures.
    """

    def __init__(self, results: Results, table: pd.DataFrame) -> None:
        self._results, self._table = results, table
        self._f0s = {target: _f0(self._target_file(target)) for target in results.targets}

    def by_target(self) -> list[TargetSounds]:
        """For each target the closest sound of every strategy and every fitness, by the judges."""
        return [self._for_target(target) for target in self._results.targets]

    def extremes(self) -> list[ExtremeSounds]:
        """The most interesting sounds, the furthest from their target, and the most stalled."""
        table = self._table
        ends = (
            ("Most interesting", table[table["novelty"] > 0], "novelty", False),
            ("Furthest from the target, according to the judges", table, "judged", True),
            ("Stalled for longest", table, "stalled", False),
        )
        found = []
        for title, rows, column, ascending in ends:
            chosen = rows.dropna(subset=column).sort_values(
                column, ascending=ascending, kind="stable"
            )
            trials = chosen.head(_EXTREMES).to_dict("records")
            cards = [
                self._card(f"{t['strategy']} × {t['fitness']}, {t['target']}", t, column)
                for t in trials
            ]
            found += [ExtremeSounds(title, cards)] if cards else []
        return found

    def _for_target(self, target: str) -> TargetSounds:
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
        cards = [self._target_card(target)]
        cards += [self._card(", ".join(found_by), by_name[n], by) for n, found_by in titles.items()]
        closest = sound_file(self._results, str(cell["name"].iloc[0]))
        picture = spectrogram_pair(self._target_file(target), closest)
        return TargetSounds(target, cards, data_uri("image/png", picture))

    def _target_file(self, target: str) -> Path:
        return self._results.journal.path / "targets" / f"{target}.flac"

    def _target_card(self, target: str) -> SoundCard:
        notes = _pitch(self._f0s[target], None)
        return SoundCard("target", audio_uri(self._target_file(target)), notes)

    def _card(self, title: str, trial: Mapping[Any, Any], column: str) -> SoundCard:
        results, name = self._results, str(trial["name"])
        file = sound_file(results, name)
        notes = [
            f"{trial['strategy']} × {trial['fitness']}, seed {trial['seed']}",
            f"{column} {trial[column]:.2f}, distance {trial['best']:.3g}",
            *_pitch(_f0(file), self._f0s[str(trial["target"])]),
        ]
        genome = results.journal.folder(name).read(GENOME)
        knobs = [(k, f"{figure(v['value'])} {v['unit']}".strip()) for k, v in genome.items()]
        return SoundCard(title, audio_uri(file), notes, name, knobs)


def audio_uri(file: Path) -> str:
    """A sound file of the journal as a data URI.

    As WAV, because browsers cannot seek within a short FLAC file; 16 bits are enough for playback.
    """
    from synth.sound import wav_bytes

    sounds, rate = read_sound(file)
    return data_uri("audio/wav", wav_bytes(sounds, rate))


def data_uri(kind: str, content: bytes) -> str:
    """Bytes as a data URI."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _pitch(f0: float | None, target_f0: float | None) -> list[str]:
    """The fundamental frequency, and how far it is from the target's."""
    if f0 is None:
        return ["no clear pitch"]
    if target_f0 is None:
        return [f"f0 {f0:.1f} Hz"]
    return [f"f0 {f0:.1f} Hz, {1200 * np.log2(f0 / target_f0):+.0f} cents"]


def _f0(file: Path) -> float | None:
    from fitness.f0 import median_f0

    sounds, sample_rate = read_sound(file)
    return median_f0(sounds[0], sample_rate)

"""The sounds in the report: the closest ones for each target, and the extremes of all.

Each sound is a *card*: an audio player with a title, notes and the knob settings.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from common.heard import Heard
from common.wording import counted
from harness.answer.listening_test.ears import Dispute
from harness.answer.load import sound_file, target_file
from harness.answer.measures.best_matches import IN_TUNE, off_pitch
from harness.answer.measures.collections import ShownCollection
from harness.answer.measures.trial import closest_first
from harness.answer.questions.evaluate import Answers
from harness.answer.questions.titles import title_of
from harness.answer.wording import figure, quantity
from harness.record.mlflow.spectrograms import spectrograms
from harness.record.sounds import read_sound
from harness.record.trial_folder import GENOME

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
        spectrogram: a data URI; only of a target and of the closest sound of all.
        point: the name of the point of a map that it belongs to, if any.
    """

    title: str
    audio: str
    notes: list[str]
    trial: str = ""
    knobs: list[tuple[str, str]] = field(default_factory=list)
    spectrogram: str = ""
    point: str = ""


@dataclass(frozen=True)
class TargetSounds:
    """A target and the closest sounds found for it.

    Attributes:
        target: label of the target.
        cards: the target and the closest sound of all, both with spectrograms; then the closest
            sound of every other strategy and fitness.
        flags: what a listener should know of the closest sounds, as sentences.
    """

    target: str
    cards: list[SoundCard]
    flags: list[str]


@dataclass(frozen=True)
class ExtremeSounds:
    """The sounds at one end of a measure.

    Attributes:
        title: which end of which measure.
        cards: the sounds.
    """

    title: str
    cards: list[SoundCard]


def point_cards(shown: Sequence[ShownCollection]) -> dict[str, list[SoundCard]]:
    """The sounds of maps, by strategy, the closest first."""
    return {
        one.strategy: [
            SoundCard(f"{number}", audio_uri(file), [one.describe(at)], point=one.point(at))
            for number, (at, file) in enumerate(sorted(one.sounds.items()), start=1)
        ]
        for one in shown
    }


class SoundCollector:
    """Collects the sounds for the report.

    Args:
        answers: with the results, the measures of the trials and the closest sounds.
    """

    def __init__(self, answers: Answers) -> None:
        self._results, self._table = answers.results, answers.measures
        self._matches, self._hearing = answers.best_matches, answers.hearing

    def by_target(self, targets: Sequence[str]) -> list[TargetSounds]:
        """For each of some targets the closest sound of every strategy and fitness."""
        return [self._for_target(target) for target in targets]

    def extremes(self, shown: Sequence[TargetSounds]) -> list[ExtremeSounds]:
        """The most interesting sounds, the furthest from their target, and the most stalled.

        Args:
            shown: what the page has already; of a single contender, an end that would only repeat
                it is left out.
        """
        alone = len(self._results.strategies) * len(self._results.fitness) == 1
        heard = {card.trial for item in shown for card in item.cards} if alone else set()
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
            if all(trial["name"] in heard for trial in trials):
                continue
            cards = [
                self._card(f"{t['strategy']} × {t['fitness']}, {t['target']}", t, column)
                for t in trials
            ]
            found.append(ExtremeSounds(title, cards))
        return found

    def heard_again(self, disputes: Sequence[Dispute]) -> list[TargetSounds]:
        """The pairs on which ears and judges disagree, the sound that people find closer first."""
        trials = {trial["name"]: trial for trial in self._table.to_dict("records")}
        found = []
        for one in disputes:
            _, by = closest_first(self._table[self._table["target"] == one.target])
            cards = [
                self._card(title, trials[name], by)
                for title, name in (
                    ("closer by ear", one.closer),
                    (f"closer by {counted(len(one.against), 'judge')}", one.further),
                )
            ]
            found.append(
                TargetSounds(one.target, [self._target_card(one.target), *cards], [one.sentence])
            )
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
        flagged = [match for match in self._matches if match.target == target and match.flags]
        for match in flagged:
            # What is warned of can be heard.
            titles.setdefault(match.name, []).append(f"closest by {match.fitness}")
        by_name = {trial["name"]: trial for trial in cell.to_dict("records")}
        cards = {
            name: self._card(", ".join(found_by), by_name[name], by)
            for name, found_by in titles.items()
        }
        closest = str(cell["name"].iloc[0])
        files = target_file(self._results, target), sound_file(self._results, closest)
        first = self._target_card(target), cards.pop(closest)
        pictures = [data_uri("image/png", picture) for picture in spectrograms(*files)]
        pair = [replace(c, spectrogram=p) for c, p in zip(first, pictures, strict=True)]
        flags = [flag for match in flagged for flag in match.flags]
        return TargetSounds(target, [*pair, *cards.values()], flags)

    def _target_card(self, target: str) -> SoundCard:
        notes = _pitch(self._hearing.of(target), None)
        return SoundCard("target", audio_uri(target_file(self._results, target)), notes)

    def _card(self, title: str, trial: Mapping[Any, Any], column: str) -> SoundCard:
        results, name, target = self._results, str(trial["name"]), str(trial["target"])
        file = sound_file(results, name)
        distance = f"distance {figure(trial['best'])} by {trial['fitness']}"
        notes = [
            f"{trial['strategy']} × {trial['fitness']}, seed {trial['seed']}",
            f"{_measured(column, trial[column])}; {distance}",
            *_pitch(self._hearing.of(target, name), self._hearing.of(target)),
        ]
        genome = results.journal.folder(name).read(GENOME)
        knobs = [(k, quantity(v["value"], v["unit"])) for k, v in genome.items()]
        return SoundCard(title, audio_uri(file), notes, name, knobs)


def _measured(column: str, value: float) -> str:
    title = title_of(column)
    return f"{title.name}: {value:z.2f} {title.unit}".strip()


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


def _pitch(heard: Heard, target: Heard | None) -> list[str]:
    """The fundamental frequency, how far it is from the target's, and whether that is far off."""
    if not heard.f0:
        return ["no clear pitch"]
    if target is None or not target.f0:
        return [f"f0 {heard.f0:.1f} Hz"]
    cents = 1200 * np.log2(heard.f0 / target.f0)
    far = heard.clear and target.clear and abs(cents) > IN_TUNE
    off = f"out of tune: {off_pitch(cents)}" if far else f"{cents:+z.0f} cents"
    return [f"f0 {heard.f0:.1f} Hz, {off}"]

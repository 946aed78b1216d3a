"""A match, from a plan to its folder."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from common.heard import Heard
from fitness.analysis import analyse
from harness.match.alternatives import with_alternatives
from harness.match.finish import Finisher, Found
from harness.match.first import with_first
from harness.match.plan import MatchPlan
from harness.match.search import BankWatcher, Searched, bank_of, nearest_from, search
from harness.match.several_notes import several_notes
from harness.match.write import PAGE, Story, write_match, write_sound
from harness.plan.reach import out_of_reach
from harness.record.broken_counts import said
from harness.record.files import locked
from harness.run.stop import Stop
from simd import Audio

# The first sound is heard at once, later ones when the search has time.
_SOUND_EVERY_S = 2.0
_CENTS = 1200
_QUIET_DB = 2.0


class Shown(BankWatcher, Protocol):
    """Shows how a match goes."""

    def begun(self, plan: MatchPlan, heard: Heard, notes: Sequence[str]) -> None:
        """Take what is known of the sound before the search."""

    def first(self, renders: int, of: int) -> None:
        """Take how far the match on the built-in synth is, from which a slow one starts."""

    def round(self, renders: int, best: float) -> None:
        """Take how many renders were spent, and the best distance."""

    def heard_again(self, heard: Heard) -> None:
        """Take what is heard in the best sound so far, which was written."""

    def alternative(self, number: int, tried: int) -> None:
        """Take how many alternatives were found, in how many further searches."""


@dataclass(frozen=True)
class Match:
    """What a match came to.

    Attributes:
        plan: what was asked.
        versions: the match, then its alternatives.
        target_sound: the channel that was matched, shape (samples,).
        target: what is heard in it.
        searched: how far the search came.
        seconds: on the clock.
        page: the file to open.
        notes: what a person should know.
        signal: that stopped it; 0 if none did.
    """

    plan: MatchPlan
    versions: Sequence[Found]
    target_sound: Audio
    target: Heard
    searched: Searched
    seconds: float
    page: Path
    notes: Sequence[str]
    signal: int

    @property
    def best(self) -> Found:
        """The match."""
        return self.versions[0]

    @property
    def cents(self) -> float | None:
        """How far the pitch is from the target's, in cents; None where either has none."""
        return cents_between(self.target, self.best.heard)


def cents_between(target: Heard, found: Heard) -> float | None:
    """Return how far one pitch is above another, in cents; None where either has none."""
    if not (target.f0 and found.f0):
        return None
    return _CENTS * log2(found.f0 / target.f0)


def run_match(plan: MatchPlan, shown: Shown) -> Match:
    """Search, finish, and write the folder. A stop, by Ctrl-C say, leaves the best so far.

    Raises:
        InputError: if the synth or a fitness fails, or the folder cannot be written to.
        KeyboardInterrupt: if a stop came before anything was found, or came twice.
    """
    began = time.monotonic()
    with locked(plan.folder):
        of_first = None if plan.first is None else bank_of(plan.first, shown)
        bank = bank_of(plan, shown)
        with Stop() as stop:
            finisher = Finisher(plan)
            plan = with_first(plan, stop, of_first, shown.first)
            nearest = nearest_from(plan, bank)
            notes = _notes(plan, finisher)
            shown.begun(plan, finisher.heard, notes)
            searched = search(plan, stop, _Watcher(plan, finisher, shown), nearest)
            versions = [finisher.found(finisher.levelled(searched.genome))]
            write_sound(plan, versions[0].patch, versions[0].sound)
            if searched.ended and plan.options.alternatives:
                versions = with_alternatives(
                    plan, finisher, versions[0], (stop, bank), shown.alternative
                )
            match = Match(
                plan, versions, finisher.target, finisher.heard, searched, time.monotonic() - began,
                plan.folder / PAGE, [*notes, *_warnings(finisher, versions[0], searched)],
                stop.signal,
            )  # fmt: skip
            write_match(plan, finisher, versions, Story(facts_of(match), match.notes))
    return match


class _Watcher:
    """Passes on how the search goes, and writes the best sound now and then."""

    def __init__(self, plan: MatchPlan, finisher: Finisher, shown: Shown) -> None:
        self._plan, self._finisher, self._shown = plan, finisher, shown
        self._best: NDArray[np.float64] | None = None
        self._written = -_SOUND_EVERY_S

    def on_improved(self, genome: NDArray[np.float64]) -> None:
        self._best = genome

    def on_round(self, renders: int, best: float) -> None:
        self._shown.round(renders, best)
        if self._best is None or time.monotonic() - self._written < _SOUND_EVERY_S:
            return
        patch, sound = self._finisher.played(self._best)
        write_sound(self._plan, patch, sound)
        self._best, self._written = None, time.monotonic()
        self._shown.heard_again(analyse(sound, self._finisher.sample_rate))


def facts_of(match: Match) -> list[tuple[str, str]]:
    """Return what was done, and its value, for a page."""
    plan, searched = match.plan, match.searched
    facts = [
        ("synth", plan.whole.name),
        ("strategy", plan.trial.strategy),
        ("fitness", plan.trial.fitness),
        ("renders", f"{searched.renders:,}"),
        ("seconds", f"{match.seconds:.1f}"),
        ("level", _louder(match.best.level_db)),
    ]
    if match.cents is not None:
        facts.append(("pitch", f"{match.best.heard.f0:.1f} Hz, {match.cents:+z.0f} cents"))
    return facts


def _louder(level_db: float) -> str:
    if abs(level_db) < 0.05:
        return "as loud as the target"
    return f"{abs(level_db):.1f} dB {'louder' if level_db > 0 else 'softer'}"


def _notes(plan: MatchPlan, finisher: Finisher) -> list[str]:
    notes = [] if plan.start is None or not plan.start.note else [plan.start.note]
    notes += [*plan.target.notes, *out_of_reach(finisher.heard, plan.space)]
    if reason := several_notes(finisher.target, finisher.sample_rate):
        notes.append(f"This sounds like several notes ({reason}); it is matched as one sound.")
    return notes


def _warnings(finisher: Finisher, best: Found, searched: Searched) -> list[str]:
    """What a person would be disappointed by, said beforehand."""
    notes = []
    if searched.broken:
        notes.append(f"Some sounds could not be compared: {said(searched.broken)}.")
    cents = cents_between(finisher.heard, best.heard)
    if finisher.heard.clear and cents is None:
        notes.append("The target has a clear pitch; the match has none.")
    elif finisher.heard.clear and cents is not None and abs(cents) > 50:
        notes.append(f"The match is out of tune, by {cents:+z.0f} cents.")
    if abs(best.level_db) > _QUIET_DB:
        notes.append(f"The match is {_louder(best.level_db)} than the target.")
    return notes

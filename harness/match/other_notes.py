"""How alike two patches are when they play other notes than the one that was matched."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from common.wording import counted
from fitness.analysis import analyse
from fitness.spectrogram import Spectrogram
from harness.match.finish import decibels_above
from harness.match.match import cents_between
from harness.match.patch import Patch
from harness.match.play import PlayOptions, can_play, played_notes
from harness.plan.registry import Registry
from simd import Audio
from strategies.roles import meant, note_of
from synth.space import ParameterSpace

_OCTAVE = 12.0
VELOCITIES = (60, 100)

Playable = tuple[Patch, ParameterSpace]


@dataclass(frozen=True)
class NoteRow:
    """One note of both patches.

    Attributes:
        note: MIDI number.
        velocity: 1 to 127.
        cents: how much higher the second is; None where either has no pitch.
        level_db: how much louder it is.
        spectrogram_db: how different they are, by ``spectrogram``; None if the first is silent.
    """

    note: float
    velocity: int
    cents: float | None
    level_db: float
    spectrogram_db: float | None


def compare_notes(one: Playable, other: Playable, registry: Registry) -> list[NoteRow]:
    """Play both patches an octave lower, at the first one's note, and an octave higher.

    Args:
        one: a patch, and the parameters of its synth.
        other: another one, of any synth.
        registry: in which both synths are.

    Returns:
        A row for each note, as far as both can play it, at velocities 60 and 100; none where a
        synth has no note.

    Raises:
        InputError: if a synth fails.
    """
    patch, space = one
    if "f0" not in space.roles:
        return []
    own = space[space.roles["f0"]]
    middle = float(note_of(float(meant(own, patch.values[own.name]))))
    notes = tuple(
        note
        for note in (middle - _OCTAVE, middle, middle + _OCTAVE)
        if all(can_play(note, space) for _, space in (one, other))
    )
    if not notes:
        return []
    options = PlayOptions({}, notes, VELOCITIES, patch.samples / patch.sample_rate)
    sounds = [played_notes(*playable, options, registry) for playable in (one, other)]
    return [
        _row(played, first, second, patch.sample_rate)
        for played, first, second in zip(product(notes, VELOCITIES), *sounds, strict=True)
    ]


def _row(played: tuple[float, int], first: Audio, second: Audio, sample_rate: int) -> NoteRow:
    apart = float(Spectrogram(first, sample_rate)(second[None])[0]) if first.any() else None
    return NoteRow(
        *played,
        cents_between(analyse(first, sample_rate), analyse(second, sample_rate)),
        decibels_above(second, first),
        apart,
    )


def sentence_of(rows: Sequence[NoteRow]) -> str:
    """Say the worst of it in a line; empty without rows."""
    if not rows:
        return ""
    cents = [abs(row.cents) for row in rows if row.cents is not None]
    words = [f"level within {max(abs(row.level_db) for row in rows):.1f} dB"]
    if cents:
        words.insert(0, f"pitch within {max(cents):.0f} cents")
    apart = [row.spectrogram_db for row in rows if row.spectrogram_db is not None]
    if apart:
        words.append(f"spectrogram {min(apart):.1f} to {max(apart):.1f} dB apart")
    notes = f"{counted(len(rows), 'note')}, an octave up and down, at two velocities"
    return f"{notes}: {', '.join(words)}"

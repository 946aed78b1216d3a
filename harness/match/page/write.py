"""The page that a match ends with: what it sounds like, how it looks, and where its knobs stand.

It is one file that needs nothing else: sounds, pictures and scripts are in it.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log10
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from harness.match.page import curves, picture
from harness.match.page.axes import frequency_ticks, time_ticks
from harness.match.page.distances import sentence, table
from harness.match.page.panel import Knobs, far_sentences, sections_of
from harness.record.files import write_bytes
from simd import Audio


@dataclass(frozen=True)
class Version:
    """A patch that was found, as the page shows it.

    Attributes:
        name: ``match``, or ``alternative 1`` and so on.
        sound: shape (samples,), float32, at the target's sample rate.
        knobs: each parameter's gene, value, unit and section, as ``genome_record`` gives them.
        distances: from the target, by label of the fitness, which is first, and of the judges.
    """

    name: str
    sound: Audio
    knobs: Knobs
    distances: Mapping[str, float]


@dataclass(frozen=True)
class PageContent:
    """What the page shows. All text may hold any characters.

    Attributes:
        title: the name of the sound.
        target: shape (samples,), float32.
        sample_rate: in hertz.
        versions: the match first, then alternatives.
        units: of each distance, by its label; empty for a plain ratio.
        facts: what was done, and its value, such as ``("renders", "2,000")``.
        notes: sentences for the person.
        files: name of each file beside the page, and what it is for.
    """

    title: str
    target: Audio
    sample_rate: int
    versions: Sequence[Version]
    units: Mapping[str, str]
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    files: Mapping[str, str]


def write_page(path: Path, content: PageContent) -> None:
    """Write the page in one step.

    Raises:
        InputError: if the folder cannot be written to.
    """
    write_bytes(path, _filled(content))


def _filled(content: PageContent) -> bytes:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    names = [version.name for version in content.versions]
    distances = [version.distances for version in content.versions]
    sections = sections_of([version.knobs for version in content.versions])
    page = environment.from_string(_part("match.html")).render(
        title=content.title,
        names=names,
        facts=content.facts,
        files=[(name, f"./{quote(name)}", about) for name, about in content.files.items()],
        summary=sentence(names, distances, content.units),
        rows=table(distances, content.units),
        sections=sections,
        far=far_sentences(sections, names),
        style=_part("match.css"),
        script=_part("player.js") + _part("match.js"),
        **_heard_and_seen(content),
    )
    return page.encode()


@cache
def _part(name: str) -> str:
    """The content of a file in this folder."""
    return files("harness.match.page").joinpath(name).read_text(encoding="utf-8")


def _heard_and_seen(content: PageContent) -> dict[str, Any]:
    """Sounds, pictures and curves: of the target, then of each version."""
    sounds = _of_one_length([content.target, *(version.sound for version in content.versions)])
    rate, seconds = content.sample_rate, sounds[0].size / content.sample_rate
    levels = [picture.levels_of(sound, rate) for sound in sounds]
    audio, notes = _audio(sounds, rate)
    top = float(levels[0].max()) if sounds[0].any() else 0.0
    low, high = picture.LOWEST_HZ, picture.highest(rate)
    return {
        "rate": rate,
        "seconds": seconds,
        "audio": audio,
        "notes": [*content.notes, *notes],
        "pictures": [_uri("image/png", picture.grey_png(one, top)) for one in levels],
        "floor": f"−{-picture.FLOOR_DB:.0f} dB",
        "time": time_ticks(seconds),
        "frequency": frequency_ticks(low, high),
        "loudness": curves.loudness_curves(sounds, rate),
        "pitch": curves.pitch_curves(sounds, rate),
        "width": curves.WIDTH,
        "height": curves.HEIGHT,
    }


def _of_one_length(sounds: Sequence[NDArray[Any]]) -> list[Audio]:
    """The sounds with silence after those that are shorter."""
    longest = max(sound.size for sound in sounds)
    return [
        np.pad(np.asarray(sound, dtype=np.float32), (0, longest - sound.size)) for sound in sounds
    ]


def _audio(sounds: Sequence[Audio], sample_rate: int) -> tuple[list[str], list[str]]:
    """The sounds as 16-bit WAV, and what to say if all had to be made softer for it."""
    from synth.sound import wav_bytes

    peak = max(float(np.abs(sound).max()) for sound in sounds)
    softer = 20 * log10(peak) if peak > 1 else 0.0
    note = (
        f"The loudest sound peaks {softer:.1f} dB above full scale: here, all are that much softer."
    )
    notes = [note] if softer >= 0.05 else []
    audio = [_uri("audio/wav", wav_bytes(one / max(peak, 1.0), sample_rate)) for one in sounds]
    return audio, notes


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"

"""Maps: which controls of a real synthesizer are genes, and which note is played.

    about: Kars, a plucked string.
    synth: plugin
    of: {name: Kars, version: 1.0.0}
    note: {pitch: {low: 36, high: 84}, length: {low: 0.05, high: 1, curve: log}}
    genes:
      release: {section: envelope, to: Release, low: 0, high: 1}
    fixed: {Volume: 0.7}

Names in ``to`` and ``fixed``, and their values, are those of the synth: a plug-in's parameter from
0 to 1, an OSC address, or a MIDI controller from 0 to 127.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import Discriminator, Field, Tag, ValidationError, field_validator, model_validator

from common.suggest import nearest
from common.validation import Strict, first_complaint, strict_yaml
from synth.space import Curve, Parameter, ParameterSpace, Role

FOLDER = Path(__file__).parent
# Section, unit and description of each part of a note, in the order of their genes.
NOTE_PARTS = {
    "pitch": ("pitch", "semitones", "MIDI number, 69 is 440 Hz"),
    "velocity": ("envelope", "", "how hard it is struck, 1 to 127"),
    "onset": ("envelope", "s", "when the note starts"),
    "length": ("envelope", "s", "from note on to note off"),
    "gain": ("envelope", "dB", "loudness, after the synthesizer"),
}
_ROLES: dict[str, Role] = {"pitch": "f0", "onset": "onset", "length": "length", "gain": "level"}


class Range(Strict):
    """The range of values of a gene.

    Attributes:
        low: the value at gene 0.
        high: the value at gene 1; above ``low``.
        curve: how genes become values, as in ``synth.space``.
    """

    low: float
    high: float
    curve: Curve = "linear"


def _ends(given: float | Range) -> tuple[float, ...]:
    return (given.low, given.high) if isinstance(given, Range) else (given,)


class MapGene(Range):
    """A control that is a gene.

    Attributes:
        section: the section of the gene.
        to: the control's name in the synthesizer.
        low: the value at gene 0.
        high: the value at gene 1.
        steps: the number of values, both ends included; 0 for a continuous control.
        unit: the unit of its values.
        about: its audible effect.
        circular: whether genes 0 and 1 sound the same.
        role: what it means to the ear, such as ``cutoff``; see ``synth.space``.
        marks: the names of positions, evenly spaced in genes.
        rest: the value at which it changes nothing, if there is one.
    """

    section: str
    to: str
    low: float = 0.0
    high: float = 1.0
    steps: Annotated[int, Field(ge=0)] = 0
    unit: str = ""
    about: str = ""
    circular: bool = False
    role: Role = ""
    marks: list[str] = []
    rest: float | None = None

    @field_validator("steps")
    @classmethod
    def _several(cls, steps: int) -> int:
        if steps == 1:
            raise ValueError("allowed: 0 for a continuous control, or 2 or more")
        return steps


# Not identifiers, so that validation errors leave these tags out of the path.
_NUMBER, _RANGE = "a number", "a range"
Part = Annotated[
    Annotated[float, Tag(_NUMBER)] | Annotated[Range, Tag(_RANGE)],
    Discriminator(lambda given: _RANGE if isinstance(given, Mapping | Range) else _NUMBER),
]


class Note(Strict):
    """The note that is played; each part is a number, or a range, which makes it a gene.

    Attributes:
        pitch: as a MIDI number, 69 is 440 Hz.
        velocity: 1 to 127.
        onset: seconds.
        length: seconds from note on to note off.
        gain: in dB, of the recorded sound.
        bend: range of the pitch wheel in semitones; with 0 pitches are rounded to whole notes.
    """

    pitch: Part = 60.0
    velocity: Part = 100.0
    onset: Part = 0.0
    length: Part = 0.5
    gain: Part = 0.0
    bend: Annotated[float, Field(ge=0, le=96)] = 0.0

    @model_validator(mode="after")
    def _audible(self) -> "Note":
        limits = {"pitch": (0, 127), "velocity": (1, 127), "onset": (0, 60), "length": (1e-3, 60)}
        for part, (least, most) in limits.items():
            for end in _ends(getattr(self, part)):
                if not least <= end <= most:
                    raise ValueError(f"{part} {end:g}; allowed: {least:g} to {most:g}")
        return self


class Origin(Strict):
    """The synthesizer that a map was made for.

    Attributes:
        name: the name that it reports.
        version: the version that it reports; any if empty.
    """

    name: str
    version: str = ""


class SynthMap(Strict):
    """Which controls are genes, and the values of the others.

    Attributes:
        about: a description.
        synth: the backend of the map.
        of: the synthesizer that it was made for.
        note: the note that is played.
        genes: controls by name of their gene, in the order of a genome, after the genes of the
            note.
        fixed: values by control, set before every render.
        start: a preset file that every render starts from, if any.
    """

    about: str = ""
    synth: str
    of: Origin | None = None
    note: Note = Note()
    genes: dict[str, MapGene] = {}
    fixed: dict[str, float] = {}
    start: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> "SynthMap":
        controls = [gene.to for gene in self.genes.values()]
        for i, control in enumerate(controls):
            if control in controls[:i] or control in self.fixed:
                raise ValueError(
                    f"duplicate control {control!r}; use it once, in genes or in fixed"
                )
        if names := sorted(set(self.genes) & set(NOTE_PARTS)):
            raise ValueError(f"genes.{names[0]}: reserved for the note; give the gene another name")
        _ = self.space
        return self

    @cached_property
    def space(self) -> ParameterSpace:
        """The genes as parameters."""
        parameters = [
            Parameter(
                part,
                section,
                unit,
                given.low,
                given.high,
                given.curve,
                about,
                role=_ROLES.get(part, ""),
            )
            for part, (section, unit, about) in NOTE_PARTS.items()
            if isinstance(given := getattr(self.note, part), Range)
        ]
        parameters += [
            Parameter(
                name,
                g.section,
                g.unit,
                g.low,
                g.high,
                g.curve,
                g.about,
                g.circular,
                g.role,
                # On another curve positions are not evenly spaced in genes.
                g.steps if g.curve == "linear" else 0,
                tuple(g.marks),
                g.rest,
            )
            for name, g in self.genes.items()
        ]
        return ParameterSpace(parameters)

    def patches(self, genomes: NDArray[np.float64]) -> list["Patch"]:
        """Return the patches of genomes, shape (n, genes)."""
        return [self._patch(dict(zip(self.space.names, row, strict=True)))
                for row in self.space.to_values(genomes).tolist()]  # fmt: skip

    def _patch(self, values: Mapping[str, float]) -> "Patch":
        note = {part: values.get(part, getattr(self.note, part)) for part in NOTE_PARTS}
        key = min(max(round(note["pitch"]), 0), 127)
        apart = (note["pitch"] - key) / self.note.bend if self.note.bend else 0.0
        wheel = min(max(apart, -1.0), 1.0)
        controls = {g.to: _stepped(values[name], g) for name, g in self.genes.items()}
        return Patch(
            pitch=note["pitch"],
            key=key,
            wheel=wheel,
            detune=wheel * self.note.bend,
            velocity=min(max(round(note["velocity"]), 1), 127),
            onset=note["onset"],
            length=note["length"],
            gain=10 ** (note["gain"] / 20),
            controls={**self.fixed, **controls},
        )


@dataclass(frozen=True)
class Patch:
    """One note, and the value of every control.

    Attributes:
        pitch: MIDI number, possibly fractional.
        key: the nearest whole MIDI number.
        wheel: position of the pitch wheel, −1 to 1.
        detune: the same in semitones.
        velocity: 1 to 127.
        onset: seconds.
        length: seconds from note on to note off.
        gain: factor on the recorded sound.
        controls: values by control.
    """

    pitch: float
    key: int
    wheel: float
    detune: float
    velocity: int
    onset: float
    length: float
    gain: float
    controls: Mapping[str, float]


def read_map(given: str | Mapping[str, Any], folder: Path, synth: str) -> SynthMap:
    """Read a map.

    Args:
        given: a map, the name of one that ships with ga-synth, or a YAML file.
        folder: the folder that relative paths of the file and its preset start from.
        synth: the backend that the map must be for.

    Raises:
        ValueError: with one line, if the map is missing, invalid, or for another backend.
    """
    where, plain = "map", given
    if isinstance(given, str):
        path = _found(given, folder, synth)
        where, folder = f"map {path.name}", path.parent
        plain = _yaml(path, where)
    try:
        found = SynthMap.model_validate(plain)
    except ValidationError as error:
        raise ValueError(f"{where}: {first_complaint(error)}") from None
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    if found.synth != synth:
        raise ValueError(f"{where}: is for synth {found.synth!r}, not {synth!r}")
    if found.start is not None:
        start = (folder / Path(found.start).expanduser()).resolve()
        if not start.is_file():
            raise ValueError(f"{where}: start: {found.start}: no such preset file")
        found = found.model_copy(update={"start": str(start)})
    return found


def shipped(synth: str) -> list[str]:
    """Return the names of the maps that ship with ga-synth for a backend."""
    every = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yaml")}
    return sorted(name for name, plain in every.items() if plain["synth"] == synth)


def _found(given: str, folder: Path, synth: str) -> Path:
    if not given.endswith((".yaml", ".yml")):
        path = FOLDER / f"{given}.yaml"
        if not path.is_file():
            raise ValueError(f"map {given!r}: {nearest(given, shipped(synth))}, or a .yaml file")
        return path
    path = folder / Path(given).expanduser()
    if not path.is_file():
        beside = [p.name for p in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
        raise ValueError(f"map {path}: no such file; {nearest(path.name, beside)}")
    return path


def _yaml(path: Path, where: str) -> Any:
    try:
        found = strict_yaml(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise ValueError(f"{where}: not YAML: not a text file in UTF-8") from None
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{where}: needs keys such as synth, note and genes")
    return found


def _stepped(value: float, gene: MapGene) -> float:
    if not gene.steps:
        return value
    share = (value - gene.low) / (gene.high - gene.low)
    return gene.low + round(share * (gene.steps - 1)) / (gene.steps - 1) * (gene.high - gene.low)

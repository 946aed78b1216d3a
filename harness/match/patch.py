"""Patches: the knob positions of a synth in a file that people can read and change."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.paths import present
from common.suggest import nearest
from harness.plan.choice import Choice
from harness.plan.comparison import make_synth
from harness.plan.registry import Registry, own_version
from harness.record.files import read_json, write_json
from synth.base import Synth
from synth.space import Parameter, ParameterSpace, Role

KIND, FORMAT = "ga-synth patch", 1


@dataclass(frozen=True)
class Patch:
    """Knob positions of a synth.

    Attributes:
        synth: its name and all its options.
        values: each knob's value, in its unit.
        sample_rate: of the sound that it was found for, in hertz.
        samples: the length of that sound.
        about: what it was found for and how close it is, as plain values.
    """

    synth: Choice
    values: Mapping[str, float]
    sample_rate: int
    samples: int
    about: Mapping[str, Any]

    def genome(self, space: ParameterSpace) -> NDArray[np.float64]:
        """Return the genes of the values, shape (genes,)."""
        return np.clip(space.genome(**dict(self.values)), 0.0, 1.0)

    def changed(self, changes: Mapping[str, float], space: ParameterSpace) -> "Patch":
        """Return the patch with some knobs at other values; names may be roles.

        Raises:
            InputError: for an unknown knob or a value out of range.
        """
        named = {knob_named(name, space): value for name, value in changes.items()}
        for name, value in named.items():
            _check_value("--set", space[space.index(name)], value)
        return replace(self, values={**self.values, **named})


def patch_of(
    genome: NDArray[np.float64], space: ParameterSpace, synth: Choice, sound: tuple[int, int]
) -> Patch:
    """Return the patch of a genome, shape (genes,); ``sound`` is a sample rate and a length."""
    sample_rate, samples = sound
    return Patch(synth, space.describe(genome), sample_rate, samples, {})


def write_patch(path: Path, patch: Patch, space: ParameterSpace) -> None:
    """Write a patch as JSON, its knobs by section with unit and range.

    Raises:
        InputError: if it cannot be written.
    """
    sections: dict[str, dict[str, Any]] = {}
    for p in space:
        sections.setdefault(p.section, {})[p.name] = {
            "value": patch.values[p.name], "unit": p.unit, "low": p.low, "high": p.high,
        }  # fmt: skip
    content = {
        "kind": KIND,
        "format": FORMAT,
        "ga_synth": own_version(),
        "synth": {"name": patch.synth.name, **patch.synth.options},
        "sample_rate": patch.sample_rate,
        "samples": patch.samples,
        **({"about": dict(patch.about)} if patch.about else {}),
        "knobs": sections,
    }
    write_json(path, content)


def read_patch(path: Path) -> Patch:
    """Read a patch; ``checked`` tells whether it fits the synth.

    Raises:
        InputError: if the file is missing, or is no patch.
    """
    if not present(path):
        raise InputError(f"patch {path}: no such file")
    if path.is_dir():
        path = path / "patch.json"
        if not present(path):
            raise InputError(f"patch {path.parent}: that folder holds no patch.json")
    try:
        content = read_json(path)
    except InputError:
        content = None
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise InputError(f"patch {path}: not a patch of ga-synth; allowed: what match writes")
    if content.get("format") != FORMAT:
        raise InputError(
            f"patch {path}: format {content.get('format')!r}; this version reads {FORMAT}: "
            "read it with the ga-synth that wrote it"
        )
    try:
        values = {
            name: float(knob["value"])
            for knobs in content["knobs"].values()
            for name, knob in knobs.items()
        }
        synth = Choice.model_validate(content["synth"])
        rate, samples = int(content["sample_rate"]), int(content["samples"])
        about = dict(content.get("about", {}))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}".split("\n")[0]
        raise InputError(f"patch {path}: is damaged ({reason})") from None
    return Patch(synth, values, rate, samples, about)


def check_fits(patch: Patch, space: ParameterSpace, where: str) -> None:
    """Refuse a patch whose knobs are not those of the synth, or out of their range.

    Raises:
        InputError: with the first knob that does not fit.
    """
    for name in patch.values:
        if name not in space.names:
            raise InputError(
                f"{where}: synth {patch.synth.name!r} has no knob {name!r}; "
                f"{nearest(name, space.names)}"
            )
    for parameter in space:
        if parameter.name not in patch.values:
            raise InputError(
                f"{where}: has no value for the knob {parameter.name!r}; was it made by another "
                "version of ga-synth, or with another map?"
            )
        _check_value(where, parameter, patch.values[parameter.name])


def _check_value(where: str, parameter: Parameter, value: float) -> None:
    # What was read may differ from a bound in its last digit.
    slack = 1e-9 * (parameter.high - parameter.low)
    inside = parameter.low - slack <= value <= parameter.high + slack
    if not (math.isfinite(value) and inside):
        allowed = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}".strip()
        raise InputError(f"{where}: {parameter.name} {value:g}; allowed: {allowed}")


def knob_named(name: str, space: ParameterSpace) -> str:
    """Return the name of a knob, given itself or its role, such as ``attack``.

    Raises:
        InputError: if there is none.
    """
    if name in space.names:
        return name
    roles: dict[Role, int] = space.roles
    for role, gene in roles.items():
        if role == name:
            return space.names[gene]
    raise InputError(f"no knob {name!r}; {nearest(name, [*space.names, *roles])}")


def idle_synth(choice: Choice, registry: Registry, sample_rate: int) -> Synth:
    """Return a synth that is closed: to be asked about its parameters, not to render."""
    made = make_synth(registry, choice, sample_rate, 1)
    made.close()
    return made

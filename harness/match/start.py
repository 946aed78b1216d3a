"""The patch that a match starts from: of the same synth, or carried over from another."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.random import generator
from common.wording import counted
from harness.match.patch import Patch, check_fits, idle_synth
from harness.plan.registry import Registry
from harness.plan.synths import planned_synth
from strategies.carried import Carried, around, carried
from strategies.searches.base import Genomes
from synth.space import ParameterSpace, Role
from synth.subtractive.parameters import SPACE as BUILT_IN

# What every synth that plays notes has.
_OF_THE_NOTE: tuple[Role, ...] = ("f0", "onset", "length", "level")
# How many genomes near a patch a search starts from, and how far their genes are from its.
_NEAR, _SPREAD = 4, 0.03
# A patch of another synth is only a rough one.
_AROUND = 16


@dataclass(frozen=True)
class Start:
    """What a match starts from.

    Attributes:
        patch: as it was given.
        carried: the same for the synth that is matched; None where that is the patch's own.
    """

    patch: Patch
    carried: Carried | None

    @property
    def note(self) -> str:
        """What a person should know; empty if nothing."""
        if self.carried is None:
            return ""
        names, genes = self.carried.names, len(self.carried.genome)
        return (
            f"{len(names)} of {counted(genes, 'knob')} carried over from {self.patch.synth.name}; "
            "the search starts around them."
        )

    def genomes(self, space: ParameterSpace, seed: int) -> Genomes:
        """Return genomes to start from, shape (n, genes): the patch, and some close to it.

        Args:
            space: the parameters of the synth that is matched.
            seed: of the match.
        """
        random = generator("match: near a patch", seed)
        if self.carried is not None:
            return around(self.carried, space, _AROUND, random)
        base = self.patch.genome(space)
        near = np.tile(base, (_NEAR, 1))
        near[1:] += _SPREAD * random.standard_normal((_NEAR - 1, base.size))
        return np.clip(near, 0.0, 1.0)


def shares_knobs(space: ParameterSpace) -> bool:
    """Whether a synth has more in common with the built-in one than the note."""
    return bool(set(space.roles) & set(BUILT_IN.roles) - set(_OF_THE_NOTE))


def carried_over(patch: Patch, source: ParameterSpace, space: ParameterSpace) -> Start:
    """Return a start from a patch of another synth.

    Args:
        patch: of the other synth.
        source: that synth's parameters.
        space: the parameters of the synth that is matched.
    """
    return Start(patch, carried(patch.values, source, space))


def start_from(patch: Patch, path: Path, synth: str, space: ParameterSpace) -> Start:
    """Return what a match starts from.

    Args:
        patch: to start from.
        path: its file, for messages.
        synth: the name of the synth that is matched.
        space: its parameters.

    Raises:
        InputError: if the patch does not fit its own synth, or that is missing.
    """
    if patch.synth.name == synth:
        check_fits(patch, space, f"patch {path}")
        return Start(patch, None)
    registry = Registry()
    planned_synth(patch.synth, registry, Path(), f"patch {path}")
    source = idle_synth(patch.synth, registry, patch.sample_rate).space
    check_fits(patch, source, f"patch {path}")
    return carried_over(patch, source, space)

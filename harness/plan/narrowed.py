"""The synth ``narrowed``: another synth of which some knobs are known, or known roughly."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from common.suggest import nearest
from common.validation import first_complaint
from harness.plan.choice import Choice
from harness.plan.followed import FollowedCurves, followed_genes
from harness.plan.registry import Registry
from simd import Audio
from synth.base import Synth
from synth.space import Parameter, ParameterSpace


class Narrowed(Synth):
    """Another synth with some knobs fixed, and others within a part of their range.

    Its genes are those that are not fixed. A knob with a narrower range keeps its curve, except a
    signed one, whose narrowed range need not be symmetric: that becomes linear.

    Attributes:
        whole: the other synth.

    Args:
        sample_rate: in hertz.
        samples: the length of every sound.
        synth: the other synth: its name, or a mapping with options, as in an experiment.
        fix: knob to its value, in the knob's unit.
        range: knob to the lowest and highest value that it may have, as far as the knob goes.
        curves: what knobs of the other synth that move follow; the keys are those of a contrived
            target's ``curves``.
        plugins: plug-in files in which the other synth may be defined.

    Raises:
        ValueError: for an unknown knob, a value out of range, a curve that does not fit, or if no
            knob is left.
    """

    example: ClassVar[Mapping[str, Any]] = {
        "synth": "subtractive",
        "fix": {"noise_level": 0.0},
        "range": {"cutoff": [200.0, 2_000.0]},
    }

    def __init__(
        self,
        sample_rate: int,
        samples: int,
        *,
        synth: str | dict[str, Any],
        fix: dict[str, float] = {},  # noqa: B006 - never written to
        range: dict[str, list[float]] = {},  # noqa: A002, B006 - as in every experiment
        curves: dict[str, Any] = {},  # noqa: B006 - never written to
        plugins: list[str] = [],  # noqa: B006 - never written to
    ) -> None:
        super().__init__(sample_rate, samples)
        choice, registry = _chosen(synth), Registry(tuple(Path(file) for file in plugins))
        self.whole: Synth = registry.get("synth", choice.name)(
            sample_rate, samples, **choice.options
        )
        self.repeatability = self.whole.repeatability  # type: ignore[misc]
        self.tolerance = self.whole.tolerance  # type: ignore[misc]
        if curves:
            followed = _followed(curves, self.whole.space, samples / sample_rate)
            if twice := sorted(set(followed) & {*fix, *range}):
                raise ValueError(f"knob {twice[0]!r} follows a curve; give no value or range too")
            fix = {**fix, **followed}
        free = free_parameters(self.whole.space, fix, range)
        self.space = ParameterSpace(free)
        self._free = [self.whole.space.index(name) for name in self.space.names]
        self._fixed = fixed_genome(self.whole.space, fix)

    @classmethod
    def planned(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """Plan the other synth too, so that workers need no file."""
        from harness.plan.synths import planned_synth

        files = [str((folder / file).resolve()) for file in options["plugins"]]
        registry = Registry(tuple(Path(file) for file in files))
        whole = planned_synth(_chosen(options["synth"]), registry, folder, "synth: narrowed: synth")
        given = dict(options)
        if curves := given.pop("curves"):
            followed = _curves_of(curves)
            content = followed.content(folder).model_dump()
            given["curves"] = {**followed.model_dump(), "file": content}
        return {**given, "synth": {"name": whole.name, **whole.options}, "plugins": files}

    @property
    def outside_s(self) -> float:  # type: ignore[override]
        """CPU seconds that the other synth has spent in other processes."""
        return float(self.whole.outside_s)

    @property
    def streams(self) -> bool:
        """Whether the other synth renders block by block."""
        return self.whole.streams

    def complete(self, genomes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the genomes of the other synth, shape (..., all genes), of ours, (..., genes)."""
        genomes = np.asarray(genomes, dtype=np.float64)
        found = np.broadcast_to(self._fixed, (*genomes.shape[:-1], self._fixed.size)).copy()
        values = self.space.to_values(genomes)
        for i, gene in enumerate(self._free):
            at = self.whole.space[gene].to_gene(values[..., i])
            found[..., gene] = np.clip(at, 0.0, 1.0)
        return found

    def reduced(self, genomes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the nearest genomes that we have, shape (..., genes), of the other synth's."""
        values = self.whole.space.to_values(genomes)
        found = np.empty((*genomes.shape[:-1], len(self._free)))
        for i, (parameter, gene) in enumerate(zip(self.space, self._free, strict=True)):
            inside = np.clip(values[..., gene], parameter.low, parameter.high)
            found[..., i] = np.clip(parameter.to_gene(inside), 0.0, 1.0)
        return found

    def settings(self, genome: NDArray[np.float64]) -> Mapping[str, bytes]:
        """Return the other synth's files for a genome, shape (genes,)."""
        return self.whole.settings(self.complete(genome))

    def close(self) -> None:
        """Release what the other synth holds."""
        self.whole.close()

    def render_block(self, genomes: NDArray[np.float64]) -> Audio:
        """Render checked genomes, shape (n, genes), to sounds, shape (n, samples) float32."""
        return self.whole.render(self.complete(genomes))

    def stream(self, genomes: NDArray[np.float64]) -> Iterator[Iterator[Audio]]:
        """Return the blocks of checked genomes, sixteen at a time."""
        return self.whole.blocks(self.complete(genomes))


def narrowed_choice(
    whole: Choice,
    fix: Mapping[str, float],
    ranges: Mapping[str, Sequence[float]],
    plugins: Sequence[str],
) -> Choice:
    """Return the choice of a narrowed synth.

    Args:
        whole: the other synth, with its options.
        fix: knob to its value.
        ranges: knob to the lowest and highest value.
        plugins: plug-in files, absolute.
    """
    return Choice.model_validate(
        {
            "name": "narrowed",
            "synth": {"name": whole.name, **whole.options},
            "fix": dict(fix),
            "range": {name: list(ends) for name, ends in ranges.items()},
            "plugins": list(plugins),
        }
    )


def free_parameters(
    space: ParameterSpace, fix: Mapping[str, float], ranges: Mapping[str, Sequence[float]]
) -> list[Parameter]:
    """Return the parameters that are left, with their ranges.

    Raises:
        ValueError: for an unknown knob, a value out of range, or if none is left.
    """
    if both := sorted(set(fix) & set(ranges)):
        raise ValueError(f"knob {both[0]!r} has both a value and a range; give one of them")
    for name, ends in ranges.items():
        _check(space, name, [])
        if len(ends) != 2 or not ends[0] < ends[1]:
            raise ValueError(f"range of {name!r}: {list(ends)}; needs the lowest, then the highest")
        whole = space[space.index(name)]
        _check(space, name, [max(ends[0], whole.low), min(ends[1], whole.high)])
    for name, value in fix.items():
        _check(space, name, [value])
    free = [
        parameter.within(*map(float, ranges[parameter.name]))
        if parameter.name in ranges
        else parameter
        for parameter in space
        if parameter.name not in fix
    ]
    if not free:
        raise ValueError("every knob is fixed, so that nothing is left to search")
    return free


def fixed_genome(space: ParameterSpace, values: Mapping[str, float]) -> NDArray[np.float64]:
    """Return a genome, shape (genes,), with knobs at given values, and 0.5 elsewhere.

    Raises:
        ValueError: for an unknown knob or a value out of range.
    """
    for name, value in values.items():
        _check(space, name, [value])
    return np.clip(space.genome(**dict(values)), 0.0, 1.0)


def _check(space: ParameterSpace, name: str, values: Sequence[float]) -> None:
    if name not in space.names:
        raise ValueError(f"no knob {name!r}; {nearest(name, space.names)}")
    parameter = space[space.index(name)]
    for value in values:
        if not parameter.low <= value <= parameter.high:
            allowed = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}".strip()
            raise ValueError(f"{name} {value:g}; allowed: {allowed}")


def _curves_of(given: Mapping[str, Any]) -> FollowedCurves:
    try:
        return FollowedCurves.model_validate(given)
    except ValidationError as error:
        raise ValueError(f"curves: {first_complaint(error)}") from None


def _followed(given: Mapping[str, Any], space: ParameterSpace, seconds: float) -> dict[str, float]:
    """Return the values of the breakpoints of knobs that follow curves, by name."""
    genes = followed_genes(_curves_of(given), space, seconds, Path())
    values = {gene: float(space[gene].to_value(position)) for gene, position in genes.items()}
    return {
        space.names[gene]: min(max(value, space[gene].low), space[gene].high)
        for gene, value in values.items()
    }


def _chosen(synth: str | Mapping[str, Any]) -> Choice:
    return Choice.model_validate(synth)

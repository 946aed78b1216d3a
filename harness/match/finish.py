"""What comes out of a search: the patch with its level set, its sound, and how close it is."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from common.blame import PluginError
from common.errors import InputError
from common.heard import Heard
from fitness.analysis import analyse
from harness.match.patch import Patch, knob_named, patch_of
from harness.match.plan import TARGET, MatchPlan
from harness.run.evaluator import Evaluator
from harness.run.known import loudest_channel
from harness.run.problem import problem_of
from simd import Audio
from strategies.informed import louder

# Searches end too quiet: partials that are not the target's cost less when they are soft. The level
# that gives the target's loudness is known; it is taken as far as the distance hardly grows.
_SHARES = (1.0, 0.75, 0.5, 0.25)
_WORSE, _LEAST_DB = 1.1, 0.25
_SILENT = 1e-9
_TURN = 0.1


@dataclass(frozen=True)
class Found:
    """A patch, its sound, and how close it is.

    Attributes:
        genome: of the whole synth, shape (genes,).
        patch: the same as values.
        sound: shape (samples,), float32.
        distances: from the target, by label of the fitness, which is first, and of the judges.
        heard: what is heard in the sound.
        level_db: how much louder it is than the target, by root mean square.
    """

    genome: NDArray[np.float64]
    patch: Patch
    sound: Audio
    distances: dict[str, float]
    heard: Heard
    level_db: float


class Finisher:
    """Renders and measures patches for one target.

    Attributes:
        target: the channel that is matched, or the loudest, shape (samples,).
        sample_rate: in hertz.
        heard: what is heard in it.
        fitness: the label of what the search minimised.

    Args:
        plan: of the match.
    """

    def __init__(self, plan: MatchPlan) -> None:
        self._plan = plan
        problem = problem_of(plan.comparison, TARGET)
        self._evaluator = Evaluator(replace(problem, synth=plan.whole, key=f"whole {problem.key}"))
        self.target = loudest_channel(plan.target)
        self.sample_rate = plan.target.sample_rate
        self.heard = analyse(self.target, self.sample_rate)
        (self.fitness,) = plan.comparison.fitness
        self._changes: dict[bytes, NDArray[np.float64]] = {}

    def played(self, genome: NDArray[np.float64]) -> tuple[Patch, Audio]:
        """Return the patch of a genome of the whole synth, shape (genes,), and its sound.

        Raises:
            InputError: if the synth fails.
        """
        target, plan = self._plan.target, self._plan
        patch = patch_of(genome, plan.space, plan.whole, (target.sample_rate, target.samples))
        # As the file holds it: what is heard is what its values give.
        return patch, self._sounds(patch.genome(plan.space)[None])[0]

    def found(self, genome: NDArray[np.float64]) -> Found:
        """Return all that is measured of a genome of the whole synth, shape (genes,).

        Raises:
            InputError: if the synth or a distance fails.
        """
        patch, sound = self.played(genome)
        return Found(
            patch.genome(self._plan.space),
            patch,
            sound,
            self._distances(sound),
            analyse(sound, self.sample_rate),
            self._level(sound),
        )

    def levelled(self, genome: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a genome, shape (genes,), as loud as the target, as far as that costs little.

        Where the synth declares no level, or the level was given, it stays as it is.
        """
        space, options = self._plan.space, self._plan.options
        gene = space.roles.get("level")
        known = {knob_named(name, space) for name in (*options.fix, *options.ranges)}
        if gene is None or space.names[gene] in known:
            return genome
        sound = self._sounds(genome[None])[0]
        error = self._level(sound)
        if not np.isfinite(error) or abs(error) < _LEAST_DB:
            return genome
        candidates = louder(np.tile(genome, (len(_SHARES), 1)), -error * np.array(_SHARES), space)
        distances = self._score(self.fitness, self._sounds(candidates))
        before = self._score(self.fitness, sound[None])[0]
        for candidate, distance in zip(candidates, distances, strict=True):
            if distance <= _WORSE * before:
                return np.asarray(candidate)
        return genome

    def changes(self, found: Found) -> NDArray[np.float64]:
        """Return by which share the distance changes as each gene is turned by a tenth.

        Measured once for a patch: a slow synth renders it again for every gene.

        Args:
            found: a patch.

        Returns:
            Shape (genes,), at least 0.
        """
        key = found.genome.tobytes()
        if key not in self._changes:
            genes = np.arange(found.genome.size)
            turned = np.tile(found.genome, (genes.size, 1))
            turned[genes, genes] += np.where(found.genome < 0.5, _TURN, -_TURN)
            distances = self._score(self.fitness, self._sounds(turned))
            base = found.distances[self.fitness]
            self._changes[key] = np.abs(distances - base) / max(base, _SILENT)
        return self._changes[key]

    def settings(self, found: Found) -> dict[str, bytes]:
        """Return the synth's own files of a patch, by their endings."""
        try:
            return self._evaluator.settings(found.genome)
        except PluginError as error:
            raise InputError(f"match: {error}") from None

    def _level(self, sound: Audio) -> float:
        return decibels_above(sound, self.target)

    def _sounds(self, genomes: NDArray[np.float64]) -> Audio:
        try:
            return self._evaluator.render(genomes)
        except PluginError as error:
            raise InputError(f"match: {error}") from None

    def _distances(self, sound: Audio) -> dict[str, float]:
        comparison = self._plan.comparison
        labels = dict.fromkeys((*comparison.fitness, *comparison.judges))
        return {label: float(self._score(label, sound[None])[0]) for label in labels}

    def _score(self, label: str, sounds: Audio) -> NDArray[np.float64]:
        try:
            return self._evaluator.score(label, sounds)
        except PluginError as error:
            raise InputError(f"match: {error}") from None


def decibels_above(sound: Audio, other: Audio) -> float:
    """Return how much louder a sound is than another, by root mean square."""
    own, others = (max(_rms(one), _SILENT) for one in (sound, other))
    return float(20 * np.log10(own / others))


def _rms(sound: Audio) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))

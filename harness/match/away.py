"""The same match again: with another seed, and with some knobs kept away from where they are."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from common.random import generator
from harness.match.finish import Found
from harness.match.plan import MatchPlan
from harness.match.start import Start
from harness.plan.narrowed import free_parameters, narrowed_choice
from synth.space import ParameterSpace

# How far a gene is kept from the patch's.
_FAR = 0.3
# What these say can be heard of the target itself: no other answer is plausible.
_HEARD = "f0", "onset", "level"


def movable(space: ParameterSpace) -> list[int]:
    """Return the genes that may be kept away: no switches, and nothing that the target tells."""
    return [i for i, p in enumerate(space) if not p.steps and p.role not in _HEARD]


def reseeded(plan: MatchPlan, number: int) -> MatchPlan:
    """Return the match with a seed of its own for every number."""
    seed = int(generator("match: alternative", plan.options.seed, number).integers(2**31))
    experiment = plan.comparison.experiment.model_copy(update={"seed": seed})
    # What ends the match early would make alternatives of it that are not finished.
    options = replace(plan.options, stop_below=None)
    return replace(
        plan, comparison=replace(plan.comparison, experiment=experiment), options=options
    )


def away_from(plan: MatchPlan, found: Found, genes: Sequence[int]) -> MatchPlan:
    """Return the match, started from a patch, with some of its knobs elsewhere.

    Args:
        plan: the match.
        found: the patch.
        genes: positions in the space that is searched. Each stays 0.3 away from the patch's gene,
            on the side where there is more room.
    """
    comparison = plan.comparison
    genome = plan.reduced(found.genome[None])[0]
    known = comparison.synth.options if comparison.synth != plan.whole else {}
    ranges = dict(known.get("range", {}))
    for gene in genes:
        parameter, at = comparison.space[gene], float(genome[gene])
        ends = (at + _FAR, 1.0) if at < 0.5 else (0.0, at - _FAR)
        ranges[parameter.name] = [float(value) for value in parameter.to_value(np.array(ends))]
    fix = known.get("fix", {})
    narrowed = replace(
        comparison,
        synth=narrowed_choice(plan.whole, fix, ranges, plan.options.plugin_files),
        space=ParameterSpace(free_parameters(plan.space, fix, ranges)),
    )
    return replace(plan, comparison=narrowed, start=Start(found.patch, None))

"""Populations of a trial: complete genomes put together, and an agent's share of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.run.trial.next_jobs import phase_of
from harness.run.trial.plan import TrialPlan
from harness.run.trial.state import TrialState
from strategies.base import Phase, Standing
from strategies.diversity import diversity
from strategies.searches.base import Distances, Genomes, ranked

# As many as are rendered side by side: one more would cost as much as all of them.
_SOUNDS = 16


def assembled(plan: TrialPlan, state: TrialState, wanted: int | None = None) -> Genomes:
    """Put complete genomes together from what the agents hold.

    Args:
        plan: of the trial.
        state: with the agents' populations.
        wanted: how many; beyond the smallest population members are combined at random. None
            gives as many as the smallest population has, the best with the best. Islands have one
            population together.
    """
    phase, standings = phase_of(plan, state), state.standings
    agents = phase.agents[:1] if phase.islands else phase.agents
    if phase.islands:
        members = np.concatenate([standing.genomes for standing in standings])
        distances = np.concatenate([standing.distances for standing in standings])
        standings = [Standing(*ranked(members, distances))]
    fewest = min(len(s.genomes) for s in standings)
    count = fewest if wanted is None else wanted
    genomes = np.empty((count, len(plan.space)))
    for spec, standing in zip(agents, standings, strict=True):
        genomes[:fewest, list(spec.genes)] = standing.genomes[: min(count, fewest)]
    if wanted is not None:
        random = np.random.default_rng(plan.trial.random("assemble", state.round))
        for spec, standing in zip(agents, standings, strict=True):
            beyond = random.integers(len(standing.genomes), size=max(0, count - fewest))
            genomes[fewest:, list(spec.genes)] = standing.genomes[beyond]
        genomes[0] = state.champion
    return genomes


def starts(phase: Phase, genomes: Genomes, distances: Sequence[Distances]) -> list[Standing]:
    """Return every agent's first population: its genes of the best genomes, dealt out to islands.

    Args:
        phase: with the agents.
        genomes: complete ones, shape (n, genes), n at least 1.
        distances: of the genomes, as each agent minimises them, shape (n,) each.
    """
    found, step = [], len(phase.agents) if phase.islands else 1
    for number, (spec, own) in enumerate(zip(phase.agents, distances, strict=True)):
        best, credited = ranked(genomes, own)
        # With fewer genomes than islands, some islands share one.
        dealt = slice(number % min(step, len(best)), None, step)
        part = best[dealt][: spec.population, list(spec.genes)]
        found.append(Standing(part, credited[dealt][: spec.population]))
    return found


def spread(genomes: Genomes) -> Genomes:
    """Return up to sixteen members of a population, evenly over its order."""
    if len(genomes) <= _SOUNDS:
        return genomes
    return np.asarray(genomes[np.linspace(0, len(genomes) - 1, _SOUNDS).astype(int)])


def diversity_row(plan: TrialPlan, state: TrialState, evaluated: Genomes) -> dict[str, Any]:
    """Return the diversity of both populations, assembled and as evaluated."""
    sections = plan.space.sections
    return {
        "assembled": diversity(assembled(plan, state), sections),
        "evaluated": diversity(evaluated, sections),
    }

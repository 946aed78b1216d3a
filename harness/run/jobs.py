"""A job: the smallest piece of a trial that a worker does. A pure function of what it is given."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from common.blame import PluginError, blamed
from harness.plan.options import checked_options
from harness.plan.registry import Registry
from harness.record.collections import Collected
from harness.run.collecting import collected
from harness.run.evaluator import Evaluator
from strategies.agent import Context, Report, Scores, step
from strategies.base import AgentSpec
from strategies.limits import Limits
from strategies.searches.base import Distances, Genomes, Search
from strategies.searches.limited import Limited
from synth.space import ParameterSpace


@dataclass(frozen=True)
class FirstJob:
    """Evaluate a first population, once for all agents.

    Attributes:
        kind: what the journal calls such a job.
        genomes: complete ones, shape (n, genes).
        keys: the distances that the agents minimise; the trial's fitness first.
    """

    kind: ClassVar[str] = "first"
    genomes: Genomes
    keys: tuple[str, ...]


class ProbeJob(FirstJob):
    """Evaluate what a strategy, or a person, asks to probe before a search."""

    kind: ClassVar[str] = "probe"


@dataclass(frozen=True)
class StepJob:
    """Let an agent search for a few generations.

    Attributes:
        kind: what the journal calls such a job.
        agent: its position among the phase's agents.
        spec: who it is.
        seed: of its search.
        state: its search's, or None at the phase's beginning.
        start: its first population and distances, when there is no state.
        context: what the others look like, and how much may be spent.
        fitness: key of the trial's fitness.
        objective: key of the distance that the agent minimises.
        limits: between which values its genes stay; None for all.
    """

    kind: ClassVar[str] = "step"
    agent: int
    spec: AgentSpec
    seed: int
    state: Mapping[str, Any] | None
    start: tuple[Genomes, Distances] | None
    context: Context
    fitness: str
    objective: str
    limits: Limits | None = None


@dataclass(frozen=True)
class JudgeJob:
    """Render the best genome once more and measure distances.

    Attributes:
        kind: what the journal calls such a job.
        genome: shape (genes,).
        labels: which distances; all fitness functions and judges if None.
        collectors: last steps of agents whose searches are asked what else they have found.
    """

    kind: ClassVar[str] = "judge"
    genome: NDArray[np.float64]
    labels: tuple[str, ...] | None = None
    collectors: tuple[StepJob, ...] = ()


@dataclass(frozen=True)
class SoundJob:
    """Render some members of populations and measure how different they sound; not charged.

    Attributes:
        kind: what the journal calls such a job.
        populations: name to complete genomes, shape (n, genes).
    """

    kind: ClassVar[str] = "sound"
    populations: Mapping[str, Genomes]


Job = FirstJob | StepJob | JudgeJob | SoundJob


@dataclass
class Outcome:
    """What a job returns; only the times differ when it is done again.

    Attributes:
        distances: key to distances, of a first or a judge's job.
        refused: label to why its distance is missing, of a judge's job.
        sound_diversity: population to the mean difference of its sounds, in dB, of a sound job.
        broken: reason to how many candidates were broken, of a first job or a step.
        report: of a step.
        state: the search's, after a step.
        sound: of a judge's job, shape (samples,).
        settings: the synth's own files for its genome, by name, of a judge's job.
        collections: what else the searches have found, of a judge's job.
        cpu_s: CPU seconds of the whole job.
        wall_s: seconds on the clock.
        render_s: CPU seconds of rendering.
        score_s: CPU seconds of scoring.
        ended: seconds since the epoch.
        worker: which worker did it.
        batches: how many batches of genomes were evaluated, one after the other.
    """

    distances: dict[str, Distances] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    sound_diversity: dict[str, float] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    report: Report | None = None
    state: Mapping[str, Any] | None = None
    sound: NDArray[np.float32] | None = None
    settings: dict[str, bytes] = field(default_factory=dict)
    collections: list[Collected] = field(default_factory=list)
    cpu_s: float = 0.0
    wall_s: float = 0.0
    render_s: float = 0.0
    score_s: float = 0.0
    ended: float = 0.0
    worker: int = 0
    batches: int = 1


def perform(job: Job, evaluator: Evaluator, registry: Registry) -> Outcome:
    """Do a job on a problem.

    Raises:
        PluginError: if a plug-in fails.
    """
    cpu, wall = time.process_time(), time.perf_counter()
    render_s, score_s = evaluator.render_s, evaluator.score_s
    outside_s = evaluator.outside_s
    outcome = Outcome()
    evaluator.broken.clear()
    if isinstance(job, FirstJob):
        outcome.distances = evaluator.evaluate(job.genomes, job.keys)
    elif isinstance(job, JudgeJob):
        _judge(job, evaluator, registry, outcome)
    elif isinstance(job, SoundJob):
        outcome.sound_diversity = evaluator.sound_diversity(job.populations)
    else:
        _step(job, evaluator, registry, outcome)
    outcome.broken = dict(evaluator.broken)
    outcome.cpu_s, outcome.wall_s = time.process_time() - cpu, time.perf_counter() - wall
    outcome.render_s, outcome.score_s = evaluator.render_s - render_s, evaluator.score_s - score_s
    # A synth in a process of its own costs what it costs there.
    outside_s = evaluator.outside_s - outside_s
    outcome.cpu_s, outcome.render_s = outcome.cpu_s + outside_s, outcome.render_s + outside_s
    outcome.ended = time.time()
    return outcome


def _judge(job: JudgeJob, evaluator: Evaluator, registry: Registry, outcome: Outcome) -> None:
    """A distance that fails here was not what the trial searched with: the others still count."""
    sounds = evaluator.render(job.genome[None])
    outcome.sound = sounds[0]
    try:
        outcome.settings = evaluator.settings(job.genome)
    except PluginError as error:
        outcome.refused["settings"] = str(error)
    for label in evaluator.problem.labels if job.labels is None else job.labels:
        try:
            outcome.distances[label] = evaluator.score(label, sounds)
        except PluginError as error:
            outcome.refused[label] = str(error)
    for step_job in job.collectors:
        try:
            _collect(step_job, evaluator, registry, outcome)
        except PluginError as error:
            outcome.refused["collections"] = str(error)


def _collect(job: StepJob, evaluator: Evaluator, registry: Registry, outcome: Outcome) -> None:
    with blamed(f"search {job.spec.search.name!r}", PluginError):
        found = _search(job, registry, evaluator.synth.space).collection()
    if found is not None:
        shown = collected(job.spec, found, job.objective, evaluator)
        outcome.collections += [] if shown is None else [shown]


def _step(job: StepJob, evaluator: Evaluator, registry: Registry, outcome: Outcome) -> None:
    outcome.batches = 0

    with blamed(f"search {job.spec.search.name!r}", PluginError):
        search = _search(job, registry, evaluator.synth.space)

    def evaluate(genomes: Genomes) -> Scores:
        outcome.batches += 1
        labels = {job.fitness, job.objective}
        distances = evaluator.evaluate(genomes, labels, sees=search.sees, of=job.objective)
        sight = evaluator.sight if search.sees else None
        return Scores(distances[job.fitness], distances[job.objective], sight)

    with blamed(f"search {job.spec.search.name!r}", PluginError):
        outcome.report = step(job.spec, search, job.context, evaluate)
        outcome.state = search.state()


def _search(job: StepJob, registry: Registry, space: ParameterSpace) -> Search:
    cls = registry.get("search", job.spec.search.name)
    options = checked_options(cls, job.spec.search.options, job.spec.name)
    search: Search = cls(len(job.spec.genes), job.spec.population, job.seed, **options)
    if job.limits is not None:
        search = Limited(search, job.limits)
    search.meet([space[gene] for gene in job.spec.genes])
    if job.state is not None:
        search.load(job.state)
    elif job.start is not None:
        # What comes through Ray may not be written to.
        search.tell(*(part.copy() for part in job.start))
    return search

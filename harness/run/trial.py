"""One trial as rounds of jobs: who searches next, what it cost, what came out.

Nothing here knows of workers: jobs go out, outcomes come in, in any order. All that a trial becomes
follows from its config, so that a round can be done again, here or elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.plan.comparison import Comparison, Trial
from harness.run.jobs import FirstJob, Job, JudgeJob, ListenJob, Outcome, ProbeJob, StepJob
from strategies.agent import KINDS, Context, Report
from strategies.base import AgentSpec, Phase, Standing
from strategies.diversity import diversity
from strategies.searches.base import Distances, Genomes, ranked

# What randomness is for; part of its key.
_DEAL, _SEARCH, _EXCHANGE, _ASSEMBLE = range(4)
# As many as are rendered side by side: one more would cost as much as all of them.
_LISTENED = 16


class TrialRun:
    """A trial under way.

    Args:
        comparison: what it belongs to.
        trial: which one.
    """

    def __init__(self, comparison: Comparison, trial: Trial) -> None:
        self.trial = trial
        self._space = comparison.space
        self._strategy = comparison.strategy(trial.strategy)
        self.budget = self._strategy.renders(comparison.experiment.budget)
        self._deal = int(trial.random(_DEAL).generate_state(1)[0])
        self._phases = tuple(self._strategy.phases(self._deal))
        self._phase = 0
        self._first: Genomes | None = comparison.first_genomes(trial)
        # What is to be probed, the first population, its distances; what was, and its distances.
        self._probing: tuple[Genomes, Genomes, dict[str, Distances]] | None = None
        self._probed: tuple[Genomes, Distances] | None = None
        self._standings: list[Standing] = []
        self._states: list[Mapping[str, Any] | None] = []
        self._contexts: list[Genomes] = []
        self._moved: list[bool] = []
        self.round = 0
        self.champion: NDArray[np.float64] = np.empty(0)
        self.best = np.inf
        self.ledger = dict.fromkeys(KINDS, 0)
        listens = comparison.experiment.listens
        self._listen_at = np.geomspace(len(self._first), self.budget, listens).astype(int)
        # A row of the journal, and the populations whose sounds it still waits for.
        self._waiting: tuple[dict[str, Any], dict[str, Genomes]] | None = None

    @property
    def spent(self) -> int:
        """All renders so far."""
        return sum(self.ledger.values())

    @property
    def finished(self) -> bool:
        """Whether the budget is spent and all is measured."""
        return self.spent >= self.budget and self._waiting is None

    @property
    def phase(self) -> Phase:
        """The phase that runs."""
        return self._phases[self._phase]

    def jobs(self) -> list[Job]:
        """The jobs of the next round; they do not depend on each other."""
        if self._waiting is not None:
            return [ListenJob(self._waiting[1])]
        if self._first is not None:
            # A phase has its first population even where its share is smaller.
            return [FirstJob(self._first[: self.budget - self.spent], self._labels)]
        if self._probing is not None:
            return [ProbeJob(self._probing[0], (self.trial.fitness,))]
        active = self._active
        share, extra = divmod(self._left, len(active))
        allowed = [share + (i < extra) for i in range(len(active))]
        return [
            self._step_job(agent, renders, len(active))
            for agent, renders in zip(active, allowed, strict=True)
            if renders
        ]

    def judge_job(self) -> Job:
        """The job after the last round."""
        return JudgeJob(self.champion)

    def advance(self, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> dict[str, Any] | None:
        """Take in the outcomes of all jobs of a round and prepare the next.

        Args:
            jobs: as given by ``jobs``.
            outcomes: one for each job, in the same order.

        Returns:
            The round's row for the journal; None if it waits for its sounds to be listened to.
        """
        if self._waiting is not None:
            row, self._waiting = {**self._waiting[0], "sound": outcomes[0].listened}, None
            self.round += 1
            return row
        heard = np.count_nonzero(self._listen_at <= self.spent)
        if isinstance(jobs[0], ProbeJob):
            improvements, evaluated = self._take_probes(jobs[0], outcomes[0])
        elif isinstance(jobs[0], FirstJob):
            improvements, evaluated = self._take_first(jobs[0], outcomes[0])
        else:
            improvements, evaluated = self._take_steps(jobs, outcomes)
        self._exchange()
        row = self._row(improvements, evaluated)
        if np.count_nonzero(self._listen_at <= self.spent) > heard:
            listened = {"assembled": self._assembled(), "evaluated": evaluated}
            self._waiting = row, {name: _spread(genomes) for name, genomes in listened.items()}
        if self.spent < self.budget and self._left == 0 and self._probing is None:
            self._first = self._assembled(self._strategy.population)
            self._phase += 1
        if self._waiting is not None:
            return None
        self.round += 1
        return row

    def state(self) -> dict[str, Any]:
        """All that changes from round to round, as arrays and plain values."""
        return {
            "phase": self._phase,
            "first": self._first,
            "probing": self._probing,
            "probed": self._probed,
            "standings": [[s.genomes, s.distances] for s in self._standings],
            "states": self._states,
            "contexts": self._contexts,
            "moved": self._moved,
            "round": self.round,
            "champion": self.champion,
            "best": self.best,
            "ledger": self.ledger,
            "waiting": self._waiting,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` gave."""
        self._phase, self._first = state["phase"], state["first"]
        self._probing = None if state["probing"] is None else tuple(state["probing"])
        if state["probed"] is not None:
            self._learn(*state["probed"])
        self._standings = [Standing(*pair) for pair in state["standings"]]
        self._states, self._contexts = list(state["states"]), list(state["contexts"])
        self._moved, self.round = list(state["moved"]), state["round"]
        self.champion, self.best = state["champion"], state["best"]
        self.ledger = dict(state["ledger"])
        waiting = state["waiting"]
        self._waiting = None if waiting is None else (waiting[0], waiting[1])

    @property
    def _left(self) -> int:
        """Renders that the phase may still spend."""
        return max(0, self._end(self._phase) - self.spent)

    def _end(self, phase: int) -> int:
        """How many renders of the budget are spent when a phase ends."""
        last = phase == len(self._phases) - 1
        return self.budget if last else int(self._phases[phase].share * self.budget)

    @property
    def _labels(self) -> tuple[str, ...]:
        """The trial's fitness, then the atomic ones."""
        atomic = {agent.fitness for agent in self.phase.agents if agent.fitness is not None}
        return (self.trial.fitness, *sorted(atomic - {self.trial.fitness}))

    @property
    def _active(self) -> list[int]:
        agents = len(self.phase.agents)
        if self.phase.exchange.turns == "in_turn":
            return [self.round % agents]
        return list(range(agents))

    def _step_job(self, agent: int, renders: int, active: int) -> StepJob:
        spec, exchange = self.phase.agents[agent], self.phase.exchange
        state, standing = self._states[agent], self._standings[agent]
        # From the ledger alone, so that a trial that is taken up again keeps its pace.
        begin = self._end(self._phase - 1) if self._phase else 0
        length = self._end(self._phase) - begin
        context = Context(
            self._contexts[agent],
            exchange.credit,
            self._moved[agent],
            exchange.every,
            renders,
            done=(self.spent - begin) / length,
            share_of_render=active / length,
        )
        seed = int(self.trial.random(_SEARCH, self._phase, agent).generate_state(1)[0])
        start = None if state is not None else (standing.genomes, standing.distances)
        return StepJob(agent, spec, seed, state, start, context, self.trial.fitness)

    def _take_first(self, job: FirstJob, outcome: Outcome) -> tuple[list[list[float]], Genomes]:
        distances = outcome.distances[self.trial.fitness]
        improvements = self._charge("first", job.genomes, distances)
        self._begin_phase(job.genomes, outcome.distances)
        self._first = None
        if self._phase == 0 and (left := self.budget - self.spent):
            probes = self._strategy.probe(job.genomes, distances, left, self._deal)
            if probes is not None:
                self._probing = probes, job.genomes, outcome.distances
        return improvements, job.genomes

    def _take_probes(self, job: ProbeJob, outcome: Outcome) -> tuple[list[list[float]], Genomes]:
        """Begin again with the agents that follow, from the same first population."""
        if self._probing is None:
            raise TypeError("nothing was to be probed")
        distances = outcome.distances[self.trial.fitness]
        improvements = self._charge("probe", job.genomes, distances)
        self._learn(job.genomes, distances)
        self._begin_phase(*self._probing[1:])
        self._probing = None
        return improvements, job.genomes

    def _learn(self, probed: Genomes, distances: Distances) -> None:
        self._probed = probed, distances
        self._strategy.learn(probed, distances)
        self._phases = tuple(self._strategy.phases(self._deal))

    def _begin_phase(self, genomes: Genomes, distances: Mapping[str, Distances]) -> None:
        """Give every agent its first population."""
        agents = self.phase.agents
        self._standings = [
            _start(spec, genomes, distances[spec.fitness or self.trial.fitness]) for spec in agents
        ]
        self._states = [None] * len(agents)
        self._contexts, self._moved = [], [False] * len(agents)

    def _charge(self, kind: str, genomes: Genomes, distances: Distances) -> list[list[float]]:
        report = Report()
        report.note(genomes, distances, {kind: len(genomes)})
        return self._improve(report)

    def _take_steps(
        self, jobs: Sequence[Job], outcomes: Sequence[Outcome]
    ) -> tuple[list[list[float]], Genomes]:
        improvements, evaluated = [], []
        for job, outcome in zip(jobs, outcomes, strict=True):
            if not isinstance(job, StepJob) or outcome.report is None:
                raise TypeError("a round of steps holds another job")
            improvements += self._improve(outcome.report)
            evaluated.append(outcome.report.evaluated)
            if outcome.report.standing is not None:
                self._standings[job.agent] = outcome.report.standing
            self._states[job.agent] = outcome.state
            self._moved[job.agent] = False
        return improvements, np.concatenate(evaluated)

    def _improve(self, report: Report) -> list[list[float]]:
        """Charge a report's renders, and keep each improvement as (renders so far, distance)."""
        kept: list[list[float]] = []
        for offset, genome, distance in report.improvements:
            if distance < self.best:
                self.best, self.champion = distance, np.array(genome)
                kept.append([self.spent + offset, distance])
        for kind, count in report.renders.items():
            self.ledger[kind] += count
        return kept

    def _exchange(self) -> None:
        """Show every agent what the others have become."""
        before = self._contexts
        random = np.random.default_rng(self.trial.random(_EXCHANGE, self.round))
        self._contexts = self._strategy.contexts(
            self.phase,
            self._standings,
            self.champion,
            before[0] if before else self.champion[None],
            random,
        )
        for i, (spec, context) in enumerate(zip(self.phase.agents, self._contexts, strict=True)):
            others = np.ones(len(self._space), dtype=bool)
            others[list(spec.genes)] = False
            # A first population was evaluated as it came, not with these collaborators.
            same = before and np.array_equal(before[i][:, others], context[:, others])
            self._moved[i] |= bool(others.any()) and not same

    def _assembled(self, wanted: int | None = None) -> Genomes:
        """Complete genomes put together from what the agents hold.

        Args:
            wanted: how many; beyond the smallest population members are combined at random. None
                gives as many as the smallest population has, the best with the best.
        """
        fewest = min(len(s.genomes) for s in self._standings)
        count = fewest if wanted is None else wanted
        genomes = np.empty((count, len(self._space)))
        for spec, standing in zip(self.phase.agents, self._standings, strict=True):
            genomes[:fewest, list(spec.genes)] = standing.genomes[: min(count, fewest)]
        if wanted is not None:
            random = np.random.default_rng(self.trial.random(_ASSEMBLE, self.round))
            for spec, standing in zip(self.phase.agents, self._standings, strict=True):
                beyond = random.integers(len(standing.genomes), size=max(0, count - fewest))
                genomes[fewest:, list(spec.genes)] = standing.genomes[beyond]
            genomes[0] = self.champion
        return genomes

    def _row(self, improvements: list[list[float]], evaluated: Genomes) -> dict[str, Any]:
        sections = self._space.sections
        distances = np.concatenate([s.distances for s in self._standings])
        return {
            "round": self.round,
            "phase": self._phase,
            "renders": self.spent,
            "ledger": dict(self.ledger),
            "best": self.best,
            "mean": float(distances.mean()),
            "improvements": improvements,
            "diversity": {
                "assembled": diversity(self._assembled(), sections),
                "evaluated": diversity(evaluated, sections),
            },
        }


def _spread(genomes: Genomes) -> Genomes:
    """Some of a population, evenly over its order."""
    if len(genomes) <= _LISTENED:
        return genomes
    return np.asarray(genomes[np.linspace(0, len(genomes) - 1, _LISTENED).astype(int)])


def _start(spec: AgentSpec, genomes: Genomes, distances: Distances) -> Standing:
    """An agent's first population: its genes of the best genomes."""
    best, credited = ranked(genomes, distances)
    count = spec.population
    return Standing(best[:count][:, list(spec.genes)], credited[:count])

"""A worker: does jobs, and prepares a problem once."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from harness.plan.registry import Registry
from harness.run.batches import one_by_one
from harness.run.code import Coded
from harness.run.evaluator import Evaluator
from harness.run.jobs import Job, Outcome, perform
from harness.run.problem import Problem

# An evaluator holds its targets' spectra: a few megabytes.
_KEPT_PROBLEMS = 8


class Worker(Coded):
    """Does jobs. Nothing of a trial stays here: any worker can do any job.

    Args:
        number: which worker this is, for the times.
        files: plug-in files.
    """

    def __init__(self, number: int, files: tuple[Path, ...]) -> None:
        self._number, self._files = number, files
        self._problems: dict[str, Problem] = {}
        self._evaluators: OrderedDict[str, Evaluator] = OrderedDict()

    @cached_property
    def _registry(self) -> Registry:
        # Not in the constructor: what it refuses would look like the death of the actor.
        return Registry(self._files)

    def learn(self, problem: Problem) -> None:
        """Keep a problem for the jobs that name its key."""
        self._problems[problem.key] = problem

    def perform(self, jobs: Sequence[tuple[str, Job]]) -> tuple[list[Outcome], float]:
        """Do jobs, as ``one_by_one`` does.

        Args:
            jobs: the key of a problem that ``learn`` received, and a job on it.
        """
        return one_by_one(lambda one: self._performed(*one), jobs)

    def _performed(self, key: str, job: Job) -> Outcome:
        if key not in self._evaluators:
            self._evaluators[key] = Evaluator(self._problems[key])
            if len(self._evaluators) > _KEPT_PROBLEMS:
                self._evaluators.popitem(last=False)
        self._evaluators.move_to_end(key)
        outcome = perform(job, self._evaluators[key], self._registry)
        outcome.worker = self._number
        return outcome

"""Judging a trial's champion: all distances at once, and one by one after a death.

A judge that takes its worker along must cost neither the search's result nor the other judges.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.record.collections import Collected
from harness.run.dispatch import MOST_DEATHS
from harness.run.jobs import JudgeJob, Outcome


class Judging:
    """What has come of judging one champion so far.

    Attributes:
        sound: the champion's, shape (samples,); None before it was rendered.
        settings: the synth's own files for its genome, by name.
        collections: what else the searches have found; None while it is not known.

    Args:
        labels: of all distances that are asked for.
        job: that asks for all of them.
    """

    def __init__(self, labels: list[str], job: JudgeJob) -> None:
        self.sound: NDArray[np.float32] | None = None
        self.settings: dict[str, bytes] = {}
        self.collections: list[Collected] | None = None if job.collectors else []
        self._labels, self._job = labels, job
        self._distances: dict[str, float] = {}
        self._refused: dict[str, str] = {}
        self._died: list[str] = []

    def take(self, job: JudgeJob, outcome: Outcome) -> None:
        """Take in the outcome of a judge's job."""
        # Where every distance kills its worker, the sound of what is only collected judges nothing.
        if job.labels != ():
            self.sound, self.settings = outcome.sound, outcome.settings
        self._distances |= {label: float(d[0]) for label, d in outcome.distances.items()}
        self._refused |= outcome.refused
        if job.collectors:
            self.collections = outcome.collections

    def after_death(self, job: JudgeJob) -> list[JudgeJob]:
        """Return the jobs that take the place of one over which its workers died."""
        if job.labels is None:
            alone = [JudgeJob(self._job.genome, (label,)) for label in self._labels]
            collectors = self._job.collectors
            shown = [JudgeJob(self._job.genome, (), collectors)] if collectors else []
            return [*alone, *shown]
        self._died += job.labels
        if job.collectors:
            self.collections = []
        return []

    @property
    def complete(self) -> bool:
        """Whether every distance, and what else was found, is known, refused, or given up."""
        known = {*self._distances, *self._refused, *self._died}
        return known >= set(self._labels) and self.collections is not None

    def plain(self) -> dict[str, Any]:
        """Return the judgement as plain values.

        ``distances`` and ``refused`` by label; ``again``: the labels whose worker died, which are
        asked for again when the comparison is next run.
        """
        died = f"the worker died {MOST_DEATHS} times while scoring"
        refused = self._refused | dict.fromkeys(self._died, died)
        again = {"again": sorted(self._died)} if self._died else {}
        return {
            "distances": dict(sorted(self._distances.items())),
            "refused": dict(sorted(refused.items())),
            **again,
        }

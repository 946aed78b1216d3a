"""The results of a comparison, for Python: data frames, answers, the report, the best sounds."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.suggest import nearest
from common.wording import counted
from harness.record.journal import Journal
from harness.record.sounds import read_sound
from harness.record.trial_folder import GENOME, SOUND

if TYPE_CHECKING:
    import pandas as pd

    from harness.answer.load import Results
    from harness.answer.questions.evaluate import Answers


@dataclass(frozen=True)
class BestSound:
    """The closest sound that was found for a target.

    Attributes:
        trial: name of the trial that found it.
        strategy: label of the strategy.
        distance: from the target, by the trial's fitness.
        distances: label to the distance by every fitness and judge.
        sound: shape (samples,), float32.
        sample_rate: in hertz.
        knobs: parameter to its gene, value, unit and section.
    """

    trial: str
    strategy: str
    distance: float
    distances: dict[str, float]
    sound: NDArray[np.float32]
    sample_rate: int
    knobs: dict[str, dict[str, Any]]


class ComparisonResults:
    """What a comparison has found so far. ``ga_synth.results`` reads one from its folder.

    Every data frame is described in ``docs/python.md``, column by column, with units.

    Args:
        journal: of the comparison.

    Raises:
        InputError: if nothing was run there, or no trial is finished.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._loaded: Results = _load(journal)

    def __repr__(self) -> str:
        done, left = len(self._loaded.trials), len(self._loaded.unfinished)
        failed = len(self._loaded.failures)
        finished = f"{counted(done, 'trial')} finished"
        return f"<results of {self.name}: {finished}, {failed} failed, {left} to run>"

    @property
    def name(self) -> str:
        """The name of the comparison."""
        return self._journal.path.name

    @property
    def trials(self) -> "pd.DataFrame":
        """A row for each finished trial."""
        return self._loaded.trials.copy()

    @property
    def curves(self) -> "pd.DataFrame":
        """The best distance over the renders, on one grid for all trials."""
        return self._loaded.curves.copy()

    @property
    def diversity(self) -> "pd.DataFrame":
        """The diversity of the populations over the renders."""
        return self._loaded.diversity.copy()

    @property
    def measures(self) -> "pd.DataFrame":
        """A row for each finished trial, with every measure that the answers use."""
        return self.answers().measures.copy()

    @property
    def failures(self) -> dict[str, str]:
        """Name of each failed trial to the reason."""
        return dict(self._loaded.failures)

    def answers(self) -> "Answers":
        """Answer every question that the comparison can answer."""
        return self._answers

    def report(self) -> Path:
        """Write the HTML report and the tables beside the journal; returns the report's path."""
        from harness.answer.output.write_all import write_answers

        path, _ = write_answers(self._loaded, self._answers)
        return path

    def best(
        self, target: str, *, strategy: str | None = None, fitness: str | None = None
    ) -> BestSound:
        """Return the closest sound to a target.

        Closest by the judges, or by the fitness where no judge scored every trial.

        Args:
            target: its label.
            strategy: consider only this one.
            fitness: consider only trials that minimised this one.

        Raises:
            InputError: for an unknown label.
        """
        from harness.answer.measures.trial import closest_first

        rows = self.measures
        chosen = {"target": target, "strategy": strategy, "fitness": fitness}
        for column, label in chosen.items():
            if label is None:
                continue
            if label not in set(rows[column]):
                raise InputError(
                    f"best: no {column} {label!r}; {nearest(label, set(rows[column]))}"
                )
            rows = rows[rows[column] == label]
        if not len(rows):
            raise InputError(f"best: no finished trial with {chosen}")
        first = closest_first(rows)[0].iloc[0]
        folder = self._journal.folder(str(first["name"]))
        sounds, sample_rate = read_sound(folder.path / SOUND)
        return BestSound(
            str(first["name"]),
            str(first["strategy"]),
            float(first["best"]),
            dict(folder.judgement()["distances"]),
            sounds[0],
            sample_rate,
            folder.read(GENOME),
        )

    @cached_property
    def _answers(self) -> "Answers":
        from harness.answer.questions.evaluate import answer

        return answer(self._loaded)


def results(name: str, out: str | os.PathLike[str] = "runs") -> ComparisonResults:
    """Read the results of a comparison.

    Args:
        name: of the comparison.
        out: folder of all comparisons.

    Raises:
        InputError: if nothing was run there, or no trial is finished.
    """
    return ComparisonResults(Journal(Path(out), name))


def _load(journal: Journal) -> "Results":
    from harness.answer.load import load_results

    return load_results(journal)

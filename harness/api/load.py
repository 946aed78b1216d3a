"""Load a comparison from an experiment file, or from Python, and run it."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.suggest import nearest
from common.wording import counted
from harness.api.results import ComparisonResults, results
from harness.api.runner import RunOptions, run_trials
from harness.plan.comparison import Comparison
from harness.plan.experiment import Experiment, experiment_from, read_experiment
from harness.plan.resolve import resolve
from harness.plan.shipped import experiment_path
from harness.plan.trials import Trial, trials_of

DEFAULT_OUT = Path("runs")


@dataclass(frozen=True, repr=False)
class LoadedComparison:
    """A comparison that was checked and can be run.

    Attributes:
        plan: everything that the experiment names, found and complete.
        command: what loads it again, for the report.
    """

    plan: Comparison
    command: str = ""

    def __repr__(self) -> str:
        plan, experiment = self.plan, self.experiment
        grid = [
            counted(len(plan.strategies), "strategy", "strategies"),
            counted(len(plan.fitness), "fitness function"),
            counted(len(plan.targets), "target"),
            counted(experiment.seeds, "seed"),
        ]
        each = counted(experiment.budget, "render")
        return f"<comparison {self.name}: {' × '.join(grid)}, {each} each>"

    @property
    def experiment(self) -> Experiment:
        """The experiment, as validated."""
        return self.plan.experiment

    @property
    def name(self) -> str:
        """The name of the comparison, and of its folder."""
        return self.plan.experiment.name

    def trials(self, only: Iterable[str] = ()) -> list[Trial]:
        """List the trials of the grid.

        Args:
            only: restrictions ``axis=label,label``; axes are strategy, fitness, target, seed.

        Raises:
            InputError: for an unknown axis or label.
        """
        return trials_of(self.plan, only)

    def run(
        self,
        *,
        workers: int = 0,
        out: str | os.PathLike[str] = DEFAULT_OUT,
        only: Iterable[str] = (),
        address: str | None = None,
        mirror: bool = True,
        progress: bool = True,
        on_event: Callable[[str, Trial, Any], None] | None = None,
    ) -> ComparisonResults:
        """Run what is not finished, and return the results.

        Ctrl-C leaves a run that resumes where it stopped.

        Args:
            workers: how many processes search; 0 is one for each CPU.
            out: folder of all comparisons.
            only: restrictions ``axis=label,label``.
            address: of a running Ray cluster; a local one is started if None.
            mirror: whether to mirror the trials to MLflow.
            progress: whether to show progress.
            on_event: called with "begun", "improved", "round", "printed", "finished" or "failed",
                the trial, and its renders, its best genome, its row, lines that plug-ins printed,
                its judgement or the reason.

        Raises:
            InputError: if anything does not fit, or no trial finished.
            KeyboardInterrupt: if a signal asked for a stop.
        """
        options = RunOptions(
            Path(out), workers, address, mirror=mirror, quiet=not progress, on_event=on_event
        )
        run_trials(self.plan, self.trials(only), options, self.command)
        return self.results(out)

    def results(self, out: str | os.PathLike[str] = DEFAULT_OUT) -> ComparisonResults:
        """Read the results of what has been run.

        Raises:
            InputError: if no trial is finished.
        """
        return results(self.name, out)


def load(
    source: str | os.PathLike[str] | Mapping[str, Any],
    *,
    size: str | None = None,
    settings: Iterable[str] = (),
    **changes: Any,
) -> LoadedComparison:
    """Load a comparison.

    Args:
        source: an experiment file, the name of a shipped one, or a mapping with the same keys;
            paths in a mapping are relative to the current folder.
        size: one of the file's sizes, such as ``smoke``.
        settings: changes as on the command line, ``key=value`` with dots for nested keys.
        changes: top-level keys to replace, such as ``budget=400``.

    Raises:
        InputError: in one line, for anything that is unknown, missing or does not fit.
    """
    if isinstance(source, Mapping):
        given = {"name": "unnamed", **source}
        return LoadedComparison(
            resolve(experiment_from(given, list(settings), size, changes), Path())
        )
    path = experiment_path(Path(source))
    experiment = read_experiment(path, list(settings), size, changes)
    arguments = [repr(str(path)), *([f"size={size!r}"] if size else [])]
    arguments += [f"settings={list(settings)!r}"] if settings else []
    arguments += [f"{key}={value!r}" for key, value in changes.items()]
    return LoadedComparison(
        resolve(experiment, path.parent), f"ga_synth.load({', '.join(arguments)}).run()"
    )


def run(source: str | os.PathLike[str] | Mapping[str, Any], **options: Any) -> ComparisonResults:
    """Load a comparison and run it.

    Args:
        source: as for ``load``.
        options: those of ``LoadedComparison.run``, and changes as for ``load``.

    Raises:
        InputError: as ``load`` and ``LoadedComparison.run``.
    """
    own = ("workers", "out", "only", "address", "mirror", "progress", "on_event")
    known = (*own, "size", "settings", *Experiment.model_fields)
    if unknown := [key for key in options if key not in known]:
        raise InputError(f"run: unknown option {unknown[0]!r}; {nearest(unknown[0], known)}")
    running = {key: options.pop(key) for key in own if key in options}
    return load(source, **options).run(**running)

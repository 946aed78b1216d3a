"""How many sounds can be rendered and compared in a given time."""

import time
from dataclasses import replace
from pathlib import Path

from common.paths import present
from common.random import generator
from harness.match.options import MatchOptions
from harness.match.plan import TARGET, MatchPlan, planned
from harness.match.sound_file import Part
from harness.record.sealed import read_record, write_record
from harness.run.evaluator import Evaluator
from harness.run.own_process import OwnProcess
from harness.run.problem import problem_of
from strategies.searches.base import Genomes, Sense

# Enough to time, few enough for a slow synth; and what a search itself takes beside them.
_FAST, _SLOW, _SEARCH = 64, 4, 1.2
_LEAST, _SLOW_S = 10, 0.2
# As the search of a match.
_SEES: tuple[Sense, ...] = ("views",)


def planned_in_time(sound: Path, options: MatchOptions, part: Part | None = None) -> MatchPlan:
    """Plan a match whose budget is what the minutes allow; without minutes, plan it as it is.

    The budget is measured once, so that the same command goes on where it stopped.

    Raises:
        InputError: as ``planned``.
    """
    if options.minutes is None:
        return planned(sound, options, part)
    first = planned(sound, replace(options, minutes=None), part)
    note = first.folder / "searches" / f"minutes-{options.minutes:g}-{first.trial.key}.json"
    if not present(note):
        write_record(note, {"budget": _budget(first, 60 * options.minutes)})
    budget = int(read_record(note)["budget"])
    return planned(sound, replace(options, minutes=None, budget=budget), part)


def _budget(plan: MatchPlan, seconds: float) -> int:
    evaluator = Evaluator(problem_of(plan.comparison, TARGET))
    random = generator("match: time limit")
    labels = [plan.trial.fitness]
    with OwnProcess():
        spent = _timed(evaluator, random.random((_SLOW, len(plan.comparison.space))), labels)
        count = _SLOW
        if spent < _SLOW_S:
            count = _FAST
            spent = _timed(evaluator, random.random((_FAST, len(plan.comparison.space))), labels)
    return max(_LEAST, int(seconds / (_SEARCH * spent / count)))


def _timed(evaluator: Evaluator, genomes: Genomes, labels: list[str]) -> float:
    # The first call waits for compiled code.
    evaluator.evaluate(genomes[:1], labels, sees=_SEES)
    began = time.perf_counter()
    evaluator.evaluate(genomes, labels, sees=_SEES)
    return max(time.perf_counter() - began, 1e-6)

"""Runs the search of a match in this process, from where it stopped if it was begun before."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from common.blame import blamed
from common.cache import cache_folder
from common.errors import InputError
from harness.match.plan import MatchPlan
from harness.plan.trials import Trial
from harness.record.damage import clear_damaged
from harness.record.journal import Journal
from harness.record.trial_folder import GENOME, RECORD, TrialFolder
from harness.run.driver import Driver
from harness.run.known import Known, Nearest, loudest_channel
from harness.run.own_process import OwnProcess
from harness.run.stop import Stop
from harness.train.bank import Bank
from harness.train.bank_rendering import make_bank_here
from harness.train.example_synth import example_synth, synth_of


class Watcher(Protocol):
    """Is told how a search goes."""

    def on_improved(self, genome: NDArray[np.float64]) -> None:
        """Take a genome of the whole synth, shape (all genes,), that is closer than all before."""

    def on_round(self, renders: int, best: float) -> None:
        """Take how many renders were spent, and the best distance."""


class BankWatcher(Protocol):
    """Is told how a bank is made."""

    def bank(self, ready: int, of: int) -> None:
        """Take how many sounds of the bank are ready."""

    def bank_waits(self, maker: str) -> None:
        """Take which other process makes the bank, before waiting for it."""


@dataclass(frozen=True)
class Searched:
    """How far a search has come.

    Attributes:
        genome: the best one so far, of the whole synth, shape (all genes,).
        distance: its distance by the fitness.
        renders: how many were spent.
        ended: why the search is over: ``budget``, ``below`` or ``stall``; empty if it was stopped
            and can be resumed.
        broken: why and how often a sound or distance was no number, or a sound absurdly loud.
    """

    genome: NDArray[np.float64]
    distance: float
    renders: int
    ended: str
    broken: Mapping[str, int] = field(default_factory=dict)


class NothingYet(KeyboardInterrupt):
    """A stop came before anything was rendered and written."""


class _Enough:
    """Follows the driver, and asks for a stop: at a signal, or once the search is good enough."""

    def __init__(self, plan: MatchPlan, stop: Stop, watcher: Watcher) -> None:
        self._plan, self._stop, self._watcher = plan, stop, watcher
        self._best, self._improved_at = np.inf, 0
        self.reason = self.failure = ""

    @property
    def signal(self) -> int:
        """Whether the driver should stop."""
        return self._stop.signal or int(bool(self.reason))

    def on_event(self, event: str, trial: Trial, data: Any) -> None:
        """Take in an event of the driver."""
        del trial
        if event == "failed":
            self.failure = str(data)
        if event == "improved":
            self._watcher.on_improved(self._plan.complete(data[None])[0])
        if event != "round":
            return
        renders, best = int(data["renders"]), float(data["best"])
        if best < self._best:
            self._best, self._improved_at = best, renders
        self._watcher.on_round(renders, best)
        options = self._plan.options
        below, stall = options.stop_below, options.stop_after_stall
        if below is not None and best < below:
            self.reason = "below"
        elif stall is not None and renders - self._improved_at >= stall:
            self.reason = "stall"


def search(plan: MatchPlan, stop: Stop, watcher: Watcher, nearest: Nearest | None) -> Searched:
    """Run the search until its budget is spent, it is enough, or a signal asks for a stop.

    Args:
        plan: the match.
        stop: in force.
        watcher: is told how it goes.
        nearest: finds what a strategy starts from, if it wants that.

    Raises:
        InputError: if the synth or the fitness fails, or the folder cannot be written to.
        NothingYet: if a stop came before anything was written.
    """
    journal = Journal(plan.folder / "searches", _key(plan))
    folder = journal.folder(plan.trial)
    clear_damaged(journal, [plan.trial.name])
    if not folder.finished:
        journal.begin(plan.comparison)
        enough = _Enough(plan, stop, watcher)
        with OwnProcess(plan.comparison.registry.files) as pool:
            known = Known(plan.comparison, {}, nearest)
            driver = Driver(plan.comparison, journal, pool, enough.on_event, known)
            driver.run([plan.trial], enough)
        if enough.failure:
            raise InputError(f"match: {enough.failure}")
        if not folder.finished:
            return _so_far(plan, folder, enough.reason)
    judgement = folder.read(RECORD)
    genes = [knob["gene"] for knob in folder.read(GENOME).values()]
    genome = plan.complete(np.array([genes]))[0]
    best, renders = float(judgement["best"]), int(judgement["renders"])
    return Searched(genome, best, renders, "budget", judgement.get("broken", {}))


def _so_far(plan: MatchPlan, folder: TrialFolder, reason: str) -> Searched:
    state = folder.resume(plan.trial.config)
    if state is None:
        raise NothingYet
    genome = plan.complete(np.asarray(state["champion"])[None])[0]
    spent = sum(state["ledger"].values())
    return Searched(genome, float(state["best"]), int(spent), reason, state.get("broken", {}))


def _key(plan: MatchPlan) -> str:
    """What tells searches of one sound with different options apart."""
    config = json.dumps(plan.trial.config, sort_keys=True)
    start = "" if plan.start is None else repr(sorted(plan.start.patch.values.items()))
    if plan.first is not None:
        start = json.dumps(plan.first.trial.config, sort_keys=True)
    return "search-" + hashlib.sha256((config + start).encode()).hexdigest()[:10]


def bank_of(plan: MatchPlan, watcher: BankWatcher) -> Bank | None:
    """Return the bank that a search starts from, if it wants one; makes it if it is missing.

    It is made in this process, without Ray; but not for a search that is over.

    Args:
        plan: the match.
        watcher: is told how the making of the bank goes.

    Raises:
        InputError: if the bank cannot be made.
    """
    if not (plan.starts_from_bank and plan.banked):
        return None
    searched = Journal(plan.folder / "searches", _key(plan)).folder(plan.trial).finished
    if searched and not plan.options.alternatives:
        return None
    comparison = plan.comparison
    kind = comparison.experiment.bank
    synth = example_synth(plan.whole, plan.space, comparison.registry)
    bank = Bank(cache_folder(), kind, synth)

    def make() -> None:
        watcher.bank(0, kind.size)
        made = synth_of(plan.whole, kind, comparison.registry)
        with blamed(f"synth {plan.whole.name!r}"):
            make_bank_here(bank, made, lambda ready: watcher.bank(ready, kind.size))

    bank.make_once(make, watcher.bank_waits)
    return bank


def nearest_from(plan: MatchPlan, bank: Bank | None) -> Nearest | None:
    """Return what finds the genomes that a search starts from; None if it starts elsewhere.

    Args:
        plan: the match.
        bank: of its synth, if there is one.
    """
    if not plan.starts_from_bank:
        return None

    def nearest(target: Any) -> Any:
        parts = [] if plan.start is None else [plan.start.genomes(plan.space, plan.options.seed)]
        if bank is not None:
            parts.append(bank.nearest(loudest_channel(target), target.sample_rate))
        return plan.reduced(np.concatenate(parts)) if parts else np.empty((0, 0))

    return nearest

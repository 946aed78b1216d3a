"""Progress of a run: a live table on a terminal, plain lines elsewhere, JSON lines if asked."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from common.wording import counted
from harness.answer.output.rows import Rows
from harness.plan.trials import Trial
from harness.record.broken_counts import added, said
from harness.record.trial_folder import PRINTED

_LINE_EVERY_S = 5.0
# Different lines of plug-ins that are shown; all are in the trials' folders.
_MOST_PRINTED = 5


@dataclass
class _Row:
    """What has become of a strategy's trials."""

    trials: int
    done: int
    failed: int = 0
    renders: int = 0


class Progress:
    """Follows the driver and shows what it does; a context.

    Args:
        trials: all of the run.
        finished: those that were finished before.
        budget: renders of a trial.
        as_json: whether to print every event as a line of JSON.
        quiet: whether to print nothing.
    """

    def __init__(
        self,
        trials: Sequence[Trial],
        finished: Iterable[Trial],
        budget: int,
        *,
        as_json: bool = False,
        quiet: bool = False,
    ) -> None:
        self._budget, self._as_json, self._quiet = budget, as_json, quiet
        total = Counter(trial.strategy for trial in trials)
        before = Counter(trial.strategy for trial in finished)
        self._rows = {name: _Row(count, before[name]) for name, count in total.items()}
        self._to_do = len(trials) - before.total()
        self._renders_of: dict[str, int] = {}
        self._broken: list[dict[str, int]] = []
        self._lines_shown: set[str] = set()
        self._lines = 0
        self._reasons: Counter[str] = Counter()
        self._started = self._printed = time.monotonic()
        self._console = Console(highlight=False)
        live = self._console.is_terminal and not (as_json or quiet)
        self._live = Live(console=self._console, refresh_per_second=4) if live else None

    def __enter__(self) -> "Progress":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live:
            self._live.update(self._table())
            self._live.stop()
        if not (self._as_json or self._quiet):
            self._tell_repeated()
        if self._broken and not (self._as_json or self._quiet):
            self._print(
                "broken candidates, at the worst distance, in "
                f"{counted(len(self._broken), 'trial')}: {said(added(self._broken))}"
            )

    @property
    def failed(self) -> int:
        """How many trials failed."""
        return sum(row.failed for row in self._rows.values())

    def on_event(self, event: str, trial: Trial, data: Any) -> None:
        """Take in an event of the driver, and show it."""
        row = self._rows[trial.strategy]
        if event == "begun":
            self._renders_of[trial.name] = data
        elif event == "round":
            row.renders += data["renders"] - self._renders_of[trial.name]
            self._renders_of[trial.name] = data["renders"]
        elif event == "finished":
            row.done += 1
            if "broken" in data:
                self._broken.append(data["broken"])
        elif event == "failed":
            row.failed += 1
            self._reasons[data] += 1
        if not self._quiet:
            self._show(event, trial, data)

    def _show(self, event: str, trial: Trial, data: Any) -> None:
        if self._as_json:
            if event not in ("round", "improved"):
                line = {"event": event, "trial": trial.name}
                line |= {"best": data["best"]} if event == "finished" else {}
                if event == "finished" and "broken" in data:
                    line["broken"] = data["broken"]
                line |= {"reason": data} if event == "failed" else {}
                line |= {"lines": data} if event == "printed" else {}
                self._print(json.dumps(line))
            return
        if event == "failed" and self._reasons[data] == 1:
            self._print(f"failed: {trial.name}: {data}")
        if event == "printed":
            self._lines += len(data)
            for line in data:
                if line not in self._lines_shown and len(self._lines_shown) < _MOST_PRINTED:
                    self._lines_shown.add(line)
                    self._print(f"printed: {line}")
        if self._live:
            self._live.update(self._table())
        elif time.monotonic() - self._printed > _LINE_EVERY_S:
            self._printed = time.monotonic()
            self._print(self._line())

    def _tell_repeated(self) -> None:
        """Say how often what was shown once has come."""
        for reason, count in self._reasons.items():
            if count > 1:
                others = counted(count - 1, "more trial")
                self._print(f"failed: {others} for the same reason: {reason}")
        if self._lines:
            lines = counted(self._lines, "line")
            self._print(f"plug-ins printed {lines}: {PRINTED} in the folders of their trials")

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, soft_wrap=True)

    def _line(self) -> str:
        done = sum(row.done for row in self._rows.values())
        total = sum(row.trials for row in self._rows.values())
        line = f"{done} of {counted(total, 'trial')}, {self._rate():,.0f} renders/s"
        # The first rounds wait for compilers and say nothing about what follows.
        return f"{line}, about {duration(self._left_s())} left" if self._renders() else line

    def _renders(self) -> int:
        return sum(row.renders for row in self._rows.values())

    def _rate(self) -> float:
        return self._renders() / max(time.monotonic() - self._started, 1e-9)

    def _left_s(self) -> float:
        left = (self._to_do - self.failed) * self._budget - self._renders()
        return max(0.0, left / max(self._rate(), 1e-9))

    def _table(self) -> Group:
        seconds = max(time.monotonic() - self._started, 1e-9)
        rows = [
            (
                strategy,
                f"{row.done}/{row.trials}",
                Text(str(row.failed), "red") if row.failed else "",
                f"{row.renders:,}",
                f"{row.renders / seconds:,.0f}",
            )
            for strategy, row in self._rows.items()
        ]
        figures = ("done", "failed", "renders", "renders/s")
        return Group(Rows(("strategy", *figures), rows, frozenset(figures)), Text(self._line()))


def duration(seconds: float) -> str:
    """Format a time for people: hours and minutes, or minutes and seconds, or seconds."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole // 60 % 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"

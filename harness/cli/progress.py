"""Progress of a run: a live table on a terminal, plain lines elsewhere, JSON lines if asked."""

import json
import time
from collections.abc import Sequence
from typing import Any

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from harness.plan.comparison import Trial

_LINE_EVERY_S = 5.0


class Progress:
    """Hears the driver and tells people; a context.

    Args:
        trials: all of the run.
        finished: how many of them were finished before.
        budget: renders of a trial.
        as_json: whether to say every event as a line of JSON.
    """

    def __init__(self, trials: Sequence[Trial], finished: int, budget: int, as_json: bool) -> None:
        self._budget, self._as_json = budget, as_json
        self._total = len(trials)
        self._before = finished
        self._rows = {
            strategy: {"trials": 0, "done": 0, "failed": 0, "renders": 0}
            for strategy in dict.fromkeys(trial.strategy for trial in trials)
        }
        for trial in trials:
            self._rows[trial.strategy]["trials"] += 1
        self._renders_of: dict[str, int] = {}
        self._began = self._told = time.monotonic()
        self.failed = 0
        console = Console()
        self._live = Live(console=console, refresh_per_second=4) if console.is_terminal else None

    def __enter__(self) -> "Progress":
        if self._live and not self._as_json:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live and not self._as_json:
            self._live.update(self._table())
            self._live.stop()

    def hear(self, event: str, trial: Trial, data: Any) -> None:
        """Take in an event of the driver."""
        row = self._rows[trial.strategy]
        if event == "begun":
            self._renders_of[trial.name] = data
        elif event == "round":
            row["renders"] += data["renders"] - self._renders_of[trial.name]
            self._renders_of[trial.name] = data["renders"]
        elif event == "finished":
            row["done"] += 1
        elif event == "failed":
            row["failed"] += 1
            self.failed += 1
        self._tell(event, trial, data)

    def _tell(self, event: str, trial: Trial, data: Any) -> None:
        if self._as_json:
            if event != "round":
                line = {"event": event, "trial": trial.name}
                line |= {"best": data["best"]} if event == "finished" else {}
                line |= {"reason": data} if event == "failed" else {}
                typer.echo(json.dumps(line))
            return
        if event == "failed":
            message = f"failed: {trial.name}: {data}"
            self._live.console.print(message, markup=False) if self._live else typer.echo(message)
        if self._live:
            self._live.update(self._table())
        elif time.monotonic() - self._told > _LINE_EVERY_S:
            self._told = time.monotonic()
            typer.echo(self._line())

    def _line(self) -> str:
        done = sum(row["done"] for row in self._rows.values())
        said = f"{self._before + done} of {self._total} trials, {self._rate():,.0f} renders/s"
        # The first rounds wait for compilers and say nothing of what follows.
        return f"{said}, about {in_words(self._left_s())} left" if done else said

    def _rate(self) -> float:
        renders = sum(row["renders"] for row in self._rows.values())
        return renders / max(time.monotonic() - self._began, 1e-9)

    def _left_s(self) -> float:
        renders = sum(row["renders"] for row in self._rows.values())
        lost = self.failed * self._budget
        left = (self._total - self._before) * self._budget - renders - lost
        return max(0.0, left / max(self._rate(), 1e-9))

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, caption=self._line(), caption_justify="left")
        table.add_column("strategy", style="bold")
        for column in ("done", "failed", "renders", "renders/s"):
            table.add_column(column, justify="right")
        seconds = max(time.monotonic() - self._began, 1e-9)
        for strategy, row in self._rows.items():
            table.add_row(
                strategy,
                f"{row['done']}/{row['trials']}",
                f"[red]{row['failed']}" if row["failed"] else "",
                f"{row['renders']:,}",
                f"{row['renders'] / seconds:,.0f}",
            )
        return table


def in_words(seconds: float) -> str:
    """Say a time: hours and minutes, or minutes and seconds, or seconds."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole // 60 % 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"

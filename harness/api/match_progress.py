"""Progress of a match: one live line on a terminal, plain lines elsewhere, JSON lines if asked."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from common.heard import Heard
from common.wording import counted
from harness.api.progress import duration

if TYPE_CHECKING:
    from harness.match.match import Match
    from harness.match.other_notes import NoteRow
    from harness.match.plan import MatchPlan

_BARS, _WIDTH = "▁▂▃▄▅▆▇█", 16
_LINE_EVERY_S, _LIVE_EVERY_S = 5.0, 0.1


class MatchProgress:
    """Shows a match; a context.

    Args:
        as_json: whether to print every event as a line of JSON.
        quiet: whether to print nothing.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self._as_json, self._quiet = as_json, quiet
        self._console = Console(highlight=False)
        live = self._console.is_terminal and not (as_json or quiet)
        self._live = Live(console=self._console, auto_refresh=False) if live else None
        self._name, self._budget, self._unit = "", 0, ""
        self._target_hz = self._match_hz = 0.0
        self._best: list[tuple[int, float]] = []
        self._first = 0
        self._began = self._shown = 0.0

    def __enter__(self) -> "MatchProgress":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live:
            self._live.stop()

    def begun(self, plan: "MatchPlan", heard: Heard, notes: Sequence[str]) -> None:
        """Show what is known of the sound before the search."""
        self._name, self._budget = plan.name, plan.comparison.experiment.budget
        self._unit, self._best = plan.unit(plan.trial.fitness), []
        self._target_hz, self._match_hz = heard.f0, 0.0
        self._began, self._shown, self._first = time.monotonic(), 0.0, -1
        self._event("begun", sound=self._name, budget=self._budget, f0=heard.f0, notes=list(notes))
        for note in notes:
            self._say(f"{self._name}: {note}")

    def bank(self, ready: int, of: int) -> None:
        """Show how many sounds of the bank are ready."""
        self._event("bank", sounds=ready, of=of)
        text = f"Making the bank of known sounds, once: {ready:,} of {of:,}"
        self._show(text, force=ready in (0, of))

    def bank_waits(self, maker: str) -> None:
        """Show who makes the bank."""
        self._event("bank_waits", maker=maker)
        self._show(f"Waiting for the bank of known sounds, made by {maker} …", force=True)

    def first(self, renders: int, of: int) -> None:
        """Show how far the match on the built-in synth is."""
        self._event("first", renders=renders, of=of)
        self._show(f"The built-in synth first: {renders:,} of {of:,}", force=renders == of)

    def round(self, renders: int, best: float) -> None:
        """Show how many renders were spent, and the best distance."""
        if self._first < 0:
            # A search that goes on has spent some before.
            self._first = renders if renders > self._budget // 10 else 0
        self._best.append((renders, best))
        self._show(self._line(), force=len(self._best) == 1)

    def heard_again(self, heard: Heard) -> None:
        """Show what is heard in the best sound so far."""
        if not self._match_hz:
            self._event("heard", sound=self._name, f0=heard.f0)
        self._match_hz = heard.f0

    def alternative(self, number: int, tried: int) -> None:
        """Show how many alternatives were found."""
        self._event("alternative", found=number, searches=tried)
        found = counted(number, "alternative")
        searches = counted(tried, "search", "searches")
        self._show(f"{self._name}: {found} in {searches}", force=True)

    def finished(self, match: "Match") -> None:
        """Print a match in five lines."""
        from harness.api.match_summary import as_plain, lines_of

        if self._live:
            self._live.update(Text(""), refresh=True)
        self._event("finished", **as_plain(match))
        for line in lines_of(match):
            self._say(line)

    def other_notes(self, rows: "Sequence[NoteRow]") -> None:
        """Print how alike two patches play other notes."""
        from harness.match.other_notes import sentence_of

        self._event("notes", notes=[asdict(row) for row in rows])
        if sentence := sentence_of(rows):
            self._say(f"  plays   {sentence}")

    def _line(self) -> str:
        renders, best = self._best[-1]
        seconds = max(time.monotonic() - self._began, 1e-9)
        rate = (renders - self._first) / seconds
        words = [self._name, sparkline([b for _, b in self._best]), f"{best:.3g} {self._unit}"]
        if self._target_hz:
            found = f"{self._match_hz:.1f}" if self._match_hz else "…"
            words.append(f"{found} Hz for {self._target_hz:.1f}")
        words.append(f"{renders:,} of {self._budget:,}, {rate:,.0f}/s")
        # The first rounds wait for compiled code, and say nothing about what follows.
        if renders - self._first > self._budget // 20:
            words.append(f"{duration((self._budget - renders) / rate)} left")
        return "  ".join(word.strip() for word in words)

    def _show(self, line: str, *, force: bool = False) -> None:
        if self._as_json or self._quiet:
            return
        now = time.monotonic()
        every = _LIVE_EVERY_S if self._live else _LINE_EVERY_S
        if not force and now - self._shown < every:
            return
        self._shown = now
        if self._live:
            text = Text(line, overflow="ellipsis", no_wrap=True)
            self._live.update(text, refresh=True)
        else:
            self._console.print(line, markup=False, soft_wrap=True)

    def _say(self, line: str) -> None:
        if not (self._as_json or self._quiet):
            self._console.print(line, markup=False, soft_wrap=True)

    def _event(self, event: str, **values: Any) -> None:
        if self._as_json and not self._quiet:
            print(json.dumps({"event": event, **values}), flush=True)  # noqa: T201


def sparkline(distances: Sequence[float]) -> str:
    """Return sixteen bars of falling distances, the largest as the highest."""
    if len(distances) > _WIDTH:
        step = len(distances) / _WIDTH
        distances = [distances[int((i + 1) * step) - 1] for i in range(_WIDTH)]
    low, high = min(distances), max(distances)
    span = (high - low) or 1.0
    top = len(_BARS) - 1
    return "".join(_BARS[round(top * (one - low) / span)] for one in distances)

"""An interrupt never changes a result: whatever line it hits, a resumed run has the same bytes."""

import signal
import sys
from collections import Counter

import pytest

from harness.plan.trials import trials_of
from harness.record.journal import Journal
from harness.run.driver import Driver
from harness.run.stop import Stop

STEP = ("driver.py", "advance.py", "next_jobs.py", "assemble.py", "judging.py", "journal.py",
        "files.py", "sealed.py")  # fmt: skip


class _Here:
    """Runs a comparison in this process, and raises at a line of the driver's step."""

    def __init__(self, comparison, workers):
        self._comparison, self._workers = comparison, workers
        self.counts = Counter()

    def run(self, out, line=None, occurrence=1):
        """Run, raising at an occurrence of a line; with no line, only count the lines."""
        seen = 0

        def trace(frame, event, _):
            nonlocal seen
            file = frame.f_code.co_filename
            if "/harness/" not in file or file.rpartition("/")[2] not in STEP:
                return None
            if event == "line":
                here = file.rpartition("/harness/")[2], frame.f_lineno
                if line is None:
                    self.counts[here] += 1
                elif here == line:
                    seen += 1
                    if seen == occurrence:
                        raise KeyboardInterrupt
            return trace

        class Traced(Driver):
            """Traces its step alone: rendering under a trace would take minutes."""

            def _begin(self, trial):
                return traced(super()._begin, trial)

            def _take(self, result):
                return traced(super()._take, result)

        def traced(step, argument):
            before = sys.gettrace()
            sys.settrace(trace)
            try:
                step(argument)
            finally:
                sys.settrace(before)

        journal = Journal(out, self._comparison.experiment.name)
        journal.begin(self._comparison)
        driver = Traced(self._comparison, journal, self._workers, lambda *_: None)
        driver.run(trials_of(self._comparison))
        return journal


@pytest.fixture
def stepping(planned, workers_here, monkeypatch):
    # Every round is written, so that every line of writing is hit in the middle of a trial.
    monkeypatch.setattr("harness.run.driver._SAVE_EVERY_S", 0.0)
    comparison = planned(seeds=1, budget=24, listens=2, fitness=["waveform"], judges=["loudness"],
                         strategies=["end_to_end"])  # fmt: skip
    return _Here(comparison, workers_here)


# A file whose opening was interrupted is closed late.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_interrupt_at_any_line_of_the_step_changes_nothing(stepping, digests, tmp_path):
    calm = digests(stepping.run(tmp_path / "calm"))
    assert len({file for file, _ in stepping.counts}) == len(STEP)
    hits = 0
    for number, (line, count) in enumerate(sorted(stepping.counts.items())):
        out = tmp_path / str(number)
        try:
            # When the trial is well under way, if the line runs that often.
            stepping.run(out, line, (count + 1) // 2)
        except KeyboardInterrupt:
            hits += 1
        assert digests(stepping.run(out)) == calm, line
    # Some lines, such as that of a clock, do not run equally often each time.
    assert hits > 0.9 * len(stepping.counts)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_only_asks(number):
    before = signal.getsignal(number)
    with Stop() as stop:
        signal.raise_signal(number)
        assert stop.signal == number
        assert stop.exit_code == 128 + number
    assert signal.getsignal(number) == before


def test_a_second_ctrl_c_interrupts_at_once():
    with Stop():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_a_stopped_run_is_written_and_resumes_to_the_same_bytes(
    planned, run_here, tiny_journal, tmp_path, digests
):
    comparison = planned()
    for rounds in (1, 20):
        out, seen, stop = tmp_path / str(rounds), [], Stop()

        def on_event(event, trial, data, seen=seen, stop=stop, rounds=rounds):
            seen.append(event)
            if seen.count("round") == rounds:
                stop.signal = signal.SIGTERM

        run_here(comparison, out, (), on_event, stop)
        assert "finished" not in seen[-1:]
        written = [row for t in trials_of(comparison) for row in _rows(out, t)]
        assert len(written) == seen.count("round")
        assert digests(run_here(comparison, out)) == digests(tiny_journal)


def _rows(out, trial):
    return Journal(out, "tiny").folder(trial).rows()

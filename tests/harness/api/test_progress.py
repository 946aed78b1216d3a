"""Progress counts what was finished before, and ends with everything done."""

import json

from harness.api.progress import Progress, duration
from harness.plan.trials import trials_of


def test_a_resumed_run_ends_with_all_trials_done(planned, capsys):
    trials = trials_of(planned())
    with Progress(trials, trials[:9], 40) as progress:
        for trial in trials[9:]:
            progress.on_event("begun", trial, 0)
            progress.on_event("round", trial, {"renders": 40})
            progress.on_event("finished", trial, {"best": 1.0})
        assert "12 of 12 trials" in progress._line()
        assert "about 0 s left" in progress._line()
        rows = progress._rows
        assert [(row.done, row.trials) for row in rows.values()] == [(4, 4)] * 3
    assert progress.failed == 0


def test_failures_are_counted_and_printed_at_once(planned, capsys):
    trials = trials_of(planned())
    with Progress(trials, (), 40) as progress:
        progress.on_event("begun", trials[0], 0)
        progress.on_event("failed", trials[0], "no [bold]luck[/]")
    assert progress.failed == 1
    assert f"{trials[0].name}: no [bold]luck[/]" in capsys.readouterr().out


def test_a_reason_is_printed_once_and_then_counted(planned, capsys):
    trials = trials_of(planned())
    with Progress(trials, (), 40) as progress:
        for trial in trials[:5]:
            progress.on_event("failed", trial, "no luck")
        progress.on_event("failed", trials[5], "no time")
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if trials[1].name in line] == []
    assert [line for line in lines if "4 more trials" in line and "no luck" in line] == [lines[-1]]
    assert len(lines) == 3


def test_what_plug_ins_print_is_shown_once_a_line_and_counted(planned, capsys):
    trials = trials_of(planned())
    with Progress(trials, (), 40) as progress:
        for trial in trials[:3]:
            progress.on_event("printed", trial, ["hello", "hello", *"abcdef"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [f"printed: {line}" for line in ("hello", *"abcd")]
    assert lines[5].startswith("plug-ins printed 24 lines: printed.txt")
    assert len(lines) == 6


def test_events_as_json(planned, capsys):
    trials = trials_of(planned())
    with Progress(trials, (), 40, as_json=True) as progress:
        progress.on_event("begun", trials[0], 0)
        progress.on_event("round", trials[0], {"renders": 8})
        progress.on_event("finished", trials[0], {"best": 0.5})
        progress.on_event("failed", trials[1], "x" * 300)
        progress.on_event("printed", trials[1], ["hello"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["begun", "finished", "failed", "printed"]
    assert events[3]["lines"] == ["hello"]
    assert (events[1]["best"], events[2]["reason"]) == (0.5, "x" * 300)


def test_quiet_prints_nothing(planned, capsys):
    trials = trials_of(planned())
    with Progress(trials, (), 40, quiet=True) as progress:
        progress.on_event("failed", trials[0], "no luck")
    assert capsys.readouterr().out == ""


def test_durations():
    assert [duration(s) for s in (0.4, 59, 61, 3600, 7325)] == [
        "0 s", "59 s", "1 min 01 s", "1 h 00 min", "2 h 02 min",
    ]  # fmt: skip

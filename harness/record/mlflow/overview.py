"""The summary of a comparison in MLflow: one run per strategy, and one that holds the report.

The tag ``kind`` of these runs is ``summary`` and ``report``, that of trials ``trial``. The summary
is replaced whenever the comparison has been answered again.
"""

from typing import Any

from common.paths import present
from harness.record.journal import LISTENING_PAGE, REPORT, SUMMARY, TABLES_FOLDER, Journal
from harness.record.mlflow.describe import NOTE
from harness.record.sealed import read_record
from harness.record.trial_folder import SOUND

KIND, OVERVIEW, TRIAL, WHOLE = "kind", "summary", "trial", "report"
# The ends of intervals are a group of their own: charts of MLflow have no bands.
_ENDS = ("_low", "_high")
_STRATEGY_NOTE = """\
All trials of one strategy: interquartile means over renders, and each measure of the report. \
`closest/` has the closest sound for every target."""
_REPORT_NOTE = "`report.html` has all answers and works offline; `listen.html` is a listening test."


def mirror_overview(client: Any, experiment_id: str, journal: Journal) -> int:
    """Write the summary of a comparison that has been answered; gives the number of runs.

    Args:
        client: an ``MlflowClient``.
        experiment_id: MLflow experiment of the comparison.
        journal: with its summary and report, if there are any.
    """
    if not present(journal.path / SUMMARY):
        return 0
    for kind in (OVERVIEW, WHOLE):
        for run in client.search_runs([experiment_id], f"tags.{KIND} = '{kind}'"):
            client.delete_run(run.info.run_id)
    summary = read_record(journal.path / SUMMARY)
    for strategy, found in summary.items():
        _strategy(client, experiment_id, journal, strategy, found)
    run_id = _create_run(client, experiment_id, "report", {KIND: WHOLE, NOTE: _REPORT_NOTE})
    for name in (REPORT, LISTENING_PAGE):
        if present(journal.path / name):
            client.log_artifact(run_id, str(journal.path / name))
    # The rounds of a thousand trials are tens of megabytes as CSV, a tenth of that as Parquet.
    for table in sorted((journal.path / TABLES_FOLDER).glob("*.parquet")):
        client.log_artifact(run_id, str(table), TABLES_FOLDER)
    client.set_terminated(run_id)
    return len(summary) + 1


def _strategy(
    client: Any, experiment_id: str, journal: Journal, strategy: str, found: dict[str, Any]
) -> None:
    from mlflow.entities import Metric

    tags = {KIND: OVERVIEW, "strategy": strategy, NOTE: _STRATEGY_NOTE}
    tags["mlflow.runColor"] = found["colour"]
    run_id = _create_run(client, experiment_id, strategy, tags)
    last = max((row[0] for rows in found["curves"].values() for row in rows), default=0)
    named = [
        *((f"curve/{name}", row) for name, rows in found["curves"].items() for row in rows),
        *((f"measure/{name}", (last, *values)) for name, values in found["measures"].items()),
    ]
    points = [(name, value, step) for name, (step, value, *_) in named]
    points += [
        (f"uncertainty/{name.replace('/', '_')}{end}", value, step)
        for name, (step, _, *ends) in named
        for end, value in zip(_ENDS, ends, strict=True)
    ]
    # Unknown values, such as the interval of a single seed, are not points.
    known = [Metric(k, v, 0, step) for k, v, step in points if v is not None]
    for start in range(0, len(known), 1000):
        client.log_batch(run_id, metrics=known[start : start + 1000])
    for target, trial in found["closest"].items():
        client.log_artifact(run_id, str(journal.folder(trial).path / SOUND), f"closest/{target}")
    client.set_terminated(run_id)


def _create_run(client: Any, experiment_id: str, name: str, tags: dict[str, str]) -> str:
    every = {"mlflow.runName": name, **tags}
    return str(client.create_run(experiment_id, tags=every).info.run_id)

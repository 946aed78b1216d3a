"""The summary of a comparison in MLflow: one run a strategy, and one that holds the report.

They carry the tag ``kind = summary``, trials ``kind = trial``. Made anew each time: an overview of
more trials replaces the last.
"""

from typing import Any

from harness.record.files import read_json
from harness.record.journal import SOUND, SUMMARY, Journal

KIND, OVERVIEW, TRIAL = "kind", "summary", "trial"
_REPORT = ("report.html", "listen.html")
_ENDS = ("", "_low", "_high")


def mirror_overview(client: Any, experiment_id: str, journal: Journal) -> int:
    """Write the overview of a journal that has been answered; gives how many runs it has.

    Args:
        client: an ``MlflowClient``.
        experiment_id: of the comparison.
        journal: with its summary and report, if there are any.
    """
    if not (journal.path / SUMMARY).exists():
        return 0
    for run in client.search_runs([experiment_id], f"tags.{KIND} = '{OVERVIEW}'"):
        client.delete_run(run.info.run_id)
    summary = read_json(journal.path / SUMMARY)
    for strategy, found in summary.items():
        _strategy(client, experiment_id, journal, strategy, found)
    run_id = _begin(client, experiment_id, "report", {})
    for name in _REPORT:
        if (journal.path / name).exists():
            client.log_artifact(run_id, str(journal.path / name))
    # As CSV the rounds of a thousand trials are tens of megabytes; as Parquet, a tenth of that.
    for table in sorted((journal.path / "tables").glob("*.parquet")):
        client.log_artifact(run_id, str(table), "tables")
    client.set_terminated(run_id)
    return len(summary) + 1


def _strategy(
    client: Any, experiment_id: str, journal: Journal, strategy: str, found: dict[str, Any]
) -> None:
    from mlflow.entities import Metric

    run_id = _begin(client, experiment_id, f"all of {strategy}", {"strategy": strategy})
    last = max((row[0] for rows in found["curves"].values() for row in rows), default=0)
    points = [
        (f"iqm/{name}{end}", value, row[0])
        for name, rows in found["curves"].items()
        for row in rows
        for end, value in zip(_ENDS, row[1:], strict=True)
    ]
    points += [
        (f"measure/{name}{end}", value, last)
        for name, values in found["measures"].items()
        for end, value in zip(_ENDS, values, strict=True)
    ]
    # What is not known, such as the interval of one seed, is no point.
    known = [Metric(k, v, 0, step) for k, v, step in points if v is not None]
    for start in range(0, len(known), 1000):
        client.log_batch(run_id, metrics=known[start : start + 1000])
    for target, trial in found["closest"].items():
        client.log_artifact(run_id, str(journal.folder(trial).path / SOUND), f"closest/{target}")
    client.set_terminated(run_id)


def _begin(client: Any, experiment_id: str, name: str, tags: dict[str, str]) -> str:
    every = {"mlflow.runName": name, KIND: OVERVIEW, **tags}
    return str(client.create_run(experiment_id, tags=every).info.run_id)

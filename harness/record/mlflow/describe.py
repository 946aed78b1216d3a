"""What an experiment in MLflow says of itself: what was asked, and what its metrics mean."""

from typing import Any

from harness.record.journal import Journal

NOTE = "mlflow.note.content"
_METRICS = """\
| metric | meaning |
| --- | --- |
| `best/distance` | the closest distance so far, in the unit of its fitness; less is closer |
| `best/population_mean` | the mean distance of the population |
| `cost/…` | CPU seconds, renders by kind, shares of rendering, scoring and searching |
| `diversity/whole_distance` | how different the genomes of a population are: 0 if equal, \
about 0.4 if they are random |
| `diversity/…` | the same for each section of the synth; `sound_…` for sounds, in dB |
| `judge/…` | distances of the best sound that no search saw; less is closer |
| `curve/distance` | distance as a share of random search's: interquartile mean of all trials |
| `curve/diversity` | genetic diversity, likewise |
| `measure/…` | each measure of the report |
| `uncertainty/…` | the ends of their 95% intervals |
"""
_RUNS = """\
Runs with `tags.kind = 'summary'` are strategies, with `'trial'` single searches; the run `report` \
holds the report and the tables. Steps are renders."""


def describe(client: Any, experiment_id: str, journal: Journal) -> None:
    """Write down what a comparison asks, what runs it, and what its metrics mean.

    Args:
        client: an ``MlflowClient``.
        experiment_id: MLflow experiment of the comparison.
        journal: of the comparison.
    """
    written = journal.experiment()
    experiment = written["experiment"]
    asked = [f"* {question}" for question in experiment["questions"]]
    command = written.get("command", "")
    parts = [
        experiment["about"],
        "\n".join(asked),
        f"Run by `{command}`." if command else "",
        _RUNS,
        _METRICS,
    ]
    client.set_experiment_tag(experiment_id, NOTE, "\n\n".join(part for part in parts if part))

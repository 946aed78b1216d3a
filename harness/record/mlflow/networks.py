"""A trained network in MLflow: its curves, its test, its file, and a registered model.

All networks share one experiment; ``step`` counts batches. Metrics come in groups: ``train/…`` over
the steps, ``test/…``, ``cost/…``, and per parameter ``error/…`` and ``covered/…``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from common.paths import present
from harness.record.journal import NETWORKS, Journal
from harness.record.mlflow.names import key as mlflow_key
from harness.record.mlflow.names import originals
from harness.record.mlflow.store import connected
from harness.record.sealed import read_record, read_records

# The folder of trained networks, and their experiment in MLflow. No comparison can have either
# name: names of experiments begin with a letter or a digit and have no spaces.
STORE, EXPERIMENT = "_networks", "trained networks"
MODEL, ABOUT, HISTORY = "model.keras", "network.json", "history.jsonl"
_CURVES = ("loss", "bits", "log2_distance", "data_waits_s", "training_waits_s")
_TEST = (
    "parameter_error",
    "coverage_90",
    "one_render_share",
    "best_of_16_share",
    "beats_random_1000",
    "best_of_16_by_gene_share",
    "joint_against_by_gene",
)


def mirror_networks(out: Path, journal: Journal) -> int:
    """Copy the networks of a comparison to MLflow unless they are there; gives how many it copied.

    Args:
        out: the folder of all comparisons.
        journal: of the comparison.

    Raises:
        Exception: whatever MLflow raises when it cannot be reached, within seconds.
    """
    path = journal.path / NETWORKS
    named = read_record(path).values() if present(path) else ()
    folders = [out / STORE / about["folder"] for about in named]
    # A comparison outlives its networks: they are not needed once it is finished.
    return sum(mirror_network(out, folder) for folder in folders if present(folder / ABOUT))


def mirror_network(out: Path, folder: Path) -> bool:
    """Copy a trained network to MLflow unless it is there; gives whether it was copied.

    Args:
        out: the folder of all comparisons.
        folder: of the network.

    Raises:
        Exception: whatever MLflow raises when it cannot be reached, within seconds.
    """
    about, history = read_record(folder / ABOUT), read_records(folder / HISTORY)
    client, experiment = connected(out, EXPERIMENT)
    key = about["key"]
    there = client.search_runs(
        [experiment], f"tags.key = '{key}' and attributes.status = 'FINISHED'"
    )
    if there:
        return False
    plan = about["plan"]
    tags = {
        "mlflow.runName": folder.name,
        "kind": "network",
        "key": key,
        "network": plan["name"],
        "objective": plan["objective"]["name"],
        "synth": about["synth"]["name"],
    }
    genes = [parameter["name"] for parameter in about["synth"]["parameters"]]
    tags |= originals((mlflow_key("error", gene), gene) for gene in genes)
    run_id = client.create_run(experiment, tags=tags).info.run_id
    from mlflow.entities import Metric, Param

    metrics = [Metric(name, value, 0, step) for name, value, step in _points(about, history)]
    params = [Param(k, json.dumps(v)[:6000]) for k, v in plan.items()]
    client.log_batch(run_id, params=params)
    for start in range(0, len(metrics), 1000):
        client.log_batch(run_id, metrics=metrics[start : start + 1000])
    for file in (MODEL, ABOUT):
        client.log_artifact(run_id, str(folder / file), "model")
    client.set_terminated(run_id)
    _register(client, run_id, plan["label"])
    return True


def _points(
    about: Mapping[str, Any], history: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, float, int]]:
    for row in history:
        for name in _CURVES:
            if row[name] is not None and row[name] == row[name]:
                yield f"train/{name}", row[name], row["step"]
    last = history[-1]["step"] if history else 0
    for name in _TEST:
        # Only a joint network has draws gene by gene to compare with.
        if name in about["test"]:
            yield f"test/{name}", about["test"][name], last
    for kind, values in (("error", "errors"), ("covered", "covered")):
        parameters = about["synth"]["parameters"]
        for parameter, value in zip(parameters, about["test"][values], strict=True):
            yield mlflow_key(kind, parameter["name"]), value, last
    for name in ("examples", "renders", "cpu_s", "weights"):
        yield f"cost/{name}", about[name], last


def _register(client: Any, run_id: str, label: str) -> None:
    """Register a new version of the model called ``label``."""
    from mlflow.exceptions import MlflowException

    name = f"ga-synth-{label}"
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    source = f"{client.get_run(run_id).info.artifact_uri}/model"
    client.create_model_version(name, source, run_id)

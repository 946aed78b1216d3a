"""Progress of training on the terminal: a line per epoch."""

import json
from collections.abc import Iterable
from typing import Any

import typer

from harness.plan.networks import NetworkPlan
from harness.record.files import finite


class TrainingProgress:
    """Prints the progress of training.

    Args:
        plans: of the networks that may be trained.
        as_json: whether to print JSON instead of text.
    """

    def __init__(self, plans: Iterable[NetworkPlan], as_json: bool) -> None:
        self._plans = {plan.label: plan for plan in plans}
        self._as_json = as_json

    def on_epoch(self, label: str, row: dict[str, Any]) -> None:
        """Print an epoch of the network called ``label``."""
        if self._as_json:
            typer.echo(json.dumps(finite({"event": "epoch", "network": label, **row})))
            return
        plan = self._plans[label]
        stage = f", stage {row['stage'] + 1}" if row["stage"] else ""
        typer.echo(
            f"{label}: {plan.name}, {plan.objective.name}{stage}, step {row['step']:,} of "
            f"{plan.steps:,}, loss {row['loss']:.3f}, validation {row['bits']:+.3f} bits per gene, "
            f"distance 2^{row['log2_distance']:.2f}, {row['cpu_s']:,.0f} CPU s"
            f"{', ' + row['message'] if row['message'] else ''}"
        )

    def on_wait(self, label: str, holder: str) -> None:
        """Print that another run is working on the network called ``label``."""
        if self._as_json:
            typer.echo(json.dumps({"event": "waiting", "network": label, "holder": holder}))
        else:
            typer.echo(f"{label}: waiting for {holder}, which is training this network …")

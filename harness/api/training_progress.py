"""What is said of networks while they are trained: a line an epoch."""

import json
from collections.abc import Iterable
from typing import Any

import typer

from harness.plan.networks import NetworkPlan


class Epochs:
    """Tells epochs as they come.

    Args:
        plans: of the networks that may be trained.
        as_json: whether to say every epoch as a line of JSON.
    """

    def __init__(self, plans: Iterable[NetworkPlan], as_json: bool) -> None:
        self._plans = {plan.label: plan for plan in plans}
        self._as_json = as_json

    def hear(self, label: str, row: dict[str, Any]) -> None:
        """Say one epoch of the network called ``label``."""
        if self._as_json:
            typer.echo(json.dumps({"event": "epoch", "network": label, **row}))
            return
        plan = self._plans[label]
        stage = f", stage {row['stage'] + 1}" if row["stage"] else ""
        typer.echo(
            f"{label}: {plan.name} by {plan.objective.name}{stage}, step {row['step']:,} of "
            f"{plan.steps:,}, loss {row['loss']:.3f}, validation {row['bits']:+.3f} bits a gene, "
            f"distance 2^{row['log2_distance']:.2f}, {row['cpu_s']:,.0f} CPU s"
            f"{', ' + row['stopped'] if row['stopped'] else ''}"
        )

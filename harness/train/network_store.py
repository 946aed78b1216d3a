"""Trained networks on disk: a folder each, found by key; nothing is loaded that does not fit."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.networks import NetworkPlan
from harness.record.files import append_lines, read_json, read_lines, write_bytes, write_json
from harness.record.mlflow.networks import ABOUT, EXPERIMENT, HISTORY, MODEL
from harness.record.packing import unpack
from synth.space import ParameterSpace

CHECKPOINT = "checkpoint.zip"


@dataclass(frozen=True)
class NetworkFolder:
    """The folder of one network.

    Attributes:
        path: where it is.
        key: of the plan that it is trained by.
    """

    path: Path
    key: str

    @property
    def trained(self) -> bool:
        """Whether training is over."""
        return (self.path / ABOUT).exists()

    def about(self) -> dict[str, Any]:
        """What is known of the trained network."""
        found: dict[str, Any] = read_json(self.path / ABOUT)
        return found

    def history(self) -> list[dict[str, Any]]:
        """A row an epoch."""
        return read_lines(self.path / HISTORY)

    def note(self, row: Mapping[str, Any], state: bytes | None) -> None:
        """Keep an epoch's row, and the checkpoint that follows it if there is one."""
        rows = [known for known in self.history() if known["number"] < row["number"]]
        self.path.mkdir(parents=True, exist_ok=True)
        append_lines(self.path / HISTORY, [*rows, dict(row)], 0)
        if state is not None:
            write_bytes(self.path / CHECKPOINT, state)

    def checkpoint(self) -> bytes | None:
        """The last checkpoint that is whole; training begins anew where there is none."""
        path = self.path / CHECKPOINT
        if not path.exists():
            return None
        data = path.read_bytes()
        try:
            unpack(data)
        except ValueError:
            return None
        return data

    def keep(
        self,
        plan: NetworkPlan,
        synth: Choice,
        space: ParameterSpace,
        model: bytes,
        found: Mapping[str, Any],
    ) -> None:
        """Keep what training ended with."""
        write_bytes(self.path / MODEL, model)
        about = {
            "key": self.key,
            "plan": plan.model_dump(),
            "synth": synth.model_dump(),
            "genes": [[p.name, p.circular] for p in space],
            "sha256": hashlib.sha256(model).hexdigest(),
            **found,
        }
        write_json(self.path / ABOUT, about)
        (self.path / CHECKPOINT).unlink(missing_ok=True)

    def model(self, synth: Choice, space: ParameterSpace) -> bytes:
        """The model's file, for a synth and its parameters.

        Raises:
            InputError: if it was made for another synth or other parameters, or is damaged.
        """
        about = self.about()
        where = f"network {self.path}"
        if about["synth"]["name"] != synth.name:
            raise InputError(
                f"{where}: was trained for synth {about['synth']['name']!r}, not {synth.name!r}"
            )
        trained, wanted = [name for name, _ in about["genes"]], list(space.names)
        if trained != wanted:
            other = next(
                (f"{a!r} where {b!r} is" for a, b in zip(trained, wanted, strict=False) if a != b),
                f"{len(trained)} where there are {len(wanted)}",
            )
            raise InputError(f"{where}: was trained for other parameters: {other}")
        try:
            data = (self.path / MODEL).read_bytes()
        except OSError as error:
            raise InputError(f"{where}: cannot read {MODEL}: {error.strerror}") from None
        if hashlib.sha256(data).hexdigest() != about["sha256"]:
            raise InputError(
                f"{where}: {MODEL} is damaged or another; remove the folder to train it anew"
            )
        return data


def network_folder(out: Path, label: str, key: str) -> NetworkFolder:
    """Where the network of a key is, or will be, whatever it was called when it was trained."""
    there = sorted((out / EXPERIMENT).glob(f"*-{key[:8]}"))
    path = there[0] if there else out / EXPERIMENT / f"{label}-{key[:8]}"
    return NetworkFolder(path, key)

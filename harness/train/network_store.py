"""Trained networks on disk: a folder each, found by key; a network that does not fit is refused.

    OUT/_networks/LABEL-KEY/
        synth.json        the synth that renders its examples, written when training begins
        history.jsonl     a line per epoch
        checkpoint.zip    where training resumes
        model.keras       the trained model
        network.json      its plan, synth and test; written last
        proposals/        what it predicts for targets

No experiment can be called ``_networks``: names begin with a letter or a digit.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.paths import present
from harness.plan.networks import NetworkPlan
from harness.record.files import write_bytes
from harness.record.mlflow.networks import ABOUT, HISTORY, MODEL, STORE
from harness.record.packing import unpack
from harness.record.sealed import append_records, read_record, read_records, write_record
from harness.train.example_synth import ExampleSynth, difference, difference_of_knobs

CHECKPOINT, SYNTH, PROPOSALS = "checkpoint.zip", "synth.json", "proposals"


@dataclass(frozen=True)
class NetworkFolder:
    """The folder of one network.

    Attributes:
        path: the folder.
        key: of the plan that it is trained by.
    """

    path: Path
    key: str

    @property
    def trained(self) -> bool:
        """Whether training is complete."""
        return present(self.path / ABOUT)

    def about(self) -> dict[str, Any]:
        """Read the description of the trained network."""
        found: dict[str, Any] = read_record(self.path / ABOUT)
        return found

    def history(self) -> list[dict[str, Any]]:
        """Read the rows of all epochs."""
        return read_records(self.path / HISTORY)

    def begin(self, synth: ExampleSynth) -> None:
        """Begin or resume training with a synth.

        Raises:
            InputError: if training began with another one.
        """
        path = self.path / SYNTH
        if present(path):
            self._compare(read_record(path), synth)
        else:
            write_record(path, synth.identity)

    def add_epoch(self, row: Mapping[str, Any], state: bytes | None) -> None:
        """Write an epoch's row, and the checkpoint after it if there is one."""
        rows = [known for known in self.history() if known["number"] < row["number"]]
        self.path.mkdir(parents=True, exist_ok=True)
        append_records(self.path / HISTORY, [*rows, dict(row)], 0)
        if state is not None:
            write_bytes(self.path / CHECKPOINT, state)

    def checkpoint(self) -> bytes | None:
        """Read the last checkpoint; None, to train from scratch, if it is missing or damaged."""
        path = self.path / CHECKPOINT
        if not present(path):
            return None
        data = path.read_bytes()
        try:
            unpack(data)
        except ValueError:
            return None
        return data

    def save(
        self, plan: NetworkPlan, synth: ExampleSynth, model: bytes, found: Mapping[str, Any]
    ) -> None:
        """Save the result of training."""
        write_bytes(self.path / MODEL, model)
        about = {
            "key": self.key,
            "plan": plan.model_dump(),
            "synth": synth.identity,
            "sha256": hashlib.sha256(model).hexdigest(),
            **found,
        }
        write_record(self.path / ABOUT, about)
        (self.path / CHECKPOINT).unlink(missing_ok=True)

    def install(self, shipped: Path, synth: ExampleSynth) -> None:
        """Save a network that ships, as if it had been trained here.

        Args:
            shipped: its folder.
            synth: that it must have been trained for, whatever its version.

        Raises:
            InputError: if the synth has other parameters or options.
        """
        about = read_record(shipped / ABOUT)
        if found := difference_of_knobs(about["synth"], synth):
            raise InputError(
                f"pretrained network {shipped.name!r}: trained for another synth: {found}; train "
                "one with `ga-synth train listener --objective joint`"
            )
        write_bytes(self.path / MODEL, (shipped / MODEL).read_bytes())
        write_record(self.path / ABOUT, {**about, "key": self.key, "synth": synth.identity})

    def check(self, synth: ExampleSynth) -> None:
        """Check that the network was trained for a synth.

        Raises:
            InputError: if it was trained for another one.
        """
        self._compare(self.about()["synth"], synth)

    def model(self, synth: ExampleSynth) -> bytes:
        """Read the model's file.

        Raises:
            InputError: if it was trained for another synth, or is damaged.
        """
        self.check(synth)
        where = f"network {self.path}"
        try:
            data = (self.path / MODEL).read_bytes()
        except OSError as error:
            raise InputError(f"{where}: cannot read {MODEL}: {error.strerror}") from None
        if hashlib.sha256(data).hexdigest() != self.about()["sha256"]:
            raise InputError(f"{where}: {MODEL} is damaged; remove the folder to train it again")
        return data

    def _compare(self, trained: Mapping[str, Any], synth: ExampleSynth) -> None:
        if found := difference(trained, synth.identity):
            raise InputError(
                f"network {self.path}: trained for another synth: {found}; "
                "remove the folder to train it again"
            )


def network_folder(out: Path, label: str, key: str) -> NetworkFolder:
    """Give the folder of a key, existing or not; an existing one may have another label."""
    found = sorted((out / STORE).glob(f"*-{key}"))
    path = found[0] if found else out / STORE / f"{label}-{key}"
    return NetworkFolder(path, key)

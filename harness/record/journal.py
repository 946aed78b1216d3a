"""The journal: what happened, on disk, trial by trial. MLflow and the report are made from it.

    <out>/<experiment>/
        experiment.json         the experiment as resolved, and the trials of its grid
        summary.json            each strategy's means, once the comparison was answered
        networks.json           what the networks are that strategies start from, and their cost
        bank.json               the same of the bank
        targets/<label>.flac    the target, with its description in <label>.json
        trials/<name>/
            config.json         all that the trial's bytes depend on
            generations.jsonl   a row a round
            checkpoint.zip      the searches, as they stand
            best.flac           the closest sound
            genome.json         its genes and values
            collections.json    what else the searches of the first seed found: fronts, archives
            collections.NN.flac some of its sounds
            judgement.json      every distance, and the SHA-256 of the files above; written last:
                                the trial is finished
            failure.json        why it failed, if it did
            times.jsonl         measured seconds, which differ between runs
            printed.txt         what plug-ins printed, if anything, in the order it was received

Targets and trials, but for the last two, are the same, byte for byte, however they were run.
What is answered is made of measured seconds too. Every JSON file, and every line of one, begins
with its checksum.
"""

from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.paths import present
from common.suggest import nearest
from common.wording import counted
from harness.plan.comparison import Comparison
from harness.plan.reach import notes_of
from harness.plan.strategies import kinds
from harness.plan.targets import LoadedTarget
from harness.plan.trials import Trial, trials_of
from harness.record.files import check_sha256, refuse_link, sha256_of, write_bytes
from harness.record.sealed import (
    read_record,
    write_record,
)
from harness.record.sounds import listening_copy
from harness.record.trial_folder import RECORD, TIMES, TrialFolder

SUMMARY = "summary.json"
ANSWERS = "answers.json"
MIRRORED = "mirrored.json"
# What answering writes beside it.
REPORT, LISTENING_PAGE, TABLES_FOLDER = "report.html", "listen.html", "tables"
NETWORKS = "networks.json"
BANK = "bank.json"


class Journal:
    """The journal of a comparison.

    Args:
        out: the folder of all comparisons.
        name: the experiment's.

    Raises:
        InputError: if its folder, or one in it, is a symbolic link: it would be written elsewhere.
    """

    def __init__(self, out: Path, name: str) -> None:
        self.path = out / name
        for folder in ("", "targets", "trials", "tables"):
            refuse_link(self.path / folder)

    def begin(self, comparison: Comparison, command: str = "") -> None:
        """Write down the experiment and its targets.

        Args:
            comparison: what will be run.
            command: what runs it again, for the report.

        Raises:
            InputError: if the folder cannot be written, or holds unfinished trials of an experiment
                of the same name that has since changed.
        """
        trials = trials_of(comparison)
        self._refuse_changed(comparison, {trial.name for trial in trials})
        for target in comparison.targets.values():
            path = self.path / "targets" / f"{target.label}.flac"
            if not self._has(target):
                write_bytes(path, listening_copy(target.sounds, target.sample_rate))
                about = {
                    "kind": target.kind,
                    "source": target.source,
                    "digest": target.digest,
                    "sample_rate": target.sample_rate,
                    "seconds": target.samples / target.sample_rate,
                    "hidden": None if target.hidden is None else target.hidden.tolist(),
                    "sha256": sha256_of(path),
                }
                if notes := notes_of(target, comparison.space):
                    about["notes"] = notes
                write_record(path.with_suffix(".json"), about)
        space = [
            {"name": p.name, "section": p.section, "unit": p.unit, "low": p.low, "high": p.high}
            for p in comparison.space
        ]
        made = {label: comparison.strategy(label) for label in comparison.strategies}
        written = {
            "experiment": comparison.experiment.model_dump(mode="json"),
            "space": space,
            "strategies": kinds(comparison.strategies, made),
            "variants": [variant.plain() for variant in comparison.experiment.variants()],
            "trials": [trial.name for trial in trials],
            "command": command,
        }
        write_record(self.path / "experiment.json", written)

    def experiment(self) -> Any:
        """The experiment as it was resolved, its parameter space and the names of its trials.

        Raises:
            InputError: if there is none.
        """
        path = self.path / "experiment.json"
        if not present(path):
            known = sorted(file.parent.name for file in self.path.parent.glob("*/experiment.json"))
            hint = f"; {nearest(self.path.name, known)}" if known else ""
            raise InputError(f"{self.path}: nothing has been run there{hint}")
        return read_record(path)

    def others(self) -> int:
        """How many finished trials belong to other versions of the experiment."""
        grid = set(self.experiment()["trials"])
        folders = (self.path / "trials").glob(f"*/{RECORD}")
        return sum(path.parent.name not in grid for path in folders)

    def folder(self, trial: Trial | str) -> TrialFolder:
        """The journal of one trial, given itself or its name."""
        name = trial if isinstance(trial, str) else trial.name
        return TrialFolder(self.path / "trials" / name)

    def times(self, besides: Container[str] = ()) -> list[Any]:
        """A row a job of every trial, also of other versions of the experiment.

        They were done in the same sessions: without them their time would look idle.

        Args:
            besides: names of trials to leave out.
        """
        found = []
        for file in sorted((self.path / "trials").glob(f"*/{TIMES}")):
            if file.parent.name in besides:
                continue
            # The report names the damaged trials that count; here they only lack their cost.
            with suppress(InputError):
                found += self.folder(file.parent.name).times()
        return found

    def targets(self) -> dict[str, Any]:
        """Label to what is known of each target.

        Raises:
            InputError: if a target was damaged.
        """
        files = sorted((self.path / "targets").glob("*.json"))
        return {file.stem: self.target(file.stem) for file in files}

    def target(self, label: str) -> dict[str, Any]:
        """What is known of a target.

        Raises:
            InputError: if it was damaged.
        """
        path = self.path / "targets" / f"{label}.json"
        about = read_record(path)
        check_sha256(path.with_suffix(".flac"), about["sha256"])
        return about

    def _has(self, target: LoadedTarget) -> bool:
        """Whether a target was written, and is still what was."""
        try:
            return bool(self.target(target.label)["digest"] == target.digest)
        except InputError:
            return False

    def _refuse_changed(self, comparison: Comparison, names: set[str]) -> None:
        """What is half done must be finished as it was begun."""
        folders = self.path / "trials"
        begun = [path.name for path in folders.iterdir()] if folders.is_dir() else []
        gone = [self.folder(name) for name in begun if name not in names]
        half = [folder for folder in gone if not (folder.finished or folder.failure)]
        if not half:
            return
        try:
            before = self.experiment()["experiment"]
        except InputError:
            # Damaged: it is about to be written again.
            before = {}
        now = comparison.experiment.model_dump(mode="json")
        changed = [key for key in now if now[key] != before.get(key)]
        what = f"{changed[0]} changed" if changed else "a plug-in or a sound changed"
        raise InputError(
            f"{self.path} holds {counted(len(half), 'unfinished trial')} of another version of "
            f"this experiment ({what}): finish what was begun, choose another --out, or remove "
            f"{half[0].path}{' and the others' if len(half) > 1 else ''}"
        )

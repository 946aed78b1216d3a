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
            times.jsonl         measured seconds; the one file that differs between runs

Targets and trials, but for ``times.jsonl``, are the same, byte for byte, however they were run.
What is answered is made of measured seconds too. Every JSON file, and every line of one, begins
with its checksum.
"""

from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.suggest import nearest
from harness.plan.comparison import Comparison
from harness.plan.reach import notes_of
from harness.plan.strategies import kinds
from harness.plan.targets import LoadedTarget
from harness.plan.trials import Trial, trials_of
from harness.record.collections import COLLECTIONS, Collected, collection_records
from harness.record.files import check_sha256, refuse_link, sha256_of, unread, write_bytes
from harness.record.packing import pack, unpack
from harness.record.sealed import (
    append_records,
    read_record,
    read_records,
    record_bytes,
    whole_lines,
    write_record,
)
from synth.sound import SoundError, flac_bytes
from synth.space import ParameterSpace

RECORD = "judgement.json"
FAILURE = "failure.json"
ROWS = "generations.jsonl"
TIMES = "times.jsonl"
CHECKPOINT = "checkpoint.zip"
CONFIG = "config.json"
SOUND = "best.flac"
GENOME = "genome.json"
SUMMARY = "summary.json"
ANSWERS = "answers.json"
MIRRORED = "mirrored.json"
# What answering writes beside it.
REPORT, LISTENING_PAGE, TABLES_FOLDER = "report.html", "listen.html", "tables"
NETWORKS = "networks.json"
BANK = "bank.json"


class TrialFolder:
    """The journal of one trial.

    Args:
        path: its folder, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows_at = 0
        self._times_at: int | None = None

    @property
    def finished(self) -> bool:
        """Whether the trial has been judged."""
        return (self.path / RECORD).exists()

    @property
    def failure(self) -> str:
        """Why the trial failed; empty if it did not, or was finished all the same."""
        path = self.path / FAILURE
        failed = path.exists() and not self.finished
        return str(read_record(path)["reason"]) if failed else ""

    def resume(self, config: Mapping[str, Any]) -> Any:
        """Begin or resume a trial; returns the state of its checkpoint, or None.

        Raises:
            InputError: if the folder cannot be written, is a link, or its checkpoint is damaged.
        """
        refuse_link(self.path)
        (self.path / FAILURE).unlink(missing_ok=True)
        checkpoint = self.path / CHECKPOINT
        if not checkpoint.exists():
            write_record(self.path / CONFIG, config)
            return None
        try:
            saved = unpack(checkpoint.read_bytes())
        except (OSError, ValueError) as error:
            raise unread(checkpoint, error) from None
        self._rows_at = saved["rows_at"]
        return saved["state"]

    def save(self, state: Any, rows: Sequence[Any], times: Sequence[Any]) -> None:
        """Append rows and write a checkpoint that records how many of them count.

        Rows beyond the last checkpoint, left by a crash, are cut off by the next save.
        """
        rows_at = append_records(self.path / ROWS, list(rows), self._rows_at)
        times_file = self.path / TIMES
        if self._times_at is None:
            self._times_at = whole_lines(times_file)
        times_at = append_records(times_file, list(times), self._times_at)
        write_bytes(self.path / CHECKPOINT, pack({"rows_at": rows_at, "state": state}))
        # Only now do the rows count: a save that was cut short can be done again.
        self._rows_at, self._times_at = rows_at, times_at

    def finish(
        self,
        judgement: Any,
        genome: Any,
        sound: tuple[NDArray[np.float32], int],
        settings: Mapping[str, bytes],
        collections: Sequence[Collected] = (),
    ) -> None:
        """Write what came out; the judgement last, since it says that the trial is finished.

        Args:
            judgement: every distance; the SHA-256 of the other files is added.
            genome: the best one, as ``genome_record`` gives it.
            sound: its sound, shape (samples,), and the sample rate in hertz.
            settings: the synth's own files of it, by name.
            collections: what else the searches have found.
        """
        files = {
            SOUND: _listening_copy(*sound),
            **{f"best.{name}": data for name, data in settings.items()},
            GENOME: record_bytes(genome),
        }
        if collections:
            records = collection_records(collections)
            files[COLLECTIONS] = record_bytes({"collections": records})
            names = [heard["sound"] for record in records for heard in record["heard"]]
            sounds = [one for collection in collections for one in collection.sounds]
            copies = (_listening_copy(one, sound[1]) for one in sounds)
            files |= dict(zip(names, copies, strict=True))
        for name, data in files.items():
            write_bytes(self.path / name, data)
        digests = {
            name: sha256_of(self.path / name)
            for name in (CONFIG, ROWS, CHECKPOINT, *files)
            if (self.path / name).exists()
        }
        write_record(self.path / RECORD, {**judgement, "files": digests})

    def fail(self, reason: str) -> None:
        """Write why the trial failed."""
        write_record(self.path / FAILURE, {"reason": reason})

    def read(self, name: str) -> Any:
        """Return what a JSON file of the trial holds: CONFIG, GENOME or RECORD.

        Raises:
            InputError: if it is missing or damaged.
        """
        return read_record(self.path / name)

    def judgement(self) -> Any:
        """Return every distance of the best sound, and what it cost."""
        return self.read(RECORD)

    def rows(self) -> list[Any]:
        """A row a round, in order."""
        return read_records(self.path / ROWS)

    def times(self) -> list[Any]:
        """A row a job; of one that was done again, the last."""
        rows = {
            (row["round"], row["agent"], row["kind"]): row
            for row in read_records(self.path / TIMES)
        }
        return [rows[key] for key in sorted(rows)]


def judged_by(folder: TrialFolder, judges: Any) -> bool:
    """Whether these judges, and no others, have judged a trial, none of them to be asked again."""
    if not folder.finished:
        return False
    judgement = folder.judgement()
    return judgement["judges"] == judges and not judgement.get("again")


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
                write_bytes(path, _listening_copy(target.sounds, target.sample_rate))
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
        if not path.exists():
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
        return {file.stem: self._target(file.stem) for file in files}

    def _target(self, label: str) -> dict[str, Any]:
        path = self.path / "targets" / f"{label}.json"
        about = read_record(path)
        check_sha256(path.with_suffix(".flac"), about["sha256"])
        return about

    def _has(self, target: LoadedTarget) -> bool:
        """Whether a target was written, and is still what was."""
        try:
            return bool(self._target(target.label)["digest"] == target.digest)
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
            f"{self.path} holds {len(half)} unfinished trials of another version of this "
            f"experiment ({what}): finish them as they were, choose another --out, or remove "
            f"{half[0].path}{' and the others' if len(half) > 1 else ''}"
        )


def _listening_copy(sounds: NDArray[np.float32], sample_rate: int) -> bytes:
    """A FLAC file of sounds; what is louder than it can hold is made just as much softer.

    Only for listening: what is compared is never altered.

    Raises:
        InputError: if it has more channels than FLAC has.
    """
    peak = max(1.0, float(np.abs(sounds).max()))
    try:
        return flac_bytes(sounds / peak, sample_rate)
    except SoundError as error:
        raise InputError(f"cannot keep a {error}") from None


def read_sound(path: Path) -> tuple[NDArray[np.float32], int]:
    """Read a sound of the journal: shape (channels, samples), and its sample rate.

    Unlike a target, what was found may be silent: by its waveform, silence is closer than most.

    Raises:
        InputError: if it is missing or was damaged.
    """
    import soundfile

    try:
        sound, sample_rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError):
        raise InputError(f"cannot read {path}: missing or damaged") from None
    return np.ascontiguousarray(sound.T), int(sample_rate)


def genome_record(space: ParameterSpace, genome: NDArray[np.float64]) -> dict[str, Any]:
    """A genome for people and programs: name to gene, value and unit."""
    values = space.describe(genome)
    return {
        p.name: {"gene": gene, "value": values[p.name], "unit": p.unit, "section": p.section}
        for p, gene in zip(space, genome.tolist(), strict=True)
    }

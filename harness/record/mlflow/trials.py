"""MLflow as a mirror of the journal: it can be rebuilt at any time, and nothing depends on it.

One experiment per comparison, one run per trial; ``step`` counts renders. Metrics come in groups:
``best/…`` over renders, ``diversity/…`` whole and per section, ``judge/…`` and ``cost/…``. In
addition there is a summary, see ``harness.record.mlflow.overview``.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.paths import present
from harness.record.collections import COLLECTIONS
from harness.record.cost import SEARCHING, shares_of
from harness.record.damage import damage_of
from harness.record.journal import Journal
from harness.record.mlflow.describe import NOTE, describe
from harness.record.mlflow.maps import collection_maps
from harness.record.mlflow.names import key, originals
from harness.record.mlflow.overview import KIND, TRIAL, mirror_overview
from harness.record.mlflow.spectrograms import spectrogram_pair
from harness.record.mlflow.store import connected
from harness.record.trial_folder import CONFIG, GENOME, RECORD, SOUND, TrialFolder

# The most that MLflow accepts in one batch.
_BATCH = 1000
_DONE = "FINISHED"
_JUDGEMENT = "judgement"
# As long as those that MLflow makes: the run table has room for them.
_DIGEST = 8
_DESCRIPTION = """\
One search for one target; steps are renders. Its sound is the artifact `best.flac`, the target is \
in `target/`, both are drawn in `spectrograms.png`, and `genome.json` has the knobs. The \
experiment's description says what the metrics mean."""


@dataclass
class _Run:
    """A trial in MLflow: its run, the judgement it holds, and when that was last compared."""

    run_id: str
    judgement: str
    written: int = 0


class Mirror:
    """Writes a journal's finished trials into MLflow.

    Attributes:
        damaged: what is damaged of trials that the last look therefore left out, by name.

    Args:
        journal: the journal of the comparison.
        out: the folder of all comparisons.

    Raises:
        Exception: whatever MLflow raises when it cannot be reached, within seconds.
    """

    def __init__(self, journal: Journal, out: Path) -> None:
        self._journal = journal
        self._client, self.experiment_id = connected(out, journal.path.name)
        describe(self._client, self.experiment_id, journal)
        self._done = self._finished_runs()
        self.damaged: dict[str, str] = {}

    def sync(self, names: Iterable[str], on_mirrored: Callable[[int], None] | None = None) -> int:
        """Mirror the named trials that are finished, unless they are there as they were judged.

        Args:
            names: of trials.
            on_mirrored: called after each trial, with the number of trials that are mirrored.

        Returns:
            how many were mirrored.
        """
        count, self.damaged = 0, {}
        for name in names:
            folder = self._journal.folder(name)
            if not folder.finished or self._is_there(name, folder):
                continue
            if damage := damage_of(folder):
                self.damaged[name] = damage
                continue
            if name in self._done:
                self._client.delete_run(self._done.pop(name).run_id)
            self._done[name] = self._mirror(name, folder)
            count += 1
            if on_mirrored is not None:
                on_mirrored(self.mirrored)
        return count

    @property
    def mirrored(self) -> int:
        """How many trials are mirrored, also of other versions of the experiment."""
        return len(self._done)

    def _is_there(self, name: str, folder: TrialFolder) -> bool:
        """Whether a trial is mirrored with the judgement that it has now."""
        run = self._done.get(name)
        if run is None:
            return False
        written = (folder.path / RECORD).stat().st_mtime_ns
        # While a run is followed, every trial is asked every few seconds.
        if run.written == written:
            return True
        run.written = written
        return run.judgement == _judgement(folder)

    def overview(self) -> None:
        """Mirror the summary of the comparison: one run per strategy, and the report."""
        mirror_overview(self._client, self.experiment_id, self._journal)

    def _finished_runs(self) -> "dict[str, _Run]":
        """The trials that are already mirrored; incomplete runs are deleted and mirrored again."""
        done: dict[str, _Run] = {}
        token = None
        while True:
            page = self._client.search_runs([self.experiment_id], page_token=token)
            for run in page:
                tags = run.data.tags
                if "trial" not in tags:
                    continue
                if run.info.status == _DONE and tags["trial"] not in done:
                    done[tags["trial"]] = _Run(run.info.run_id, tags.get(_JUDGEMENT, ""))
                else:
                    self._client.delete_run(run.info.run_id)
            token = page.token
            if not token:
                return done

    def _heard(self, label: str) -> list[Any]:
        """The target as a dataset of MLflow, by which the trials of a sound can be found."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        try:
            about = self._journal.target(label)
        except InputError:
            # Damaged: the next run writes it again.
            return []
        source = json.dumps({"url": str(about["source"])})
        dataset = Dataset(label, about["digest"][:_DIGEST], about["kind"], source)
        return [DatasetInput(dataset, [InputTag("mlflow.data.context", "target")])]

    def _mirror(self, name: str, folder: TrialFolder) -> "_Run":
        from mlflow.entities import Metric, Param

        config = folder.read(CONFIG)
        judged = _judgement(folder)
        rows, times, judgement = folder.rows(), folder.times(), folder.judgement()
        started = int(1000 * min(row["ended"] - row["wall_s"] for row in times))
        ended = int(1000 * max(row["ended"] for row in times))
        tags = {
            "trial": name,
            KIND: TRIAL,
            _JUDGEMENT: judged,
            "strategy": config["strategy"]["label"],
            "fitness": config["fitness"]["label"],
            "synth": config["synth"]["name"],
            "target": config["target"]["label"],
            "seed": str(config["repetition"]),
        }
        tags["mlflow.runName"] = _title(tags)
        tags[NOTE] = _DESCRIPTION
        tags |= originals(_renamed(rows, judgement))
        run = self._client.create_run(self.experiment_id, start_time=started, tags=tags)
        run_id = run.info.run_id
        params = [Param(k, v[:6000]) for k, v in _params(config)]
        self._client.log_batch(run_id, params=params)
        self._client.log_inputs(run_id, self._heard(config["target"]["label"]))
        points = [Metric(k, v, at, step) for k, v, at, step in _points(rows, times, judgement)]
        for start in range(0, len(points), _BATCH):
            self._client.log_batch(run_id, metrics=points[start : start + _BATCH])
        target = self._journal.path / "targets" / f"{config['target']['label']}.flac"
        with tempfile.TemporaryDirectory() as temporary:
            picture = Path(temporary) / "spectrograms.png"
            picture.write_bytes(spectrogram_pair(target, folder.path / SOUND))
            for file in (folder.path / SOUND, folder.path / GENOME, picture):
                self._client.log_artifact(run_id, str(file))
            self._client.log_artifact(run_id, str(target), "target")
            self._collections(run_id, folder, Path(temporary))
        self._client.set_terminated(run_id, _DONE, ended)
        return _Run(run_id, judged)

    def _collections(self, run_id: str, folder: TrialFolder, temporary: Path) -> None:
        """Log fronts and archives, if the searches have found any: a map, values and sounds."""
        if not present(folder.path / COLLECTIONS):
            return
        records = folder.read(COLLECTIONS)["collections"]
        picture = temporary / "map.png"
        picture.write_bytes(collection_maps(records))
        sounds = [folder.path / heard["sound"] for one in records for heard in one["heard"]]
        for file in (picture, folder.path / COLLECTIONS, *sounds):
            self._client.log_artifact(run_id, str(file), "collections")


def _title(tags: Mapping[str, str]) -> str:
    """What people call a trial; its name, with the hash of its key, is a tag."""
    return f"{tags['strategy']} × {tags['fitness']}, {tags['target']}, seed {tags['seed']}"


def _judgement(folder: TrialFolder) -> str:
    """A digest of what the judges said: a trial may be judged again, by others."""
    return hashlib.sha256((folder.path / RECORD).read_bytes()).hexdigest()[:16]


def _params(config: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for setting in ("budget", "population", "seed"):
        yield setting, str(config[setting])
    for kind in ("strategy", "fitness", "synth"):
        yield kind, config[kind]["name"]
        for option, value in config[kind]["options"].items():
            # A search is a choice of its own, whose options are swept.
            if (kind, option) == ("strategy", "search"):
                yield "search", value["name"]
                for knob, setting in value["options"].items():
                    yield from _settings(f"search.{knob}", setting)
            else:
                yield from _settings(f"{kind}.{option}", value)


def _settings(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """An option as parameters: of a mapping each part, so that plots have an axis for it."""
    if isinstance(value, Mapping) and value:
        for label, part in value.items():
            yield from _settings(key(name, label), part)
    else:
        yield name, json.dumps(value)


def _renamed(rows: list[Any], judgement: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """MLflow's name and ours, of all that people may name."""
    for label in judgement["distances"]:
        yield key("judge", label), label
    for row in rows[:1]:
        for section in row["diversity"]["assembled"]:
            yield key("diversity", section), section


def _points(
    rows: list[Any], times: list[Any], judgement: dict[str, Any]
) -> Iterator[tuple[str, float, int, int]]:
    """Every metric as (name, value, milliseconds since the epoch, renders)."""
    ends: dict[int, float] = {}
    cpu: dict[int, float] = {}
    for row in times:
        ends[row["round"]] = max(row["ended"], ends.get(row["round"], 0.0))
        if row["kind"] in SEARCHING:
            cpu[row["round"]] = cpu.get(row["round"], 0.0) + row["cpu_s"]
    spent = 0.0
    for row in rows:
        at, step = int(1000 * ends.get(row["round"], 0.0)), row["renders"]
        spent += cpu.get(row["round"], 0.0)
        yield "best/distance", row["best"], at, step
        yield "best/population_mean", row["mean"], at, step
        yield "cost/cpu_s", spent, at, step
        yield from _diversity(row["diversity"], at, step)
        for population, level in row.get("sound", {}).items():
            yield f"diversity/sound_{population}", level, at, step
    at, step = int(1000 * max(ends.values())), judgement["renders"]
    for label, distance in judgement["distances"].items():
        yield key("judge", label), distance, at, step
    if judgement["parameter_error"] is not None:
        yield "judge/parameter_error", judgement["parameter_error"], at, step
    for kind, count in judgement["ledger"].items():
        yield f"cost/renders_{kind}", count, at, step
    for part, share in shares_of([t for t in times if t["kind"] in SEARCHING]).items():
        yield f"cost/{part}_share", share, at, step
    yield "cost/cpu_ms_per_render", 1000 * spent / judgement["renders"], at, step


def _diversity(
    measured: dict[str, dict[str, dict[str, float]]], at: int, step: int
) -> Iterator[tuple[str, float, int, int]]:
    """The whole genome by every statistic, each section by the mean distance of two genomes."""
    for statistic, value in measured["assembled"]["whole"].items():
        yield f"diversity/whole_{statistic}", value, at, step
    for section, statistics in measured["assembled"].items():
        if section != "whole":
            yield key("diversity", section), statistics["distance"], at, step
    yield "diversity/evaluated_distance", measured["evaluated"]["whole"]["distance"], at, step

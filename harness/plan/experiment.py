"""The experiment file: its models, strict about every key and type."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from common.errors import InputError
from common.suggest import nearest
from common.validation import Strict, first_complaint, strict_yaml
from harness.plan.choice import Choice, Label
from harness.plan.followed import FollowedCurves
from harness.plan.networks import NetworkPlan
from harness.plan.overrides import apply_setting
from harness.plan.shipped import shipped_experiments
from harness.plan.sweeps import Sweep, Variant, variants


class RecordedTarget(Strict):
    """A sound file to reproduce; it is never altered.

    Attributes:
        file: relative to the experiment file.
        label: what it is called; the file's name without suffix if not given.
        channel: ``each`` compares per channel and takes the mean, by energy; or one of them.
        start: seconds of the file to leave out at its beginning.
        seconds: how much of it to take; all if not given.
    """

    file: str
    label: Label | None = None
    channel: Literal["each", "left", "right"] = "each"
    start: Annotated[float, Field(ge=0)] = 0.0
    seconds: Annotated[float, Field(gt=0)] | None = None


class ContrivedTarget(Strict):
    """A sound that the synth renders from hidden genes: reachable, so failing is the search's.

    Attributes:
        contrived: the seed that the hidden genes are drawn from.
        values: parameters that are not drawn but set, such as ``noise_level: 0``.
        curves: what knobs that move follow; none if not given.
        label: what it is called; ``contrived_<seed>`` if not given.
        seconds: how long it is.
        sample_rate: in hertz.
    """

    contrived: Annotated[int, Field(ge=0)]
    values: dict[str, float] = {}
    curves: FollowedCurves | None = None
    label: Label | None = None
    seconds: Annotated[float, Field(ge=0.05, le=60)] = 1.0
    sample_rate: Annotated[int, Field(ge=8000, le=192_000)] = 44_100


# With spaces, so that they never appear in the place that an error names.
_RECORDED, _CONTRIVED = "a recorded target", "a contrived target"


def _kind_of_target(given: Any) -> str:
    if isinstance(given, Mapping):
        return _CONTRIVED if "contrived" in given else _RECORDED
    return _CONTRIVED if isinstance(given, ContrivedTarget) else _RECORDED


def _as_target(given: Any) -> Any:
    if isinstance(given, str):
        return {"file": given}
    if not isinstance(given, Mapping | RecordedTarget | ContrivedTarget):
        raise ValueError("needs a file, or a mapping with the key 'file' or 'contrived'")
    return given


Target = Annotated[
    Annotated[RecordedTarget, Tag(_RECORDED)] | Annotated[ContrivedTarget, Tag(_CONTRIVED)],
    Discriminator(_kind_of_target),
    BeforeValidator(_as_target),
]


class BankPlan(Strict):
    """Genomes that are rendered once, so that strategies can start from the target's neighbours.

    Attributes:
        size: how many.
        seconds: the length of their sounds; of a longer target only the beginning is compared.
        sample_rate: of their sounds, in hertz.
        seed: of all draws.
    """

    size: Annotated[int, Field(ge=16, le=10_000_000)] = 100_000
    seconds: Annotated[float, Field(ge=0.05, le=60)] = 1.0
    sample_rate: Annotated[int, Field(ge=8000, le=192_000)] = 32_000
    seed: Annotated[int, Field(ge=0)] = 0

    @property
    def samples(self) -> int:
        """The length of a sound in samples."""
        return round(self.seconds * self.sample_rate)


# Files and folders of all comparisons together, and MLflow's own experiment. Other files begin with
# a dot or an underscore, as no name does.
_TAKEN = frozenset({"mlartifacts", "answers.html", "answers.json", "default"})


class Experiment(Strict):
    """A comparison: a grid of trials and the questions asked of it.

    Attributes:
        name: names the folder of its runs and the experiment in MLflow.
        about: a sentence for people.
        questions: what is asked, in words.
        seed: everything random follows from it.
        seeds: how many trials each cell of the grid has.
        budget: renders a trial may spend.
        population: how many genomes the first population has.
        listens: how often in a trial the diversity of the sounds is measured, from the first
            population to the end; sixteen renders of each population, which are not charged.
        broken: what becomes of a candidate whose sound or distance is no finite number, or whose
            sound peaks above 10,000: ``worst`` puts it at the worst distance and counts it,
            ``fail`` fails the trial.
        synth: what makes sound.
        search: the algorithm of every agent, unless a strategy chooses its own.
        targets: the sounds to reproduce.
        fitness: what searches minimise.
        judges: distances that compare what was found; searches never see them.
        strategies: what is compared.
        networks: what strategies may begin from, trained once for all that name them.
        bank: known sounds that strategies may begin from, rendered once for each synth.
        contrasts: the two strategies of each comparison that is asked for, by label; every two if
            not given. The fewer are named beforehand, the smaller differences can be decided.
        sweeps: knobs of searches that are turned through their values, for some of the strategies.
        plugins: Python files with further plug-ins, relative to the experiment file.
    """

    name: Label
    about: str = ""
    questions: list[str] = []
    seed: Annotated[int, Field(ge=0)] = 0
    seeds: Annotated[int, Field(ge=1, le=1000)] = 3
    budget: Annotated[int, Field(ge=1, le=10_000_000)]
    population: Annotated[int, Field(ge=1, le=100_000)] = 50
    listens: Annotated[int, Field(ge=0, le=1000)] = 5
    broken: Literal["worst", "fail"] = "worst"
    synth: Choice = Choice.model_validate("subtractive")
    search: Choice = Choice.model_validate("ga")
    targets: Annotated[list[Target], Field(min_length=1)]
    fitness: Annotated[list[Choice], Field(min_length=1)]
    judges: list[Choice] = [
        Choice.model_validate(name)
        for name in ("timbre", "multi_scale_spectral", "mfcc", "log_spectral", "pitch", "loudness")
    ]
    strategies: Annotated[list[Choice], Field(min_length=1)]
    networks: list[NetworkPlan] = []
    bank: BankPlan = BankPlan()
    contrasts: list[list[Label]] = []
    sweeps: list[Sweep] = []
    plugins: list[str] = []

    @field_validator("name")
    @classmethod
    def _free(cls, name: str) -> str:
        # Also what differs only in case: some file systems take it for the same.
        if name.lower().startswith("mlflow.db") or name.lower() in _TAKEN:
            raise ValueError(
                f"{name!r} is what ga-synth itself calls something in the folder of all "
                "comparisons; choose another name"
            )
        return name

    @model_validator(mode="after")
    def _fits(self) -> "Experiment":
        if self.budget < self.population:
            raise ValueError(
                f"budget {self.budget} is below one generation: population {self.population}"
            )
        for kind in ("fitness", "judges", "strategies", "networks"):
            labels = [choice.label for choice in getattr(self, kind)]
            if twice := [label for label in labels if labels.count(label) > 1]:
                raise ValueError(
                    f"{kind}: {twice[0]!r} is a duplicate label; give one of them another label"
                )
        fitness = {choice.label: choice for choice in self.fitness}
        for judge in self.judges:
            if judge != fitness.get(judge.label, judge):
                raise ValueError(
                    f"judges: {judge.label!r} is also a fitness, with other options; label one"
                )
        self._check_contrasts()
        self.variants()
        return self

    def _check_contrasts(self) -> None:
        labels = [choice.label for choice in self.strategies]
        for i, contrast in enumerate(self.contrasts):
            if unknown := [label for label in contrast if label not in labels]:
                hint = nearest(unknown[0], labels)
                raise ValueError(f"contrasts[{i}]: no strategy {unknown[0]!r}; {hint}")
            if len(set(contrast)) != 2 or len(contrast) != 2:
                raise ValueError(f"contrasts[{i}]: {contrast} needs two different strategies")
            if any(set(contrast) == set(other) for other in self.contrasts[:i]):
                raise ValueError(f"contrasts[{i}]: {' against '.join(contrast)!r} is there already")

    def variants(self) -> list[Variant]:
        """What the sweeps make of the strategies: one for each value of each knob.

        Raises:
            ValueError: for an unknown strategy or a duplicate label.
        """
        return variants(self.sweeps, self.strategies, self.search)


def read_experiment(
    path: Path,
    settings: list[str] | None = None,
    size: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Experiment:
    """Read an experiment file.

    A file may hold ``sizes``: name to keys that are set instead, such as ``{smoke: {seeds: 2}}``.

    Args:
        path: YAML.
        settings: changes, each ``key=value``; keys of nested values are joined by dots, positions
            in lists are numbers, values are YAML.
        size: one of the file's sizes; the experiment is then called ``<name>-<size>``.
        changes: top-level keys and the values that replace theirs.

    Raises:
        InputError: if the file is missing, is not YAML, or holds anything that does not fit.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"experiment {path}: {_why_unreadable(path, error)}") from None
    try:
        given = strict_yaml(text)
    except ValueError as error:
        raise InputError(f"experiment {path}: {error}") from None
    if not isinstance(given, dict):
        raise InputError(f"experiment {path}: needs keys such as targets and strategies")
    given.setdefault("name", path.stem)
    return experiment_from(given, settings, size, changes, where=f"experiment {path}")


def experiment_from(
    given: Mapping[str, Any],
    settings: list[str] | None = None,
    size: str | None = None,
    changes: Mapping[str, Any] | None = None,
    *,
    where: str = "experiment",
) -> Experiment:
    """Validate the keys of an experiment; the arguments are those of ``read_experiment``.

    Args:
        given: the keys as they would be written in YAML.
        settings: changes, each ``key=value``.
        size: one of its sizes.
        changes: top-level keys and the values that replace theirs.
        where: what to call it in messages.

    Raises:
        InputError: if anything does not fit.
    """
    changed = copy.deepcopy(dict(given))
    _resize(changed, where, size)
    changed |= changes or {}
    for setting in settings or []:
        apply_setting(changed, setting)
    try:
        return Experiment.model_validate(changed)
    except ValidationError as error:
        raise InputError(f"{where}: {first_complaint(error)}") from None


def _resize(given: dict[str, Any], where: str, size: str | None) -> None:
    """Take one of the sizes, and the sizes out."""
    sizes = given.pop("sizes", {})
    if not isinstance(sizes, dict) or not all(isinstance(one, dict) for one in sizes.values()):
        raise InputError(f"{where}: sizes: needs a mapping of keys for each size")
    if size is None:
        return
    if size not in sizes:
        known = nearest(size, map(str, sizes))
        raise InputError(f"{where}: has no size {size!r}; {known}")
    given |= sizes[size]
    given["name"] = f"{given['name']}-{size}"


def _why_unreadable(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        known = [p.name for p in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
        # A bare name may be meant to be that of an experiment that ships.
        known += list(shipped_experiments()) if path.parent == Path() else []
        return f"no such file; {nearest(path.name, known)}"
    if isinstance(error, UnicodeDecodeError):
        return "not a text file"
    return str(getattr(error, "strerror", error)).lower()

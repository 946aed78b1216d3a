"""The networks of an experiment: what each hears, how it is trained, and its key."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator, model_validator

from common.errors import InputError
from common.validation import Strict, first_complaint, nearest
from harness.plan.choice import Choice, Label
from harness.plan.options import blamed, checked_options
from harness.plan.overrides import apply_setting
from harness.plan.registry import Registry, own_version

Hertz = Annotated[int, Field(ge=8000, le=192_000)]


class NetworkPlan(Strict):
    """A network to train: ``spectrogram_cnn``, or a mapping with any of these keys.

    Attributes:
        name: the registered architecture.
        label: what it is called here; its name if not given.
        options: of the architecture.
        objective: the way of training and its options.
        fitness: the distance in sound that training and validation use.
        sample_rate: at which it hears, in hertz.
        seconds: how long what it hears is.
        steps: batches that it is trained on, at the most.
        batch: examples in each.
        rate: the learning rate at the beginning.
        epoch: steps from one validation to the next.
        patience: epochs without a better validation until it stops early.
        validation: examples of a validation, and of the test at the end.
        seed: everything random follows from it.
        dataset: folder of a dataset to learn from, relative to where the plan stands; if not given
            examples are rendered when they are wanted, without an end.
        recordings: sound files that it also hears when it learns by sound, which have no knobs.
        synth: what makes its examples; the experiment's own if not given. A slow synth can be begun
            by a network of a fast one: genes of the same name and unit are handed over.
    """

    name: str
    label: Label
    options: dict[str, Any] = {}
    objective: Choice = Choice.model_validate("knobs")
    fitness: Choice = Choice.model_validate("spectrogram")
    sample_rate: Hertz = 16_000
    seconds: Annotated[float, Field(ge=0.1, le=10)] = 1.0
    steps: Annotated[int, Field(ge=1, le=10_000_000)] = 2000
    batch: Annotated[int, Field(ge=2, le=4096)] = 64
    rate: Annotated[float, Field(gt=0, le=1)] = 1.5e-3
    epoch: Annotated[int, Field(ge=1)] = 100
    patience: Annotated[int, Field(ge=1)] = 10
    validation: Annotated[int, Field(ge=16, le=100_000)] = 256
    seed: Annotated[int, Field(ge=0)] = 0
    dataset: str | None = None
    recordings: list[str] = []
    synth: Choice | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        if isinstance(given, str):
            given = {"name": given}
        if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
            raise ValueError("needs a name, or a mapping with the key 'name'")
        return {"label": given["name"], **given}

    @field_validator("objective", mode="before")
    @classmethod
    def _unlabelled(cls, given: Any) -> Any:
        # Nothing is ever called by it, and knobs+sound is no label.
        given = {"name": given} if isinstance(given, str) else given
        return {**given, "label": "way"} if isinstance(given, Mapping) else given

    @property
    def samples(self) -> int:
        """Of every sound that it hears."""
        return round(self.seconds * self.sample_rate)


def checked_network(plan: NetworkPlan, registry: Registry, where: str) -> NetworkPlan:
    """The plan with every option filled in.

    Raises:
        InputError: for an unknown architecture, way of training or fitness, or an option of them.
    """
    from networks.ways import WAYS

    try:
        architecture = registry.get("network", plan.name)
        fitness = registry.get("fitness", plan.fitness.name)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    if plan.objective.name not in WAYS:
        hint = nearest(plan.objective.name, WAYS)
        raise InputError(f"{where}.objective: no way of training {plan.objective.name!r}; {hint}")
    objective = checked_options(
        WAYS[plan.objective.name], plan.objective.options, f"{where}.objective"
    )
    with blamed(f"{where}.objective"):
        WAYS[plan.objective.name](**objective)
    scored = checked_options(fitness, plan.fitness.options, f"{where}.fitness")
    options = checked_options(architecture, plan.options, f"{where}.options")
    with blamed(f"{where}: network {plan.name!r}"):
        architecture(**options)
    return plan.model_copy(
        update={
            "options": options,
            "objective": plan.objective.model_copy(update={"options": objective}),
            "fitness": plan.fitness.model_copy(update={"options": scored}),
        }
    )


def checked_networks(plans: Iterable[NetworkPlan], registry: Registry) -> dict[str, NetworkPlan]:
    """All of an experiment's networks by label.

    Raises:
        InputError: as ``checked_network``.
    """
    return {p.label: checked_network(p, registry, f"networks[{i}]") for i, p in enumerate(plans)}


def network_key(plan: NetworkPlan, synth: Choice, registry: Registry, folder: Path) -> str:
    """A hash of all that a trained network depends on, but for its label.

    Args:
        plan: checked.
        synth: that makes its examples, with all options.
        registry: knows the versions of what is trained and what trains.
        folder: what its paths are relative to.

    Raises:
        InputError: if its dataset or a recording cannot be read.
    """
    versions = {
        "ga_synth": own_version(),
        "keras": version("keras"),
        "network": registry.version("network", plan.name),
        "synth": registry.version("synth", synth.name),
        "fitness": registry.version("fitness", plan.fitness.name),
    }
    # Its synth stands beside it, whoever named it.
    own = plan.model_dump(exclude={"label", "synth"})
    # What the files hold counts, not where they lie.
    if plan.dataset is not None:
        own["dataset"] = _digest(folder / plan.dataset / "manifest.json", "dataset")
    own["recordings"] = [_digest(folder / file, "recording") for file in plan.recordings]
    whole = {"network": own, "synth": synth.model_dump(), "versions": versions}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def network_plan(name: str, objective: str, settings: Iterable[str]) -> NetworkPlan:
    """The plan of a network that stands in no experiment.

    Args:
        name: the architecture.
        objective: the way of training.
        settings: changes, each ``key=value``, as of experiments.

    Raises:
        InputError: for an unknown key or a value that does not fit.
    """
    given: dict[str, Any] = {"name": name, "objective": {"name": objective}, "options": {}}
    for setting in settings:
        apply_setting(given, setting)
    try:
        return NetworkPlan.model_validate(given)
    except ValidationError as error:
        raise InputError(f"train: {first_complaint(error)}") from None


def _digest(path: Path, what: str) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise InputError(f"{what} {path}: {reason}") from None

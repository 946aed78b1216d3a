"""The networks of an experiment: architecture, audio input, training, and the key of each."""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator, model_validator

from common.blame import blamed
from common.errors import InputError
from common.suggest import nearest
from common.validation import Strict, first_complaint
from harness.plan.choice import Choice, Label
from harness.plan.options import checked_options
from harness.plan.overrides import apply_setting
from harness.plan.registry import Registry, installed_version, own_version
from harness.plan.shipped import shipped_networks

# Of a trained network, beside its model.
DESCRIPTION = "network.json"

Hertz = Annotated[int, Field(ge=8000, le=192_000)]


class NetworkPlan(Strict):
    """A network: ``spectrogram_cnn``, or a mapping with any of these keys.

    Attributes:
        pretrained: a trained network that ships; beside it only ``label`` may be given.
        name: the registered architecture.
        label: what it is called here; its name if not given.
        options: of the architecture.
        objective: the training method and its options.
        fitness: the distance in sound for training and validation.
        sample_rate: of its audio input, in hertz.
        seconds: length of its audio input.
        steps: maximum number of training batches.
        batch: examples per batch.
        rate: the initial learning rate.
        epoch: steps between validations.
        patience: epochs without improvement until training stops early.
        validation: examples in a validation, and in the final test.
        seed: of everything random.
        threads: that TensorFlow uses for one operation. Another number rounds sums differently and
            gives another network, so it does not follow the machine.
        dataset: folder of training examples, relative to the experiment's file; if not given,
            examples are rendered on demand.
        augment: whether training sounds are made more like recordings: cut off, with noise, in a
            small room.
        tame: whether half of the examples bend, wobble and hiss less, as recordings do.
        reuse: how many steps use each batch of examples that are rendered on demand.
        recordings: sound files without known genes, used when training compares sounds.
        synth: renders the examples; the experiment's synth if not given. A network of a fast synth
            can seed the search of a slow one: genes of the same name and unit are transferred.
    """

    pretrained: str | None = None
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
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    dataset: str | None = None
    augment: bool = False
    tame: bool = False
    reuse: Annotated[int, Field(ge=1, le=100)] = 1
    recordings: list[str] = []
    synth: Choice | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        if isinstance(given, str):
            given = {"name": given}
        if isinstance(given, Mapping) and given.get("pretrained") is not None:
            return _shipped(given)
        if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
            raise ValueError("needs a name, or a mapping with the key 'name' or 'pretrained'")
        return {"label": given["name"], **given}

    @field_validator("objective", mode="before")
    @classmethod
    def _unlabelled(cls, given: Any) -> Any:
        # The label is not used, and knobs+sound would not be a valid one.
        given = {"name": given} if isinstance(given, str) else given
        return {**given, "label": "method"} if isinstance(given, Mapping) else given

    @property
    def samples(self) -> int:
        """Samples of its audio input."""
        return round(self.seconds * self.sample_rate)


def _shipped(given: Mapping[str, Any]) -> dict[str, Any]:
    """The plan of a network that ships.

    Raises:
        ValueError: for an unknown one, or other keys than its label.
    """
    name, known = given["pretrained"], shipped_networks()
    if name not in known:
        raise ValueError(f"unknown pretrained network {name!r}; {nearest(str(name), known)}")
    if other := sorted(set(given) - {"pretrained", "label"}):
        raise ValueError(f"{other[0]}: a pretrained network is trained already; allowed: label")
    about = json.loads((known[name] / DESCRIPTION).read_text(encoding="utf-8"))
    # Of its own synth, whichever is searched: genes of the same name and unit are transferred.
    own = {"name": about["synth"]["name"], **about["synth"]["options"]}
    label = given.get("label", name)
    return {**_as_given(about["plan"]), "synth": own, "label": label, "pretrained": name}


def stored_plan(stored: Mapping[str, Any]) -> NetworkPlan:
    """Return the plan of a trained network, as its description holds it."""
    return NetworkPlan.model_validate({**_as_given(stored), "pretrained": None})


def _as_given(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored plan as an experiment would give it: choices with their options beside the name."""
    chosen = {key: stored[key] for key in ("objective", "fitness", "synth") if stored[key]}
    flat = {
        key: {"name": one["name"], "label": one["label"], **one["options"]}
        for key, one in chosen.items()
    }
    return {**stored, **flat}


def need_tensorflow(where: str) -> None:
    """Refuse what needs a network where TensorFlow or Keras is not installed.

    Everything else works without.

    Raises:
        InputError: with what to install.
    """
    missing = [name for name in ("tensorflow", "keras") if find_spec(name) is None]
    if missing:
        raise InputError(
            f"{where}: networks need {' and '.join(missing)}, which this Python lacks; install "
            f"them with: {sys.executable} -m pip install {' '.join(missing)}"
        )


def checked_network(plan: NetworkPlan, registry: Registry, where: str) -> NetworkPlan:
    """Fill in every option of a plan.

    Raises:
        InputError: for an unknown architecture, training method or fitness, or an option of them;
            without TensorFlow.
    """
    from networks.training_methods import TRAINING_METHODS

    need_tensorflow(where)

    try:
        architecture = registry.get("network", plan.name)
        fitness = registry.get("fitness", plan.fitness.name)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    if plan.objective.name not in TRAINING_METHODS:
        hint = nearest(plan.objective.name, TRAINING_METHODS)
        raise InputError(
            f"{where}.objective: unknown training method {plan.objective.name!r}; {hint}"
        )
    objective = checked_options(
        TRAINING_METHODS[plan.objective.name], plan.objective.options, f"{where}.objective"
    )
    with blamed(f"{where}.objective"):
        TRAINING_METHODS[plan.objective.name](**objective)
    if plan.augment and (not architecture.ears or plan.dataset is not None):
        raise InputError(
            f"{where}.augment: needs a network that hears sounds of any length, such as listener, "
            "and examples that are rendered on demand"
        )
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
    """Fill in the options of all networks of an experiment; gives them by label.

    Raises:
        InputError: as ``checked_network``.
    """
    return {p.label: checked_network(p, registry, f"networks[{i}]") for i, p in enumerate(plans)}


def network_key(plan: NetworkPlan, synth: Choice, registry: Registry, folder: Path) -> str:
    """Hash everything that a trained network depends on; its label is not part of it.

    Args:
        plan: checked.
        synth: that renders its examples, with all options.
        registry: knows the versions of plug-ins.
        folder: that the plan's paths are relative to.

    Raises:
        InputError: if its dataset or a recording cannot be read.
    """
    if plan.pretrained is not None:
        return _digest(shipped_networks()[plan.pretrained] / DESCRIPTION, "network")[:16]
    versions = {
        "ga_synth": own_version(),
        "keras": installed_version("keras"),
        "network": registry.version("network", plan.name),
        "synth": registry.version("synth", synth.name),
        "fitness": registry.version("fitness", plan.fitness.name),
    }
    # The synth is hashed below, whether the network or the experiment names it.
    own = plan.model_dump(exclude={"label", "synth", "pretrained"})
    # The content of files counts, not their path.
    if plan.dataset is not None:
        own["dataset"] = _digest(folder / plan.dataset / "manifest.json", "dataset")
    own["recordings"] = [_digest(folder / file, "recording") for file in plan.recordings]
    whole = {"network": own, "synth": synth.model_dump(), "versions": versions}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def network_plan(name: str, objective: str, settings: Iterable[str]) -> NetworkPlan:
    """Make the plan of a network outside an experiment.

    Args:
        name: the architecture.
        objective: the training method.
        settings: changes, each ``key=value``, as for experiments.

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

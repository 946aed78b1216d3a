"""What the networks of a comparison propose for its targets: trained once, asked once, kept."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray

from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.comparison import Comparison
from harness.plan.networks import NetworkPlan
from harness.plan.targets import LoadedTarget
from harness.record.files import read_json, write_json
from harness.run.workers import Cluster
from harness.train.dataset import Dataset
from harness.train.network_store import NetworkFolder, network_folder
from harness.train.training_run import actor_options, asked, train
from networks.base import Hearing
from networks.model import fit_to_hearing, proposal
from strategies.proposal import Proposal, handed_over, proposal_of
from synth.space import ParameterSpace

_KEPT = "proposals"

# Hears (label, row) of every epoch of a network that is trained.
Listener = Callable[[str, dict[str, Any]], None]


class Proposer:
    """The actor that asks models.

    Args:
        threads: that TensorFlow may use.
    """

    def __init__(self, threads: int) -> None:
        from networks.model import prepare

        prepare(threads, 0)

    def learn(self, model: bytes) -> None:
        """Load the model that is asked from now on."""
        import tempfile

        from networks.model import load, predictor

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            path.write_bytes(model)
            loaded = load(path)
        self._predict, self._with_features = predictor(loaded), len(loaded.inputs) > 1

    def propose(self, hearing: Hearing, sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities, shape (n, genes, bins), of sounds as the network hears them."""
        from networks.model import heard

        return np.asarray(self._predict(heard(sounds, hearing, self._with_features)))


def propose(
    comparison: Comparison,
    labels: Iterable[str],
    out: Path,
    workers: int,
    address: str | None,
    listen: Listener,
) -> tuple[dict[tuple[str, str], Proposal], dict[str, dict[str, Any]]]:
    """Train what is not trained, and ask what was not asked.

    Args:
        comparison: whose strategies may begin from networks.
        labels: of the networks that are wanted.
        out: the folder of all comparisons.
        workers: how many CPUs to use; 0 is all.
        address: of a running cluster.
        listen: hears every epoch of a training.

    Returns:
        What each proposes for each target, by their labels; and label to what is known of each.

    Raises:
        InputError: if training fails, or a kept network does not fit or is damaged.
    """
    plans = {label: comparison.networks[label].plan for label in labels}
    folders = {label: network_folder(out, label, comparison.network_key(label)) for label in plans}
    untrained = [label for label in plans if not folders[label].trained]
    unasked = {
        label: [t for t in comparison.targets.values() if not _file(folders[label], t).exists()]
        for label in plans
    }
    if untrained or any(unasked.values()):
        cluster = Cluster(workers, address)
        with cluster as cpus:
            for label in untrained:
                _train(comparison, plans[label], folders[label], cluster, cpus, listen)
            options = actor_options(cluster, cpus)
            threads = max(1, int(options["num_cpus"]))
            actor = ray.remote(**options)(Proposer).remote(threads)
            for label, targets in unasked.items():
                if targets:
                    _ask(actor, comparison, plans[label], folders[label], targets)
    proposals: dict[tuple[str, str], Proposal] = {}
    for label in plans:
        for target in comparison.targets.values():
            kept = read_json(_file(folders[label], target))
            space = comparison.networks[label].space
            proposed = handed_over(proposal_of(kept), space, comparison.space)
            proposals[label, target.label] = proposed
    return proposals, {
        label: {
            **folders[label].about(),
            "folder": folders[label].path.name,
            "heard": _heard(folders[label], comparison),
        }
        for label in plans
    }


def recordings_of(plan: NetworkPlan, folder: Path) -> list[NDArray[np.float32]]:
    """The recordings that a plan names, as the network hears them.

    Raises:
        InputError: if one cannot be read.
    """
    from harness.plan.experiment import RecordedTarget
    from harness.plan.targets import load_recorded

    hearing = Hearing(plan.sample_rate, plan.samples)
    loaded = [load_recorded(RecordedTarget(file=file), folder) for file in plan.recordings]
    return [
        fit_to_hearing(sound, one.sample_rate, hearing)[0] for one in loaded for sound in one.sounds
    ]


def fitting_dataset(plan: NetworkPlan, folder: Path, synth: Choice, space: ParameterSpace) -> None:
    """Refuse a dataset that is not whole, or is of another synth, rate or length.

    Raises:
        InputError: if the plan has one and it does not fit.
    """
    if plan.dataset is None:
        return
    manifest = Dataset(folder / plan.dataset).whole()
    where = f"network {plan.label!r}: dataset {folder / plan.dataset}"
    made = manifest["plan"]
    for what, has, wanted in (
        ("synth", manifest["synth"]["name"], synth.name),
        ("genes", len(manifest["genes"]), len(space)),
        ("sample_rate", made["sample_rate"], plan.sample_rate),
        ("samples", made["samples"], plan.samples),
    ):
        if has != wanted:
            raise InputError(f"{where}: its {what} is {has!r}; the network wants {wanted!r}")


def _train(
    comparison: Comparison,
    plan: NetworkPlan,
    folder: NetworkFolder,
    cluster: Cluster,
    cpus: int,
    listen: Listener,
) -> None:
    source = comparison.networks[plan.label]
    synth, space = source.synth, source.space
    fitting_dataset(plan, comparison.folder, synth, space)
    train(
        plan,
        synth,
        space,
        comparison.registry.files,
        recordings_of(plan, comparison.folder),
        comparison.folder,
        folder,
        cluster,
        cpus,
        lambda row: listen(plan.label, row),
    )


def _ask(
    actor: Any,
    comparison: Comparison,
    plan: NetworkPlan,
    folder: NetworkFolder,
    targets: list[LoadedTarget],
) -> None:
    hearing = Hearing(plan.sample_rate, plan.samples)
    source = comparison.networks[plan.label]
    synth, space = source.synth, source.space
    asked(actor.learn.remote(folder.model(synth, space)), plan.label)
    circular = [parameter.circular for parameter in space]
    for target in targets:
        fitted = [fit_to_hearing(sound, target.sample_rate, hearing) for sound in target.sounds]
        sounds = np.array([sound for sound, _ in fitted])
        probabilities = asked(actor.propose.remote(hearing, sounds), plan.label)
        # Channels are heard one by one: what both say is their mean.
        mean = proposal(probabilities.mean(axis=0), circular)
        write_json(_file(folder, target), {**mean.plain(), "heard": fitted[0][1]})


def _file(folder: NetworkFolder, target: LoadedTarget) -> Path:
    return folder.path / _KEPT / f"{target.digest[:16]}-{target.sample_rate}.json"


def _heard(folder: NetworkFolder, comparison: Comparison) -> dict[str, list[str]]:
    """What was done to each target for the network to hear it."""
    targets = comparison.targets.values()
    return {target.label: read_json(_file(folder, target))["heard"] for target in targets}

"""What the networks of a comparison propose for its targets: trained once, asked once, stored."""

from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.paths import present
from common.random import generator
from harness.plan.comparison import Comparison
from harness.plan.shipped import shipped_networks
from harness.plan.targets import LoadedTarget
from harness.record.files import waiting_lock
from harness.record.sealed import read_record, write_record
from harness.run.code import code_here
from harness.run.known import Proposals
from harness.run.workers import Cluster
from harness.train.actors import result_of, start_actor, tensorflow_options
from harness.train.example_synth import ExampleSynth, example_synth
from harness.train.network_store import PROPOSALS, NetworkFolder, network_folder
from harness.train.run_context import RunContext
from harness.train.training_job import training_job
from harness.train.training_run import train
from networks.base import AudioFormat
from networks.model import fit_to_format
from strategies.proposal import Proposal, proposal_from, together, transferred

# Of a joint network, for each target: more than a first population.
_DRAWS = 256


class TrainingListener(Protocol):
    """Reports what happens to networks."""

    def on_epoch(self, label: str, row: dict[str, Any]) -> None:
        """Report an epoch of the network called ``label``."""
        ...

    def on_wait(self, label: str, holder: str) -> None:
        """Report that another run is working on the network called ``label``."""
        ...


class Proposer:
    """Predicts with a trained model, in an actor.

    Args:
        model: content of a ``.keras`` file.
        threads: that TensorFlow may use.
        circular: which genes are circular.
    """

    def __init__(self, model: bytes, threads: int, circular: list[bool]) -> None:
        import tempfile

        from networks.model import load, prepare
        from networks.reading import reader_of

        prepare(threads, 0)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            path.write_bytes(model)
            loaded = load(path)
        self._model, self._reader = loaded, reader_of(loaded, circular)

    def propose(self, audio: AudioFormat, sounds: NDArray[np.float32], seed: int) -> Proposal:
        """Return a proposal for the channels of a target, shape (n, samples).

        Channels are heard separately; of histograms the proposal is the mean, of draws it has all.
        Nearly silent channels are left out by the caller.

        Args:
            audio: the network's format.
            sounds: in that format.
            seed: of draws.
        """
        from networks.model import given_of

        given = given_of(self._model, sounds, audio)
        return together(self._reader.proposals(given, _DRAWS, generator("proposal", seed)))


def propose(
    comparison: Comparison,
    labels: Iterable[str],
    out: Path,
    cluster: Cluster,
    listener: TrainingListener,
) -> tuple[Proposals, dict[str, dict[str, Any]]]:
    """Train the networks that are not trained, and predict for every target.

    A network that another run is training is waited for.

    Args:
        comparison: whose strategies start from networks.
        labels: of the networks that are needed.
        out: the folder of all comparisons.
        cluster: Ray; it is started only if there is something to train or predict.
        listener: reports epochs and waiting.

    Returns:
        What each network proposes for each target, and label to the description of each network.

    Raises:
        InputError: if training fails, or a stored network does not fit or is damaged.
    """
    found: dict[str, dict[str, Any]] = {}
    proposals: dict[tuple[str, str], Proposal] = {}
    with ExitStack() as stack:
        cpus = _Cpus(cluster, stack)
        for label in labels:
            network = _Network(comparison, label, out)
            if not network.complete:
                with waiting_lock(network.folder.path, partial(listener.on_wait, label)):
                    network.make_complete(cluster, cpus, listener)
            proposed, found[label] = network.read()
            proposals |= {(label, target): one for target, one in proposed.items()}
    return proposals, found


def _is_intact(path: Path) -> bool:
    """Whether a proposal was written, and not damaged since: else the network is asked again."""
    try:
        return present(path) and bool(read_record(path))
    except InputError:
        return False


class _Cpus:
    """Starts the cluster when it is first needed."""

    def __init__(self, cluster: Cluster, stack: ExitStack) -> None:
        self._cluster, self._stack, self._count = cluster, stack, 0

    def __call__(self) -> int:
        """Give how many CPUs may be used."""
        if not self._count:
            self._count = self._stack.enter_context(self._cluster)
        return self._count


class _Network:
    """A network of a comparison, and its proposals for the targets."""

    def __init__(self, comparison: Comparison, label: str, out: Path) -> None:
        source = comparison.networks[label]
        self._comparison, self._plan = comparison, source.plan
        self._synth: ExampleSynth = example_synth(source.synth, source.space, comparison.registry)
        self.folder: NetworkFolder = network_folder(out, label, comparison.network_key(label))

    @property
    def complete(self) -> bool:
        """Whether it is trained and has a proposal for every target."""
        return self.folder.trained and not self._missing()

    def make_complete(self, cluster: Cluster, cpus: _Cpus, listener: TrainingListener) -> None:
        """Train and predict what is missing; another run may have done it meanwhile."""
        comparison, label = self._comparison, self._plan.label
        if not self.folder.trained and self._plan.pretrained is not None:
            self.folder.install(shipped_networks()[self._plan.pretrained], self._synth)
        elif not self.folder.trained:
            files = comparison.registry.files
            job = training_job(self._plan, self._synth, files, comparison.folder)
            context = RunContext(files, cluster, cpus(), lambda row: listener.on_epoch(label, row))
            train(job, self.folder, context)
        if targets := self._missing():
            self._predict(targets, tensorflow_options(cluster, cpus()))

    def read(self) -> tuple[dict[str, Proposal], dict[str, Any]]:
        """Return the proposal for each target, and the description of the network."""
        self.folder.check(self._synth)
        about, changes, proposals = self.folder.about(), {}, {}
        for target in self._comparison.targets.values():
            path = self._file(target)
            stored = read_record(path)
            proposal = self._checked(stored, path, about["sha256"])
            proposals[target.label] = transferred(
                proposal, self._synth.space, self._comparison.space
            )
            changes[target.label] = stored["audio_changes"]
        return proposals, {**about, "folder": self.folder.path.name, "audio_changes": changes}

    def _missing(self) -> list[LoadedTarget]:
        targets = self._comparison.targets.values()
        return [target for target in targets if not _is_intact(self._file(target))]

    def _file(self, target: LoadedTarget) -> Path:
        return self.folder.path / PROPOSALS / f"{target.digest[:16]}-{target.sample_rate}.json"

    def _checked(self, stored: dict[str, Any], path: Path, model: str) -> Proposal:
        """Make the proposal of a file, if it is of this network's model and parameters."""
        advice = f"remove {path.parent} to predict again"
        try:
            proposal = proposal_from(stored)
            same = stored["model"] == model and "audio_changes" in stored
        except (KeyError, TypeError, ValueError):
            raise InputError(f"proposal {path}: is damaged; {advice}") from None
        if not same or proposal.circular.tolist() != self._synth.circular:
            raise InputError(f"proposal {path}: is of another network; {advice}")
        return proposal

    def _predict(self, targets: list[LoadedTarget], options: dict[str, Any]) -> None:
        import ray

        where = f"network {self._plan.label!r}"
        audio = AudioFormat(self._plan.sample_rate, self._plan.samples)
        model, sha256 = self.folder.model(self._synth), self.folder.about()["sha256"]
        circular = self._synth.circular
        actor, started = start_actor(
            options, code_here(()), Proposer, model, self._plan.threads, circular
        )
        try:
            result_of(started, where)
            for target in targets:
                fitted = [fit_to_format(one, target.sample_rate, audio) for one in target.audible]
                sounds = np.array([sound for sound, _ in fitted])
                asked = actor.call.remote("propose", audio, sounds, self._plan.seed)
                found: Proposal = result_of(asked, where)
                extra = {"model": sha256, "audio_changes": fitted[0][1]}
                write_record(self._file(target), {**found.plain(), **extra})
        except ray.exceptions.RayActorError:
            raise InputError(
                f"{where}: the process that predicts died; repeat the command"
            ) from None
        finally:
            ray.kill(actor)

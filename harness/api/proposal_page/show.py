"""What a trained network proposes for a sound, rendered and compared."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.random import generator
from common.random import seed as seed_for
from common.suggest import nearest
from fitness.spectrogram import Spectrogram
from harness.plan.networks import NetworkPlan, need_tensorflow, stored_plan
from harness.plan.registry import Registry
from harness.plan.shipped import shipped_networks
from harness.record.mlflow.networks import ABOUT, MODEL, STORE
from harness.record.sealed import read_record
from harness.train.dataset import TRAIN
from harness.train.example_synth import difference_of_knobs, example_synth, synth_of
from networks.augment import Augmentation
from networks.base import AudioFormat
from networks.batches import BatchFormat, RenderedBatches
from networks.inputs import EARS
from networks.model import fit_to_format, given_of, load, prepare
from networks.reading import reader_of
from strategies.proposal import Proposal
from synth.base import Synth
from synth.sound import SoundError, loudest, read_sound

_DRAWS, _LISTENED, _NEAREST, _BATCHES = 256, 16, 3, 16
_CONTRIVED = "contrived:"


@dataclass(frozen=True)
class Shown:
    """What is shown of a proposal.

    Attributes:
        network: the label or name of the network.
        target: its name.
        synth: renders at the target's length, at the network's sample rate.
        sound: the target in the network's sample rate, shape (samples,).
        truth: the target's genome if it is known, shape (genes,).
        proposal: of the network.
        heard: the point, then draws, shape (n, samples).
        distances: of these by ``spectrogram``, shape (n,).
        neighbours: the nearest of some training sounds, shape (k, samples).
        searched: how many training sounds were compared.
        notes: sentences for the person.
    """

    network: str
    target: str
    synth: Synth
    sound: NDArray[np.float32]
    truth: NDArray[np.float64] | None
    proposal: Proposal
    heard: NDArray[np.float32]
    distances: NDArray[np.float64]
    neighbours: list[NDArray[np.float32]]
    searched: int
    notes: list[str]


def shown(name: str, target: str, out: Path) -> Shown:
    """Ask a network.

    Args:
        name: the label of a network that was trained in ``out``, or one that ships.
        target: a sound file, or ``contrived:7`` for a random sound of the network's own synth.
        out: the folder of all comparisons.

    Raises:
        InputError: for an unknown network, one of a synth that is not there, or a bad target;
            without TensorFlow.
    """
    need_tensorflow(name)
    folder = _folder(name, out)
    about = read_record(folder / ABOUT)
    plan = stored_plan(about["plan"])
    audio = AudioFormat(plan.sample_rate, plan.samples)
    registry = Registry()
    choice = _choice(about)
    sound, truth, notes = _target(target, lambda n: _synth(choice, plan, n, registry), audio)
    synth = _synth(choice, plan, len(sound), registry)
    source = example_synth(choice, synth.space, registry)
    if difference := difference_of_knobs(about["synth"], source):
        raise InputError(f"network {name}: trained for another synth: {difference}")
    prepare(plan.threads, 0)
    model = _model(folder)
    circular = [parameter.circular for parameter in synth.space]
    fitted, changes = fit_to_format(sound, plan.sample_rate, audio)
    given = given_of(model, fitted[None], audio)
    random = generator("shown proposal", plan.seed)
    (proposal,) = reader_of(model, circular).proposals(given, _DRAWS, random)
    genomes = np.concatenate([proposal.point[None], proposal.sample(_LISTENED, random)])
    rendered = synth.render(genomes)
    distances = np.asarray(Spectrogram(sound, plan.sample_rate)(rendered))
    near, searched = _nearest(plan, choice, registry, fitted)
    notes += [f"The network heard it {changes[0]}."] if changes and "cut" in changes[0] else []
    return Shown(
        name, target, synth, sound, truth, proposal, rendered, distances, near, searched, notes
    )


def _folder(name: str, out: Path) -> Path:
    trained = {path.parent.name: path.parent for path in (out / STORE).glob(f"*/{ABOUT}")}
    known = {folder.rpartition("-")[0]: path for folder, path in sorted(trained.items())}
    known = {**shipped_networks(), **known, **trained}
    if name not in known:
        raise InputError(f"no trained network {name!r} in {out}; {nearest(name, known)}")
    return known[name]


def _choice(about: dict[str, Any]) -> Any:
    from harness.plan.choice import Choice

    synth = about["synth"]
    return Choice.model_validate({"name": synth["name"], **synth["options"]})


def _synth(choice: Any, plan: NetworkPlan, samples: int, registry: Registry) -> Synth:
    return synth_of(choice, AudioFormat(plan.sample_rate, samples), registry)


def _target(
    given: str, make: Any, audio: AudioFormat
) -> tuple[NDArray[np.float32], NDArray[np.float64] | None, list[str]]:
    """The sound at the network's sample rate, its genome if it is known, and notes."""
    if given.startswith(_CONTRIVED):
        number = given.removeprefix(_CONTRIVED)
        if not number.isdigit():
            raise InputError(f"target {given!r}: needs a number, such as contrived:7")
        synth: Synth = make(min(audio.samples, audio.sample_rate))
        truth = generator("shown target", int(number)).random(len(synth.space))
        return synth.render(truth[None])[0], truth, []
    try:
        channels, rate = read_sound(Path(given))
    except SoundError as error:
        raise InputError(f"target {error}") from None
    channel = channels[loudest(channels)]
    samples = round(len(channel) / rate * audio.sample_rate)
    whole = AudioFormat(audio.sample_rate, max(1, min(samples, audio.samples)))
    sound, changes = fit_to_format(channel, rate, whole)
    notes = [f"Shown {changes[0]}, as the network hears it."] if changes else []
    return sound, None, notes


def _model(folder: Path) -> Any:
    try:
        return load(folder / MODEL)
    except ValueError as error:
        raise InputError(str(error)) from None


def _nearest(
    plan: NetworkPlan, choice: Any, registry: Registry, sound: NDArray[np.float32]
) -> tuple[list[NDArray[np.float32]], int]:
    """The nearest of the first training sounds, as ears hear them, and how many there were."""
    if plan.dataset is not None:
        return [], 0
    audio = AudioFormat(plan.sample_rate, plan.samples)

    def make(samples: int) -> Synth:
        return _synth(choice, plan, samples, registry)

    augment = Augmentation(audio, make) if plan.augment else None
    wanted = BatchFormat(audio, plan.batch, EARS, augment, plan.tame)
    source = RenderedBatches(
        make(plan.samples), wanted, seed_for("network examples", plan.seed, TRAIN, 0)
    )
    heard, found = EARS.of(sound[None], audio), []
    for number in range(_BATCHES):
        batch = source(number)
        apart = np.abs(batch.computed - heard).mean(axis=1)
        found += [(float(apart[i]), number, batch.sounds[i]) for i in apart.argsort()[:_NEAREST]]
    found.sort(key=lambda one: one[:2])
    return [one for _, _, one in found[:_NEAREST]], _BATCHES * plan.batch

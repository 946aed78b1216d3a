"""What the harness counts on in a fitness or a judge."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitness.streaming import SoundStream
from harness.conformance.subject import Check, Subject, want, want_array, want_refused
from simd.blocks import blocks_of

_RATE = 44_100
Sounds = NDArray[np.float32]


def _made(subject: Subject) -> str:
    """It can be made for a target.

    The constructor takes the target and the sample rate, passes both to super().__init__, and
    gives every option after the * a default, or a value in the class attribute example.
    """
    _bound(subject)
    return ""


def _identity(subject: Subject) -> str:
    """The target itself is at distance exactly 0.

    Measure sound and target by the same code, so that equal samples give a difference of
    exactly 0; draw nothing at random.
    """
    for what, target in (("a tone", _sounds()[0]), ("noise", _sounds()[4])):
        distance = float(subject.make(target, _RATE)(target[None])[0])
        want(distance == 0, f"{what} is at distance {distance:.6g} from itself")
    return ""


def _numbers(subject: Subject) -> str:
    """Distances are floats, finite, 0 or above, shape (n,).

    Return one float for each sound, and guard divisions and logarithms against silence; a
    difference needs abs or a square.
    """
    sounds = _sounds()
    distances = _bound(subject)(sounds)
    want_array(distances, (len(sounds),), f"{len(sounds)} sounds")
    want((distances >= 0).all(), f"a distance of {distances.min():.6g}; wanted 0 or above")
    return ""


def _tells_apart(subject: Subject) -> str:
    """Some other sound is farther away than the target.

    Compare with self.target, and not only with the sound itself.
    """
    want((_bound(subject)(_sounds()) > 0).any(), "silence, noise and other tones are all at 0")
    return ""


def _none(subject: Subject) -> str:
    """No sounds give no distances.

    Start from an empty array of floats where distances_of joins those of single sounds.
    """
    want_array(_bound(subject)(_sounds()[:0]), (0,), "no sounds")
    return ""


def _again(subject: Subject) -> str:
    """The same sound has the same distance, here and from another instance.

    Keep nothing between calls, and draw nothing at random.
    """
    fitness = _bound(subject)
    distances = np.array(fitness(_sounds()))
    _same(distances, fitness(_sounds()), "measured twice")
    _same(distances, _bound(subject)(_sounds()), "measured by another instance")
    return ""


def _batch(subject: Subject) -> str:
    """A distance depends on neither its batch nor its place in it.

    Let no sum, maximum or random draw run over the sounds of a batch; sum each sound on its
    own.
    """
    fitness, sounds = _bound(subject), _sounds()
    distances = np.array(fitness(sounds))
    _same(distances, fitness(sounds[::-1])[::-1], "in another order")
    alone = np.concatenate([np.array(fitness(sound[None])) for sound in sounds])
    _same(distances, alone, "alone")
    return ""


def _unchanged(subject: Subject) -> str:
    """It writes neither to the sounds nor to the target.

    Work on a copy: sound = sound.copy().
    """
    sounds, target = _sounds(), _sounds()[0]
    subject.make(target, _RATE)(sounds)
    want(np.array_equal(sounds, _sounds()), "the sounds were changed")
    want(np.array_equal(target, _sounds()[0]), "the target was changed")
    return ""


def _refuses(subject: Subject) -> str:
    """Sounds of another shape are refused with a ValueError.

    Override distance or distances_of, not __call__, which checks shapes.
    """
    fitness, samples = _bound(subject), _sounds().shape[1]
    for shape in ((2, samples + 1), (2, samples - 1), (samples,), (1, 2, samples)):
        want_refused(partial(fitness, np.ones(shape, np.float32)), f"sounds of shape {shape}")
    return ""


def _short(subject: Subject) -> str:
    """It can do with 0.05 s, at 8 kHz and at 44.1 kHz.

    Take fewer or shorter frames where the target is shorter than one of them.
    """
    for rate in (8_000, 44_100):
        sounds = _sounds(rate, 0.05)
        distances = subject.make(sounds[0], rate)(sounds)
        want_array(distances, (len(sounds),), f"0.05 s at {rate} Hz")
        want(distances[0] == 0, f"0.05 s at {rate} Hz: {distances[0]:.6g} from itself")
        want((distances >= 0).all(), f"0.05 s at {rate} Hz: a distance below 0")
    return ""


def _streamable(subject: Subject) -> str:
    """A sound that is scored block by block has the same distance.

    Let update depend only on stream and sums, and let sums be added to in place.
    """
    fitness, sounds = _bound(subject), _sounds()
    if not getattr(fitness, "streamable", False):
        return "scores whole sounds"
    stream = SoundStream([fitness])
    for block in blocks_of(sounds):
        stream.push(block)
    stream.end()
    _same(np.array(fitness(sounds)), stream.distances(0)[: len(sounds)], "scored block by block")
    return "scores block by block"


def _parts(subject: Subject) -> str:
    """The parts of a distance, each with a name, sum up to it, block by block too."""
    fitness, sounds = _bound(subject), _sounds()
    names, distances, parts = fitness.part_names, fitness(sounds), fitness.parts_of(sounds)
    want_array(parts, (len(names), len(sounds)), f"parts_of() with the names {names}")
    _same(distances, parts.sum(axis=0), "the sum of its parts")
    if getattr(fitness, "streamable", False):
        stream = SoundStream([fitness])
        for block in blocks_of(sounds):
            stream.push(block)
        stream.end()
        streamed = stream.parts(0)[:, : len(sounds)].sum(axis=0)
        _same(distances, streamed, "the sum of its parts, block by block")
    return f"{len(names)} parts" if len(names) > 1 else "one part"


def _same(one: NDArray[np.float64], other: Any, how: str) -> None:
    want(np.shape(other) == one.shape, f"{how}: shape {np.shape(other)}; wanted {one.shape}")
    differ = np.flatnonzero(~((one == other) | (np.isnan(one) & np.isnan(other))))
    if differ.size:
        at = differ[0]
        want(False, f"{how}: a distance of {one[at]!r} became {other[at]!r}; wanted the same bits")


def _bound(subject: Subject) -> Any:
    return subject.make(_sounds()[0], _RATE)


def _sounds(rate: int = _RATE, seconds: float = 0.15) -> Sounds:
    """A tone, then softer, other tones, noise, silence, inverted, loud; always new arrays."""
    t = np.arange(round(seconds * rate)) / rate
    noise = np.random.default_rng(0).standard_normal(t.size)

    def tone(hertz: float) -> NDArray[np.float64]:
        waves = [np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, 6)]
        return np.asarray(0.3 * np.exp(-4 * t) * np.sum(waves, axis=0))

    one = tone(220.0)
    sounds = [one, one / 2, tone(233.0), tone(440.0), 0.1 * noise, 0 * one, -one, 8 * one + noise]
    return np.stack(sounds).astype(np.float32)


CHECKS: tuple[Check, ...] = (
    _made,
    _identity,
    _numbers,
    _tells_apart,
    _none,
    _again,
    _batch,
    _unchanged,
    _refuses,
    _short,
    _streamable,
    _parts,
)

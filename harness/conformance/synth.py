"""What the harness counts on in a synth."""

from functools import partial
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from harness.conformance.subject import Check, Subject, want, want_array, want_refused
from simd import LANES
from synth.base import Repeatability
from synth.space import ParameterSpace

_RATE, _SAMPLES = 44_100, 2_205


def _made(subject: Subject) -> str:
    """It can be made, and declares a parameter space.

    Set the class attribute space to a ParameterSpace, and leave the constructor to the base
    class if you can.
    """
    synth = _synth(subject)
    space = getattr(synth, "space", None)
    want(isinstance(space, ParameterSpace), f"space is {type(space).__name__}")
    allowed = get_args(Repeatability)
    want(synth.repeatability in allowed, f"repeatability {synth.repeatability!r} is no {allowed}")
    return f"{len(synth.space)} parameters"


def _shape(subject: Subject) -> str:
    """Sounds are float32, finite, shape (n, samples).

    Return genomes by samples, .astype(np.float32), and guard divisions and logarithms.
    """
    synth = _synth(subject)
    genomes = _genomes(synth)
    sounds = synth.render(genomes)
    want_array(sounds, (len(genomes), _SAMPLES), f"{len(genomes)} genomes")
    want(sounds.dtype == np.float32, f"gave {sounds.dtype}; wanted float32")
    return ""


def _none(subject: Subject) -> str:
    """No genomes give no sounds.

    Work on arrays of any length, 0 included.
    """
    synth = _synth(subject)
    want_array(synth.render(np.empty((0, len(synth.space)))), (0, _SAMPLES), "no genomes")
    return ""


def _again(subject: Subject) -> str:
    """The same genome gives the same sound, here and from another instance.

    Draw nothing at random and keep nothing between renders, or declare repeatability.
    """
    synth = _synth(subject)
    genomes = _genomes(synth)
    sounds = synth.render(genomes).copy()
    return _same(
        synth,
        (sounds, synth.render(genomes), "rendered twice"),
        (sounds, _synth(subject).render(genomes), "rendered by another instance"),
    )


def _batch(subject: Subject) -> str:
    """A sound depends on neither its batch nor its place in it.

    Compute each genome's sound from its own row alone, or declare repeatability.
    """
    synth = _synth(subject)
    genomes = _genomes(synth)
    sounds = synth.render(genomes).copy()
    # A synth may cache what it has rendered: other instances have to render again.
    other, third = _synth(subject), _synth(subject)
    alone = np.concatenate([other.render(genome[None]).copy() for genome in genomes])
    return _same(
        synth,
        (sounds, third.render(genomes[::-1])[::-1], "in another order"),
        (sounds, alone, "alone"),
    )


def _blocks(subject: Subject) -> str:
    """Side by side in blocks, sounds are those of render.

    Leave blocks to the base class, or give in them just what render gives.
    """
    synth = _synth(subject)
    genomes = _genomes(synth)
    sounds = synth.render(genomes).copy()
    many = np.concatenate([genomes, genomes, genomes])
    groups = [np.concatenate([block.copy() for block in blocks]) for blocks in synth.blocks(many)]
    for group in groups:
        want_array(group, (_SAMPLES, LANES), "blocks")
    rows = np.concatenate([group.T for group in groups])[: len(many)]
    return _same(synth, (np.concatenate([sounds, sounds, sounds]), rows, "in blocks"))


def _unchanged(subject: Subject) -> str:
    """It does not write to the genomes.

    Work on a copy: genomes = genomes.copy().
    """
    synth = _synth(subject)
    genomes = _genomes(synth)
    before = genomes.copy()
    synth.render(genomes)
    want(np.array_equal(genomes, before), "the genomes were changed")
    return ""


def _refuses(subject: Subject) -> str:
    """Wrong shapes and genes outside [0, 1] are refused with a ValueError.

    Override render_block, not render, which checks genomes.
    """
    synth = _synth(subject)
    genes = len(synth.space)
    for shape in ((2, genes + 1), (genes,), (1, 2, genes)):
        want_refused(partial(synth.render, np.full(shape, 0.5)), f"genomes of shape {shape}")
    for gene in (-0.01, 1.01, np.nan):
        genome = np.full((1, genes), 0.5)
        genome[0, -1] = gene
        want_refused(partial(synth.render, genome), f"a gene of {gene}")
    return ""


def _same(synth: Any, *pairs: tuple[NDArray[np.float32], NDArray[np.float32], str]) -> str:
    if synth.repeatability == "history":
        return "not asserted: its repeatability is history"
    tolerance = 0.0 if synth.repeatability == "exact" else synth.tolerance
    for one, other, how in pairs:
        want(one.shape == other.shape, f"{how}: shape {other.shape}; wanted {one.shape}")
        if synth.repeatability == "exact" and one.tobytes() == other.tobytes():
            continue
        apart = float(np.abs(one.astype(np.float64) - other).max())
        want(apart <= tolerance and tolerance > 0, f"{how}: off by {apart:.3g}; is {_says(synth)}")
    return _says(synth)


def _says(synth: Any) -> str:
    return "exact" if synth.repeatability == "exact" else f"near, within {synth.tolerance:g}"


def _synth(subject: Subject) -> Any:
    return subject.make(_RATE, _SAMPLES)


def _genomes(synth: Any) -> NDArray[np.float64]:
    """Some at random, and three corners."""
    genes = len(synth.space)
    random = np.random.default_rng(0).random((4, genes))
    return np.concatenate([random, np.zeros((1, genes)), np.ones((1, genes)), random[:1] * 0 + 0.5])


CHECKS: tuple[Check, ...] = (_made, _shape, _none, _again, _batch, _blocks, _unchanged, _refuses)

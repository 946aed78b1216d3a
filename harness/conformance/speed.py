"""How fast a plug-in is, beside what comes with ga-synth, timed in the same process."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from harness.conformance.subject import Subject
from harness.plan.registry import Registry

_RATE, _SOUNDS = 44_100, 16
_GENES, _POPULATION, _GENERATIONS = 20, 50, 10
# Longer than that, one call is measured; otherwise the best of some.
_LONG_S, _CALLS = 0.5, 5
# A trial of a usual length, in renders.
_TRIAL = 2_000
_MUCH = 20
# What a plug-in is timed beside, and what makes it faster.
_BESIDE = {
    "fitness": ("spectrogram", "pitch"),
    "search": ("ga", "descent"),
    "synth": ("subtractive",),
}
_MEND = {
    "fitness": "compute what you can of the target once, in the constructor, and score a whole "
    "batch in distances_of, or block by block (StreamingFitness)",
    "search": "work on arrays of genomes, not on one genome at a time",
    "synth": "render all genomes of a batch at once, as arrays",
}


def speed(kind: str, subject: Subject) -> str:
    """Say how fast a plug-in is; empty for a strategy or a network, which are not timed.

    Args:
        kind: what it is.
        subject: a plug-in that passed its checks.
    """
    kind = "fitness" if kind == "judge" else kind
    if kind not in _BESIDE:
        return ""
    measure = _MEASURES[kind]
    own = measure(subject)
    cls, registry = subject.cls, Registry()
    others = {name: registry.get(kind, name) for name in _BESIDE[kind]}
    beside = {n: measure(Subject(other)) for n, other in others.items() if other is not cls}
    said = [f"{_lasts(own)} {_PIECE[kind]}", *(f"{n} {_lasts(s)}" for n, s in beside.items())]
    line = "; ".join(said)
    total = _TRIAL * own
    if own > _MUCH * max(beside.values(), default=own):
        mend = _MEND[kind]
        line += f"; a trial of {_TRIAL:,} renders spends {total:,.0f} s there: {mend}"
    return line


_PIECE = {
    "fitness": "to score 1 s of sound",
    "search": "to breed a genome",
    "synth": "to render 1 s of sound",
}


def _fitness(subject: Subject) -> float:
    """Seconds to score a sound of 1 s."""
    random = np.random.default_rng(0)
    sounds = random.standard_normal((_SOUNDS, _RATE)).astype(np.float32)
    bound = subject.make(sounds[0], _RATE)
    return _best(lambda count: bound(sounds[:count]))


def _synth(subject: Subject) -> float:
    """Seconds to render a sound of 1 s."""
    synth = subject.make(_RATE, _RATE)
    genomes = np.random.default_rng(0).random((_SOUNDS, len(synth.space)))
    try:
        return _best(lambda count: synth.render(genomes[:count]))
    finally:
        synth.close()


def _search(subject: Subject) -> float:
    """Seconds to propose a genome and learn its distance."""
    search = subject.make(_GENES, _POPULATION, 0)
    random = np.random.default_rng(0)
    first = random.random((_POPULATION, _GENES))
    search.tell(first, random.random(_POPULATION))
    began, genomes = time.perf_counter(), 0
    for _ in range(_GENERATIONS):
        asked = np.array(search.ask())
        search.tell(asked, random.random(len(asked)))
        genomes += len(asked)
    return (time.perf_counter() - began) / genomes


def _best(act: Callable[[int], Any]) -> float:
    """Seconds for one of many: the best of some calls, after a first that compiles."""
    once = _timed(act, 1)
    if once > _LONG_S:
        return min(once, _timed(act, 1))
    return min(_timed(act, _SOUNDS) for _ in range(_CALLS)) / _SOUNDS


def _timed(act: Callable[[int], Any], count: int) -> float:
    began = time.perf_counter()
    act(count)
    return time.perf_counter() - began


def _lasts(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{1e3 * seconds:.3g} ms" if seconds >= 1e-3 else f"{1e6 * seconds:.3g} µs"


_MEASURES = {"fitness": _fitness, "search": _search, "synth": _synth}

"""The peers of the field, for the same tables: each is left out where it is not installed."""

import functools
import importlib
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.baselines import RATE
from benchmarks.peer_synths import Sounds, faust_voice, mend_torchsynth, torchsynth_voice
from benchmarks.timing import Case

# Distribution, the module that shows it can be used, and what it needs beside `make peers`.
_PEERS = {
    "torch": ("torch", ""),
    "torchsynth": ("torchsynth.synth", ""),
    "auraloss": ("auraloss", ""),
    "DawDreamer": ("dawdreamer", ", and Debian's libgl1 and libglib2.0-0"),
    "pymoo": ("pymoo", ""),
    "pycma": ("cma", ""),
    "nevergrad": ("nevergrad", ""),
}
_BATCH = 4  # of 1 to 32 sounds a call, alike within noise; 64 and more are half as fast
# Sounds of torchsynth a call of its case, in batches. A single batch after other cases spends up to
# half its time on fresh pages of memory, which a search that goes on rendering would not.
_ROW = 256
_random = np.random.default_rng(7)


@functools.cache
def _reason(peer: str) -> str:
    """Why a peer cannot be used here; empty where it can."""
    try:
        if peer == "torchsynth":
            mend_torchsynth()
        importlib.import_module(_PEERS[peer][0])
        if peer == "torch":
            importlib.import_module("torch").set_num_threads(1)
    except (ImportError, OSError) as error:
        return (str(error) or repr(error)).splitlines()[0]
    return ""


def _here(*peers: str) -> bool:
    return not any(_reason(peer) for peer in peers)


def missing() -> list[str]:
    """One line for each peer that is left out: why, and what installs it."""
    return [
        f"{peer} is left out ({_reason(peer)}): make peers{also}"
        for peer, (_, also) in _PEERS.items()
        if _reason(peer)
    ]


def _torch_log_l1(target: Sounds) -> Callable[[Any, int], list[float]]:
    """STFT 1024/256 and the mean absolute difference of logarithms of a tensor of sounds."""
    import torch

    window = torch.hann_window(1024)

    def levels(sounds: Any) -> Any:
        spectrum = torch.stft(sounds, 1024, 256, window=window, return_complex=True)
        return spectrum.abs().add_(1e-4).log_()

    wanted = levels(torch.from_numpy(target))

    def score(sounds: Any, batch: int) -> list[float]:
        with torch.inference_mode():
            return [
                distance
                for some in sounds.split(batch)
                for distance in (levels(some) - wanted).abs_().mean((1, 2)).tolist()
            ]

    return score


def _each(render: Callable[[Any], Any], rows: list[Any]) -> list[Any]:
    return [render(row) for row in rows]


def renderers() -> list[Case]:
    """Sounds of 1 s by other synths; work in seconds of sound."""
    cases = []
    if _here("torch", "torchsynth"):
        for n in (32, 64):
            genes, render = torchsynth_voice(n, 1.0)
            row = list(_random.random((_ROW // n, n, genes)))
            name = f"torchsynth Voice, {n} at a time"
            cases.append(Case(name, _ROW, functools.partial(_each, render, row)))
    if _here("DawDreamer"):
        genes, render = faust_voice(1.0)
        notes = _random.random((16, genes))
        cases.append(Case("voice in Faust, DawDreamer", 16, lambda: render(notes)))
    return cases


def scorers(sounds: Sounds, target: Sounds) -> list[Case]:
    """Distances of sounds to a target, one number a sound; work in sounds."""
    if not _here("torch"):
        return []
    import torch

    some, wanted, n = torch.from_numpy(sounds), torch.from_numpy(target)[None, None], len(sounds)
    score = _torch_log_l1(target)
    cases = [
        Case("torch.stft 1024/256, log L1, one at a time", n, lambda: score(some, 1)),
        Case(f"torch.stft 1024/256, log L1, {_BATCH} at a time", n, lambda: score(some, _BATCH)),
    ]
    if _here("auraloss"):
        from auraloss.freq import MultiResolutionSTFTLoss

        # It averages over a batch, so a distance for each sound takes a call for each sound.
        def loop(loss: Callable[[Any, Any], Any]) -> list[float]:
            with torch.inference_mode():
                return [float(loss(sound[None, None], wanted)) for sound in some]

        one = MultiResolutionSTFTLoss([1024], [256], [1024], w_sc=0.0)
        three = MultiResolutionSTFTLoss()
        cases.append(Case("auraloss STFT 1024/256, log L1", n, lambda: loop(one)))
        cases.append(Case("auraloss, three resolutions", n, lambda: loop(three)))
    return cases


def candidates(target: Sounds) -> list[Case]:
    """Genomes in, distances out, with other synths and torch.stft; work in candidates."""
    cases: list[Case] = []
    if not _here("torch"):
        return cases
    import torch

    seconds, score = len(target) / RATE, _torch_log_l1(target)
    if _here("torchsynth"):
        genes, render = torchsynth_voice(32, seconds)
        row = list(_random.random((_ROW // 32, 32, genes)))
        name = "torchsynth Voice and torch.stft, 32 at a time"
        cases.append(Case(name, _ROW, lambda: [score(render(g), _BATCH) for g in row]))
    if _here("DawDreamer"):
        knobs, play = faust_voice(seconds)
        notes = _random.random((16, knobs))
        name = "voice in Faust, DawDreamer, and torch.stft"
        cases.append(Case(name, 16, lambda: score(torch.from_numpy(play(notes)), _BATCH)))
    return cases


def breeders(population: int, genes: int) -> list[Case]:
    """A generation asked for and told by other searches; work in candidates."""
    cases = []

    def distances(asked: Any) -> NDArray[np.float64]:
        return np.square(np.asarray(asked) - 0.3).sum(axis=1)

    if _here("pymoo"):
        from pymoo.algorithms.soo.nonconvex.ga import GA
        from pymoo.core.problem import Problem

        ga = GA(population)  # simulated binary crossover and polynomial mutation
        problem = Problem(n_var=genes, n_obj=1, xl=0.0, xu=1.0)
        ga.setup(problem, termination=("n_gen", sys.maxsize), seed=0)

        def pymoo_generation() -> None:
            asked = ga.ask()
            ga.tell(infills=asked.set("F", distances(asked.get("X"))[:, None]))

        cases.append(Case("pymoo GA, SBX and PM", population, pymoo_generation))
    if _here("pycma"):
        from cma import CMAEvolutionStrategy

        options = {"popsize": population, "bounds": [0, 1], "seed": 1, "verbose": -9}
        strategy = CMAEvolutionStrategy(genes * [0.5], 0.3, options)

        def cma_generation() -> None:
            asked = strategy.ask()
            strategy.tell(asked, distances(asked))

        cases.append(Case("pycma", population, cma_generation))
    if _here("nevergrad"):
        import nevergrad

        start = nevergrad.p.Array(init=np.full(genes, 0.5)).set_bounds(0, 1)
        evolution = nevergrad.optimizers.DifferentialEvolution(popsize=population)
        search = evolution(start, budget=sys.maxsize)

        def nevergrad_generation() -> None:
            asked = [search.ask() for _ in range(population)]
            for one, distance in zip(asked, distances([a.value for a in asked]), strict=True):
                search.tell(one, float(distance))

        cases.append(Case("nevergrad DE", population, nevergrad_generation))
    return cases

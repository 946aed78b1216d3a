"""``make bench``: every figure with its aim and its ratio to a baseline in the same run."""

import os
import platform
from functools import partial

import llvmlite.binding
import numba
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.baselines import (
    RATE,
    librosa_log_l1,
    numpy_breeding,
    numpy_voice,
    scipy_log_l1,
)
from benchmarks.peers import breeders, candidates, missing, renderers, scorers
from benchmarks.scaling import together
from benchmarks.timing import Case, Timed, interleaved
from benchmarks.workloads import bound_to, held, played
from fitness.streaming import SoundStream
from harness.plan.registry import Registry
from simd.blocks import blocks_of
from strategies.searches.ga import GeneticAlgorithm
from synth.subtractive.voice import Subtractive

_AIMS = {
    "waveform": 20_000,
    "fft_series": 5_000,
    "spectrogram": 3_000,
    "spectrogram_series": 3_000,
    "multi_scale_spectral": 500,
}
_random = np.random.default_rng(7)


def render() -> list[Timed]:
    """Seconds of sound a second: 32 to 1,024 candidates, 0.25 to 10 s, every gene at work."""
    few = _random.random((4, 46))
    cases = [Case("plain numpy, a fraction of the voice", 4, lambda: numpy_voice(few, RATE))]
    for n, seconds in ((32, 1.0), (256, 1.0), (1024, 1.0), (256, 0.25), (64, 4.0), (32, 10.0)):
        voice = Subtractive(RATE, round(seconds * RATE))
        name = f"the voice, {n:,} candidates of {seconds:g} s"
        work = n * seconds
        headline = (n, seconds) == (256, 1.0)
        cases.append(Case(name, work, partial(played, voice, held(n)), 5_000, headline))
    voice = Subtractive(RATE, RATE)
    genomes = held(64)
    cases.append(Case("the same as whole sounds, 64 of 1 s", 64, lambda: voice.render(genomes)))
    some = _random.random((256, 46))
    cases.append(Case("the same, genomes at random", 256, lambda: played(voice, some)))
    return interleaved(cases + renderers(), repeats=7)


def score() -> list[Timed]:
    """Sounds of 1 s a second, by every fitness, each alone."""
    voice = Subtractive(RATE, RATE)
    sounds = voice.render(held(17))
    target, sounds = sounds[16], sounds[:16]
    blocks = [block.copy() for block in blocks_of(sounds)]
    registry = Registry()

    def listen(stream: SoundStream) -> None:
        stream.begin()
        for block in blocks:
            stream.push(block)
        stream.end()
        stream.distances(0)

    cases = [
        Case("librosa, STFT 1024/256, log L1", 16, lambda: librosa_log_l1(sounds, target)),
        Case("scipy, STFT 1024/256, log L1", 16, lambda: scipy_log_l1(sounds, target)),
    ]
    for name in registry.names("fitness"):
        if name == "weighted":
            continue
        fitness, aim = registry.get("fitness", name)(target, RATE), _AIMS.get(name, 0)
        if getattr(fitness, "streamable", False):
            call = partial(listen, SoundStream([fitness]))
            cases.append(Case(name, 16, call, aim, name == "fft_series"))
        else:
            cases.append(Case(f"{name}, whole sounds", 16, partial(fitness, sounds), aim))
    return interleaved(cases + scorers(sounds, target))


def candidate() -> list[Timed]:
    """Candidates of 1 s a second: genomes in, distances out, as a worker does it."""
    bound, genomes = bound_to("fft_series"), held(64)
    target = bound.problem.sounds[0]

    def plain() -> list[float]:
        return librosa_log_l1(numpy_voice(genomes[:4], RATE), target)

    cases = [Case("plain numpy voice and librosa", 4, plain)]
    for fitness, aim in (("fft_series", 2_200), ("spectrogram", 2_200), ("waveform", 0)):
        call = partial(bound_to(fitness).evaluate, genomes, [fitness])
        cases.append(Case(f"a worker, {fitness}", 64, call, aim, fitness == "fft_series"))
    some = _random.random((256, 46))
    cases.append(
        Case("a worker, genomes at random", 256, lambda: bound.evaluate(some, ["fft_series"]))
    )
    return interleaved(cases + candidates(target))


def breed() -> list[Timed]:
    """Candidates bred a second: a generation asked for and told."""
    cases = []
    parents = _random.random((200, 40))
    cases.append(Case("whole numpy arrays, the least", 200, lambda: numpy_breeding(parents)))
    for population, genes in ((200, 40), (100, 46), (200, 160), (16, 8)):
        search = GeneticAlgorithm(genes, population, 0)
        search.tell(_random.random((population, genes)), np.arange(float(population)))

        def generation(s: GeneticAlgorithm = search) -> None:
            asked = s.ask()
            s.tell(asked, np.square(asked - 0.3).sum(axis=1))

        name = f"ga, {population} × {genes} genes"
        cases.append(Case(name, population, generation, headline=(population, genes) == (200, 40)))
    return interleaved(cases + breeders(200, 40))


def main() -> None:
    """Run every benchmark and print its table."""
    console = Console(width=100)
    console.print(
        f"{platform.machine()} {llvmlite.binding.get_host_cpu_name()}, {os.cpu_count()} CPUs, "
        f"Python {platform.python_version()}, numpy {np.__version__}, numba {numba.__version__}, "
        f"load {os.getloadavg()[0]:.1f}\n",
        highlight=False,
    )
    for benchmark in (render, score, candidate, breed):
        timed = benchmark()
        ours = next(one for one in timed if one.case.headline)
        table = Table("", box=None, pad_edge=False, title=benchmark.__doc__, title_justify="left")
        for column in ("a CPU second", "a second", "aim", "▸ ÷ this"):
            table.add_column(column, justify="right")
        for one in timed:
            aim = f"{one.case.wanted:,.0f}" if one.case.wanted else ""
            ratio = f"{ours.cpu / one.cpu:,.2f}"
            name = f"▸ {one.case.name}" if one is ours else f"  {one.case.name}"
            table.add_row(name, f"{one.cpu:,.0f}", f"{one.wall:,.0f}", aim, ratio)
        console.print(table, "")
    alone, two = together(1), together(2)
    console.print(
        f"Two processes at once: {two:,.0f} candidates a second, {two / alone:.2f} × one "
        "(aim 1.9 on two free cores)\n",
        highlight=False,
    )
    for line in missing():
        console.print(line, highlight=False)


if __name__ == "__main__":
    main()

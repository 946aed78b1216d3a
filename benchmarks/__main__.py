"""``make bench``: every figure with its aim and its ratio to a baseline in the same run."""

from pathlib import Path

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
from benchmarks.timing import Case, Timed, interleaved
from harness.plan.comparison import Comparison
from harness.plan.experiment import Experiment
from harness.plan.registry import Registry
from harness.run.problem import Bound, problem_of
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
    """Seconds of sound a second: batches of 32 to 1,024, lengths of 0.25 to 10 s."""
    voice = Subtractive(RATE, RATE)
    few = _random.random((4, 46))
    cases = [Case("plain numpy, a fraction of the voice", 4, lambda: numpy_voice(few, RATE))]
    for n, seconds in ((32, 1.0), (256, 1.0), (1024, 1.0), (64, 0.25), (32, 10.0)):
        voice = Subtractive(RATE, round(seconds * RATE))
        genomes = _random.random((n, len(voice.space)))
        name = f"the voice, {n} candidates of {seconds:g} s"
        cases.append(Case(name, n * seconds, lambda v=voice, g=genomes: v.render(g), 5_000))
    return interleaved(cases, repeats=5)


def score() -> list[Timed]:
    """Sounds of 1 s a second, by every fitness."""
    voice = Subtractive(RATE, RATE)
    sounds = voice.render(_random.random((17, len(voice.space))))
    target, sounds = sounds[np.argmax(np.abs(sounds).mean(axis=1))], sounds[:16]
    registry = Registry()
    cases = [
        Case("librosa, STFT 1024/256, log L1", 16, lambda: librosa_log_l1(sounds, target)),
        Case("scipy, STFT 1024/256, log L1", 16, lambda: scipy_log_l1(sounds, target)),
    ]
    for name in registry.names("fitness"):
        if name != "weighted":
            fitness = registry.get("fitness", name)(target, RATE)
            aim = _AIMS.get(name, 0)
            cases.append(Case(name, len(sounds), lambda f=fitness: f(sounds), aim))
    return interleaved(cases)


def candidate() -> list[Timed]:
    """Candidates of 1 s a second: genomes in, distances out, as a worker does it."""
    given = {"name": "bench", "budget": 64, "population": 64, "targets": [{"contrived": 4}],
             "fitness": ["fft_series"], "strategies": ["random"]}  # fmt: skip
    comparison = Comparison(Experiment.model_validate(given), Path())
    bound = Bound(problem_of(comparison, "contrived_4"))
    genomes = _random.random((64, len(comparison.space)))
    target = bound.problem.sounds[0]

    def plain() -> list[float]:
        return librosa_log_l1(numpy_voice(genomes[:4], RATE), target)

    return interleaved(
        [
            Case("plain numpy voice and librosa", 4, plain),
            Case("a worker", 64, lambda: bound.evaluate(genomes, ["fft_series"]), 2_200),
        ]
    )


def breed() -> list[Timed]:
    """Candidates bred a second, population 200 of 40 genes."""
    search = GeneticAlgorithm(40, 200, 0)
    parents = _random.random((200, 40))
    search.tell(parents, np.arange(200.0))

    return interleaved(
        [
            Case("whole numpy arrays, the least", 200, lambda: numpy_breeding(parents)),
            Case("ga, in DEAP's toolbox", 200, search.ask),
        ]
    )


def main() -> None:
    """Run every benchmark and print its table."""
    console = Console(width=100)
    for benchmark in (render, score, candidate, breed):
        timed = benchmark()
        table = Table("", box=None, pad_edge=False, title=benchmark.__doc__, title_justify="left")
        for column in ("a CPU second", "a second", "aim", "× baseline"):
            table.add_column(column, justify="right")
        for one in timed:
            aim = f"{one.case.wanted:,.0f}" if one.case.wanted else ""
            ratio = f"{one.cpu / timed[0].cpu:,.1f}"
            table.add_row(one.case.name, f"{one.cpu:,.0f}", f"{one.wall:,.0f}", aim, ratio)
        console.print(table, "")


main()

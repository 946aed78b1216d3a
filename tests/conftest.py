"""A tiny experiment for every test of the harness, and its journal made without Ray."""

import copy
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import settings

from common.errors import InputError
from harness.plan.resolve import resolve
from harness.plan.trials import trials_of

# How long an example takes says more of the machine than of the code.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")

# Ray is polite to other programs: its workers would wait until the other tests leave them a CPU.
os.environ.setdefault("RAY_worker_niceness", "0")

# Begun last, one of these would leave the other workers without work for a minute. Only one of the
# first three compiles kernels: the others would do the same at the same time.
_LONGEST = (
    "harness/cli/commands/test_train.py",
    "synth/real/rig/test_rig.py",
    "harness/answer/calibration/test_simulate.py",
    "harness/run/test_driver.py",
    "harness/train/test_on_ray.py",
    "harness/cli/commands/test_synth.py",
    "synth/real/rig/test_rig_troubles.py",
    "harness/train/test_training_actor.py",
    "networks/test_training.py",
    "plugins/test_conformance.py",
    "harness/cli/test_commands.py",
    "harness/record/mlflow/test_trials.py",
    "synth/real/puredata/test_puredata_live.py",
    "ga_synth/test_python_docs.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Let pytest-xdist, if it is there, keep the order of the files."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    here = Path(__file__).parent
    order = {here / name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


_TINY: dict[str, Any] = {
    "name": "tiny",
    "about": "A <small> comparison.",
    "seed": 1,
    "seeds": 2,
    "budget": 40,
    "population": 8,
    "targets": [{"contrived": 1, "label": "reachable", "seconds": 0.1, "sample_rate": 8000}],
    "fitness": ["waveform", "spectrogram"],
    "judges": ["log_spectral", "loudness"],
    "strategies": ["end_to_end", {"name": "society", "agent_population": 4}, "random"],
}


@pytest.fixture(scope="session")
def refused() -> Callable[..., Any]:
    """A context in which a mistake is refused, in one line that holds all these words."""

    @contextmanager
    def refuses(*words: str) -> Iterator[None]:
        with pytest.raises(InputError) as caught:
            yield
        line = str(caught.value)
        assert line
        assert "\n" not in line
        for word in words:
            assert word in line

    return refuses


@pytest.fixture(scope="session")
def tiny() -> Callable[..., dict[str, Any]]:
    """Give a tiny experiment as it would stand in YAML, with changes; None takes a key out."""

    def changed(**changes: Any) -> dict[str, Any]:
        given = copy.deepcopy(_TINY) | changes
        return {key: value for key, value in given.items() if value is not None}

    return changed


@pytest.fixture
def experiment_file(tmp_path: Path, tiny: Any) -> Callable[..., Path]:
    """Write the tiny experiment, with changes, to a file."""

    def write(**changes: Any) -> Path:
        path = tmp_path / "tiny.yaml"
        path.write_text(yaml.safe_dump(tiny(**changes)), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def planned(tiny: Any) -> Callable[..., Any]:
    """Make the tiny comparison, with changes; ``folder`` is what its paths are relative to."""

    def plan(folder: Path = Path(), **changes: Any) -> Any:
        from harness.plan.experiment import Experiment

        return resolve(Experiment.model_validate(tiny(**changes)), folder)

    return plan


@pytest.fixture(scope="session")
def run_here() -> Callable[..., Any]:
    """Run trials of a comparison into ``out`` in this process; gives the journal."""

    def run(
        comparison: Any,
        out: Path,
        only: tuple[str, ...] = (),
        on_event: Any = None,
        stop: Any = None,
    ) -> Any:
        from harness.record.journal import Journal
        from harness.run.driver import Driver
        from harness.run.own_process import OwnProcess

        journal = Journal(out, comparison.experiment.name)
        journal.begin(comparison)
        with OwnProcess(comparison.registry.files) as workers:
            driver = Driver(comparison, journal, workers, on_event or (lambda *_: None))
            driver.run(trials_of(comparison, only), stop)
        return journal

    return run


@pytest.fixture
def workers_here(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let a worker in this process do what Ray's workers would be started for."""
    from harness.run.own_process import OwnProcess

    with OwnProcess() as workers:
        monkeypatch.setattr("harness.run.workers.Workers", lambda *_: nullcontext(workers))
        yield workers


@pytest.fixture(scope="session")
def tiny_journal(planned: Any, run_here: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The finished journal of the tiny experiment; to be read, not changed."""
    return run_here(planned(), tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def operations() -> Callable[..., tuple[int, int]]:
    """Count arithmetic in the machine code of a function of vectors, called with ``arguments``.

    Gives operations on vectors, in floats, those of an unrolled loop once, and operations on single
    floats. A count depends on no busy neighbour.
    """

    def count(function: Callable[..., Any], *arguments: Any) -> tuple[int, int]:
        from simd.compiled import inlined

        made = inlined(function)  # what comes from the disk cannot be looked at
        made(*arguments)
        code = made.inspect_llvm(made.signatures[0])
        on_vectors = (
            r"= (?:f(?:add|sub|mul|div)|call [a-z ]*<\d+ x float> @llvm)[^<\n]*<(\d+) x float>"
        )
        total = 0
        for block in re.split(r"\n(?=\S+:)", code):
            # How often a loop is unrolled depends on the processor; LLVM numbers the copies' exits.
            copies = re.search(r"br i1 %exitcond\.not\.(\d+)", block)
            widths = sum(int(width) for width in re.findall(on_vectors, block))
            total += widths // (1 + int(copies[1])) if copies else widths
        return total, len(re.findall(r"= f(?:add|sub|mul|div)[a-z ]* float ", code))

    return count

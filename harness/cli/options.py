"""Options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import InputError

if TYPE_CHECKING:
    from harness.plan.choice import Choice
    from harness.plan.registry import Registry
    from synth.space import ParameterSpace

Out = Annotated[Path, typer.Option("--out", help="Folder of all comparisons.")]
DEFAULT_OUT = Path("runs")
MATCHES = Path("matches")


def comparisons_here(context: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a comparison in the folder that ``--out`` names so far."""
    out = Path(context.params.get("out") or DEFAULT_OUT)
    names = sorted(path.parent.name for path in out.glob("*/experiment.json"))
    return [name for name in names if name.startswith(incomplete)]


def _experiments(incomplete: str) -> list[str]:
    """Complete an experiment: one that ships, a file, or a folder on the way to it."""
    from harness.plan.shipped import shipped_experiments

    folder, _, name = incomplete.rpartition("/")
    found = [path for path in Path(folder or ".").glob(f"{name}*") if not path.name.startswith(".")]
    files = [f"{path}/" if path.is_dir() else str(path) for path in found]
    files = [file for file in files if file.endswith((".yaml", ".yml", "/"))]
    return [*(n for n in shipped_experiments() if n.startswith(incomplete)), *sorted(files)]


ExperimentFile = Annotated[
    Path,
    typer.Argument(
        metavar="EXPERIMENT",
        help="An experiment file, or the name of one that ships.",
        autocompletion=_experiments,
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a key, such as budget=500."),
]
Size = Annotated[
    str | None,
    typer.Option("--size", help="One of the file's sizes, such as smoke; default: full size."),
]
WorkerCount = Annotated[
    int, typer.Option("--workers", min=0, help="Number of processes; 0 is one for each CPU.")
]
Address = Annotated[str | None, typer.Option("--address", help="Address of a running Ray cluster.")]
Resource = Annotated[
    str,
    typer.Option(
        "--resource",
        metavar="NAME",
        help="A resource of the cluster of which every worker takes one: a synth on a node's desk.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Plugins = Annotated[
    list[Path] | None, typer.Option("--plugin", help="A Python file with more plug-ins.")
]
Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="Name of a comparison, or its experiment file.",
        autocompletion=comparisons_here,
    ),
]


def comparison_name(given: str) -> str:
    """The name of a comparison, given itself, its experiment file or its folder.

    Raises:
        InputError: if it names a folder around the comparisons, such as ``..``.
    """
    path = Path(given)
    if path.suffix in (".yaml", ".yml"):
        from harness.plan.experiment import read_experiment

        return read_experiment(path).name
    if path.name in ("", ".."):
        raise InputError(f"{given!r} is no name of a comparison")
    return path.name


def synth_named(
    name: str, registry: "Registry", sample_rate: int, samples: int
) -> "tuple[Choice, ParameterSpace]":
    """A synth with all its options, and its parameters.

    Args:
        name: what it is registered as, or a mapping with options, as in an experiment.
        registry: where it is registered.
        sample_rate: in hertz.
        samples: of its sounds.

    Raises:
        InputError: if there is none, it needs options, or it cannot make such sounds.
    """
    from common.blame import blamed
    from common.validation import strict_yaml
    from harness.plan.choice import Choice
    from harness.plan.synths import planned_synth

    try:
        given = Choice.model_validate(strict_yaml(name))
    except ValueError:
        raise InputError(f"--synth {name}: needs a name, or {{name: …, map: …}}") from None
    choice = planned_synth(given, registry, Path(), "--synth")
    with blamed(f"synth {choice.name!r}"):
        synth = registry.get("synth", choice.name)(sample_rate, samples, **choice.options)
    return choice, synth.space


def one_thread() -> None:
    """Let compiled code use one thread, as in a comparison's workers; before NumPy is imported."""
    import os

    for variable in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(variable, "1")


def assigned(option: str, text: str) -> tuple[str, float]:
    """Read ``KNOB=VALUE``.

    Raises:
        InputError: if it is something else.
    """
    name, equals, value = text.partition("=")
    number = number_of(value)
    if not (name and equals) or number is None:
        raise InputError(f"{option} {text}: needs KNOB=VALUE, such as cutoff=800")
    return name, number


def number_of(text: str) -> float | None:
    """Return the finite number that a text says; None if it says none."""
    from math import isfinite

    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None

"""``match``, ``render`` and ``patch``: from a recorded sound to knobs, and from knobs to sound."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import InputError
from harness.cli.options import Json, Plugins

if TYPE_CHECKING:
    from harness.match.options import MatchOptions

_OUT = Path("matches")
Sounds = Annotated[
    list[Path] | None, typer.Argument(metavar="SOUND...", help="Sound files to match.")
]
PatchFile = Annotated[
    Path, typer.Argument(metavar="PATCH", help="A patch, or the folder of a match.")
]


def match(
    sounds: Sounds = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Match a sound that ships with ga-synth.")
    ] = False,
    synth: Annotated[
        str | None, typer.Option("--synth", help="A synth, or {name: …, option: …}.")
    ] = None,
    strategy: Annotated[
        str, typer.Option("--strategy", help="How to search: descent, or {name: …, option: …}.")
    ] = "descent",
    fitness: Annotated[
        str, typer.Option("--fitness", help="What is minimised; see ga-synth list fitness.")
    ] = "closeness",
    budget: Annotated[
        int | None, typer.Option("--budget", min=1, help="How many sounds may be rendered.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", help="How long to search, instead of a budget.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of everything random.")] = 0,
    start: Annotated[
        Path | None, typer.Option("--from", metavar="PATCH", help="A patch to start from.")
    ] = None,
    fix: Annotated[
        list[str] | None,
        typer.Option("--fix", metavar="KNOB=VALUE", help="A knob that is known."),
    ] = None,
    ranges: Annotated[
        list[str] | None,
        typer.Option("--range", metavar="KNOB=LOW:HIGH", help="A knob that is known roughly."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="SECTION", help="Search this section, keep the rest."),
    ] = None,
    bank: Annotated[
        int, typer.Option("--bank", min=16, help="How many known sounds to start from.")
    ] = 100_000,
    alternatives: Annotated[
        int, typer.Option("--alternatives", min=0, max=16, help="How many other patches to find.")
    ] = 0,
    segment: Annotated[
        bool, typer.Option("--segment", help="Match every note of the file on its own.")
    ] = False,
    stop_below: Annotated[
        float | None, typer.Option("--stop-below", help="End below this distance.")
    ] = None,
    stop_after_stall: Annotated[
        int | None,
        typer.Option("--stop-after-stall", min=1, help="End after so many renders without gain."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder of all matches.")] = _OUT,
    plugins: Plugins = None,
    as_json: Json = False,
) -> None:
    """Find the knobs of a synthesizer that reproduce a recorded sound."""
    # Before NumPy is imported: one thread, as in a comparison's workers.
    for variable in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    from harness.match.options import MatchOptions

    options = MatchOptions(
        synth=synth,
        strategy=strategy,
        fitness=fitness,
        budget=budget,
        minutes=minutes,
        seed=seed,
        start=start,
        fix=dict(_assigned("--fix", text) for text in fix or ()),
        ranges=dict(_ranged(text) for text in ranges or ()),
        only=only or (),
        bank=bank,
        alternatives=alternatives,
        stop_below=stop_below,
        stop_after_stall=stop_after_stall,
        out=out,
        plugins=plugins or (),
    )
    paths = list(sounds or ())
    if demo:
        paths.append(_demo())
    if not paths:
        raise InputError("match: needs a sound file; ga-synth match --demo uses one that ships")
    _matched(paths, options, segment=segment, as_json=as_json)


def render(
    patch: PatchFile,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KNOB=VALUE", help="Change a knob, such as cutoff=2000."),
    ] = None,
    notes: Annotated[
        list[float] | None,
        typer.Option("--note", help="Another note, 60 is middle C; several play in turn."),
    ] = None,
    velocities: Annotated[
        list[int] | None,
        typer.Option("--velocity", min=1, max=127, help="How hard; several play in turn."),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0.05, max=60, help="Length of every sound.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="WAV file; default: beside the patch.")
    ] = None,
    plugins: Plugins = None,
    as_json: Json = False,
) -> None:
    """Play a patch to a file, with knobs changed if you like."""
    from harness.match.play import PlayOptions, play

    changes = dict(_assigned("--set", text) for text in settings or ())
    options = PlayOptions(changes, tuple(notes or ()), tuple(velocities or ()), seconds, out)
    played = play(patch, options, tuple(plugins or ()))
    if as_json:
        import json

        typer.echo(json.dumps(played.plain()))
        return
    typer.echo(f"{played.path}: {played.seconds:.2f} s, peak {played.peak_db:+.1f} dB")
    if played.note:
        typer.echo(played.note)


def patch(
    patch: PatchFile,
    plugins: Plugins = None,
    as_json: Json = False,
) -> None:
    """Print the knobs of a patch by section."""
    from harness.match.play import fitting

    found, space = fitting(patch, tuple(plugins or ()))
    if as_json:
        import json

        typer.echo(json.dumps({"synth": found.synth.name, "values": dict(found.values)}))
        return
    from rich.markup import escape
    from rich.table import Table

    from harness.api.console import console

    screen, genome = console(), found.genome(space)
    screen.print(f"[bold]{escape(found.synth.name)}[/]")
    for section, genes in space.sections.items():
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(min_width=max(map(len, space.names)))
        table.add_column(justify="right", min_width=10)
        table.add_column(min_width=9)
        table.add_column()
        for gene in genes:
            parameter, value = space[gene], found.values[space.names[gene]]
            table.add_row(
                f"  {escape(parameter.name)}", f"{value:.4g}", escape(parameter.unit),
                _bar(float(genome[gene])),
            )  # fmt: skip
        screen.print(f"[bold]{escape(section)}")
        screen.print(table)


def _bar(gene: float, width: int = 20) -> str:
    at = round(gene * (width - 1))
    return "─" * at + "●" + "─" * (width - 1 - at)


def _matched(paths: list[Path], options: "MatchOptions", *, segment: bool, as_json: bool) -> None:
    """Match one sound after the other; a stop ends the rest too."""
    from harness.api.match import match_file, refuse_same_names
    from harness.api.match_progress import MatchProgress
    from harness.match.plan import Part, parts_of

    refuse_same_names(paths, options)
    whole: list[Part | None] = [None]
    for path in paths:
        for part in parts_of(path) if segment else whole:
            with MatchProgress(as_json=as_json) as shown:
                found = match_file(path, options, shown, part)
            if found.signal:
                raise typer.Exit(128 + found.signal)


def _demo() -> Path:
    from harness.plan.shipped import shipped_sound

    return shipped_sound()


def _assigned(option: str, text: str) -> tuple[str, float]:
    name, equals, value = text.partition("=")
    number = _number(value)
    if not (name and equals) or number is None:
        raise InputError(f"{option} {text}: needs KNOB=VALUE, such as cutoff=800")
    return name, number


def _ranged(text: str) -> tuple[str, tuple[float, float]]:
    name, equals, ends = text.partition("=")
    low, colon, high = ends.partition(":")
    numbers = _number(low), _number(high)
    if not (name and equals and colon) or numbers[0] is None or numbers[1] is None:
        raise InputError(f"--range {text}: needs KNOB=LOW:HIGH, such as attack=0:0.05")
    return name, (numbers[0], numbers[1])


def _number(text: str) -> float | None:
    from math import isfinite

    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None

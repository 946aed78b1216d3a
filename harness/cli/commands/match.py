"""``match``: from a recorded sound to knobs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import InputError
from harness.cli.options import MATCHES, Json, Plugins, assigned, number_of, one_thread

if TYPE_CHECKING:
    from harness.match.options import MatchOptions

Sounds = Annotated[
    list[Path] | None, typer.Argument(metavar="SOUND...", help="Sound files to match.")
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
        int | None,
        typer.Option(
            "--bank", min=16, help="How many known sounds to render once, and start from."
        ),
    ] = None,
    fast_first: Annotated[
        bool,
        typer.Option(
            "--fast-first/--no-fast-first",
            help="Let a slow synth start from a match on the built-in one.",
        ),
    ] = True,
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
    out: Annotated[Path, typer.Option("--out", help="Folder of all matches.")] = MATCHES,
    plugins: Plugins = None,
    as_json: Json = False,
) -> None:
    """Find the knobs of a synthesizer that reproduce a recorded sound."""
    one_thread()
    from harness.match.options import MatchOptions

    options = MatchOptions(
        synth=synth,
        strategy=strategy,
        fitness=fitness,
        budget=budget,
        minutes=minutes,
        seed=seed,
        start=start,
        fix=dict(assigned("--fix", text) for text in fix or ()),
        ranges=dict(_ranged(text) for text in ranges or ()),
        only=only or (),
        bank=bank,
        fast_first=fast_first,
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


def _matched(paths: list[Path], options: "MatchOptions", *, segment: bool, as_json: bool) -> None:
    """Match one sound after the other; a stop ends the rest too."""
    from harness.api.match import match_file, refuse_same_names
    from harness.api.match_progress import MatchProgress
    from harness.match.sound_file import Part, parts_of

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


def _ranged(text: str) -> tuple[str, tuple[float, float]]:
    name, equals, ends = text.partition("=")
    low, colon, high = ends.partition(":")
    numbers = number_of(low), number_of(high)
    if not (name and equals and colon) or numbers[0] is None or numbers[1] is None:
        raise InputError(f"--range {text}: needs KNOB=LOW:HIGH, such as attack=0:0.05")
    return name, (numbers[0], numbers[1])

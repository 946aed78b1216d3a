"""``render`` and ``patch``: from knobs to sound, to a panel, and to another synth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.options import MATCHES, Json, Plugins, assigned, one_thread

if TYPE_CHECKING:
    from harness.match.options import MatchOptions
    from synth.space import ParameterSpace

PatchFile = Annotated[
    Path, typer.Argument(metavar="PATCH", help="A patch, or the folder of a match.")
]


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

    changes = dict(assigned("--set", text) for text in settings or ())
    options = PlayOptions(changes, tuple(notes or ()), tuple(velocities or ()), seconds, out)
    played = play(patch, options, tuple(plugins or ()))
    if as_json:
        import json

        typer.echo(json.dumps(played.plain()))
        return
    typer.echo(f"{played.path}: {played.seconds:.2f} s, peak {played.peak_db:+z.1f} dB")
    if played.note:
        typer.echo(played.note)


def patch(
    patch: PatchFile,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="SYNTH", help="Find the same sound on another synth."),
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option("--budget", min=1, help="With --to: how many sounds may be rendered."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="With --to: folder of all matches.")] = MATCHES,
    plugins: Plugins = None,
    as_json: Json = False,
) -> None:
    """Print the knobs of a patch by section, or carry it over to another synth."""
    if to is not None:
        one_thread()
        from harness.match.options import MatchOptions

        options = MatchOptions(synth=to, budget=budget, out=out, plugins=plugins or ())
        _carry_over(patch, options, as_json=as_json)
        return
    from harness.match.play import fitting

    found, space = fitting(patch, tuple(plugins or ()))
    if as_json:
        import json

        typer.echo(json.dumps({"synth": found.synth.name, "values": dict(found.values)}))
        return
    from rich.text import Text

    from harness.answer.wording import plain_figure
    from harness.api.console import console

    screen = console()
    screen.print(Text(found.synth.name, "bold"))
    longest = max(map(len, space.names))
    for section, genes in panel(space):
        if section:
            screen.print(Text(section, "bold"))
        for gene in genes:
            parameter, value = space[gene], found.values[space.names[gene]]
            figures = f"{plain_figure(value):>10}  {parameter.unit:<9}"
            line = f"  {parameter.name:<{longest}}  {figures}"
            bar = f"  {_bar(float(parameter.to_gene(value)))}"
            # A narrow terminal has no room for the picture of a knob, or for columns.
            if len(line + bar) <= screen.width:
                line += bar
            elif len(line) > screen.width:
                line = f"  {parameter.name} {plain_figure(value)} {parameter.unit}"
            screen.print(Text(line.rstrip()), overflow="fold")


def panel(space: "ParameterSpace") -> "list[tuple[str, tuple[int, ...]]]":
    """The knobs by section; without sections where a map has them in the order of a panel."""
    from synth.maps.model import NOTE_PARTS

    by_section = list(space.sections.items())
    in_order = [gene for _, genes in by_section for gene in genes]
    note = [gene for gene in in_order if space[gene].name in NOTE_PARTS]
    knobs = [gene for gene in in_order if gene not in note]
    if knobs == sorted(knobs):
        return by_section
    return [("note", tuple(sorted(note))), ("", tuple(sorted(knobs)))]


def _carry_over(patch: Path, options: "MatchOptions", *, as_json: bool) -> None:
    from harness.api.export import export_patch
    from harness.api.match_progress import MatchProgress

    with MatchProgress(as_json=as_json) as shown:
        found = export_patch(patch, options, shown)
    if found.match.signal:
        raise typer.Exit(128 + found.match.signal)


def _bar(gene: float, width: int = 20) -> str:
    at = round(gene * (width - 1))
    return "─" * at + "●" + "─" * (width - 1 - at)

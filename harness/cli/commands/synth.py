"""``synth``: what a real synthesizer has to turn, and whether a map turns it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from common.errors import InputError
from common.paths import present
from harness.cli.options import Json, Plugins, Settings

synth_app = typer.Typer(help="Inspect a real synthesizer, and check its map.")


@synth_app.command("inspect")
def inspect_(
    plugin: Annotated[
        str, typer.Argument(metavar="PATH", help="A plug-in, or its name in the system's folders.")
    ],
    map_file: Annotated[
        Path | None, typer.Option("--map", help="Write a first map here; never over another file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List a plug-in's parameters, and write a first map with sections guessed from names."""
    import json

    from common.blame import blamed
    from synth.real.plugin.inspect import about_plugin, first_map, section_of

    with blamed("inspect"):
        about = about_plugin(plugin, Path())
    if map_file is not None:
        if present(map_file):
            raise InputError(f"--map {map_file}: exists already; choose another name")
        try:
            map_file.write_text(first_map(about), encoding="utf-8")
        except OSError as error:
            reason = str(error.strerror).lower()
            raise InputError(f"--map {map_file}: cannot be written: {reason}") from None
    if as_json:
        typer.echo(json.dumps(about, indent=1))
        return
    from rich.markup import escape

    from harness.answer.output.rows import Rows
    from harness.api.console import console

    rows = []
    for row in about["parameters"]:
        steps = f", {row['steps']} steps" if row["steps"] else ""
        span = f"{row['low']} to {row['high']} {row['unit']}".strip() + steps
        section = section_of(row["name"]) or "fixed"
        rows.append((row["name"], f"{row['value']:z.3f}", span, section))
    out = console()
    out.print(f"[bold]{escape(about['name'])}[/] {about['version']} ({escape(about['path'])})")
    out.print(Rows(("parameter", "value", "range", "section"), rows))
    if about["inputs"]:
        out.print("[yellow]It has audio inputs: an effect makes no sound from a note.")
    if map_file is not None:
        out.print(f"first map: {map_file}; then: ga-synth synth check-map plugin "
                  f"--set path={about['path']} --set map={map_file}")  # fmt: skip


@synth_app.command("check-map")
def check_map(
    name: Annotated[str, typer.Argument(metavar="SYNTH", help="A registered synth.")],
    settings: Settings = None,
    patches: Annotated[
        int, typer.Option("--patches", min=1, help="At how many random patches.")
    ] = 12,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.05, max=60, help="Of every sound.")
    ] = 1.0,
    plugins: Plugins = None,
    as_json: Json = False,
) -> None:
    """Turn every knob of a map and list the inaudible ones; exit code 1 if there are any."""
    import json

    from common.blame import blamed
    from harness.run.knob_check import AUDIBLE_DB, turned

    synth = _made(name, settings, tuple(plugins or ()), seconds)
    rows, silent = [], []
    for gene in range(len(synth.space)):
        with blamed(f"synth {name!r}"):
            row = turned(synth, gene, patches)
        rows.append(row)
        if row.most_db < AUDIBLE_DB:
            silent.append(row.name)
        if not as_json:
            what = f"up to {row.most_db:.1f} dB, at {row.audible:.0%} of the patches"
            if row.most_db < AUDIBLE_DB:
                what = typer.style("inaudible", fg="red")
            typer.echo(f"{row.section:<12} {row.name:<24} {what}")
    synth.close()
    if as_json:
        typer.echo(json.dumps([vars(row) for row in rows], indent=1))
    elif silent:
        typer.echo(
            f"{len(silent)} of {len(rows)} are inaudible at {patches} patches of {seconds:g} s: "
            f"{', '.join(silent)}"
        )
    else:
        typer.echo(f"all {len(rows)} are audible")
    if silent:
        raise typer.Exit(1)


def _made(name: str, settings: list[str] | None, files: tuple[Path, ...], seconds: float) -> Any:
    """The synth with the options that were set."""
    from common.blame import blamed
    from harness.plan.choice import Choice
    from harness.plan.overrides import apply_setting
    from harness.plan.registry import Registry
    from harness.plan.synths import planned_synth

    given: dict[str, Any] = {"name": name}
    for setting in settings or []:
        apply_setting(given, setting)
    registry = Registry(files)
    choice = planned_synth(Choice.model_validate(given), registry, Path(), "--set")
    with blamed(f"synth {name!r}"):
        return registry.get("synth", name)(44_100, round(44_100 * seconds), **choice.options)

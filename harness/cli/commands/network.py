"""``network show``: what a trained network proposes for a sound, as a page."""

import json
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options import DEFAULT_OUT, Json, Out

network_app = typer.Typer(help="Look at trained networks.", no_args_is_help=True)


@network_app.callback()
def _network() -> None:
    """Look at trained networks."""


@network_app.command()
def show(
    label: Annotated[
        str,
        typer.Argument(
            metavar="LABEL", help="A network that was trained, or subtractive, which ships."
        ),
    ],
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="A sound file, or contrived:7 for a random one.")
    ],
    page: Annotated[
        Path | None, typer.Option("--page", help="The page to write; by default beside you.")
    ] = None,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Write a page with a network's proposals for a sound, to listen to, and its doubts."""
    from harness.api.proposal_page.page import write_proposal_page
    from harness.api.proposal_page.show import shown

    found = shown(label, target, out)
    stem = Path(target).stem.replace(":", "-")
    path = page or Path(f"{label}-hears-{stem}.html")
    write_proposal_page(path, found)
    point, closest = float(found.distances[0]), float(found.distances[1:].min())
    if as_json:
        draws = len(found.distances) - 1
        told = {"page": str(path), "point": point, "draws": draws, "closest": closest}
        typer.echo(json.dumps(told))
        return
    typer.echo(f"point     {point:.2f} dB from the target by spectrogram")
    typer.echo(f"draws     {len(found.distances) - 1}, the closest {closest:.2f} dB")
    typer.echo(f"page      {path}")

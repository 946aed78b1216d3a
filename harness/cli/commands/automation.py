"""``automation``: what moves in an Ableton Live set, and its curves for an experiment."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import InputError
from common.suggest import nearest
from harness.api.console import console
from harness.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.automation.live_set import Automation, LiveSet


def automation(
    path: Annotated[Path, typer.Argument(metavar="SET.als", help="An Ableton Live set.")],
    track: Annotated[
        str | None, typer.Option("--track", metavar="NAME", help="Only what moves on this track.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE.yaml", help="Write the curves, for an experiment."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show which parameters an Ableton Live set automates, and write their curves."""
    from harness.record.files import refuse_existing, write_new
    from synth.automation.curves import curves_text
    from synth.automation.live_set import read_live_set

    if to is not None:
        refuse_existing(to, "choose another file with --to")
    try:
        live_set = read_live_set(path)
        chosen = _chosen(live_set, track, path)
        # Where no range is known at all, the first one's complaint is the answer.
        known = [one for one in chosen if one.range is not None] or chosen
        text = curves_text(known, f"{path.name}, {live_set.tempo:g} beats a minute") if to else ""
    except ValueError as error:
        raise InputError(str(error)) from None
    if to is not None:
        write_new(to, text.encode())
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in chosen], ensure_ascii=False))
        return
    _show(chosen)
    _notes(live_set, chosen)
    if to is not None:
        typer.echo(f"Curves written to {to}: {len(known)}")


def _chosen(live_set: "LiveSet", track: str | None, path: Path) -> "Sequence[Automation]":
    if track is not None and track not in live_set.tracks:
        hint = nearest(track, live_set.tracks)
        raise InputError(f"--track {track}: set {path} has no such track; {hint}")
    found = [one for one in live_set.automations if track in (None, one.track)]
    if found:
        return found
    where = f"track {track!r}" if track is not None else "its arrangement"
    moving = {one.track for one in live_set.automations}
    hint = f"; it moves on {', '.join(sorted(moving))}" if moving else ""
    if live_set.clip_envelopes and not moving:
        hint = f"; envelopes of clips are not read, and it has {live_set.clip_envelopes}"
    raise InputError(f"set {path}: nothing is automated in {where}{hint}")


def _show(automations: "Sequence[Automation]") -> None:
    from harness.answer.output.rows import Rows

    rows = []
    for one in automations:
        seconds, values = zip(*one.points, strict=True)
        held = "unknown" if one.range is None else f"{one.range[0]:g} to {one.range[1]:g}"
        when = f"{seconds[0]:.2f} to {seconds[-1]:.2f}"
        what = f"{min(values):g} to {max(values):g}"
        rows.append((one.track, one.device, one.parameter, str(one.breakpoints), when, what, held))
    figures = ("points", "seconds", "values", "range")
    console().print(Rows(("track", "device", "parameter", *figures), rows, frozenset(figures)))


def _notes(live_set: "LiveSet", automations: "Sequence[Automation]") -> None:
    if curved := sum(one.curved for one in automations):
        typer.echo(f"Lines drawn as curves, which are taken as straight: {curved}")
    if unknown := [one.name for one in automations if one.range is None]:
        typer.echo(f"Without a range, so that no curve is written: {', '.join(unknown)}")
    if live_set.clip_envelopes:
        typer.echo(f"Envelopes of clips, which are not read: {live_set.clip_envelopes}")


def _plain(one: "Automation") -> dict[str, object]:
    return {
        "name": one.name,
        "track": one.track,
        "device": one.device,
        "parameter": one.parameter,
        "range": one.range,
        "breakpoints": one.breakpoints,
        "curved": one.curved,
        "points": one.points,
    }

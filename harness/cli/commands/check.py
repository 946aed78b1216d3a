"""``check``: the conformance suite for one plug-in."""

import json
from collections import Counter
from typing import Annotated, Any

import typer

from common.errors import InputError
from common.suggest import nearest
from common.wording import counted
from harness.cli.options import Json

_MOST_PRINTED = 3


def check(
    plugin: Annotated[
        str, typer.Argument(metavar="NAME|FILE.py", help="A registered name, or a plug-in file.")
    ],
    kind: Annotated[
        str, typer.Option("--kind", help="synth, fitness, judge, search, strategy or network.")
    ] = "",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="An option of it, such as path=Synth.vst3."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check that a plug-in does what the harness relies on, and how fast; exit code 1 if not."""
    from harness.conformance.apart import events_apart
    from harness.plan.overrides import apply_setting
    from harness.plan.registry import KINDS, plugins_refused

    if kind and kind not in KINDS:
        raise InputError(f"kind {kind!r} is unknown; {nearest(kind, KINDS)}")
    given: dict[str, Any] = {}
    for setting in settings or []:
        apply_setting(given, setting)
    failed, told = 0, _Told()
    for event in events_apart(plugin, kind, given, no_plugins=plugins_refused()):
        if as_json:
            failed += "finding" in event and not event["finding"]["passed"]
            typer.echo(json.dumps(event))
        elif "subject" in event:
            told.end()
            told = _Told()
            typer.secho(" ".join(event["subject"]), bold=True)
        elif "finding" in event:
            failed += not event["finding"]["passed"]
            told.tell(**event["finding"])
            told.printed.update(event.get("printed", ()))
        elif event["speed"]:
            typer.echo(f"  speed   {event['speed']}")
    told.end()
    if failed:
        if not as_json:
            typer.echo(f"{failed} failed")
        raise typer.Exit(1)


class _Told:
    """What was said of one plug-in: each reason once.

    Attributes:
        printed: how often it printed a line.
    """

    def __init__(self) -> None:
        self.printed: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def tell(self, name: str, passed: bool, detail: str, mend: str = "") -> None:
        """Print what came of a check."""
        if passed:
            remark = f" ({detail})" if detail else ""
            typer.echo(f"  {typer.style('ok', fg='green')}      {name}{remark}")
            return
        self._reasons[detail] += 1
        if self._reasons[detail] == 1:
            typer.echo(f"  {typer.style('FAILED', fg='red')}  {name}: {detail}")
            if mend:
                typer.echo(f"          mend: {mend}")

    def end(self) -> None:
        """Print what came more than once, and what the plug-in printed."""
        for reason, count in self._reasons.items():
            if count > 1:
                checks = counted(count - 1, "more check")
                failed = typer.style("FAILED", fg="red")
                typer.echo(f"  {failed}  {checks} for the same reason: {reason}")
        for line, count in self.printed.most_common(_MOST_PRINTED):
            times = "" if count == 1 else f" ({count} times)"
            typer.echo(f"  printed {line}{times}")

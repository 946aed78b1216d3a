"""``check``: the conformance suite for one plug-in."""

from pathlib import Path
from typing import Annotated, Any

import typer

from common.errors import InputError
from common.suggest import nearest


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
) -> None:
    """Check that a plug-in does what the harness relies on; exit code 1 if it does not."""
    from harness.conformance import findings
    from harness.plan.choice import Choice
    from harness.plan.overrides import apply_setting
    from harness.plan.registry import KINDS, Registry
    from harness.plan.synths import planned_synth

    if kind and kind not in KINDS:
        raise InputError(f"kind {kind!r} is unknown; {nearest(kind, KINDS)}")
    files = (Path(plugin),) if plugin.endswith(".py") else ()
    given: dict[str, Any] = {}
    for setting in settings or []:
        apply_setting(given, setting)
    if given and (kind == "synth" or not kind) and not files:
        # A wrong option is the user's mistake, not a fault of the synth.
        planned_synth(Choice.model_validate({"name": plugin, **given}), Registry(), Path(), "--set")
    failed = 0
    for found, name, cls in _matches(plugin, kind, files):
        typer.secho(f"{found} {name}", bold=True)
        for finding in findings(found, cls, files, given):
            _tell(finding)
            failed += not finding.passed
    if failed:
        typer.echo(f"{failed} failed")
        raise typer.Exit(1)


def _matches(plugin: str, kind: str, files: tuple[Path, ...]) -> list[tuple[str, str, Any]]:
    """Kind, name and class of what is meant: all of a file, or all that is called so."""
    from harness.plan.registry import Registry

    registry = Registry(files)
    # A judge may be any fitness.
    kinds = {"": None, "judge": ("judge", "fitness")}.get(kind, (kind,))
    known = [p for p in registry.all() if kinds is None or p.kind in kinds]
    if files:
        chosen = [p for p in known if p.source == str(files[0])]
        if not chosen:
            raise InputError(f"plug-in {plugin}: defines no {kind}")
    else:
        chosen = [p for p in known if p.name == plugin]
        if not chosen:
            what = kind or "plug-in"
            hint = nearest(plugin, {p.name for p in known})
            raise InputError(f"{what} {plugin!r} is not registered; {hint}")
    return [(p.kind, p.name, registry.get(p.kind, p.name)) for p in chosen]


def _tell(finding: Any) -> None:
    if finding.passed:
        remark = f" ({finding.detail})" if finding.detail else ""
        typer.echo(f"  {typer.style('ok', fg='green')}      {finding.name}{remark}")
    else:
        typer.echo(f"  {typer.style('FAILED', fg='red')}  {finding.name}: {finding.detail}")

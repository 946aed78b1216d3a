"""``doctor``: what this machine has for real synths, what is missing, and what installs it."""

import json
from typing import Any

import typer

from harness.cli.options import Json

_ASK_S = 20.0


def doctor(as_json: Json = False) -> None:
    """Show what this machine has for real synthesizers, and how to install the rest."""
    from harness.plan.registry import Registry
    from synth.real.base import RealSynth
    from synth.real.parts import PARTS
    from synth.real.plugin.folders import plugin_folders, plugins

    registry = Registry()
    synths = {name: registry.get("synth", name) for name in registry.names("synth")}
    found = {
        "synths": {name: synth.missing() for name, synth in synths.items()},
        "modes": {n: s.modes() for n, s in synths.items() if issubclass(s, RealSynth)},
        "parts": [
            {"name": p.name, "about": p.about, "there": p.there, "remedy": p.remedy} for p in PARTS
        ],
        "audio": _asked("audio"),
        "midi": _asked("midi"),
        "jack": _asked("jack"),
        "plugin_folders": [str(folder) for folder in plugin_folders()],
        "plugins": [str(path) for path in plugins()],
    }
    if as_json:
        typer.echo(json.dumps(found, indent=1))
    else:
        _tell(found)


def _asked(what: str) -> Any:
    """Ask a library about this machine; returns its answer, or why there is none."""
    from synth.real.child import Child, Died

    child = Child("synth.real.machine:Machine", {}, _ASK_S)
    try:
        return child.call(what, seconds=_ASK_S)
    except (ValueError, Died) as error:
        return f"no answer: {error}"
    finally:
        child.close()


def _tell(found: dict[str, Any]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from harness.api.console import console

    out = console()
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, missing in found["synths"].items():
        modes = found["modes"].get(name, {})
        state = escape(missing) if missing else _readiness(modes)
        table.add_row("synth", f"[bold]{name}", state)
    for part in found["parts"]:
        state = "[green]there" if part["there"] else f"[yellow]missing[/]: {escape(part['remedy'])}"
        table.add_row("part", f"[bold]{part['name']}", f"{escape(part['about'])}: {state}")
    _rows(table, "audio", found["audio"], lambda d: (
        d["name"], f"{d['host']}, {d['inputs']} in, {d['outputs']} out, {d['sample_rate']:,.0f} Hz"
    ))  # fmt: skip
    _rows(table, "midi", found["midi"], lambda port: (port, ""))
    table.add_row("jack", "server", escape(found["jack"]))
    _rows(table, "plug-in", found["plugins"], lambda path: (path.rpartition("/")[2], path))
    out.print(table)
    if not found["plugins"]:
        out.print(f"no plug-in in {', '.join(found['plugin_folders'])}")


def _readiness(modes: dict[str, str]) -> str:
    """Whether a synth is ready, or in which of its modes, and what the others lack."""
    from rich.markup import escape

    lacks = [f"{mode} {escape(lacking)}" for mode, lacking in modes.items() if lacking]
    ready = [mode for mode, lacking in modes.items() if not lacking]
    if not lacks:
        return "[green]ready"
    return "; ".join([*([f"[green]ready: {', '.join(ready)}[/]"] if ready else []), *lacks])


def _rows(table: Any, kind: str, found: Any, row: Any) -> None:
    """A row for each item; one row that says none if there are none."""
    from rich.markup import escape

    if isinstance(found, str) or not found:
        table.add_row(kind, "", escape(found) if found else "none")
        return
    for one in found:
        name, about = row(one)
        table.add_row(kind, escape(name), escape(about))

"""``doctor``: what this machine has for real synths, what is missing, and what installs it."""

import json
from typing import TYPE_CHECKING, Any

import typer

from harness.cli.options import Json

if TYPE_CHECKING:
    from rich.text import Text

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
    from rich.text import Text

    from harness.answer.output.rows import Rows
    from harness.api.console import console

    out = console()
    rows: list[tuple[str | Text, ...]] = []
    for name, missing in found["synths"].items():
        modes = found["modes"].get(name, {})
        rows.append((name, "synth", Text(missing) if missing else _readiness(modes)))
    for part in found["parts"]:
        remedy = Text.assemble(("missing", "yellow"), f": {part['remedy']}")
        state = Text("there", "green") if part["there"] else remedy
        rows.append((part["name"], "part", Text(f"{part['about']}: ") + state))
    rows += _rows("audio", found["audio"], lambda d: (
        d["name"], f"{d['host']}, {d['inputs']} in, {d['outputs']} out, {d['sample_rate']:,.0f} Hz"
    ))  # fmt: skip
    rows += _rows("midi", found["midi"], lambda port: (port, ""))
    rows.append(("server", "jack", found["jack"]))
    rows += _rows("plug-in", found["plugins"], lambda path: (path.rpartition("/")[2], path))
    out.print(Rows(("name", "kind", "state"), rows, prose=frozenset({"state"})))
    if not found["plugins"]:
        out.print(Text(f"no plug-in in {', '.join(found['plugin_folders'])}"))


def _readiness(modes: dict[str, str]) -> "Text":
    """Whether a synth is ready, or in which of its modes, and what the others lack."""
    from rich.text import Text

    lacks = [Text(f"{mode} {lacking}") for mode, lacking in modes.items() if lacking]
    ready = [mode for mode, lacking in modes.items() if not lacking]
    if not lacks:
        return Text("ready", "green")
    there = [Text(f"ready: {', '.join(ready)}", "green")] if ready else []
    return Text("; ").join([*there, *lacks])


def _rows(kind: str, found: Any, row: Any) -> list[tuple[str, str, str]]:
    """A row for each item; one row that says none if there are none."""
    if isinstance(found, str) or not found:
        return [("none" if not found else "unknown", kind, found or "")]
    return [(name, kind, about) for name, about in map(row, found)]

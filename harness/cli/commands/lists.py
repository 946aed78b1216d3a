"""``list``, ``show`` and ``status``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from common.errors import InputError
from common.paths import present
from common.suggest import nearest
from common.wording import counted
from harness.api.console import console
from harness.cli.options import DEFAULT_OUT, Json, Out, comparison_name, comparisons_here

if TYPE_CHECKING:
    from harness.answer.output.rows import Rows
    from harness.plan.registry import Plugin
    from synth.space import ParameterSpace

_EXPERIMENT = "experiment"
_STATES = ("finished", "failed", "begun", "waiting")


def list_(
    kind: Annotated[
        str,
        typer.Argument(
            help="synth, fitness, judge, search, strategy, network or experiment; default: all."
        ),
    ] = "",
    plugins: Annotated[
        list[Path] | None, typer.Option("--plugin", help="Also list this plug-in file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List everything that an experiment can name, the experiments that ship, and their sources."""
    from rich.text import Text

    from harness.answer.output.rows import Rows
    from harness.plan.registry import KINDS, Registry

    if kind and kind not in (*KINDS, _EXPERIMENT):
        raise InputError(f"kind {kind!r} is unknown; {nearest(kind, (*KINDS, _EXPERIMENT))}")
    found = [p for p in Registry(tuple(plugins or ())).all() if kind in ("", p.kind)]
    shipped = _shipped() if kind in ("", _EXPERIMENT) else {}
    if as_json:
        experiments = [{"kind": _EXPERIMENT, "name": n, "about": a} for n, a in shipped.items()]
        typer.echo(json.dumps([*(vars(plugin) for plugin in found), *experiments], indent=1))
        return
    rows: list[tuple[str | Text, ...]] = [
        (
            plugin.name,
            plugin.kind,
            Text(f"refused: {plugin.refused}", "red") if plugin.refused else plugin.about,
            plugin.source,
        )
        for plugin in found
    ]
    rows += [(name, _EXPERIMENT, about, "built in") for name, about in shipped.items()]
    console().print(Rows(("name", "kind", "about", "from"), rows, prose=frozenset({"about"})))


def _shipped() -> dict[str, str]:
    """Name of each shipped experiment to what it is about."""
    from harness.plan.experiment import read_experiment
    from harness.plan.shipped import shipped_experiments

    return {name: read_experiment(path).about for name, path in shipped_experiments().items()}


def show(
    name: Annotated[str, typer.Argument(help="A registered name, or an experiment file.")],
    plugins: Annotated[
        list[Path] | None, typer.Option("--plugin", help="A plug-in file that defines it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a plug-in's description and options, a synth's parameters, or an experiment."""
    from harness.plan.shipped import experiment_path

    path = experiment_path(Path(name))
    if path.suffix in (".yaml", ".yml"):
        _show_experiment(path, as_json)
        return
    from harness.plan.options import option_defaults
    from harness.plan.registry import Registry

    registry = Registry(tuple(plugins or ()))
    matches = [plugin for plugin in registry.all() if plugin.name == name]
    if not matches:
        known = [plugin.name for plugin in registry.all()]
        raise InputError(f"{name!r} is not registered; {nearest(name, known)}")
    if as_json:
        found = [_plain(plugin, registry.get(plugin.kind, name)) for plugin in matches]
        typer.echo(json.dumps(found, indent=1))
        return
    terminal = console()
    for plugin in matches:
        cls = registry.get(plugin.kind, name)
        terminal.print(f"[bold]{plugin.kind} {name}[/] ({plugin.source})\n\n{_text(cls)}\n")
        for option, default in option_defaults(cls).items():
            terminal.print(
                f"  {option} = {'required' if default is ... else repr(default)}", markup=False
            )
        if plugin.kind == "synth" and hasattr(cls, "space"):
            terminal.print(_parameters(cls.space))


def _plain(plugin: "Plugin", cls: type) -> dict[str, Any]:
    """A plug-in, its options and a synth's parameters as plain values."""
    import inspect
    from dataclasses import asdict

    from harness.plan.options import option_defaults

    options = {
        option: {"required": True} if default is ... else {"default": default}
        for option, default in option_defaults(cls).items()
    }
    plain = {**vars(plugin), "description": inspect.getdoc(cls) or "", "options": options}
    space = getattr(cls, "space", ()) if plugin.kind == "synth" else ()
    return plain | ({"parameters": [asdict(one) for one in space]} if space else {})


def _text(cls: type) -> str:
    import inspect

    from rich.markup import escape

    return escape(inspect.getdoc(cls) or "")


def _parameters(space: "ParameterSpace") -> "Rows":
    from harness.answer.output.rows import Rows

    return Rows(
        ("parameter", "section", "range", "curve", "about"),
        [(p.name, p.section, f"{p.low:g} to {p.high:g} {p.unit}", p.curve, p.about) for p in space],
        prose=frozenset({"about"}),
    )


def _show_experiment(path: Path, as_json: bool) -> None:
    import yaml

    from harness.plan.experiment import read_experiment

    plain = read_experiment(path).model_dump(mode="json")
    written = json.dumps(plain, indent=1) if as_json else yaml.safe_dump(plain, sort_keys=False)
    typer.echo(written.rstrip())


def status(
    name: Annotated[
        str,
        typer.Argument(
            help="Name of a comparison; all if not given.", autocompletion=comparisons_here
        ),
    ] = "",
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Show the progress of comparisons: trials finished, failed, begun and waiting."""
    from harness.record.journal import Journal

    found = (
        [comparison_name(name)]
        if name
        else sorted(p.parent.name for p in out.glob("*/experiment.json"))
    )
    # Of a folder that cannot be looked at, ``present`` says why.
    if not present(out) or not found:
        raise InputError(f"{out}: nothing has been run there")
    counts = {name: _counts(Journal(out, name)) for name in found}
    if as_json:
        typer.echo(json.dumps(counts, indent=1))
        return
    for comparison, count in counts.items():
        states = ", ".join(f"{count[state]} {state}" for state in _STATES)
        typer.echo(f"{comparison}: {counted(count['trials'], 'trial')}, {states}")
        for trial, reason in count["failures"].items():
            typer.echo(f"  {trial}: {reason}")


def _counts(journal: Any) -> dict[str, Any]:
    names = journal.experiment()["trials"]
    folders = {name: journal.folder(name) for name in names}
    failures = {name: folder.failure for name, folder in folders.items() if folder.failure}
    finished = sum(folder.finished for folder in folders.values())
    begun = sum(present(folder.path) for folder in folders.values())
    return {
        "trials": len(names),
        "finished": finished,
        "failed": len(failures),
        "begun": begun - finished - len(failures),
        "waiting": len(names) - begun,
        "failures": failures,
    }

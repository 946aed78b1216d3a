"""``new``: a plug-in of one's own to start from, as a package or as one file."""

import json
import keyword
import re
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from common.errors import InputError
from common.suggest import nearest
from harness.cli.options import Json

_LONGEST = 40
# What an experiment says to use one of each kind; a network is trained first.
_CHOSEN: dict[str, dict[str, str]] = {
    "fitness": {"fitness": "[spectrogram, {name}]"},
    "search": {"search": "{name}"},
    "strategy": {"strategies": "[{name}, end_to_end, random]"},
    "synth": {"synth": "{name}"},
    "network": {},
}
_EXPERIMENT = {
    "budget": "400               # renders (function evaluations) that each trial may spend",
    "seeds": "3",
    "targets": "[{{contrived: 7, label: reachable, seconds: 0.5}}]",
    "fitness": "[spectrogram]",
    "strategies": "[end_to_end, random]",
}


def new(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="fitness, search, strategy, synth or network.")
    ],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What experiments will call it, such as my_ears.")
    ],
    file: Annotated[
        bool, typer.Option("--file", help="Write one file, NAME.py, instead of a package.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a plug-in that works, to be changed into your own."""
    from harness.plan.registry import Registry
    from harness.record.files import refuse_existing, write_new

    if kind not in _CHOSEN:
        raise InputError(f"kind {kind!r} is unknown; {nearest(kind, _CHOSEN)}")
    _check_name(name)
    for taken in Registry().all(("fitness", "judge") if kind == "fitness" else (kind,), name):
        raise InputError(f"{kind} {name!r} is taken ({taken.source}); choose another name")
    module = _changed(_template(f"{kind}.py"), name)
    target = Path(f"{name}.py" if file else name)
    refuse_existing(target, "choose another name, or go to another folder")
    texts = {} if file else _package(kind, name, module)
    files_of_it = {path: text.encode() for path, text in texts.items()}
    write_new(target, module.encode() if file else files_of_it)
    if as_json:
        typer.echo(json.dumps({"written": str(target), "files": _files_below(target)}))
    else:
        _tell(kind, name, target)


def _files_below(target: Path) -> list[str]:
    return sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file())


def _check_name(name: str) -> None:
    """Refuse what cannot be the name of a module and of a class.

    Raises:
        InputError: with a name that can.
    """
    from harness.plan.plugin_files import snake_case

    words = re.sub(r"[^a-z0-9]+", "_", snake_case(name)).strip("_")
    # As its class will be called: in its name no new word begins with a digit.
    plain = snake_case(_class_name(words))[:_LONGEST].strip("_")
    if keyword.iskeyword(name) or keyword.iskeyword(_class_name(name)):
        raise InputError(f"{name!r} is a word of Python's own; choose another, such as my_{name}")
    usable = plain[:1].isalpha() and not keyword.iskeyword(plain)
    if name != plain or not usable:
        hint = f"; did you mean {plain!r}?" if usable else ""
        raise InputError(
            f"{name!r} cannot be a name: needs small letters, digits and _, a letter first, "
            f"{_LONGEST} at most{hint}"
        )


def _class_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _template(name: str) -> str:
    return files("harness.cli").joinpath("starter", "plugin", name).read_text(encoding="utf-8")


def _changed(text: str, name: str) -> str:
    """A template with the plug-in's own name, in its three spellings."""
    changed = text.replace("NewPlugin", _class_name(name)).replace("new_plugin", name)
    return changed.replace("new-plugin", name.replace("_", "-"))


def _package(kind: str, name: str, module: str) -> dict[str, str]:
    """Path to text of every file."""
    from harness.plan.registry import group_of

    about = module.split('"""')[3].strip()
    use = f"ga-synth run experiment.yaml    # a comparison with {name}"
    if kind == "network":
        use = f"ga-synth train {name}"
    words = {"the_group": group_of(kind), "the_about": about, "the_use": use}
    words |= {"check_kind": f"check_{kind}"}
    texts = {
        "pyproject.toml": _template("pyproject.toml"),
        "README.md": _template("README.md"),
        f"tests/test_{name}.py": _template("test_plugin.py"),
    }
    for word, meant in words.items():
        texts = {path: text.replace(word, meant) for path, text in texts.items()}
    found = {path: _changed(text, name) for path, text in texts.items()}
    found[f"ga_synth_{name}.py"] = module
    if _CHOSEN[kind]:
        lines = {"name": name.replace("_", "-"), **_EXPERIMENT, **_CHOSEN[kind]}
        text = "".join(f"{key}: {value.format(name=name)}\n" for key, value in lines.items())
        found["experiment.yaml"] = text
    return found


def _tell(kind: str, name: str, target: Path) -> None:
    if target.suffix:
        typer.echo(f"{target}: created\nnext: ga-synth check {target}")
        if kind == "network":
            typer.echo(f"then: ga-synth train {name} --plugin {target}")
        else:
            ((key, named),) = _CHOSEN[kind].items()
            lines = f"plugins: [{target}]  and  {key}: {named.format(name=name)}"
            typer.echo(f"then, in an experiment beside it: {lines}")
        return
    typer.echo(f"{target}: created {', '.join(_files_below(target))}")
    typer.echo(
        f"next: pip install --editable {target}    (in a clone: make plugin PACKAGE={target})"
    )
    typer.echo(f"then: ga-synth check {name}")
    if kind != "network":
        typer.echo(f"and:  ga-synth run {target / 'experiment.yaml'}")

"""``init``: a folder with a starter experiment, a plug-in of one's own, and a README."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from common.errors import InputError
from common.paths import present
from harness.cli.options import Json

_FILES = ("experiment.yaml", "my_fitness.py", "README.md")


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Created if it is not there.")],
    as_json: Json = False,
) -> None:
    """Create a project: a starter experiment, a plug-in of your own, and a README."""
    # Never over a user's file: what is there already is named before anything is written.
    there = [name for name in _FILES if present(folder / name)]
    if there:
        raise InputError(f"{folder / there[0]} exists already; choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            text = files("harness.cli").joinpath("starter", name).read_text(encoding="utf-8")
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {folder}: {str(error.strerror).lower()}") from None
    if as_json:
        typer.echo(json.dumps({"written": str(folder), "files": list(_FILES)}))
        return
    typer.echo(
        f"{folder}: created {', '.join(_FILES)}\nnext: cd {folder} && ga-synth run experiment.yaml"
    )

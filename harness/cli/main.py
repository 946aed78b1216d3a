"""The command line: ``ga-synth``. Exit code 0 is success, 1 failed trials, 2 bad input."""

import sys
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer

# typer has click inside and does not hand these two on.
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from common.errors import InputError
from harness.cli.commands import (
    calibrate,
    check,
    compare,
    dataset,
    doctor,
    lists,
    probe,
    run_comparison,
    synth,
    train,
    view,
)

_INTERRUPTED = 130

app = typer.Typer(
    name="ga-synth",
    help="Compare how machines search for the synthesizer knobs that reproduce a recorded sound.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    run_comparison.run,
    probe.probe,
    dataset.dataset,
    train.train,
    lists.list_,
    lists.show,
    lists.status,
    view.report,
    view.ui,
    view.sync,
    check.check,
    doctor.doctor,
    calibrate.calibrate,
    compare.compare,
):
    app.command(name=command.__name__.rstrip("_"))(command)
app.add_typer(synth.synth_app, name="synth")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("ga-synth"))
        raise typer.Exit


@app.callback()
def _main(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Compare how machines search for the knobs that reproduce a recorded sound."""


def _refuse(message: str) -> NoReturn:
    typer.echo(f"ga-synth: {' '.join(message.split())}", err=True)
    sys.exit(2)


def run() -> None:
    """Run the command line; a user's mistake ends in one line and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except InputError as error:
        _refuse(str(error))
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except ClickException as error:
        _refuse(f"{error.format_message()} (ga-synth --help says what there is)")
    except (typer.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except SystemExit as end:
        # What typer makes of Ctrl-C, depending on where it comes.
        code = end.code
    if code == _INTERRUPTED:
        typer.echo("ga-synth: interrupted; the same command goes on from here", err=True)
    sys.exit(code)

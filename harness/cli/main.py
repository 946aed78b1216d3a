"""The command line, ``ga-synth``.

Exit codes: 0 success, 1 failed trials or checks, 2 bad input, 130 and 143 stopped by a signal.
"""

import signal
import sys
from importlib.metadata import version
from types import FrameType
from typing import Annotated, NoReturn

import typer

from common.errors import InputError, file_trouble
from common.secrets import without_secrets
from harness.cli.commands import (
    automation,
    bank,
    calibrate,
    check,
    compare,
    dataset,
    doctor,
    export,
    init,
    lists,
    match,
    network,
    new,
    patch,
    probe,
    run_comparison,
    synth,
    train,
    ui,
    view,
)
from harness.cli.encoding import plainly

_INTERRUPTED, _TERMINATED = 130, 143

_FIRST_STEPS = """\
ga-synth compares how machines search for the synthesizer knobs that reproduce a sound.

  ga-synth match SOUND.wav    the knobs for a sound, with a page to listen to
  ga-synth init               a comparison to change, in this folder
  ga-synth run first          a comparison that ships, and its report
  ga-synth ui                 what was run, in MLflow
  ga-synth --help             all commands; --install-completion completes names in your shell
"""

app = typer.Typer(name="ga-synth", pretty_exceptions_enable=False)
for command in (
    match.match,
    patch.render,
    patch.patch,
    run_comparison.run,
    probe.probe,
    automation.automation,
    bank.bank,
    dataset.dataset,
    train.train,
    init.init,
    new.new,
    lists.list_,
    lists.show,
    lists.status,
    view.report,
    export.export,
    ui.ui,
    view.sync,
    check.check,
    doctor.doctor,
    calibrate.calibrate,
    compare.compare,
):
    app.command(name=command.__name__.rstrip("_"))(command)
app.add_typer(synth.synth_app, name="synth")
app.add_typer(network.network_app, name="network")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("ga-synth"))
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    no_plugins: Annotated[
        bool,
        typer.Option(
            "--no-plugins", help="Run no code but ga-synth's own; for files of strangers."
        ),
    ] = False,
) -> None:
    """Compare how machines search for the synthesizer knobs that reproduce a recorded sound."""
    if context.invoked_subcommand is None:
        typer.echo(_FIRST_STEPS, nl=False)
    if no_plugins:
        from harness.plan.registry import refuse_plugins

        refuse_plugins()


def _terminate(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    sys.exit(_TERMINATED)


def _refuse(message: str) -> NoReturn:
    typer.echo(f"ga-synth: {without_secrets(' '.join(message.split()))}", err=True)
    sys.exit(2)


def run() -> None:
    """Run the command line; a user's mistake ends in one line and exit code 2."""
    plainly()
    # Without it nothing would be cleaned up: neither Ray's processes nor temporary files.
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = app(prog_name="ga-synth", standalone_mode=False)
    except InputError as error:
        _refuse(str(error))
    except OSError as error:
        # A name that a file system does not take, no permission, a disk that fails.
        if not (trouble := file_trouble(error)):
            raise
        _refuse(trouble)
    except typer.TyperException as error:
        _refuse(f"{error.format_message()} (see ga-synth --help)")
    except (typer.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except SystemExit as end:
        # What typer makes of Ctrl-C, depending on where it comes.
        code = end.code
    if code in (_INTERRUPTED, _TERMINATED):
        typer.echo("ga-synth: stopped; the same command resumes from here", err=True)
    sys.exit(code)

"""Errors of plug-ins: whatever one raises becomes one line that names it."""

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from common.errors import InputError, file_trouble

# What ends a process from outside raises its SystemExit in a signal's handler: ours or Ray's.
_HANDLERS = ("harness", "ray")
# The modules of plug-ins, and of all that is in their packages.
_plugins: set[str] = set()


class PluginError(Exception):
    """A plug-in raised or returned something unusable; fails the trial that needed it.

    Attributes:
        printed: the lines that plug-ins printed during the same job, before this.
    """

    printed: Sequence[str] = ()


def blames(module: str) -> None:
    """Let errors say the line at which they left this module, or a module of its package.

    Args:
        module: name of a plug-in's module.
    """
    _plugins.add(module.partition(".")[0])


@contextmanager
def blamed(who: str, error: type[InputError] | type[PluginError] = InputError) -> Iterator[None]:
    """Turn whatever a plug-in raises into an error that names it.

    Args:
        who: the plug-in, such as ``fitness 'mine'``.
        error: what to raise: InputError while a comparison is planned, where a ValueError is how a
            plug-in refuses an option, and PluginError while it runs.

    Raises:
        InputError, PluginError: for whatever was raised, with ``who`` in front.
    """
    try:
        yield
    except (InputError, PluginError):
        raise
    except SystemExit as raised:
        if not left(raised):
            raise
        raise error(raised_by(who, raised)) from raised
    except Exception as raised:  # a plug-in may raise anything
        if error is InputError and isinstance(raised, ValueError):
            raise InputError(f"{who}: {raised}") from None
        if error is InputError and isinstance(raised, OSError) and (why := file_trouble(raised)):
            raise InputError(f"{who}: {why}") from None
        raise error(raised_by(who, raised)) from raised


def raised_by(who: str, error: BaseException) -> str:
    """Say in one line what a plug-in raised, and at which line of its own."""
    line = str(error).strip().split("\n")[0]
    colon = ": " if line else ""
    return f"{who} raised {type(error).__name__}{colon}{line}{place_of(error)}"


def place_of(error: BaseException, module: str = "") -> str:
    """The line at which an error left a plug-in, in brackets; empty if it arose in none.

    Args:
        error: with its traceback.
        module: a module to look in beside those of the plug-ins that were loaded.
    """
    places = [
        f" ({Path(frame.f_code.co_filename).name}, line {line})"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if (name := frame.f_globals.get("__name__", "")) == module
        or name.partition(".")[0] in _plugins
    ]
    return places[-1] if places else ""


def left(error: SystemExit) -> bool:
    """Whether a plug-in called ``sys.exit``, and no signal ended the process."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    name: str = frames[-1].f_globals.get("__name__", "")
    return name.partition(".")[0] not in _HANDLERS

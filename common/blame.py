"""Errors of plug-ins: whatever one raises becomes one line that names it."""

from collections.abc import Iterator
from contextlib import contextmanager

from common.errors import InputError, file_trouble


class PluginError(Exception):
    """A plug-in raised or returned something unusable; fails the trial that needed it."""


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
    except Exception as raised:  # a plug-in may raise anything
        if error is InputError and isinstance(raised, ValueError):
            raise InputError(f"{who}: {raised}") from None
        if error is InputError and isinstance(raised, OSError) and (why := file_trouble(raised)):
            raise InputError(f"{who}: {why}") from None
        raise error(raised_by(who, raised)) from raised


def raised_by(who: str, error: BaseException) -> str:
    """Say in one line what a plug-in raised."""
    line = str(error).strip().split("\n")[0]
    return f"{who} raised {type(error).__name__}: {line}"

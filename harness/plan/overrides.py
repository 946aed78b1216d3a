"""``--set key=value``: changes of an experiment before it is checked."""

from typing import Any

from common.errors import InputError
from common.suggest import nearest
from common.validation import shortened, strict_yaml

# What plain text abbreviates, so that a part of it can be set: ``search: ga`` is ``{name: ga}``.
_SHORT_FOR = {"targets": "file"}


def apply_setting(given: dict[str, Any], setting: str) -> None:
    """Change one value of an experiment in place.

    Args:
        given: the experiment as read.
        setting: ``key=value``; keys of nested values are joined by dots, positions in lists are
            numbers from 0, the value is YAML.

    Raises:
        InputError: if it is not ``key=value``, or there is no such key.
    """
    key, equals, text = setting.partition("=")
    if not (key and equals):
        raise InputError(f"--set {shortened(repr(setting))}: needs key=value")
    try:
        value = strict_yaml(text)
    except ValueError as error:
        raise InputError(f"--set {shortened(repr(setting))}: {error}") from None
    *path, last = key.split(".")
    at: Any = given
    for part in path:
        place = _place(at, part, setting)
        if not isinstance(at, list) and place not in at:
            raise InputError(
                f"--set {shortened(repr(setting))}: no {part!r} in the file; {nearest(part, at)}"
            )
        if isinstance(at[place], str):
            at[place] = {_SHORT_FOR.get(path[0], "name"): at[place]}
        at = at[place]
    at[_place(at, last, setting)] = value


def _place(at: Any, part: str, setting: str) -> Any:
    """What to index ``at`` with."""
    if isinstance(at, dict):
        return part
    if not isinstance(at, list):
        raise InputError(
            f"--set {shortened(repr(setting))}: {part!r} is to be a part of {at!r}, which has none"
        )
    if not (part.isdecimal() and int(part) < len(at)):
        allowed = f"0 to {len(at) - 1}" if at else "none, the list is empty"
        raise InputError(f"--set {shortened(repr(setting))}: position {part!r}; allowed: {allowed}")
    return int(part)

"""The options of plug-ins: the keyword-only arguments of their constructors, strictly checked."""

import inspect
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from common.blame import blamed
from common.errors import InputError
from common.suggest import nearest
from common.validation import first_complaint
from harness.plan.choice import Choice
from harness.plan.plugin_files import base_class
from harness.plan.registry import KINDS, Registry


def checked_options(cls: type, options: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Check options against a plug-in's constructor and fill in its defaults.

    Args:
        cls: the plug-in.
        options: as written in the experiment.
        where: the place in the experiment, for the message.

    Returns:
        Every option by name, as plain values.

    Raises:
        InputError: for an unknown option, a wrong type, or one that is missing.
    """
    model = _model(cls)
    known = model.model_fields
    for name, given in positional_options(cls).items():
        if not given or name in options:
            raise InputError(f"{where}: {not_positional(cls, name)}")
    for name in options:
        if name not in known:
            raise InputError(
                f"{where}: {cls.__name__} has no option {name!r}; {nearest(name, known)}"
            )
    try:
        checked = model.model_validate(dict(options)).model_dump()
    except ValidationError as error:
        raise InputError(f"{where}: {first_complaint(error)}") from None
    for name, value in checked.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            raise InputError(
                f"{where}: option {name!r} of {cls.__name__} is {value!r}; "
                "allowed: numbers, text, lists and mappings"
            ) from None
    return checked


def checked_choice(kind: str, choice: Choice, registry: Registry, where: str) -> Choice:
    """Return a choice with every option filled in.

    Args:
        kind: what is chosen: synth, fitness, judge, search, strategy or network.
        choice: as written in the experiment.
        registry: where it is registered.
        where: the place in the experiment, for messages.

    Raises:
        InputError: if it is not registered, or an option does not fit.
    """
    try:
        cls = registry.get(kind, choice.name)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    options = checked_options(cls, choice.options, where)
    return choice.model_copy(update={"options": options})


def positional_options(cls: type) -> dict[str, bool]:
    """Name the arguments of a constructor that should be options, and are before the ``*``.

    Returns:
        Name to whether it has a default, for all that the harness does not give.
    """
    base = next((base for kind in KINDS if issubclass(cls, base := base_class(kind))), None)
    if base is None:
        return {}
    given = len(_positional(base))
    return {p.name: p.default is not p.empty for p in _positional(cls)[given:]}


def not_positional(cls: type, name: str) -> str:
    """Say how an option has to be declared."""
    own = [p.name for p in _positional(cls)]
    mended = ["self", *own[: own.index(name)], "*", name]
    return (
        f"{cls.__name__}: option {name!r} must come after a *: "
        f"def __init__({', '.join(mended)}, ...)"
    )


def _positional(cls: type) -> list[inspect.Parameter]:
    # Not of the class: that would be of its metaclass's call.
    constructor = next(vars(base)["__init__"] for base in cls.__mro__ if "__init__" in vars(base))
    _, *parameters = inspect.signature(constructor).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p for p in parameters if p.kind in kinds]


@cache
def _model(cls: type) -> type[BaseModel]:
    fields = {name: field for base in reversed(_constructors(cls)) for name, field in base.items()}
    config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)
    return create_model(cls.__name__, __config__=config, **fields)


def _constructors(cls: type) -> list[dict[str, Any]]:
    """The options of a class's constructor, and of its bases' as far as it passes ``**`` on."""
    found = []
    for base in cls.__mro__:
        if "__init__" not in vars(base):
            continue
        constructor = vars(base)["__init__"]
        parameters = inspect.signature(constructor).parameters.values()
        with blamed(f"the annotations of {base.__name__}'s constructor"):
            hints = get_type_hints(constructor)
        found.append(
            {
                p.name: (hints.get(p.name, Any), ... if p.default is p.empty else p.default)
                for p in parameters
                if p.kind is p.KEYWORD_ONLY
            }
        )
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return found


def option_defaults(cls: type) -> dict[str, Any]:
    """The options of a plug-in with their defaults; ``...`` for one that must be given."""
    fields = _model(cls).model_fields
    return {name: ... if field.is_required() else field.default for name, field in fields.items()}

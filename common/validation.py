"""Validation of files that people write: strict about every key, errors in one line."""

import re
from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from common.suggest import nearest

# Where pydantic's own words do not help.
_WORDS = {
    "string_pattern_mismatch": "allowed: letters, digits, - and _, starting with a letter or digit",
    "too_short": "is empty; needs one or more",
    "missing": "is missing",
}
_LONGEST = 60
_NUMBERS = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp"


class Strict(BaseModel):
    """Refuses unknown keys with the nearest known one, and values of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and cls.model_config.get("extra") == "forbid":
            for key in given:
                if key not in cls.model_fields:
                    raise ValueError(f"unknown key {key!r}; {nearest(key, cls.model_fields)}")
        return given


class StrictLoader(yaml.SafeLoader):
    """Reads numbers as YAML 1.2 does, and refuses a duplicate key.

    Numbers: ``1e-3`` is one, ``010`` is ten, ``1:30`` is text; ``1e4`` is a whole number. Dates are
    text. Of equal keys YAML would silently take the last.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Make a mapping whose keys differ."""
        seen: list[Any] = []
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                problem = f"duplicate key {key!r}"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.append(key)
        return super().construct_mapping(node, deep)


def _whole(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node)).replace("_", "")
    prefix = text.lstrip("+-")[:2].lower()
    return int(text, {"0x": 16, "0o": 8}.get(prefix, 10))


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float | int:
    text = str(loader.construct_scalar(node)).replace("_", "").lower()
    if text.lstrip("+-") in (".inf", ".nan"):
        return float(text.replace(".", ""))
    value = float(text)
    # A budget of 1e4 is a whole number.
    return int(value) if "." not in text and value.is_integer() else value


_WHOLE = r"[-+]?([0-9][0-9_]*|0o[0-7_]+|0x[0-9a-fA-F_]+)"
_DECIMAL = r"[-+]?(\.[0-9][0-9_]*|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?"
_UNLIMITED = r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
StrictLoader.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] not in _NUMBERS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _construct in (
    (_NUMBERS[0], _WHOLE, _whole),
    (_NUMBERS[1], f"{_DECIMAL}|{_UNLIMITED}", _number),
):
    _found = re.compile(f"^(?:{_pattern})$")
    StrictLoader.add_implicit_resolver(_tag, _found, list("-+.0123456789"))
    StrictLoader.add_constructor(_tag, _construct)


def strict_yaml(text: str) -> Any:
    """What a YAML text holds.

    Raises:
        ValueError: in one line, with the problem and where it is, if it is none.
    """
    try:
        return yaml.load(text, StrictLoader)  # noqa: S506 - a safe loader, only stricter
    except RecursionError:
        raise ValueError("not YAML: nested too deeply") from None
    # What else PyYAML raises for tags on what they do not fit, such as !!int "".
    except (yaml.YAMLError, ValueError, LookupError, TypeError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "cannot be read"
        raise ValueError(f"not YAML: {problem}{line}") from None


def first_complaint(error: ValidationError) -> str:
    """Say the first thing that is wrong in one line: the place, what is wrong, the value."""
    first = error.errors(include_url=False)[0]
    # A union or a validator adds its own name to the place; a user knows only keys and positions.
    keys = (k for k in first["loc"] if isinstance(k, int) or k.isidentifier())
    place = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in keys).lstrip(".")
    message = _WORDS.get(first["type"], first["msg"].removeprefix("Value error, "))
    message = message[0].lower() + message[1:]
    given = first["input"]
    silent = isinstance(given, dict | list) or first["type"] == "missing"
    value = "" if silent else f" ({shortened(repr(given))})"
    return f"{place}: {message}{value}" if place else f"{message}{value}"


def shortened(text: str) -> str:
    """Return the first 60 characters of a text, for a message."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

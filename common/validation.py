"""Validation of files that people write: strict about every key, errors in one line."""

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
    """Refuses a duplicate key, of which YAML would silently take the last."""

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


def strict_yaml(text: str) -> Any:
    """What a YAML text holds.

    Raises:
        ValueError: in one line, with the problem and where it is, if it is none.
    """
    try:
        return yaml.load(text, StrictLoader)  # noqa: S506 - a safe loader, only stricter
    except (yaml.YAMLError, ValueError) as error:
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
    value = "" if silent else f" ({_shortened(repr(given))})"
    return f"{place}: {message}{value}" if place else f"{message}{value}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

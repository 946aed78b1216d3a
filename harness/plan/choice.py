"""What the models of an experiment are made of: strict keys, labels, and choices with options."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.errors import nearest

_LABEL = r"^[A-Za-z0-9][A-Za-z0-9_\-.=]*$"
Label = Annotated[str, Field(pattern=_LABEL, max_length=60)]


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


class Choice(Strict):
    """A registered thing and its options: ``spectrogram``, or ``{name: weighted, parts: …}``.

    Attributes:
        name: what it is registered as.
        label: what it is called here; its name if not given.
        options: every other key.
    """

    name: str
    label: Label
    options: dict[str, Any]

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: Any) -> Any:
        if isinstance(given, str):
            given = {"name": given}
        if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
            raise ValueError("needs a name, or a mapping with the key 'name'")
        options = {k: v for k, v in given.items() if k not in ("name", "label")}
        if any(not isinstance(k, str) for k in options):
            raise ValueError("option names must be text")
        return {
            "name": given["name"],
            "label": given.get("label", given["name"]),
            "options": options,
        }

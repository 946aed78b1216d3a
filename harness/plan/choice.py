"""What the models of an experiment are made of: labels, and choices with options."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from common.validation import Strict

_LABEL = r"^[A-Za-z0-9][A-Za-z0-9_\-.=]*$"
Label = Annotated[str, Field(pattern=_LABEL, max_length=60)]


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

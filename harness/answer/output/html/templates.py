"""The templates, styles and scripts of the pages in this folder."""

from importlib.resources import files
from typing import Any


def part(name: str) -> str:
    """The content of a file in this folder."""
    return files("harness.answer.output.html").joinpath(name).read_text(encoding="utf-8")


def filled(template: str, **values: Any) -> bytes:
    """A page made from a template in this folder; all values are escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(part(template)).render(**values).encode()

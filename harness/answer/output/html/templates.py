"""What the pages of this folder are made of: files beside this one, and how they are filled in."""

from importlib.resources import files
from typing import Any


def part(name: str) -> str:
    """A file of this folder."""
    return files("harness.answer.output.html").joinpath(name).read_text(encoding="utf-8")


def filled(template: str, **values: Any) -> bytes:
    """A page of this folder with its values, all of them escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(part(template)).render(**values).encode()

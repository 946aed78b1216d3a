"""Directives that write the reference from the code: commands, keys, plug-ins, terms.

Each makes Markdown, which Sphinx reads as if it stood in the page.
"""

import inspect
import re
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from docutils import nodes
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from typer.main import get_command

from harness.answer.output.html.terms import TERMS
from harness.cli.main import app as command_line
from harness.plan.experiment import BankPlan, ContrivedTarget, Experiment, RecordedTarget
from harness.plan.networks import NetworkPlan
from harness.plan.options import option_defaults
from harness.plan.registry import KINDS, Registry
from harness.plan.sweeps import Sweep

_MODELS = {
    "The experiment": Experiment,
    "A recorded target": RecordedTarget,
    "A contrived target": ContrivedTarget,
    "A network": NetworkPlan,
    "The bank": BankPlan,
    "A sweep": Sweep,
}


class _Written(SphinxDirective):
    """A directive without arguments whose content is Markdown made by ``lines``."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(self.lines()), allow_section_headings=True)

    def lines(self) -> Iterator[str]:
        raise NotImplementedError


class Commands(_Written):
    """Every command with its arguments and options."""

    def lines(self) -> Iterator[str]:
        for name, command in sorted(get_command(command_line).commands.items()):
            yield from self._of(f"ga-synth {name}", command)

    def _of(self, name: str, command: Any) -> Iterator[str]:
        if inner := getattr(command, "commands", None):
            for below, one in sorted(inner.items()):
                yield from self._of(f"{name} {below}", one)
            return
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
        words = " ".join(_usage(p) for p in arguments)
        yield from (f"## {name}", "", "```text", f"{name} {words}".rstrip(), "```", "")
        yield from (_plain(command.help), "")
        if options or arguments:
            yield from ("| | |", "| --- | --- |")
            yield from (f"| {_usage(p)} | {_plain(p.help)} |" for p in arguments)
            yield from (f"| {_flags(p)} | {_plain(p.help)}{_default(p)} |" for p in options)
            yield ""


class Keys(_Written):
    """Every key of an experiment file: what it is, its type, its default."""

    def lines(self) -> Iterator[str]:
        for title, model in _MODELS.items():
            about = _attributes(model)
            yield from (f"## {title}", "", _first_paragraph(model), "")
            yield from ("| key | type | default | |", "| --- | --- | --- | --- |")
            for key, field in model.model_fields.items():
                yield f"| `{key}` | {_type(field)} | {_field_default(field)} | {about[key]} |"
            yield ""


class Plugins(_Written):
    """Everything that is registered, with its options and their defaults."""

    def lines(self) -> Iterator[str]:
        registry = Registry(())
        for kind in KINDS:
            found = [p for p in registry.all() if p.kind == kind and p.source == "built in"]
            if kind == "judge" or not found:
                continue
            yield from (f"## {kind}", "")
            for plugin in found:
                cls = registry.get(kind, plugin.name)
                yield from (f"### {plugin.name}", "", _first_paragraph(cls), "")
                if defaults := option_defaults(cls):
                    about = _attributes(cls)
                    yield from ("| option | default | |", "| --- | --- | --- |")
                    for option, default in defaults.items():
                        shown = "required" if default is ... else f"`{_cell(repr(default))}`"
                        yield f"| `{option}` | {shown} | {about.get(option, '')} |"
                    yield ""


class Glossary(_Written):
    """The words of the reports, as their tooltips explain them."""

    def lines(self) -> Iterator[str]:
        yield from ("| | |", "| --- | --- |")
        for word, meaning in sorted(TERMS.items()):
            yield f"| **{word}** | {_cell(meaning)} |"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _plain(text: str | None) -> str:
    """Help of a command as Markdown of one line, safe in a table."""
    return _cell(" ".join((text or "").split())).replace("*", r"\*").replace("<", "&lt;")


def _usage(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name).strip("[]").upper()
    return name if parameter.required else f"[{name}]"


def _flags(option: Any) -> str:
    return ", ".join(f"`{flag}`" for flag in [*option.opts, *option.secondary_opts])


def _default(option: Any) -> str:
    value = option.default
    if callable(value) or value in (None, "", (), [], False, True) or option.is_flag:
        return ""
    return f" Default: `{value}`."


def _first_paragraph(cls: type) -> str:
    return " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split()).replace("``", "`")


def _attributes(cls: type) -> dict[str, str]:
    """What a docstring says of each attribute or argument, in a line."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        text = inspect.cleandoc(vars(base).get("__doc__") or "")
        for block in re.findall(r"^(?:Attributes|Args):\n((?:    .*\n?|\n)+)", text, re.MULTILINE):
            for name, about in re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", block, re.MULTILINE):
                found[name] = _cell(" ".join(about.split()).replace("``", "`"))
    return found


def _type(field: FieldInfo) -> str:
    limits = [
        f"{word} {getattr(rule, name):,}"
        for rule in field.metadata
        for name, word in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))
        if hasattr(rule, name)
    ]
    return ", ".join([_named(field.annotation), *limits])


_WORDS = {int: "whole number", float: "number", str: "text", bool: "true or false"}


def _named(kind: Any) -> str:
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _named(args[0])
    if origin in (types.UnionType, Union):
        parts = dict.fromkeys(_named(arg) for arg in args if arg is not type(None))
        return " or ".join(parts)
    if origin is list:
        return f"list of {_named(args[0])}"
    if origin is dict:
        return "mapping"
    if args:
        return " or ".join(f"`{arg}`" for arg in args)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {"Choice": "name, or mapping with `name`"}.get(kind.__name__, "mapping")
    return _WORDS.get(kind, "any")


def _field_default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return f"`{value.name}`" if hasattr(value, "name") else "see below"
    if isinstance(value, list) and value and isinstance(value[0], BaseModel):
        return ", ".join(f"`{one.name}`" for one in value)
    return "" if value in (None, "", [], {}) else f"`{_cell(str(value))}`"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    for name, directive in {
        "ga-synth-commands": Commands,
        "ga-synth-keys": Keys,
        "ga-synth-plugins": Plugins,
        "ga-synth-terms": Glossary,
    }.items():
        app.add_directive(name, directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

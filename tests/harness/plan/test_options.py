from pathlib import Path
from typing import Any, Literal

import pytest

from common.blame import blamed
from fitness.base import Fitness
from harness.plan.options import checked_options, option_defaults, positional_options


class Base:
    def __init__(self, target: str, *, depth: int = 3, ratio: float = 0.5) -> None: ...


class Passing(Base):
    def __init__(self, target: str, *, mode: Literal["max", "mean"] = "max", **more: Any) -> None:
        super().__init__(target, **more)


class Deeper(Passing):
    def __init__(self, target: str, *, depth: int = 9, **more: Any) -> None:
        super().__init__(target, **more)


class Silent(Base):
    """No constructor of its own."""


class Closed(Base):
    def __init__(self, target: str, *, only: int) -> None:
        super().__init__(target)


class Untyped:
    def __init__(self, target, *, anything=None): ...


class Odd:
    def __init__(self, *, folder: Any = Path("a")) -> None: ...


class Unreadable:
    def __init__(self, *, thing: "NoSuchType" = 1) -> None: ...  # noqa: F821


class Positional(Fitness):
    def __init__(self, target, sample_rate, frames, hop=3) -> None: ...

    def distance(self, sound): ...


class Defaulted(Fitness):
    def __init__(self, target, sample_rate, hop=3, *, frames: int = 1) -> None: ...

    def distance(self, sound): ...


def test_an_option_before_the_star_is_refused_with_how_to_declare_it(refused):
    star = "def __init__(self, target, sample_rate, *, frames, ...)"
    with refused("Positional: option 'frames' must come after a *", star):
        checked_options(Positional, {}, "fitness[0]")
    with refused("Defaulted: option 'hop' must come after a *"):
        checked_options(Defaulted, {"hop": 4}, "fitness[0]")
    assert checked_options(Defaulted, {}, "fitness[0]") == {"frames": 1}
    assert positional_options(Defaulted) == {"hop": True}


@pytest.mark.parametrize(
    ("cls", "defaults"),
    [
        (Base, {"depth": 3, "ratio": 0.5}),
        (Silent, {"depth": 3, "ratio": 0.5}),
        (Passing, {"depth": 3, "ratio": 0.5, "mode": "max"}),
        (Deeper, {"depth": 9, "ratio": 0.5, "mode": "max"}),
        (Closed, {"only": ...}),
        (Untyped, {"anything": None}),
        (object, {}),
    ],
)
def test_options_are_the_keyword_only_arguments(cls, defaults):
    assert option_defaults(cls) == defaults


def test_defaults_are_filled_in_and_changes_kept():
    assert checked_options(Passing, {"ratio": 1}, "here") == {
        "depth": 3,
        "ratio": 1.0,
        "mode": "max",
    }
    assert checked_options(Untyped, {"anything": {"a": [1]}}, "here") == {"anything": {"a": [1]}}


@pytest.mark.parametrize(
    ("cls", "options", "words"),
    [
        (Base, {"dept": 3}, ["Base has no option 'dept'", "did you mean 'depth'?"]),
        (Base, {"target": "x"}, ["no option 'target'", "allowed: depth, ratio"]),
        (Closed, {"only": 1, "depth": 1}, ["no option 'depth'", "allowed: only"]),
        (Closed, {}, ["only: is missing"]),
        (object, {"x": 1}, ["there are none"]),
        (Base, {"depth": 3.0}, ["depth", "integer", "(3.0)"]),
        (Base, {"depth": "3"}, ["depth", "integer", "'3'"]),
        (Base, {"depth": True}, ["depth", "integer", "True"]),
        (Base, {"ratio": False}, ["ratio", "number", "False"]),
        (Base, {"ratio": "half"}, ["ratio", "number", "'half'"]),
        (Passing, {"mode": "min"}, ["mode", "'max' or 'mean'", "'min'"]),
        (Passing, {"depth": None}, ["depth", "None"]),
        (Odd, {}, ["option 'folder' of Odd", "allowed: numbers, text"]),
    ],
)
def test_refuses(refused, cls, options, words):
    with refused("here: ", *words):
        checked_options(cls, options, "here")


def test_unreadable_annotations_are_the_plugins_mistake(refused):
    with refused("Unreadable", "NoSuchType"):
        option_defaults(Unreadable)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("too small"), "plug-in x: too small"),
        (KeyError("a"), "plug-in x raised KeyError: 'a'"),
        (RuntimeError("one\ntwo"), "plug-in x raised RuntimeError: one"),
    ],
)
def test_blamed(refused, error, line):
    with refused(line), blamed("plug-in x"):
        raise error

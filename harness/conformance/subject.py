"""What the checks of all kinds share: the plug-in under test, and how it falls short."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from harness.plan.options import checked_options, not_positional, positional_options
from synth.base import Synth


class Unfit(Exception):  # noqa: N818 - a verdict, not an error of the suite
    """Why a plug-in does not pass a check, in one line."""


@dataclass(frozen=True)
class Subject:
    """A plug-in under test.

    Attributes:
        cls: its class.
        files: plug-in files with what it names, such as the search of a strategy.
        given: options beside its ``example``.
    """

    cls: type
    files: tuple[Path, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @cached_property
    def options(self) -> dict[str, Any]:
        """Its options: defaults, and its ``example`` for those that must be given."""
        for name in positional_options(self.cls):
            raise Unfit(not_positional(self.cls, name))
        example = {**getattr(self.cls, "example", {}), **self.given}
        where = "options" if self.given else "class attribute example"
        options = checked_options(self.cls, example, where)
        return self.cls.planned(options, Path()) if issubclass(self.cls, Synth) else options

    def make(self, *arguments: Any) -> Any:
        """Make one, as the harness does."""
        return self.cls(*arguments, **self.options)


# Raises Unfit, or returns a remark; the first line of its docstring names what it checks, and the
# rest says how to mend a plug-in that does not pass.
Check = Callable[[Subject], str]


def want(condition: Any, reason: str) -> None:
    """Raise ``Unfit`` for a reason unless a condition holds."""
    if not condition:
        raise Unfit(reason)


def want_array(value: Any, shape: tuple[int, ...], what: str) -> None:
    """Raise ``Unfit`` unless a value is an array of real floats, finite and of the shape."""
    want(isinstance(value, np.ndarray), f"{what}: gave {type(value).__name__}; wanted an array")
    want(value.shape == shape, f"{what}: gave shape {value.shape}; wanted {shape}")
    want(value.dtype.kind == "f", f"{what}: gave {value.dtype}; wanted floats")
    want(np.isfinite(value).all(), f"{what}: gave NaN or infinity")


def want_refused(act: Callable[[], Any], what: str) -> None:
    """Raise ``Unfit`` unless ``act`` raises a ValueError."""
    try:
        act()
    except ValueError:
        return
    except Exception as error:
        raise Unfit(f"{what}: raised {type(error).__name__}; wanted ValueError") from error
    raise Unfit(f"{what}: was accepted; wanted ValueError")

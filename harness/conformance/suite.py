"""The suite: every check of a kind, one finding each, whatever the plug-in does."""

import traceback
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.blame import PluginError
from harness.conformance import fitness, network, search, strategy, synth
from harness.conformance.subject import Check, Subject, Unfit

CHECKS: dict[str, tuple[Check, ...]] = {
    "synth": synth.CHECKS,
    "fitness": fitness.CHECKS,
    "judge": fitness.CHECKS,
    "search": search.CHECKS,
    "strategy": strategy.CHECKS,
    "network": network.CHECKS,
}


@dataclass(frozen=True)
class Finding:
    """What came of one check.

    Attributes:
        name: what was checked, in a sentence.
        passed: whether it holds.
        detail: why it does not, or a remark; one line, may be empty.
    """

    name: str
    passed: bool
    detail: str = ""


def findings(
    kind: str, cls: type, files: tuple[Path, ...] = (), given: Mapping[str, Any] | None = None
) -> Iterator[Finding]:
    """Check a plug-in.

    Args:
        kind: synth, fitness, judge, search, strategy or network.
        cls: the plug-in; if options of it must be given, its class attribute ``example`` has them.
        files: plug-in files with what it names, such as the search of a strategy; its own too.
        given: options beside those of ``example``.

    Yields:
        One finding a check, as they come. A plug-in that cannot be made gets this one finding.

    Raises:
        KeyError: for an unknown kind.
    """
    subject = Subject(cls, files, given or {})
    first, *others = CHECKS[kind]
    made = _found(first, subject)
    yield made
    if made.passed:
        for check in others:
            yield _found(check, subject)


def _found(check: Check, subject: Subject) -> Finding:
    name = (check.__doc__ or "").split("\n")[0].rstrip(".")
    try:
        with warnings.catch_warnings(action="ignore"):
            return Finding(name, True, check(subject))
    except Unfit as unfit:
        reason = str(unfit)
    except PluginError as error:
        reason = f"{_line(error)}{_place(error.__cause__ or error, subject)}"
    except Exception as error:  # a plug-in may raise anything
        reason = f"raised {type(error).__name__}: {_line(error)}{_place(error, subject)}"
    return Finding(name, False, reason)


def _line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def _place(error: BaseException, subject: Subject) -> str:
    """The line of the plug-in's own module in which an error arose, if it did there."""
    module = subject.cls.__module__
    lines = [
        f" ({Path(frame.f_code.co_filename).name}, line {line})"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__") == module
    ]
    return lines[-1] if lines else ""

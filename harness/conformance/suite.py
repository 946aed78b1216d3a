"""The suite: every check of a kind, one finding each, whatever the plug-in does."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.blame import PluginError, left, place_of
from common.errors import InputError
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
        mend: what to do about it; one line, may be empty.
    """

    name: str
    passed: bool
    detail: str = ""
    mend: str = ""


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
    made = checked(first, subject)
    yield made
    if made.passed:
        for check in others:
            yield checked(check, subject)


def checked(check: Check, subject: Subject) -> Finding:
    """Do one check."""
    name, _, mend = (check.__doc__ or "").partition("\n")
    name, mend = name.rstrip("."), " ".join(mend.split()).rstrip(".")
    try:
        with warnings.catch_warnings(action="ignore"):
            return Finding(name, True, check(subject))
    except Unfit as unfit:
        return Finding(name, False, str(unfit), mend)
    except PluginError as error:
        place = place_of(error.__cause__ or error, subject.cls.__module__)
        reason = _line(error)
        return Finding(name, False, reason if place in reason else f"{reason}{place}")
    except InputError as error:
        return Finding(name, False, _line(error))
    except (Exception, SystemExit) as error:  # a plug-in may raise anything
        if isinstance(error, SystemExit) and not left(error):
            raise
        said = f": {line}" if (line := _line(error)) else ""
        place = place_of(error, subject.cls.__module__)
        leaves = _RAISES if isinstance(error, SystemExit) else ""
        return Finding(name, False, f"raised {type(error).__name__}{said}{place}", leaves)


_RAISES = "raise a ValueError that says what is wrong, instead of leaving with sys.exit"


def _line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0]

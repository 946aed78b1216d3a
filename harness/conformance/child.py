"""The process in which a plug-in is checked: what kills it costs no more than this process.

``python -m harness.conformance.child`` reads a request as JSON from standard input and writes an
event a line to standard output. ``harness.conformance.apart`` starts it.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from common.errors import InputError, file_trouble
from common.suggest import nearest
from harness.conformance.speed import speed
from harness.conformance.subject import Subject
from harness.conformance.suite import CHECKS, checked
from harness.plan.choice import Choice
from harness.plan.registry import KINDS, Plugin, Registry, refuse_plugins
from harness.plan.synths import planned_synth
from harness.run.printed import printed_lines

Event = dict[str, Any]


def events(plugin: str, kind: str, given: Mapping[str, Any]) -> Iterator[Event]:
    """Check all that is meant by a name or a file.

    Args:
        plugin: a registered name, or a file that ends in ``.py``.
        kind: only this one; all if empty.
        given: options of the plug-in.

    Yields:
        ``{"subject": [kind, name]}``, then for each check ``{"begin": name}``, ``{"finding": …}``,
        and where all hold ``{"speed": text}``.

    Raises:
        InputError: if nothing is meant, or an option does not fit.
    """
    files = (Path(plugin),) if plugin.endswith(".py") else ()
    if given and kind in ("synth", "") and not files:
        # A wrong option is the user's mistake, not a fault of the synth.
        planned_synth(Choice.model_validate({"name": plugin, **given}), Registry(), Path(), "--set")
    registry = Registry(files)
    for one in _meant(plugin, kind, registry):
        yield {"subject": [one.kind, one.name]}
        if one.refused:
            yield {"finding": {"name": "It can be loaded", "passed": False, "detail": one.refused}}
            continue
        subject = Subject(registry.get(one.kind, one.name), files, given)
        yield from _events_of(one.kind, subject)


def _events_of(kind: str, subject: Subject) -> Iterator[Event]:
    passed = True
    for number, check in enumerate(CHECKS[kind]):
        yield {"begin": (check.__doc__ or "").split("\n")[0].rstrip(".")}
        with printed_lines() as printed:
            finding = checked(check, subject)
        yield {"finding": vars(finding), "printed": printed}
        passed = passed and finding.passed
        if number == 0 and not passed:
            return
    if passed:
        yield {"begin": "speed"}
        with printed_lines():
            said = speed(kind, subject)
        yield {"speed": said}


def _meant(plugin: str, kind: str, registry: Registry) -> list[Plugin]:
    """All that is in a file, or all that is called so."""
    # A judge may be any fitness.
    kinds = {"": KINDS, "judge": ("judge", "fitness")}.get(kind, (kind,))
    if registry.files:
        chosen = [p for p in registry.all(kinds) if p.source == str(registry.files[0])]
        if not chosen:
            raise InputError(f"plug-in {plugin}: defines no {kind}")
        return chosen
    chosen = registry.all(kinds, plugin)
    if not chosen:
        raise InputError(
            f"{kind or 'plug-in'} {plugin!r} is not registered; {_hint(plugin, kinds)}"
        )
    return chosen


def _hint(plugin: str, kinds: tuple[str, ...]) -> str:
    """What may have been meant: a file, or another name."""
    if (file := Path(f"{plugin}.py")).is_file():
        return f"did you mean the file {str(file)!r}?"
    hint = nearest(plugin, {name for kind in kinds for name in Registry().names(kind)})
    if hint.startswith("did"):
        return hint
    return "the name of a file ends in .py; ga-synth list shows all other names"


def main() -> None:
    """Answer one request."""
    # What a library prints goes elsewhere than the events.
    events_to = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.read())
    if request.pop("no_plugins"):
        refuse_plugins()
    try:
        for event in events(**request):
            print(json.dumps(event), file=events_to, flush=True)
        last: Event = {"done": True}
    except InputError as error:
        last = {"refused": str(error)}
    except OSError as error:
        # A name that a file system does not take, or no permission.
        if not (trouble := file_trouble(error)):
            raise
        last = {"refused": trouble}
    print(json.dumps(last), file=events_to, flush=True)


if __name__ == "__main__":
    main()

"""Our names as MLflow's: one to one, and ordinary names stay as they are.

MLflow takes letters, digits, ``_ - . :``, spaces and slashes, at most 250 of them, in the name of a
metric, parameter or tag; our labels, sections and genes may hold anything. What it does not take
becomes ``:x28:``, the code of the character in hexadecimal.
"""

import hashlib
import json
import re
from collections.abc import Iterable

_LONGEST, _KEPT = 250, 200
# The most that MLflow keeps of a tag.
_LONGEST_TAG = 8000
# A colon before an x would read as the beginning of a code.
_UNFIT = re.compile(r"[^\w.\- :]|:(?=x)")
# Our own metrics, in groups that also have one for each section or judge.
_OURS = {
    "diversity": re.compile(r"whole_|sound_|evaluated_distance$"),
    "judge": re.compile(r"parameter_error$"),
}
# Begins no code: sets apart what would be empty, or would be one of ours.
_APART = ":x:"


def key(group: str, name: str) -> str:
    """MLflow's name for one of ours, of at most 250 characters.

    Args:
        group: the part before the first slash, such as ``judge``; it has ordinary characters.
        name: any text. No two names of a group give the same key, nor one of our own metrics'.
    """
    apart = _APART if group in _OURS and _OURS[group].match(name) else ""
    fitting = f"{group}/{apart}{'/'.join(_part(part) for part in name.split('/'))}"
    if len(fitting) <= _LONGEST:
        return fitting
    return f"{fitting[:_KEPT]}:x-{hashlib.sha256(fitting.encode()).hexdigest()[:32]}"


def originals(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A tag that says what MLflow's names stand for; empty if every name is as it was.

    Args:
        pairs: MLflow's name and ours.
    """
    changed = {theirs: ours for theirs, ours in pairs if not theirs.endswith(f"/{ours}")}
    text = json.dumps(changed, ensure_ascii=False)
    return {"names": text[:_LONGEST_TAG]} if changed else {}


def _part(text: str) -> str:
    """What lies between two slashes, never a step of a path: empty, ``.`` or ``..``."""
    if text in ("", ".", ".."):
        return "".join(_code(letter) for letter in text) or _APART
    return _UNFIT.sub(lambda found: _code(found.group()), text)


def _code(letter: str) -> str:
    return f":x{ord(letter):x}:"

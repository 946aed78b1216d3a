"""Suggest what was probably meant by a wrong name."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import PurePath

# Below it, what two names share is chance: "evil" and "vital" are alike to 0.67.
_ALIKE = 0.7
# Further letters that an abbreviation leaves out: "cmaes" is "cma_es" without its line.
_SIGNS = str.maketrans("", "", "_-. ")


def nearest(name: str, known: Iterable[str]) -> str:
    """Say what was probably meant by ``name``, or else what is allowed."""
    names = sorted(known)
    near = _near(str(name), names)
    if near:
        return f"did you mean {near!r}?"
    return f"allowed: {', '.join(names)}" if names else "there are none to choose from"


def _near(name: str, names: list[str]) -> str:
    """The most similar name; empty if none is similar enough."""
    # An ending that all files share says nothing about which of them was meant.
    bare = {_bare(known, name): known for known in reversed(names)}
    given = _bare(name, name)
    begun = [known for known in bare if len(given) > 1 and known.startswith(given)]
    found = get_close_matches(given, bare, 1, _ALIKE) or (begun if len(begun) == 1 else [])
    return bare[found[0]] if found else ""


def _bare(text: str, name: str) -> str:
    ending = PurePath(name).suffix
    return text.removesuffix(ending).translate(_SIGNS).lower()

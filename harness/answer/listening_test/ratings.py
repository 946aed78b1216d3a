"""The answers that listeners gave, read from the files that ``listen.html`` saves."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from common.errors import InputError
from common.suggest import nearest
from harness.answer.listening_test.blinding import blinded
from harness.answer.load import Results

# What each answer says of sound A: 1 if it is closer, 0 if B is.
CLOSER = {"a": 1.0, "neither": 0.5, "b": 0.0}
_KEYS = {"question", "target", "a", "b", "closer"}
_FORM = "needs {comparison, listener, answers: [{question, target, a, b, closer}, ...]}"
_SAVED = "save the answers in listen.html again"


def read_ratings(results: Results, files: Sequence[Path]) -> pd.DataFrame:
    """The answers of all listeners.

    Args:
        results: the results of the comparison that they compared sounds of.
        files: one per listener, as saved by ``listen.html``.

    Returns:
        One row per answer, in the order of the questions: ``listener`` (the file's name, numbered
        if several files share it), ``target``, ``first`` and ``second`` (names of trials), and
        ``score`` (1 if the first was closer, 0 if the second, one half if neither).

    Raises:
        InputError: for a file that holds no answers of this comparison, or two files of one
            listener.
    """
    comparison = results.experiment["name"]
    trials = {blinded(comparison, t["name"]): t for t in results.trials.to_dict("records")}
    found, owners = list[pd.DataFrame](), dict[str, Path]()
    for path in files:
        given = _parsed(path, comparison)
        listener = given["listener"]
        if (before := owners.get(listener)) is not None:
            raise InputError(
                f"ratings {path}: the same listener as in {before}; give the later file only"
            )
        owners[listener] = path
        rows = [_answer(path, i, one, trials) for i, one in enumerate(given["answers"])]
        if not rows:
            raise InputError(f"ratings {path}: no question is answered")
        asked = pd.DataFrame(rows)
        if asked["question"].duplicated().any():
            twice = asked["question"][asked["question"].duplicated()].iloc[0]
            raise InputError(f"ratings {path}: question {twice} is answered twice; {_SAVED}")
        label = _label(path, [one["listener"].iloc[0] for one in found])
        found.append(asked.assign(listener=label).sort_values("question"))
    return pd.concat(found, ignore_index=True).drop(columns="question")


def _label(path: Path, taken: Sequence[str]) -> str:
    """The file's name, with a number if other files have the same."""
    same = sum(one == path.stem or one.startswith(f"{path.stem} (") for one in taken)
    return f"{path.stem} ({same + 1})" if same else path.stem


def _parsed(path: Path, comparison: str) -> Any:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"ratings {path}: {str(error.strerror).lower()}") from None
    except (ValueError, RecursionError):
        raise InputError(f"ratings {path}: not JSON; {_FORM}, as saved by listen.html") from None
    if not isinstance(given, Mapping) or not isinstance(given.get("comparison"), str):
        raise InputError(f"ratings {path}: {_FORM}, as saved by listen.html")
    if given["comparison"] != comparison:
        raise InputError(
            f"ratings {path}: answers about {given['comparison']!r}, not about {comparison!r}"
        )
    named = isinstance(given.get("listener"), str) and given["listener"]
    if not named or not isinstance(given.get("answers"), list):
        raise InputError(f"ratings {path}: {_FORM}, as saved by listen.html")
    return given


def _answer(path: Path, i: int, one: Any, trials: Mapping[str, Mapping[Any, Any]]) -> Any:
    """A row of the table, with the number of its question."""
    where = f"ratings {path}: answers[{i}]"
    if not isinstance(one, Mapping) or set(one) != _KEYS:
        raise InputError(f"{where}: needs question, target, a, b and closer")
    number, closer = one["question"], one["closer"]
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InputError(f"{where}: question {number!r}; needs a whole number, 1 or more")
    if not isinstance(closer, str) or closer not in CLOSER:
        raise InputError(f"{where}: closer {closer!r}; needs a, b or neither")
    for key in ("a", "b"):
        if (trial := trials.get(str(one[key]))) is None:
            raise InputError(
                f"{where}: sound {one[key]!r} is not in this comparison; answer the questions of "
                "the listen.html that lies beside its report"
            )
        if trial["target"] != one["target"]:
            hint = nearest(str(one["target"]), [trial["target"]])
            raise InputError(f"{where}: sound {key} is not of target {one['target']!r}; {hint}")
    if one["a"] == one["b"]:
        raise InputError(f"{where}: a and b are the same sound; {_SAVED}")
    first, second = trials[one["a"]]["name"], trials[one["b"]]["name"]
    about = {"question": number, "target": one["target"]}
    return {**about, "first": first, "second": second, "score": CLOSER[closer]}

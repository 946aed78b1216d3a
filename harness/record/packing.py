"""Nested arrays and plain values to one file and back, without pickle and always the same bytes."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

_TREE = "tree.json"
_ARRAY = "array"


def pack(tree: Any) -> bytes:
    """Turn dicts with text keys, lists, tuples, arrays and plain values into bytes.

    Tuples come back as lists; no dict may use the one key ``array`` alone.

    Raises:
        TypeError: for any other value.
    """
    arrays: list[np.ndarray[Any, Any]] = []

    def strip(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            arrays.append(value)
            return {_ARRAY: len(arrays) - 1}
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, dict) and (
            set(value) == {_ARRAY} or any(not isinstance(key, str) for key in value)
        ):
            raise TypeError(f"a dict with the keys {list(value)} would come back as something else")
        return _mapped(value, strip)

    stripped = json.dumps(strip(tree))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        # A ZipInfo made from a name alone carries the date 1980-01-01, whenever it is written.
        archive.writestr(zipfile.ZipInfo(_TREE), stripped)
        for i, array in enumerate(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asarray(array, order="C"), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{i}.npy"), member.getvalue())
    return buffer.getvalue()


def unpack(data: bytes) -> Any:
    """Return what ``pack`` was given.

    Raises:
        ValueError: if the bytes are damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:

            def restore(value: Any) -> Any:
                if isinstance(value, dict) and set(value) == {_ARRAY}:
                    member = io.BytesIO(archive.read(f"{value[_ARRAY]}.npy"))
                    return np.lib.format.read_array(member, allow_pickle=False)
                return _mapped(value, restore)

            return restore(json.loads(archive.read(_TREE)))
    except Exception as error:  # damage shows in many ways
        raise ValueError(f"damaged: {error}") from error


def _mapped(value: Any, function: Callable[[Any], Any]) -> Any:
    """Apply a function to what a container holds."""
    if isinstance(value, dict):
        return {key: function(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [function(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{type(value).__name__} is neither array nor plain value")

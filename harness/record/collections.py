"""What a trial's searches have found besides its best sound: fronts and archives, some to hear."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

COLLECTIONS = "collections.json"


@dataclass(frozen=True)
class Collected:
    """A front or an archive, and the sounds of some of its genomes.

    Attributes:
        agent: whose search has found it.
        kind: ``front`` or ``archive``.
        names: of the values: parts of the distance, or measures.
        distances: shape (n,), the least first.
        values: shape (n, names).
        heard: positions of the genomes that can be heard, shape (m,).
        genes: of these, shape (m, genes).
        sounds: of these, shape (m, samples).
    """

    agent: str
    kind: str
    names: tuple[str, ...]
    distances: NDArray[np.float64]
    values: NDArray[np.float64]
    heard: NDArray[np.int64]
    genes: NDArray[np.float64]
    sounds: NDArray[np.float32]


def collection_records(collections: Sequence[Collected]) -> list[dict[str, Any]]:
    """Return collections as plain values, in which each sound has the name of its file."""
    records, number = [], 0
    for one in collections:
        heard = []
        for at, genes in zip(one.heard.tolist(), one.genes.tolist(), strict=True):
            number += 1
            heard.append({"at": at, "sound": f"collections.{number:02}.flac", "genes": genes})
        records.append(
            {
                "agent": one.agent,
                "kind": one.kind,
                "names": list(one.names),
                "distances": one.distances.tolist(),
                "values": one.values.tolist(),
                "heard": heard,
            }
        )
    return records

"""The scale on which distances of different targets and fitness functions can be averaged."""

import numpy as np
import pandas as pd

_MOST = 20


def halvings(distance: pd.Series, reference: pd.Series) -> pd.Series:
    """How often the reference can be halved before the distance is reached, at most 20 times.

    A distance of 0 against a reference of 0 counts as no halving; NaN without a reference.
    """
    smallest = np.maximum(distance, reference * 2.0**-_MOST)
    with np.errstate(divide="ignore", invalid="ignore"):
        halved = pd.Series(np.log2(reference / smallest), index=distance.index)
    return halved.mask((distance == 0) & (reference == 0), 0.0)

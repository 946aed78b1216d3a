"""Sources of randomness: every purpose has a domain of its own, so no two ever share numbers.

NumPy takes ``[0, 0]`` and ``[0, 0, 0]`` for the same seed. Here the seed is a hash of the domain's
name and of the whole key, so that purposes with keys of any length stay apart.
"""

import hashlib
import json

import numpy as np


def random_source(domain: str, *key: int | str) -> np.random.SeedSequence:
    """Return the source for one purpose.

    Args:
        domain: what the numbers are for, such as ``first population``.
        key: what they follow from; equal keys of a domain give equal numbers.
    """
    text = json.dumps([domain, *key])
    return np.random.SeedSequence(int.from_bytes(hashlib.sha256(text.encode()).digest()))


def generator(domain: str, *key: int | str) -> np.random.Generator:
    """Return a generator on the source for one purpose."""
    return np.random.default_rng(random_source(domain, *key))


def seed(domain: str, *key: int | str) -> int:
    """Return an integer seed, 0 to 2^32 - 1, for a library that takes nothing else."""
    return int(random_source(domain, *key).generate_state(1)[0])

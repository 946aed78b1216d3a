"""Numbers that stand for trials in the listening test, so that listeners cannot identify them."""

import hashlib


def blinded(comparison: str, trial: str) -> str:
    """A trial's number on the page, which does not reveal its name."""
    return hashlib.sha256(f"{comparison}\n{trial}".encode()).hexdigest()[:16]

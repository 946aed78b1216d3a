"""Numbers that stand for trials in the listening test, so that listeners cannot tell them apart."""

import hashlib


def blinded(comparison: str, trial: str) -> str:
    """A trial's number on the page, from which its name cannot be read."""
    return hashlib.sha256(f"{comparison}\n{trial}".encode()).hexdigest()[:16]

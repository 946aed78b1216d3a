"""Passwords stay out of what is printed."""

import re

_LOGIN = re.compile(r"(?<=://)[^/@\s]*@(?=[^\s])")


def without_secrets(text: str) -> str:
    """Return a text in which no address names a user or a password."""
    return _LOGIN.sub("***@", text)

"""The error for a user's mistake: one line with the value, the place and what is allowed."""

import os


class InputError(Exception):
    """A mistake in what the user gave; its text is the one line that they read."""


def file_trouble(error: OSError) -> str:
    """Say which file a system call could not use, and why; empty if the error names none."""
    if error.filename is None or error.errno is None:
        return ""
    return f"{error.filename}: {os.strerror(error.errno).lower()}"

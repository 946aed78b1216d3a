"""The error for a user's mistake: one line with the value, the place and what is allowed."""


class InputError(Exception):
    """A mistake in what the user gave; its text is the one line that they read."""

"""A table of an answer, for people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table for people.

    Attributes:
        title: its heading.
        columns: headings of the columns; the first is that of the row names.
        rows: name and cells of each row.
        about: what the figures are.
        own_terms: whether its words mean something else than the report's terms.
    """

    title: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]
    about: str
    own_terms: bool = False

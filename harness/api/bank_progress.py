"""Progress of making a bank on the terminal: a line at every tenth."""

import json
from typing import Any

import typer


class BankProgress:
    """Prints how many sounds of a bank are ready.

    Args:
        size: how many there will be.
        as_json: whether to print JSON instead of text.
        quiet: whether to print nothing.
    """

    def __init__(self, size: int, *, as_json: bool, quiet: bool) -> None:
        self._size, self._as_json, self._quiet = size, as_json, quiet
        self._tenths = -1

    def on_part(self, row: dict[str, Any]) -> None:
        """Print a line, if another tenth is ready."""
        tenths = 10 * row["sounds"] // self._size
        if self._quiet or tenths == self._tenths:
            return
        self._tenths = tenths
        if self._as_json:
            typer.echo(json.dumps(row))
        else:
            typer.echo(f"bank of known sounds (made once): {row['sounds']:,} of {self._size:,}")

    def on_wait(self, holder: str) -> None:
        """Print that another run is making the bank."""
        if self._as_json:
            typer.echo(json.dumps({"event": "waiting", "bank": True, "holder": holder}))
        elif not self._quiet:
            typer.echo(f"waiting for {holder}, which is making this bank …")

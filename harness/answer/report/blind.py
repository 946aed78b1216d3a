"""The page on which people rank sounds without knowing what found them.

It holds the sounds of the report's *Listen*, each with a number that only this comparison's journal
can turn back into a trial. The page deals them out in an order of its own each time it is opened.
"""

import hashlib
from collections.abc import Sequence

from harness.answer.report.listening import Listening
from harness.answer.report.parts import filled, part

BLIND = "listen.html"


def blind_page(comparison: str, listening: Sequence[Listening]) -> bytes:
    """The page, which needs nothing else.

    Args:
        comparison: its name.
        listening: for each target what is heard, the target first.
    """
    groups = [
        (
            item.target,
            item.sounds[0].audio,
            # By what tells nothing: an order of strategies would be seen where scripts are off.
            sorted((blinded(comparison, sound.trial), sound.audio) for sound in item.sounds[1:]),
        )
        for item in listening
    ]
    return filled(
        "blind.html",
        name=comparison,
        groups=groups,
        style=part("style.css"),
        # It deals out the sounds before the players are counted.
        script=part("blind.js") + part("players.js").replace('"use strict";\n', ""),
    )


def blinded(comparison: str, trial: str) -> str:
    """A trial's number on the page, from which nobody reads its name."""
    return hashlib.sha256(f"{comparison}\n{trial}".encode()).hexdigest()[:16]

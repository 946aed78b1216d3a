"""The page on which people rank sounds without knowing what found them.

It holds the sounds of the report's *Listen*, each with a number that only this comparison's journal
can turn back into a trial. The page deals them out in an order of its own each time it is opened.
"""

from collections.abc import Sequence

from harness.answer.listening_test.blinding import blinded
from harness.answer.output.html.listening import Listening
from harness.answer.output.html.templates import filled, part

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
        "listening_page.html",
        name=comparison,
        groups=groups,
        style=part("style.css"),
        # It deals out the sounds before the players are counted.
        script=part("listening_page.js") + part("players.js").replace('"use strict";\n', ""),
    )

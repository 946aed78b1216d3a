"""The page of the listening test, on which people rank sounds without knowing what found them.

It has the sounds of the report's section *Listen*, each with a number that only this comparison's
journal can turn back into a trial. Each time the page is opened, it shuffles them.
"""

from collections.abc import Sequence

from harness.answer.listening_test.blinding import blinded
from harness.answer.output.html.sound_cards import TargetSounds
from harness.answer.output.html.templates import filled, part


def listening_page(comparison: str, by_target: Sequence[TargetSounds]) -> bytes:
    """The page, which is self-contained.

    Args:
        comparison: its name.
        by_target: the sounds of each target, the target first.
    """
    groups = [
        (
            item.target,
            item.cards[0].audio,
            # Sorted by number: without scripts, the order of strategies would give them away.
            sorted((blinded(comparison, card.trial), card.audio) for card in item.cards[1:]),
        )
        for item in by_target
    ]
    return filled(
        "listening_page.html",
        name=comparison,
        groups=groups,
        style=part("style.css"),
        # The sounds are shuffled first, so that the players are numbered in their final order.
        script=part("listening_page.js") + part("players.js").replace('"use strict";\n', ""),
    )

"""The page of the listening test, on which people compare sounds without knowing what found them.

It has the sounds of the report's section *Listen*, each with a number that only this comparison's
journal can turn back into a trial, and the questions in the order in which they are asked.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

from harness.answer.listening_test.blinding import blinded
from harness.answer.listening_test.questions import questions
from harness.answer.output.html.sound_cards import TargetSounds
from harness.answer.output.html.templates import filled, part


def listening_page(
    comparison: str, by_target: Sequence[TargetSounds], strategies: Mapping[str, str]
) -> bytes:
    """The page, which is self-contained.

    Args:
        comparison: its name.
        by_target: the sounds of each target, the target first.
        strategies: the strategy of each trial that found one of the sounds.
    """
    found = {item.target: [card.trial for card in item.cards[1:]] for item in by_target}
    asked = [
        [one.target, blinded(comparison, one.first), blinded(comparison, one.second)]
        for one in questions(comparison, found, strategies)
    ]
    heard = {number for question in asked for number in question[1:]}
    audio = {
        blinded(comparison, card.trial): card.audio for item in by_target for card in item.cards[1:]
    }
    test = {
        "comparison": comparison,
        # Answers are kept for these questions alone.
        "key": hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16],
        "questions": asked,
        "targets": {item.target: item.cards[0].audio for item in by_target},
        # Sorted by number: the order of strategies would give them away.
        "sounds": {number: audio[number] for number in sorted(heard)},
    }
    return filled(
        "listening_page.html",
        name=comparison,
        test=test,
        count=len(asked),
        style=part("style.css") + part("listening_page.css"),
        script=part("players.js") + part("listening_page.js").replace('"use strict";\n', ""),
    )

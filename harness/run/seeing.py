"""What a search is shown of candidates besides their distances: views, measures, parts."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from fitness.measures import Measures
from fitness.streaming import SoundStream, StreamingFitness
from fitness.views import Views, across_channels
from simd import Audio
from simd.blocks import blocks_of
from strategies.searches.base import Sense, Sight


class Look(NamedTuple):
    """What is wanted of candidates besides their distances.

    Attributes:
        sees: what the search sees.
        of: the label of the distance whose parts are meant.
    """

    sees: Collection[Sense]
    of: str

    @property
    def split(self) -> str:
        """The label of the distance that is split into its parts; empty if none is."""
        return self.of if "parts" in self.sees else ""


class Eyes:
    """Looks at sounds, sixteen at a time, against one target.

    Args:
        sounds: the target's channels, shape (channels, samples).
        sample_rate: in hertz.
        weights: how much each channel counts, of sum 1; None if all count the same.
    """

    def __init__(self, sounds: Audio, sample_rate: int, weights: Sequence[float] | None) -> None:
        self._sounds, self._sample_rate, self._weights = sounds, sample_rate, weights

    def watchers(self, sees: Collection[Sense]) -> list[StreamingFitness]:
        """Return what must watch a stream of sounds, so that ``streamed`` can tell about them."""
        views: list[StreamingFitness] = [*self._views] if "views" in sees else []
        return [*views, self._measures] if "measures" in sees else views

    def streamed(
        self, sees: Collection[Sense], stream: SoundStream, first: int, count: int
    ) -> Sight:
        """Return what the watchers have seen of a stream that has ended.

        Args:
            sees: what is wanted.
            stream: in which the watchers are.
            first: the position of the first of them.
            count: how many sounds there are.
        """
        sight, at = Sight(), first
        if "views" in sees:
            each = enumerate(self._views, start=first)
            seen = [one.seen(stream.sums(position), count) for position, one in each]
            sight, at = Sight(*across_channels(seen, self._weights)), first + len(self._views)
        if "measures" in sees:
            sight = sight._replace(measures=self._measures.relative(stream.sums(at))[:count])
        return sight

    def heard(self, sees: Collection[Sense], sounds: Audio) -> Sight:
        """Return the same of up to sixteen whole sounds, shape (n, samples)."""
        if not (watchers := self.watchers(sees)):
            return Sight()
        stream = SoundStream(watchers)
        stream.begin(len(sounds))
        for block in blocks_of(np.ascontiguousarray(sounds)):
            stream.push(block)
        stream.end()
        return self.streamed(sees, stream, 0, len(sounds))

    @cached_property
    def _views(self) -> list[Views]:
        """The views of each channel of the target."""
        return [Views(sound, self._sample_rate) for sound in self._sounds]

    @cached_property
    def _measures(self) -> Measures:
        """Measures are the candidate's alone: one channel of the target tells length and rate."""
        return Measures(self._sounds[0], self._sample_rate)


def joined(sights: Sequence[Sight]) -> Sight:
    """Join what was seen of consecutive groups of sounds; at least one group."""
    views = zip(*(one.residuals for one in sights), strict=True)
    return Sight(
        [np.concatenate(view) for view in views],
        *(np.concatenate([one[part] for one in sights]) for part in range(1, len(Sight._fields))),
    )

"""Beats to seconds, at a tempo that may change."""

from collections.abc import Sequence
from math import log


class Clock:
    """Tells when a beat is played.

    Between two changes the tempo moves in a straight line over the beats, so that the seconds of a
    beat are the integral of 60 / tempo.

    Args:
        tempos: beats, ascending from 0 on, and the tempo there, in beats a minute, above 0; at
            least one.
    """

    def __init__(self, tempos: Sequence[tuple[float, float]]) -> None:
        # The first tempo is also that of everything before it.
        self._tempos = [(0.0, tempos[0][1]), *tempos]
        self._starts = [0.0]
        for (beat, tempo), (end, last) in zip(self._tempos, self._tempos[1:], strict=False):
            self._starts.append(self._starts[-1] + _taken(end - beat, tempo, last))

    @property
    def tempo(self) -> float:
        """The tempo at the beginning, in beats a minute."""
        return self._tempos[0][1]

    def seconds(self, beat: float) -> float:
        """Return when a beat, 0 or more, is played."""
        at = max(i for i, (begin, _) in enumerate(self._tempos) if begin <= beat)
        begin, tempo = self._tempos[at]
        after = self._tempos[at + 1 : at + 2] or [(beat, tempo)]
        end, last = after[0]
        share = (beat - begin) / (end - begin) if end > begin else 0.0
        return self._starts[at] + _taken(beat - begin, tempo, tempo + share * (last - tempo))


def _taken(beats: float, tempo: float, last: float) -> float:
    """Return the seconds of some beats while the tempo moves from one to another."""
    if abs(last - tempo) < 1e-9 * tempo:
        return 60 * beats / tempo
    return 60 * beats * log(last / tempo) / (last - tempo)

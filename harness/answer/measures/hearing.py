"""What is heard in the targets and in the best sounds of a comparison, each analysed once."""

from common.heard import Heard
from fitness.analysis import analyse
from harness.answer.load import Results, sound_file, target_file
from harness.record.sounds import read_sound


class Hearing:
    """Analyses sounds of a comparison when they are first asked for.

    Args:
        results: with the sounds.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self._known: dict[tuple[str, str], Heard] = {}

    def of(self, target: str, name: str = "") -> Heard:
        """Return what is heard in the channel with the most energy.

        Args:
            target: label of a target.
            name: of a trial, for its best sound; empty for the target itself.
        """
        key = target, name
        if key not in self._known:
            results = self._results
            sounds, rate = read_sound(
                sound_file(results, name) if name else target_file(results, target)
            )
            self._known[key] = analyse(sounds[int((sounds**2).sum(axis=1).argmax())], rate)
        return self._known[key]

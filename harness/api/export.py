"""Carry a patch over to another synth, and show how alike both play."""

from pathlib import Path

from harness.api.match_progress import MatchProgress
from harness.match.export import Exported, exported
from harness.match.options import MatchOptions


def export_patch(path: Path, options: MatchOptions, shown: MatchProgress) -> Exported:
    """Find the knobs of another synth that play what a patch plays, and show the result.

    Args:
        path: the patch, or the folder of a match.
        options: of the search; ``synth`` is the other synth.
        shown: shows how it goes.

    Raises:
        InputError: if anything does not fit, or a synth fails.
    """
    found = exported(path, options, shown)
    shown.finished(found.match)
    shown.other_notes(found.notes)
    return found

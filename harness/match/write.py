"""The folder of a match: its sound, its patch, the synth's own files, and the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.match.finish import Finisher, Found
from harness.match.page.write import PageContent, Version, write_page
from harness.match.patch import Patch, write_patch
from harness.match.plan import MatchPlan
from harness.record.files import write_bytes
from harness.record.trial_folder import genome_record
from simd import Audio
from synth.sound import wav_bytes

SOUND, PATCH, PAGE = "match.wav", "patch.json", "index.html"


@dataclass(frozen=True)
class Story:
    """What the page says besides the sounds.

    Attributes:
        facts: what was done, and its value.
        notes: sentences for the person.
    """

    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]


def write_sound(plan: MatchPlan, patch: Patch, sound: Audio) -> None:
    """Write the sound and the patch alone, to be heard while the search goes on."""
    write_bytes(plan.folder / SOUND, _wav(sound, plan.target.sample_rate))
    write_patch(plan.folder / PATCH, patch, plan.space)


def write_match(
    plan: MatchPlan, finisher: Finisher, versions: Sequence[Found], story: Story
) -> Path:
    """Write everything; returns the page.

    Args:
        plan: of the match.
        finisher: that measured the versions.
        versions: the match, then its alternatives.
        story: what else the page says.

    Raises:
        InputError: if the folder cannot be written to.
    """
    folder, rate = plan.folder, plan.target.sample_rate
    # Those of an earlier search, of which there may have been more.
    for old in folder.glob("alternative-*"):
        old.unlink()
    files: dict[str, str] = {}
    for number, found in enumerate(versions):
        stem = "match" if not number else f"alternative-{number}"
        what = "the match" if not number else f"alternative {number}"
        patch = PATCH if not number else f"{stem}.json"
        write_bytes(folder / f"{stem}.wav", _wav(found.sound, rate))
        write_patch(folder / patch, found.patch, plan.space)
        files |= {f"{stem}.wav": f"sound of {what}", patch: f"knobs of {what}"}
        for ending, data in finisher.settings(found).items():
            name = f"{stem}.{'controls.json' if ending == 'patch.json' else ending}"
            write_bytes(folder / name, data)
            files[name] = f"{what}, for {plan.whole.name} itself"
    labels = list(versions[0].distances)
    content = PageContent(
        title=plan.name,
        target=finisher.target,
        sample_rate=rate,
        versions=[_version(plan, number, found) for number, found in enumerate(versions)],
        units={label: plan.unit(label) for label in labels},
        facts=story.facts,
        notes=story.notes,
        files=files,
    )
    write_page(folder / PAGE, content)
    return folder / PAGE


def _version(plan: MatchPlan, number: int, found: Found) -> Version:
    name = f"alternative {number}" if number else "match"
    return Version(name, found.sound, genome_record(plan.space, found.genome), found.distances)


def _wav(sound: Audio, sample_rate: int) -> bytes:
    """A WAV file of a sound; what is louder than it can hold is made just as much softer."""
    return wav_bytes(sound / max(1.0, float(np.abs(sound).max())), sample_rate)

"""What of a target its synth cannot reach, as far as the roles of its knobs tell."""

from common.heard import Heard
from fitness.analysis import analyse
from harness.plan.comparison import Comparison
from harness.plan.targets import LoadedTarget
from strategies.roles import meant
from synth.sound import loudest
from synth.space import ParameterSpace, Role

_HALF_A_SEMITONE = 2 ** (1 / 24)
# What is heard is that much less certain: a part of the peak, and seconds.
_LOUDER, _LATER_S = 1.1, 0.05


def target_notes(comparison: Comparison) -> dict[str, list[str]]:
    """Return what a person should know of each target before a run, by label; often nothing."""
    found = {
        label: notes_of(target, comparison.space) for label, target in comparison.targets.items()
    }
    return {label: notes for label, notes in found.items() if notes}


def notes_of(target: LoadedTarget, space: ParameterSpace) -> list[str]:
    """Return what a person should know of a target before it is matched with a synth, in sentences.

    What a synth rendered itself is within its reach.
    """
    if target.kind != "recorded":
        return list(target.notes)
    channel = target.sounds[loudest(target.sounds)]
    return [*target.notes, *out_of_reach(analyse(channel, target.sample_rate), space)]


def out_of_reach(heard: Heard, space: ParameterSpace) -> list[str]:
    """Say, in sentences, where a sound is beyond the ends of a synth's knobs.

    Leaves out what no knob has the role for, and what is not clearly heard.

    Args:
        heard: what is heard in the target.
        space: the synth's parameters.
    """
    notes = []
    note = _ends(space, "f0")
    if note is not None and heard.clear and heard.f0:
        low, high = note
        if heard.f0 > high * _HALF_A_SEMITONE:
            notes.append(
                f"Its pitch, {heard.f0:,.0f} Hz, is above the synth's notes, {high:,.0f} Hz."
            )
        elif heard.f0 < low / _HALF_A_SEMITONE:
            notes.append(
                f"Its pitch, {heard.f0:,.1f} Hz, is below the synth's notes, {low:,.1f} Hz."
            )
    onset = _ends(space, "onset")
    if onset is not None and heard.onset > onset[1] + _LATER_S:
        notes.append(
            f"It starts at {heard.onset:.2f} s; the synth starts at {onset[1]:.2f} s at the latest."
        )
    length = _ends(space, "length")
    if length is not None:
        last = length[1] + sum(end[1] for end in (onset, _ends(space, "release")) if end)
        if heard.onset + heard.length > last + _LATER_S:
            notes.append(
                f"It sounds until {heard.onset + heard.length:.2f} s; the synth can until "
                f"{last:.2f} s."
            )
    level = _ends(space, "level")
    if level is not None and heard.peak > level[1] * _LOUDER:
        notes.append(f"It peaks at {heard.peak:.3g}; the synth at {level[1]:.3g}.")
    return notes


def _ends(space: ParameterSpace, role: Role) -> tuple[float, float] | None:
    """The lowest and the highest that the knob of a role can mean, if its unit tells."""
    gene = space.roles.get(role)
    if gene is None or space[gene].unit not in _UNITS[role]:
        return None
    parameter = space[gene]
    low, high = (float(meant(parameter, end)) for end in (parameter.low, parameter.high))
    return low, high


_TIMES = ("s", "ms", "s^1/4")
_UNITS: dict[Role, tuple[str, ...]] = {
    "f0": ("Hz", "semitones", "log2 Hz"),
    "onset": _TIMES,
    "length": _TIMES,
    "release": _TIMES,
    "level": ("", "dB"),
}

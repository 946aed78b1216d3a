"""What a match came to, in five lines for a person, and as plain values for a program."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.wording import counted
from harness.match.match import cents_between
from harness.match.page.wording import value_text

if TYPE_CHECKING:
    from harness.match.finish import Found
    from harness.match.match import Match

_KNOBS = 6


def lines_of(match: "Match") -> list[str]:
    """Return the summary that ends a match on the terminal."""
    plan, best = match.plan, match.best
    label = plan.trial.fitness
    renders, budget = match.searched.renders, plan.comparison.experiment.budget
    lines = [
        f"{plan.name}: {best.distances[label]:.3g} {plan.unit(label)} from the target by "
        f"{label}, after {counted(renders, 'render')} and {match.seconds:.1f} s".replace("  ", " "),
        f"  heard   {_heard(match)}",
        f"  knobs   {_main_knobs(match)}",
    ]
    if len(match.versions) > 1:
        count = len(match.versions) - 1
        noun = "alternative sounds" if count == 1 else "alternatives sound"
        lines.append(f"  {count} {noun} about as close, with other knobs")
    elif plan.options.alternatives:
        lines.append("  no alternative that sounds as close was found; try a larger budget")
    lines += [f"  note    {note}" for note in match.notes]
    if match.signal:
        lines.append(
            f"  stopped after {renders:,} of {counted(budget, 'render')}: this is the best so far; "
            "the same command goes on"
        )
    lines.append(f"  look    {match.page}")
    lines.append(f"  change  ga-synth render {_quoted(match.page.parent / 'patch.json')} --set …")
    return lines


def as_plain(match: "Match") -> dict[str, Any]:
    """Return a match as plain values.

    ``distances`` by label; ``level_db`` and ``cents`` against the target; ``onset_s`` how much
    later it starts; ``ended`` is budget, below, stall, or empty if the search can go on.
    """
    return {
        "sound": match.plan.name,
        "folder": str(match.page.parent),
        "page": str(match.page),
        "renders": match.searched.renders,
        "seconds": round(match.seconds, 3),
        "ended": match.searched.ended,
        "f0": match.target.f0,
        "notes": list(match.notes),
        "versions": [_version(match, found) for found in match.versions],
    }


def _version(match: "Match", found: "Found") -> dict[str, Any]:
    return {
        "distances": dict(found.distances),
        "f0": found.heard.f0,
        "cents": cents_between(match.target, found.heard),
        "level_db": found.level_db,
        "onset_s": found.heard.onset - match.target.onset,
        "knobs": dict(found.patch.values),
    }


def _heard(match: "Match") -> str:
    best, target = match.best, match.target
    words = []
    if match.cents is not None:
        words.append(f"{best.heard.f0:.1f} Hz ({match.cents:+z.0f} cents)")
    elif target.f0:
        words.append(f"no pitch (target {target.f0:.1f} Hz)")
    words.append(f"level {best.level_db:+z.1f} dB")
    words.append(f"onset {1000 * (best.heard.onset - target.onset):+z.0f} ms")
    return ", ".join(words)


def _main_knobs(match: "Match") -> str:
    """The knobs that mean the most to a person: those with a role."""
    space, values = match.plan.space, match.best.patch.values
    order = ("f0", "cutoff", "attack", "length", "noise", "level")
    names = [space.names[space.roles[role]] for role in order if role in space.roles]
    names += [name for name in space.names if name not in names]
    units = {p.name: p.unit for p in space}
    shown = [f"{name} {value_text(name, values[name], units[name])}" for name in names[:_KNOBS]]
    return ", ".join(shown) + (", …" if len(names) > _KNOBS else "")


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))

"""The experiments that ship with ga-synth, by name, and a sound to try."""

from pathlib import Path

# By its place, not by import: a folder of the user's called experiments would be found instead.
_FOLDER = Path(__file__).parents[2] / "experiments"


def shipped_experiments() -> dict[str, Path]:
    """Name to file of each experiment that ships."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}


def experiment_path(given: Path) -> Path:
    """Return the file that a user means: their own, or else the shipped one of that name."""
    shipped = shipped_experiments()
    if given.exists() or given.parent != Path() or given.name not in shipped:
        return given
    return shipped[given.name]


def shipped_sound() -> Path:
    """Return a recorded sound that ships, for a first try."""
    return _FOLDER / "targets" / "pluck_fluid_pizz_c3.flac"

"""What ships with ga-synth: experiments by name, trained networks, and a sound to try."""

from pathlib import Path

# By its place, not by import: a folder of the user's called experiments would be found instead.
_FOLDER = Path(__file__).parents[2] / "experiments"
_NETWORKS = Path(__file__).parents[2] / "networks" / "pretrained"


def shipped_experiments() -> dict[str, Path]:
    """Name to file of each experiment that ships."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}


def experiment_path(given: Path) -> Path:
    """Return the file that a user means: their own, or else the shipped one of that name.

    A folder of that name is no experiment, and does not hide it.
    """
    shipped = shipped_experiments()
    if given.is_file() or given.parent != Path() or given.name not in shipped:
        return given
    return shipped[given.name]


def shipped_sound() -> Path:
    """Return a recorded sound that ships, for a first try."""
    return _FOLDER / "targets" / "pluck_fluid_pizz_c3.flac"


def shipped_networks() -> dict[str, Path]:
    """Name to folder of each trained network that ships."""
    return {path.parent.name: path.parent for path in sorted(_NETWORKS.glob("*/network.json"))}

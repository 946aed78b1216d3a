"""What training on sound adds to training on knobs, by how its gradient is estimated.

python -m benchmarks.sound_training --out runs      # half an hour; resumes

All networks begin with the same steps on knobs. What follows costs each the same renders, but for
the control, which learns knobs for as much CPU time. Figures are medians over sounds unseen in
training, with 95 % intervals by bootstrap.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.proposals import distance_of, figure, reader_for
from common.random import generator
from networks.base import AudioFormat
from networks.model import fit_to_format, given_of, load, prepare
from synth.sound import loudest, read_sound
from synth.subtractive.parameters import SPACE

HERE = Path(__file__).parents[1]
TARGETS = HERE / "experiments" / "targets"
_AUDIO = AudioFormat(16_000, 16_000)
_RANDOM, _DRAWS = 1_000, 16
_GENES = len(SPACE)
# Directions that cost as many renders as one gene after the other.
_MANY, _FEW = round((_GENES + 1) / 2), 8


def main() -> None:
    """Train what is missing, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--first", type=int, default=2_000, help="steps on knobs")
    parser.add_argument("--then", type=int, default=200, help="steps on sound, gene by gene")
    parser.add_argument("--recordings", type=Path, help="sounds to train on besides")
    given = parser.parse_args()
    prepare(1, 0)
    trained = {
        name: _trained(given.out, settings)
        for name, settings in _variants(given.first, given.then, given.recordings).items()
    }
    known = {name: _shares(folder) for name, folder in trained.items()}
    recorded = {name: _recordings(folder) for name, folder in trained.items()}
    base = next(iter(trained))
    for name, folder in trained.items():
        about = json.loads((folder / "network.json").read_text(encoding="utf-8"))
        sys.stdout.write(
            f"{name}: {about['renders']:,} renders, {about['cpu_s']:.0f} CPU s\n"
            f"  its domain: {figure(known[name])}, against {base}"
            f" {figure(known[name] / known[base])}\n"
            f"  recordings: {figure(recorded[name])}, against {base}"
            f" {figure(recorded[name] / recorded[base])}\n"
        )


def _variants(first: int, then: int, recordings: Path | None) -> dict[str, dict[str, Any]]:
    """Return the settings of each network, the control first."""

    def sound(steps: int, **options: Any) -> dict[str, Any]:
        whole = first + steps
        how = {"name": "knobs+sound", "pretrain": first / whole, **options}
        return {"steps": whole, "objective": how}

    few = round(then * (_GENES + 1) / (2 * _FEW))
    found = {
        # Renders take nearly all the time of a step on sound; these take as long in steps.
        "knobs": {"steps": first + 14 * then},
        f"{_FEW} directions": sound(few, directions=_FEW),
        f"{_MANY} directions": sound(then, directions=_MANY),
        "gene by gene": sound(then, each_gene=True),
    }
    if recordings:
        files = sorted(str(path) for path in recordings.resolve().rglob("*.*"))
        found["gene by gene, on recordings too"] = {
            **sound(then, each_gene=True),
            "recordings": files,
        }
    return found


def _trained(out: Path, settings: dict[str, Any]) -> Path:
    """Train by the command that anybody has, and return the network's folder."""
    parts = [f"--set={key}={json.dumps(value)}" for key, value in settings.items()]
    command = [sys.executable, "-m", "harness.cli", "train", "spectrogram_cnn", *parts]
    command += ["--set=threads=1", "--set=epoch=100", "--out", str(out), "--json"]
    done = subprocess.run(command, check=True, cwd=HERE, stdout=subprocess.PIPE)  # noqa: S603 - our own command
    return Path(json.loads(done.stdout.splitlines()[-1])["folder"])


def _shares(folder: Path) -> NDArray[np.float64]:
    """Return the distance of one render as a share of the closest of 1,000, one a test sound."""
    test = json.loads((folder / "network.json").read_text(encoding="utf-8"))["test"]
    return np.array(test["distances"]) / np.array(test["random"])


def _recordings(folder: Path) -> NDArray[np.float64]:
    """Return the same for the recordings that ship, of which a second is heard."""
    model = load(folder / "model.keras")
    reader, distance, found = reader_for(model), distance_of(_AUDIO.samples), []
    genomes = generator("random genomes", 0).random((1, _RANDOM, _GENES))
    for path in sorted(TARGETS.glob("*.flac")):
        channels, rate = read_sound(path)
        sound, _ = fit_to_format(channels[loudest(channels)], rate, _AUDIO)
        given = given_of(model, sound[None], _AUDIO)
        (one,) = reader.proposals(given, _DRAWS, generator("recordings", 0))
        closest = distance(genomes, sound[None]).min()
        found.append(float(distance(one.point[None, None], sound[None])[0, 0] / closest))
    return np.array(found)


if __name__ == "__main__":
    main()

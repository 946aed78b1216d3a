"""Train the network that ships, measure it, and write it with its card into the package.

python -m benchmarks.pretrained --out runs            # `make pretrained`; resumes
python -m benchmarks.pretrained --folder runs/_networks/listener-…    # a trained one
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.proposals import (
    CIRCULAR,
    covered,
    distance_of,
    examples,
    figure,
    in_tune,
    prediction_ms,
    ranks,
    reader_for,
    recordings,
    shares,
)
from benchmarks.rank_plot import rank_plot
from common.random import generator
from harness.record.sealed import read_record, write_record
from networks.evaluation import Evaluation, evaluate
from networks.model import load, prepare

HERE = Path(__file__).parents[1]
SHIPPED = HERE / "networks" / "pretrained" / "subtractive"
TARGETS = HERE / "experiments" / "targets"
RANKS = HERE / "docs" / "images" / "network-ranks.svg"
CARD = Path(__file__).with_name("card.md")
_PLAN = {
    "steps": 50_000, "epoch": 500, "patience": 100, "rate": 0.001, "seconds": 4, "threads": 1,
    "augment": "true", "tame": "true", "reuse": 2,
}  # fmt: skip
_SETTINGS = [part for key, value in _PLAN.items() for part in ("--set", f"{key}={value}")]
COMMAND = ["train", "listener", "--objective", "joint", *_SETTINGS]
_SOUNDS, _RANK_DRAWS, _DRAWS = 256, 31, 64
_LARGEST = 8_000_000


def main() -> None:
    """Train if necessary, then measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--folder", type=Path, help="a trained network")
    given = parser.parse_args()
    folder = given.folder or trained(given.out)
    about = read_record(folder / "network.json")
    prepare(1, 0)
    model = load(folder / "model.keras")
    compact(model)
    found = measured(model)
    data = packed(model)
    if len(data) > _LARGEST:
        raise SystemExit(f"the model has {len(data):,} bytes; allowed: {_LARGEST:,}")
    SHIPPED.mkdir(parents=True, exist_ok=True)
    (SHIPPED / "model.keras").write_bytes(data)
    about["sha256"] = hashlib.sha256(data).hexdigest()
    about["plan"]["label"] = SHIPPED.name
    # As it ships: rounded, and read as it is read now.
    about["test"] = tested(model).plain()
    write_record(SHIPPED / "network.json", dict(sorted(about.items())))
    (SHIPPED / "card.md").write_text(card(about, found, len(data)), encoding="utf-8")
    sys.stdout.write((SHIPPED / "card.md").read_text(encoding="utf-8"))


def trained(out: Path) -> Path:
    """Train by the command that anybody has, and return the network's folder."""
    command = [sys.executable, "-m", "harness.cli", *COMMAND, "--out", str(out)]
    subprocess.run(command, check=True, cwd=HERE)  # noqa: S603 - our own command
    made = (out / "_networks").glob("listener-*/network.json")
    return max(made, key=lambda path: path.stat().st_mtime).parent


def compact(model: Any) -> None:
    """Round weights to half precision, and set those that no gene sees to zero."""
    model.get_layer("joint").prune()
    for weight in model.weights:
        weight.assign(weight.numpy().astype(np.float16).astype(np.float32))


def packed(model: Any) -> bytes:
    """Return the model's file, compressed: half of every rounded weight is zero."""
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain.keras", Path(folder) / "small.keras"
        model.save(plain)
        with (
            zipfile.ZipFile(plain) as source,
            zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
        ):
            for entry in source.infolist():
                # Without the time, so that the same weights give the same bytes.
                target.writestr(
                    zipfile.ZipInfo(entry.filename), source.read(entry), zipfile.ZIP_DEFLATED
                )
        return small.read_bytes()


def tested(model: Any) -> Evaluation:
    """Test a model as training does, on sounds as trained."""
    batch = examples(_SOUNDS, tame=True)
    return evaluate(model, batch, distance_of(batch.sounds.shape[1]), CIRCULAR, 0)


def measured(model: Any) -> dict[str, Any]:
    """Return every figure of the card."""
    reader = reader_for(model)
    uniform, mixed = (examples(_SOUNDS, tame=tame) for tame in (False, True))
    found: dict[str, Any] = {
        "bits": {"uniform": reader.bits(uniform), "as trained": reader.bits(mixed)}
    }
    for name, batch in (("uniform", uniform), ("as trained", mixed)):
        proposals = reader.proposals(batch.given, _DRAWS, generator("card", 0))
        tried = shares(proposals, batch.sounds)
        # At the same temperature, so that only what genes tell each other differs.
        plain = shares(
            reader.proposals(batch.given, _DRAWS, generator("card", 1), 1.0), batch.sounds
        )
        joint, apart = (plain[f"closest of 16{kind}"] for kind in (" draws", ", gene by gene"))
        found[name] = {
            **{what: str(figure(values)) for what, values in tried.items()},
            "closest of 16 draws, not sharpened": str(figure(joint)),
            "not sharpened, against gene by gene": str(figure(joint / apart)),
            "points in tune": str(figure(in_tune(proposals, batch.sounds), np.mean)),
        }
    found["covered"] = {
        section: str(one) for section, one in covered(proposals, mixed.genes).items()
    }
    placed = ranks(reader, mixed, _RANK_DRAWS)
    counts = np.bincount(placed.reshape(-1) * 8 // (_RANK_DRAWS + 1), minlength=8) / placed.size
    found["ranks in eighths"] = ", ".join(f"{share:.3f}" for share in counts)
    RANKS.write_text(rank_plot(placed, _RANK_DRAWS) + "\n", encoding="utf-8")
    found["recordings"] = {
        name: str(one) for name, one in recordings(reader, model, TARGETS).items()
    }
    found["ms"] = prediction_ms(reader, model, uniform.sounds[:1])
    return found


def card(about: dict[str, Any], found: dict[str, Any], size: int) -> str:
    """Return the model card."""
    kinds = "uniform", "as trained", "recordings"
    rows = [[name, *(found[kind].get(name, "–") for kind in kinds)] for name in found["uniform"]]
    return CARD.read_text(encoding="utf-8").format(
        examples=about["examples"],
        renders=about["renders"],
        steps=about["plan"]["steps"],
        batch=about["plan"]["batch"],
        cpu_s=about["cpu_s"],
        command=" ".join(["ga-synth", *COMMAND]),
        weights=about["weights"],
        size=size,
        ms=found["ms"],
        shares=_table(["", "uniform genes", "as trained", "24 recordings"], rows),
        sections=_table(["section", "true genes in 90 % regions"], found["covered"].items()),
        draws=_RANK_DRAWS,
        ranks=found["ranks in eighths"],
        bits_trained=found["bits"]["as trained"],
        bits_uniform=found["bits"]["uniform"],
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()

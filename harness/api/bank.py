"""The bank of a comparison: whether it is wanted, where it is, and that it is there."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from harness.plan.comparison import Comparison
from strategies.informed import FROM_BANK

if TYPE_CHECKING:
    from harness.api.bank_progress import BankProgress
    from harness.run.workers import Cluster
    from harness.train.bank import Bank


def starts_from_bank(comparison: Comparison, strategies: Iterable[str]) -> bool:
    """Whether any of these strategies, given by their labels, starts from the bank."""
    return any(comparison.strategy(label).start in FROM_BANK for label in strategies)


def bank_of(comparison: Comparison, out: Path) -> "Bank":
    """Return the bank of a comparison's synth, which need not be complete.

    Args:
        comparison: with its synth and the plan of its bank.
        out: the folder of all comparisons.
    """
    from harness.train.bank import Bank
    from harness.train.example_synth import example_synth

    synth = example_synth(comparison.synth, comparison.space, comparison.registry)
    return Bank(out, comparison.experiment.bank, synth)


def completed(
    bank: "Bank", files: tuple[Path, ...], cluster: "Cluster", progress: "BankProgress"
) -> bool:
    """Make a bank or resume it, unless it is complete; returns whether anything was made.

    Args:
        bank: to be made.
        files: plug-in files.
        cluster: Ray, started only if it is needed.
        progress: is told how many sounds are ready.

    Raises:
        InputError: if the synth fails, or the folder cannot be written to.
    """
    from harness.train.bank_maker import make_bank
    from harness.train.run_context import RunContext

    def make() -> None:
        with cluster as cpus:
            make_bank(bank, RunContext(files, cluster, cpus, progress.on_part))

    return bank.make_once(make, progress.on_wait)

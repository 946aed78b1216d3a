"""Conformance checks for plug-ins, as functions that a plug-in's author calls from pytest.

    from ga_synth.testing import check_fitness
    from my_plugin import MyFitness

    def test_it_conforms():
        check_fitness(MyFitness)

Each runs every check that ``ga-synth check`` runs, and raises ``AssertionError`` with one line for
each that does not hold.
"""

from pathlib import Path
from typing import Any

from harness.conformance import findings

__all__ = [
    "check_fitness",
    "check_judge",
    "check_network",
    "check_search",
    "check_strategy",
    "check_synth",
]


def check_fitness(cls: type, **options: Any) -> None:
    """Check a subclass of ``Fitness``.

    Args:
        cls: the class.
        options: of its constructor, beside those in its class attribute ``example``.

    Raises:
        AssertionError: with every check that does not hold.
    """
    _check("fitness", cls, options)


def check_judge(cls: type, **options: Any) -> None:
    """Check a subclass of ``Fitness`` that is registered as a judge; as ``check_fitness``."""
    _check("judge", cls, options)


def check_search(cls: type, **options: Any) -> None:
    """Check a subclass of ``Search``; as ``check_fitness``."""
    _check("search", cls, options)


def check_strategy(cls: type, *files: str | Path, **options: Any) -> None:
    """Check a subclass of ``Strategy``; as ``check_fitness``.

    Args:
        cls: the class.
        files: plug-in files with the searches and fitness functions that it names.
        options: of its constructor, beside those in its class attribute ``example``.

    Raises:
        AssertionError: with every check that does not hold.
    """
    _check("strategy", cls, options, tuple(Path(file) for file in files))


def check_synth(cls: type, **options: Any) -> None:
    """Check a subclass of ``Synth``; as ``check_fitness``."""
    _check("synth", cls, options)


def check_network(cls: type, **options: Any) -> None:
    """Check a subclass of ``Network``; as ``check_fitness``."""
    _check("network", cls, options)


def _check(kind: str, cls: type, options: dict[str, Any], files: tuple[Path, ...] = ()) -> None:
    failed = [found for found in findings(kind, cls, files, options) if not found.passed]
    if failed:
        lines = [
            f"{found.name}: {found.detail}{found.mend and f' ({found.mend})'}" for found in failed
        ]
        raise AssertionError(f"{cls.__name__} fails {len(failed)} checks:\n" + "\n".join(lines))

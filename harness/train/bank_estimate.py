"""How large a bank a given time is enough for, from a few renders made beforehand."""

import time
from pathlib import Path

from common.blame import blamed
from harness.plan.registry import Registry
from harness.train.bank import PART, Bank, drawn
from harness.train.bank_rendering import rendered
from harness.train.example_synth import synth_of

SMALLEST, LARGEST = 16, 2**23
_ENOUGH_S = 1.0


def sounds_per_second(bank: Bank, files: tuple[Path, ...]) -> float:
    """Measure how many sounds of a bank one process renders and describes in a second.

    Ever more sounds are rendered, until they take a second.

    Args:
        bank: which need not exist.
        files: plug-in files.

    Raises:
        InputError: if the synth fails.
    """
    plan, choice = bank.plan, bank.synth.choice
    genomes = drawn(plan.model_copy(update={"size": PART}), 0, bank.synth.space)
    with blamed(f"synth {choice.name!r}"):
        synth = synth_of(choice, plan, Registry(files))
        # Once before, so that nothing is compiled or loaded meanwhile.
        rendered(plan, synth, genomes[:1])
        count = 1
        while True:
            began = time.perf_counter()
            rendered(plan, synth, genomes[:count])
            spent = time.perf_counter() - began
            if spent >= _ENOUGH_S or count == PART:
                break
            count *= 2
        synth.close()
    return count / max(spent, 1e-9)


def proposed_size(seconds: float, rate: float) -> int:
    """Return the largest power of two that a time is enough for, 16 to 8,388,608.

    A power of two, so that the next measurement most likely proposes the same.

    Args:
        seconds: on the clock.
        rate: sounds a second.
    """
    enough = min(max(int(seconds * rate), SMALLEST), LARGEST)
    return 1 << (enough.bit_length() - 1)

"""Makes a bank: Ray renders and describes, the driver writes, part by part."""

from harness.run.dispatch import Dispatcher
from harness.train.bank import Bank, Part
from harness.train.bank_rendering import rendered_part
from harness.train.render_pool import RenderPool, SynthActor
from harness.train.run_context import RunContext


class Describer(SynthActor):
    """Renders and describes parts of a bank, in an actor."""

    makes = "bank"

    def work(self, number: int) -> tuple[Part, float]:
        """Draw, render and describe a part; returns it, and the CPU seconds that it took."""
        return rendered_part(self._plan, self._synth, number)


def make_bank(bank: Bank, context: RunContext) -> None:
    """Make a bank, or resume it.

    Args:
        bank: its folder.
        context: where to render, and who is told how many sounds are ready after every part.

    Raises:
        InputError: if the synth fails.
    """
    pool, size = RenderPool(Describer, bank.plan, bank.synth.choice, context), bank.plan.size
    missing, done = bank.missing, bank.ready

    results = Dispatcher(pool).in_order(missing, context.cpus + 1)
    for number, result in zip(missing, results, strict=True):
        part, cpu_s = pool.value_of(result)
        bank.add(number, part, cpu_s)
        done += len(part.genomes)
        context.on_progress({"event": "bank", "sounds": done, "of": size})
    bank.finish()

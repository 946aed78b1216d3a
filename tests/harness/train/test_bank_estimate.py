"""Which size of a bank is proposed for a time."""

import pytest

from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.experiment import BankPlan
from harness.plan.registry import Registry
from harness.train.bank import Bank
from harness.train.bank_estimate import LARGEST, proposed_size, sounds_per_second
from harness.train.example_synth import example_synth
from synth.subtractive.parameters import SPACE

PLAN = BankPlan(seconds=0.05, sample_rate=8_000)
SLOW = """
import time

from synth.subtractive.voice import Subtractive


class Slow(Subtractive):
    '''Takes its time.'''

    def render(self, genomes):
        {what}
        return super().render(genomes)
"""


def bank_of(folder, name, files=()):
    return Bank(folder, PLAN, example_synth(Choice.model_validate(name), SPACE, Registry(files)))


@pytest.mark.parametrize(
    ("seconds", "rate", "size"),
    [(300, 14, 4096), (300, 13.6, 2048), (0, 1, 16), (60, 0.1, 16), (1e9, 1e9, LARGEST)],
)
def test_the_largest_power_of_two_that_there_is_time_for(seconds, rate, size):
    assert proposed_size(seconds, rate) == size


def test_a_slow_synth_renders_few(tmp_path):
    file = tmp_path / "slow.py"
    file.write_text(SLOW.format(what="time.sleep(len(genomes))"))
    assert 0.3 < sounds_per_second(bank_of(tmp_path, "slow", (file,)), (file,)) < 1


def test_a_synth_that_fails_is_named(tmp_path):
    file = tmp_path / "slow.py"
    file.write_text(SLOW.format(what="raise RuntimeError('no luck')"))
    with pytest.raises(InputError, match=r"synth 'slow'.*no luck"):
        sounds_per_second(bank_of(tmp_path, "slow", (file,)), (file,))

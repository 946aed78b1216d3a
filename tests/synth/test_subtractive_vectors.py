"""What a sample costs, counted in the compiled code.

One changed line can make a value leave the vectors, or a part be computed that no shape needs: up
to nine times slower, and every other test still passes.
"""

import numpy as np
import pytest

from synth.subtractive import kernel

C = np.ones(len(kernel.CONSTANTS) * kernel.LANES, np.float32)
W = np.ones(kernel.WORK, np.float32)
NOISES = np.ones(2 * kernel.CONTROL_SAMPLES, np.float32)
OUT = np.zeros(kernel.CHUNK * kernel.LANES, np.float32)


def oscillators(c, w, noises):
    kernel._second(c, w, 0, 1, noises, 0, 0)
    kernel._first(c, w, 0, 1, 0)


def filter_(c, s, w, out):
    kernel._filtered(c, s, w, 0, out, 0)


def controls(c, w):
    kernel.controls(c, w, 0, np.float32(0), np.float32(44_100))


@pytest.mark.parametrize(
    ("part", "arguments", "samples", "most"),
    [
        # With all waves of every shape, of which a candidate has two an oscillator at the most.
        (oscillators, (C, W, NOISES), kernel.CONTROL_SAMPLES, 180),
        # The loop over samples is one sample of sixteen candidates, and what precedes it.
        (filter_, (C, W.copy(), W, OUT), kernel.LANES, 40),
        (controls, (C, W), kernel.LANES * kernel.CONTROL_SAMPLES, 10),
    ],
)
def test_a_sample_needs_no_more_operations_than_stated(operations, part, arguments, samples, most):
    on_vectors, on_single_floats = operations(part, *arguments)
    assert most / 2 < on_vectors / samples < most
    assert on_single_floats < 20

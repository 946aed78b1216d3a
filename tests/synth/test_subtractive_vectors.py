"""What a sample costs, counted in the machine code, which no busy neighbour changes.

One changed line can make a value leave the vectors, or a part be computed that no shape needs: up
to nine times slower, and every other test still passes.
"""

import re

import numpy as np
import pytest

from lanes.compiled import inlined
from synth.subtractive import kernel

_ARITHMETIC = r"= (?:f(?:add|sub|mul|div)|call [a-z ]*<\d+ x float> @llvm)[^<\n]*"


def operations(function, *arguments):
    """Operations on vectors, in floats, and on single floats in a compiled function."""
    made = inlined(function)  # and not kept: what comes from the disk cannot be looked at
    made(*arguments)
    code = made.inspect_llvm(made.signatures[0])
    widths = [int(width) for width in re.findall(rf"{_ARITHMETIC}<(\d+) x float>", code)]
    singles = len(re.findall(r"= f(?:add|sub|mul|div)[a-z ]* float ", code))
    return sum(widths), singles


C = np.ones(len(kernel.CONSTANTS) * kernel.LANES, np.float32)
W = np.ones(kernel.WORK, np.float32)
NOISES = np.ones(2 * kernel.BLOCK, np.float32)
OUT = np.zeros(kernel.CHUNK * kernel.LANES, np.float32)


@pytest.mark.parametrize(
    ("part", "most"),
    [
        # Operations a sample, with all waves of every shape.
        ("oscillators", 200),
        ("filter", 40),
        ("controls", 12),
    ],
)
def test_a_sample_needs_no_more_operations_than_stated(part, most):
    def oscillators(c, w, noises):
        kernel._second(c, w, 0, 1, noises, 0, 0)
        kernel._first(c, w, 0, 1, 0)

    def filter_(c, s, w, out):
        kernel._filtered(c, s, w, 0, out, 0)

    def controls(c, w):
        kernel.controls(c, w, 0, np.float32(0), np.float32(44_100))

    calls = {
        "oscillators": (oscillators, (C, W, NOISES), kernel.BLOCK),
        "filter": (filter_, (C, W.copy(), W, OUT), kernel.LANES),
        "controls": (controls, (C, W), kernel.LANES * kernel.BLOCK),
    }
    function, arguments, samples = calls[part]
    vectors, singles = operations(function, *arguments)
    assert vectors / samples < most
    assert singles < 20

"""The compiled voice uses the processor's vectors.

One changed line can make the compiler fall back to one candidate at a time without a word: nine
times slower, and every other test still passes.
"""

import platform
import re

import numpy as np
import pytest
from numba import njit

from synth.subtractive import kernel

_ARITHMETIC = r"= f(?:add|sub|mul|div)[a-z ]*"
OPTIONS = {name: kernel.render.targetoptions[name] for name in ("fastmath", "error_model")}


def arithmetic(function, *arguments):
    """Operations on vectors of floats and on single floats in a compiled function."""
    compiled = njit(**OPTIONS)(function)
    compiled(*arguments)
    code = compiled.inspect_llvm(compiled.signatures[0])
    return (
        len(re.findall(rf"{_ARITHMETIC} <(?:4|8|16) x float>", code)),
        len(re.findall(rf"{_ARITHMETIC} float", code)),
    )


@pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64", "arm64", "aarch64"),
    reason=f"vectors of {platform.machine()} are not known to this test",
)
def test_the_loops_over_lanes_become_vectors():
    sample, controls = kernel.sample, kernel.controls

    def one_sample(w, out):
        sample(w, out, np.float32(0), 1)

    def one_block(w):
        controls(w, np.float32(0), np.float32(44_100))

    work = np.ones(kernel.WORK, np.float32)
    out = np.zeros(kernel.BLOCK * kernel.LANES, np.float32)
    for function, arguments in ((one_sample, (work, out)), (one_block, (work,))):
        vectors, singles = arithmetic(function, *arguments)
        assert vectors > 150
        # Beside the vectors stands at most one scalar copy, for arrays that might overlap.
        assert vectors > 0.8 * singles

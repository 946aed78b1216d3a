"""The compiled voice ends, and stays inside its arrays, whatever its constants are."""

import subprocess
import sys

SCRIPT = """
import numpy as np
from simd import LANES
from synth.subtractive import kernel

values = np.array([0, -1, 1e-45, 1e17, -1e30, 3e38, np.inf, -np.inf, np.nan], np.float32)
random = np.random.default_rng(1)
samples = 3 * kernel.CHUNK
noises = random.choice(values, 2 * samples).astype(np.float32)
kernel.darkened(noises, np.float32(np.nan))
for _ in range(50):
    constants = random.choice(values, len(kernel.CONSTANTS) * LANES).astype(np.float32)
    state, work = np.empty(kernel.STATE, np.float32), np.zeros(kernel.WORK, np.float32)
    guarded = np.full(samples * LANES + 64, 7, np.float32)
    rows = random.choice(len(kernel.CONSTANTS), 5, replace=False) * LANES
    curves = random.choice(values, samples // kernel.CONTROL_SAMPLES * 5 * LANES)
    for rate in (44_100, np.inf, np.nan, 0):
        kernel.begin(constants, state, np.float32(rate))
        block = guarded[32:-32]
        for moves in ((None, None), (rows, curves.astype(np.float32))):
            given = constants, state, work, noises, np.float32(rate), 0, LANES, *moves
            kernel.advance(*given, block)
    assert (guarded[:32] == 7).all() and (guarded[-32:] == 7).all()
"""


def test_any_float_constant_renders_without_a_crash():
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr[-2_000:]

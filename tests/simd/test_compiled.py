"""Compiled code is cached between processes, until any source of its package changes."""

import os
import subprocess
import sys
from pathlib import Path

import simd

FORMULA = "from simd.compiled import inlined\n@inlined\ndef formula(x):\n    return x + {}\n"
KERNEL = """
from simd.compiled import compiled
from toy.formula import formula

@compiled
def kernel(x):
    return formula(x)
"""
ASK = """
from toy.kernel import kernel
print(kernel(1), sum(kernel.stats.cache_hits.values()), sum(kernel.stats.cache_misses.values()))
"""


def ask(folder):
    root = str(Path(simd.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), root])}
    environment.pop("NUMBA_CACHE_DIR", None)
    command = [sys.executable, "-c", ASK]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return ran.stdout.split()


def test_what_is_kept_is_found_again_until_another_file_of_the_package_changes(tmp_path):
    package = tmp_path / "toy"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "kernel.py").write_text(KERNEL)
    (package / "formula.py").write_text(FORMULA.format(1))
    assert ask(tmp_path) == ["2", "0", "1"]
    assert ask(tmp_path) == ["2", "1", "0"]
    (package / "formula.py").write_text(FORMULA.format(10))
    assert ask(tmp_path) == ["11", "0", "1"]

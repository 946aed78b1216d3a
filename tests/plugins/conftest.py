"""Plug-ins written to files, as a user would."""

import os
import random
import shutil
import subprocess
import sys
import textwrap
import zipfile

import numpy as np
import pytest

HEAD = """
import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from fitness.base import Fitness
from strategies.base import AgentSpec, Phase, SearchChoice, Strategy
from strategies.end_to_end import EndToEnd
from strategies.searches.base import Search, ranked
from strategies.searches.ga import GeneticAlgorithm
from strategies.searches.random import RandomSearch
from synth.base import Synth
from synth.space import Parameter, ParameterSpace
"""


@pytest.fixture
def plugin_file(tmp_path):
    """Write a plug-in, its imports given, to ``plugin.py`` or another name; gives the path."""

    def write(body, name="plugin.py"):
        path = tmp_path / name
        path.write_text(f'"""A plug-in."""\n{HEAD}\n\n{textwrap.dedent(body)}', encoding="utf-8")
        return path

    return write


@pytest.fixture
def findings_of_file():
    """Run the suite over all that a file holds; gives kind and name to findings."""
    from harness.conformance import findings
    from harness.plan.registry import Registry

    def check(path):
        registry = Registry((path,))
        return {
            (p.kind, p.name): list(findings(p.kind, registry.get(p.kind, p.name), (path,)))
            for p in registry.all()
            if p.source == str(path)
        }

    return check


@pytest.fixture
def ga_synth(monkeypatch, capsys):
    """Run the command line in this process; gives exit code, output and complaints."""
    from harness.cli.main import run

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["ga-synth", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return call


@pytest.fixture
def want_caught(plugin_file, findings_of_file):
    """Check that one finding about a plug-in's body fails, with a reason in one line."""

    def want(body, check, reason):
        kept = random.getstate(), np.random.get_state()  # noqa: NPY002
        try:
            (found,) = findings_of_file(plugin_file(body)).values()
        finally:
            random.setstate(kept[0])
            np.random.set_state(kept[1])  # noqa: NPY002
        (finding,) = [finding for finding in found if check in finding.name]
        assert not finding.passed
        assert reason in finding.detail
        assert "\n" not in finding.detail

    return want


@pytest.fixture
def installed(tmp_path):
    """Build a wheel of a package and unpack it; gives a command line in which it is installed."""

    def install(package):
        source, site = tmp_path / "source", tmp_path / "site"
        shutil.copytree(package, source, ignore=shutil.ignore_patterns("*.egg-info", "build"))
        build = "from setuptools import build_meta as b; b.build_wheel('wheel')"
        (source / "wheel").mkdir()
        done = subprocess.run(
            [sys.executable, "-c", build], cwd=source, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        (wheel,) = (source / "wheel").glob("*.whl")
        zipfile.ZipFile(wheel).extractall(site)
        environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}

        def call(*arguments, module="harness.cli"):
            return subprocess.run(
                [sys.executable, "-m", module, *map(str, arguments)],
                capture_output=True,
                text=True,
                env=environment,
                cwd=tmp_path,
                check=False,
            )

        return call

    return install

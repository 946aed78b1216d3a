"""The examples are packages that install, pass their own tests, and run."""

import os
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
# Without the settings of this repository.
ALONE = ("-p", "no:cacheprovider", "-c", os.devnull)
PACKAGES = {path.parent.name: path.parent for path in EXAMPLES.glob("*/pyproject.toml")}


def test_there_are_two_and_the_page_names_them():
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert set(PACKAGES) == {"brightness", "pitch_first"}
    assert all(f"| `{name}` |" in page for name in PACKAGES)


@pytest.mark.parametrize("name", PACKAGES)
def test_installed_it_passes_its_tests_and_the_check(installed, name):
    call = installed(PACKAGES[name])
    tested = call(*ALONE, PACKAGES[name] / "tests", module="pytest")
    assert tested.returncode == 0, tested.stdout
    assert "4 passed" in tested.stdout
    checked = call("check", name)
    assert checked.returncode == 0, checked.stdout
    assert f"{name}\n" in checked.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", PACKAGES)
def test_installed_it_runs_in_a_comparison(installed, tmp_path, name):
    call = installed(PACKAGES[name])
    small = ["budget=60", "population=8", "seeds=1", "judges=[loudness]"]
    small += ["targets.0.seconds=0.1", "targets.0.sample_rate=8000"]
    settings = [word for setting in small for word in ("--set", setting)]
    done = call("run", PACKAGES[name] / "experiment.yaml", "--workers", "1", *settings)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"code of plug-ins runs here and on every worker: ga-synth-{name.replace('_', '-')}" in (
        done.stdout
    )

"""What COCO's and IOHprofiler's own readers find in an export is what the journal holds."""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from harness.answer.exports.coco import coco_files
from harness.answer.exports.ioh import ioh_files
from harness.answer.load import load_results
from harness.record.files import write_new

LOAD_COCO = """
import json, sys
import cocopp
found = []
for data in cocopp.load(sys.argv[1:]):
    found.append([data.algId, data.funcId, list(data.instancenumbers),
                  [float(n) for n in data.maxevals], [float(d) for d in data.finalfunvals]])
print(json.dumps(found))
"""
LOAD_IOH = """
import json, sys
import iohinspector
manager = iohinspector.DataManager()
manager.add_folder(sys.argv[1])
runs = manager.overview.select("algorithm_name", "function_name", "instance", "evals", "best_y")
curves = manager.load(include_meta_data=True)
curves = curves.select("algorithm_name", "function_name", "instance", "evaluations", "raw_y")
print(json.dumps([runs.rows(), curves.rows()]))
"""


@pytest.fixture(scope="module")
def results(tiny_journal):
    return load_results(tiny_journal)


def read_by(module, code, *arguments, folder):
    """What another tool's reader prints as JSON, in a process of its own."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed; pip install {module}")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "MPLBACKEND": "Agg"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_coco_reads_every_run(results, tmp_path):
    write_new(tmp_path / "coco", coco_files(results))
    for fitness in results.fitness:
        folder = tmp_path / "coco" / fitness
        found = read_by("cocopp", LOAD_COCO, *results.strategies, folder=folder)
        assert [one[:2] for one in found] == [[name, 1] for name in results.strategies]
        for strategy, _, instances, renders, best in found:
            trials = results.trials
            trials = trials[(trials["strategy"] == strategy) & (trials["fitness"] == fitness)]
            assert instances == (trials["seed"] + 1).tolist()
            assert renders == trials["renders"].tolist()
            np.testing.assert_allclose(best, trials["best"], rtol=1e-6)


@pytest.mark.slow
def test_coco_writes_its_pages(results, tmp_path):
    write_new(tmp_path / "coco", coco_files(results))
    code = (
        "import sys, json, cocopp; cocopp.main(['-o', 'pages', *sys.argv[1:]]); "
        "print(json.dumps('written'))"
    )
    folder = tmp_path / "coco" / results.fitness[0]
    assert read_by("cocopp", code, *results.strategies[:2], folder=folder) == "written"
    assert list((folder / "pages").rglob("pprldmany*.svg"))


def test_more_targets_than_functions_of_the_suite_fill_another_folder(results):
    copies = [results.trials.assign(target=f"t{number}") for number in range(25)]
    folders = {
        path.split("/")[0]
        for path in coco_files(replace(results, trials=pd.concat(copies, ignore_index=True)))
    }
    assert folders == {"README.txt"} | {
        f"{fitness}-{part}" for fitness in results.fitness for part in (1, 2)
    }


def test_ioh_reads_every_run_and_every_improvement(results, tmp_path):
    write_new(tmp_path / "ioh", ioh_files(results))
    runs, curves = read_by("iohinspector", LOAD_IOH, "ioh", folder=tmp_path)
    trials = results.trials
    wanted = {
        (t.strategy, f"{t.fitness}.{t.target}", t.seed + 1): (t.renders, t.best, t.name)
        for t in trials.itertuples()
    }
    assert {tuple(run[:3]): run[3] for run in runs} == {k: v[0] for k, v in wanted.items()}
    for key, (_, best, name) in wanted.items():
        own = np.array([row[3:] for row in curves if tuple(row[:3]) == key])
        improvements = results.improvements[name]
        np.testing.assert_array_equal(own[:, 0], improvements[:, 0])
        np.testing.assert_allclose(own[:, 1], improvements[:, 1], atol=1e-9)
        assert own[-1, 1] == pytest.approx(best)

"""Run lengths as IOHexperimenter writes them, for IOHanalyzer and ``iohinspector``.

De Nobel et al., "IOHexperimenter: benchmarking platform for iterative optimization heuristics"
(2024): for each algorithm and function a JSON file, and a data file of evaluations and values.
"""

import json
from typing import Any

from harness.answer.exports.runs import Function, Run, functions_of, numbered_runs
from harness.answer.load import Results
from harness.plan.registry import own_version

_FORMAT = "0.3.5"


def ioh_files(results: Results) -> dict[str, bytes]:
    """Path to content of every file."""
    files: dict[str, bytes] = {}
    for strategy, number, what in numbered_runs(results, functions_of(results)):
        files |= _files(results, strategy, number, what)
    return files


def _files(
    results: Results, strategy: str, number: int, what: tuple[Function, list[Run]]
) -> dict[str, bytes]:
    function, runs = what
    name = f"{function.fitness}.{function.target}"
    genes = len(results.journal.experiment()["space"])
    data = f"data_f{number}_{name}/IOHprofiler_f{number}_DIM{genes}.dat"
    about: dict[str, Any] = {
        "version": _FORMAT,
        "suite": results.experiment["name"],
        "function_id": number,
        "function_name": name,
        "maximization": False,
        "algorithm": {"name": strategy, "info": f"ga-synth {own_version()}"},
        "attributes": ["evaluations", "raw_y"],
        "scenarios": [
            {
                "dimension": genes,
                "path": data,
                "runs": [
                    {
                        "instance": run.instance,
                        "evals": run.renders,
                        "best": {"evals": int(run.steps[-1, 0]), "y": run.best, "x": []},
                    }
                    for run in runs
                ],
            }
        ],
    }
    lines = "".join(
        "evaluations raw_y\n" + "".join(f"{int(at)} {best:.10f}\n" for at, best in run.steps)
        for run in runs
    )
    return {
        f"{strategy}/IOHprofiler_f{number}_{name}.json": json.dumps(about, indent=1).encode(),
        f"{strategy}/{data}": lines.encode(),
    }

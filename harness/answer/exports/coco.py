"""Run lengths as COCO's loggers write them, for its post-processing (``cocopp``).

The format is that of the suite bbob, Hansen et al., "COCO: a platform for comparing continuous
optimizers in a black-box setting" (2021): for each algorithm and function an ``.info`` file, and
lines of evaluations and distances.
"""

from harness.answer.exports.runs import Function, Run, functions_of, numbered_runs
from harness.answer.load import Results

# The pages are made for the dimensions and the functions of the suite, and for no others.
DIMENSION, FUNCTIONS = 20, 24
_HEADER = (
    "% f evaluations | noise-free fitness - Fopt (0.0) | best noise-free fitness - Fopt | "
    "measured fitness | best measured fitness\n"
)
_README = """\
Run lengths of the comparison {name}, by ga-synth, for COCO's post-processing:

    pip install cocopp six
    cd {folder} && python -m cocopp {strategies}

A function is a target, an instance a seed, an evaluation a render, and the optimum the distance 0.
There is a folder for each fitness, since their distances have units of their own, and for each 24
targets, since the suite bbob has 24 functions. The synth has {genes} genes; the files say
{dimension} dimensions, because cocopp draws only those of the suite. Its names and groups of
functions, and its line "best 2009", belong to that suite: they say nothing of these.

{table}"""


def coco_files(results: Results) -> dict[str, bytes]:
    """Path to content of every file."""
    groups = _groups(results)
    files: dict[str, str] = {}
    for group, functions in groups.items():
        for strategy, number, what in numbered_runs(results, functions):
            files |= _files(f"{group}/{strategy}", strategy, number, what)
    files["README.txt"] = _README.format(
        name=results.experiment["name"],
        folder=next(iter(groups)),
        strategies=" ".join(results.strategies),
        genes=len(results.journal.experiment()["space"]),
        dimension=DIMENSION,
        table=_table(groups),
    )
    return {path: text.encode() for path, text in files.items()}


def _groups(results: Results) -> dict[str, list[Function]]:
    """Folder to the functions in it."""
    groups: dict[str, list[Function]] = {}
    for fitness in results.fitness:
        own = [f for f in functions_of(results) if f.fitness == fitness]
        parts = [own[start : start + FUNCTIONS] for start in range(0, len(own), FUNCTIONS)]
        many = len(parts) > 1
        groups |= {f"{fitness}-{i}" if many else fitness: p for i, p in enumerate(parts, start=1)}
    return groups


def _files(
    folder: str, strategy: str, number: int, what: tuple[Function, list[Run]]
) -> dict[str, str]:
    function, runs = what
    data = f"data_f{number}/bbobexp_f{number}_DIM{DIMENSION}"
    ends = ", ".join(f"{run.instance}:{run.renders}|{run.best:.6e}" for run in runs)
    info = (
        f"suite = 'bbob', funcId = {number}, DIM = {DIMENSION}, Precision = 1.000e-08, "
        f"algId = '{strategy}'\n"
        f"% target {function.target}, fitness {function.fitness}\n"
        f"{data}.dat, {ends}\n"
    )
    lines = "".join(_HEADER + _lines(run) for run in runs)
    # Improvements are all there is, and either file may hold them: cocopp wants both.
    return {
        f"{folder}/bbobexp_f{number}.info": info,
        f"{folder}/{data}.dat": lines,
        f"{folder}/{data}.tdat": lines,
    }


def _lines(run: Run) -> str:
    return "".join(
        f"{int(renders)} {' '.join([f'{best:.10e}'] * 4)}\n" for renders, best in run.steps
    )


def _table(groups: dict[str, list[Function]]) -> str:
    rows = [
        f"{folder} f{number}: target {function.target}\n"
        for folder, functions in groups.items()
        for number, function in enumerate(functions, start=1)
    ]
    return "".join(rows)

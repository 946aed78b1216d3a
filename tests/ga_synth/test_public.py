"""The public package: what it exports, how it loads, and what its checks report."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

import ga_synth
from ga_synth import testing
from harness.plan.shipped import shipped_experiments

HEAVY = ("tensorflow", "keras", "ray", "mlflow", "librosa", "numba", "pandas", "scipy", "numpy")


def fresh(code, folder):
    """Run code in a new process, as a user would in a folder."""
    command = [sys.executable, "-c", code]
    # Starting workers, as other tests do, sets it for this process.
    own = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=own)


@pytest.mark.parametrize("name", ga_synth.__all__)
def test_every_name_resolves_and_is_documented(name):
    value = getattr(ga_synth, name)
    assert value.__name__ == name
    assert value.__module__ == ga_synth._WHERE[name]
    assert (value.__doc__ or "").strip()


def test_its_lists_agree():
    assert sorted(ga_synth._WHERE) == sorted(ga_synth.__all__) == dir(ga_synth)
    assert len(set(ga_synth.__all__)) == len(ga_synth.__all__)


def test_types_are_known_to_type_checkers():
    source = Path(ga_synth.__file__).read_text(encoding="utf-8")
    checking = source.split("if TYPE_CHECKING:")[1].split("_WHERE")[0]
    for name, module in ga_synth._WHERE.items():
        (line,) = [row for row in checking.splitlines() if f"from {module} import" in row]
        assert name in line.replace(",", " ").split()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = ga_synth.nothing_like_it


def test_an_import_loads_nothing_heavy(tmp_path):
    code = f"import ga_synth, sys; print([m for m in {HEAVY} if m in sys.modules])"
    ran = fresh(code, tmp_path)
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")


@pytest.mark.parametrize("name", ga_synth._PACKAGES)
def test_a_file_that_hides_a_package_is_named(tmp_path, name):
    (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    ran = fresh("import ga_synth", tmp_path)
    assert ran.returncode == 1
    last = ran.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert repr(name) in last
    assert str(tmp_path / f"{name}.py") in last


def test_a_folder_that_hides_a_package_is_named(tmp_path):
    (tmp_path / "fitness").mkdir()
    ran = fresh("import ga_synth", tmp_path)
    # An ordinary installation is found before a folder without __init__.py, an editable one after.
    assert ran.returncode == 0 or str(tmp_path / "fitness") in ran.stderr.splitlines()[-1]


def test_a_folder_of_experiments_hides_nothing(tmp_path):
    (tmp_path / "experiments").mkdir()
    ran = fresh("import ga_synth; print(ga_synth.load('first').name)", tmp_path)
    assert (ran.stdout.strip(), ran.returncode) == ("first", 0)


def test_packages_are_all_that_could_be_hidden():
    root = Path(ga_synth.__file__).parents[1]
    ours = {path.parent.name for path in root.glob("*/__init__.py")} - {
        "ga_synth", "benchmarks", "experiments"
    }  # fmt: skip
    assert set(ga_synth._PACKAGES) == ours


class Peak(ga_synth.Fitness):
    """Difference of the mean levels in stretches."""

    def distance(self, sound):
        parts = [np.array_split(np.abs(one), 8) for one in (sound, self.target)]
        return float(sum(abs(float(a.mean()) - float(b.mean())) for a, b in zip(*parts)))  # noqa: B905


class Offset(Peak):
    """Never 0."""

    def distance(self, sound):
        return super().distance(sound) + 1.0


class Draw(ga_synth.PopulationSearch):
    """Draws uniformly."""

    def ask(self):
        return self.uniform()

    def tell(self, genomes, distances):
        order = np.argsort(distances, kind="stable")
        self.genomes, self.distances = genomes[order], distances[order]


class Outside(Draw):
    """Leaves the unit cube."""

    def ask(self):
        return self.uniform() + 1


class Whole(ga_synth.Strategy):
    """One agent."""

    def phases(self, seed):
        genes = tuple(range(len(self.space)))
        agent = ga_synth.AgentSpec("all", genes, self.search, self.population)
        return [ga_synth.Phase((agent,))]


class Part(Whole):
    """Leaves genes without an agent."""

    def phases(self, seed):
        agent = ga_synth.AgentSpec("all", (0,), self.search, self.population)
        return [ga_synth.Phase((agent,))]


class Level(ga_synth.Synth):
    """A constant."""

    space = ga_synth.ParameterSpace([ga_synth.Parameter("level", "amp", "", 0, 1)])

    def render_block(self, genomes):
        return np.repeat(genomes, self.samples, axis=1).astype(np.float32)


class Drifting(Level):
    """Renders something else each time, and says that it does not."""

    _count = 0.0

    def render_block(self, genomes):
        self._count += 0.01
        return super().render_block(genomes) + np.float32(self._count)


@pytest.mark.parametrize(
    ("check", "cls"),
    [
        (testing.check_fitness, Peak),
        (testing.check_judge, Peak),
        (testing.check_search, Draw),
        (testing.check_strategy, Whole),
        (testing.check_synth, Level),
    ],
    ids=lambda value: value.__name__,
)
def test_a_good_plug_in_passes(check, cls):
    check(cls)


@pytest.mark.parametrize(
    ("check", "cls", "name"),
    [
        (testing.check_fitness, Offset, "at distance exactly 0"),
        (testing.check_judge, Offset, "at distance exactly 0"),
        (testing.check_search, Outside, "in [0, 1]"),
        (testing.check_strategy, Part, "gene"),
        (testing.check_synth, Drifting, "same"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_bad_plug_in_fails_by_the_name_of_the_check(check, cls, name):
    with pytest.raises(AssertionError) as caught:
        check(cls)
    first, *lines = str(caught.value).splitlines()
    assert cls.__name__ in first
    assert any(name in line.split(": ")[0] or name in line for line in lines)


def test_options_are_handed_to_the_plug_in():
    class Scaled(Peak):
        """With an option that must be above 0."""

        def __init__(self, target, sample_rate, *, scale: float):
            super().__init__(target, sample_rate)
            if scale <= 0:
                raise ValueError(f"scale {scale}; allowed: above 0")

    testing.check_fitness(Scaled, scale=2.0)
    with pytest.raises(AssertionError, match="scale -1"):
        testing.check_fitness(Scaled, scale=-1.0)


def test_a_mapping_is_loaded(tiny):
    loaded = ga_synth.load(tiny())
    assert isinstance(loaded, ga_synth.LoadedComparison)
    assert isinstance(loaded.experiment, ga_synth.Experiment)
    assert (loaded.name, len(loaded.trials())) == ("tiny", 12)
    assert len(loaded.trials(["strategy=society", "seed=0"])) == 2
    unnamed = tiny(name=None)
    assert ga_synth.load(unnamed).name == "unnamed"


def test_keywords_and_settings_change_keys(tiny, experiment_file):
    for source in (tiny(), experiment_file(), str(experiment_file())):
        loaded = ga_synth.load(source, settings=["targets.0.seconds=0.2"], budget=64, seeds=1)
        assert (loaded.experiment.budget, loaded.experiment.seeds) == (64, 1)
        assert loaded.plan.targets["reachable"].samples == 1600


@pytest.mark.parametrize("name", ["first", "convergence", "diversity"])
def test_shipped_experiments_are_loaded_by_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert ga_synth.load(name, budget=200).experiment.budget == 200
    assert ga_synth.load(name).name == name


# They play synthesizers that need not be on this machine.
REAL = ("matching_real", "plugin", "puredata", "rig", "transfer", "vital")


@pytest.mark.parametrize(
    ("name", "size"),
    [
        (name, size)
        for name, path in sorted(shipped_experiments().items())
        if name not in REAL
        for size in [None, *(yaml.safe_load(path.read_text()).get("sizes") or {})]
    ],
)
def test_every_size_of_every_shipped_experiment_can_be_run(name, size):
    loaded = ga_synth.load(name, size=size)
    assert loaded.trials()
    assert loaded.name == (f"{name}-{size}" if size else name)


def test_a_size_is_chosen():
    assert ga_synth.load("convergence", size="smoke").name == "convergence-smoke"


@pytest.mark.parametrize(
    ("source", "changes", "words"),
    [
        ({"budgit": 3}, {}, ["budgit", "budget"]),
        ("no_such_experiment.yaml", {}, ["no_such_experiment.yaml"]),
        ("first", {"budgit": 3}, ["budgit", "budget"]),
        ("first", {"size": "huge"}, ["huge"]),
        ("first", {"settings": ["budget=many"]}, ["budget", "many"]),
    ],
)
def test_mistakes_are_one_line(source, changes, words, tiny, refused):
    given = tiny(**source) if isinstance(source, dict) else source
    with refused(*words):
        ga_synth.load(given, **changes)


def test_results_that_are_not_there(tmp_path, refused):
    with refused("nothing"):
        ga_synth.results("nothing", tmp_path)

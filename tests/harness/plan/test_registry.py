import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from harness.plan.registry import KINDS, Registry, own_version, refuse_plugins

FITNESS = '''
import numpy as np
from fitness.base import Fitness


class Loud(Fitness):
    """Difference of levels.

    More words.
    """

    def distance(self, sound):
        return float(abs(np.abs(sound).max() - np.abs(self.target).max()))


class MFCCTwice(Loud):
    """Another."""


class Half(Fitness):
    """Not finished: has no distance."""
'''

ENTRY_POINTS = """
[ga_synth.fitness]
fine = other_package:Fine
no_module = other_missing:Thing
no_class = other_package:Missing
no_fitness = other_package:Plain
abstract = other_package:Half
raises = other_raises:Thing
leaves = other_leaves:Thing

[ga_synth.judges]
only_judge = other_package:Fine
"""


@pytest.fixture
def plugin(tmp_path):
    def write(text, name="mine.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return Registry((tmp_path / name,))

    return write


@pytest.fixture
def other_package(tmp_path, monkeypatch):
    """A distribution with entry points, most of them broken."""
    about = tmp_path / "other_package-2.5.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: other-package\nVersion: 2.5\n")
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    code = FITNESS.replace("Loud", "Fine") + "\n\nclass Plain:\n    pass\n"
    (tmp_path / "other_package.py").write_text(code)
    (tmp_path / "other_raises.py").write_text("raise OSError('no licence\\nsecond line')")
    (tmp_path / "other_leaves.py").write_text("import sys\nsys.exit('bye')")
    monkeypatch.syspath_prepend(tmp_path)
    yield Registry()
    for name in ("other_package", "other_raises", "other_leaves"):
        sys.modules.pop(name, None)


def test_what_is_built_in():
    plugins = Registry().all()
    assert [p.kind for p in plugins] == sorted((p.kind for p in plugins), key=KINDS.index)
    built_in = {p.name for p in plugins if p.source == "built in"}
    assert built_in >= {"subtractive", "waveform", "weighted", "ga", "society", "random"}
    for one in plugins:
        assert not one.refused
        assert one.about.endswith(".")
        assert one.version == version("ga-synth") == own_version()


@pytest.mark.parametrize(
    ("kind", "name"),
    [("synth", "subtractive"), ("fitness", "mfcc"), ("search", "ga"), ("strategy", "society")],
)
def test_get(kind, name):
    assert name in Registry().names(kind)
    assert Registry().get(kind, name).__doc__


@pytest.mark.parametrize(
    ("kind", "name", "near"),
    [
        ("synth", "subtracive", "'subtractive'"),
        ("fitness", "wavefrom", "'waveform'"),
        ("judge", "mfc", "'mfcc'"),
        ("search", "cmaes", "'cma_es'"),
        ("strategy", "endtoend", "'end_to_end'"),
    ],
)
def test_what_is_unknown_is_refused_with_the_nearest(refused, kind, name, near):
    with refused(f"{kind} {name!r} is not registered", near):
        Registry().get(kind, name)


def test_a_judge_is_any_fitness():
    registry = Registry()
    assert registry.get("judge", "mfcc") is registry.get("fitness", "mfcc")
    assert set(registry.names("judge")) >= set(registry.names("fitness"))
    assert registry.version("judge", "mfcc") == registry.version("fitness", "mfcc")


def test_a_plug_in_file(plugin, tmp_path):
    registry = plugin(FITNESS)
    assert {"loud", "mfcctwice"} <= set(registry.names("fitness"))
    assert "half" not in registry.names("fitness")
    assert "fitness" not in registry.names("fitness")
    one = next(p for p in registry.all() if p.name == "loud")
    assert (one.kind, one.about, one.source) == (
        "fitness",
        "Difference of levels.",
        str(tmp_path / "mine.py"),
    )
    assert registry.get("judge", "loud").__name__ == "Loud"


def test_the_version_of_a_file_changes_with_its_text(plugin):
    before = plugin(FITNESS, "a.py").version("fitness", "loud")
    assert plugin(FITNESS, "b.py").version("fitness", "loud") == before
    assert plugin(FITNESS + "# other\n", "c.py").version("fitness", "loud") != before
    assert before != own_version()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("empty.py", "", ["defines no Fitness"]),
        ("imports.py", "from fitness.waveform import Waveform", ["defines no Fitness"]),
        ("broken.py", "def (", ["SyntaxError"]),
        ("raises.py", "raise RuntimeError('one\\ntwo')", ["RuntimeError: one"]),
        ("leaves.py", "import sys\nsys.exit('bye')", ["SystemExit: bye"]),
        ("missing.py", "import no_such_module", ["ModuleNotFoundError", "no_such_module"]),
        ("notes.txt", "", ["not a Python file"]),
    ],
)
def test_a_file_that_cannot_be_used(plugin, refused, name, text, words):
    with refused(f"{name}: ", *words):
        plugin(text, name)


def test_a_file_that_is_missing(plugin, refused, tmp_path):
    plugin(FITNESS)
    with refused("mne.py: no such file; did you mean 'mine.py'?"):
        Registry((tmp_path / "mne.py",))
    with refused("no such file"):
        Registry((tmp_path,))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no_module", "ModuleNotFoundError: No module named 'other_missing'"),
        ("no_class", "AttributeError"),
        ("no_fitness", "other_package:Plain is not a Fitness"),
        ("abstract", "other_package:Half lacks distance"),
        ("raises", "OSError: no licence"),
        ("leaves", "SystemExit: bye"),
    ],
)
def test_a_broken_plug_in_is_listed_with_its_reason_and_refused(
    other_package, refused, name, reason
):
    one = next(p for p in other_package.all() if p.name == name)
    assert reason in one.refused
    assert one.source == "other-package 2.5"
    with refused(f"fitness {name!r} is broken: ", reason):
        other_package.get("fitness", name)


def test_a_whole_plug_in_of_another_package(other_package, refused):
    one = next(p for p in other_package.all() if p.name == "fine")
    assert (one.refused, one.version, one.about) == ("", "2.5", "Difference of levels.")
    assert other_package.version("fitness", "fine") == "2.5"
    assert other_package.get("judge", "only_judge").__name__ == "Fine"
    with refused("fitness 'only_judge' is not registered"):
        other_package.get("fitness", "only_judge")


def test_describing_the_built_ins_imports_none_of_them():
    code = (
        "import json, sys; from harness.plan.registry import Registry; Registry().all(); "
        "print(json.dumps([m for m in sys.modules if m.split('.')[0] in sys.argv[1:]]))"
    )
    heavy = ["numba", "ray", "mlflow", "librosa", "tensorflow", "scipy", "deap", "matplotlib"]
    said = subprocess.run(
        [sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == []


DUPLICATES = {
    "of a built-in": ("mine.py", "class Mfcc(Waveform):\n    '''Mine.'''\n", "ga-synth itself"),
    "of another file": ("other.py", "class Mine(Waveform):\n    '''Other.'''\n", "mine.py"),
    "in one file": (
        "mine.py",
        "class Mine(Waveform):\n    '''One.'''\n\n\nclass mine(Waveform):\n    '''Other.'''\n",
        "mine.py",
    ),
}


@pytest.mark.parametrize(("name", "text", "where"), DUPLICATES.values(), ids=DUPLICATES)
def test_a_plug_in_never_replaces_another(tmp_path, refused, name, text, where):
    start = "from fitness.waveform import Waveform\n\n\n"
    (tmp_path / "mine.py").write_text(start + "class Mine(Waveform):\n    '''Mine.'''\n")
    (tmp_path / name).write_text(start + text)
    files = tuple(dict.fromkeys([tmp_path / "mine.py", tmp_path / name]))
    with refused("fitness", "already defined", where, name, "rename"):
        Registry(files)


@pytest.fixture
def no_plugins(monkeypatch):
    """As after ``ga-synth --no-plugins``."""
    monkeypatch.setattr("harness.plan.registry._refused", False)
    refuse_plugins()


def test_without_plug_ins_no_code_of_others_runs(no_plugins, tmp_path, other_package, refused):
    ran = tmp_path / "ran"
    (tmp_path / "mine.py").write_text(f"open({str(ran)!r}, 'w')\n" + FITNESS)
    with refused("mine.py: not run, because of --no-plugins"):
        Registry((tmp_path / "mine.py",))
    registry = Registry()
    assert not ran.exists()
    assert {p.source for p in registry.all()} == {"built in"}
    for kind, name in (("fitness", "fine"), ("synth", "plugin"), ("synth", "puredata")):
        with refused(f"{kind} {name!r} is not registered", "--no-plugins refuses"):
            registry.get(kind, name)
    assert registry.get("synth", "subtractive")


def test_plug_ins_whose_code_was_loaded_are_named(other_package, plugin, tmp_path):
    assert Registry().foreign() == []
    registry = plugin(FITNESS)
    assert registry.foreign() == [str(tmp_path / "mine.py")]
    registry.get("fitness", "mfcc")
    registry.get("fitness", "fine")
    assert registry.foreign() == [str(tmp_path / "mine.py"), "other-package 2.5"]


def test_a_class_that_lacks_a_method_is_refused_by_name(plugin, refused, tmp_path):
    registry = plugin(FITNESS)
    one = next(p for p in registry.all() if p.name == "half")
    assert "lacks the method 'distance'" in one.refused
    with refused("fitness 'half' is broken", "mine.py", "Half lacks the method 'distance'"):
        registry.get("fitness", "half")


@pytest.mark.parametrize(
    ("method", "hint"), [("distanc", "is 'distanc' meant"), ("score", "is 'score' meant")]
)
def test_a_file_that_only_lacks_a_method_says_which(plugin, refused, method, hint):
    text = "from fitness.base import Fitness\n\n\nclass Odd(Fitness):\n    def {}(self, s): ...\n"
    with refused("odd.py: Odd lacks the method 'distance'", repr(method), hint):
        plugin(text.format(method), "odd.py")


def test_a_base_class_of_ones_own_is_no_mistake(plugin):
    base = "class Base(Fitness):\n    pass\n\n\nclass Own(Base):\n    def distance(self, s): ...\n"
    registry = plugin(f"from fitness.base import Fitness\n\n\n{base}")
    assert [p.name for p in registry.all(["fitness"]) if p.source != "built in"] == ["own"]


def test_two_packages_with_one_name_stop_only_who_uses_it(tmp_path, monkeypatch, refused):
    for name in ("one", "two"):
        about = tmp_path / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[ga_synth.fitness]\nboth = {name}:Both\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry()
    assert registry.get("fitness", "mfcc")
    (both,) = registry.all(["fitness"], "both")
    assert "registered by" in both.refused
    with refused("fitness 'both'", "the package one", "the package two", "uninstall one"):
        registry.get("fitness", "both")


def test_one_name_imports_no_other_package(other_package):
    sys.modules.pop("other_package", None)
    assert other_package.all(name="mfcc")
    assert "other_package" not in sys.modules

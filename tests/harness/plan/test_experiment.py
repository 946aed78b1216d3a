import pytest
import yaml
from pydantic import ValidationError

from harness.plan.experiment import ContrivedTarget, Experiment, RecordedTarget, read_experiment

TWO = {"strategies": ["society", "random"]}
NEEDED = {"budget": 60, "targets": ["a.wav"], "fitness": ["waveform"], "strategies": ["society"]}


@pytest.fixture
def read(tmp_path):
    """Read an experiment out of text, or out of plain values."""

    def reader(given, *settings, name="first.yaml"):
        path = tmp_path / name
        path.write_text(given if isinstance(given, str) else yaml.safe_dump(given), "utf-8")
        return read_experiment(path, list(settings))

    return reader


def test_every_default(read):
    experiment = read(NEEDED)
    assert experiment.name == "first"
    assert (experiment.about, experiment.questions, experiment.plugins) == ("", [], [])
    assert (experiment.seed, experiment.seeds, experiment.population) == (0, 3, 50)
    assert experiment.synth.model_dump() == {
        "name": "subtractive",
        "label": "subtractive",
        "options": {},
    }
    assert experiment.search.name == "ga"
    assert [judge.name for judge in experiment.judges] == [
        "timbre",
        "multi_scale_spectral",
        "mfcc",
        "log_spectral",
        "pitch",
        "loudness",
    ]
    assert experiment.targets == [RecordedTarget(file="a.wav")]
    recorded = experiment.targets[0]
    assert (recorded.label, recorded.channel, recorded.start, recorded.seconds) == (
        None,
        "each",
        0.0,
        None,
    )
    contrived = ContrivedTarget(contrived=4)
    assert (contrived.label, contrived.seconds, contrived.sample_rate) == (None, 1.0, 44_100)


def test_what_is_resolved_reads_as_the_same(tiny):
    experiment = Experiment.model_validate(tiny())
    again = experiment.model_dump(mode="json")
    assert experiment == Experiment.model_validate(experiment)
    assert again["strategies"][1] == {
        "name": "society",
        "label": "society",
        "options": {"agent_population": 4},
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contrasts": [["random", "societ"]], **TWO}, ["contrasts[0]: no", "'society'?"]),
        ({"contrasts": [["society", "society"]], **TWO}, ["contrasts[0]: ", "two different"]),
        ({"contrasts": [["society"]], **TWO}, ["contrasts[0]: ['society'] needs two"]),
        ({"contrasts": [["society", "random", "society"]], **TWO}, ["contrasts[0]: ", "needs two"]),
        (
            {"contrasts": [["society", "random"], ["random", "society"]], **TWO},
            ["contrasts[1]: 'random against society'"],
        ),
        ({"bugdet": 1}, ["unknown key 'bugdet'", "did you mean 'budget'?"]),
        ({"zzz": 1}, ["unknown key 'zzz'", "allowed: about, bank, broken, budget"]),
        ({"targets": [{"file": "a", "chanel": "left"}]}, ["targets[0]: ", "'channel'"]),
        ({"targets": ["a", {"contrived": 1, "secnds": 1}]}, ["targets[1]: ", "'seconds'"]),
        ({"targets": [{"fil": "a"}]}, ["targets[0]", "did you mean 'file'?"]),
        ({"fitness": [{"nam": "a"}]}, ["fitness[0]", "needs a name"]),
        ({"fitness": [{"name": "a", 3: 4}]}, ["fitness[0]", "option names must be text"]),
        ({"fitness": [{"name": "a", "label": "a b"}]}, ["fitness[0].label", "allowed: letters"]),
        ({"targets": [{"contrived": 1, "label": "../x"}]}, ["targets[0].label", "'../x'"]),
        ({"fitness": [{"name": "a", "label": 3}]}, ["fitness[0].label", "(3)"]),
        ({"name": "x" * 61}, ["name", "60"]),
        ({"budget": "many"}, ["budget", "integer", "'many'"]),
        ({"budget": "m" * 400}, ["budget", "mmm…"]),
        ({"budget": True}, ["budget", "integer", "True"]),
        ({"budget": 1e3}, ["budget", "integer", "1000.0"]),
        ({"budget": 0}, ["budget", "1", "(0)"]),
        ({"budget": -5}, ["budget", "1", "(-5)"]),
        ({"budget": 49}, ["budget 49 is below one generation", "50"]),
        ({"budget": None}, ["budget", "None"]),
        ({"population": 0}, ["population", "(0)"]),
        ({"seeds": 0}, ["seeds", "(0)"]),
        ({"seed": -1}, ["seed", "(-1)"]),
        ({"about": 3}, ["about", "string", "(3)"]),
        ({"questions": "Why?"}, ["questions", "list"]),
        ({"synth": []}, ["synth", "needs a name"]),
        ({"search": {"mutation": 0.1}}, ["search", "needs a name"]),
        ({"strategies": "society"}, ["strategies", "list", "'society'"]),
        ({"strategies": []}, ["strategies", "is empty"]),
        ({"targets": []}, ["targets", "is empty"]),
        ({"fitness": []}, ["fitness", "is empty"]),
        ({"targets": [3]}, ["targets[0]", "needs a file", "(3)"]),
        ({"targets": [None]}, ["targets[0]", "needs a file"]),
        ({"targets": [{}]}, ["targets[0].file", "is missing"]),
        ({"targets": [{"file": "a", "channel": "up"}]}, ["targets[0].channel", "'left'", "'up'"]),
        ({"targets": [{"file": "a", "start": -1}]}, ["targets[0].start", "(-1)"]),
        ({"targets": [{"file": "a", "seconds": 0}]}, ["targets[0].seconds", "(0)"]),
        ({"targets": [{"contrived": "x"}]}, ["targets[0].contrived: ", "integer"]),
        ({"targets": [{"contrived": 1, "seconds": float("nan")}]}, ["targets[0].seconds", "nan"]),
        ({"targets": [{"contrived": 1, "sample_rate": 100}]}, ["targets[0].sample_rate", "8000"]),
        ({"strategies": ["a", "b", "a"]}, ["strategies: 'a'"]),
        ({"fitness": ["a", {"name": "b", "label": "a"}]}, ["fitness: 'a'"]),
        ({"judges": ["a", "a"]}, ["judges: 'a'"]),
    ],
    ids=str,
)
def test_refuses(read, refused, changes, words):
    with refused("first.yaml: ", *words):
        read({**NEEDED, **changes})


@pytest.mark.parametrize("key", NEEDED)
def test_refuses_when_a_needed_key_is_missing(read, refused, key):
    with refused(f"{key}: is missing"):
        read({k: v for k, v in NEEDED.items() if k != key})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["needs keys such as targets"]),
        ("- a\n- b\n", ["needs keys such as targets"]),
        ("just words", ["needs keys such as targets"]),
        ("budget: 3\nseed: [1, 2\n", ["not YAML", "line 3"]),
        ("a: b: c\n", ["not YAML", "line 1"]),
        ("about: \x01\n", ["not YAML"]),
        ("budget: 1\nseed: 2\nbudget: 3\n", ["not YAML", "duplicate key 'budget'", "line 3"]),
        ("targets: [{file: a, file: b}]\n", ["duplicate key 'file'"]),
        ("? [a]\n: b\n", ["not YAML"]),
        ("a: !!python/object/apply:os.system [ls]\n", ["not YAML"]),
    ],
)
def test_refuses_text(read, refused, text, words):
    with refused("first.yaml", *words):
        read(text)


def test_yaml_may_take_keys_from_elsewhere(read):
    text = "targets:\n- &a {file: a.wav, channel: left}\n- {<<: *a, file: b.wav}\n"
    rest = yaml.safe_dump({k: v for k, v in NEEDED.items() if k != "targets"})
    assert read(text + rest).targets[1] == RecordedTarget(file="b.wav", channel="left")


def test_refuses_what_is_no_readable_file(tmp_path, refused):
    (tmp_path / "binary.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    with refused("binary.yaml: not a text file"):
        read_experiment(tmp_path / "binary.yaml")
    with refused("binry.yaml: no such file; did you mean 'binary.yaml'?"):
        read_experiment(tmp_path / "binry.yaml")
    with refused("no such file"):
        read_experiment(tmp_path / "no" / "such.yaml")
    with refused("is a directory"):
        read_experiment(tmp_path)


GIVEN = {
    **NEEDED,
    "targets": ["a.wav", {"contrived": 3}],
    "search": {"name": "ga", "elite": 1},
    "fitness": ["waveform"],
}


@pytest.mark.parametrize(
    ("setting", "place", "value"),
    [
        ("budget=500", lambda e: e.budget, 500),
        ("name=other", lambda e: e.name, "other"),
        ("about=a=b", lambda e: e.about, "a=b"),
        ("judges=[]", lambda e: e.judges, []),
        ("search.elite=3", lambda e: e.search.options, {"elite": 3}),
        ("search.mutation=0.2", lambda e: e.search.options, {"elite": 1, "mutation": 0.2}),
        ("targets.1.seconds=0.5", lambda e: e.targets[1].seconds, 0.5),
        ("targets.0.channel=left", lambda e: (e.targets[0].file, e.targets[0].channel),
         ("a.wav", "left")),
        ("targets.0=b.wav", lambda e: e.targets[0].file, "b.wav"),
        ("fitness.0.bands=3", lambda e: (e.fitness[0].name, e.fitness[0].options),
         ("waveform", {"bands": 3})),
        ("strategies=[random]", lambda e: e.strategies[0].name, "random"),
    ],
)  # fmt: skip
def test_set(read, setting, place, value):
    assert place(read(GIVEN, setting)) == value


def test_the_last_set_wins(read):
    assert read(GIVEN, "budget=70", "budget=80").budget == 80


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("budget", ["needs key=value"]),
        ("=5", ["needs key=value"]),
        ("bugdet=5", ["unknown key 'bugdet'", "'budget'"]),
        ("budget=", ["budget", "None"]),
        ("budget=[", ["budget=[", "not YAML"]),
        ("budget.x=1", ["'x' is to be a part of 60"]),
        ("serch.elite=1", ["no 'serch' in the file", "did you mean 'search'?"]),
        ("targets.2=b.wav", ["position '2'", "allowed: 0 to 1"]),
        ("targets.-1=b.wav", ["position '-1'"]),
        ("targets.x.label=b", ["position 'x'"]),
        ("plugins=[]", []),
    ],
)
def test_bad_set(read, refused, setting, words):
    if not words:
        read({**GIVEN, "plugins": []}, setting)
        return
    with refused(*words):
        read(GIVEN, setting)


def test_set_in_an_empty_list(read, refused):
    with refused("the list is empty"):
        read({**GIVEN, "plugins": []}, "plugins.0=a.py")


def test_a_judge_may_not_share_the_label_of_another_fitness(tiny):
    shared = tiny(judges=[{"name": "mfcc", "label": "spectrogram"}])
    with pytest.raises(ValidationError, match="'spectrogram' is also a fitness"):
        Experiment.model_validate(shared)
    Experiment.model_validate(tiny(judges=["spectrogram"]))


@pytest.mark.parametrize("name", ["mlflow.db", "mlflow.db-wal", "answers.html", "Default"])
def test_a_name_that_the_folder_of_comparisons_needs_itself_is_refused(read, refused, name):
    with refused(name, "choose another name"):
        read({**NEEDED, "name": name})
    assert read({**NEEDED, "name": f"my-{name}"}).name == f"my-{name}"

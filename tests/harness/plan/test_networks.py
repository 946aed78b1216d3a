import pytest

from harness.plan.choice import Choice
from harness.plan.networks import (
    NetworkPlan,
    checked_network,
    network_key,
    network_plan,
    stored_plan,
)
from harness.plan.registry import Registry
from harness.plan.trials import trials_of

NET = {"name": "features_mlp", "label": "net"}
SEEDED = {"name": "seeded_end_to_end", "network": "net"}
SYNTH = Choice.model_validate("subtractive")


def plan(**changes):
    return checked_network(NetworkPlan.model_validate(NET | changes), Registry(), "networks[0]")


def key(folder=None, **changes):
    return network_key(plan(**changes), SYNTH, Registry(), folder)


def test_every_option_is_filled_in():
    made = plan(objective="knobs+sound")
    assert made.options == {"dense": 256}
    assert made.objective.options["pretrain"] == 0.7
    assert made.samples == 16_000


def test_the_key_is_of_what_it_depends_on():
    assert key() == key(label="other")
    changes = [{"steps": 3}, {"objective": "sound"}, {"options": {"dense": 9}}, {"seed": 1}]
    changes.append({"threads": 1})
    assert len({key(), *(key(**change) for change in changes)}) == 6


def test_what_files_hold_counts_not_where_they_lie(tmp_path):
    for name, text in (("a", "one"), ("b", "one"), ("c", "two")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(text)
    one, same, other = (key(tmp_path, dataset=name) for name in "abc")
    assert one == same != other


def test_only_networks_that_strategies_name_are_trained(planned):
    comparison = planned(networks=[NET, {**NET, "label": "idle"}], strategies=[SEEDED])
    assert list(comparison.networks) == ["net"]


def test_a_trial_depends_on_its_network(planned):
    one, other = (
        trials_of(planned(networks=[{**NET, "steps": steps}], strategies=[SEEDED, "random"]))
        for steps in (10, 20)
    )
    assert [a.key == b.key for a, b in zip(one[:2], other[:2], strict=True)] == [False, True]


def test_a_network_may_be_of_another_synth(planned, refused, tmp_path):
    other = """
import numpy as np
from synth.base import Synth
from synth.space import Parameter, ParameterSpace

class Bell(Synth):
    space = ParameterSpace([Parameter({name!r}, "pitch", "semitones", 36, 84)])

    def render_block(self, genomes):
        return np.repeat(genomes, self.samples, axis=1).astype("float32")
"""
    for name in ("pitch", "height"):
        (tmp_path / f"{name}.py").write_text(other.format(name=name))
    own = {"synth": "bell", "strategies": [SEEDED], "folder": tmp_path}
    fast = {**NET, "synth": "subtractive"}
    comparison = planned(networks=[fast], plugins=["pitch.py"], **own)
    assert comparison.networks["net"].synth.name == "subtractive"
    assert "cutoff" in comparison.networks["net"].space.names
    usual = planned(networks=[NET], plugins=["pitch.py"], **own)
    assert usual.networks["net"].synth.name == "bell"
    assert usual.network_key("net") != comparison.network_key("net")
    # The network of the fast synth is the same as in an experiment of its own.
    assert comparison.network_key("net") == planned(
        networks=[NET], strategies=[SEEDED]
    ).network_key("net")
    with refused("network 'net': synth", "name and unit"):
        planned(networks=[fast], plugins=["height.py"], **own)
    with refused("network 'net': synth", "'subtractive'"):
        planned(networks=[{**NET, "synth": "subtractiv"}], plugins=["pitch.py"], **own)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"networks": [NET], "strategies": [{**SEEDED, "network": "nett"}]},
         ["strategy 'seeded_end_to_end'", "no network 'nett'", "'net'"]),
        ({"networks": [{"name": "features_mpl"}]}, ["networks[0]", "did you mean 'features_mlp'"]),
        ({"networks": [{**NET, "objective": "knob"}]}, ["training method", "'knob'", "'knobs'"]),
        ({"networks": [{**NET, "objective": {"name": "sound", "draws": 2}}]},
         ["networks[0].objective", "no option 'draws'"]),
        ({"networks": [{**NET, "objective": {"name": "knobs+sound", "pretrain": 1.0}}]},
         ["networks[0].objective", "pretrain 1.0; allowed"]),
        ({"networks": [{**NET, "options": {"dens": 2}}]}, ["networks[0].options", "'dense'"]),
        ({"networks": [{**NET, "fitness": "spectrogran"}]}, ["networks[0]", "'spectrogram'"]),
        ({"strategies": [{"name": "network", "network": "net", "draws": 0}], "networks": [NET]},
         ["strategy 'network'", "draws 0"]),
    ],
)  # fmt: skip
def test_refuses(planned, refused, changes, words):
    with refused(*words):
        planned(**changes)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({**NET, "stepps": 1}, "unknown key 'stepps'"),
        ({"label": "x"}, "needs a name"),
        ({**NET, "sample_rate": 100}, "greater than or equal to 8000"),
    ],
)
def test_refuses_keys(planned, refused, given, words):
    import pydantic

    with pytest.raises(pydantic.ValidationError, match=words):
        NetworkPlan.model_validate(given)


def test_settings_of_the_command_line(refused):
    made = network_plan("gru_raw", "sound", ["steps=7", "objective.reach=0.1", "options.units=8"])
    assert (made.steps, made.objective.options, made.options) == (7, {"reach": 0.1}, {"units": 8})
    with refused("train: steps", "'many'"):
        network_plan("gru_raw", "sound", ["steps=many"])


def test_a_pretrained_network_is_known_by_its_name_and_nothing_else_is_given(planned):
    made = planned(
        networks=[{"pretrained": "subtractive", "label": "net"}], strategies=[SEEDED]
    ).networks["net"]
    assert made.plan.pretrained == "subtractive"
    assert (made.plan.name, made.plan.objective.name) == ("listener", "joint")
    unlabelled = NetworkPlan.model_validate({"pretrained": "subtractive"})
    assert unlabelled.label == "subtractive"
    # Whatever the version of ga-synth: its own file is what it depends on.
    found = network_key(made.plan, SYNTH, Registry(), None)
    assert found == network_key(unlabelled, SYNTH, Registry(), None)
    assert found != key()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pretrained": "substractive"}, ["substractive", "subtractive"]),
        ({"pretrained": "subtractive", "steps": 5}, ["steps", "label"]),
        ({"pretrained": "subtractive", "name": "gru_raw"}, ["name", "label"]),
    ],
)
def test_a_pretrained_network_that_is_not_there_or_is_changed_is_refused(given, words):
    with pytest.raises(ValueError, match="pretrained") as caught:
        NetworkPlan.model_validate(given)
    assert all(word in str(caught.value) for word in words)


def test_a_stored_plan_is_the_plan_it_was():
    made = plan(objective={"name": "sound", "directions": 3}, fitness="mfcc", synth="subtractive")
    assert stored_plan(made.model_dump()) == made


def test_only_what_hears_any_length_is_augmented(refused):
    with refused("networks[0].augment", "listener"):
        plan(augment=True)
    assert plan(name="listener", objective="joint", augment=True, seconds=4).augment
    with refused("networks[0].augment", "rendered on demand"):
        plan(name="listener", augment=True, dataset="there")


def test_without_tensorflow_only_what_needs_a_network_is_refused(planned, refused, monkeypatch):
    from harness.api.proposal_page.show import shown
    from harness.plan import networks

    absent = {"tensorflow", "keras"}
    monkeypatch.setattr(networks, "find_spec", lambda name: None if name in absent else name)
    with refused("networks[0]", "tensorflow and keras", "pip install"):
        planned(networks=[NET], strategies=[SEEDED])
    with refused("subtractive", "pip install"):
        shown("subtractive", "contrived:1", None)
    assert planned(strategies=["end_to_end"]).networks == {}

"""Sweeps and sizes: what an experiment file is turned into."""

import pytest
import yaml

from harness.plan.experiment import Experiment, read_experiment
from harness.plan.trials import trials_of

SWEEP = {"knob": "mutation", "strategies": ["end_to_end", "society"], "values": [0.02, 0.1, 0.5]}


def test_a_knob_is_turned_through_its_values_for_each_strategy(tiny):
    made = Experiment.model_validate(tiny(sweeps=[SWEEP])).variants()
    assert [v.choice.label for v in made] == [
        f"{strategy}-mutation={value:g}"
        for strategy in SWEEP["strategies"]
        for value in SWEEP["values"]
    ]
    last = made[-1]
    assert (last.strategy, last.knob, last.search, last.section, last.value) == (
        "society", "mutation", "ga", "", 0.5,
    )  # fmt: skip
    assert last.choice.options == {
        "agent_population": 4,
        "search": {"name": "ga", "mutation": 0.5},
    }


def test_a_sweep_may_have_a_search_of_its_own_and_keeps_its_options(tiny):
    own = {"name": "ga", "tournament": 2}
    strategies = [{"name": "end_to_end", "search": {"name": "ga", "elite": 1}}, "society"]
    sweeps = [{**SWEEP, "search": own}, {**SWEEP, "knob": "elite", "values": [1, 2, 3]}]
    made = Experiment.model_validate(tiny(strategies=strategies, sweeps=sweeps)).variants()
    assert made[0].choice.options["search"] == {"name": "ga", "tournament": 2, "mutation": 0.02}
    by_label = {v.choice.label: v.choice.options["search"] for v in made}
    assert by_label["end_to_end-elite=3"] == {"name": "ga", "elite": 3}


def test_a_section_is_turned_by_the_strategys_own_option(tiny):
    made = Experiment.model_validate(tiny(sweeps=[{**SWEEP, "section": "filter"}])).variants()
    assert made[0].choice.label == "end_to_end-filter.mutation=0.02"
    assert made[0].choice.options["mutation"] == {"filter": 0.02}
    assert made[0].section == "filter"


def test_variants_are_trials_and_are_known_by_the_journal(planned, run_here, tmp_path):
    sweep = {**SWEEP, "strategies": ["end_to_end"]}
    comparison = planned(sweeps=[sweep], strategies=["end_to_end"], seeds=1, fitness=["waveform"])
    labels = {trial.strategy for trial in trials_of(comparison)}
    assert labels == {"end_to_end", *(f"end_to_end-mutation={v:g}" for v in SWEEP["values"])}
    journal = run_here(comparison, tmp_path)
    assert [v["choice"] for v in journal.experiment()["variants"]] == sorted(labels)[1:]
    assert all(journal.folder(trial).finished for trial in trials_of(comparison))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"strategies": ["societ"]}, ["sweeps[0]", "no strategy 'societ'", "'society'"]),
        ({"values": [0.1, 0.2]}, ["sweeps[0].values"]),
        ({"knobb": 1}, ["unknown key 'knobb'", "knob"]),
        ({"values": [0.1, 0.2, 0.1]}, ["duplicate label 'end_to_end-mutation=0.1'"]),
        ({"section": "filter", "knob": "elite"}, ["section with the knob 'elite'", "mutation"]),
    ],
)
def test_what_does_not_fit_is_said(experiment_file, refused, change, words):
    with refused(*words):
        read_experiment(experiment_file(sweeps=[{**SWEEP, **change}]))


def test_a_knob_that_the_search_lacks_is_said(planned, refused):
    with refused("end_to_end-mutatoin=0.02", "no option 'mutatoin'", "did you mean 'mutation'"):
        planned(sweeps=[{**SWEEP, "knob": "mutatoin"}])


def test_a_size_changes_keys_and_the_name(experiment_file):
    path = experiment_file(sizes={"smoke": {"seeds": 1, "budget": 20}})
    assert read_experiment(path).seeds == 2
    small = read_experiment(path, size="smoke")
    assert (small.name, small.seeds, small.budget) == ("tiny-smoke", 1, 20)
    assert read_experiment(path, ["budget=30"], "smoke").budget == 30


def test_an_unknown_size_and_broken_sizes_are_said(experiment_file, refused):
    path = experiment_file(sizes={"smoke": {"seeds": 1}})
    with refused("no size 'smok'", "did you mean 'smoke'"):
        read_experiment(path, size="smok")
    with refused("no size 'smoke'", "smoke"):
        read_experiment(experiment_file(), size="smoke")
    path.write_text(yaml.safe_dump({"sizes": [1]}))
    with refused("sizes: needs a mapping"):
        read_experiment(path)


def test_a_section_is_turned_where_a_strategy_has_no_probabilities_of_its_own(tiny):
    strategies = [{"name": "end_to_end", "mutation": None}, "society"]
    sweeps = [{**SWEEP, "section": "filter"}]
    made = Experiment.model_validate(tiny(strategies=strategies, sweeps=sweeps)).variants()
    assert made[0].choice.options["mutation"] == {"filter": 0.02}

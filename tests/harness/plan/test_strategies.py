"""What strategies are to each other."""

from harness.plan.strategies import kinds

STRATEGIES = [
    {"name": "end_to_end", "label": "plain"},
    {"name": "end_to_end", "label": "other", "mutation": {"filter": 0.4}},
    {"name": "end_to_end", "label": "heard", "start": "heard"},
    {"name": "end_to_end", "label": "bank", "start": "bank"},
    {"name": "end_to_end", "label": "informed", "start": "informed"},
    {"name": "society", "agent_population": 4, "start": "bank"},
    "random",
]


def test_the_baseline_of_what_starts_from_a_bank_is_the_same_from_uniform_genomes(planned):
    comparison = planned(strategies=STRATEGIES)
    made = {label: comparison.strategy(label) for label in comparison.strategies}
    found = kinds(comparison.strategies, made)
    baselines = {label: kind["baseline"] for label, kind in found.items()}
    assert baselines == {
        "plain": None, "other": None, "heard": None, "bank": "plain", "informed": "plain",
        "society": None, "random": None,
    }  # fmt: skip
    assert {label: kind["start"] for label, kind in found.items()} == {
        "plain": "uniform", "other": "uniform", "heard": "heard", "bank": "bank",
        "informed": "informed", "society": "bank", "random": "uniform",
    }  # fmt: skip
    assert {kind["network"] for kind in found.values()} == {None}
    assert [label for label, kind in found.items() if kind["control"]] == ["random"]

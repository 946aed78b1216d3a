from harness.record.broken_counts import added, said


def test_counts_are_added_and_worded():
    assert added([{"b": 1}, {}, {"a": 2, "b": 3}]) == {"a": 2, "b": 4}
    assert said({"a": 1, "b": 2_000}) == "a (1 time); b (2,000 times)"

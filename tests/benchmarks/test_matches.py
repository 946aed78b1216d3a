"""The table of matches: how many rows keep pitch, level and onset."""

import pandas as pd

from benchmarks.matches import summary


def test_only_pitched_rows_can_be_in_tune():
    rows = [
        {"f0": 220.0, "cents": 10.0, "level_db": 0.5, "onset_ms": 0.0},
        {"f0": 220.0, "cents": -60.0, "level_db": -3.0, "onset_ms": 20.0},
        {"f0": 220.0, "cents": None, "level_db": 0.0, "onset_ms": 0.0},
        {"f0": 0.0, "cents": 5.0, "level_db": 0.0, "onset_ms": -5.0},
    ]
    table = pd.DataFrame(rows).assign(first_s=1.0, end_s=2.0).astype({"cents": float})
    said = summary(table)
    assert "in tune 1 of 3" in said
    assert "level within 2 dB 3 of 4" in said
    assert "onset within 10 ms 3 of 4" in said

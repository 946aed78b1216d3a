"""The tables beside the report, and their documentation."""

import io
from pathlib import Path

import pandas as pd
import pytest

from harness.answer.load import load_results
from harness.answer.output.columns import TABLES, markdown
from harness.answer.output.dataframes import csv_bytes, tables, write_tables
from harness.answer.questions.evaluate import answer

# Tables that only some comparisons have.
OPTIONAL = {"disagreements", "payoffs", "diversity_control", "gains"}
NAMES = set(TABLES) - OPTIONAL


@pytest.fixture(scope="module")
def made(written_to, plant, tmp_path_factory):
    """Results of the planted trials, and answers."""
    results = load_results(written_to(tmp_path_factory.mktemp("planted"), plant()))
    return results, answer(results)


def test_every_table_is_written_twice_and_holds_the_same(made):
    results, answers = made
    folder = write_tables(results, answers)
    assert folder == results.journal.path / "tables"
    assert {p.name for p in folder.iterdir()} == {
        f"{n}.{s}" for n in NAMES for s in ("csv", "parquet")
    }
    for name in NAMES:
        parquet = pd.read_parquet(folder / f"{name}.parquet")
        csv = pd.read_csv(folder / f"{name}.csv", float_precision="round_trip")
        pd.testing.assert_frame_equal(csv, parquet, check_dtype=False)
        # What holds several figures has a column for each.
        assert not any(isinstance(cell, tuple | list) for row in parquet.to_numpy() for cell in row)


def test_the_same_journal_gives_the_same_bytes(made):
    folder = write_tables(*made)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert {p.name: p.read_bytes() for p in write_tables(*made).iterdir()} == before
    again = load_results(made[0].journal)
    assert {p.name: p.read_bytes() for p in write_tables(again, answer(again)).iterdir()} == before


def test_the_values_in_them(made):
    found = tables(*made)
    trials = found["trials"]
    assert len(trials) == 36
    assert trials["parameter_error"].isna().all()
    society = trials[(trials["strategy"] == "society") & (trials["target"] == "u")]
    assert society["best"].tolist() == pytest.approx([0.2 + 0.01 * seed for seed in range(6)])
    assert {"judge.judge", "cpu_s"} <= set(trials)
    measures = found["measures"]
    assert len(measures) == 36
    assert measures["name"].tolist() == trials["name"].tolist()
    assert measures["speed"].notna().all()

    verdicts = found["answers"]
    judged = verdicts[(verdicts["measure"] == "judged") & (verdicts["axis"] == "strategy")]
    pair = judged[(judged["one"] == "society") & (judged["other"] == "end_to_end")].iloc[0]
    assert (pair["verdict"], pair["n"], pair["probability"]) == ("ahead", 12, 1.0)
    assert pair["shift_low"] <= pair["shift"] <= pair["shift_high"]

    summary = found["summary"].set_index(["measure", "contender"])
    own = made[1].answers[0]
    assert (
        tuple(summary.loc[("speed", "society"), ["iqm", "low", "high"]]) == own.summary["society"]
    )

    assert found["curves"].groupby(["strategy", "target", "seed"]).ngroups == 36
    assert set(found["run_times"]["unit"]) == {"renders", "cpu_s"}
    assert found["workers"]["workers"].max() == 1024
    assert found["cross_table"]["kind"].tolist() == ["judge"]


def test_without_measured_sounds_the_table_is_empty_but_has_its_columns(made):
    folder = write_tables(*made)
    header = (folder / "sound_diversity.csv").read_text()
    columns = ["strategy", "fitness", "target", "seed", "renders", "assembled", "evaluated"]
    assert header == ",".join(f'"{column}"' for column in columns) + "\n"


def test_tables_of_sweeps_are_removed_with_the_sweeps(made):
    folder = write_tables(*made)
    (folder / "gains.csv").write_text("stale")
    own = folder / "mine.csv"
    own.write_text("a reader's own")
    write_tables(*made)
    assert not (folder / "gains.csv").exists()
    assert own.read_text() == "a reader's own"
    own.unlink()


@pytest.fixture(scope="module")
def swept(planned, run_here, tmp_path_factory):
    """A tiny comparison with a sweep, run in this process."""
    sweep = {"knob": "mutation", "strategies": ["end_to_end"], "values": [0.1, 0.5, 1]}
    out = tmp_path_factory.mktemp("swept")
    return load_results(run_here(planned(sweeps=[sweep], fitness=["waveform"]), out))


def test_sweeps_have_tables_of_their_own(swept):
    found = tables(swept, answer(swept))
    assert set(found) == NAMES | {"diversity_control", "gains"}
    _check_documented(found)
    gains = found["gains"]
    assert sorted(set(gains["value"])) == [0.1, 0.5, 1]
    assert set(gains["family"]) == {"end_to_end"}
    assert len(found["trials"]) == len(swept.trials) == 12
    # Variants take no part in the questions.
    assert len(found["measures"]) == 6
    folder = write_tables(swept, answer(swept))
    assert pd.read_csv(folder / "gains.csv").shape == gains.shape


def test_csv_has_every_digit():
    value = 0.1 + 0.2
    text = csv_bytes(
        pd.DataFrame({"x": [value, float("inf"), float("nan")], "y": ["a,b", "c", "d"]})
    )
    assert text == b'"x","y"\n0.30000000000000004,"a,b"\ninf,"c"\n,"d"\n'
    assert pd.read_csv(io.BytesIO(text), float_precision="round_trip")["x"][0] == value


def _check_documented(found):
    for name, rows in found.items():
        documented = list(TABLES[name].columns)
        judges = [c for c in rows if c.startswith("judge.")] if name == "trials" else []
        expected = [c for c in documented if c != "judge.<label>"] + judges
        assert sorted(rows) == sorted(expected), name


def test_every_column_is_documented(made):
    _check_documented(tables(*made))
    for name, table in TABLES.items():
        assert table.row, name
        for column, about in table.columns.items():
            assert about.unit, (name, column)
            assert about.meaning, (name, column)


def test_the_documentation_lists_every_column():
    page = (Path(__file__).parents[4] / "docs" / "tables.md").read_text(encoding="utf-8")
    assert markdown() in page

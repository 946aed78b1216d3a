"""What is kept of probes: means, intervals, files, and their picture."""

import csv
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from harness.answer.measures.interactions import (
    interactions_of,
    matrix_of,
    read_probe,
    record_of,
    write_probe,
)
from harness.answer.output.plots.interactions import interactions_plot

GROUPS = {"pitch": (0,), "filter": (1,), "envelope": (2, 3)}
COMPARISON = SimpleNamespace(
    experiment=SimpleNamespace(name="made", seed=5), targets={"one": None, "two": None}
)
# Base, each alone, then pitch with filter, pitch with envelope, filter with envelope.
APART = [1.0, 1.5, 1.25, 3.0, 1.75, 3.5, 3.25]
BOUND = [1.0, 1.0, 1.0, 3.0, 2.0, 3.0, 3.0]


@pytest.fixture
def record():
    """By f the first pair interacts wholly at one of four points; by g never."""
    measured = {
        "f": {"one": np.array([APART, BOUND]), "two": np.array([APART, APART])},
        "g": {"one": np.array([APART, APART]), "two": np.array([APART, APART])},
    }
    return record_of(COMPARISON, "sections", GROUPS, measured)


def test_means_over_points_and_targets(record):
    assert (record["points"], record["charged"]) == (2, 2 * 2 * 7)
    assert record["fitness"]["f"]["share"] == [0.25, 0.0, 0.0]
    assert record["fitness"]["g"]["share"] == [0.0, 0.0, 0.0]
    one = record["fitness"]["f"]["targets"]["one"]
    assert one["share"] == [0.5, 0.0, 0.0]
    assert one["magnitude"] == [0.5, 0.0, 0.0]
    assert one["effect"] == [0.25, 0.125, 2.0]


def test_intervals_are_over_points_within_targets(record):
    # One target's points are 0 and 1, the other's both 0: resampled means are 0, 1/4 and 1/2.
    assert record["fitness"]["f"]["low"][0] == 0.0
    assert record["fitness"]["f"]["high"][0] == 0.5
    assert record["fitness"]["f"]["targets"]["one"]["high"][0] == 1.0
    assert [pair.figure for pair in interactions_of(record, "f")] == [
        "0.25 [0.00, 0.50]", "0.00 [0.00, 0.00]", "0.00 [0.00, 0.00]",
    ]  # fmt: skip


def test_one_point_has_no_interval():
    measured = {"f": {"one": np.array([BOUND]), "two": np.array([APART])}}
    record = record_of(COMPARISON, "sections", GROUPS, measured)
    assert record["fitness"]["f"]["low"] == [None] * 3
    assert interactions_of(record, "f")[0].figure == "0.50"
    json.loads(json.dumps(record, allow_nan=False))


def test_the_matrix_is_symmetric(record):
    matrix = matrix_of(record, "f")
    assert np.array_equal(matrix, matrix.T, equal_nan=True)
    assert (matrix[0, 1], matrix[1, 2]) == (0.25, 0.0)
    assert np.isnan(np.diag(matrix)).all()


def test_files_are_read_again_and_the_same_each_time(record, tmp_path):
    files = write_probe(tmp_path / "a", record, interactions_plot(record).svg)
    again = write_probe(tmp_path / "b", record, interactions_plot(record).svg)
    assert [path.name for path in files] == ["probe.json", "probe.csv", "probe.svg"]
    assert [p.read_bytes() for p in files] == [p.read_bytes() for p in again]
    assert read_probe(tmp_path / "a") == record
    assert read_probe(tmp_path) is None
    rows = list(csv.DictReader(files[1].read_text().splitlines()))
    assert len(rows) == 2 * 2 * 3
    assert rows[0] == {
        "fitness": "f", "target": "one", "first": "pitch", "second": "filter",
        "share": "0.5", "low": "0.0", "high": "1.0", "magnitude": "0.5",
    }  # fmt: skip


def test_genes_have_files_of_their_own(record, tmp_path):
    genes = {**record, "between": "genes"}
    files = write_probe(tmp_path, genes, interactions_plot(genes).svg)
    assert [p.name for p in files] == ["probe-genes.json", "probe-genes.csv", "probe-genes.svg"]
    # The report shows sections.
    assert read_probe(tmp_path) is None


def test_the_picture_has_a_panel_a_fitness_and_figures_where_there_is_room(record):
    picture = interactions_plot(record).svg
    assert picture.startswith("<svg")
    for word in (">f<", ">g<", ">envelope<", ">0.25<"):
        assert word in picture
    assert "nan" not in re.findall(r">([^<]*)</text>", picture)
    names = [f"gene {i}" for i in range(20)]
    zeros = {"share": [0.5] * 190, "low": [None] * 190, "high": [None] * 190}
    large = interactions_plot({"names": names, "fitness": {"f": zeros}}).svg
    assert ">gene 19<" in large
    assert ">0.50<" not in large


def test_one_section_alone_has_nothing_to_interact_with(tmp_path):
    measured = {"f": {"one": np.array([[1.0, 2.0]]), "two": np.array([[1.0, 2.0]])}}
    record = record_of(COMPARISON, "sections", {"all": (0, 1)}, measured)
    assert record["fitness"]["f"]["share"] == []
    write_probe(tmp_path, record, interactions_plot(record).svg)

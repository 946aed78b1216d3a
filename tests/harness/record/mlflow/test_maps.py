"""Pictures of fronts and archives, read pixel by pixel."""

import io

import numpy as np
import pytest
from PIL import Image

from harness.record.mlflow.maps import collection_maps


def record(kind="front", values=((0.1, 0.9), (0.5, 0.5), (0.9, 0.1)), heard=(0, 2)):
    return {
        "agent": "all",
        "kind": kind,
        "names": ["spectrogram", "loudness"],
        "distances": [0.1 * (i + 1) for i in range(len(values))],
        "values": [list(one) for one in values],
        "heard": [{"at": at, "sound": f"collections.{at:02}.flac"} for at in heard],
    }


def drawn(*records):
    return np.array(Image.open(io.BytesIO(collection_maps(records))))


def dots(page):
    """Where something is drawn in colour: text and frames are grey."""
    red, green, blue, alpha = (page[..., i].astype(int) for i in range(4))
    coloured = (alpha > 0) & ((red != green) | (green != blue))
    return np.argwhere(coloured), page


def test_a_brighter_dot_is_closer_and_the_second_value_runs_upwards():
    (places, page) = dots(drawn(record()))
    (top, left), (bottom, right) = places.min(axis=0), places.max(axis=0)
    # The first genome is the closest; it has the smaller first and the larger second value.
    first, last = page[top + 6, left + 6, :3], page[bottom - 6, right - 6, :3]
    assert first.astype(int).sum() > last.astype(int).sum()


def test_what_can_be_heard_is_larger():
    one, other = (len(dots(drawn(record(heard=heard)))[0]) for heard in ((), (0, 1, 2)))
    assert other > 2 * one


def test_every_collection_of_a_trial_has_a_map_beside_the_others():
    one, three = drawn(record()), drawn(record(), record("archive"), record())
    assert three.shape == (one.shape[0], 3 * one.shape[1], 4)
    width = one.shape[1]
    assert np.array_equal(three[:, :width], one)
    assert np.array_equal(three[:, 2 * width :], one)
    assert not np.array_equal(three[:, width : 2 * width], one)


@pytest.mark.parametrize("values", [((0.5, 0.5),), ((0.5, 0.1), (0.5, 0.9))])
def test_equal_values_lie_in_the_middle_of_their_axis(values):
    places, page = dots(drawn(record(values=values, heard=(0,))))
    one = record()
    ends = dots(drawn(one))[0]
    middle = (ends[:, 1].min() + ends[:, 1].max()) / 2
    assert (places[:, 1].min() + places[:, 1].max()) / 2 == pytest.approx(middle, abs=1)
    assert page.any()

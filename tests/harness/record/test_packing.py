import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from harness.record.packing import pack, unpack

DTYPES = ["f4", "f8", "i1", "i8", "u4", "u8", "?", "c16", "U3", ">f8"]
ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0))
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
TREES = st.recursive(
    PLAIN | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text().filter(lambda key: key != "array"), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(one, other):
    if isinstance(one, np.ndarray):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, dict):
        assert list(one) == list(other)
        for key in one:
            same(one[key], other[key])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            same(a, b)
    else:
        assert type(one) is type(other)
        assert one == other


@settings(max_examples=100)
@given(TREES)
def test_round_trip_with_the_same_bytes_twice(tree):
    packed = pack(tree)
    assert pack(tree) == packed
    same(tree, unpack(packed))
    assert pack(unpack(packed)) == packed


def test_big_integers_and_generators_survive():
    state = np.random.default_rng(1).bit_generator.state
    words = list(random.Random(1).getstate()[1])  # noqa: S311
    same({"state": state, "words": words, "big": 2**200}, unpack(pack(
        {"state": state, "words": words, "big": 2**200})))  # fmt: skip


def test_infinity_nan_and_minus_zero_survive():
    back = unpack(pack([np.inf, -np.inf, np.nan, -0.0, np.array([np.nan, -0.0])]))
    assert back[:2] == [np.inf, -np.inf]
    assert np.isnan(back[2])
    assert np.signbit(back[3])
    np.testing.assert_array_equal(np.signbit(back[4]), [False, True])


def test_numpy_scalars_become_plain_and_tuples_lists():
    assert unpack(pack((np.float64(0.1), np.int64(3), np.bool_(1)))) == [0.1, 3, True]


def test_order_in_memory_does_not_matter():
    a = np.arange(6.0).reshape(2, 3)
    assert pack({"a": np.asfortranarray(a)}) == pack({"a": a})


def test_an_array_that_came_back_can_be_written_to():
    unpack(pack([np.zeros(3)]))[0][:] = 1


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, b"bytes", np.array([object()]), 1j, {"a": [lambda: 0]}],
    ids=lambda value: type(value).__name__,
)
def test_refuses_objects(value):
    with pytest.raises((TypeError, ValueError)):
        pack(value)


@pytest.mark.parametrize("key", [1, None, (1, 2)])
def test_refuses_keys_that_are_no_text(key):
    with pytest.raises(TypeError):
        pack({key: 1})


def test_refuses_what_would_come_back_as_something_else():
    with pytest.raises(TypeError):
        pack({"array": 0})


PACKED = pack({"a": np.arange(50.0), "b": [1, "x"]})


@pytest.mark.parametrize("length", [0, 1, 10, len(PACKED) // 2, len(PACKED) - 1])
def test_cut_short_is_damaged(length):
    with pytest.raises(ValueError, match="damaged"):
        unpack(PACKED[:length])


@settings(max_examples=100)
@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_damaged_or_harmless(place, change):
    broken = bytearray(PACKED)
    broken[place] ^= change
    try:
        back = unpack(bytes(broken))
    except ValueError as error:
        said = str(error)
    else:
        same(back, unpack(PACKED))
        return
    assert said.startswith("damaged")


def test_nothing_is_ever_unpickled():
    with pytest.raises(ValueError, match="damaged"):
        unpack(b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07builtins")

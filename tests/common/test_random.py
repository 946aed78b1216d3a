"""Randomness: the same key gives the same numbers, and no two purposes share any."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from common.random import generator, random_source, seed

KEYS = st.lists(st.one_of(st.integers(0, 2**70), st.text(max_size=4)), max_size=4)


@given(KEYS)
def test_the_same_key_gives_the_same_numbers(key):
    assert generator("a", *key).random() == generator("a", *key).random()
    assert seed("a", *key) == int(random_source("a", *key).generate_state(1)[0])


@given(KEYS, KEYS)
def test_another_key_or_domain_gives_other_numbers(one, other):
    assert seed("a", *one) != seed("b", *one)
    assert one == other or seed("a", *one) != seed("a", *other)


def test_keys_of_zeros_differ_by_their_length():
    # What NumPy itself does not tell apart.
    assert np.random.default_rng([0, 0]).random() == np.random.default_rng([0, 0, 0]).random()
    assert generator("a", 0, 0).random() != generator("a", 0, 0, 0).random()

"""A user's mistake is told in one line, whatever it quotes."""

import copy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.errors import InputError


@given(st.text())
@example("labe\r\nl=x: unknown")
@example("\u2028a\x85 b\x1c")
def test_it_is_one_line_and_loses_no_word(text):
    told = str(InputError(text))
    assert len(told.splitlines()) <= 1
    assert told.split() == text.split()


@pytest.mark.parametrize("text", ["", "two  spaces/in a name.wav: no such file"])
def test_what_is_one_line_stays_as_it_is(text):
    assert str(InputError(text)) == text
    assert str(copy.copy(InputError(text))) == text

"""YAML as people write it: numbers are numbers, and whatever is none ends in one line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.validation import strict_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e4", 10_000),
        ("1e-3", 0.001),
        ("-2.5E+2", -250.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1_000", 1_000),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("+7", 7),
        ("-.inf", float("-inf")),
        ("1:30", "1:30"),
        ("2026-11-27", "2026-11-27"),
        ("1e", "1e"),
        ("e4", "e4"),
        ("'1e4'", "1e4"),
        ("[1e2, 1.5e0]", [100, 1.5]),
        ("yes", True),
        ("null", None),
        ("", None),
    ],
)
def test_numbers_are_what_they_look_like(text, value):
    found = strict_yaml(text)
    assert found == value
    assert type(found) is type(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_that_python_writes_is_read_back(value):
    assert strict_yaml(repr(value)) == value


@given(st.integers())
def test_every_whole_number_is_read_back(value):
    assert strict_yaml(str(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        '!!int ""',
        '!!float ""',
        "!!bool x",
        "!!timestamp x",
        "!!int []",
        "!!python/name:os.system",
        "[" * 2_000,
        "{a: 1, a: 2}",
        "{",
        "&a [*a]: 1",
        "? [1]\n: 2",
        "!!binary x",
        "\0",
    ],
)
def test_what_is_not_yaml_is_refused_in_one_line(text):
    with pytest.raises(ValueError, match="not YAML") as caught:
        strict_yaml(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@given(st.text(alphabet="!&*[]{}:,-?|>'\" \n\t#%@`<=0123456789abintfloseu", max_size=40))
@settings(max_examples=300)
def test_no_text_ends_in_anything_but_a_value_or_one_line(text):
    line = "not YAML"
    try:
        strict_yaml(text)
    except ValueError as error:
        line = str(error)
    assert line.startswith("not YAML")
    assert "\n" not in line

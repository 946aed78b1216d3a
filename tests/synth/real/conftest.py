"""Tests against real synthesizers: a part that is missing skips them, and fails them in CI."""

import os

import pytest

from synth.real.base import close_all
from synth.real.parts import lacking


@pytest.fixture(scope="session")
def parts():
    """Skip, or fail where real parts are required, unless all of the named are installed."""

    def needed(*names):
        if reason := lacking(names):
            (pytest.fail if os.environ.get("REQUIRE_REAL_PARTS") == "1" else pytest.skip)(reason)

    return needed


@pytest.fixture(scope="session", autouse=True)
def ended():
    """No host outlives the tests."""
    yield
    close_all()

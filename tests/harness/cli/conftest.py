"""Mistakes on the command line."""

import pytest


@pytest.fixture
def mistaken(ga_synth):
    """Run words that hold a mistake: exit code 2, one line with these words, nothing else."""

    def call(words, *said):
        done = ga_synth(*words)
        assert (done.code, done.out) == (2, ""), done
        assert done.err.startswith("ga-synth: ")
        assert done.err.count("\n") == 1
        assert done.err.endswith("\n")
        assert len(done.err) < 600
        for part in said:
            assert part in done.err, done.err

    return call

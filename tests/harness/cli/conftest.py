"""The command line, in this process."""

import contextlib
import io
import sys
from types import SimpleNamespace

import pytest


@pytest.fixture(scope="session")
def ga_synth():
    """Run ``ga-synth`` with these words; gives its exit code and what it said."""

    def call(*words):
        from harness.cli.main import run

        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["ga-synth", *map(str, words)])
            patch.setenv("COLUMNS", "200")
            patch.delenv("MLFLOW_TRACKING_URI", raising=False)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = 0
                try:
                    run()
                except SystemExit as end:
                    code = end.code or 0
        return SimpleNamespace(code=code, out=out.getvalue(), err=err.getvalue())

    return call


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

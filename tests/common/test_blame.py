"""Whatever a plug-in raises is one line that names it."""

import pytest

from common.blame import PluginError, blamed, blames
from common.errors import InputError


def test_a_file_that_cannot_be_used_is_named(refused, tmp_path):
    path = tmp_path / ("a" * 300)
    with refused(f"synth 'mine': {path}: file name too long"), blamed("synth 'mine'"):
        path.open()


@pytest.mark.parametrize("error", [OSError("no licence"), KeyError("cutoff")])
def test_anything_else_is_named_by_its_kind(refused, error):
    with refused(f"synth 'mine' raised {type(error).__name__}"), blamed("synth 'mine'"):
        raise error


def test_a_value_that_a_plug_in_refuses_keeps_its_words(refused):
    with refused("synth 'mine': too loud"), blamed("synth 'mine'"):
        raise ValueError("too loud")


def test_while_it_runs_every_error_is_a_plug_ins(tmp_path):
    with pytest.raises(PluginError, match="raised FileNotFoundError"), blamed("x", PluginError):
        (tmp_path / "none").open()
    with pytest.raises(InputError), blamed("x", PluginError):
        raise InputError("already said")


def test_a_plug_in_that_leaves_is_named_and_its_line_too(monkeypatch):
    monkeypatch.setattr("common.blame._plugins", set())
    code = compile("import sys\ndef act():\n    sys.exit(3)\n", "/there/mine.py", "exec")
    module = {"__name__": "mine.inner"}
    exec(code, module)  # noqa: S102 - a module of a plug-in, without a file
    with pytest.raises(PluginError) as caught, blamed("fitness 'mine'", PluginError):
        module["act"]()
    assert str(caught.value) == "fitness 'mine' raised SystemExit: 3"
    blames("mine")
    with pytest.raises(PluginError) as caught, blamed("fitness 'mine'", PluginError):
        module["act"]()
    assert str(caught.value) == "fitness 'mine' raised SystemExit: 3 (mine.py, line 3)"


def test_a_signal_that_ends_the_process_is_no_plug_ins():
    def waits():
        terminate(15, None)

    from harness.cli.main import _terminate as terminate

    with pytest.raises(SystemExit), blamed("fitness 'mine'", PluginError):
        waits()

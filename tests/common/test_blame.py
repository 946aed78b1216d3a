"""Whatever a plug-in raises is one line that names it."""

import pytest

from common.blame import PluginError, blamed
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

from importlib.metadata import entry_points

from ga_synth.testing import check_kind
from ga_synth_new_plugin import NewPlugin


def test_it_does_what_ga_synth_relies_on():
    check_kind(NewPlugin)


def test_it_is_registered_as_it_is_installed():
    (entry,) = entry_points(group="the_group", name="new_plugin")
    assert entry.load() is NewPlugin

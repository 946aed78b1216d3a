"""Patches carried over to other synths, by role and unit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.carried import around, carried
from synth.maps.model import read_map
from synth.space import Parameter, ParameterSpace
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

VALUES = SPACE.describe(np.full(len(SPACE), 0.5))


def shipped(name, backend, tmp_path):
    return read_map(name, tmp_path, backend).space


def over(space, **changes):
    found = carried({**VALUES, **changes}, SPACE, space)
    return space.describe(found.genome), found.names


@given(st.lists(st.floats(0, 1), min_size=len(SPACE), max_size=len(SPACE)))
def test_to_the_same_synth_all_roles_keep_their_values(genes):
    values = SPACE.describe(np.array(genes))
    found = carried(values, SPACE, SPACE)
    roles = list(SPACE.roles.values())
    assert found.genome[roles] == pytest.approx(np.array(genes)[roles], abs=1e-6)


def test_to_vital_units_are_converted(tmp_path):
    space = shipped("vital", "vital", tmp_path)
    values, names = over(space, note=57, cutoff=440.0, amp_attack=0.0625, sweep=-12.0, osc_mix=0.25)
    assert values["pitch"] == pytest.approx(57)
    assert values["filter1_cutoff"] == pytest.approx(69)
    assert values["amp_attack"] == pytest.approx(0.5)
    assert values["filter1_sweep"] == pytest.approx(-12 / 128)
    assert (values["osc1_level"], values["osc2_level"]) == pytest.approx((0.75, 0.25))
    assert {"pitch", "gain", "amp_decay", "vibrato_rate"} <= set(names)


def test_what_is_not_carried_over_is_at_rest(tmp_path):
    values, names = over(shipped("vital", "vital", tmp_path))
    assert "osc3_level" not in names
    assert (values["osc3_level"], values["filter2_mix"], values["filter1_mix"]) == (0, 0, 1)
    assert values["osc1_unison"] == 1


@pytest.mark.parametrize(
    ("shape", "vital", "pure_data"),
    [(0, 0, 0), (1, 256 / 3, 0), (2, 512 / 3, 1), (3, 256, 2), (2.5, 640 / 3, 1.5)],
)
def test_waves_are_carried_over_by_name(tmp_path, shape, vital, pure_data):
    values, _ = over(shipped("vital", "vital", tmp_path), osc1_shape=shape)
    assert values["osc1_frame"] == pytest.approx(vital, abs=1e-6)
    values, _ = over(shipped("pd-subtractive", "puredata", tmp_path), osc1_shape=shape)
    assert values["osc1_shape"] == pytest.approx(pure_data, abs=1e-6)


def test_a_balance_follows_from_two_levels(tmp_path):
    space = shipped("vital", "vital", tmp_path)
    genome = space.genome(osc1_level=0.6, osc2_level=0.2, osc1_frame=0)
    found = carried(space.describe(genome), space, SPACE)
    assert SPACE.describe(found.genome)["osc_mix"] == pytest.approx(0.25)


def test_a_wave_that_a_synth_has_not_is_not_carried_over():
    space = ParameterSpace([Parameter("w", "o", "", 0, 1, role="shape", marks=("glass", "noise"))])
    assert over(space)[1] == ()


def test_values_out_of_range_end_at_the_bound():
    space = ParameterSpace([Parameter("f", "filter", "Hz", 100, 200, "log", role="cutoff")])
    assert over(space, cutoff=20.0)[0]["f"] == pytest.approx(100)


def test_genomes_around_it_keep_the_note_and_what_was_carried_over(tmp_path):
    space = shipped("vital", "vital", tmp_path)
    start = carried(VALUES, SPACE, space)
    found = around(start, space, 40, np.random.default_rng(1))
    assert found.shape == (40, len(space))
    assert (found[0] == start.genome).all()
    assert np.ptp(found[:, space.roles["f0"]]) == 0
    kept = np.isin(space.names, start.names)
    level = np.arange(len(space)) == space.roles["level"]
    assert found[:, kept & ~level].std(axis=0).max() < 0.06
    assert found[:, ~kept].std(axis=0).max() > 0.06
    assert np.ptp(found[:, level]) > 0.1


def test_to_a_knob_that_moves_a_value_is_carried_to_all_its_breakpoints():
    space = Subtractive(8_000, 800, moves={"note": 3, "cutoff": 2}).space
    values, names = over(space, note=57, cutoff=440.0)
    assert [values[f"note@{i}"] for i in (1, 2, 3)] == pytest.approx([57] * 3)
    assert [values[f"cutoff@{i}"] for i in (1, 2)] == pytest.approx([440] * 2)
    assert {"note@1", "note@2", "note@3", "cutoff@1", "cutoff@2"} <= set(names)
    near = around(carried(VALUES, SPACE, space), space, 8, np.random.default_rng(1))
    assert np.ptp(near[:, space.breakpoints(0)]) == 0

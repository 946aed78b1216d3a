import numpy as np
import pytest

from common.heard import Heard
from strategies.hints import Hints
from strategies.informed import first_population, known_genomes, louder
from synth.space import Parameter, ParameterSpace
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

HEARD = Heard(0.1, 0.02, 0.5, True, 0.25, 220.0, True, 0.0, 2_000.0)
UNIFORM = np.random.default_rng(1).random((100, len(SPACE)))
NEIGHBOURS = np.random.default_rng(2).random((400, len(SPACE)))


def first(start, hints, genomes=UNIFORM, space=SPACE):
    return first_population(start, genomes, hints, space, np.random.default_rng(3))


def values(genomes, name):
    return SPACE.to_values(genomes)[:, SPACE.index(name)]


@pytest.mark.parametrize("start", ["uniform", "heard", "bank", "informed"])
def test_without_hints_all_is_uniform(start):
    assert (first(start, Hints()) == UNIFORM).all()


def test_what_is_heard_is_set():
    found = first("heard", Hints(heard=HEARD))[:90]
    assert np.median(values(found, "onset")) == pytest.approx(0.1, abs=0.01)
    assert np.median(values(found, "amp_attack")) == pytest.approx(0.02, rel=0.5)
    assert np.median(values(found, "level")) == pytest.approx(0.25, rel=0.1)
    assert (values(found, "length") <= 0.51).all()
    notes = values(found, "note")
    assert (np.abs(notes - 57) < 0.3).mean() > 0.5
    assert {-12, 12, -19, 19} == {round(n) for n in notes - 57 if abs(n) > 1}
    assert np.abs(found - UNIFORM[:90])[:, SPACE.index("drive")].max() == 0


def test_a_sound_that_does_not_end_is_held_at_least_as_long():
    lasting = Heard(0.0, 0.02, 1.5, False, 0.25, 0.0, False, 0.0, 2_000.0)
    found = first("heard", Hints(heard=lasting))[:90]
    assert (values(found, "length") >= 1.49).all()
    assert (values(found, "note") == values(UNIFORM[:90], "note")).all()


def test_half_comes_from_the_bank_and_half_of_that_is_tuned():
    found = first("informed", Hints(heard=HEARD, neighbours=NEIGHBOURS))
    assert (found[:25] == NEIGHBOURS[:25]).all()
    tuned = found[25:50]
    assert np.allclose(values(tuned, "note"), 57)
    assert np.allclose(values(tuned, "bend"), 0)
    assert np.allclose(values(tuned, "osc2_interval") % 12 % 12, 0, atol=1e-9)
    assert (tuned[:, SPACE.index("drive")] == NEIGHBOURS[:25, SPACE.index("drive")]).all()
    assert (found[90:] == UNIFORM[90:]).all()


def test_only_the_bank():
    found = first("bank", Hints(neighbours=NEIGHBOURS))
    assert (found[:90] == NEIGHBOURS[:90]).all()
    assert (found[90:] == UNIFORM[90:]).all()


@pytest.mark.parametrize("count", [1, 2, 5, 16])
def test_small_populations_keep_their_size(count):
    for start in ("heard", "bank", "informed"):
        hints = Hints(heard=HEARD, neighbours=NEIGHBOURS)
        assert first(start, hints, UNIFORM[:count]).shape == (count, len(SPACE))


def test_a_synth_without_roles_starts_uniform_or_from_its_bank():
    space = ParameterSpace([Parameter("a", "x", "", 0, 1), Parameter("b", "x", "", 0, 1)])
    genomes = np.random.default_rng(1).random((20, 2))
    assert (first("heard", Hints(heard=HEARD), genomes, space) == genomes).all()
    near = np.full((30, 2), 0.3)
    found = first("informed", Hints(heard=HEARD, neighbours=near), genomes, space)
    assert (found[:10] == 0.3).all()


def test_units_of_other_synths():
    space = ParameterSpace([
        Parameter("pitch", "x", "Hz", 20, 2_000, "log", role="f0"),
        Parameter("start", "x", "ms", 0, 500, role="onset"),
        Parameter("gain", "x", "dB", -60, 0, role="level"),
        Parameter("corner", "x", "semitones", 0, 130, role="cutoff"),
    ])  # fmt: skip
    genomes = np.random.default_rng(1).random((200, 4))
    found = space.to_values(first("heard", Hints(heard=HEARD), genomes, space)[:180])
    pitch, start, gain, corner = np.median(found, axis=0)
    assert pitch == pytest.approx(220, rel=0.02)
    assert start == pytest.approx(100, abs=5)
    assert gain == pytest.approx(-12, abs=1)
    assert corner == pytest.approx(69 + 12 * np.log2(2_000 / 440), abs=8)


def test_a_bank_is_half_uniform_and_half_tame():
    found = known_genomes(1_000, SPACE, np.random.default_rng(4))
    uniform, tame = found[:500], found[500:]
    assert np.abs(np.median(values(tame, "bend"))) < 0.5 < np.abs(values(uniform, "bend")).mean()
    assert values(tame, "onset").mean() < values(uniform, "onset").mean() / 2
    assert ((found >= 0) & (found <= 1)).all()


def test_louder_by_decibels():
    genomes = np.random.default_rng(5).random((4, len(SPACE)))
    genomes[:, SPACE.index("level")] = 0.5
    found = louder(genomes, np.array([0.0, 6.0, -6.0, 100.0]), SPACE)
    level = values(genomes, "level")[0]
    wanted = [level, level * 10**0.3, level / 10**0.3, 2.0]
    np.testing.assert_allclose(values(found, "level"), wanted)


MOVING = Subtractive(8_000, 8_000, moves={"note": 3, "level": 2, "vibrato_pitch": 2}).space


def motion(genomes, name, space=MOVING):
    """The genes of a knob's breakpoints, shape (n, breakpoints)."""
    return genomes[:, space.breakpoints(space.index(f"{name}@1"))]


def test_what_is_heard_is_set_at_the_first_breakpoint_and_the_others_stay_near():
    uniform = np.random.default_rng(1).random((100, len(MOVING)))
    found = first("heard", Hints(heard=HEARD), uniform, MOVING)[:90]
    for name in ("note", "level"):
        before, after = motion(uniform[:90], name), motion(found, name)
        assert (np.ptp(after, axis=1) < 0.3).all()
        assert np.ptp(before, axis=1).mean() > 2 * np.ptp(after, axis=1).mean()
    notes = MOVING[0].to_value(motion(found, "note")[:, 0])
    assert (np.abs(notes - 57) < 0.3).mean() > 0.5


def test_a_neighbour_that_moves_is_tuned_as_a_whole():
    neighbours = np.random.default_rng(2).uniform(0.4, 0.6, (100, len(MOVING)))
    uniform = np.random.default_rng(1).random((100, len(MOVING)))
    found = first("bank", Hints(heard=HEARD, neighbours=neighbours), uniform, MOVING)[45:90]
    notes = motion(found, "note")
    assert MOVING[0].to_value(notes[:, 0]) == pytest.approx(57)
    np.testing.assert_allclose(
        np.diff(notes, axis=1), np.diff(motion(neighbours[:45], "note"), axis=1), atol=1e-12
    )
    assert motion(found, "vibrato_pitch") == pytest.approx(
        0.3 * motion(neighbours[:45], "vibrato_pitch")
    )


def test_half_of_the_known_sounds_hardly_move():
    known = known_genomes(2_000, MOVING, np.random.default_rng(5))
    spans = np.ptp(motion(known, "vibrato_pitch"), axis=1)
    assert spans[:1_000].mean() > 0.3
    assert spans[1_000:].mean() < 0.2


def test_a_sound_whose_level_moves_gets_louder_from_beginning_to_end():
    genomes = np.full((1, len(MOVING)), 0.5)
    genomes[0, MOVING.index("level@2")] = 0.25
    changed = louder(genomes, np.array([6.0]), MOVING)
    before, after = (MOVING.to_values(g)[0, MOVING.breakpoints(MOVING.index("level@1"))]
                     for g in (genomes, changed))  # fmt: skip
    assert 20 * np.log10(after / before) == pytest.approx([6.0, 6.0])

"""Limits of genes, and searches that are kept within them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.heard import Heard
from strategies.limits import Limits, note_limits
from strategies.searches.limited import Limited
from strategies.searches.random import RandomSearch
from synth.space import Parameter, ParameterSpace
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

NOTE = SPACE.roles["f0"]
HEARD = Heard(
    onset=0.0, attack=0.01, length=0.5, ends=False, peak=0.5, f0=220.0, clear=True, drift=0.0,
    roll_off=2e3,
)  # fmt: skip
GENES = st.floats(0, 1)


def notes(limits):
    ends = np.array([limits.low[NOTE], limits.high[NOTE]])
    return SPACE[NOTE].to_value(ends)


def limits_of(low, width):
    return Limits(np.array([low, 0.0]), np.array([min(1.0, low + width), 1.0]))


@given(
    GENES.filter(lambda low: low < 0.9), st.floats(1e-3, 1), st.lists(GENES, min_size=2, max_size=2)
)
def test_genes_end_inside_and_those_that_were_inside_stay(low, width, genes):
    limits, genome = limits_of(low, width), np.array(genes)
    inside = limits.inside(genome)
    assert (inside >= limits.low).all()
    assert (inside <= limits.high).all()
    stays = (genome >= limits.low) & (genome <= limits.high)
    assert (inside[stays] == genome[stays]).all()
    assert limits.spread(limits.spanned(inside)) == pytest.approx(inside, abs=1e-12)


@pytest.mark.parametrize(("drift", "width"), [(0.0, 0.3), (0.5, 0.5), (7.0, 1.0)])
def test_a_note_is_kept_as_far_as_its_pitch_moves(drift, width):
    low, high = notes(note_limits(SPACE, replace(HEARD, drift=drift)))
    assert (low, high) == pytest.approx((57 - width, 57 + width))


def test_only_the_note_is_limited():
    limits = note_limits(SPACE, HEARD)
    others = np.arange(len(SPACE)) != NOTE
    assert (limits.low[others] == 0).all()
    assert (limits.high[others] == 1).all()


@pytest.mark.parametrize("changed", [{"clear": False}, {"f0": 0.0}, {"f0": 12_000.0}])
def test_a_note_that_is_not_clear_or_cannot_be_played_is_free(changed):
    assert note_limits(SPACE, replace(HEARD, **changed)) is None


def test_without_a_note_or_without_ears_nothing_is_kept():
    assert note_limits(ParameterSpace([Parameter("cutoff", "filter", "Hz", 1, 2)]), HEARD) is None
    assert note_limits(SPACE, None) is None


def test_a_note_in_hertz_is_kept_too():
    space = ParameterSpace([Parameter("f", "pitch", "Hz", 20, 20_000, "log", role="f0")])
    limits = note_limits(space, HEARD)
    ends = space[0].to_value([limits.low[0], limits.high[0]])
    assert 12 * np.log2(ends / 220.0) == pytest.approx([-0.3, 0.3])


class Met(RandomSearch):
    """Remembers what it was told."""

    def meet(self, parameters):
        self.met = parameters

    def tell(self, genomes, distances):
        self.told = genomes
        super().tell(genomes, distances)


def test_a_search_takes_the_limits_for_the_whole_cube():
    limits = limits_of(0.25, 0.5)
    inner = Met(2, 8, 1)
    search = Limited(inner, limits)
    search.meet(
        [
            Parameter("a", "s", "Hz", 0, 100, circular=True),
            Parameter("b", "s", "", -1, 1, "signed_square"),
        ]
    )
    assert (inner.met[0].low, inner.met[0].high, inner.met[0].circular) == (25, 75, False)
    assert inner.met[1] == Parameter("b", "s", "", -1, 1, "signed_square")
    asked = search.ask()
    assert (asked[:, 0] >= 0.25).all()
    assert (asked[:, 0] <= 0.75).all()
    search.tell(asked, np.arange(8.0))
    assert inner.told[:, 0] == pytest.approx((asked[:, 0] - 0.25) / 0.5)
    assert search.members()[0][0] == pytest.approx(asked[0])


def test_a_limited_search_resumes():
    limits = limits_of(0.25, 0.5)
    one, other = (Limited(RandomSearch(2, 8, 1), limits) for _ in range(2))
    one.tell(one.ask(), np.arange(8.0))
    other.load(one.state())
    assert (one.ask() == other.ask()).all()


def test_a_note_that_moves_is_not_kept():
    moving = Subtractive(8_000, 800, moves={"note": 2}).space
    assert note_limits(moving, HEARD) is None
    assert note_limits(Subtractive(8_000, 800, moves={"cutoff": 2}).space, HEARD) is not None

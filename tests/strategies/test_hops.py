import numpy as np
import pytest

from strategies.searches.gene_map import GeneMap
from strategies.searches.hops import Origin, hops, mutants
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

GENES = GeneMap(len(SPACE), list(SPACE))


def origin(seed=0, curvature=None):
    random = np.random.default_rng(seed)
    empty = np.empty((0, 0))
    others = random.random((3, len(SPACE)))
    return Origin(random.random(len(SPACE)), others, empty if curvature is None else curvature, 1.0)


@pytest.mark.parametrize("kind", sorted(hops(GENES)))
def test_mutants_are_genomes_and_differ_from_where_they_come_from(kind):
    start, random = origin(), np.random.default_rng(1)
    found = mutants(start, hops(GENES)[kind], 16, GENES, random)
    assert found.shape == (16, len(SPACE))
    assert ((found >= 0) & (found <= 1)).all()
    assert (found != start.x).any(axis=1).all()


def test_a_swap_plays_the_same_two_notes():
    start = origin(4)
    genes = {name: SPACE.index(name) for name in SPACE.names}
    start.x[genes["note"]], start.x[genes["osc2_interval"]] = 0.5, 0.75
    found = mutants(start, hops(GENES)["swap"], 40, GENES, np.random.default_rng(2))
    kept = found[np.isclose(found[:, genes["osc2_interval"]], 0.25)]
    kept = kept[np.isclose(kept[:, genes["note"]], 0.5 + 12 / 84)]
    assert len(kept) > 20
    assert np.isclose(kept[:, genes["osc1_shape"]], start.x[genes["osc2_shape"]]).mean() > 0.9


def test_a_step_along_a_valley_moves_what_has_no_effect():
    curvature = np.diag(np.r_[np.full(10, 1e4), np.zeros(len(SPACE) - 10)])
    start = origin(5, curvature)
    found = mutants(start, hops(GENES)["valley"], 64, GENES, np.random.default_rng(3))
    moved = np.abs(found - start.x).mean(axis=0)
    assert moved[:10].max() < 0.02 < moved[10:].mean()


def test_without_parameters_there_is_no_hop_that_needs_them():
    assert not {"group", "swap", "pitch"} & set(hops(GeneMap(4)))


def test_a_note_that_moves_hops_as_a_whole():
    space = Subtractive(8_000, 800, moves={"note": 3, "osc2_interval": 2}).space
    genes = GeneMap(len(space), list(space))
    notes, intervals = genes.breakpoints("f0"), genes.breakpoints("interval")
    x = np.full(len(space), 0.5)
    x[notes], x[intervals] = [0.45, 0.5, 0.52], [0.6, 0.7]
    start = Origin(x, x[None], np.empty((0, 0)), 1.0)
    hopped = mutants(start, hops(genes)["pitch"], 16, genes, np.random.default_rng(1))
    moved = hopped[:, notes] - x[notes]
    assert np.allclose(moved, moved[:, :1])
    assert (moved != 0).all()
    still = mutants(start, hops(genes)["noise"], 16, genes, np.random.default_rng(1))
    assert (still[:, notes] == x[notes]).all()
    swapped = mutants(start, hops(genes)["swap"], 16, genes, np.random.default_rng(2))
    kept = np.isclose(swapped[:, intervals], 1 - x[intervals]).all(axis=1)
    kept &= np.isclose(swapped[:, notes], x[notes] + 0.1 * 48 / 84).all(axis=1)
    assert kept.sum() > 8

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.proposal import (
    Proposal,
    proposal_from,
    shared_genes,
    together,
    transferred,
)
from synth.space import Parameter, ParameterSpace
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

NEVER = np.array([False])


def of(*rows, circular=None):
    p = np.array(rows, dtype=float)
    return Proposal(p / p.sum(1, keepdims=True), np.array(circular or [False] * len(rows)))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8).filter(lambda row: sum(row) > 0.1))
def test_draws_fall_into_bins_as_often_as_they_are_likely(row):
    proposal = of(row)
    drawn = proposal.sample(4000, np.random.default_rng(0))[:, 0]
    counts = np.histogram(drawn, len(row), (0, 1))[0] / 4000
    assert np.abs(counts - proposal.probabilities[0]).max() < 0.05


def test_the_point_is_the_median():
    assert of([0, 1, 0, 0]).point == pytest.approx([0.375])
    assert of([1, 1, 1, 1]).point == pytest.approx([0.5])
    assert of([3, 1]).point == pytest.approx([1 / 3])


def test_the_point_of_a_circular_gene_lies_between_its_ends():
    both = of([1, 0, 0, 1], circular=[True])
    assert min(both.point[0], 1 - both.point[0]) == pytest.approx(0, abs=1e-9)
    assert of([1, 0, 0, 1]).point[0] not in (0.0, 1.0)


@pytest.mark.parametrize("level", [0.5, 0.9])
@pytest.mark.parametrize("circular", [False, True])
def test_regions_hold_their_level_of_what_the_histograms_say(level, circular):
    random = np.random.default_rng(3)
    proposal = of(*random.dirichlet(np.full(16, 0.4), 200), circular=[circular] * 200)
    drawn = proposal.sample(60, random)
    held = np.mean([proposal.covered(genome, level) for genome in drawn])
    assert held == pytest.approx(level, abs=0.02)


def test_a_sure_and_wrong_proposal_holds_nothing():
    assert of([1, 0, 0, 0]).covered(np.array([0.9]), 0.9) == [0]


def test_around_keeps_the_spread_and_moves_the_place():
    random = np.random.default_rng(0)
    proposal = of([0, 0, 1, 2, 1, 0, 0, 0])
    moved = proposal.around([0.25], 4000, random)
    assert np.median(moved) == pytest.approx(0.25, abs=0.01)
    assert moved.std() == pytest.approx(proposal.sample(4000, random).std(), rel=0.05)


@given(st.floats(-0.9, 1.9))
def test_genes_beyond_the_range_are_reflected_or_wrapped(gene):
    ends, round_ = of([1, 1], [1, 1], circular=[False, True]).folded([gene, gene])
    assert 0 <= ends <= 1
    assert 0 <= round_ <= 1
    assert round_ == pytest.approx(gene % 1, abs=1e-9)
    if 0 <= gene <= 1:
        assert ends == pytest.approx(gene)


def test_plain_values_round_trip():
    proposal = of([1, 2, 3], [3, 2, 1], circular=[True, False])
    again = proposal_from(proposal.plain())
    assert np.allclose(again.probabilities, proposal.probabilities, atol=1e-5)
    assert again.circular.tolist() == [True, False]


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        ([[0.5, 0.6]], "not a distribution"),
        ([[np.nan, 1]], "not a distribution"),
        ([1.0], "allowed"),
    ],
)
def test_invalid_histograms_are_refused(probabilities, words):
    with pytest.raises(ValueError, match=words):
        Proposal(np.array(probabilities), NEVER)


VOICE = ParameterSpace(
    [
        Parameter("note", "pitch", "semitones", 20, 104),
        Parameter("cutoff", "filter", "Hz", 20, 20_000, "log"),
        Parameter("sweep", "filter", "semitones", -84, 84),
    ]
)


def sure(genes, bins=64):
    p = np.zeros((len(genes), bins))
    p[np.arange(len(genes)), (np.array(genes) * bins).astype(int)] = 1
    return Proposal(p, np.zeros(len(genes), dtype=bool))


def test_matching_genes_are_transferred_by_value():
    other = ParameterSpace(
        [
            Parameter("shape", "oscillator", "", 0, 1),
            Parameter("cutoff", "filter", "Hz", 100, 10_000, "log"),
            Parameter("pitch", "pitch", "semitones", 36, 84),
            Parameter("sweep", "filter", "octaves", -4, 4),
        ]
    )
    genes = [float(VOICE[0].to_gene(60.5)), float(VOICE[1].to_gene(1_000)), 0.9]
    found = transferred(sure(genes), VOICE, other)
    values = other.to_values(found.point)
    assert values[2] == pytest.approx(60.5, abs=84 / 64)
    assert values[1] == pytest.approx(1_000, rel=0.12)
    # Genes without a match, or with another unit, get flat histograms.
    assert np.ptp(found.probabilities[[0, 3]]) == 0
    assert np.allclose(found.probabilities.sum(1), 1)


def test_values_beyond_the_range_move_to_its_ends():
    narrow = ParameterSpace([Parameter("cutoff", "filter", "Hz", 500, 1_000, "log")])
    for gene, at in ((0.0, 0), (0.99, -1)):
        assert transferred(sure([0.5, gene, 0.5]), VOICE, narrow).probabilities[0, at] == 1


def test_a_proposal_for_the_same_synth_is_unchanged():
    proposal = sure([0.1, 0.2, 0.3])
    assert transferred(proposal, VOICE, ParameterSpace(list(VOICE))) is proposal


def test_synths_that_share_nothing_are_refused():
    with pytest.raises(ValueError, match="name and unit"):
        shared_genes(VOICE, ParameterSpace([Parameter("cutoff", "filter", "", 0, 1)]))


def joint(count=5, genes=3, seed=0):
    genomes = np.random.default_rng(seed).random((count, genes))
    return Proposal(np.full((genes, 4), 0.25), np.array([False] * genes), genomes)


def test_joint_draws_are_whole_genomes_without_repeats_and_then_close_to_them():
    proposal = joint()
    drawn = proposal.sample(4, np.random.default_rng(1))
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, proposal.genomes[1:]))
    more = proposal.sample(10, np.random.default_rng(1))
    nearest = np.abs(more[:, None] - proposal.genomes[1:]).max(axis=2).min(axis=1)
    assert (nearest[:4] == 0).all()
    assert (nearest[4:] > 0).all()
    assert nearest.max() < 0.05
    assert np.array_equal(proposal.point, proposal.genomes[0])


def test_gene_by_gene_a_joint_proposal_mixes_its_histograms():
    drawn = joint().by_gene.sample(200, np.random.default_rng(1))
    assert len({tuple(genome) for genome in drawn}) == 200
    assert joint().by_gene.genomes is None


def test_a_joint_proposal_round_trips_and_a_damaged_one_is_refused():
    plain = joint().plain()
    found = proposal_from(plain)
    assert np.allclose(found.genomes, joint().genomes, atol=1e-6)
    for genomes in ([], [[0.5]], [[0.5, 2.0, 0.5]], [0.5]):
        with pytest.raises(ValueError, match="genomes of shape"):
            proposal_from({**plain, "genomes": genomes})


def test_channels_together_have_the_mean_of_histograms_and_all_draws():
    one, other = joint(seed=0), joint(seed=1)
    both = together([one, other])
    assert len(both.genomes) == 9
    assert np.array_equal(both.point, one.point)
    left, right = of([1, 0]), of([0, 1])
    assert together([left, right]).probabilities.tolist() == [[0.5, 0.5]]
    assert together([left]).genomes is None


def test_joint_draws_are_transferred_by_value_and_other_genes_are_spread():
    source = ParameterSpace([Parameter("cutoff", "filter", "Hz", 20.0, 20_000.0, "log")])
    wanted = ParameterSpace(
        [
            Parameter("own", "filter", "", 0.0, 1.0),
            Parameter("cutoff", "filter", "Hz", 200.0, 2_000.0, "log"),
        ]
    )
    genomes = np.array([[0.5], [0.0], [1.0], [0.6]])
    proposal = Proposal(np.full((1, 4), 0.25), np.array([False]), genomes)
    found = transferred(proposal, source, wanted)
    assert found.genomes[:, 1] == pytest.approx(
        [np.log10(632.4555 / 200), 0, 1, np.log10(20 * 1000**0.6 / 200)], abs=1e-3
    )
    assert found.point[0] == pytest.approx(0.5)
    assert np.unique(found.genomes[:, 0]).size == 4


def test_a_network_of_the_still_synth_proposes_its_value_for_every_breakpoint():
    space = Subtractive(8_000, 800, moves={"cutoff": 3, "level": 2}).space
    genes = np.random.default_rng(1).random(len(SPACE))
    proposal = Proposal(
        sure(genes).probabilities, np.array([p.circular for p in SPACE]), genes[None]
    )
    found = transferred(proposal, SPACE, space)
    wanted = genes[[SPACE.index(name.partition("@")[0]) for name in space.names]]
    assert found.genomes[0] == pytest.approx(wanted, abs=1e-9)
    assert np.argmax(found.probabilities, axis=1) == pytest.approx(wanted * 64, abs=1.5)
    assert (found.circular == [p.circular for p in space]).all()

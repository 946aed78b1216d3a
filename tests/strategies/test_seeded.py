import numpy as np
import pytest

from strategies.base import SearchChoice
from strategies.hints import Hints
from strategies.proposal import Proposal
from strategies.seeded import NetworkAlone, SeededEndToEnd, SeededSociety
from synth.subtractive.parameters import SPACE

SEARCH = SearchChoice("ga", {})
SHARED = np.random.default_rng(0).random((20, len(SPACE)))


@pytest.fixture
def sure():
    """A proposal with every gene in the third of four bins."""
    p = np.zeros((len(SPACE), 4))
    p[:, 2] = 1
    return Proposal(p, np.array([parameter.circular for parameter in SPACE]))


def first(cls, proposal, population=20, seed=1, **options):
    made = cls(SPACE, population, SEARCH, network="net", **options)
    return made.first(SHARED, Hints(proposal), np.random.default_rng(seed))


@pytest.mark.parametrize("cls", [SeededEndToEnd, SeededSociety])
def test_most_is_drawn_and_the_rest_is_the_population_of_all_strategies(sure, cls):
    genomes = first(cls, sure)
    assert genomes.shape == SHARED.shape
    assert (genomes[16:] == SHARED[:4]).all()
    assert ((genomes[:16] >= 0.5) & (genomes[:16] <= 0.75)).all()
    assert np.allclose(genomes[0], sure.point)


def test_the_share_that_is_not_drawn_can_be_nothing(sure):
    assert (first(SeededEndToEnd, sure, uniform=0.0) >= 0.5).all()


def test_a_random_centre_keeps_the_spread(sure):
    here, there = (first(SeededEndToEnd, sure, uniform=0.0, around=a) for a in
                   ("prediction", "random"))  # fmt: skip
    assert not np.allclose(here[0], there[0])
    assert there[:, ~sure.circular].std(0).mean() == pytest.approx(here.std(0).mean(), rel=0.25)
    assert np.abs(there[:, ~sure.circular] - there[0, ~sure.circular]).max() <= 0.26


def test_a_spread_of_its_own_is_the_same_in_every_gene(sure):
    genomes = first(SeededEndToEnd, sure, population=20, uniform=0.0, spread=0.02)
    assert np.abs(genomes - sure.point).max() < 0.12
    assert genomes[1:].std() == pytest.approx(0.02, rel=0.2)


def test_a_network_alone_asks_for_as_many_renders_as_it_draws(sure):
    assert (first(NetworkAlone, sure) == sure.point).all()
    drawn = first(NetworkAlone, sure, draws=5)
    assert drawn.shape == (5, len(SPACE))
    made = NetworkAlone(SPACE, 20, SEARCH, network="net", draws=5)
    assert [made.renders(budget) for budget in (100, 3)] == [5, 3]


@pytest.mark.parametrize("cls", [SeededEndToEnd, NetworkAlone])
def test_without_a_proposal_the_network_is_named(cls):
    with pytest.raises(ValueError, match=r"network 'net'.*no proposal"):
        first(cls, None)


@pytest.mark.parametrize(
    ("cls", "options", "words"),
    [
        (SeededEndToEnd, {"uniform": 1.0}, "uniform 1.0; allowed"),
        (SeededSociety, {"spread": -0.1}, "spread -0.1; allowed"),
        (NetworkAlone, {"draws": 21}, "draws 21; allowed: 1 to the population, 20"),
    ],
)
def test_refuses(cls, options, words):
    with pytest.raises(ValueError, match=words):
        cls(SPACE, 20, SEARCH, network="net", **options)


@pytest.mark.parametrize("uniform", [0.98, 0.99, 0.999])
def test_the_point_is_there_however_large_the_uniform_share(sure, uniform):
    genomes = first(SeededEndToEnd, sure, uniform=uniform)
    assert genomes.shape == SHARED.shape
    assert np.allclose(genomes[0], sure.point)


@pytest.mark.parametrize("cls", [SeededEndToEnd, SeededSociety])
def test_network_and_bank_share_the_first_population(sure, cls):
    made = cls(SPACE, 20, SEARCH, network="net", start="bank", uniform=0.5)
    neighbours = np.full((18, len(SPACE)), 0.1)
    hints = Hints(sure, neighbours=neighbours)
    genomes = made.first(SHARED, hints, np.random.default_rng(1))
    assert genomes.shape == SHARED.shape
    assert ((genomes[:10] >= 0.5) & (genomes[:10] <= 0.75)).all()
    assert (genomes[10:] == 0.1).all()


def test_joint_draws_seed_whole_genomes(sure):
    drawn = np.random.default_rng(5).random((30, len(SPACE)))
    joint = Proposal(sure.probabilities, sure.circular, drawn)
    genomes = first(SeededEndToEnd, joint, uniform=0.0)
    assert np.array_equal(genomes[0], drawn[0])
    assert {tuple(genome) for genome in genomes} <= {tuple(genome) for genome in drawn}

"""Parameters and spaces: curves, ranges, sections, and the errors that name what is wrong."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.space import Curve, Parameter, ParameterSpace
from synth.subtractive.parameters import SPACE

RANGES = {
    "linear": (-24.0, 36.0),
    "log": (0.005, 8.0),
    "square": (0.0, 3.0),
    "signed_square": (-84.0, 84.0),
}
genes = st.floats(0, 1)
curves = pytest.mark.parametrize("curve", get_args(Curve))


def knob(curve):
    return Parameter("knob", "section", "unit", *RANGES[curve], curve)


def three():
    return ParameterSpace(
        [
            Parameter("note", "pitch", "semitones", 20, 104),
            Parameter("cutoff", "filter", "Hz", 20, 20_000, "log"),
            Parameter("bend", "pitch", "semitones", -36, 36, "signed_square"),
        ]
    )


@curves
@given(gene=genes)
def test_a_gene_survives_the_way_to_its_value_and_back(curve, gene):
    # Close to where a square curve lies flat, a value holds about half the digits of its gene.
    assert knob(curve).to_gene(knob(curve).to_value(gene)) == pytest.approx(gene, abs=2e-8)


@curves
@given(share=genes)
def test_a_value_survives_the_way_to_its_gene_and_back(curve, share):
    low, high = RANGES[curve]
    value = min(low + share * (high - low), high)
    again = knob(curve).to_value(knob(curve).to_gene(value))
    assert again == pytest.approx(value, rel=1e-9, abs=1e-9)


@curves
@given(first=genes, second=genes)
def test_a_higher_gene_never_means_a_lower_value(curve, first, second):
    low, high = sorted((first, second))
    assert knob(curve).to_value(low) <= knob(curve).to_value(high)


@curves
def test_genes_0_and_1_are_the_ends_of_the_range(curve):
    np.testing.assert_allclose(knob(curve).to_value([0, 1]), RANGES[curve], rtol=1e-12)


def test_the_shapes_of_the_curves():
    middle = {curve: float(knob(curve).to_value(0.5)) for curve in get_args(Curve)}
    assert middle["linear"] == pytest.approx(6)
    assert middle["log"] == pytest.approx(0.2)
    assert middle["square"] == pytest.approx(0.75)
    assert middle["signed_square"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.0, 1.0), "range 1.0 to 1.0 is empty"),
        ((0.0, float("nan")), "is empty"),
        ((0.0, 1.0, "log"), "log curve needs a range above 0"),
        ((-1.0, 2.0, "signed_square"), "symmetric range"),
        ((0.0, 1.0, "cubic"), "'cubic'; allowed: linear, log, square, signed_square"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        Parameter("knob", "section", "", *arguments)
    assert "parameter knob" in str(error.value)


def test_a_space_needs_distinct_parameters():
    with pytest.raises(ValueError, match="at least one"):
        ParameterSpace([])
    with pytest.raises(ValueError, match=r"duplicate.*cutoff"):
        ParameterSpace([*three(), three()[1]])


def test_a_space_is_a_sequence_with_sections_in_order():
    space = three()
    assert len(space) == 3
    assert space.names == ("note", "cutoff", "bend")
    assert space[1].unit == "Hz"
    assert list(space.sections.items()) == [("pitch", (0, 2)), ("filter", (1,))]
    assert space.index("bend") == 2
    with pytest.raises(KeyError):
        space.index("pan")


@given(st.lists(st.tuples(genes, genes, genes), max_size=4))
def test_genomes_of_any_number_go_to_values_and_back(rows):
    genomes = np.array(rows, float).reshape(-1, 3)
    values = three().to_values(genomes)
    assert values.shape == genomes.shape
    back = [p.to_gene(values[:, i]) for i, p in enumerate(three())]
    np.testing.assert_allclose(np.transpose(back), genomes, atol=2e-8)


def test_one_genome_by_name():
    genome = three().genome(cutoff=20_000)
    np.testing.assert_allclose(genome, [0.5, 1, 0.5])
    assert three().describe(genome) == pytest.approx({"note": 62, "cutoff": 20_000, "bend": 0})
    with pytest.raises(KeyError):
        three().genome(pan=0)


def test_the_sections_of_the_built_in_voice():
    assert list(SPACE.sections) == ["pitch", "oscillator", "filter", "envelope", "modulation"]
    assert sum(SPACE.sections.values(), ()) == tuple(range(len(SPACE)))
    assert all(p.about for p in SPACE)


def test_roles_are_found_by_their_first_parameter_and_unknown_ones_refused():
    space = ParameterSpace([
        Parameter("a", "x", "", 0, 1), Parameter("b", "x", "Hz", 1, 2, role="cutoff"),
        Parameter("c", "x", "Hz", 1, 2, role="cutoff"),
    ])  # fmt: skip
    assert space.roles == {"cutoff": 1}
    with pytest.raises(ValueError, match=r"parameter a: role 'loud'; allowed: f0, .*level"):
        Parameter("a", "x", "", 0, 1, role="loud")

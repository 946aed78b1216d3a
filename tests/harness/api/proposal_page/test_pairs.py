"""Pairs of genes that depend on each other are found, others are not."""

import numpy as np

from harness.api.proposal_page.pairs import dependent_pairs


def test_a_gene_that_follows_another_is_found_whichever_way_it_bends():
    genomes = np.random.default_rng(0).random((256, 6))
    genomes[:, 4] = (genomes[:, 1] - 0.5) ** 2
    genomes[:, 2] = genomes[:, 5]
    found = dependent_pairs(genomes, 4)
    assert [pair[:2] for pair in found[:2]] == [(2, 5), (1, 4)]
    # In fifths, a gene tells all of one that is the same.
    assert 2.2 < found[0][2] < np.log2(5)


def test_independent_genes_have_no_pairs_worth_showing():
    found = dependent_pairs(np.random.default_rng(1).random((256, 5)), 9)
    assert all(bits < 0.15 for *_, bits in found)

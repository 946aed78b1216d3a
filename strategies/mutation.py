"""Mutation probabilities by section.

They show whether diversity can be controlled in one section without changing it in the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from common.suggest import nearest
from strategies.base import SearchChoice
from synth.space import ParameterSpace

# The probability of each gene of the space, or None for that of the search.
ByGene = tuple[float | None, ...]


def by_gene(space: ParameterSpace, mutation: Mapping[str, float] | None) -> ByGene:
    """Convert probabilities by section to probabilities by gene.

    Args:
        space: the synth's parameters.
        mutation: mutation probability of genes, 0 to 1, by section.

    Raises:
        ValueError: for an unknown section, or a probability out of range.
    """
    found: list[float | None] = [None] * len(space)
    for section, probability in (mutation or {}).items():
        if section not in space.sections:
            raise ValueError(f"mutation of section {section!r}; {nearest(section, space.sections)}")
        if not 0 <= probability <= 1:
            raise ValueError(f"mutation of section {section}: {probability}; allowed: 0 to 1")
        for gene in space.sections[section]:
            found[gene] = probability
    return tuple(found)


def mutating(search: SearchChoice, genes: Sequence[int], probabilities: ByGene) -> SearchChoice:
    """Return an agent's search with the mutation probabilities of the genes that it owns.

    Args:
        search: the agent's search; returned unchanged if none of its genes has a probability.
        genes: positions of the genes that the agent owns.
        probabilities: one for every gene of the space.
    """
    own = [probabilities[gene] for gene in genes]
    if all(one is None for one in own):
        return search
    before = search.options.get("gene_mutation") or [None] * len(own)
    merged = [b if o is None else o for b, o in zip(before, own, strict=True)]
    return replace(search, options={**search.options, "gene_mutation": merged})

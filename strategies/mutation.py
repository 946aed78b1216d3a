"""Mutation section by section: a probability of its own for the genes of some sections.

It says whether genetic variance can be controlled in one section without moving it in the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from strategies.base import SearchChoice
from synth.space import ParameterSpace

# For each gene of the space its own probability, or none where the search's stands.
ByGene = tuple[float | None, ...]


def by_gene(space: ParameterSpace, mutation: Mapping[str, float] | None) -> ByGene:
    """Turn probabilities of sections into those of genes.

    Args:
        space: the synth's parameters.
        mutation: section name to the probability, 0 to 1, that a gene of it mutates.

    Raises:
        ValueError: for an unknown section, or a probability out of range.
    """
    found: list[float | None] = [None] * len(space)
    for section, probability in (mutation or {}).items():
        if section not in space.sections:
            near = get_close_matches(section, space.sections, 1)
            hint = f"did you mean {near[0]}?" if near else f"sections: {', '.join(space.sections)}"
            raise ValueError(f"mutation of section {section!r}; {hint}")
        if not 0 <= probability <= 1:
            raise ValueError(f"mutation of section {section}: {probability}; allowed: 0 to 1")
        for gene in space.sections[section]:
            found[gene] = probability
    return tuple(found)


def mutating(search: SearchChoice, genes: Sequence[int], probabilities: ByGene) -> SearchChoice:
    """Give an agent's search the probabilities of the genes that it owns.

    Args:
        search: its algorithm; with none of its genes concerned it stays as it is.
        genes: positions in the genome that the agent owns.
        probabilities: of every gene of the space.
    """
    own = [probabilities[gene] for gene in genes]
    if all(one is None for one in own):
        return search
    before = search.options.get("gene_mutation") or [None] * len(own)
    merged = [b if o is None else o for b, o in zip(before, own, strict=True)]
    return replace(search, options={**search.options, "gene_mutation": merged})

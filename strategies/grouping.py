"""Which agent owns which genes: groups of sections and parameters, checked against a space."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from synth.space import ParameterSpace

Grouping = dict[str, tuple[int, ...]]


def grouped(space: ParameterSpace, grouping: Mapping[str, Sequence[str]] | None) -> Grouping:
    """Turn a grouping into gene positions.

    Args:
        space: the synth's parameters.
        grouping: agent name to the sections or parameters that it owns; each gene must be owned
            once. None gives one agent a section.

    Returns:
        Agent name to the positions of its genes, ascending.

    Raises:
        ValueError: for a name that is neither section nor parameter, and for genes that are owned
            twice, by nobody, or an agent that owns none.
    """
    if grouping is None:
        return dict(space.sections)
    owners: dict[int, str] = {}
    for agent, parts in grouping.items():
        for gene in (gene for part in parts for gene in _genes(space, part, agent)):
            if gene in owners:
                raise ValueError(
                    f"grouping: {space[gene].name} is owned by {owners[gene]} and by {agent}"
                )
            owners[gene] = agent
    if empty := [agent for agent in grouping if agent not in owners.values()]:
        raise ValueError(f"grouping: {empty[0]} owns no gene")
    if orphans := [name for i, name in enumerate(space.names) if i not in owners]:
        raise ValueError(f"grouping: nobody owns {', '.join(orphans)}")
    return {a: tuple(g for g in sorted(owners) if owners[g] == a) for a in grouping}


def _genes(space: ParameterSpace, part: str, agent: str) -> tuple[int, ...]:
    if part in space.sections:
        return space.sections[part]
    if part in space.names:
        return (space.index(part),)
    known = [*space.sections, *space.names]
    near = get_close_matches(part, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"sections: {', '.join(space.sections)}"
    raise ValueError(f"grouping: {agent} owns {part!r}, neither section nor parameter; {hint}")

"""Groupings: which agent owns which genes, given by sections and parameters."""

from collections.abc import Mapping, Sequence

from common.suggest import nearest
from synth.space import ParameterSpace

Grouping = dict[str, tuple[int, ...]]


def grouped(space: ParameterSpace, grouping: Mapping[str, Sequence[str]] | None) -> Grouping:
    """Convert a grouping to gene positions.

    Args:
        space: the synth's parameters.
        grouping: the sections or parameters that each agent owns, by agent; each gene must have
            exactly one owner. With None there is one agent for each section.

    Returns:
        The positions of each agent's genes, ascending, by agent.

    Raises:
        ValueError: if a name is neither a section nor a parameter, a gene has no owner or two, or
            an agent owns no gene.
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
    hint = nearest(part, [*space.sections, *space.names])
    raise ValueError(f"grouping: {agent} owns {part!r}, neither section nor parameter; {hint}")

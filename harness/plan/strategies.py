"""The strategies of a comparison as they are planned: options complete, phases well-formed."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.blame import blamed
from common.errors import InputError
from common.suggest import nearest
from harness.plan.choice import Choice
from harness.plan.networks import NetworkPlan
from harness.plan.options import checked_choice, checked_options
from harness.plan.registry import Registry
from strategies.base import Phase, Strategy
from strategies.informed import FROM_BANK


def checked_strategy(choice: Choice, search: Choice, registry: Registry, where: str) -> Choice:
    """Return a strategy with every option filled in, its agents' search among them.

    Args:
        choice: as written in the experiment; it may name a search of its own.
        search: the experiment's, checked.
        registry: where both are registered.
        where: the place in the experiment, for messages.

    Raises:
        InputError: for an unknown strategy, search or option.
    """
    options = dict(choice.options)
    if "search" in options:
        try:
            own = Choice.model_validate(options.pop("search"))
        except ValueError:
            raise InputError(f"{where}.search: needs a name, or a mapping with 'name'") from None
        search = checked_choice("search", own, registry, f"{where}.search")
    bare = choice.model_copy(update={"options": options})
    checked = checked_choice("strategy", bare, registry, where)
    return checked.model_copy(
        update={"options": {**checked.options, "search": search.model_dump()}}
    )


def ill_formed(phases: Sequence[Phase], genes: int) -> str:
    """Say what is wrong with a strategy's phases; empty if nothing is."""
    if not phases:
        return "has no phases; needs one or more"
    for phase in phases:
        owners = phase.agents[:1] if phase.islands else phase.agents
        owned = sorted(gene for agent in owners for gene in agent.genes)
        if owned != list(range(genes)):
            return "its agents do not own every gene once"
    return ""


def check_phases(label: str, phases: Sequence[Phase], genes: int, registry: Registry) -> None:
    """Check what a strategy's agents own and name: the strategy may be a plug-in.

    Raises:
        InputError: if the phases are ill-formed, or an agent's search is unknown, refuses, or takes
            no migrants where there are some.
    """
    if problem := ill_formed(phases, genes):
        raise InputError(f"strategy {label!r}: {problem}")
    for exchange, agent in ((one.exchange, agent) for one in phases for agent in one.agents):
        with blamed(f"strategy {label!r}, agent {agent.name!r}"):
            cls = registry.get("search", agent.search.name)
            if exchange.migrants and not cls.receives:
                raise InputError(
                    f"strategy {label!r}: search {agent.search.name!r} takes no migrants; "
                    "choose another search, or migrants: 0"
                )
            where = f"strategy {label!r}: search of agent {agent.name!r}"
            options = checked_options(cls, agent.search.options, where)
            cls(len(agent.genes), agent.population, 0, **options)


def check_network(label: str, strategy: Strategy, networks: Mapping[str, NetworkPlan]) -> None:
    """Check that the network that a strategy names is there.

    Raises:
        InputError: if it is not.
    """
    network = strategy.network
    if network is not None and network not in networks:
        hint = nearest(network, networks) if networks else "the experiment has no networks"
        raise InputError(f"strategy {label!r}: no network {network!r} in networks; {hint}")


def kinds(choices: Mapping[str, Choice], made: Mapping[str, Strategy]) -> dict[str, dict[str, Any]]:
    """Say what each strategy is to the others, by label: what the answers need to know of it.

    ``control`` and ``reference`` as its class says; ``start`` and ``network``, where it starts;
    ``baseline``: the label of the same strategy with the same options but from uniform genomes,
    without its network or bank, or None.

    Args:
        choices: the strategies as planned.
        made: the same, made.
    """
    return {
        label: {
            "control": made[label].control,
            "reference": made[label].reference,
            "baseline": _baseline(choice, made[label], choices),
            "start": made[label].start,
            "network": made[label].network,
        }
        for label, choice in choices.items()
    }


def _baseline(seeded: Choice, made: Strategy, choices: Mapping[str, Choice]) -> str | None:
    name, options = made.baseline, seeded.options
    if not name and made.start in FROM_BANK:
        name, options = seeded.name, {**options, "start": "uniform"}
    for label, choice in choices.items():
        shared = {key: options.get(key) for key in choice.options}
        if choice.name == name and choice.options == shared:
            return label
    return None

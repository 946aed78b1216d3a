"""From a sound and the options to a comparison of one trial, and what it starts from."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from common.errors import InputError
from common.suggest import nearest
from harness.match.options import (
    FAST_BANK,
    FAST_BUDGET,
    FIRST_BUDGET,
    SLOW_BUDGET,
    MatchOptions,
    choice_of,
    fitness_of,
    strategy_of,
)
from harness.match.patch import Patch, idle_synth, knob_named, read_patch
from harness.match.sound_file import Part, excerpt_of, folder_name, loudest_of
from harness.match.start import Start, shares_knobs, start_from
from harness.plan.choice import Choice
from harness.plan.comparison import Comparison
from harness.plan.experiment import experiment_from
from harness.plan.narrowed import Narrowed, free_parameters, narrowed_choice
from harness.plan.registry import Registry
from harness.plan.resolve import resolve
from harness.plan.synths import planned_synth
from harness.plan.targets import LoadedTarget
from harness.plan.trials import Trial, trials_of
from strategies.informed import FROM_BANK
from strategies.searches.base import Genomes
from synth.base import Synth
from synth.space import ParameterSpace

TARGET = "sound"
_POPULATION = 48
_JUDGES = "timbre", "spectrogram", "multi_scale_spectral", "mfcc", "log_spectral", "loudness"


@dataclass(frozen=True)
class MatchPlan:
    """A match that was checked and can be run.

    Attributes:
        name: of its folder.
        comparison: of one strategy, fitness and target.
        whole: the synth whose knobs are wanted, with every option.
        space: its parameters.
        banked: whether there is a bank: a synth that streams renders it in seconds, for others it
            is made if the person wants it.
        start: what the search starts from, besides what the strategy itself does.
        first: the match on the built-in synth that a slow one starts from, if any.
        options: what was asked.
    """

    name: str
    comparison: Comparison
    whole: Choice
    space: ParameterSpace
    banked: bool
    start: Start | None
    first: "MatchPlan | None"
    options: MatchOptions

    @property
    def folder(self) -> Path:
        """Where everything is written."""
        return self.options.out / self.name

    @property
    def target(self) -> LoadedTarget:
        """The sound."""
        return self.comparison.targets[TARGET]

    @property
    def trial(self) -> Trial:
        """The search."""
        (trial,) = trials_of(self.comparison)
        return trial

    @property
    def starts_from_bank(self) -> bool:
        """Whether its strategy starts from a bank."""
        return self.comparison.strategy(self.trial.strategy).start in FROM_BANK

    def unit(self, label: str) -> str:
        """Return the unit of the fitness or a judge; empty for a plain ratio."""
        comparison = self.comparison
        kind = "fitness" if label in comparison.fitness else "judge"
        chosen = {**comparison.judges, **comparison.fitness}[label]
        return str(getattr(comparison.registry.get(kind, chosen.name), "unit", ""))

    @cached_property
    def _narrowed(self) -> Narrowed | None:
        """The synth that is searched, where that is the whole one without what is known."""
        if self.comparison.synth == self.whole:
            return None
        target = self.target
        made = self.comparison.make_synth(target.sample_rate, target.samples)
        if not isinstance(made, Narrowed):
            raise TypeError(f"{made} is neither the whole synth nor a narrowed one")
        return made

    def complete(self, genomes: Genomes) -> Genomes:
        """Return genomes of the whole synth, shape (..., all genes), of the searched synth's."""
        return genomes if self._narrowed is None else self._narrowed.complete(genomes)

    def reduced(self, genomes: Genomes) -> Genomes:
        """Return genomes of the searched synth, shape (..., genes), of the whole synth's."""
        return genomes if self._narrowed is None else self._narrowed.reduced(genomes)


def planned(sound: Path, options: MatchOptions, part: Part | None = None) -> MatchPlan:
    """Check everything that a match needs.

    Args:
        sound: a sound file.
        options: how.
        part: of the file; all of it if None.

    Raises:
        InputError: in one line, for anything that does not fit.
    """
    channel, _, sample_rate = loudest_of(sound, part)
    registry = Registry(tuple(path.resolve() for path in options.plugins))
    patch = None if options.start is None else read_patch(options.start)
    chosen = _synth(options, patch)
    whole = planned_synth(chosen, registry, Path(), "--synth")
    idle = idle_synth(whole, registry, sample_rate)
    space = idle.space
    start = None
    if patch is not None and options.start is not None:
        start = start_from(patch, options.start, whole.name, space)
    searched = _narrowed(whole, space, start, options)
    first = planned(sound, _first_options(options), part) if _fast_first(options, idle) else None
    banked = idle.streams or options.bank is not None
    strategy = _strategy(options, space, start, neighbours=banked or first is not None)
    budget = options.budget or (FAST_BUDGET if idle.streams else SLOW_BUDGET)
    keys = {
        "name": "match",
        "seed": options.seed,
        "seeds": 1,
        "budget": budget,
        "population": min(_POPULATION, budget),
        "listens": 0,
        "bank": {"size": options.bank or FAST_BANK},
        "synth": {"name": searched.name, **searched.options},
        "targets": [{"file": sound.name, "label": TARGET, "channel": channel, **excerpt_of(part)}],
        "fitness": [_mapping(fitness_of(options.fitness))],
        "judges": list(_JUDGES),
        "strategies": [_mapping(strategy)],
        "plugins": options.plugin_files,
    }
    comparison = resolve(experiment_from(keys, where="match"), sound.parent)
    plan = MatchPlan(
        folder_name(sound, part), comparison, whole, space, banked, start, first, options
    )
    if start is not None and not plan.starts_from_bank:
        raise InputError(
            f"--from: strategy {strategy.label!r} starts elsewhere; allowed: descent, or one with "
            f"start: {' or '.join(FROM_BANK)}"
        )
    return plan


def _fast_first(options: MatchOptions, idle: Synth) -> bool:
    """Whether a slow synth is to start from a match on the built-in one."""
    wanted = options.fast_first and options.start is None and options.strategy == "descent"
    return wanted and not idle.streams and shares_knobs(idle.space)


def _first_options(options: MatchOptions) -> MatchOptions:
    """Nothing but the sound, the fitness and the seed is the same."""
    return MatchOptions(
        fitness=options.fitness, budget=FIRST_BUDGET, seed=options.seed, out=options.out,
        plugins=options.plugins,
    )  # fmt: skip


def _mapping(choice: Choice) -> dict[str, object]:
    return {"name": choice.name, "label": choice.label, **choice.options}


def _synth(options: MatchOptions, start: Patch | None) -> Choice:
    if options.synth is None:
        return start.synth if start is not None else Choice.model_validate("subtractive")
    given = choice_of(options.synth, "--synth")
    if start is None or given.options or start.synth.name != given.name:
        return given
    return start.synth


def _narrowed(
    whole: Choice,
    space: ParameterSpace,
    start: Start | None,
    options: MatchOptions,
) -> Choice:
    """The synth that is searched: the whole one, or one without what is known."""
    fix = {knob_named(name, space): value for name, value in options.fix.items()}
    ranges = {knob_named(name, space): list(ends) for name, ends in options.ranges.items()}
    if options.only and start is not None:
        if start.carried is not None:
            raise InputError(
                f"--only: needs a patch of {whole.name}; {options.start} is one of "
                f"{start.patch.synth.name}"
            )
        for section in options.only:
            if section not in space.sections:
                raise InputError(
                    f"--only {section}: no such section; {nearest(section, space.sections)}"
                )
        kept = [p.name for p in space if p.section not in options.only and p.name not in ranges]
        fix = {name: start.patch.values[name] for name in kept} | fix
    try:
        free_parameters(space, fix, ranges)
    except ValueError as error:
        raise InputError(f"match: {error}") from None
    return narrowed_choice(whole, fix, ranges, options.plugin_files) if fix or ranges else whole


def _strategy(
    options: MatchOptions, space: ParameterSpace, start: Start | None, *, neighbours: bool
) -> Choice:
    """The strategy; where no genomes near the target are known it starts from what is heard alone.

    The note is kept where it is heard, unless the synth's own patch or the person says where it is.
    """
    chosen = strategy_of(options.strategy)
    if options.strategy != "descent":
        return chosen
    asked = [space.index(knob_named(name, space)) for name in (*options.fix, *options.ranges)]
    changed: dict[str, object] = {}
    own_patch = start is not None and start.carried is None
    if own_patch or space.roles.get("f0") in asked:
        changed["keep_note"] = False
    if start is None:
        changed["start"] = "informed" if neighbours else "heard"
    return chosen.model_copy(update={"options": {**chosen.options, **changed}})

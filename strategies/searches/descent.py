"""Descent by what a search sees: damped Gauss-Newton from several starts, hops, and new races.

Levenberg (1944) and Marquardt (1963) for the steps; successive halving of the starts: Jamieson &
Talwalkar (2016); hops between minima: Wales & Doye (1997); the choice among kinds of hops is a
bandit problem with probability matching, as in Thierens (2005).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, get_args

import numpy as np

from strategies.searches.base import Distances, Genomes, PopulationSearch, Sense, Sight, State
from strategies.searches.climber import Climber, blind, merits
from strategies.searches.gene_map import GeneMap
from strategies.searches.hops import Origin, hops, mutants
from synth.space import Parameter

View = Literal["levels", "smooth", "pooled", "transport"]
Stage = Literal["race", "climb", "mutate", "relax", "hop"]

_HEAT = 1  # iterations of a climber between two cuts of the race
_APART = 0.1  # least root mean square difference of two starts
_ENDS = 20
_MUTANTS, _RELAXED = 16, 8
_LEGS = ((2, 1.3), (3, 1.08))  # iterations of a hop, and how near the champion it then has to be
_PATIENCE, _LEAST_HOP_GAIN = 3, 0.002  # hops without gain before another race begins
_LAST_RACE = 0.8  # no race begins after this share of the budget
_MOST_STARTS = 4
_POLISHING_HOPS = ("valley", "noise")
_LEAST_MOVE = 0.004
_ENDLESS = 1_000_000


class Descent(PopulationSearch):
    """Moves along what the views of a sound show, from several starts; then hops to other minima.

    An iteration moves each gene a little to see its effect (as many renders as genes, fewer where
    genes have none), solves for the step that would make the views vanish, for each view with four
    dampings, and renders these proposals; the best by distance is taken. The best genomes of the
    first population race: after each iteration of all of them the worse half is dropped. Once the
    winner stalls, mutants of it are climbed from: as long as they come near it, and to the end if
    one becomes better. After three such hops without gain, the next best of the first population
    race.

    Before the last part of the budget it minimises distance and guide together: the guide, a
    difference of long frames, has fewer false minima of pitch.

    Args:
        dims: how many genes a genome has.
        population: the most genomes it asks for; with fewer than genes, only some are moved.
        seed: any non-negative integer.
        starts: how many of the first population race at a time; 0 chooses 2, and 1 more for each
            1,000 renders of the budget, up to 4.
        guide: weight of the guide beside the distance, 0 to below 1.
        polish: the last share of the budget, in which only the distance counts, 0 to 1.
        views: the views it uses; by default all.

    Raises:
        ValueError: if an argument is outside its range.
    """

    smallest_population = 2
    sees: ClassVar[tuple[Sense, ...]] = ("views",)
    receives: ClassVar[bool] = False
    climbs: ClassVar[type[Climber]] = Climber

    def __init__(
        self,
        dims: int,
        population: int,
        seed: int,
        *,
        starts: int = 0,
        guide: float = 0.15,
        polish: float = 0.12,
        views: list[View] | None = None,
    ) -> None:
        super().__init__(dims, population, seed)
        if starts < 0:
            raise ValueError(f"starts {starts}; allowed: 1 or more, or 0 to choose by the budget")
        if not 0 <= guide < 1:
            raise ValueError(f"guide {guide}; allowed: 0 to below 1")
        if not 0 <= polish <= 1:
            raise ValueError(f"polish {polish}; allowed: 0 to 1")
        names = get_args(View)
        wanted = names if views is None else views
        if not wanted or (wrong := [one for one in wanted if one not in names]):
            given = wrong[0] if wanted else []
            raise ValueError(f"views {given!r}; allowed: one or more of {', '.join(names)}")
        self._views = [names.index(one) for one in wanted]
        self._starts, self._guide, self._polish = starts, guide, polish
        self.meet([])
        self._climbers: list[Climber] = []
        self._stage: Stage = "race"
        self._turn = self._leg = self._told = self._failures = 0
        self._left, self._progress, self._polishing, self._kind = _HEAT, 0.0, False, ""
        self._ends = self._relaxed = np.empty((0, dims))
        self._end_merits = np.empty(0)
        self._reserve = self._ends
        self._reserve_distances = self._end_merits
        self._rested: Climber | None = None  # the best of the races before this one
        self._sight: Sight | None = None

    def meet(self, parameters: Sequence[Parameter]) -> None:
        """Learn what the genes mean."""
        self._genes = GeneMap(self.dims, parameters)
        self._hops = hops(self._genes)
        self._gains = dict.fromkeys(self._hops, 0.3)

    def pace(self, progress: float) -> None:
        """Receive how much of the budget is spent."""
        self._progress = progress

    def see(self, sight: Sight) -> None:
        """Keep what the genomes of the next ``tell`` look like."""
        self._sight = Sight([sight.residuals[view] for view in self._views], sight.guide)

    def ask(self) -> Genomes:
        """Return probes, proposals or mutants; without a population, draw one uniformly."""
        if not len(self.genomes):
            return self.uniform()
        if not self._climbers:
            self._begin_race()
        if not self._polishing and self._progress > 1 - self._polish:
            self._begin_polish()
        if self._stage == "mutate":
            return self._mutants()
        if self._stage == "relax":
            return self._relaxed.copy()
        climber = self._climbers[self._turn]
        return climber.ask(self.population, self._genes, self.random)

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Learn from the genomes that were asked for, or take in a first population."""
        if not len(genomes):
            return
        first = not self._climbers
        self._told += len(genomes)
        sight, self._sight = self._sight, None
        if sight is None:
            sight = blind(distances)
        self.keep_best(genomes, distances)
        if first:
            self._reserve, self._reserve_distances = self.genomes, self.distances
            return
        if self._stage == "mutate":
            self._begin_relax(genomes, distances, sight)
            return
        if self._stage == "relax":
            self._begin_hop(genomes, distances, sight)
            return
        climber = self._climbers[self._turn]
        if not len(climber.proposals):
            climber.learn(genomes, distances, sight, self._genes, self.population)
            return
        climber.choose(genomes, distances, sight.guide, self._share)
        self._left -= 1
        if self._left <= 0 or climber.stalled:
            self._turn_over()

    def elites(self) -> Genomes:
        """Return the genomes of all climbers."""
        if not self._climbers:
            return self.genomes[:1]
        return np.array([climber.x for climber in self._climbers[: self.population]])

    def renew(self, distances: Distances) -> None:
        """Let the climbers look again from where they are; all other distances are out of date."""
        sight, self._sight = self._sight, None
        elites = self.elites()[: len(distances)]
        climbers = self._climbers[: len(distances)]
        if climbers and all(c.distance == d for c, d in zip(climbers, distances, strict=False)):
            return
        self.genomes, self.distances = np.empty((0, self.dims)), np.empty(0)
        self.keep_best(elites, np.array(distances))
        # Before the first race, only what was measured again may take part in it.
        left = len(self.genomes) if not climbers else 0
        self._reserve, self._reserve_distances = self.genomes[:left], self.distances[:left]
        self._rested = None
        for i, climber in enumerate(climbers):
            climber.distance = float(distances[i])
            climber.guide = float(distances[i] if sight is None else sight.guide[i])
            climber.proposals, climber.better = np.empty((0, self.dims)), None
            climber.stalls = 0

    def _wanted_starts(self) -> int:
        budget = self._told / self._progress if self._progress > 0 else 100 * self._told
        return self._starts or min(_MOST_STARTS, 2 + int(budget) // 1000)

    @property
    def _share(self) -> float:
        return 0.0 if self._polishing else self._guide

    def _begin_race(self) -> None:
        """Start from the best of the first population, not yet tried, that differ from others."""
        genomes, distances = self._reserve, self._reserve_distances
        wanted, chosen = self._wanted_starts(), list[int]()
        for i, genome in enumerate(genomes):
            apart = np.sqrt(((genomes[chosen] - genome) ** 2).mean(axis=1))
            if len(chosen) < wanted and (apart > _APART).all():
                chosen.append(i)
        self._climbers = [self._climber(genomes[i], float(distances[i])) for i in chosen]
        self._reserve = np.delete(genomes, chosen, axis=0)
        self._reserve_distances = np.delete(distances, chosen)
        self._failures = 0
        self._stage, self._turn, self._left = "race", 0, _HEAT
        if len(chosen) == 1:
            self._begin_climb()

    def _climber(self, genome: Genomes, distance: float, guide: float | None = None) -> Climber:
        guide = distance if guide is None else guide
        return self.climbs(genome.copy(), distance, guide, np.zeros(self.dims))

    def _begin_climb(self) -> None:
        self._stage, self._turn, self._left = "climb", 0, _ENDLESS

    def _begin_polish(self) -> None:
        self._polishing = True
        if self._climbers[0].distance > self.distances[0]:
            self._climbers = [self._climber(self.genomes[0], float(self.distances[0]))]
        best = min(self._climbers, key=lambda climber: climber.distance)
        best.stalls = 0
        self._climbers = [best]
        self._begin_climb()

    def _turn_over(self) -> None:
        """Go on where a climber has made its iterations, or stalls."""
        if self._stage == "race":
            self._next_in_race()
        elif self._stage == "climb":
            self._remember(self._climbers[0])
            self._stage = "mutate"
        else:
            self._next_leg()

    def _next_in_race(self) -> None:
        self._turn, self._left = self._turn + 1, _HEAT
        if self._turn < len(self._climbers):
            return
        self._climbers.sort(key=lambda climber: climber.merit(self._share))
        half = max(1, len(self._climbers) // 2)
        for climber in self._climbers[half:]:
            self._remember(climber)
        self._climbers, self._turn = self._climbers[:half], 0
        if half == 1:
            self._begin_climb()

    def _mutants(self) -> Genomes:
        """Return mutants of the champion, of a kind that has gained lately."""
        names = [n for n in self._hops if not self._polishing or n in _POLISHING_HOPS]
        gains = np.array([self._gains[name] for name in names])
        shares = 0.7 * gains / gains.sum() + 0.3 / len(names)
        self._kind = names[int(self.random.choice(len(names), p=shares / shares.sum()))]
        champion = self._climbers[0]
        origin = Origin(champion.x, self._ends, champion.curvature, champion.error)
        count = min(_MUTANTS, self.population)
        return mutants(origin, self._hops[self._kind], count, self._genes, self.random)

    def _begin_relax(self, genomes: Genomes, distances: Distances, sight: Sight) -> None:
        """Let the other genes of the best mutants follow."""
        merit = merits(distances, sight.guide, self._share)
        near = np.abs(genomes - self._climbers[0].x).max(axis=1) < _LEAST_MOVE
        order = np.argsort(np.where(near, np.inf, merit), kind="stable")[:_RELAXED]
        best = int(np.where(near, np.inf, merit).argmin())
        hopper = self._climber(genomes[best], float(distances[best]), float(sight.guide[best]))
        self._climbers = [self._climbers[0], hopper]
        views = Sight([view[order] for view in sight.residuals], sight.guide[order])
        self._relaxed = self._climbers[0].relaxed(genomes[order], views, self._genes)
        self._relaxed = self._relaxed[: self.population]
        self._stage = "relax"
        if not len(self._relaxed):
            self._start_hopper()

    def _begin_hop(self, genomes: Genomes, distances: Distances, sight: Sight) -> None:
        merit = merits(distances, sight.guide, self._share)
        best = int(merit.argmin())
        if merit[best] < self._climbers[1].merit(self._share):
            found = self._climber(genomes[best], float(distances[best]), float(sight.guide[best]))
            self._climbers = [self._climbers[0], found]
        self._start_hopper()

    def _start_hopper(self) -> None:
        self._stage, self._turn, self._leg, self._left = "hop", 1, 0, _LEGS[0][0]

    def _next_leg(self) -> None:
        """Let a hop that has come near the champion go on; otherwise end it."""
        champion, hopper = self._climbers
        merit, best = hopper.merit(self._share), champion.merit(self._share)
        if self._leg < len(_LEGS) and merit < _LEGS[self._leg][1] * best:
            self._leg += 1
            last = self._leg == len(_LEGS)
            self._left = _ENDLESS if last else _LEGS[self._leg][0]
            if not hopper.stalled:
                return
        gain = max(0.0, (best - merit) / best) if best else 0.0
        self._gains[self._kind] = 0.8 * self._gains[self._kind] + 0.2 * min(3.0, 30 * gain) + 0.01
        self._remember(hopper)
        self._climbers = [hopper if merit < best else champion]
        self._stage, self._turn = "mutate", 0
        self._failures = 0 if gain > _LEAST_HOP_GAIN else self._failures + 1
        left = len(self._reserve) > 0 or self._rested is not None
        if self._failures >= _PATIENCE and left and not self._polishing:
            self._begin_again()

    def _begin_again(self) -> None:
        """Begin another race; if none is left or it is too late, go on from the best so far."""
        champion = self._climbers[0]
        if self._rested is None or champion.merit(self._share) < self._rested.merit(self._share):
            self._rested = champion
        if self._progress < _LAST_RACE and len(self._reserve):
            self._begin_race()
        else:
            self._reserve, self._reserve_distances = self._reserve[:0], self._reserve_distances[:0]
            self._climbers, self._rested, self._failures = [self._rested], None, 0

    def _remember(self, climber: Climber) -> None:
        """Keep where a climber has ended, unless another ended there."""
        if len(self._ends) and np.abs(self._ends - climber.x).max(axis=1).min() < 0.01:
            return
        ends = np.concatenate([self._ends, climber.x[None]])
        found = np.append(self._end_merits, climber.merit(self._share))
        order = np.argsort(found, kind="stable")[:_ENDS]
        self._ends, self._end_merits = ends[order], found[order]

    def state(self) -> State:
        """Return the population, the climbers and where they are."""
        return {
            **super().state(),
            "climbers": [climber.plain() for climber in self._climbers],
            "ends": self._ends,
            "end_merits": self._end_merits,
            "relaxed": self._relaxed,
            "reserve": self._reserve,
            "reserve_distances": self._reserve_distances,
            "rested": None if self._rested is None else self._rested.plain(),
            "gains": dict(self._gains),
            **{name: getattr(self, f"_{name}") for name in _PLAIN},
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        super().load(state)
        self._climbers = [self.climbs.from_plain(plain) for plain in state["climbers"]]
        self._ends, self._end_merits = np.array(state["ends"]), np.array(state["end_merits"])
        self._reserve = np.array(state["reserve"])
        self._reserve_distances = np.array(state["reserve_distances"])
        rested = state["rested"]
        self._rested = None if rested is None else self.climbs.from_plain(rested)
        self._gains, self._relaxed = dict(state["gains"]), np.array(state["relaxed"])
        for name in _PLAIN:
            setattr(self, f"_{name}", state[name])


_PLAIN = ("stage", "turn", "leg", "told", "left", "progress", "polishing", "kind", "failures")

"""A trial's rounds, without workers: budget, ledger, determinism, what the rows say."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import InputError
from harness.plan.trials import trials_of
from harness.record.packing import pack

EVERY_STRATEGY = [
    "end_to_end",
    "random",
    {"name": "society", "label": "in_turn", "turns": "in_turn", "every": 2},
    {"name": "society", "label": "two", "collaborators": ["champion", "random"], "credit": "mean"},
    {"name": "society", "label": "previous", "collaborators": ["previous", "best"]},
    {"name": "society", "label": "atomic", "fitness": {"pitch": "pitch"}},
    "society_scrambled",
    {"name": "hand_over", "share": 0.5},
    {"name": "islands", "islands": 3, "migrants": 1, "every": 2},
    {"name": "islands", "label": "with_cma_es", "islands": 2, "search": "cma_es"},
]


@pytest.fixture
def every(small):
    return small(strategies=EVERY_STRATEGY, budget=131, seeds=1)


def test_the_ledger_is_what_the_synth_rendered_and_exactly_the_budget(every, run_trial):
    for trial in trials_of(every):
        run, rows, bound = run_trial(every, trial)
        assert run.spent == bound.renders == 131, trial.strategy
        assert rows[-1]["renders"] == 131
        assert sum(rows[-1]["ledger"].values()) == 131


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(budget=st.integers(12, 60), share=st.floats(0.05, 0.95))
def test_no_budget_is_missed_by_one(small, run_trial, budget, share):
    strategies = [{"name": "hand_over", "share": share, "collaborators": ["best", "random"]}]
    comparison = small(budget=budget, strategies=strategies, fitness=["waveform"], seeds=1)
    run, _, bound = run_trial(comparison, trials_of(comparison)[0])
    assert run.spent == bound.renders == budget


def test_first_population_is_the_same_genomes_and_the_same_distances(every, run_trial):
    firsts = {
        (rows[0]["renders"], rows[0]["best"])
        for _, rows, _ in (run_trial(every, trial) for trial in trials_of(every))
    }
    assert len(firsts) == 1


def test_kinds_of_renders(every, run_trial):
    kinds = {t.strategy: run_trial(every, t)[1][-1]["ledger"] for t in trials_of(every)}
    assert kinds["end_to_end"] == {
        "first": 12, "probe": 0, "search": 119, "collaborator": 0, "re-evaluation": 0,
    }  # fmt: skip
    assert kinds["two"]["collaborator"] > 0
    assert kinds["two"]["re-evaluation"] > 0
    assert kinds["hand_over"]["first"] == 24


def test_every_strategy_gives_the_same_rows_again_and_after_a_checkpoint(
    every, run_trial, reloaded
):
    def put_away(run):
        return reloaded(every, run)

    for trial in trials_of(every):
        run, rows, _ = run_trial(every, trial)
        resumed, same, _ = run_trial(every, trial, put_away)
        assert rows == same, trial.strategy
        assert pack(run.now.plain()) == pack(resumed.now.plain()), trial.strategy


@pytest.fixture
def detecting(small):
    return small(strategies=["society_detected", "society"], budget=300, seeds=1)


def test_probes_come_after_the_first_population_and_are_charged(detecting, run_trial):
    (trial, plain) = trials_of(detecting)
    run, rows, bound = run_trial(detecting, trial)
    assert run.spent == bound.renders == 300
    # Half of what the first population leaves of the budget, with 46 genes alone and 97 pairs.
    assert rows[0]["ledger"] == {**dict.fromkeys(rows[0]["ledger"], 0), "first": 12}
    assert rows[1]["ledger"] == {**rows[0]["ledger"], "probe": 144}
    assert rows[-1]["ledger"]["probe"] == 144
    assert rows[0]["best"] == run_trial(detecting, plain)[1][0]["best"]


def test_the_closest_probe_is_the_champion(detecting, run_trial):
    champions = {}

    def noted(run):
        champions[run.spent] = run.champion, run.best
        return run

    run_trial(detecting, trials_of(detecting)[0], noted)
    (first, was), (champion, best) = champions[12], champions[156]
    assert best < was
    # It is the best of the first population with one gene or two moved by half their range.
    moved = np.flatnonzero(champion != first)
    assert len(moved) in (1, 2)
    assert np.abs(champion - first)[moved] == pytest.approx(0.5)


def test_agents_follow_from_what_was_probed_and_stay_when_resumed(detecting, run_trial, reloaded):
    (trial, _), groups = trials_of(detecting), []

    def put_away(run):
        again = reloaded(detecting, run)
        groups.append([agent.genes for agent in again.current_phase.agents])
        return again

    run, rows, _ = run_trial(detecting, trial)
    _, same, _ = run_trial(detecting, trial, put_away)
    assert rows == same
    found = [agent.genes for agent in run.current_phase.agents]
    assert groups[0] != found
    # Once they are found they stay; before, the first population was listened to as well.
    assert groups[groups.index(found) :] == [found] * (len(groups) - groups.index(found))
    assert groups.index(found) <= 2


def test_a_budget_that_is_too_small_to_probe_is_refused_before_anything_runs(small):
    said = "strategy 'society_detected': 88 renders beside the first population; needs 140"
    with pytest.raises(InputError, match=said):
        small(strategies=["society_detected"], budget=100)


@pytest.fixture
def paces(run_trial, steps, reloaded):
    return lambda comparison, put_away=False: _paces(
        comparison, run_trial, steps, reloaded if put_away else None
    )


def _paces(comparison, run_trial, steps, reloaded):
    """What each step of the first trial is given (phase, done, share of a render), its renders."""
    (trial, *_), told = trials_of(comparison), []

    class Noted(steps):
        def advance(self, jobs, outcomes):
            told.extend(
                (self.phase, job.context.done, job.context.share_of_render, outcome.report.spent)
                for job, outcome in zip(jobs, outcomes, strict=True)
                if outcome.report is not None
            )
            return super().advance(jobs, outcomes)

    def again(run):
        return reloaded(comparison, run, Noted)

    run_trial(comparison, trial, again if reloaded else lambda run: run, Noted)
    return told


def test_steps_are_told_how_far_the_budget_is_spent(small, paces):
    told = paces(small(strategies=["end_to_end"], budget=131))
    assert [done for _, done, _, _ in told] == pytest.approx(np.arange(12, 131, 12) / 131)
    assert {share for _, _, share, _ in told} == {1 / 131}


def test_agents_side_by_side_count_for_each_other(small, paces):
    society = {"name": "society", "turns": "parallel"}
    agents = len(small().space.sections)
    told = paces(small(strategies=[society], budget=500))
    assert {share for _, _, share, _ in told} == {agents / 500}
    rounds = [told[i : i + agents] for i in range(0, len(told), agents)]
    for one, after in pairwise(rounds):
        (done,) = {done for _, done, _, _ in one}
        spent = [spent for _, _, _, spent in one]
        assert after[0][1] == pytest.approx(done + sum(spent) / 500)
        # What one agent foresees from its own renders is off by how unequal they are.
        ahead = [done + agents * renders / 500 for renders in spent]
        assert min(ahead) <= after[0][1] + 1e-12
        assert max(ahead) >= after[0][1] - 1e-12


def test_the_pace_starts_over_with_every_phase_and_is_the_same_when_resumed(small, paces):
    comparison = small(strategies=[{"name": "hand_over", "share": 0.4}], budget=200)
    told = paces(comparison)
    first = [(done, share) for phase, done, share, _ in told if phase == 0]
    second = [(done, share) for phase, done, share, _ in told if phase == 1]
    assert {share for _, share in first} == {1 / 80}
    assert {share for _, share in second} == {1 / 120}
    # Each phase has its first population before its first step.
    assert (first[0][0], second[0][0]) == (12 / 80, 12 / 120)
    assert second[-1][0] == pytest.approx(0.9)
    assert paces(comparison, put_away=True) == told


def test_improvements_descend_and_end_at_the_champion(every, run_trial):
    for trial in trials_of(every):
        run, rows, bound = run_trial(every, trial)
        steps = np.array([step for row in rows for step in row["improvements"]])
        assert (np.diff(steps[:, 0]) > 0).all()
        assert (np.diff(steps[:, 1]) < 0).all()
        distance = bound.evaluate(run.champion[None], [trial.fitness])[trial.fitness][0]
        assert steps[-1, 1] == run.best == distance == rows[-1]["best"]


def test_diversity_is_there_whole_and_by_section_for_both_populations(every, run_trial):
    _, rows, _ = run_trial(every, trials_of(every)[2])
    for row in rows:
        for population in ("assembled", "evaluated"):
            assert list(row["diversity"][population]) == ["whole", *every.space.sections]


def test_an_atomic_fitness_guides_its_agent_but_never_the_record(small, run_trial):
    comparison = small(
        strategies=[{"name": "society", "fitness": {"pitch": "pitch"}}], seeds=1, budget=60
    )
    run, _, bound = run_trial(comparison, trials_of(comparison)[0])
    assert run.best == bound.evaluate(run.champion[None], ["spectrogram"])["spectrogram"][0]


def test_how_different_the_sounds_are_is_measured_and_not_charged(small, run_trial):
    """Five times from the first population to the end; the search does not notice."""
    heard, deaf = small(), small(listens=0)
    for one, other in zip(trials_of(heard)[:3], trials_of(deaf)[:3], strict=True):
        # The key names what is measured too: the same draws are asked for here.
        twin = replace(other, config=one.config)
        run, rows, bound = run_trial(heard, one)
        still, bare, _ = run_trial(deaf, twin)
        assert np.array_equal(run.champion, still.champion)
        assert [{k: v for k, v in row.items() if k != "sound"} for row in rows] == bare
        listened = [row for row in rows if "sound" in row]
        assert listened[0] is rows[0]
        assert listened[-1] is rows[-1]
        assert 2 <= len(listened) <= 5
        assert all(set(row["sound"]) == {"assembled", "evaluated"} for row in listened)
        assert listened[0]["sound"]["assembled"] > 0
        assert bound.unscored > 0
        assert bound.renders == 90


def test_a_trial_that_is_saved_while_it_measures_sounds_goes_on(small, run_trial, reloaded):
    comparison = small()
    trial = trials_of(comparison)[1]

    def put_away(run):
        return reloaded(comparison, run)

    _, rows, _ = run_trial(comparison, trial)
    _, again, _ = run_trial(comparison, trial, put_away)
    assert again == rows

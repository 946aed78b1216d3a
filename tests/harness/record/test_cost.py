"""What a run cost, from rows with known times."""

import pytest

from harness.record.cost import cost_of, shares_of


def job(worker, begin, end, session=0.0, **changes):
    """A job that took all of the time for itself: 60 % of it render, 30 % score."""
    wall = end - begin
    row = {"cpu_s": wall, "render_s": 0.6 * wall, "score_s": 0.3 * wall, "driver_s": 0.0}
    return {**row, "worker": worker, "ended": end, "wall_s": wall, "session": session, **changes}


def test_busy_is_the_mean_over_workers_from_the_first_job_to_the_last():
    cost = cost_of([job(0, 100, 104), job(1, 101, 103), job(0, 105, 110)])
    assert cost.workers == 2
    assert cost.wall_s == 10
    assert cost.busy == pytest.approx((0.9 + 0.2) / 2)
    assert cost.cpu_s == 11


def test_the_time_between_two_sessions_is_not_idle():
    first = [job(0, 100, 110, driver_s=0.5), job(1, 100, 105, driver_s=0.25)]
    later = [job(0, 5000, 5010, session=4999.0, driver_s=0.125)]
    cost = cost_of([*later, *first])
    assert cost.wall_s == 20
    assert cost.workers == 2
    # Two workers for ten seconds, then one for ten.
    assert cost.busy == pytest.approx(25 / 30)
    assert cost.driver_s == 0.625


def test_shares_are_of_cpu_time_and_search_is_the_rest():
    busy_machine = job(0, 0, 10, cpu_s=4.0, render_s=2.0, score_s=1.0)
    assert shares_of([busy_machine]) == {"render": 0.5, "score": 0.25, "search": 0.25}
    shares = shares_of([busy_machine, job(0, 10, 14, cpu_s=4.0, render_s=3.0, score_s=1.0)])
    assert shares == {"render": 0.625, "score": 0.25, "search": 0.125}


def test_it_fits_a_line():
    cost = cost_of([job(0, 0, 60, driver_s=1.25), job(1, 0, 54)])
    for part in ("2 workers", "60 s", "95% busy", "render 60.0%", "search 10.0%", "1.2 CPU s"):
        assert part in str(cost)
    assert "1 worker," in str(cost_of([job(0, 0, 60)]))

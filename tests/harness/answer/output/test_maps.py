"""Fronts and archives in the report: a map for each strategy, whose circles can be heard."""

from dataclasses import replace

import numpy as np
import pytest

from harness.answer.load import load_results
from harness.answer.measures.collections import shown_collections
from harness.answer.output.html.page import write_report
from harness.answer.output.plots.collections import collections_plot
from harness.answer.questions.evaluate import answer
from harness.plan.trials import trials_of

FITNESS = [{"name": "weighted", "parts": {"spectrogram": 1.0, "loudness": 0.5}}]
STRATEGIES = [
    {"name": "end_to_end", "label": "front", "search": "nsga2"},
    {"name": "end_to_end", "label": "archive", "search": "map_elites"},
    {"name": "islands", "islands": 2, "migrants": 0, "search": "map_elites"},
    "random",
]
TARGETS = [{"contrived": i, "seconds": 0.1, "sample_rate": 8000} for i in (1, 2)]


@pytest.fixture(scope="module")
def comparison(planned):
    changes = {"budget": 120, "population": 12, "judges": ["loudness"]}
    return planned(fitness=FITNESS, strategies=STRATEGIES, targets=TARGETS, **changes)


@pytest.fixture(scope="module")
def results(comparison, run_here, tmp_path_factory):
    return load_results(run_here(comparison, tmp_path_factory.mktemp("maps")))


@pytest.fixture(scope="module")
def page(results):
    return write_report(results, answer(results))


def test_there_is_one_of_each_strategy_of_the_first_target(results, comparison):
    shown = shown_collections(results, ["contrived_2", "contrived_1"])
    assert [(one.strategy, one.kind, one.target) for one in shown] == [
        ("front", "front", "contrived_2"),
        ("archive", "archive", "contrived_2"),
        ("islands", "archive", "contrived_2"),
    ]
    for one in shown:
        (name,) = [
            trial.name
            for trial in trials_of(comparison)
            if (trial.strategy, trial.target, trial.seed) == (one.strategy, one.target, 0)
        ]
        assert {file.parent.name for file in one.sounds.values()} == {name}
        # Of the islands, the one that found the trial's best.
        best = results.trials.set_index("name").loc[name, "best"]
        assert one.distances[0] == pytest.approx(best)
        assert all(file.exists() for file in one.sounds.values())


def test_every_circle_has_its_sound_in_the_page_and_says_where_it_lies(results, page, elements_of):
    elements = elements_of(page.read_text(encoding="utf-8"))
    circles = {mark["data-point"]: mark for mark in elements.all("g") if "data-point" in mark}
    heard = {one["data-point"] for one in elements.all("audio") if "data-point" in one}
    shown = shown_collections(results, answer(results).results.targets)
    assert set(circles) == heard == {one.point(at) for one in shown for at in one.sounds}
    first = shown[0]
    says = circles[first.point(0)]["data-says"]
    assert f"distance {first.distances[0]:.3g}" in says
    assert all(name in says for name in ("spectrogram", "loudness"))
    assert "Fronts and archives" in page.read_text(encoding="utf-8")


def test_a_map_shows_all_genomes_and_the_target_of_an_archive(results):
    shown = shown_collections(results, ["contrived_1"])
    drawing = collections_plot(shown)
    for axis, one in zip(drawing._figure.axes, shown, strict=True):
        circles = [line for line in axis.lines if line.get_marker() == "o"]
        (squares,) = axis.collections
        assert len(circles) == len(one.sounds)
        assert len(squares.get_offsets()) + len(circles) == len(one.distances)
        crosses = [line for line in axis.lines if line.get_marker() == "+"]
        assert len(crosses) == (one.kind == "archive")
        at = {(line.get_xdata()[0], line.get_ydata()[0]) for line in circles}
        assert at == {tuple(one.values[i, :2]) for i in one.sounds}


def test_a_report_without_collections_has_no_maps(written, plant, undrawn):
    results = load_results(written(plant()))
    assert shown_collections(results, results.targets) == []
    assert "Fronts and archives" not in write_report(results, answer(results)).read_text()


@pytest.mark.slow
def test_a_circle_is_clicked_or_chosen_by_keyboard_and_heard(page, open_page):
    playing = (
        "[...document.querySelectorAll('audio[data-point]')]"
        ".filter(one => !one.paused || one.currentTime > 0).map(one => one.dataset.point)"
    )
    with open_page(page, viewport={"width": 1200, "height": 900}) as tab:
        tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        maps = tab.locator("figure", has_text="found besides their best sound")
        circle = maps.locator(".mark[data-point]").last
        circle.scroll_into_view_if_needed()
        name = circle.get_attribute("data-point")
        box = circle.bounding_box()
        tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tab.wait_for_function(f"{playing}.length > 0")
        assert tab.evaluate(playing) == [name]
        assert maps.locator(".mark.playing").evaluate_all(
            "all => all.map(one => one.dataset.point)"
        ) == [name]
        panel = maps.locator("svg.panel").first
        panel.focus()
        tab.keyboard.press("ArrowRight")
        tab.keyboard.press("Enter")
        tab.wait_for_function("document.querySelector('.mark.playing').dataset.name === 'front'")
        assert [one for one in tab.evaluate(playing) if one.startswith("front ")]
        assert tab.complaints == []


def test_ranks_of_closeness_make_the_colours(results):
    """One that is far off does not leave all others in one colour."""
    (one, *_) = shown_collections(results, ["contrived_1"])
    far = one.distances.copy()
    far[-1] = 1e6
    plots = [
        collections_plot([replace(one, distances=distances)]) for distances in (one.distances, far)
    ]
    colours = [[line.get_color().tolist() for line in plot._figure.axes[0].lines] for plot in plots]
    assert np.array_equal(*colours)

"""Figures of a report in a real browser: muted, isolated, read, zoomed, saved."""

from pathlib import Path

import pytest

from harness.answer.load import load_results
from harness.answer.output.html.page import write_report
from harness.answer.questions.evaluate import answer


@pytest.fixture(scope="module")
def tab(open_page, written_to, plant, tmp_path_factory):
    results = load_results(written_to(tmp_path_factory.mktemp("figures"), plant()))
    with open_page(write_report(results, answer(results))) as opened:
        yield opened
        assert opened.complaints == []


@pytest.fixture(autouse=True)
def as_at_first(tab):
    yield
    tab.keyboard.press("Escape")
    for button in tab.locator(".legend .all").all()[:1]:
        if button.is_visible():
            button.click()


@pytest.fixture(scope="module", autouse=True)
def unfolded(tab):
    tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")


def figure_with(tab, caption):
    return tab.locator("figure", has_text=caption).first


def names_shown(figure):
    marks = figure.locator(".mark[data-points]")
    found = marks.evaluate_all(
        "all => all.filter(m => m.getClientRects().length).map(m => m.dataset.name)"
    )
    return set(found)


def test_a_legend_mutes_everywhere_and_shows_again(tab):
    convergence, diversity = figure_with(tab, "Best distance so far"), figure_with(tab, "√genes")
    everyone = {"end_to_end", "society", "random"}
    assert names_shown(convergence) == names_shown(diversity) == everyone
    entry = convergence.locator('.legend [data-name="society"] .key')
    entry.click()
    assert entry.get_attribute("aria-pressed") == "false"
    assert names_shown(convergence) == names_shown(diversity) == everyone - {"society"}
    rows = tab.locator("tr.muted th").all_text_contents()
    assert rows
    assert all(row.startswith("society") for row in rows)
    diversity.locator(".legend .all").click()
    assert names_shown(convergence) == everyone
    assert entry.get_attribute("aria-pressed") == "true"


def test_one_can_be_isolated_by_keyboard(tab):
    figure = figure_with(tab, "Best distance so far")
    only = figure.locator('.legend [data-name="random"] .only')
    only.focus()
    tab.keyboard.press("Enter")
    assert names_shown(figure) == {"random"}
    tab.keyboard.press("Enter")
    assert names_shown(figure) == {"end_to_end", "society", "random"}


def test_a_pointer_reads_strategy_renders_and_value(tab):
    panel = figure_with(tab, "Best distance so far").locator("svg.panel").first
    panel.hover()
    reading = tab.locator(".reading")
    assert reading.is_visible()
    text = reading.inner_text()
    assert text.startswith("renders ")
    assert all(name in text for name in ("end_to_end", "society", "random"))
    dot = tab.locator("figure").first.locator(".mark[data-says]").first
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    tab.mouse.move(box["x"] + 2, box["y"] + 2)
    assert dot.get_attribute("data-says") in reading.inner_text()


def test_values_are_read_by_keyboard_too(tab):
    panel = figure_with(tab, "Best distance so far").locator("svg.panel").first
    panel.focus()
    tab.keyboard.press("ArrowRight")
    first = tab.locator(".reading b").inner_text()
    tab.keyboard.press("ArrowRight")
    assert tab.locator(".reading b").inner_text() != first
    tab.keyboard.press("Escape")
    assert not tab.locator(".reading").is_visible()


def test_a_rectangle_is_zoomed_and_given_back(tab):
    panel = figure_with(tab, "Best distance so far").locator("svg.panel").first
    panel.scroll_into_view_if_needed()
    box = panel.bounding_box()
    width, height = box["width"], box["height"]
    tab.mouse.move(box["x"] + 0.4 * width, box["y"] + 0.3 * height)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.7 * width, box["y"] + 0.6 * height, steps=3)
    tab.mouse.up()
    assert "zoomed" in panel.get_attribute("class")
    assert panel.locator(".zoom-ticks text").count() >= 3
    panel.dblclick()
    assert "zoomed" not in panel.get_attribute("class")
    assert not panel.locator(".zoom-ticks").count()


def test_a_figure_is_saved_as_it_is_shown(tab):
    figure = figure_with(tab, "Best distance so far")
    figure.locator('.legend [data-name="society"] .key').click()
    with tab.expect_download() as saving:
        figure.locator(".save .svg").click()
    assert saving.value.suggested_filename == "convergence.svg"
    text = Path(saving.value.path()).read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "end_to_end" in text
    assert "society" not in text
    assert "data-" not in text
    with tab.expect_download() as saving:
        figure.locator(".save a").click()
    assert Path(saving.value.path()).read_bytes().startswith(b"%PDF")


def test_a_term_is_explained_where_it_is_read(tab):
    term = tab.locator("figcaption button.term").first
    term.focus()
    meaning = tab.locator(".terms dt", has_text=term.inner_text()).locator("+ dd").inner_text()
    assert meaning in tab.locator(".reading").inner_text()
    tab.keyboard.press("Escape")
    assert not tab.locator(".reading").is_visible()


def test_all_that_is_folded_is_on_paper(tab):
    folded = "[...document.querySelectorAll('details.topic')].filter(d => !d.open).length"
    tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = false; })")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(folded) == 0
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate(folded) > 5
    tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")


def test_a_sound_is_in_the_page_once(tab):
    sources = "all => all.map(a => a.getAttribute('src')).length"
    again = tab.locator("audio[data-same]")
    assert again.evaluate_all(sources) > 0
    assert again.evaluate_all("all => all.every(a => a.src.startsWith('data:audio/'))")

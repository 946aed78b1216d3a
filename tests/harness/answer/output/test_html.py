"""The report of the tiny comparison, as text and in a real browser."""

import csv
import re
import shutil
from pathlib import Path

import pytest

from harness.answer.load import load_results
from harness.answer.output.html import page as page_module
from harness.answer.output.html.page import write_report
from harness.answer.questions.catalogue import TOPICS
from harness.answer.questions.evaluate import answer
from harness.record.journal import Journal

SCRIPTS = sorted(Path(page_module.__file__).parent.glob("*.js"))
HEADINGS = [
    "tiny", "At a glance", "Before you trust it", "Answers",
    *(topic.title for topic in TOPICS if "Control" not in topic.title),
    "Plots", "Who is ahead", "Convergence", "Genetic diversity", "Fitness functions and judges",
    "Tables", "Measures by strategy", "Measures by fitness", "Expected run times",
    "Distances by the judges", "Cost", "Listen", "reachable", "Most interesting",
    "Furthest from the target, according to the judges", "Stalled for longest", "Methods",
    "Terms", "The measures",
]  # fmt: skip


def report_of(journal):
    results = load_results(journal)
    return write_report(results, answer(results))


@pytest.fixture(scope="module")
def journal(tiny_journal, tmp_path_factory):
    """A copy of the tiny journal, to write the report into."""
    out = tmp_path_factory.mktemp("report")
    shutil.copytree(tiny_journal.path, out / "tiny")
    return Journal(out, "tiny")


@pytest.fixture(scope="module")
def page(journal):
    return report_of(journal)


@pytest.fixture(scope="module")
def elements(page, elements_of):
    return elements_of(page.read_text(encoding="utf-8"))


def test_it_lies_beside_the_journal_and_is_the_same_twice(journal, page):
    assert page == journal.path / "report.html"
    before = page.read_bytes()
    assert report_of(journal).read_bytes() == before


def test_it_needs_nothing_from_elsewhere(page, elements):
    text = page.read_text(encoding="utf-8")
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", re.sub(r"data:[^\"]+", "", text)))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    sources = [a["src"] for _, a in elements.found if "src" in a]
    assert sources
    assert all(source.startswith("data:") for source in sources)
    links = [a.get("href", a.get("xlink:href", "#")) for _, a in elements.found]
    assert all(link.startswith(("#", "data:application/pdf;")) for link in links)
    assert elements.all("script") == [{}]
    for script in SCRIPTS:
        forbidden = r"fetch|XMLHttpRequest|import\(|WebSocket|eval\b|innerHTML"
        assert not re.search(forbidden, script.read_text())
    assert not elements.all("link")
    assert not re.search(r"@import|url\((?!#)", text)


def test_it_is_whole_and_says_what_things_are(page, elements):
    assert elements.open == []
    assert all(image["alt"] for image in elements.all("img"))
    assert all(cell["scope"] in ("row", "col") for cell in elements.all("th"))
    assert all(audio["aria-label"] for audio in elements.all("audio"))
    assert all(figure["aria-label"] for figure in elements.all("figure"))
    assert elements.all("html")[0]["lang"] == "en"
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    targets = [a["href"][1:] for a in elements.all("a") if "download" not in a]
    assert set(targets) <= set(ids)
    assert len(ids) == len(set(ids))
    text = page.read_text(encoding="utf-8")
    assert "A &lt;small&gt; comparison." in text
    assert "nan" not in re.sub(r"data:[^\"]+", "", text).lower().split()


def test_plots_take_the_ink_of_the_page(page):
    text = page.read_text(encoding="utf-8")
    panels = re.findall(r"<svg[^>]*class=\"panel\".*?</svg>", text, re.DOTALL)
    assert len(panels) > 20
    assert all("currentColor" in svg for svg in panels)
    assert text.count("<figure") == 10
    assert "#010203" not in text
    assert not re.search(r"<(dc:date|metadata)[^>]*>\s*20\d\d", text)


def test_every_strategy_can_be_played_beside_the_target(elements):
    labels = [audio["aria-label"] for audio in elements.all("audio")]
    played = [
        label.removeprefix("reachable: ") for label in labels if label.startswith("reachable")
    ]
    assert played[0] == "target"
    named = [name for title in played[1:] for name in title.split(", ")]
    assert sorted(named) == ["end_to_end", "random", "society", "spectrogram", "waveform"]
    assert labels[0] == "At a glance: target"
    extremes = {label.split(":")[0] for label in labels} - {"reachable", "At a glance"}
    assert extremes == {
        "Most interesting", "Furthest from the target, according to the judges",
        "Stalled for longest",
    }  # fmt: skip


def test_one_strategy_and_no_judges_make_a_report_too(written, planted):
    trials = [t for t in planted if t["strategy"] == "society"]
    text = report_of(written(trials, judges=())).read_text(encoding="utf-8")
    # What cannot be compared is not listed question by question.
    assert "Undecided" not in text
    assert "only one contender" in text
    assert "Measures by strategy" in text


def test_it_shows_the_command_that_ran_the_comparison(written, planted, undrawn):
    command = "ga-synth run first.yaml --size smoke --set budget=400"
    few = [trial for trial in planted if trial["seed"] < 2]
    assert f"<code>{command}</code>" in report_of(written(few, command=command)).read_text()
    assert "Reproduce" not in report_of(written(few)).read_text()


def test_undecided_sentences_are_marked_whatever_the_labels(written, planted, undrawn):
    """A contender called like a verdict is not one."""
    trials = [
        {**t, "strategy": "Undecided" if t["strategy"] == "society" else t["strategy"]}
        for t in planted
    ]
    text = report_of(written(trials, strategies=("end_to_end", "society:Undecided", "random")))
    assert "<p>Undecided converged faster than end_to_end" in text.read_text()


def test_a_reason_is_text_not_markup(written, planted, undrawn):
    few = [trial for trial in planted if trial["seed"] < 2]
    few[0] = {**few[0], "failure": "<script>alert(1)</script> [/b]"}
    text = report_of(written(few)).read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


@pytest.fixture(scope="module", params=["light", "dark"])
def tab(request, open_page, page):
    """The page, opened in one colour scheme; its complaints and requests are kept."""
    with open_page(page, color_scheme=request.param) as opened:
        opened.scheme = request.param
        yield opened


def test_a_browser_has_nothing_to_complain_about(tab, page):
    assert [url for url in tab.asked if not url.startswith("data:")] == [page.as_uri()]
    assert tab.title() == "tiny: ga-synth"
    assert tab.locator("h1, h2, h3").all_inner_texts() == HEADINGS
    assert tab.complaints == []


def test_a_table_sorts_by_its_headings_and_is_saved(tab):
    table = tab.locator(".scroll table").first
    column = table.locator("tbody tr td:nth-child(2)")
    heading = table.locator("th .sort").nth(1)
    values = [float(text.split()[0]) for text in column.all_inner_texts()]
    heading.click()
    assert table.locator("th").nth(1).get_attribute("aria-sort") == "descending"
    sorted_ = [float(text.split()[0]) for text in column.all_inner_texts()]
    assert sorted_ == sorted(values, reverse=True)
    heading.click()
    again = [float(text.split()[0]) for text in column.all_inner_texts()]
    assert again == sorted(values)
    with tab.expect_download() as saved:
        tab.locator("button.save").first.click()
    assert saved.value.suggested_filename == "measures-by-strategy.csv"
    rows = list(csv.reader(saved.value.path().read_text().splitlines()))
    assert [row[0] for row in rows[1:]] == table.locator("tbody th").all_inner_texts()


def test_ink_stands_out_from_paper(tab):
    """Contrast of WCAG 2: 4.5 for text; the page and its plots change with the scheme."""

    def colour(selector, what):
        found = tab.locator(selector).first.evaluate(f"e => getComputedStyle(e).{what}")
        return [int(n) / 255 for n in re.findall(r"\d+", found)[:3]]

    def luminance(rgb):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    paper = luminance(colour("body", "backgroundColor"))
    assert (paper < 0.2) == (tab.scheme == "dark")
    for selector in ("body", "h2", ".soft", "figure svg", "th", "nav a"):
        ink = luminance(colour(selector, "color"))
        light, dark = max(ink, paper), min(ink, paper)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, selector


def test_every_sound_loads(tab):
    tab.locator("audio").evaluate_all(
        "sounds => sounds.forEach(s => { s.preload = 'metadata'; s.load(); })"
    )
    tab.wait_for_function("[...document.querySelectorAll('audio')].every(s => s.readyState > 0)")
    seconds = tab.locator("audio").evaluate_all("sounds => sounds.map(s => s.duration)")
    assert len(seconds) > 8
    assert seconds == pytest.approx([0.1] * len(seconds), abs=0.01)


def test_one_of_the_sounds_that_play_together_is_audible(tab):
    group = tab.locator(".group").first
    assert group.locator(".together").is_visible()
    button, switches = group.locator("button.play"), group.locator(".together input")
    muted = "players => players.map(p => p.muted)"
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    switches.first.focus()
    tab.keyboard.press("ArrowRight")
    states = group.locator("audio").evaluate_all(muted)
    assert states == [True, False, *[True] * (len(states) - 2)]
    # A sound of a tenth of a second ends at once, and begins again.
    tab.wait_for_function(
        """() => {
            const chosen = document.querySelectorAll(".group audio")[1];
            if (window.ends === undefined) {
                window.ends = 0;
                chosen.addEventListener("ended", () => { window.ends += 1; });
            }
            return window.ends > 1;
        }"""
    )
    assert group.locator("audio").evaluate_all("players => players.every(p => p.error === null)")
    button.click()
    assert button.inner_text() == "Play together"
    assert not any(group.locator("audio").evaluate_all(muted))
    assert all(group.locator("audio").evaluate_all("players => players.map(p => p.paused)"))


def test_sounds_start_again_though_the_chosen_one_ended_before_it_was_chosen(tab):
    restarts = tab.evaluate(
        """() => {
            const group = document.querySelector(".group");
            const players = [...group.querySelectorAll("audio")].slice(0, 2);
            const switches = [...group.querySelectorAll(".together input")];
            const button = group.querySelector("button.play");
            const over = [false, false];
            let plays = 0;
            // By hand, since the order in which real sounds end is chance.
            players.forEach((player, i) => {
                Object.defineProperty(player, "ended", { configurable: true, get: () => over[i] });
                player.play = () => { plays += 1; };
            });
            const end = (i) => { over[i] = true; players[i].dispatchEvent(new Event("ended")); };
            const choose = (i) => { switches[i].checked = true;
                                    switches[i].dispatchEvent(new Event("change")); };
            choose(0);
            button.click();
            plays = 0;
            end(1);
            const early = plays;
            choose(1);
            end(0);
            const late = plays;
            button.click();
            players.forEach((player) => { delete player.ended; delete player.play; });
            choose(0);
            return [early, late];
        }"""
    )
    assert restarts == [0, 2]


def test_all_that_can_be_pressed_is_reached_with_the_keyboard(tab):
    tab.locator("nav a").first.focus()
    wanted, reached = {"A", "SUMMARY", "BUTTON", "INPUT", "AUDIO"}, set()
    for _ in range(200):
        reached.add(tab.evaluate("document.activeElement.tagName"))
        tab.keyboard.press("Tab")
        if wanted <= reached:
            break
    assert wanted <= reached


def test_every_picture_loads(tab):
    tab.locator("img").evaluate_all("images => images.forEach(i => { i.loading = 'eager'; })")
    tab.wait_for_function("[...document.images].every(i => i.complete)")
    widths = tab.locator("img").evaluate_all("images => images.map(i => i.naturalWidth)")
    assert len(widths) == 4
    assert min(widths) > 100


def test_it_fits_a_narrow_screen(tab):
    tab.set_viewport_size({"width": 400, "height": 800})
    # Labels may be long.
    label = tab.locator(".together label").last
    label.evaluate("e => e.append('_and_more'.repeat(9))")
    width = tab.evaluate("document.documentElement.scrollWidth")
    label.evaluate("e => e.lastChild.remove()")
    tab.set_viewport_size({"width": 1280, "height": 720})
    assert width <= 400

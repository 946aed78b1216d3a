"""The listening test in a real browser, and its answers in the report."""

import json
import re
from collections import Counter

import pytest

from harness.answer.listening_test.blinding import blinded
from harness.answer.load import load_results
from harness.answer.output.html.page import write_report
from harness.answer.questions.evaluate import answer
from harness.record.sealed import read_record


@pytest.fixture(scope="module")
def journal(planned, run_here, tmp_path_factory):
    """A tiny comparison of two targets, with several sounds each."""
    society = {"name": "society", "agent_population": 4}
    about = {"seconds": 0.1, "sample_rate": 8000}
    targets = [{"contrived": n, "label": f"target{n}", **about} for n in (1, 2)]
    comparison = planned(strategies=["end_to_end", society, "random"], targets=targets)
    return run_here(comparison, tmp_path_factory.mktemp("blind"))


@pytest.fixture(scope="module")
def page(journal, undrawing):
    """Of the questions; the report beside it has the plots."""
    results = load_results(journal)
    with undrawing():
        return write_report(results, answer(results)).with_name("listen.html")


@pytest.fixture(scope="module")
def asked(page):
    """What the page asks."""
    text = page.read_text(encoding="utf-8")
    return json.loads(
        re.search(r'<script type="application/json" id="test">(.*?)</script>', text)[1]
    )


@pytest.fixture
def size():
    """The window's width."""
    return 1400


@pytest.fixture
def tab(size, open_page, page):
    """The page, opened in a window; its complaints and requests are kept."""
    window = {"width": size, "height": 844}
    with open_page(page, viewport=window, accept_downloads=True) as opened:
        yield opened


def test_nothing_reveals_which_is_which(page, asked, journal):
    text = re.sub(r"data:[^\"]+", "", page.read_text(encoding="utf-8"))
    for word in ("end_to_end", "society", "random", "waveform", "spectrogram"):
        assert not re.search(rf"\b{word}\b", text), word
    assert not any(name in text for name in journal.experiment()["trials"])
    assert not re.search(r"https?://", text)
    numbers = list(asked["sounds"])
    assert len(numbers) >= 4
    assert numbers == sorted(numbers)


def test_each_pair_is_asked_in_both_orders_and_some_again(asked):
    times = Counter(map(tuple, asked["questions"]))
    assert all((target, b, a) in times for target, a, b in times)
    assert 0 < sum(n == 2 for n in times.values()) < len(times) / 3
    assert {number for _, a, b in times for number in (a, b)} == set(asked["sounds"])


def test_it_is_the_same_twice(page, journal, undrawn):
    before = page.read_bytes()
    results = load_results(journal)
    write_report(results, answer(results))
    assert page.read_bytes() == before


def test_a_single_sound_is_nothing_to_compare(planned, run_here, tmp_path, undrawn):
    alone = run_here(planned(strategies=["random"], fitness=["waveform"], seeds=1), tmp_path)
    results = load_results(alone)
    written = write_report(results, answer(results)).with_name("listen.html")
    text = written.read_text(encoding="utf-8")
    assert "nothing to compare" in text
    assert "<script" not in text


@pytest.mark.parametrize("size", [390, 1400])
def test_players_buttons_and_labels(tab, page, asked, size):
    assert (
        tab.get_by_role("heading", level=2).inner_text()
        == f"Question 1 of {len(asked['questions'])}"
    )
    choice = tab.get_by_role("group", name="Which is closer to the target?")
    assert choice.get_by_role("button").all_inner_texts() == [
        *("A is closer", "No difference", "B is closer")
    ]
    players = tab.locator("audio").evaluate_all("all => all.map(a => a.ariaLabel)")
    assert players == ["target", "A", "B"]
    switches = tab.get_by_role("group", name="Switch between sounds").get_by_role("radio")
    assert switches.count() == 3
    assert tab.get_by_role("progressbar", name="Questions answered").count() == 1
    assert tab.evaluate("document.documentElement.scrollWidth") <= size
    low = tab.get_by_role("button").evaluate_all("all => Math.min(...all.map(b => b.offsetHeight))")
    assert low >= 24  # WCAG 2.2, target size
    tab.locator("audio").evaluate_all("all => all.forEach(a => { a.preload = 'auto'; a.load(); })")
    tab.wait_for_function("[...document.querySelectorAll('audio')].every(a => a.readyState > 0)")
    assert [url for url in tab.asked if not url.startswith("data:")] == [page.as_uri()]
    assert tab.complaints == []


def test_keys_play_and_answer(tab):
    tab.locator("#place").focus()
    tab.keyboard.press("2")
    tab.wait_for_function("document.querySelectorAll('audio')[1].currentTime > 0")
    tab.keyboard.press("b")
    assert tab.locator("#place").inner_text().startswith("Question 2 of")
    assert tab.evaluate("document.activeElement.id") == "place"
    tab.get_by_role("button", name="Back").press("Enter")
    assert tab.get_by_role("button", name="B is closer").get_attribute("aria-pressed") == "true"
    tab.get_by_role("button", name="Save the answers").focus()
    tab.keyboard.press("a")
    assert tab.locator("#place").inner_text().startswith("Question 1 of")


def test_a_closed_tab_loses_nothing(browser, page, asked):
    with browser.new_context() as window:
        tab = window.new_page()
        tab.goto(page.as_uri())
        tab.locator("#place").focus()
        for key in "abn":
            tab.keyboard.press(key)
        listener = tab.evaluate("state.listener")
        tab.close()
        again = window.new_page()
        again.goto(page.as_uri())
        assert again.locator("#place").inner_text().startswith("Question 4 of")
        assert again.evaluate("state.listener") == listener
        again.on("dialog", lambda dialog: dialog.accept())
        again.get_by_role("button", name="Start again").click()
        assert again.evaluate("state.closer") == [None] * len(asked["questions"])
        assert again.evaluate("state.listener") != listener


@pytest.mark.parametrize("kept", ["no json", "3", '{"listener": "x", "closer": ["a"]}'])
def test_what_was_kept_and_makes_no_sense_is_left(tab, asked, kept):
    tab.evaluate("kept_ => localStorage.setItem(kept, kept_)", kept)
    tab.reload()
    assert tab.evaluate("state.closer") == [None] * len(asked["questions"])
    assert tab.complaints == []


def test_without_answers_nothing_is_saved(tab):
    tab.get_by_role("button", name="Save the answers").click()
    assert tab.get_by_role("status").inner_text().startswith("No question")


def test_all_questions_from_the_keyboard_to_the_report(
    tab, asked, journal, tmp_path, ga_synth, undrawn, open_page
):
    """One who prefers what the judge ``loudness`` finds further, and says A to every fifth."""
    trials = {blinded("tiny", name): name for name in journal.experiment()["trials"]}
    distance = {
        number: read_record(journal.folder(name).path / "judgement.json")["distances"]["loudness"]
        for number, name in trials.items()
    }
    said = [
        "a" if i % 5 == 0 or distance[a] > distance[b] else "b"
        for i, (_, a, b) in enumerate(asked["questions"])
    ]
    tab.locator("#place").focus()
    for key in said:
        tab.keyboard.press(key)
    assert tab.evaluate("document.activeElement.id") == "save"
    with tab.expect_download() as saved:
        tab.keyboard.press("Enter")
    assert saved.value.suggested_filename == "tiny-ratings.json"
    file = tmp_path / "tiny-ratings.json"
    saved.value.save_as(file)
    given = json.loads(file.read_text())
    assert given["comparison"] == "tiny"
    assert given["answers"] == [
        {"question": i, "target": target, "a": a, "b": b, "closer": closer}
        for i, ((target, a, b), closer) in enumerate(
            zip(asked["questions"], said, strict=True), start=1
        )
    ]
    assert tab.complaints == []

    words = ("report", "tiny", "--ratings", file, "--out", journal.path.parent)
    done = ga_synth(*words)
    assert (done.code, done.err) == (0, "")
    assert f"{len(said)} answers by 1 listener" in done.out
    found = json.loads(ga_synth(*words, "--json").out)["listening_test"]
    (listener,) = found["listeners"]
    assert (listener["name"], listener["answers"]) == ("tiny-ratings", len(said))
    assert listener["first"]["value"] > 0.5
    assert listener["orders"]["value"] < 1
    by_judge = {one["judge"]: one["share"]["value"] for one in found["agreements"]}
    assert by_judge["loudness"] < 0.5
    assert found["disputes"]
    assert all("loudness" in one["against"] for one in found["disputes"][:1])

    text = (journal.path / "report.html").read_text(encoding="utf-8")
    for title in ("Listeners", "Strategies by ear", "Judges beside the ears"):
        assert f"<h3>{title}</h3>" in text
    # A pair of sounds is not what the report calls a pair.
    assert not re.search(r'<p class="soft">[^<]*(ears|listener)[^<]*pairs', text)
    assert text.count("<h3>Ears against judges: ") == len(found["disputes"])
    with open_page(journal.path / "report.html") as report:
        heard = report.locator("audio[aria-label^='Ears against judges']")
        assert heard.count() == 3 * len(found["disputes"])
        heard.evaluate_all("all => all.forEach(a => { a.preload = 'auto'; a.load(); })")
        report.wait_for_function(
            "[...document.querySelectorAll(\"audio[aria-label^='Ears']\")].every(a => a.readyState)"
        )
        assert report.complaints == []


def test_ratings_of_something_else_write_nothing(mistaken, journal, tmp_path):
    file = tmp_path / "other.json"
    file.write_text('{"comparison": "other", "listener": "l", "answers": []}')
    before = {p: p.read_bytes() for p in journal.path.rglob("*") if p.is_file()}
    words = ["report", "tiny", "--out", journal.path.parent, "--ratings", file]
    mistaken(words, "'other', not about 'tiny'")
    assert {p: p.read_bytes() for p in journal.path.rglob("*") if p.is_file()} == before

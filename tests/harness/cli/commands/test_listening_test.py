"""The listening test in a real browser, and its ranks in the report."""

import json
import re

import pytest

from harness.answer.listening_test.blinding import blinded
from harness.answer.load import load_results
from harness.answer.output.html.page import write_report
from harness.answer.questions.evaluate import answer


@pytest.fixture(scope="module")
def journal(planned, run_here, tmp_path_factory):
    """A tiny comparison with enough strategies that one sound can be left unranked."""
    society = {"name": "society", "agent_population": 4}
    scrambled = {**society, "name": "society_scrambled"}
    strategies = ["end_to_end", society, scrambled, "random"]
    return run_here(planned(strategies=strategies), tmp_path_factory.mktemp("blind"))


@pytest.fixture(scope="module")
def page(journal, undrawing):
    """Of the sounds; the report beside it has the plots."""
    results = load_results(journal)
    with undrawing():
        return write_report(results, answer(results)).with_name("listen.html")


@pytest.fixture(scope="module")
def trials(journal):
    """Number on the page to the trial."""
    return {blinded("tiny", name): name for name in journal.experiment()["trials"]}


def test_nothing_reveals_which_is_which(page, journal):
    text = re.sub(r"data:[^\"]+", "", page.read_text(encoding="utf-8"))
    for word in ("end_to_end", "society", "random", "waveform", "spectrogram"):
        assert not re.search(rf"\b{word}\b", re.sub(r"Math\.random", "", text)), word
    assert not any(name in text for name in journal.experiment()["trials"])
    numbers = re.findall(r'data-trial="([0-9a-f]{16})"', text)
    assert len(numbers) >= 3
    assert numbers == sorted(numbers)
    assert not re.search(r"https?://", text)


def test_it_is_the_same_twice(page, journal, undrawn):
    before = page.read_bytes()
    results = load_results(journal)
    write_report(results, answer(results))
    assert page.read_bytes() == before


@pytest.fixture
def scheme():
    """The colour scheme in which the page is opened."""
    return "light"


@pytest.fixture
def tab(scheme, open_page, page):
    """The page, opened in one colour scheme; its complaints and requests are kept."""
    with open_page(page, color_scheme=scheme, accept_downloads=True) as opened:
        yield opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sounds_have_letters_and_labels(tab, page, scheme):
    letters = tab.locator(".rated b").all_inner_texts()
    assert letters == [chr(65 + i) for i in range(len(letters))]
    assert len(letters) >= 3
    labels = [f"Rank of {letter}" for letter in letters]
    for label in labels:
        assert tab.get_by_label(label, exact=True).count() == 1
    players = tab.locator("audio").evaluate_all("all => all.map(a => a.ariaLabel)")
    assert players == ["reachable: target", *(f"reachable: {letter}" for letter in letters)]
    switches = tab.locator(".together label").all_inner_texts()
    assert [text.strip() for text in switches] == ["target", *letters]
    tab.locator("audio").evaluate_all("all => all.forEach(a => { a.preload = 'auto'; a.load(); })")
    tab.wait_for_function("[...document.querySelectorAll('audio')].every(a => a.readyState > 0)")
    assert [url for url in tab.asked if not url.startswith("data:")] == [page.as_uri()]
    assert tab.complaints == []


def test_each_opening_shuffles(tab):
    orders = set()
    for _ in range(12):
        tab.reload(wait_until="load")
        numbers = tab.locator(".rated").evaluate_all("all => all.map(s => s.dataset.trial)")
        orders.add(tuple(numbers))
    # Twelve of six or more orders are all the same once in a third of a billion times.
    assert len(orders) > 1
    assert len({tuple(sorted(order)) for order in orders}) == 1


def test_without_ranks_nothing_is_saved(tab):
    tab.get_by_role("button", name="Save the ranks").click()
    assert tab.get_by_role("status").inner_text().startswith("No sound")


def test_from_the_keyboard_to_the_report(tab, trials, journal, tmp_path, ga_synth, undrawn):
    """All but the last are ranked; the file goes into the report."""
    sounds = tab.locator(".rated").evaluate_all("all => all.map(s => s.dataset.trial)")
    for i in range(len(sounds) - 1):
        tab.get_by_label(f"Rank of {chr(65 + i)}", exact=True).focus()
        tab.keyboard.press(str(i + 1))
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="Save the ranks").press("Enter")
    assert saved.value.suggested_filename == "tiny-ratings.json"
    file = tmp_path / "tiny-ratings.json"
    saved.value.save_as(file)
    given = json.loads(file.read_text())
    assert given["comparison"] == "tiny"
    assert given["rated"] == [
        {"target": "reachable", "trial": number, "rank": i + 1}
        for i, number in enumerate(sounds[:-1])
    ]
    assert set(sounds) <= set(trials)
    assert tab.complaints == []

    done = ga_synth("report", "tiny", "--ratings", file, "--out", journal.path.parent)
    assert (done.code, done.err) == (0, "")
    assert f"{len(sounds) - 1} ranks by 1 listener: " in done.out
    text = (journal.path / "report.html").read_text(encoding="utf-8")
    assert "Agreement of judges with listeners" in text
    assert f"{len(sounds) - 1} ranks by 1 listener" in text


def test_ratings_of_something_else_write_nothing(mistaken, journal, tmp_path):
    file = tmp_path / "other.json"
    file.write_text('{"comparison": "other", "rated": []}')
    before = {p: p.read_bytes() for p in journal.path.rglob("*") if p.is_file()}
    words = ["report", "tiny", "--out", journal.path.parent, "--ratings", file]
    mistaken(words, "'other', not of 'tiny'")
    assert {p: p.read_bytes() for p in journal.path.rglob("*") if p.is_file()} == before

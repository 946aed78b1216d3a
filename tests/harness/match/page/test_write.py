"""The page of a match, as text and in a real browser."""

import re
import time

import numpy as np
import pytest

from harness.match.page.write import PageContent, Version, write_page

RATE = 16_000
SECONDS = 0.6
HOSTILE = """</script><script>alert("1")</script><img src=x onerror=alert(2)> ' & {{ 7 * 7 }}"""


def tone(hertz, seconds=SECONDS, level=0.5):
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(
        np.float32
    )


def knobs_at(cutoff, note=45.12):
    """Three knobs in two sections."""
    gene = float(np.log(cutoff / 20) / np.log(1000))
    return {
        "osc_note": {"gene": note / 128, "value": note, "unit": "semitones", "section": "osc"},
        "filter_cutoff": {"gene": gene, "value": cutoff, "unit": "Hz", "section": "filter"},
        "filter_attack": {"gene": 0.3, "value": 0.035, "unit": "s", "section": "filter"},
    }


def content_of(*sounds, **changes):
    """The target, then the sounds of versions, each further away than the one before."""
    target, *found = sounds
    versions = [
        Version(
            f"alternative {i}" if i else "match",
            sound,
            knobs_at(1250 if i == 0 else 300),
            {"log_spectral": 1.25 + i, "loudness": 3.0 - i},
        )
        for i, sound in enumerate(found)
    ]
    given = {
        "title": "kick",
        "target": target,
        "sample_rate": RATE,
        "versions": versions,
        "units": {"log_spectral": "dB", "loudness": "dB"},
        "facts": [("renders", "2,000")],
        "notes": ["One note."],
        "files": {"match 1.wav": "the match"},
    }
    return PageContent(**(given | changes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("match")


@pytest.fixture(scope="module")
def page(folder):
    """A target, a match and two alternatives."""
    path = folder / "index.html"
    write_page(path, content_of(tone(220), tone(221), tone(330, level=0.1), tone(440)))
    return path


def text_of(folder, content):
    path = folder / "other.html"
    write_page(path, content)
    return path.read_text(encoding="utf-8")


def test_it_has_the_target_the_match_and_the_alternatives(page, elements_of):
    text = page.read_text(encoding="utf-8")
    elements = elements_of(text)
    assert elements.open == []
    names = ["target", "match", "alternative 1", "alternative 2"]
    assert [audio["aria-label"] for audio in elements.all("audio")] == names
    assert all("controls" in audio for audio in elements.all("audio"))
    assert [b["data-name"] for b in elements.all("button") if "data-name" in b] == names
    assert [
        image["alt"].split(" of ")[1].removeprefix("the ") for image in elements.all("img")
    ] == names
    for words in (
        "1.25 kHz",
        "35.0 ms",
        "A2 +12\N{NO-BREAK SPACE}ct",
        "One note.",
        "2,000",
        "1.25 dB",
        "cents",
    ):
        assert words in text, words
    assert [link["href"] for link in elements.all("a")] == ["./match%201.wav"]


def test_it_needs_nothing_from_elsewhere_and_is_the_same_twice(page, elements_of):
    before = page.read_bytes()
    text = before.decode()
    assert not re.search(r"https?://", text)
    sources = [a["src"] for _, a in elements_of(text).found if "src" in a]
    assert all(source.startswith("data:") for source in sources)
    write_page(page, content_of(tone(220), tone(221), tone(330, level=0.1), tone(440)))
    assert page.read_bytes() == before


def test_names_are_text_not_markup(folder, elements_of):
    knob = {HOSTILE: {"gene": 0.5, "value": 1.0, "unit": HOSTILE, "section": HOSTILE}}
    version = Version(HOSTILE, tone(220), knob, {HOSTILE: 1.0})
    found = content_of(
        tone(220), title=HOSTILE, versions=[version, version], units={HOSTILE: HOSTILE},
        facts=[(HOSTILE, HOSTILE)], notes=[HOSTILE], files={f"//{HOSTILE}": HOSTILE},
    )  # fmt: skip
    text = text_of(folder, found)
    elements = elements_of(text)
    assert elements.open == []
    assert elements.all("script") == [{}]
    assert text.count("</script>") == 1
    assert "<img src=x" not in text
    assert not any("onerror" in attributes for _, attributes in elements.found)
    assert "7 * 7" in text
    assert "&lt;/script&gt;&lt;script&gt;alert(" in text
    (link,) = elements.all("a")
    assert re.fullmatch(r"\./[\w%/.~-]+", link["href"])


def noise():
    return np.random.default_rng(1).normal(0, 0.1, round(SECONDS * RATE)).astype(np.float32)


GAIN = {"gain": {"gene": 1.0, "value": -12.0, "unit": "dB", "section": ""}}
ODD = {
    "silence": lambda: content_of(tone(220, level=0), tone(220, level=0)),
    "silent match": lambda: content_of(tone(220), tone(220, level=0)),
    "silent target": lambda: content_of(tone(220, level=0), tone(220)),
    "noise": lambda: content_of(noise(), noise()),
    "0.03 s": lambda: content_of(tone(220, 0.03), tone(230, 0.03)),
    "one sample": lambda: content_of(tone(220, 1 / RATE), tone(220, 1 / RATE)),
    "other lengths": lambda: content_of(tone(220), tone(220, 0.1)),
    "too loud": lambda: content_of(tone(220, level=4.0), tone(220)),
    "no distances": lambda: content_of(
        tone(220), versions=[Version("match", tone(220), knobs_at(300), {})]
    ),
    "far away": lambda: content_of(
        tone(220), versions=[Version("match", tone(220), knobs_at(300), {"loudness": np.inf})]
    ),
    "one knob": lambda: content_of(
        tone(220),
        versions=[Version("match", tone(220), GAIN, {})],
    ),
    "no knobs": lambda: content_of(tone(220), versions=[Version("match", tone(220), {}, {})]),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_sounds_make_a_page_too(name, folder, elements_of):
    text = text_of(folder, ODD[name]())
    elements = elements_of(text)
    assert elements.open == []
    assert len(elements.all("audio")) == 2
    shown = re.sub(r"<(style|script)>.*?</\1>|data:[^\"]+", "", text, flags=re.DOTALL)
    assert not re.search(r"\b(nan|inf)\b", shown, re.IGNORECASE)
    assert ("No pitch was found" in text) == (name in ("silence", "noise", "one sample"))
    assert ("that much softer" in text) == (name == "too loud")
    if name == "one knob":
        assert "−12.0 dB" in text


@pytest.fixture(scope="module", params=[(1400, "light"), (390, "dark")], ids=["wide", "phone"])
def tab(request, open_page, page):
    """The page, opened; its complaints and requests are kept."""
    width, scheme = request.param
    size = {"width": width, "height": 800}
    with open_page(page, color_scheme=scheme, viewport=size, reduced_motion="reduce") as opened:
        opened.width = width
        yield opened


def state(tab, what):
    return tab.locator("main").get_attribute(f"data-{what}")


def until(holds):
    """Wait; the page's policy forbids the browser to evaluate a condition by itself."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def wait_for(tab, what, value):
    tab.locator(f"main[data-{what}='{value}']").wait_for()


@pytest.mark.slow
def test_the_keyboard_plays_switches_and_seeks(tab):
    live, buttons = tab.locator(".live"), tab.locator(".switch button")

    def pressed():
        return buttons.evaluate_all("all => all.map(b => b.ariaPressed)").index("true")

    assert tab.locator(".player").is_visible()
    assert not tab.locator(".plain").is_visible()
    tab.keyboard.press("Space")
    wait_for(tab, "playing", "true")
    assert live.text_content() == "Playing: target"
    until(lambda: float(state(tab, "position")) > 0.05)
    tab.keyboard.press("3")
    assert (state(tab, "heard"), state(tab, "shown"), pressed()) == (*["alternative 1"] * 2, 2)
    assert state(tab, "playing") == "true"
    tab.keyboard.press("1")
    assert (state(tab, "heard"), state(tab, "shown"), pressed()) == ("target", "alternative 1", 0)
    tab.keyboard.press("2")
    assert live.text_content() == "Playing: match"
    tab.keyboard.press("9")
    assert state(tab, "heard") == "match"
    tab.keyboard.press("Space")
    wait_for(tab, "playing", "false")
    tab.keyboard.press("Home")
    assert state(tab, "position") == "0.000"
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowLeft")
    assert float(state(tab, "position")) == pytest.approx(SECONDS / 40, abs=2e-3)
    tab.keyboard.press("l")
    assert tab.locator(".loop").get_attribute("aria-pressed") == "false"
    tab.keyboard.press("Space")
    wait_for(tab, "playing", "true")
    # Without a loop it ends by itself.
    wait_for(tab, "playing", "false")
    assert state(tab, "position") == "0.000"
    tab.keyboard.press("l")
    assert tab.complaints == []


@pytest.mark.slow
def test_an_alternative_shows_its_picture_and_its_knobs(tab):
    tab.locator(".switch button").nth(2).click()
    images = tab.locator(".of-match img")
    assert images.evaluate_all("all => all.map(i => getComputedStyle(i).display !== 'none')") == [
        False, True, False,
    ]  # fmt: skip
    cutoff = tab.locator(".knob", has_text="cutoff")
    assert cutoff.locator(".value").text_content() == "300 Hz"
    assert "differs" in cutoff.get_attribute("class")
    assert cutoff.locator(".ghost").is_visible()
    assert "1 knob is" in tab.locator(".far").text_content()
    tab.locator(".switch button").nth(1).press("Enter")
    assert cutoff.locator(".value").text_content() == "1.25 kHz"
    assert tab.locator(".far").text_content() == ""
    until(lambda: images.evaluate_all("all => all.every(i => i.complete && i.naturalWidth > 100)"))


@pytest.mark.slow
def test_a_click_in_a_picture_seeks(tab):
    for picture in tab.locator("[data-seek]").all():
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        tab.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] * 0.8)
        assert float(state(tab, "position")) == pytest.approx(SECONDS / 4, abs=0.01)
        tab.keyboard.press("Home")


@pytest.mark.slow
def test_a_switch_has_no_click(tab):
    """Rendered offline: at no sample does the sound leap further than its own slope."""
    leap, slope, before, after = tab.evaluate(
        """async () => {
            const rate = 44100, context = new OfflineAudioContext(1, rate, rate);
            const tone = (level) => {
                const buffer = context.createBuffer(1, rate, rate);
                const samples = buffer.getChannelData(0);
                const turn = 2 * Math.PI * 100 / rate;
                samples.forEach((_, i) => { samples[i] = level * Math.sin(turn * i); });
                return buffer;
            };
            const player = new Player([], rate, 1, () => {});
            const resume = context.resume.bind(context);
            context.resume = () => {};
            Object.assign(player, { context, buffers: [tone(0.8), tone(-0.4)] });
            player.play();
            context.suspend(0.303).then(() => { player.hear(1); resume(); });
            const out = (await context.startRendering()).getChannelData(0);
            const peak = (from, to) => Math.max(...out.slice(from * rate, to * rate));
            let leap = 0;
            for (let i = 1; i < rate; i += 1) leap = Math.max(leap, Math.abs(out[i] - out[i - 1]));
            return [leap, 0.8 * 2 * Math.PI * 100 / rate, peak(0.1, 0.3), peak(0.32, 0.6)];
        }"""
    )
    assert leap < 2 * slope
    assert (before, after) == pytest.approx((0.8, 0.4), abs=0.01)


@pytest.mark.slow
def test_it_fits_its_screen_and_has_no_complaint(tab, page):
    for width in {tab.width, 320} if tab.width < 400 else {tab.width}:
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.set_viewport_size({"width": tab.width, "height": 800})
    assert [url for url in tab.asked if not url.startswith("data:")] == [page.as_uri()]
    assert tab.complaints == []


@pytest.mark.slow
def test_text_stands_out(tab):
    """Contrast of WCAG 2 against what is behind: 4.5 for text."""

    def luminance(rgb):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    ask = """e => {
        let behind = e;
        const paper = () => getComputedStyle(behind).backgroundColor;
        while (paper() === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
        return [getComputedStyle(e).color, paper()];
    }"""
    tab.keyboard.press("3")
    for selector in (
        "h1", ".kind", ".y span", ".switch [aria-pressed=true]", ".switch [aria-pressed=false]",
        ".clock", "figcaption .target", "figcaption .match", ".legend .match", ".knob .label",
        ".differs .value", "td small", "footer a", "dt",
    ):  # fmt: skip
        pair = tab.locator(selector).first.evaluate(ask)
        ink, paper = (
            luminance([int(n) / 255 for n in re.findall(r"\d+", found)[:3]]) for found in pair
        )
        light, dark = max(ink, paper), min(ink, paper)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, selector


@pytest.mark.slow
def test_without_scripts_each_sound_has_its_controls(browser, page):
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(page.as_uri(), wait_until="load")
    assert opened.locator(".plain audio").count() == 4
    assert all(audio.is_visible() for audio in opened.locator(".plain audio").all())
    assert not opened.locator(".player").is_visible()
    assert opened.locator(".of-match img").first.is_visible()
    assert opened.locator(".knob .value").first.text_content() == "A2 +12\N{NO-BREAK SPACE}ct"
    context.close()

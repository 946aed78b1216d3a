"""The guide as a site: built without a warning, offline, with links that lead somewhere."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from typer.main import get_command

import ga_synth
from harness.cli.main import app
from harness.plan.experiment import Experiment
from harness.plan.registry import Registry

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


class Page(HTMLParser):
    """What a page loads, where it links to, and what can be linked to in it."""

    def __init__(self, path):
        super().__init__()
        self.loads, self.links, self.ids = [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given["id"]} if given.get("id") else set()
        if tag in ("script", "img", "source", "audio") and given.get("src"):
            self.loads.append(given["src"])
        if tag == "link" and given.get("rel") == "stylesheet":
            self.loads.append(given["href"])
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site") / "html"
    words = ["--fail-on-warning", "--keep-going", "--quiet", "-d", out.parent / "doctrees"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words, ROOT / "docs", out],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def pages(site):
    return {path: Page(path) for path in site.rglob("*.html")}


def test_every_guide_has_a_page(site, pages):
    written = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert written <= {path.stem for path in pages if path.parent == site}


def test_nothing_is_fetched(pages):
    loads = [load for page in pages.values() for load in page.loads]
    assert loads
    assert [load for load in loads if urlsplit(load).netloc] == []


def test_links_lead_somewhere(pages):
    lost = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = to not in pages or parts.fragment in {"", *pages[to].ids}
            if not to.exists() or not known:
                lost.append((path.name, link))
    assert lost == []


def headings(page):
    return set(re.findall(r"<h[23]>(.*?)<a", page.read_text(encoding="utf-8")))


def test_the_reference_has_every_command_key_name_and_class(site, pages):
    reference = site / "reference"
    commands = get_command(app).commands
    whole = {f"ga-synth {name}" for name, one in commands.items() if not hasattr(one, "commands")}
    assert whole <= headings(reference / "commands.html")
    keys = (reference / "keys.html").read_text(encoding="utf-8")
    assert [k for k in Experiment.model_fields if f'<span class="pre">{k}</span>' not in keys] == []
    built_in = {p.name for p in Registry(()).all() if p.source == "built in"}
    assert built_in <= headings(reference / "built-in.html")
    classes = pages[reference / "classes.html"].ids
    assert {f"ga_synth.{name}" for name in ga_synth.__all__} <= classes


def test_the_notebook_shows_what_it_computed(site, pages):
    page = (site / "notebook.html").read_text(encoding="utf-8")
    assert "32 trials finished, 0 failed" in page
    assert 'class="dataframe"' in page
    assert any(load.endswith(".png") for load in pages[site / "notebook.html"].loads)


def test_a_mistake_in_a_notebook_is_one_line(tmp_path):
    cell = "import ga_synth; ga_synth.load('nowhere.yaml')"
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=nocolor", "-c", cell],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert len(lines) == 1, lines
    assert lines[0].startswith("InputError: ")
    assert "nowhere.yaml" in lines[0]

"""The command line in this process, and a real browser for what is read in one."""

import contextlib
import io
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, headless; nothing is downloaded."""
    if not CHROMIUM.exists():
        reason = f"no {CHROMIUM}: apt-get install chromium"
        (pytest.fail if os.environ.get("REQUIRE_REAL_PARTS") == "1" else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def open_page(browser):
    """A context with a page, opened, such as in one size; it keeps complaints and requests."""

    @contextlib.contextmanager
    def opened(page, **how):
        tab = browser.new_page(**how)
        tab.set_default_timeout(20_000)
        tab.complaints, tab.asked = [], []
        tab.on("console", lambda message: tab.complaints.append(message.text))
        tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.on("request", lambda one: tab.asked.append(one.url))
        tab.goto(page.as_uri(), wait_until="load")
        yield tab
        tab.close()

    return opened


class Elements(HTMLParser):
    """Every element with its attributes, and whether what was opened was closed."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="session")
def elements_of():
    """Reads the elements of an HTML text."""
    return Elements


@pytest.fixture(scope="session")
def ga_synth():
    """Run ``ga-synth`` with these words; gives its exit code and what it said.

    With a ``width`` it writes to a terminal of that many columns without colours; what is bold is
    given as plain text.
    """

    def call(*words, width=None):
        from harness.cli.main import run

        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["ga-synth", *map(str, words)])
            patch.setenv("COLUMNS", str(width or 200))
            if width:
                patch.setenv("FORCE_COLOR", "1")
                patch.setenv("NO_COLOR", "1")
                patch.setenv("TERM", "xterm")
            patch.delenv("MLFLOW_TRACKING_URI", raising=False)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = 0
                try:
                    run()
                except SystemExit as end:
                    code = end.code or 0
        said = re.sub(r"\x1b\[1m|\x1b\[0m", "", out.getvalue()) if width else out.getvalue()
        return SimpleNamespace(code=code, out=said, err=err.getvalue())

    return call


class _NoMirror:
    """Stands in for the process beside a run that mirrors it."""

    failure = ""
    left = 0
    notes = ()
    started = False

    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def start(self):
        pass

    def finish(self):
        self.started = True


@pytest.fixture
def unmirrored(monkeypatch):
    """Runs in this process go without MLflow."""
    monkeypatch.setattr("harness.api.runner.MirrorProcess", _NoMirror)


@pytest.fixture(scope="session")
def undrawing():
    """A context in which plots are prepared but not drawn, for other parts of a report."""

    @contextlib.contextmanager
    def without():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "matplotlib.figure.Figure.savefig",
                lambda figure, file, **_: file.write(b"<svg></svg>"),
            )
            yield

    return without


@pytest.fixture
def undrawn(undrawing):
    """Plots are prepared but not drawn."""
    with undrawing():
        yield


@pytest.fixture(scope="module")
def one_ray():
    """Ray with two CPUs, started once: the commands of a module in this process find it running."""
    from harness.run.workers import Cluster

    with Cluster(2, None), pytest.MonkeyPatch.context() as patch:
        patch.setattr("ray.init", lambda **_: None)
        patch.setattr("ray.shutdown", lambda: None)
        yield


@pytest.fixture
def banks_here(monkeypatch):
    """Banks are made in this process, not by Ray; gives the folders of those that were."""
    from harness.train.bank_maker import Describer

    made = []

    def make(bank, context):
        made.append(bank.path)
        describer = Describer(bank.plan, bank.synth.choice, context.files)
        for number in bank.parts:
            bank.add(number, *describer.work(number))
        context.on_progress({"event": "bank", "sounds": bank.plan.size, "of": bank.plan.size})
        bank.finish()

    monkeypatch.setattr("harness.train.bank_maker.make_bank", make)
    monkeypatch.setattr("harness.run.workers.Cluster", lambda *_: contextlib.nullcontext(1))
    return made

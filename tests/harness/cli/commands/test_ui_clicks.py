"""What the guide tells a reader to click in the MLflow UI, clicked in a real browser."""

import os
import re
import signal
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from harness.cli.commands.view import report_answers
from harness.record.mlflow.trials import Mirror

pytestmark = pytest.mark.slow

SWEPT = (0.01, 0.1, 0.9)
CONTENDERS = ("end_to_end", "nsga2", "map_elites", "random")


@pytest.fixture(scope="module")
def out(planned, run_here, undrawing, tmp_path_factory):
    """A comparison with a sweep, a front and an archive, answered and mirrored."""
    folder = tmp_path_factory.mktemp("clicks")
    searching = [{"name": "end_to_end", "label": name, "search": name} for name in CONTENDERS[1:3]]
    comparison = planned(
        name="clicks",
        seeds=1,
        judges=["log_spectral"],
        fitness=[{"name": "weighted", "parts": {"spectrogram": 1.0, "loudness": 0.5}}],
        strategies=["end_to_end", *searching, "random"],
        sweeps=[{"knob": "mutation", "strategies": ["end_to_end"], "values": list(SWEPT)}],
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        journal = run_here(comparison, folder)
        with undrawing():
            report_answers(journal, folder, as_json=True)
        mirror = Mirror(journal, folder)
        mirror.sync(journal.experiment()["trials"])
        mirror.overview()
    return folder


@pytest.fixture(scope="module")
def links(out):
    """The links of ``ga-synth ui`` by name, while its server answers."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environment.pop("MLFLOW_TRACKING_URI", None)
    with subprocess.Popen(
        [sys.executable, "-m", "harness.cli", "ui", "--out", out],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    ) as process:  # fmt: skip
        try:
            found = {}
            while "Ctrl-C" not in (line := process.stdout.readline()):
                assert line, process.stderr.read()
                name, address = line.strip().split(": ", maxsplit=1)
                found[name] = address
            yield found
        finally:
            process.send_signal(signal.SIGINT)


@pytest.fixture
def tab(browser):
    """A page as wide as a laptop's, with no settings kept from another test."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def charts(tab, group):
    """Titles of the charts of a group."""
    return tab.get_by_test_id("experiment-view-compare-runs-card").filter(
        has_text=re.compile(rf"^{re.escape(group)}/")
    )


def search(tab, filtered):
    box = tab.get_by_test_id("search-box")
    box.fill(filtered)
    box.press("Enter")


def matching(tab, count):
    expect(tab.get_by_text(re.compile(r"matching runs?"))).to_have_text(
        re.compile(rf"^{count} matching runs?$"), timeout=20_000
    )


def open_artifacts(tab, run):
    tab.get_by_role("link", name=run).first.click()
    tab.get_by_role("tab", name="Artifacts").click()


def test_the_first_link_leads_to_a_run_a_strategy_and_its_curves(links, tab):
    tab.goto(links["clicks"])
    for name in CONTENDERS:
        tab.get_by_role("link", name=name, exact=True).wait_for()
    for metric in ("curve/distance", "curve/diversity"):
        charts(tab, "curve").filter(has_text=metric).first.wait_for()
    headers = tab.get_by_test_id("experiment-view-compare-runs-section-header")
    headers.filter(has_text=re.compile(r"^measure\s*\([1-9]")).wait_for()
    open_artifacts(tab, "nsga2")
    for folder in ("closest", "reachable"):
        tab.get_by_text(folder, exact=True).first.click()
    tab.get_by_text("best.flac").first.wait_for()


def test_the_second_link_leads_to_all_trials_which_can_be_grouped(links, tab):
    tab.goto(links["clicks, all trials"])
    matching(tab, len(CONTENDERS) + len(SWEPT))
    tab.get_by_role("button", name="Group by").click()
    tab.get_by_role("menuitemcheckbox", name="strategy", exact=True).first.click()
    tab.keyboard.press("Escape")
    tab.get_by_text("Group: nsga2").first.wait_for()
    charts(tab, "best").filter(has_text="best/distance").first.wait_for()


def test_the_third_link_leads_to_the_report(links, tab):
    tab.goto(links["clicks, report"])
    open_artifacts(tab, "report")
    tab.get_by_text("report.html").first.wait_for()
    tab.get_by_text("tables", exact=True).first.wait_for()


def test_tags_filter_and_targets_are_datasets(links, tab):
    tab.goto(links["clicks, all trials"].replace("&compareRunsMode=CHART", ""))
    trials = len(CONTENDERS) + len(SWEPT)
    matching(tab, trials)
    for filtered, count in (
        ('tags.fitness = "weighted" and tags.target = "reachable"', trials),
        ('tags.strategy = "nsga2" and tags.seed = "0"', 1),
        ('tags.kind = "trial" and tags.synth = "subtractive"', trials),
        ('tags.kind = "summary"', len(CONTENDERS)),
        ('tags.kind = "report"', 1),
    ):
        search(tab, filtered)
        matching(tab, count)
    search(tab, 'tags.kind = "trial"')
    matching(tab, trials)
    tab.get_by_test_id("datasets-select-dropdown").click()
    tab.get_by_role("option").filter(has_text="reachable").wait_for()


def test_a_trial_has_its_sounds_its_pictures_and_a_map_of_its_front(links, tab):
    tab.goto(links["clicks, all trials"])
    open_artifacts(tab, re.compile("^nsga2 × weighted, reachable, seed 0$"))
    for name in ("best.flac", "genome.json", "spectrograms.png", "target", "collections"):
        tab.get_by_text(name, exact=True).first.wait_for()
    tab.get_by_text("collections", exact=True).first.click()
    tab.get_by_text("map.png", exact=True).first.click()
    tab.get_by_text("collections/map.png", exact=True).first.wait_for()
    tab.get_by_role("tab", name="Overview").click()
    tab.get_by_text("One search for one target").first.wait_for()


def test_parallel_coordinates_have_what_a_sweep_varies_and_the_distance(links, tab):
    tab.goto(links["clicks, all trials"].replace("&compareRunsMode=CHART", ""))
    search(tab, "tags.strategy LIKE 'end_to_end-mutation=%'")
    matching(tab, len(SWEPT))
    tab.get_by_role("checkbox", name="Select all runs").click()
    tab.get_by_role("button", name="Compare", exact=True).click()
    tab.get_by_role("tab", name="Parallel Coordinates Plot").wait_for()
    expect(tab.locator(".axis-title")).to_have_text(["search.mutation", "best/distance"])

"""A real browser for what is read in one."""

import os
from pathlib import Path

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

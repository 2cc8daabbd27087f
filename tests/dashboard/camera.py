"""Pages in a real Chromium: served, drawn, watched; how high they are, and whether anything sticks out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
# Streamlit looks for its root below a page's own address first, and says so in the console.
EXPECTED = ("/_stcore/health", "/_stcore/host-config")

in_a_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no Chromium on this machine"),
]
"""What tests are marked with that open one."""


class Watched:
    """A page, with whatever it asked outside this machine and every error in its console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._note_request)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note_request(self, request: Request) -> None:
        if request.url.startswith(("http", "ws")) and urlsplit(request.url).hostname != "127.0.0.1":
            self.outside.append(request.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not str(message.location.get("url", "")).endswith(EXPECTED):
            self.errors.append(message.text)


@contextmanager
def served(module: str, home: Path) -> Iterator[Path]:
    """The pages of a firm of the tests, in a process of its own, until they are no longer needed."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--home", str(home)],
        cwd=Path(__file__).parents[2],
        env=os.environ.copy(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield home
    finally:
        process.terminate()
        process.communicate(timeout=10)


def settled(page: Page) -> None:
    """Wait until the script has run and its pictures are drawn."""
    # Before its first run a page is not running either.
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector('[data-test-script-state="notRunning"]', timeout=60_000)
    # Not wait_for_function: it evaluates text in the page, which our content policy forbids.
    page.evaluate("document.fonts.ready.then(() => true)")
    # The script ends before its last elements are drawn, and the parts that draw them come late.
    while page.locator("[data-testid*=Skeleton]").count():
        page.wait_for_timeout(100)
    drawn, before = page.locator("*").count(), -1
    while drawn != before:
        page.wait_for_timeout(250)
        drawn, before = page.locator("*").count(), drawn
    charts = page.locator('[data-testid="stVegaLiteChart"]')
    for number in range(charts.count()):
        if charts.nth(number).is_visible():  # some are for wide screens alone
            charts.nth(number).locator("svg, canvas").first.wait_for(timeout=20_000)


def whole_height(page: Page, width: int) -> None:
    """Make the window as high as the page, since Streamlit scrolls inside it."""
    page.set_viewport_size({"width": width, "height": 900})
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": max(900, height + 2)})
    page.wait_for_timeout(500)


def sideways(page: Page) -> int:
    """By how many pixels the page can be scrolled sideways; it should be none."""
    script = (
        "(() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth })()"
    )
    return int(page.evaluate(script))


def open_browser(playwright: Any) -> Browser:
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)

"""Looking at pages in a real Chromium: when they are drawn, how high they are, whether anything sticks out."""

from __future__ import annotations

import shutil
from typing import Any

from playwright.sync_api import Browser, Page

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
# Streamlit looks for its root below a page's own address first, and says so in the console.
EXPECTED = ("/_stcore/health", "/_stcore/host-config")


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

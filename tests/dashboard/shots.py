"""Pictures of every page, to be looked at: `python -m tests.dashboard.shots FOLDER --url ADDRESS`.

German and English, light and dark, on a screen and on a phone. The address is one that `konto dashboard`
shows, with its token. Whatever the browser asked outside this machine, and every error in its console, is
printed and makes the command fail.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
WIDTHS = {"1440": 1440, "390": 390}
# Streamlit looks for its root below a page's own address first, and says so in the console.
EXPECTED = ("/_stcore/health", "/_stcore/host-config")


class View(NamedTuple):
    """One way of looking: language, light or dark, and the width of the window."""

    lang: str
    scheme: str
    width: int

    @property
    def name(self) -> str:
        return f"{self.lang}-{self.scheme}-{self.width}"


def views(everything: bool) -> Iterator[View]:
    for lang in ("de", "en"):
        for scheme in ("light", "dark"):
            for width in WIDTHS.values():
                if everything or lang == "de" or scheme == "light":
                    yield View(lang, scheme, width)


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


def shoot(browser: Browser, address: str, folder: Path, customer: str | None, everything: bool) -> list[str]:
    """All pictures into the folder; what it returns are the complaints."""
    complaints: list[str] = []
    root = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    door = browser.new_context()
    door.new_page().goto(address)
    state = door.storage_state()
    folder.mkdir(parents=True, exist_ok=True)
    for view in views(everything):
        context = browser.new_context(
            storage_state=state,
            viewport={"width": view.width, "height": 900},
            locale="de-DE" if view.lang == "de" else "en-GB",
            timezone_id="Europe/Berlin",
            color_scheme=view.scheme,
        )
        page = context.new_page()

        def on_request(request: Request, name: str = view.name) -> None:
            if request.url.startswith(("http", "ws")) and urlsplit(request.url).hostname != "127.0.0.1":
                complaints.append(f"{name}: asked {request.url}")

        def on_console(message: ConsoleMessage, name: str = view.name) -> None:
            if message.type == "error" and not str(message.location.get("url", "")).endswith(EXPECTED):
                complaints.append(f"{name}: {message.text[:200]}")

        page.on("request", on_request)
        page.on("console", on_console)
        page.goto(f"{root}/")
        settled(page)
        if customer is None:
            customer = _first_customer(page, root)
        for name, path in (
            ("morning", "/morning"),
            ("overview", "/"),
            ("team", "/team"),
            ("deliveries", "/deliveries"),
            ("deliveries-undeliverable", "/deliveries?state=undeliverable"),
            ("promises", "/promises"),
            ("accounts", "/account"),
            ("account", f"/account?customer={customer}"),
            ("contacts", "/contacts"),
            ("contacts-all", "/contacts?state=all"),
            ("incidents", "/incidents"),
            ("incidents-closed", "/incidents?state=closed"),
            ("silent", "/account?order=silent"),
            ("suppliers", "/suppliers"),
            ("rules", "/rules"),
            ("timeline", f"/timeline?customer={customer}"),
            ("meaning", "/meaning"),
            ("what-if", "/what-if"),
        ):
            page.goto(f"{root}{path}")
            settled(page)
            page.wait_for_timeout(700)
            whole_height(page, view.width)
            if too_wide := sideways(page):
                complaints.append(f"{view.name}: {name} can be scrolled sideways by {too_wide} pixels")
            page.screenshot(path=folder / f"{name}-{view.name}.png")
        context.close()
    return complaints


def _first_customer(page: Page, root: str) -> str:
    page.goto(f"{root}/account")
    settled(page)
    link = page.locator('a[href*="customer="]').first.get_attribute("href") or ""
    return link.partition("customer=")[2].partition("&")[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", required=True, help="address with its token")
    parser.add_argument("--customer", help="whose account to show; without it the first of the list")
    parser.add_argument("--all", action="store_true", help="also English in the dark")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        complaints = shoot(browser, asked.url, asked.folder, asked.customer, asked.all)
        browser.close()
    print("\n".join(complaints) or f"{len(list(asked.folder.glob('*.png')))} pictures in {asked.folder}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

"""Pictures of every page, to be looked at and for the docs: `python3 run.py shots DIR`.

The sample firm is made up in a folder of its own and its dashboard opened in a real Chromium: German and English,
on a screen and on a phone, some pages in the dark. Whatever the browser asked outside this machine, every error in
its console and every page that can be scrolled sideways is printed and makes the command fail.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.dashboard.camera import Watched, open_browser, settled, sideways, whole_height

ROOT = Path(__file__).parents[1]
WIDTHS = (1440, 390)
PAGES = {
    "morning": "/morning",
    "adviser": "/adviser",
    "accounts": "/account",
    "accounts-silent": "/account?order=silent",
    "account": "/account?customer={customer}&span=quarter",
    "promises": "/promises",
    "promises-settled": "/promises?behind=on_time_rate&part=rest",
    "promise": "/promise?promise={promise}",
    "contacts": "/contacts",
    "contacts-all": "/contacts?state=all",
    "incidents": "/incidents",
    "incidents-closed": "/incidents?state=closed",
    "timeline": "/timeline?customer={customer}",
    "overview": "/",
    "team": "/team",
    "deliveries": "/deliveries",
    "deliveries-undeliverable": "/deliveries?state=undeliverable",
    "suppliers": "/suppliers",
    "rules": "/rules",
    "people": "/people",
    "operations": "/operations",
    "meaning": "/meaning",
    "what-if": "/what-if",
}
"""Each picture with its page's address; {customer} and {promise} are such with something to tell."""
IN_THE_DARK = ("morning", "adviser", "account", "overview", "incidents")
DAYS = 548


class View(NamedTuple):
    """One way of looking: language, light or dark, and the width of the window."""

    lang: str
    scheme: str
    width: int

    @property
    def name(self) -> str:
        return f"{self.lang}-{self.scheme}-{self.width}"

    @property
    def pages(self) -> list[str]:
        return [name for name in PAGES if self.scheme == "light" or name in IN_THE_DARK]


class Door(NamedTuple):
    """A running dashboard, and the cookie that opens it."""

    root: str
    cookies: Any
    customer: str
    promise: str


def views() -> Iterator[View]:
    for width in WIDTHS:
        for lang in ("de", "en"):
            yield View(lang, "light", width)
        yield View("de", "dark", width)


def shoot(door: Door, view: View, name: str, folder: Path) -> list[str]:
    """One picture into the folder; what it returns are the complaints."""
    page = _looking(door, view).new_page()
    watched = Watched(page)
    page.goto(f"{door.root}{PAGES[name].format(customer=door.customer, promise=door.promise)}")
    settled(page)
    whole_height(page, view.width)
    complaints = [f"asked {url}" for url in watched.outside] + [text[:200] for text in watched.errors]
    if too_wide := sideways(page):
        complaints.append(f"can be scrolled sideways by {too_wide} pixels")
    page.screenshot(path=folder / f"{name}-{view.name}.png")
    page.close()
    return [f"{name}-{view.name}: {each}" for each in complaints]


_BROWSERS: list[Browser] = []
_CONTEXTS: dict[View, BrowserContext] = {}


def _looking(door: Door, view: View) -> BrowserContext:
    """One browser for each process, which keeps what it has fetched, and ends with the process."""
    if not _BROWSERS:
        _BROWSERS.append(open_browser(sync_playwright().start()))
    if view not in _CONTEXTS:
        _CONTEXTS[view] = _BROWSERS[0].new_context(
            storage_state=door.cookies,
            viewport={"width": view.width, "height": 900},
            locale="de-DE" if view.lang == "de" else "en-GB",
            timezone_id="Europe/Berlin",
            color_scheme=view.scheme,  # type: ignore[arg-type]
        )
    return _CONTEXTS[view]


def opened(address: str) -> Door:
    """The dashboard at an address with its token, which works once."""
    root = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)
        door = Door(root, context.storage_state(), _named(page, root, "customer"), _named(page, root, "promise"))
        browser.close()
    return door


def _named(page: Page, root: str, thing: str) -> str:
    """The first one that a list leads to: of incidents that are being put right, else of all."""
    for path in ("/incidents", "/morning", "/account"):
        page.goto(f"{root}{path}")
        settled(page)
        links = page.locator(f'a[href*="{thing}="]')
        if links.count():
            return (links.first.get_attribute("href") or "").partition(f"{thing}=")[2].partition("&")[0]
    return ""


@contextmanager
def sample_firm(days: int) -> Iterator[str]:
    """Its dashboard on a free port, for as long as it is needed; the address with its token."""
    from wiring.demo import fill

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _say("Making up the sample firm")
        fill(home, os.environ, seed=1, days=days, progress=_progress)
        command = [sys.executable, "-m", "dashboard.serve", "--home", str(home), "--port", "0"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.wait(timeout=20)


def pictures(address: str, folder: Path, jobs: int, names: list[str]) -> list[str]:
    """All of them, a few at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    door = opened(address)
    wanted = [(view, name) for view in views() for name in view.pages if not names or name in names]
    complaints: list[str] = []
    with ProcessPoolExecutor(jobs) as pool:
        under_way = [pool.submit(shoot, door, view, name, folder) for view, name in wanted]
        for done, each in enumerate(as_completed(under_way), start=1):
            complaints += each.result()
            _progress(done, len(wanted))
    return complaints


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} / {total} ", end="\n" if done == total else "", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 run.py shots", description=__doc__)
    parser.add_argument("folder", metavar="DIR", type=Path, help="where the pictures go")
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"some of {', '.join(PAGES)}; all without")
    parser.add_argument("--url", help="address, with its token, of a dashboard that runs already")
    parser.add_argument("--days", type=int, default=DAYS, help=f"history of the sample firm (default {DAYS})")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="pictures at a time")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in PAGES]:
        parser.error(f"there is no page {unknown[0]}")
    if shutil.which("chromium") is None:
        parser.error("there is no Chromium on this machine; on Debian: apt install chromium")
    if asked.url:
        complaints = pictures(asked.url, asked.folder, asked.jobs, asked.names)
    else:
        with sample_firm(asked.days) as address:
            complaints = pictures(address, asked.folder, asked.jobs, asked.names)
    print("\n".join(complaints) or f"{len(list(asked.folder.glob('*.png')))} pictures in {asked.folder}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

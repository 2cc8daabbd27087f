"""kill -9 of the dashboard just after somebody pressed "Record it": whatever the page said yes to is there, once."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from domain.promise import PromiseMade
from domain.vocabulary import parse
from drills.firm import ROOT
from drills.kills import differences, fact
from drills.result import Drill, Result
from wiring.home import Konto, open_home

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG, SHORT = 50, 3
WITHIN_S = (0.3, 1.5)
"""Some are killed before it is recorded, some in it, some before the page says so, some after that."""
NO_BROWSER = "there is no Chromium on this machine"


def killed_dashboard(folder: Path, *, long: bool, seed: int) -> Result:
    if shutil.which("chromium") is None:
        return Result(tried=0, lost=0, doubled=0, missed=0, more={"skipped": NO_BROWSER})
    return killed(folder, kills=LONG if long else SHORT, seed=seed)


def killed(folder: Path, *, kills: int, seed: int) -> Result:
    """In a real browser one promise after the other is noted, and with each one the dashboard dies.

    `lost`: promises of which the page said that they were recorded, and that are not in the log; `doubled`: those that
    stand there twice; `missed`: rows of tables that a rebuild gives otherwise.
    """
    # Late: only this drill and the tests need a browser.
    from playwright.sync_api import sync_playwright

    from dashboard.serve import new_address
    from tests.dashboard.camera import open_browser

    home, chance, began = folder / "home", random.Random(seed), time.monotonic()
    with open_home(home, environment={}) as konto:
        told = fact("k", "customer.registered", konto.clock(), customer="K-1", name="Müller")
        konto.record([parse(told, now=konto.clock())])
    heard: set[str] = set()
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        for number in range(kills):
            what = f"Angebot {number}"
            with serving(home) as process, browser.new_context(locale="de-DE") as context:
                page = context.new_page()
                page.goto(address := new_address(home))
                page.goto(address.partition("?")[0] + "morning")
                note(page, f"{what} an Müller bis 16.12.2030")
                yes = page.get_by_text("Aufgenommen.")
                if number:
                    page.wait_for_timeout(1_000 * chance.random() * chance.choice(WITHIN_S))
                else:
                    yes.wait_for()
                process.kill()
                process.wait()
                page.wait_for_timeout(100)  # what it had sent is drawn
                if yes.count():
                    heard.add(what)
        browser.close()
    with open_home(home, environment={}) as konto:
        there = noted(konto)
        missed = differences(konto, folder)
    more = {"kills": kills, "heard": len(heard), "recorded": len(there), "seconds": round(time.monotonic() - began, 1)}
    doubled = there.total() - len(there)
    return Result(tried=kills, lost=len(heard - there.keys()), doubled=doubled, missed=missed, more=more)


def note(page: Page, sentence: str) -> None:
    """Until "Record it" is pressed, and no longer."""
    page.get_by_label("Notieren, was versprochen wurde oder geschehen ist").fill(sentence)
    page.get_by_role("button", name="Verstehen", exact=True).click()
    page.get_by_role("button", name="Aufnehmen", exact=True).click()


def noted(konto: Konto) -> Counter[str | None]:
    """What was promised, and how often it stands in the log."""
    facts = konto.log.opened(konto.log.page(0, 10_000))
    return Counter(each.data.what for each in facts if isinstance(each.data, PromiseMade))


@contextmanager
def serving(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A dashboard, killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard.serve", "--home", str(home), "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()  # its address: from now on it answers
        yield process
    finally:
        process.kill()
        process.wait()


DRILLS: Mapping[str, Drill] = {"killed": killed_dashboard}

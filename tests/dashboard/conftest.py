"""The sample firm behind the pages, in three sizes, and a real one that a browser opens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright

from dashboard.serve import new_address
from tests.dashboard.camera import open_browser, served
from tests.dashboard.reading import answered_by
from tests.dashboard.sample import Sample


@pytest.fixture
def firm() -> Iterator[Sample]:
    with answered_by(Sample()) as sample:
        yield sample


@pytest.fixture
def small_firm() -> Iterator[Sample]:
    with answered_by(Sample(3)) as sample:
        yield sample


@pytest.fixture
def empty_firm() -> Iterator[Sample]:
    """It has recorded nothing yet."""
    with answered_by(Sample(0)) as sample:
        yield sample


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small real firm at nine in the morning."""
    with served("tests.dashboard.real_firm", tmp_path_factory.mktemp("home")) as folder:
        yield new_address(folder)


@pytest.fixture(scope="module")
def context(address: str) -> Iterator[BrowserContext]:
    """A browser that has opened the dashboard with its address."""
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        context = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin")
        context.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        first = context.new_page()
        first.goto(address)
        first.close()
        yield context
        browser.close()

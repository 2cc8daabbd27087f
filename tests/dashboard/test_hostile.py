"""A firm whose customers and suppliers write whatever a page might take for a sign: it is shown as they wrote it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright
from streamlit.testing.v1 import AppTest

from dashboard.answers.home import Home
from dashboard.look import plain
from dashboard.serve import new_address
from tests.dashboard.camera import Watched, open_browser, settled, sideways
from tests.dashboard.hostile import LONG, MUST_NOT_BE, TEXTS, laid
from tests.dashboard.reading import answered_by, links_of, opened, text_of
from tests.dashboard.test_login import _start
from wiring.home import open_home

PARTED = re.compile(r"://|www\\?\.\w|@\w|(?<!\\)<\w|(?<!\\)\]\(|(?<!\\)\$x|:material\\?/delete|(?<!\\):red\[")
"""What must not stand in the Markdown of a page, unless a sign parts or disarms it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    laid(folder, datetime.now(UTC))
    return folder


@pytest.fixture(scope="module")
def pages(folder: Path) -> Iterator[Home]:
    konto = open_home(folder, environment={})
    with answered_by(Home(konto)) as found:
        yield found
    konto.close()


def _customer(pages: Home, name: str) -> str:
    return str(pages.konto.views.rows("SELECT customer FROM customers WHERE name = ?", (TEXTS[name],))[0][0])


def _said(app: AppTest) -> str:
    """Everything on the page, tables and links too, on one line."""
    tables = [str(table.value.to_csv()) for table in app.table]
    return " ".join("\n".join([text_of(app), *links_of(app), *tables]).split())


def _raw(app: AppTest) -> str:
    links = [link.proto.label for link in app.get("page_link")]
    return "\n".join([*(str(each.value) for each in (*app.title, *app.markdown)), *links])


@pytest.mark.parametrize(
    ("place", "address", "every"),
    [
        ("", {}, False),
        ("morning", {}, False),
        ("promises", {}, True),
        ("promises", {"state": "overdue"}, True),
        ("account", {"order": "name"}, True),
        ("contacts", {"state": "all"}, True),
        ("incidents", {"state": "all"}, True),
        ("suppliers", {}, True),
        ("team", {}, True),
        ("deliveries", {}, False),
        ("adviser", {}, False),
    ],
)
def test_every_page_shows_it_as_text(pages, place, address, every):
    app = opened(place, **address)
    said = _said(app)
    assert not PARTED.findall(_raw(app))
    found = {name for name, text in TEXTS.items() if " ".join(text.split()) in said}
    assert found == set(TEXTS) if every else found or place == "adviser"


@pytest.mark.parametrize("name", ["html", "icons", "cells"])
def test_the_account_and_the_timeline_of_one_of_them_show_it_as_text(pages, name):
    for place in ("account", "timeline"):
        app = opened(place, customer=_customer(pages, name), span="all")
        assert app.title[0].value == plain(TEXTS[name])
        assert _said(app).count(" ".join(plain(TEXTS[name]).replace(":small[]", "").split())) or TEXTS[name] in _said(
            app
        )
        assert not PARTED.findall(_raw(app))
        for picture in app.get("vega_lite_chart"):
            assert '"href"' not in json.dumps(json.loads(picture.proto.spec))


@pytest.mark.parametrize("name", ["html", "addresses", "icons", "places"])
def test_a_sentence_that_is_captured_is_shown_as_it_was_said(pages, name):
    app = opened("morning")
    app.text_input(key="capture_text").set_value(f"Angebot an {TEXTS[name]} bis Freitag: {TEXTS[name]}")
    next(button for button in app.button if button.label == "Verstehen").click().run()
    assert not app.exception
    assert not PARTED.findall(_raw(app))


def test_nothing_in_a_text_is_a_sign_and_nothing_of_it_is_lost():
    for text in (*TEXTS.values(), LONG, "a\x00b\x07c\u202ed", "https://a.b", "x@y.z", ":a:", "-->", "\\:small[]"):
        shown = plain(text)
        assert not PARTED.findall(shown), shown
        kept = re.sub(r"\\([^A-Za-z0-9\s])", r"\1", shown.replace(":small[]", ""))
        assert kept == " ".join(text.replace(":small[]", "").split()) or "small" in text


# -- in a real browser ------------------------------------------------------------------------------

SEEN = """(() => {
    const addresses = [...document.querySelectorAll('[href], [src]')]
        .map(e => new URL(e.getAttribute('href') ?? e.getAttribute('src'), location).href);
    const main = document.querySelector('[data-testid=stMain]');
    return {
        title: document.title,
        outside: addresses.filter(u => !u.startsWith(location.origin) && !/^(data|blob):/.test(u)),
        injected: main.querySelectorAll('.katex, b, script, iframe, ol, h2:not(:has(strong)), blockquote').length,
        text: main.innerText,
    };
})()"""


@pytest.fixture(scope="module")
def door(folder: Path, pages: Home) -> Iterator[Page]:
    if shutil.which("chromium") is None:
        pytest.skip("there is no Chromium on this machine")
    process = _start(folder)
    assert process.stdout is not None
    process.stdout.readline()
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        context = browser.new_context(
            viewport={"width": 390, "height": 900}, locale="de-DE", timezone_id="Europe/Berlin"
        )
        page = context.new_page()
        page.goto(new_address(folder))
        page.wait_for_selector("h1")
        yield page
        browser.close()
    process.terminate()
    process.communicate(timeout=10)


@pytest.mark.browser
def test_in_a_browser_no_script_runs_nothing_is_asked_outside_and_nothing_is_injected(door, pages):
    watched = Watched(door)
    root = "{0.scheme}://{0.netloc}".format(urlsplit(door.url))
    for place in ("account?order=name", "suppliers", f"account?customer={_customer(pages, 'html')}&span=all"):
        door.goto(f"{root}/{place}")
        settled(door)
        seen = door.evaluate(SEEN)
        assert MUST_NOT_BE not in seen["title"]
        assert seen["outside"] == []
        assert seen["injected"] == 0, place
        assert sideways(door) == 0, place
        said = " ".join(seen["text"].split())
        wanted = TEXTS.values() if "customer=" not in place else [TEXTS["html"]]
        assert [text for text in wanted if " ".join(text.split()) not in said] == []
    assert (watched.errors, watched.outside) == ([], [])

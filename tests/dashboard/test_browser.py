"""The pages in a real Chromium: what a test runner without a browser cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.login import GERMAN
from dashboard.serve import new_address
from tests import shots
from tests.dashboard.barriers import barriers, headings, too_pale_in_the_dark
from tests.dashboard.camera import Watched, in_a_browser, open_browser, served, settled, sideways

pytestmark = in_a_browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the sample firm's dashboard runs."""
    with served("tests.dashboard.sample", tmp_path_factory.mktemp("home")) as folder:
        yield folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = open_browser(playwright)
        yield chromium
        chromium.close()


PICTURES = (
    "Anteil gehaltener Zusagen",
    "Punkte je Woche",
    "je Woche, zuletzt",
    "Kontostand im Lauf",
    "Mein Tag: ",
    "Wie sicher es klappt, Tag für Tag: ",
    "Von 31",
    "letzte Zusage: ",
    "per E-Mail: 2 Std. 49 Min.",
    "vorher: 8.124; gehaltene Zusagen: +412",
    " Kunden, von ",
    "Entschuldigung, davon 1 überfällig: 2",
    "Heizgroß Ulm: 86",
    "Was es kostet, zu spät zu sein: sofort −2",
)


@pytest.fixture(scope="module", params=["screen", "phone"])
def watched(request: pytest.FixtureRequest, browser: Browser, home: Path) -> Iterator[Watched]:
    """A browser that has opened the dashboard with its address."""
    width, scheme = {"screen": (1440, "light"), "phone": (390, "dark")}[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="de-DE", timezone_id="Europe/Berlin", color_scheme=scheme
    )
    watched = Watched(context.new_page())
    watched.page.goto(new_address(home))
    settled(watched.page)
    yield watched
    context.close()


def _go(watched: Watched, place: str) -> Page:
    watched.page.goto("{0.scheme}://{0.netloc}/{1}".format(urlsplit(watched.page.url), place))
    settled(watched.page)
    return watched.page


PLACES = (
    "",
    "morning",
    "adviser",
    "team",
    "deliveries",
    "promises",
    "promise?promise=sample:P-3",
    "account",
    "account?customer=K-0",
    "contacts",
    "incidents",
    "suppliers",
    "rules",
    "meaning",
    "what-if",
    "timeline?customer=K-0",
    "people?change=calendars",
    "operations",
)


def test_the_lines_of_an_audit_are_moved_by_arrow_keys_and_on_a_phone_there_are_dates(watched):
    page = _go(watched, "timeline?customer=K-0")
    lines = page.get_by_role("slider")
    if page.viewport_size["width"] < 640:
        assert lines.count() == 0
        assert page.get_by_test_id("stDateInput").filter(visible=True).count() == 2
        return
    lines.nth(1).focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_text("Was wir am Mittwoch, 11. März 2026 wussten").wait_for(timeout=20_000)
    assert page.url.endswith("known_on=2026-03-11")


@pytest.mark.parametrize("watched", ["screen"], indirect=True)
@pytest.mark.parametrize(
    ("place", "said"), [("overview", "Überblick"), ("no-such-page", "Unter dieser Adresse gibt es keine Seite.")]
)
def test_no_address_brings_up_streamlits_own_english_words(watched, place, said):
    page = _go(watched, place)
    page.get_by_test_id("stMain").get_by_text(said).first.wait_for(timeout=20_000)
    assert page.get_by_role("dialog").count() == 0


ON_A_PHONE = (
    "morning",
    "promise?promise=sample:P-3",
    "account?customer=K-0",
    "contacts",
    "",
    "people?change=calendars",
)
"""What is looked at there in the suite; all of them with -m long, and by `python3 run.py shots`."""


def test_every_page_is_looked_at():
    every = {urlsplit(path).path.strip("/") for path in shots.PAGES.values()}
    assert {urlsplit(place).path for place in PLACES} == every


@pytest.mark.parametrize("watched", ["screen"], indirect=True)
@pytest.mark.parametrize("place", PLACES)
def test_no_page_asks_outside_fails_or_scrolls_sideways_and_all_can_be_read_in_light_and_dark(watched, place):
    _look(watched, place)
    assert watched.page.evaluate("document.documentElement.lang") == "de", "else it is read aloud as if it were English"
    assert too_pale_in_the_dark(watched.page) == []


@pytest.mark.parametrize("watched", ["phone"], indirect=True)
@pytest.mark.parametrize(
    "place", [each if each in ON_A_PHONE else pytest.param(each, marks=pytest.mark.long) for each in PLACES]
)
def test_no_page_asks_outside_fails_or_scrolls_sideways_on_a_phone(watched, place):
    _look(watched, place)


def _look(watched, place):
    page = _go(watched, place)
    assert barriers(page) == []
    assert watched.outside == []
    assert watched.errors == []
    assert sideways(page) == 0
    assert "token" not in page.url
    fonts = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert "Plex" in {font.strip("'\"") for font in fonts}
    for picture in page.locator('[data-testid="stVegaLiteChart"]').filter(visible=True).all():
        html = picture.evaluate("e => e.outerHTML")
        assert any(words in html for words in PICTURES), html[:300]


@pytest.mark.parametrize("watched", ["screen"], indirect=True)
@pytest.mark.parametrize("place", ["", "account?customer=K-0"])
def test_a_screen_reader_goes_from_card_to_card_by_their_headings(watched, place):
    page = _go(watched, place)
    cards = page.locator("[class*=st-key-card_]").filter(has=page.get_by_role("heading", level=2)).count()
    assert headings(page)[0] == 1
    assert headings(page).count(2) >= cards > 5


@pytest.mark.parametrize("watched", ["screen"], indirect=True)
@pytest.mark.parametrize(("place", "deed"), [("morning", "Erfüllt"), ("account?customer=K-0", "Drucken")])
def test_the_keyboard_reaches_a_deed_and_shows_where_it_is(watched, place, deed):
    page = _go(watched, place)
    wanted, seen = page.get_by_role("button", name=deed).first, []
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        seen.append(at["says"])
        assert at["shown"], at
        if wanted.evaluate("e => e === document.activeElement"):
            break
    else:
        raise AssertionError(seen)
    assert any("Vertrauenskonto" in each or "Mein Morgen" in each for each in seen), "the menu comes first"


FOCUS = """(() => {
  const at = document.activeElement, ringed = getComputedStyle(at).outlineStyle !== 'none';
  const says = (at.innerText || at.getAttribute('aria-label') || at.tagName).slice(0, 60);
  return {says: says, shown: ringed || ['INPUT', 'TEXTAREA'].includes(at.tagName)};
})()"""
"""What the keyboard is at, and whether it can be seen: by a ring, or in a field by where one writes."""


@pytest.mark.parametrize("watched", ["screen"], indirect=True)
def test_from_the_overview_one_comes_to_the_list_and_the_account_without_a_new_login(watched):
    page = _go(watched, "")
    page.get_by_text("Alle überfälligen Zusagen ansehen").click()
    page.wait_for_url("**/promises?state=overdue")
    page.get_by_text("11 von 11, die dringendsten zuerst.").wait_for()
    page.get_by_text("Bäckerei Lenz").first.click()
    page.wait_for_url("**/account?customer=K-3")
    page.get_by_role("heading", name="Bäckerei Lenz").wait_for()
    page.get_by_text("Anderes Konto").click()
    page.get_by_role("heading", name="Konten").wait_for()


@pytest.mark.parametrize("watched", ["screen"], indirect=True)
def test_a_link_to_the_page_one_is_on_goes_into_the_address_too(watched):
    """Else the next click would ask for the list again, and lead away from the account."""
    page = _go(watched, "account?order=name")
    page.get_by_role("link", name="Bäckerei Lenz").first.click()
    page.wait_for_url("**/account?customer=K-3")
    settled(page)
    page.get_by_role("radio", name="Quartal").click()
    page.wait_for_url("**/account?customer=K-3&span=quarter")
    page.get_by_role("heading", name="Bäckerei Lenz").wait_for()
    page.go_back()
    page.go_back()
    page.get_by_role("heading", name="Konten").wait_for()


@pytest.mark.parametrize("watched", ["screen"], indirect=True)
def test_a_filter_goes_into_the_address_and_comes_back_from_it(watched):
    page = _go(watched, "promises")
    page.get_by_text("Warten 7").click()
    page.wait_for_url("**/promises?state=waiting")
    page.get_by_text("7 von 7").wait_for()
    page.reload()
    page.get_by_text("7 von 7").wait_for()


def test_a_browser_without_the_address_sees_one_sentence(browser, home):
    page = browser.new_page()
    answer = page.goto(new_address(home).split("?")[0])
    assert answer is not None
    assert answer.status == 403
    assert GERMAN in page.inner_text("body")
    page.close()

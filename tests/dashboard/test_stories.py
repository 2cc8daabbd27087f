"""Four stories in a real browser on a real home, told in both languages, on a screen and on a phone.

A manager finds out why a quarter was bad; an auditor asks what we knew last spring; somebody tries another rulebook;
trust is won back step by step. The morning round stands in `test_morning_round.py`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.dashboard.camera import Watched, in_a_browser, settled, sideways

pytestmark = in_a_browser

SCREEN, PHONE = 1440, 390


@dataclass
class Reader:
    """Somebody before a page: they read, click and type, and wait for nothing but what they look for."""

    page: Page
    start: str
    lang: str
    width: int

    def say(self, german: str, english: str) -> str:
        return german if self.lang == "de" else english

    def open(self, place: str, **asked: str) -> None:
        """By its address, as from a bookmark."""
        query = "&".join(f"{name}={value}" for name, value in {"lang": self.lang, **asked}.items())
        self.page.goto(f"{self.start}/{place}?{query}")

    def turn_to(self, page: str) -> None:
        """By the navigation, which a phone hides behind a button."""
        if self.width == PHONE:
            self.page.get_by_test_id("stExpandSidebarButton").click()
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=page, exact=True).click()
        if self.width == PHONE:  # it closes by itself where the browser says that it runs on one
            self.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()

    def title(self, words: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words)

    def reads(self, *texts: str, within: str = '[data-testid="stMain"]') -> None:
        place = self.page.locator(within)
        for text in texts:
            expect(place).to_contain_text(text)

    def card(self, name: str) -> str:
        return f".st-key-card_{name}"

    def rows(self, of: str) -> Locator:
        return self.page.locator(f'[class*="st-key-row_{of}"]')

    def click(self, german: str, english: str, role: str = "button") -> None:
        self.page.get_by_role(role, name=self.say(german, english), exact=True).first.click()


Told = Callable[[str, int], Reader]


@pytest.fixture
def told(context: BrowserContext, address: str) -> Iterator[Told]:
    """Opens a page for a story; afterwards no error and no request to the outside may have come of it."""
    watched: list[Watched] = []

    def reader(lang: str, width: int) -> Reader:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        watched.append(Watched(page))
        return Reader(page, "{0.scheme}://{0.netloc}".format(urlsplit(address)), lang, width)

    yield reader
    for each in watched:
        assert sideways(each.page) == 0
        each.page.evaluate("localStorage.clear()")  # a menu closed on the phone would be closed on the screen, too
        each.page.close()
        assert (each.errors, each.outside) == ([], [])


# -- why was the quarter bad? ---------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "width"), [("de", SCREEN), ("en", PHONE)])
def test_a_manager_finds_out_why_the_quarter_was_bad(told: Told, lang: str, width: int):
    """Of six promises from July to September all were on time, of six from October to December three."""
    reader = told(lang, width)
    page, say = reader.page, reader.say
    reader.open("")
    reader.click("Letztes Quartal", "Last quarter", role="radio")
    reader.reads(
        say(
            "1. Oktober bis 31. Dezember 2025, verglichen mit 1. Juli bis 30. September 2025",
            "1 October to 31 December 2025, compared with 1 July to 30 September 2025",
        )
    )
    figure = page.get_by_test_id("stMetric").filter(has_text=say("Pünktlich, letzte Zusage", "On time, last promise"))
    expect(figure).to_contain_text(say("50 %", "50%"))
    expect(figure).to_contain_text(say("−50 Punkte", "−50 points"))
    reader.reads(say("Seltener als zuvor", "Less often than before"))

    behind = page.locator(".st-key-behind_on_time_rate").get_by_role("link")
    expect(behind).to_contain_text(say("Beruht auf 6 Zusagen.", "Rests on 6 promises."))
    behind.click()
    reader.title(say("Zusagen", "Promises"))
    reader.reads(say("Hinter: Pünktlich, letzte Zusage", "Behind: On time, last promise"))
    expect(reader.rows("promise-")).to_have_count(6)
    reader.click("nicht pünktlich 3", "not on time 3", role="radio")
    expect(reader.rows("promise-")).to_have_count(3)
    late = [" ".join(row.inner_text().split()) for row in reader.rows("promise-").all()]
    for row, (name, became) in zip(
        late,
        (
            ("Familie Brandt · Heizkörper 3", say("gebrochen", "broken")),
            ("Familie Brandt · Kessel 3", say("zu spät erfüllt", "kept late")),
            ("Hotel Adler · Kessel 2", say("zu spät erfüllt", "kept late")),
        ),
        strict=True,
    ):
        assert name in row
        assert became in row
        assert "Thermotec" in row

    page.get_by_role("link", name="Kessel 2").click()
    reader.title("Kessel 2")
    reader.reads(
        say("zugesagt an Hotel Adler", "promised to Hotel Adler"),
        say("6 Tage 1 Std. nach dem Termin, der zählt", "6 days 1 h after the date that counts"),
    )
    reader.reads(
        say("zu spät Bescheid gegeben", "told too late"),
        "Thermotec hat den Brenner nicht geliefert",
        within=reader.card("moves"),
    )
    reader.reads(
        say(
            "−4 Kessel 2: Bescheid kam zu spät und ohne Alternative",
            "−4 Kessel 2: notice came late and without an alternative",
        ),
        within=reader.card("points"),
    )
    page.locator(reader.card("points")).get_by_role("link").click()
    reader.title("Hotel Adler")
    reader.reads("Kessel 2", within=reader.card("statement"))


# -- what did we know last spring? ----------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "width"), [("de", PHONE), ("en", SCREEN)])
def test_an_auditor_asks_what_we_knew_last_spring(told: Told, lang: str, width: int):
    """What was kept on 10 April was recorded on 6 May; what went wrong on 22 April was another's."""
    reader = told(lang, width)
    page, say = reader.page, reader.say
    reader.open("timeline")
    page.get_by_role("textbox", name=say("Name", "Name")).fill("Krone")
    expect(reader.rows("customer-")).to_have_count(1)
    settled(page)  # the list is drawn anew while it narrows, and a click on what goes is lost
    reader.rows("customer-").get_by_role("link", name="Gasthof Krone").click()
    reader.title("Gasthof Krone")

    _choose(reader, "as_of", say("Stand vom", "As of"), 30, 4, 2025)
    reader.reads(
        say(
            "Stand vom Mittwoch, 30. April 2025, nach heutigem Wissen",
            "What had happened by Wednesday, 30 April 2025, as we know it now",
        )
    )
    reader.reads(say("15,1", "15.1"), say("0 Zusagen offen", "0 promises open"), within=reader.card("standing"))
    reader.reads(
        say(
            "Nach damaligem Wissen ist der Kontostand −8,3, nach heutigem 15,1.",
            "By what we knew then the balance is −8.3, by what we know now 15.1.",
        ),
        within=reader.card("later"),
    )
    expect(reader.rows("entry_")).to_have_count(6)
    reader.reads(say("Vorfall: Beschwerde", "Incident: Complaint"))
    reader.reads(say("erst 6. Mai 2025, 10 Uhr erfasst", "recorded only 6 May 2025, 10 am"))
    reader.reads(say("Durchgestrichen: 1 Fehleingabe", "Struck through: 1 entry recorded by mistake"))
    table = _table(reader)
    assert [row[6] for row in table if row[8]] == [say("Fehleingabe, zurückgezogen", "recorded by mistake, retracted")]
    assert [row[8] for row in table if row[8]] == ["Es war der Gasthof Kranz"]
    assert ("2025-04-10T15:00:00+02:00", "2025-05-06T10:00:00+02:00") in [(row[0], row[1]) for row in table]

    _choose(reader, "known_on", say("Was wir wussten am", "What we knew on"), 30, 4, 2025)
    reader.reads(
        say(
            "Stand vom Mittwoch, 30. April 2025, wie wir es am Mittwoch, 30. April 2025 wussten",
            "What had happened by Wednesday, 30 April 2025, as we knew it on Wednesday, 30 April 2025",
        )
    )
    reader.reads(
        say("−8,3", "−8.3"),
        say("1 Zusage offen", "1 promise open"),
        say("Warmwasser · überfällig seit 11. Apr. 2025, 12 Uhr", "Warmwasser · overdue since 11 Apr 2025, noon"),
        within=reader.card("standing"),
    )
    expect(reader.rows("entry_")).to_have_count(5)
    assert [row[8] for row in _table(reader) if row[8]] == []


def _choose(reader: Reader, name: str, label: str, day: int, month: int, year: int) -> None:
    """On a screen by a click on the line and arrow keys from there, on a phone typed as a date."""
    page = reader.page
    if reader.width == PHONE:
        field = page.locator(".st-key-slim_moment").get_by_role("group", name=label)
        field.get_by_role("spinbutton").first.click()
        page.keyboard.type(f"{day:02}{month:02}{year}")
        page.get_by_role("heading", level=1).click()
        return
    line = page.get_by_role("group", name=label, exact=True)
    box = line.bounding_box()
    assert box is not None
    line.click(position={"x": box["width"] * 63 / 374, "y": 8})
    wanted, thumb = date(year, month, day), page.get_by_role("slider", name=label)
    shown = _day(thumb)
    page.wait_for_url(f"**{name}={shown}**")
    thumb.focus()
    while shown != wanted:
        shown += timedelta(days=1 if shown < wanted else -1)
        page.keyboard.press("ArrowRight" if shown > _day(thumb) else "ArrowLeft")
        page.wait_for_url(f"**{name}={shown}**")


def _day(thumb: Locator) -> date:
    """Where on its line it stands; the browser knows it in microseconds."""
    return datetime.fromtimestamp(int(thumb.input_value()) / 1_000_000, UTC).date()


def _table(reader: Reader) -> list[list[str]]:
    """The rows of the file that the page gives, after they were compared with what it shows."""
    with reader.page.expect_download() as download:
        reader.click("Als Tabelle", "As a table")
    assert download.value.suggested_filename == "audit-2025-04-30.csv"
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    assert head[2] == reader.say("Vorgang", "What happened")
    shown = reader.rows("entry_").all()
    assert len(rows) == len(shown)
    for row, entry in zip(rows, shown, strict=True):
        assert row[2] in entry.inner_text()
        struck = entry.locator("del")
        assert struck.all_inner_texts()[:1] == ([row[2]] if row[7] else [])
    return rows


# -- what if? -------------------------------------------------------------------------------------------

WHAT_IF = [
    # A broken promise costs more: one was. Notice too late without an alternative costs more: one came so.
    ("de", SCREEN, ("broken = -8", "broken = -12"), "Familie Brandt", "−3,32 heute 0,44, dann −2,88", "−8 → −12", "0"),
    (
        "en",
        PHONE,
        ("moved_late_without_alternative = -4", "moved_late_without_alternative = -6"),
        "Hotel Adler",
        "−1.54 today 11.34, then 9.80",
        "−4 → −6",
        "11",
    ),
]


@pytest.mark.parametrize(("lang", "width", "change", "customer", "differs", "rule", "balance"), WHAT_IF)
def test_another_rulebook_is_tried_and_then_counts(
    told: Told, lang: str, width: int, change: tuple[str, str], customer: str, differs: str, rule: str, balance: str
):
    reader = told(lang, width)
    page, say = reader.page, reader.say
    reader.open("what-if")
    text = page.get_by_role("textbox", name=say("Text des Regelwerks", "Text of the rulebook"))
    expect(text).to_have_value(re.compile(re.escape(change[0])))
    text.fill(text.input_value().replace(*change))
    reader.click("Durchrechnen", "Reckon the past")
    reader.reads(
        say("1 von 8 Kontoständen wäre anders", "1 of 8 balances would be different"), within=reader.card("found")
    )
    expect(reader.rows("customer-")).to_have_count(1)
    reader.reads(say("1 Kunde stünde", "0 customers would stand"), within=reader.card("found"))
    reader.reads(customer, differs, within=reader.card("accounts"))
    reader.reads(say("7 Kontostände bleiben gleich.", "7 balances stay the same."), within=reader.card("differences"))

    if lang == "en":
        reader.click("Ab einem Tag", "From a day on", role="radio")
    reader.click("Veröffentlichen …", "Publish …")
    reader.reads(say("1 Wert ändert sich:", "1 value changes:"), rule, within=reader.card("publish_rulebook"))
    reader.click("Ja, veröffentlichen", "Yes, publish")
    reader.reads(
        say("Veröffentlicht; gilt von jetzt an.", "Published. It counts from Friday, 13 March 2026 on."),
        within=reader.card("published_rulebook"),
    )
    page.locator(reader.card("published_rulebook")).get_by_role("link").click()
    reader.title(say("Regelwerk", "Rulebook"))
    reader.reads(
        say("Seit heute 9", "From tomorrow on"),
        say("gilt heute", "counts later"),
        say("1 Wert ist anders als in der Fassung davor.", "1 value differs from the version before."),
        within=reader.card("version"),
    )
    reader.reads(rule, within=reader.card("versions"))

    # What was before stays as it is.
    reader.turn_to(say("Konten", "Accounts"))
    page.get_by_role("link", name=customer, exact=True).first.click()
    reader.title(customer)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(balance)


# -- trust is won back ----------------------------------------------------------------------------------


STEPS = {
    "de": ("Begründung", "Entschuldigt", "Um neue Chance gebeten", "Persönlich gesprochen", "In Ordnung gebracht"),
    "en": ("Reason given", "Apologised", "New chance asked for", "Talked in person", "Put right"),
}


@pytest.mark.parametrize(
    ("lang", "width", "owner", "customer", "said"),
    [
        ("de", PHONE, "eva", "Schreinerei Ast", "Schreinerei Ast hat sich beschwert: Heizung tropft"),
        ("en", SCREEN, "olaf", "Praxis Sommer", "Praxis Sommer complained that the boiler leaks"),
    ],
)
def test_trust_is_won_back_step_by_step(told: Told, lang: str, width: int, owner: str, customer: str, said: str):
    reader = told(lang, width)
    page, say = reader.page, reader.say
    reader.open("morning", owner=owner)
    note = say("Notieren, was versprochen wurde oder geschehen ist", "Note what was promised or has happened")
    page.get_by_role("textbox", name=note).fill(said)
    reader.click("Verstehen", "Understand")
    reader.reads(say("Verstanden als Beschwerde.", "Understood as a complaint."), within=reader.card("capture"))
    reader.click("Aufnehmen", "Record it")
    reader.reads(
        say("Wiedergutmachung", "Putting right"),
        customer,
        say("Grund bis heute 14", "Reason by today 2"),
        within=reader.card("recoveries"),
    )

    page.locator(reader.card("recoveries")).get_by_role("link").click()
    reader.title(customer)
    reader.reads(
        say("Wiedergutmachung", "Recovery"),
        say("Grund bis heute 14", "Reason by today 2"),
        say("Neue Chance", "New chance"),
        within=reader.card("recovery"),
    )
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("−1")
    reader.open("morning", owner=owner)
    for button in STEPS[lang]:
        settled(page)  # else the button of the step before is still there
        page.locator(reader.card("recoveries")).get_by_role("button", name=button, exact=True).click()
        window = page.get_by_role("dialog")
        if button == STEPS[lang][2]:
            window.get_by_label(say("Mit welchem Angebot?", "With which offer?")).fill("Wartung ohne Rechnung")
        window.get_by_role("button", name=say("Aufnehmen", "Record it")).click()
        window.wait_for(state="detached")
    expect(page.locator(reader.card("recoveries"))).to_have_count(0)
    reader.turn_to(say("Vorfälle", "Incidents"))
    page.get_by_role("radio", name=re.compile(say("^In Ordnung gebracht", "^Put right"))).click()
    case = reader.rows("incident-").filter(has_text=customer)
    expect(case).to_contain_text(say("in Ordnung heute 9", "put right today 9"))
    case.get_by_role("link").click()
    reader.title(customer)
    expect(page.locator(reader.card("recovery"))).to_have_count(0)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("4")
    reader.reads(say("Heizung tropft", "the boiler leaks"), within=reader.card("statement"))

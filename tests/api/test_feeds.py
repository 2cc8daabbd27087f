"""A person's promises in the calendar that they use: theirs alone, as programs can read them, by a secret address."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import recurring_ical_events
import vobject
from icalendar import Calendar, Event

from api.callers import Pace
from tests.api.serving import Answer, Api, serving
from tests.api.test_facts import NOW
from tests.cli.home import fact
from tests.homes import Home
from tests.intake.calendars import Book, calendar, event
from tests.services.test_logs_and_metrics import as_before as as_before
from tests.services.test_logs_and_metrics import configured
from wiring import access
from wiring.home import Konto

PEOPLE = """
[[persons]]
id = "ines"
name = "Ines Brandt"
email = "ines@firm.example"
aliases = ["brandt"]
roles = ["owner", "manager"]

[[persons]]
id = "lutz"
name = "Lutz Kern"
language = "en"
zone = "Europe/London"
"""
ODD = "Angebot; Nachtrag, 2. Teil \\ größer als üblich, mit einem Zusatz, der länger ist als eine Zeile sein darf"


def told() -> list[dict[str, Any]]:
    return [
        fact("customer.registered", "2026-02-02T09:00", customer="K-17", name="Müller"),
        fact("promise.made", "2026-03-02T09:00", promise="A", customer="K-17", due="2026-03-20T12:00:00+01:00",
             what="Angebot", by="ines"),
        fact("promise.made", "2026-03-02T09:00", promise="B", customer="K-17", due="2026-03-18", what=ODD, by="brandt"),
        fact("promise.made", "2026-03-02T09:00", promise="C", customer="K-17", due="2026-03-09T12:00:00+01:00",
             kind="callback", by="ines"),
        fact("promise.made", "2026-03-02T09:00", promise="D", customer="K-17", what="Ohne Termin", by="ines"),
        fact("promise.made", "2026-03-02T09:00", promise="L", customer="K-17", due="2026-03-20", what="Quotation",
             by="lutz"),
        fact("promise.made", "2026-03-02T09:00", promise="F", customer="K-17", due="2026-03-10", what="Fertig",
             by="ines"),
        fact("promise.fulfilled", "2026-03-09T09:00", promise="F"),
        fact("promise.made", "2026-03-02T09:00", promise="W", customer="K-17", due="2026-03-30", what="Zurück",
             by="ines"),
        fact("promise.withdrawn", "2026-03-09T09:00", promise="W"),
        fact("promise.made", "2026-03-02T09:00", promise="cal", customer="K-17", due="2026-03-30", by="ines",
             source="calendar"),
    ]  # fmt: skip


@pytest.fixture
def api(home: Home) -> Iterator[Api]:
    home.clock.now = NOW
    home.konto.publish("people", PEOPLE)
    home.take_as_they_come(told(), NOW)
    with serving(home, pace=Pace(1_000, 10, 1_000)) as opened:
        yield opened


def feed(api: Api, person: str = "ines", seed: int = 1) -> str:
    return access.create_feed(api.home.konto, random.Random(seed).randbytes, person).text


def ask(api: Api, token: str, **headers: str) -> Answer:
    return api.ask(
        "GET", f"/feeds/{token}.ics", headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


def events(answer: Answer) -> dict[str, Event]:
    """By the first word of the title behind “Zusage: ”."""
    assert answer.status == 200, answer.text
    found = Calendar.from_ical(answer.text).walk("VEVENT")
    return {str(each["SUMMARY"]).partition(": ")[2].partition(" ")[0].rstrip(";"): each for each in found}


# -- what stands in it ------------------------------------------------------------------------------------


def test_it_shows_the_open_promises_of_its_person_in_their_language(api: Api):
    answer = ask(api, feed(api))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    shown = events(answer)
    assert set(shown) == {"Angebot", "Rückruf", "Zurück"}, "two are called Angebot"
    assert "X-WR-CALNAME:Zusagen: Ines Brandt" in answer.text
    english = events(ask(api, feed(api, "lutz", 2)))
    assert [str(each["SUMMARY"]) for each in english.values()] == ["Promise: Quotation for Müller"]


@pytest.mark.long_on_postgres
def test_a_time_stands_at_its_time_a_date_on_its_day_and_nobody_is_busy(api: Api):
    found = {str(each["SUMMARY"]): each for each in Calendar.from_ical(ask(api, feed(api)).text).walk("VEVENT")}
    timed, day = found["Zusage: Angebot für Müller"], found[f"Zusage: {ODD} für Müller"]
    assert timed["DTSTART"].to_ical() == b"20260320T110000Z"
    assert timed["DTEND"].to_ical() == b"20260320T113000Z"
    assert (day["DTSTART"].dt, day["DTEND"].dt) == (date(2026, 3, 18), date(2026, 3, 19))
    assert {str(each["TRANSP"]) for each in found.values()} == {"TRANSPARENT"}
    assert str(timed["DESCRIPTION"]).splitlines() == [
        "Zugesagt bis Freitag, 20. März 2026, 12 Uhr.",
        "Wenn es knapp wird: bis Donnerstag, 19. März 2026, 13 Uhr Bescheid geben und einen neuen Termin nennen.",
    ]


@pytest.mark.long_on_postgres
def test_a_moved_promise_has_a_higher_number_and_its_new_day(api: Api):
    token = feed(api)
    before = events(ask(api, token))["Rückruf"]
    moved = fact("promise.renegotiated", "2026-03-09T10:00", promise="C", due="2026-03-25T12:00:00+01:00")
    api.home.clock.now = NOW + timedelta(hours=1)
    api.home.take_as_they_come([moved], api.home.clock.now)
    after = events(ask(api, token))["Rückruf"]
    assert (before["UID"], after["SEQUENCE"]) == (after["UID"], before["SEQUENCE"] + 1)
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert after["DTSTART"].to_ical() == b"20260325T110000Z"
    assert "Einmal verschoben." in after["DESCRIPTION"]


@pytest.mark.long_on_postgres
def test_what_was_taken_back_is_cancelled_for_thirty_days_and_what_is_kept_is_gone(api: Api):
    token = feed(api)
    shown = events(ask(api, token))
    assert [str(shown[name]["STATUS"]) for name in ("Rückruf", "Zurück")] == ["CONFIRMED", "CANCELLED"]
    api.home.clock.now = NOW + timedelta(days=31)
    assert "Zurück" not in events(ask(api, token))


@pytest.mark.long_on_postgres
def test_what_came_from_the_owners_calendar_stands_there_already_unless_somebody_else_answers_for_it_now(api: Api):
    assert "calendar" not in ask(api, feed(api)).text
    handed = fact("promise.assigned", "2026-03-10T10:00", promise="cal", by="lutz", source="calendar")
    api.home.take_as_they_come([handed], NOW)
    assert len(events(ask(api, feed(api, "lutz", 2)))) == 2


@pytest.mark.long_on_postgres
def test_every_line_is_folded_and_escaped_so_that_other_programs_read_it_too(api: Api):
    body = ask(api, feed(api)).text
    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    assert "\n" not in body.replace("\r\n", "")
    other = {each.summary.value: each for each in vobject.readOne(body).vevent_list}
    assert f"Zusage: {ODD} für Müller" in other
    assert len(recurring_ical_events.of(Calendar.from_ical(body)).between(NOW, NOW + timedelta(days=30))) == 3, (
        "one was due before"
    )


@pytest.mark.long_on_postgres
def test_where_it_comes_back_to_us_it_is_known_as_ours(api: Api):
    book = Book(now=NOW)
    assert book.take(ask(api, feed(api)).text.encode()) == []
    assert set(book.telling.left_out) == {"own_feed"}
    assert len(book.take(calendar(event("a", ":20260320T080000Z")))) == 1


@pytest.mark.long_on_postgres
def test_it_is_the_same_as_long_as_nothing_changes(api: Api):
    token = feed(api)
    first = ask(api, token)
    api.home.clock.now = NOW + timedelta(minutes=30)
    assert ask(api, token).text == first.text
    same = ask(api, token, If_None_Match=f'"other", W/{first.headers["etag"]}')
    assert (same.status, same.text, same.headers["etag"]) == (304, "", first.headers["etag"])
    assert same.headers["cache-control"] == "private, no-cache"
    api.home.take_as_they_come([fact("promise.fulfilled", "2026-03-12T08:00", promise="A")], api.home.clock.now)
    assert ask(api, token, If_None_Match=first.headers["etag"]).status == 200


@pytest.mark.long_on_postgres
def test_programs_that_only_ask_for_the_head_get_it(api: Api):
    answer = api.ask("HEAD", f"/feeds/{feed(api)}.ics")
    assert (answer.status, answer.text, "etag" in answer.headers) == (200, "", True)


# -- who may see it ---------------------------------------------------------------------------------------


def test_whatever_is_wrong_with_the_address_there_is_nothing_at_it(api: Api):
    good = feed(api)
    gone = feed(api, "lutz", 2)
    access.revoke(api.home.konto, gone.partition("-")[0], feed=True)
    name = good.partition("-")[0]
    tokens = ["x", f"{name}-", f"{name}-{'A' * 43}", "0123456789-" + "A" * 43, gone, good.upper(), good + "A"]
    answers = [ask(api, token) for token in tokens] + [api.ask("GET", "/nowhere")]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert ask(api, good).status == 200


@pytest.mark.long_on_postgres
def test_a_feed_opens_nothing_else_and_a_key_opens_no_feed(api: Api):
    token, key = feed(api), api.key("read", "facts:write", "admin", "alerts", seed=3)
    secret = token.partition("-")[2]
    for bearer in (token, f"konto_{token.partition('-')[0]}_{secret}"):
        assert api.ask("POST", "/facts", told(), key=bearer).status == 401
    assert (ask(api, key).status, ask(api, key).json["code"]) == (400, "key_in_address")
    assert ask(api, key.removeprefix("konto_").replace("_", "-", 1)).status == 404


@pytest.mark.long_on_postgres
def test_of_a_person_who_has_left_nothing_is_shown(api: Api):
    token = feed(api)
    api.home.clock.now = NOW + timedelta(minutes=1)
    api.home.konto.publish("people", PEOPLE.replace("ines", "anna").replace("brandt", "anna2"))
    api.home.konto.catch_up()
    assert ask(api, token).status == 404


@pytest.mark.long_on_postgres
def test_guessing_is_slow_and_a_feed_is_asked_for_so_often_a_minute(home: Home):
    home.clock.now = NOW
    home.konto.publish("people", PEOPLE)
    home.konto.catch_up()
    with serving(home, pace=Pace(1_000, 10, 3)) as api:
        token = feed(api)
        name = token.partition("-")[0]
        assert [ask(api, token).status for _ in range(4)] == [200, 200, 200, 429]
        guesses = [f"{name}-{number:043d}" for number in range(15)]
        assert [ask(api, guess).status for guess in guesses] == [404] * 10 + [429] * 5


@pytest.mark.long_on_postgres
def test_neither_the_address_nor_what_it_shows_gets_into_the_log(api: Api, monkeypatch: pytest.MonkeyPatch):
    token, stream = feed(api), configured()

    def fails(self: Konto, progress: object = None) -> int:
        raise RuntimeError(token)

    assert ask(api, token).status == 200
    assert ask(api, token[:-1]).status == 404
    monkeypatch.setattr(Konto, "catch_up", fails)
    assert ask(api, token).status == 500
    said = stream.getvalue()
    assert '"event": "mistake"' in said
    assert token not in said
    assert token.partition("-")[2] not in said
    assert "Müller" not in said


@pytest.mark.long_on_postgres
def test_it_is_described_without_a_key(api: Api):
    way = api.ask("GET", "/openapi.json").json["paths"]["/feeds/{token}.ics"]["get"]
    assert way["security"] == []
    assert set(way["responses"]) >= {"200", "304", "404", "429"}

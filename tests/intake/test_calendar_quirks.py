"""Calendars as they really come: odd zones, broken parts, too much of everything. What cannot be read is named."""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Refused
from intake.appointments.components import MOST_BYTES, MOST_ENTRIES, cut
from intake.appointments.zones import named
from tests.intake.calendars import KNOWN, Book, calendar, event

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "calendars"

VIENNA = "\r\n".join(
    [
        "BEGIN:VTIMEZONE", "TZID:Somewhere", "BEGIN:STANDARD", "DTSTART:16011028T030000", "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "BEGIN:DAYLIGHT",
        "DTSTART:16010325T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT", "END:VTIMEZONE", "",
    ]
)  # fmt: skip


@pytest.fixture
def book() -> Book:
    return Book()


def due(book: Book, *entries: str, **more: object) -> list[str]:
    return [fact["data"]["due"] for fact in book.take(calendar(*entries, **more))]  # type: ignore[arg-type]


# -- zones ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "zone",
    [
        ";TZID=Europe/Berlin",
        ";TZID=W. Europe Standard Time",
        ';TZID="W. Europe Standard Time"',
        ";TZID=/freeassociation.sourceforge.net/Europe/Berlin",
        ";TZID=/citadel.org/20210210_1/Europe/Vienna",
        ";VALUE=DATE-TIME;TZID=Europe/Berlin",
        "; TZID = Europe/Berlin ",
        ";X-NOTE=\"a:b;c\";TZID=Europe/Berlin",
    ],
)  # fmt: skip
def test_a_zone_is_understood_however_programs_call_it(book, zone):
    assert due(book, event("a", f"{zone}:20260420T100000")) == ["2026-04-20T08:00:00Z"]


def test_a_zone_that_only_the_calendar_explains_is_reckoned_after_its_rules(book):
    winter, summer = event("a", ";TZID=Somewhere:20260320T100000"), event("b", ";TZID=Somewhere:20260420T100000")
    assert due(book, VIENNA, winter, summer) == ["2026-03-20T09:00:00Z", "2026-04-20T08:00:00Z"]
    assert due(Book(), event("a", ";TZID=Somewhere:20260320T100000")) == [], (
        "the next calendar has to explain it itself"
    )


@pytest.mark.parametrize(
    "explained",
    [
        VIENNA.replace("TZOFFSETTO:+0100", "TZOFFSETTO:+1"),
        VIENNA.replace("FREQ=YEARLY", "FREQ=SECONDLY"),
        VIENNA.replace("DTSTART:16011028T030000\r\n", ""),
        "BEGIN:VTIMEZONE\r\nTZID:Somewhere\r\nEND:VTIMEZONE\r\n",
        "",
    ],
    ids=["offset", "every second", "no beginning", "empty", "none"],
)
def test_a_broken_explanation_names_the_appointment_and_a_declared_zone_helps(book, explained):
    body = calendar(explained, event("a", ";TZID=Somewhere:20260420T100000", "SUMMARY:Wartung"))
    ((line, refused),) = book.refused(body)
    assert refused.code == "unknown_zone"
    assert "“Wartung” is in a time zone “Somewhere”" in str(refused)
    assert body.split(b"\r\n")[line - 1] == b"BEGIN:VEVENT"
    book.zone = "Europe/Berlin"
    assert due(book, explained, event("a", ";TZID=Somewhere:20260420T100000")) == ["2026-04-20T08:00:00Z"]


def test_an_entry_that_says_two_kinds_of_value_at_once_is_refused_alone(book):
    broken = event("a", ":20260420T100000Z", "SUMMARY:Wartung", "EXDATE;VALUE=DATE,PERIOD:20260327")
    body = calendar(broken, event("b", ":20260421T100000Z"))
    ((_, refused),) = book.refused(body)
    assert refused.code == "unreadable"
    assert "“Wartung” cannot be read at VALUE: EXDATE;VALUE=DATE,PERIOD:20260327." in str(refused)
    assert [each.uid for each in book.appointments(body)] == ["b"]


def test_a_zone_that_was_left_empty_is_that_of_its_maker(book):
    explained = VIENNA.replace("TZID:Somewhere", "TZID:Somewhere\r\nX-LIC-LOCATION:Europe/Berlin").replace("+0200", "2")
    assert due(book, explained, event("a", ";TZID=Somewhere:20260420T100000")) == ["2026-04-20T08:00:00Z"]


def test_a_time_without_a_zone_needs_one_that_is_declared_or_the_calendars_own(book):
    floating = event("a", ":20260420T100000", "SUMMARY:Wartung")
    ((_, refused),) = book.refused(calendar(floating))
    assert (refused.code, "2026-04-20 10:00" in str(refused)) == ("zone_missing", True)
    assert due(book, floating, about=["X-WR-TIMEZONE:Europe/Berlin"]) == ["2026-04-20T08:00:00Z"]
    declared = Book(zone="America/New_York")
    assert due(declared, floating, about=["X-WR-TIMEZONE:Europe/Berlin"]) == ["2026-04-20T14:00:00Z"]


def test_a_time_that_clocks_show_twice_or_not_at_all_is_as_the_standard_says(book):
    twice, never = event("a", ";TZID=Europe/Berlin:20261025T023000"), event("b", ";TZID=Europe/Berlin:20260329T023000")
    assert due(book, twice, never) == ["2026-10-25T00:30:00Z", "2026-03-29T01:30:00Z"]


@pytest.mark.parametrize(("name", "known"), [("Nowhere/Land", None), ("", None), ("UTC", "UTC"), ("../../etc", None)])
def test_names_of_zones(name, known):
    assert named(name) == known


# -- broken ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "no_calendar"),
        (b"<html>Please log in</html>", "no_calendar"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "no_calendar"),
        (calendar(event("a", ":20260320T080000Z"))[:-20], "cut_off"),
        (calendar(event("a", ":20260320T080000Z")).replace(b"END:VEVENT\r\n", b""), "cut_off"),
        (calendar("SUMMARY:Gr\u00fc\u00dfe\r\n").decode().encode("cp1252"), "encoding"),
        (calendar(about=["CALSCALE:HEBREW"]), "other_scale"),
        (b"\xef\xbb\xbf" + calendar(), None),
        (calendar().replace(b"\r\n", b"\n"), None),
    ],
)
def test_what_is_no_whole_calendar_is_refused_as_such(body, code):
    if code is None:
        cut(body)
        return
    with pytest.raises(Refused) as caught:
        cut(body)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (event("a", "", "SUMMARY:Wartung"), "“Wartung” does not say when it begins"),
        (event("a", ":2026-03-20 08:00", "SUMMARY:Wartung"), "cannot be read at DTSTART"),
        (event("a", ":20260230T080000Z", "SUMMARY:Wartung"), "cannot be read at DTSTART"),
        (event("a", ":00010101T000000Z", "RRULE:FREQ=DAILY", "SUMMARY:Wartung"), "1900 to 2199"),
        (event("a", ":99991231T235959Z", "SUMMARY:Wartung"), "1900 to 2199"),
        (event("a", ":20260320T080000Z", "RRULE:FREQ=SOMETIMES", "SUMMARY:Wartung"), "cannot be read at RRULE"),
        (event("a", ":20260320T080000Z", "RRULE:FREQ=DAILY;BYDAY=XX", "SUMMARY:Wartung"), "cannot be read at RRULE"),
        (event("a", ":20260320T080000Z", "RRULE:FREQ=DAILY;UNTIL=soon", "SUMMARY:Wartung"), "cannot be read at RRULE"),
        (event("a", ":20260320T080000Z", "RECURRENCE-ID:tomorrow", "SUMMARY:Wartung"), "RECURRENCE-ID"),
    ],
)
def test_an_appointment_that_cannot_be_read_is_named_and_spoils_no_other_one(book, entry, says):
    body = calendar(entry, event("b", ":20260321T080000Z"))
    ((line, refused),) = book.refused(body)
    assert (says in str(refused), line) == (True, 4)
    assert [fact["data"]["promise"] for fact in book.take(body)] == ["b"]


def test_lines_that_nobody_needs_may_be_as_odd_as_they_like(book):
    odd = ["X-ALT-DESC;FMTTYPE=text/html:<p>", " folded", "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "A" * 3_000_000,
           "no colon at all", "GEO:north", "SEQUENCE:many", "PRIORITY;;=:1",
           "BEGIN:VALARM", "TRIGGER:-PT15M", "SUMMARY:Alarm", "DTSTART:19990101T000000Z", "END:VALARM"]  # fmt: skip
    (fact,) = book.take(calendar(event("a", ":20260320T080000Z", "SUMMARY:Wartung", *odd)))
    assert (fact["data"]["what"], fact["data"]["due"]) == ("Wartung", "2026-03-20T08:00:00Z")


def test_a_title_with_signs_that_steer_is_put_onto_one_plain_line(book):
    (fact,) = book.take(calendar(event("a", ":20260320T080000Z", "SUMMARY:A\\nB\u202e\u2028C\tD \x07")))
    assert fact["data"]["what"] == "A B C D"


def test_without_a_uid_the_same_appointment_is_recognised_until_it_is_moved_and_nothing_is_missed(book):
    first = calendar(event("", ":20260320T080000Z", "SUMMARY:Wartung"))
    assert len(book.take(first)) == 1
    assert book.take(first) == []
    assert book.take(calendar(event("other", ":20260321T080000Z", people=()))) == []


SOUND = calendar(
    VIENNA,
    event("a", ";TZID=Somewhere:20260420T100000", "SUMMARY:Wartung", "CREATED:20260301T080000Z", "SEQUENCE:3"),
    event("w", ";TZID=Europe/Berlin:20260306T090000", "RRULE:FREQ=WEEKLY;UNTIL=20260601T000000Z;INTERVAL=1;BYDAY=FR",
          "EXDATE;TZID=Europe/Berlin:20260313T090000", "RDATE;VALUE=PERIOD:20260317T080000Z/PT1H"),
    event("w", ":20260321T100000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260320T090000"),
    event("d", ";VALUE=DATE:20260320", "RRULE:FREQ=MONTHLY;BYMONTHDAY=20;COUNT=3", "STATUS:CONFIRMED"),
    about=["METHOD:PUBLISH", "X-WR-TIMEZONE:Europe/Berlin"],
)  # fmt: skip
PIECES = [
    *(b";", b":", b",", b"=", b"\\", b'"', b"-1", b"TZID=", b"FREQ=DAILY", b"COUNT=0", b"INTERVAL=0", b"BYDAY="),
    *(b"RDATE:", b"VALUE=DATE", b"", b" ", b"\r\n", b"\x00", b"\xff", "\u202e".encode(), b"BEGIN:VEVENT\r\n"),
    *(b"END:VEVENT\r\n", b"PT-1H", b"20260230", b"99991231T235959Z", b"0" * 9, b"9" * 20),
]
CHANGES = st.lists(
    st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 12), st.sampled_from(PIECES)), min_size=1, max_size=5
)


@settings(max_examples=40, deadline=None)
@given(CHANGES)
def test_whatever_is_wrong_with_a_calendar_it_is_read_or_refused_in_words(changes):
    body = bytearray(SOUND)
    for place, length, piece in changes:
        body[place : place + length] = piece
    book = Book()
    try:
        refused = book.refused(bytes(body))
        book.take(bytes(body), whole=False)
    except Refused as whole:
        refused = [(0, whole)]
    assert all(str(each) for _, each in refused)


# -- too much -------------------------------------------------------------------------------------------


def test_a_calendar_that_is_too_large_is_not_read_at_all():
    with pytest.raises(Refused, match="larger than 20 MiB"):
        cut(b"BEGIN:VCALENDAR\r\n" + b" " * MOST_BYTES)
    tiny = "BEGIN:VEVENT\r\nEND:VEVENT\r\n" * (MOST_ENTRIES + 1)
    with pytest.raises(Refused, match="more than 50000 entries"):
        cut(calendar(tiny))


def test_what_begins_again_and_again_and_never_ends_is_soon_given_up():
    began_s = time.monotonic()
    with pytest.raises(Refused, match="never ends"):
        cut(calendar("BEGIN:X\r\n" * 500_000 + "END:X\r\n" * 500_000))
    assert time.monotonic() - began_s < 2


def test_an_entry_that_is_too_large_is_no_appointment(book):
    many = [f"ATTENDEE:mailto:guest-{number}@example.org" for number in range(3_000)]
    ((_, refused),) = book.refused(calendar(event("a", ":20260320T080000Z", *many)))
    assert refused.code == "too_large"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=1000000",
        "FREQ=HOURLY;UNTIL=20300101T000000Z",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5;BYMINUTE=0,15,30,45",
        "FREQ=YEARLY;BYSECOND=" + ",".join(map(str, range(60))),
    ],
)
def test_what_repeats_too_often_is_no_appointment_and_takes_neither_time_nor_room(book, rule):
    body = calendar(event("a", ":19990101T080000Z", f"RRULE:{rule}", "SUMMARY:Rauschen"))
    tracemalloc.start()
    began_s = time.monotonic()
    ((_, refused),) = book.refused(body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "“Rauschen” repeats more than 4 times a day" in str(refused)
    assert time.monotonic() - began_s < 2
    assert most < 20 << 20


def test_a_million_repetitions_end_at_the_horizon(book):
    body = calendar(event("a", ":19990101T080000Z", "RRULE:FREQ=DAILY;COUNT=1000000"))
    tracemalloc.start()
    made = book.take(body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(made), most < 40 << 20) == (90, True)


def test_what_takes_too_long_to_find_is_left_and_named_and_the_rest_is_read(book):
    rests = iter([True])
    book.still = lambda: next(rests, False)
    series = [event(uid, ":20260101T080000Z", "RRULE:FREQ=WEEKLY", f"SUMMARY:{uid}") for uid in ("first", "second")]
    body = calendar(*series, event("third", ":20260320T080000Z"))
    ((_, refused),) = book.refused(body)
    assert (refused.code, "“second”" in str(refused)) == ("too_laborious", True)
    rests = iter([True])
    assert {fact["data"]["promise"].partition("/")[0] for fact in book.take(body)} == {"first", "third"}


# -- real ones ------------------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.skipif(not REAL.exists(), reason="the real calendars are not on this machine")
@pytest.mark.parametrize(
    ("file", "now", "dues", "codes"),
    [
        ("america_new_york.ics", datetime(2014, 8, 1, tzinfo=UTC), ["2014-08-29T12:00:00Z"], []),
        ("issue_351_whitespace_in_property_and_params.ics", datetime(2026, 3, 18, 9, tzinfo=UTC),
         ["2026-03-19T09:00:00Z"], []),
        ("issue_722_missing_timezones.ics", datetime(2014, 8, 1, tzinfo=UTC), ["2014-08-29T12:00:00Z"],
         ["missing", "missing"]),
        ("issue_722_missing_timezones.ics", datetime(2024, 9, 1, tzinfo=UTC), ["2024-09-13T10:00:00Z"],
         ["missing", "missing"]),
    ],
)  # fmt: skip
def test_the_odd_ones_that_others_have_met(file, now, dues, codes):
    book = Book(now=now, known=KNOWN._replace(customer="K-17"))
    body = (REAL / file).read_bytes()
    assert [fact["data"]["due"] for fact in book.take(body)] == dues
    assert [refused.code for _, refused in book.refused(body)] == codes

"""Dates and terms are read as German law and trade read them, and asked back where they are open."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.capture.dates import When, when
from intake.capture.meant import Today
from intake.capture.understood import Unclear
from tests.intake.capture_firm import BERLIN, WEDNESDAY, hours


def read(text: str, now: datetime = WEDNESDAY, *, land: str | None = None, backwards: bool = False) -> When:
    found = when(text, Today(now, hours(land), backwards))
    assert found is not None, text
    return found


def due(text: str, now: datetime = WEDNESDAY, **options: bool) -> str:
    found = read(text, now, **options).due
    return found.isoformat() if found else "undated"


def on(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN) if len(parts) > 3 else datetime(*parts, 10, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # Days as written.
        ("2026-03-20", "2026-03-20"),
        ("bis 20.3.2026", "2026-03-20"),
        ("bis 20.03.26", "2026-03-20"),
        ("am 20.3.", "2026-03-20"),
        ("bis 20.3", "2026-03-20"),
        ("spätestens am 20. März", "2026-03-20"),
        ("20 March", "2026-03-20"),
        ("on March 20th", "2026-03-20"),
        ("by the 20th of March 2027", "2027-03-20"),
        ("March 20, 2027", "2027-03-20"),
        ("bis zum 20.", "2026-03-20"),
        ("bis zum 3.", "2026-04-03"),
        ("bis zum 15. des Monats", "2026-03-15"),
        ("by the end of the day", "2026-03-11"),
        ("by the 3rd", "2026-04-03"),
        ("bis 24.12.", "2026-12-24"),
        ("am 1.8.", "2026-08-01"),
        ("by 20/3/2026", "2026-03-20"),
        ("by 3/20/2026", "2026-03-20"),
        ("Freitag, den 13. März", "2026-03-13"),
        ("13.3., Freitag", "2026-03-13"),
        # Days from today, weekdays.
        ("heute", "2026-03-11"),
        ("morgen", "2026-03-12"),
        ("übermorgen", "2026-03-13"),
        ("the day after tomorrow", "2026-03-13"),
        ("bis Freitag", "2026-03-13"),
        ("bis Fr.", "2026-03-13"),
        ("by Tuesday", "2026-03-17"),
        ("kommenden Freitag", "2026-03-13"),
        ("diesen Freitag", "2026-03-13"),
        ("nächsten Dienstag", "2026-03-17"),
        ("next Wednesday", "2026-03-18"),
        ("Freitag nächster Woche", "2026-03-20"),
        ("next week Friday", "2026-03-20"),
        ("übernächste Woche Freitag", "2026-03-27"),
        ("Friday the week after next", "2026-03-27"),
        ("Freitag in einer Woche", "2026-03-20"),
        ("vor Freitag", "2026-03-12"),
        ("before 20 March", "2026-03-19"),
        # Weeks and months.
        ("KW 42", "2026-10-18"),
        ("in Kalenderwoche 42 2027", "2027-10-24"),
        ("week 42", "2026-10-18"),
        ("Montag KW 42", "2026-10-12"),
        ("Anfang KW 42", "2026-10-12"),
        ("KW 11", "2026-03-15"),
        ("KW 30", "2026-07-26"),
        ("Ende der Woche", "2026-03-15"),
        ("end of next week", "2026-03-22"),
        ("Mitte nächster Woche", "2026-03-18"),
        ("next week", "2026-03-22"),
        ("Mitte des Monats", "2026-03-15"),
        ("bis Monatsende", "2026-03-31"),
        ("end of the month", "2026-03-31"),
        ("Anfang nächsten Monats", "2026-04-01"),
        ("Ende Februar 2028", "2028-02-29"),
        ("mid-April", "2026-04-15"),
        ("im April", "2026-04-30"),
        ("nächsten Monat", "2026-04-30"),
        ("Quartalsende", "2026-03-31"),
        ("end of next quarter", "2026-06-30"),
        ("Ende des Jahres", "2026-12-31"),
        # Terms.
        ("binnen 14 Tagen", "2026-03-25"),
        ("within fourteen days", "2026-03-25"),
        ("in dreißig Tagen", "2026-04-10"),
        ("acht Tage", "2026-03-19"),
        ("innerhalb von 8 Tagen", "2026-03-19"),
        ("in 2 Wochen", "2026-03-25"),
        ("in a week", "2026-03-18"),
        ("in einem Monat", "2026-04-11"),
        ("binnen eines Monats", "2026-04-11"),
        ("binnen Monatsfrist", "2026-04-11"),
        ("binnen Wochenfrist", "2026-03-18"),
        ("in einem halben Monat", "2026-03-26"),
        ("anderthalb Monate", "2026-04-26"),
        ("in einem halben Jahr", "2026-09-11"),
        ("in einem Vierteljahr", "2026-06-11"),
        ("in einem Jahr", "2027-03-11"),
        ("in 3 Arbeitstagen", "2026-03-16"),
        ("in 3 Werktagen", "2026-03-14"),
        ("in 2 Stunden", "2026-03-11T12:00:00+01:00"),
        ("in half an hour", "2026-03-11T10:30:00+01:00"),
        # Times of day.
        ("bis März", "2026-03-31"),
        ("morgen 10 Uhr", "2026-03-12T10:00:00+01:00"),
        ("tomorrow at 10", "2026-03-12T10:00:00+01:00"),
        ("Freitag 14:30 Uhr", "2026-03-13T14:30:00+01:00"),
        ("Freitag um halb zehn", "2026-03-13T09:30:00+01:00"),
        ("Friday 3pm", "2026-03-13T15:00:00+01:00"),
        ("Freitag 3 Uhr nachmittags", "2026-03-13T15:00:00+01:00"),
        ("tomorrow noon", "2026-03-12T12:00:00+01:00"),
        ("15 Uhr", "2026-03-11T15:00:00+01:00"),
        ("Freitag 24 Uhr", "2026-03-13"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00"),
        ("ohne Termin", "undated"),
    ],
)
def test_on_a_wednesday_in_march_it_means(text: str, meant: str):
    assert due(text) == meant


@pytest.mark.parametrize(
    ("now", "text", "meant"),
    [
        # § 188 (3): the month lacks the day. § 189: half a month is counted last.
        (on(2026, 1, 31), "in einem Monat", "2026-02-28"),
        (on(2028, 1, 31), "within one month", "2028-02-29"),
        (on(2026, 1, 31), "anderthalb Monate", "2026-03-15"),
        # Both clock changes: a day keeps its date and time of day, hours are hours.
        (on(2026, 3, 28), "morgen 10 Uhr", "2026-03-29T10:00:00+02:00"),
        (on(2026, 3, 28), "in 24 Stunden", "2026-03-29T11:00:00+02:00"),
        (on(2026, 10, 24), "in 24 Stunden", "2026-10-25T09:00:00+01:00"),
        (on(2026, 10, 24), "tomorrow at 10", "2026-10-25T10:00:00+01:00"),
        # The turn of the year, and ISO weeks that belong to the year before or after.
        (on(2026, 12, 28), "KW 1", "2027-01-10"),
        (on(2026, 12, 28), "KW 53", "2027-01-03"),
        (on(2027, 1, 1), "KW 53", "2027-01-03"),
        (on(2024, 12, 30), "KW 1", "2025-01-05"),
        (on(2026, 12, 28), "5.1.", "2027-01-05"),
        (on(2026, 12, 28), "in 8 Tagen", "2027-01-05"),
        (on(2026, 12, 28), "Ende Januar", "2027-01-31"),
        (on(2026, 12, 31), "morgen", "2027-01-01"),
        (on(2026, 12, 28), "end of next month", "2027-01-31"),
        # Working days over Easter 2026: Good Friday is 3 April, Easter Monday 6 April.
        (on(2026, 4, 1), "in 2 Arbeitstagen", "2026-04-07"),
        (on(2026, 4, 1), "in 2 Werktagen", "2026-04-04"),
        (on(2026, 4, 2), "2 working days", "2026-04-08"),
        # On a Sunday the running week ends today.
        (on(2026, 3, 15), "Ende der Woche", "2026-03-15"),
        (on(2026, 3, 15), "nächste Woche", "2026-03-22"),
        # The last day of a month is its own end.
        (on(2026, 3, 31), "bis Monatsende", "2026-03-31"),
        (on(2026, 3, 15), "Mitte des Monats", "2026-03-15"),
        (on(2026, 3, 13), "Freitag in einer Woche", "2026-03-20"),
    ],
)
def test_on_another_day_it_means(now: datetime, text: str, meant: str):
    assert due(text, now) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("gestern", "2026-03-10"),
        ("am Montag", "2026-03-09"),
        ("am Mittwoch", "2026-03-04"),
        ("am 9.3.", "2026-03-09"),
        ("am 20.12.", "2025-12-20"),
        ("gestern um 15 Uhr", "2026-03-10T15:00:00+01:00"),
    ],
)
def test_of_what_has_happened_the_last_such_day_is_meant(text: str, meant: str):
    assert due(text, backwards=True) == meant


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("binnen 14 Tagen", "BGB § 187 (1), § 188 (1)"),
        ("acht Tage", "HGB § 359 (2)"),
        ("in 2 Wochen", "BGB § 187 (1), § 188 (2)"),
        ("in einem Monat", "BGB § 187 (1), § 188 (2) and (3)"),
        ("halber Monat", "BGB § 189"),
        ("in einem halben Jahr", "BGB § 189 (1)"),
        ("Mitte des Monats", "BGB § 192"),
        ("KW 42", "ISO 8601"),
        ("in 3 Werktagen", "BUrlG § 3 (2)"),
        ("bis Freitag", ""),
    ],
)
def test_the_reading_names_its_paragraph(text: str, law: str):
    reading = read(text).reading
    assert reading is not None
    assert reading.law == law


@pytest.mark.parametrize(
    ("now", "text", "land", "said", "suggested"),
    [
        (WEDNESDAY, "bis Samstag", None, "2026-03-14", ["2026-03-16"]),
        (WEDNESDAY, "KW 42", None, "2026-10-18", ["2026-10-19"]),
        (WEDNESDAY, "bis Freitag", None, "2026-03-13", []),
        (on(2026, 3, 20), "in 2 Wochen", None, "2026-04-03", ["2026-04-07"]),
        (on(2026, 3, 30), "am 3.4.", None, "2026-04-03", ["2026-04-07"]),
        (on(2026, 3, 30), "am 6.4. um 10 Uhr", None, "2026-04-06T10:00:00+02:00", ["2026-04-07T10:00:00+02:00"]),
        # Over the clock change the time of day stays.
        (WEDNESDAY, "29.3. 10 Uhr", None, "2026-03-29T10:00:00+02:00", ["2026-03-30T10:00:00+02:00"]),
        # Corpus Christi is a holiday in North Rhine-Westphalia, not in Berlin.
        (on(2026, 6, 1), "am 4. Juni", "NW", "2026-06-04", ["2026-06-05"]),
        (on(2026, 6, 1), "am 4. Juni", "BE", "2026-06-04", []),
        (on(2026, 12, 20), "bis 25.12.", None, "2026-12-25", ["2026-12-28"]),
        (on(2026, 12, 20), "am 1.1.", None, "2027-01-01", ["2027-01-04"]),
    ],
)
def test_the_next_working_day_is_suggested_and_nothing_is_moved(now, text, land, said, suggested):
    found = read(text, now, land=land)
    assert found.due is not None
    assert found.due.isoformat() == said
    assert [each.due.isoformat() for each in found.suggestions] == suggested
    assert {each.law for each in found.suggestions} <= {"BGB § 193"}


@pytest.mark.parametrize(
    ("text", "code", "readings"),
    [
        ("nächsten Freitag", "ambiguous_date", ["2026-03-13", "2026-03-20"]),
        ("next Friday", "ambiguous_date", ["2026-03-13", "2026-03-20"]),
        ("bis Mittwoch", "ambiguous_date", ["2026-03-11", "2026-03-18"]),
        ("3/4/2026", "ambiguous_date", ["2026-03-04", "2026-04-03"]),
        ("am 1.3.", "ambiguous_date", ["2026-03-01", "2027-03-01"]),
        ("KW 10", "ambiguous_date", ["2026-03-08", "2027-03-14"]),
        ("bis Mai", "ambiguous_date", ["2026-04-30", "2026-05-31"]),
        ("am Wochenende", "ambiguous_date", ["2026-03-13", "2026-03-15"]),
        ("morgen um 3", "ambiguous_time", ["03:00", "15:00"]),
        ("morgen früh", "vague_time", []),
        ("heute Nachmittag", "vague_time", []),
        ("tomorrow morning", "vague_time", []),
        ("morgen 25 Uhr", "nonexistent_time", []),
        ("morgen 10 bis 12 Uhr", "several_times", ["10", "12"]),
        ("morgen 10 Uhr oder 12 Uhr", "several_times", ["10 Uhr", "12 Uhr"]),
        ("gestern", "in_the_past", []),
        ("vor 3 Tagen", "in_the_past", []),
        ("vor heute", "in_the_past", []),
        ("2026-03-11T09:00:00+01:00", "in_the_past", []),
        ("3 days ago", "in_the_past", []),
        ("heute 9 Uhr", "in_the_past", ["2026-03-12"]),
        ("diesen Dienstag", "in_the_past", ["2026-03-17"]),
        ("1.2.2026", "in_the_past", []),
        ("Anfang des Monats", "in_the_past", ["2026-04-01"]),
        ("31.2.2026", "nonexistent_date", []),
        ("29. Februar", "nonexistent_date", []),
        ("the 32nd", "nonexistent_date", []),
        ("KW 53 2027", "nonexistent_week", []),
        ("in 9999 Jahren", "out_of_range", []),
        ("2026-03-29 02:30", "nonexistent_local_time", []),
        (
            "2026-10-25 02:30",
            "ambiguous_local_time",
            ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"],
        ),
        ("bis Freitag und bis Montag", "several_dates", ["bis Freitag", "bis Montag"]),
        ("Donnerstag, 13. März 2026", "weekday_differs", ["2026-03-13"]),
        ("ab Freitag", "begins", []),
        ("nach dem 20. März", "begins", []),
        ("nicht vor Freitag", "begins", []),
        ("bis Fretag", "unreadable_date", []),
        ("vor Ende des Monats", "unreadable_date", []),
        ("in 2 Stunden um 15 Uhr", "several_times", []),
    ],
)
def test_what_is_open_asks_back_with_all_that_it_can_mean(text: str, code: str, readings: list[str]):
    with pytest.raises(Unclear) as asked:
        read(text)
    assert asked.value.code == code
    assert [each if isinstance(each, str) else each.isoformat() for each in asked.value.readings] == readings


def test_a_text_without_a_date_has_none():
    assert when("Angebot an Müller", Today(WEDNESDAY, hours())) is None
    assert when("Angebot vom 3. März", Today(WEDNESDAY, hours())) is None, "a date that names the offer is no due"


@given(st.dates(date(2020, 1, 1), date(2050, 12, 31)), st.integers(1, 400))
def test_a_term_of_days_is_that_many_days_after_today(today: date, days: int):
    now = datetime(today.year, today.month, today.day, 10, tzinfo=BERLIN)
    assert read(f"binnen {days} Tagen", now).due == today + timedelta(days=days)


@given(st.dates(date(2020, 1, 1), date(2050, 12, 31)), st.integers(1, 40))
def test_a_term_of_months_ends_on_the_same_number_or_on_the_last_of_the_month(today: date, months: int):
    now = datetime(today.year, today.month, today.day, 10, tzinfo=BERLIN)
    found = read(f"in {months} Monaten", now).due
    assert isinstance(found, date)
    assert (found.year - today.year) * 12 + found.month - today.month == months
    assert found.day == today.day or (found.day < today.day and (found + timedelta(days=1)).day == 1)


@given(st.dates(date(2020, 1, 1), date(2050, 12, 31)))
def test_a_suggestion_is_a_working_day_after_the_due_and_no_other_lies_between(today: date):
    now = datetime(today.year, today.month, today.day, 10, tzinfo=BERLIN)
    found = read("in 2 Wochen", now)
    assert isinstance(found.due, date)
    is_open = hours().is_business_day
    assert bool(found.suggestions) == (not is_open(found.due))
    for each in found.suggestions:
        assert isinstance(each.due, date)
        between = [found.due + timedelta(days=n) for n in range(1, (each.due - found.due).days)]
        assert is_open(each.due)
        assert not any(is_open(day) for day in between)

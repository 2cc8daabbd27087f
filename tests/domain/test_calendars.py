"""The calendars document: who is open when, written by the firm itself and checked line by line."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.calendars import Calendars, default, default_text
from domain.documents import DocumentRefused, load

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600

FIRM = """\
default = "werkstatt"

[teams]
Notdienst = "immer"

[calendars.werkstatt]
zone = "Europe/Berlin"
country = "DE"
land = "NW"

[calendars.werkstatt.hours]
monday = ["13:00-17:00", "08:00-12:00"]
friday = ["8-12"]

[[calendars.werkstatt.closed]]
from = 2027-08-02
to = 2027-08-20
reason = "Betriebsferien"

[[calendars.werkstatt.closed]]
on = "12-24"

[[calendars.werkstatt.special]]
on = "12-31"
hours = ["08:00-10:00"]
reason = "Silvester"

[calendars.immer]
zone = "Europe/Berlin"
[calendars.immer.hours]
monday = ["00:00-24:00"]
sunday = ["22:00-24:00"]
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def findings(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(DocumentRefused) as refused:
        load(text, Calendars)
    return [(each.line, each.path, each.code) for each in refused.value.findings]


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith(start))


# -- what ships ------------------------------------------------------------------------------------------


def test_the_shipped_calendar_is_monday_to_friday_8_to_12_and_13_to_17_in_berlin_without_a_land():
    calendar = default().calendars[default().default]
    hours = default().for_team(None)
    assert (calendar.zone, calendar.land, calendar.closed, calendar.special) == (
        "Europe/Berlin",
        None,
        (),
        (),
    )
    day = [(8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR)]
    assert [list(windows) for windows in hours.weekly] == [day] * 5 + [[], []]
    assert hours.zone is BERLIN


def test_without_a_land_only_the_holidays_of_all_of_germany_are_closed():
    hours = default().for_team(None)
    assert not hours.is_business_day(date(2026, 4, 3))
    assert hours.is_business_day(date(2026, 6, 4))


def test_the_shipped_file_shows_by_example_what_works_when_its_number_signs_are_taken_away():
    examples = [
        line.removeprefix("# ").removeprefix("#")
        for line in default_text().split("\n")
        if line.startswith(("# [[", "# on", "# from", "# to", "# hours", "# reason", "# land"))
    ]
    written = default_text().split("\n")
    calendars = load("\n".join([*written, *examples[1:]]), Calendars)
    calendar = calendars.calendars["betrieb"]
    assert (len(calendar.closed), len(calendar.special)) == (2, 2)
    assert calendars.for_team(None).why_closed(date(2027, 8, 20)) == "Betriebsferien"
    with_land = default_text().replace("# land", "land").replace("# categories", "categories").replace("NW", "BY")
    assert not load(with_land, Calendars).for_team(None).is_business_day(date(2022, 8, 15))


# -- what is understood ------------------------------------------------------------------------------------


def test_a_team_has_its_calendar_and_everybody_else_the_usual_one():
    calendars = load(FIRM, Calendars)
    assert calendars.for_team("Notdienst").is_open(at("2026-06-01T03:00"))
    assert calendars.for_team("notdienst") is calendars.for_team("Notdienst")
    for team in (None, "Montage", ""):
        assert not calendars.for_team(team).is_open(at("2026-06-01T03:00"))
        assert calendars.for_team(team).is_open(at("2026-06-01T08:00"))


def test_one_calendar_has_one_table_of_hours_in_all_versions_of_the_document():
    again = load(FIRM.replace("Notdienst", "Bereitschaft"), Calendars)
    assert load(FIRM, Calendars).for_team(None) is again.for_team(None)


def test_windows_may_be_short_and_in_any_order():
    hours = load(FIRM, Calendars).for_team(None)
    assert hours.between(at("2026-06-01T00:00"), at("2026-06-02T00:00")) == 8 * HOUR
    assert hours.between(at("2026-06-05T00:00"), at("2026-06-06T00:00")) == 4 * HOUR
    assert hours.between(at("2026-06-02T00:00"), at("2026-06-05T00:00")) == 0


def test_a_window_may_begin_when_the_one_before_ends():
    hours = load(FIRM.replace('["8-12"]', '["8-12", "12-14"]'), Calendars).for_team(None)
    assert hours.between(at("2026-06-05T00:00"), at("2026-06-06T00:00")) == 6 * HOUR


def test_holidays_closed_runs_yearly_days_and_half_days_are_all_kept():
    hours = load(FIRM, Calendars).for_team(None)
    assert hours.why_closed(date(2027, 8, 9)) == "Betriebsferien"
    assert not hours.is_business_day(date(2027, 8, 2))
    assert not hours.is_business_day(date(2027, 5, 17)), "Whit Monday"
    assert not hours.is_business_day(date(2027, 12, 24)), "a Friday"
    assert hours.between(at("2027-12-31T00:00"), at("2028-01-01T00:00")) == 2 * HOUR


def test_days_may_stand_in_a_plain_list():
    text = FIRM.replace('land = "NW"', 'land = "NW"\nclosed = ["12-31", 2027-05-03, "2027-05-10", { on = "01-04" }]')
    text = text.replace("[[calendars.werkstatt.closed]]\n", "[[calendars.unused]]\n")
    text = text[: text.index("[[calendars.unused")] + text[text.index("[calendars.immer]") :]
    hours = load(text, Calendars).for_team(None)
    days = [date(2027, 12, 31), date(2027, 5, 3), date(2027, 5, 10), date(2027, 1, 4), date(2027, 1, 11)]
    assert [hours.is_business_day(day) for day in days] == [False, False, False, False, True]


def test_augsburg_is_a_land_of_its_own_and_a_land_may_be_written_out():
    augsburg = load(FIRM.replace('"NW"', '"Augsburg"'), Calendars).for_team(None)
    written_out = load(FIRM.replace('"NW"', '"Nordrhein-Westfalen"'), Calendars).for_team(None)
    assert not augsburg.is_business_day(date(2033, 8, 8))
    assert written_out.is_business_day(date(2033, 8, 8))
    assert written_out.why_closed(date(2026, 6, 4)) == "Fronleichnam"


def test_bavaria_has_assumption_day_with_the_category_catholic():
    bavaria = FIRM.replace('"NW"', '"BY"')
    catholic = bavaria.replace('land = "BY"', 'land = "BY"\ncategories = ["catholic"]')
    assert load(bavaria, Calendars).for_team(None).is_business_day(date(2033, 8, 15))
    assert not load(catholic, Calendars).for_team(None).is_business_day(date(2033, 8, 15))
    assert not load(catholic, Calendars).for_team(None).is_business_day(date(2033, 6, 6)), "Whit Monday stays"


# -- what is refused ---------------------------------------------------------------------------------------


WORKSHOP = "calendars.werkstatt"
CLOSED, SPECIAL = "[[calendars.werkstatt.closed]]", "[[calendars.werkstatt.special]]"


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ('zone = "Europe/Berlin"', 'zone = "Europe/Berlinn"', f"{WORKSHOP}.zone", "unknown_zone"),
        ('country = "DE"', 'country = "XX"', f"{WORKSHOP}.country", "unknown_country"),
        ('country = "DE"', 'country = "de"', f"{WORKSHOP}.country", "wrong_form"),
        ('land = "NW"', 'land = "NRW"', f"{WORKSHOP}.land", "unknown_land"),
        ('land = "NW"', "land = 5", f"{WORKSHOP}.land", "wrong_type"),
        ('["8-12"]', '["12-8"]', f"{WORKSHOP}.hours.friday.0", "reversed_window"),
        ('["8-12"]', '["8-8"]', f"{WORKSHOP}.hours.friday.0", "reversed_window"),
        ('["8-12"]', '["22:00-06:00"]', f"{WORKSHOP}.hours.friday.0", "reversed_window"),
        ('["8-12"]', '["8-24:30"]', f"{WORKSHOP}.hours.friday.0", "not_a_window"),
        ('["8-12"]', '["8:60-12"]', f"{WORKSHOP}.hours.friday.0", "not_a_window"),
        ('["8-12"]', '["vormittags"]', f"{WORKSHOP}.hours.friday.0", "not_a_window"),
        ('["8-12"]', "[8]", f"{WORKSHOP}.hours.friday.0", "not_a_window"),
        ('["8-12"]', '"8-12"', f"{WORKSHOP}.hours.friday", "wrong_type"),
        ('["8-12"]', '["8-12", "11:59-13"]', f"{WORKSHOP}.hours.friday", "overlap"),
        ("friday", "freitag", f"{WORKSHOP}.hours.freitag", "unknown_field"),
        ("to = 2027-08-20", 'to = "2027-02-29"', f"{WORKSHOP}.closed.0.to", "nonexistent_date"),
        ("to = 2027-08-20", 'to = "20.08.2027"', f"{WORKSHOP}.closed.0.to", "not_a_day"),
        ("to = 2027-08-20", "to = 2027-08-20T12:00:00Z", f"{WORKSHOP}.closed.0.to", "not_a_day"),
        ("to = 2027-08-20", "to = 2200-08-20", f"{WORKSHOP}.closed.0.to", "out_of_range"),
        ('on = "12-24"', 'on = "02-30"', f"{WORKSHOP}.closed.1.on", "nonexistent_date"),
        ('on = "12-24"', 'day = "12-24"', f"{WORKSHOP}.closed.1.day", "unknown_field"),
        ('hours = ["08:00-10:00"]', "hours = []", f"{WORKSHOP}.special.0.hours", "empty"),
        ('Notdienst = "immer"', 'Notdienst = "imer"', "teams.Notdienst", "unknown_calendar"),
        ('default = "werkstatt"', 'default = "büro"', "default", "unknown_calendar"),
        ('default = "werkstatt"', 'default = "werkstatt"\nstandard = 1', "standard", "unknown_field"),
    ],
)
def test_a_mistake_in_one_line_is_refused_with_that_line(old, new, path, code):
    text = FIRM.replace(old, new, 1)
    line = FIRM[: FIRM.index(old)].count("\n") + new.count("\n") + 1
    assert (line, path, code) in findings(text)


@pytest.mark.parametrize(
    ("old", "new", "section", "path", "code"),
    [
        ("to = 2027-08-20", "to = 2027-08-01", CLOSED, f"{WORKSHOP}.closed.0", "reversed_days"),
        ("to = 2027-08-20", 'to = "08-20"', CLOSED, f"{WORKSHOP}.closed.0", "which_days"),
        ("to = 2027-08-20", "", CLOSED, f"{WORKSHOP}.closed.0", "which_days"),
        ("to = 2027-08-20", "on = 2027-08-20", CLOSED, f"{WORKSHOP}.closed.0", "which_days"),
        ('on = "12-31"', "", SPECIAL, f"{WORKSHOP}.special.0", "which_days"),
        ('hours = ["08:00-10:00"]', "", SPECIAL, f"{WORKSHOP}.special.0.hours", "missing"),
        ('zone = "Europe/Berlin"', "", "[calendars.werkstatt]", f"{WORKSHOP}.zone", "missing"),
    ],
)
def test_what_is_missing_or_does_not_fit_together_is_refused_where_its_section_begins(old, new, section, path, code):
    text = FIRM.replace(old, new, 1)
    assert findings(text) == [(line_of(text, section), path, code)]


def test_a_calendar_without_opening_hours_is_refused():
    text = FIRM.replace('monday = ["13:00-17:00", "08:00-12:00"]\nfriday = ["8-12"]\n', "")
    assert findings(text) == [
        (line_of(text, "[calendars.werkstatt.hours]"), "calendars.werkstatt.hours", "no_opening_hours")
    ]
    text = FIRM.replace('["13:00-17:00", "08:00-12:00"]\nfriday = ["8-12"]', "[]")
    assert [each[2] for each in findings(text)] == ["no_opening_hours"]


def test_a_calendar_that_never_opens_again_is_refused():
    text = FIRM.replace('on = "12-24"', 'from = "01-01"\nto = "12-31"', 1)
    assert findings(text) == [(line_of(text, CLOSED), f"{WORKSHOP}.closed", "never_opens")]


def test_a_land_or_a_category_without_a_country_is_refused_and_told_what_to_add():
    text = FIRM.replace('country = "DE"\n', "")
    assert findings(text) == [(line_of(text, "land"), "calendars.werkstatt.land", "country_missing")]


def test_half_holidays_of_the_library_are_refused_because_they_do_not_say_which_half():
    text = FIRM.replace('country = "DE"\nland = "NW"', 'country = "CH"\ncategories = ["half_day"]')
    with pytest.raises(DocumentRefused) as refused:
        load(text, Calendars)
    assert refused.value.code == "unknown_category"
    assert "public" in refused.value.params["known"]


def test_one_date_that_is_both_closed_and_special_is_refused():
    text = FIRM.replace('on = "12-24"', "on = 2027-12-31").replace('on = "12-31"', "on = 2027-12-31")
    assert findings(text) == [
        (line_of(text, "[[calendars.werkstatt.special]]"), "calendars.werkstatt.special.0", "doubled_date")
    ]


def test_all_mistakes_are_named_at_once():
    text = FIRM.replace('["8-12"]', '["12-8"]').replace('on = "12-24"', 'on = "31.12."').replace("[teams]", "[team]")
    assert [each[2] for each in findings(text)] == ["unknown_field", "reversed_window", "not_a_day"]

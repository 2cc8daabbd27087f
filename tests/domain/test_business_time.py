"""Business time: what counts is the time in which somebody works, in true seconds."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.business_time import Days, Hours, SpecialDays, Window
from domain.errors import Refused
from domain.local_time import end_of_date, from_local, local_edge

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600
GOLDEN = Path(__file__).parents[2].parent / "shared" / "golden" / "business_time.json"


def windows(*texts: str) -> tuple[Window, ...]:
    def second(text: str) -> int:
        hour, minute = text.split(":")
        return int(hour) * HOUR + int(minute) * 60

    return tuple(Window(*(second(part) for part in text.split("-"))) for text in texts)


USUAL = windows("08:00-12:00", "13:00-17:00")
FRIDAY = windows("08:00-12:00", "13:00-14:00")
WEEK = (USUAL,) * 4 + (FRIDAY, (), ())


def firm(land: str | None = "NW", **more: object) -> Hours:
    """Monday to Thursday 8-12 and 13-17, Friday 8-12 and 13-14, Berlin."""
    return Hours(BERLIN, WEEK, country="DE", land=land, **more)  # type: ignore[arg-type]


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


# -- the vectors ------------------------------------------------------------------------------------

OWN_VECTORS = [
    # name, Land, start, hours, expected
    ("Good Friday and Easter Monday", "HE", "2027-03-25T16:00", 4, "2027-03-30T11:00"),
    ("All Saints' Day is a holiday in BY", "BY", "2027-10-29T13:30", 1, "2027-11-02T08:30"),
    ("All Saints' Day is none in HH", "HH", "2027-10-29T13:30", 1, "2027-11-01T08:30"),
    ("Women's Day is a holiday in BE", "BE", "2027-03-05T13:00", 2, "2027-03-09T09:00"),
    ("Women's Day is none in BW", "BW", "2027-03-05T13:00", 2, "2027-03-08T09:00"),
    ("the Peace Festival is a holiday in Augsburg", "Augsburg", "2028-08-07T16:00", 2, "2028-08-09T09:00"),
    ("the Peace Festival is none in BY", "BY", "2028-08-07T16:00", 2, "2028-08-08T09:00"),
    ("no Land: Corpus Christi is none", None, "2026-06-03T15:00", 8, "2026-06-04T15:00"),
    ("no Land: Ascension Day is one everywhere", None, "2026-05-13T16:00", 2, "2026-05-15T09:00"),
    ("a holiday on a Saturday is not made up for", "NW", "2026-10-02T13:00", 2, "2026-10-05T09:00"),
    ("spring clock change", "NW", "2028-03-24T13:30", 1, "2028-03-27T08:30"),
    ("autumn clock change", "NW", "2027-10-29T13:00", 2, "2027-11-02T09:00"),
    ("used up exactly at closing time", "NW", "2027-06-09T16:00", 1, "2027-06-09T17:00"),
    ("used up exactly at the lunch break", "NW", "2027-06-09T11:00", 1, "2027-06-09T12:00"),
    ("a start on a Saturday", "NW", "2027-06-12T10:00", 1, "2027-06-14T09:00"),
    ("used up exactly at the last closing of the year", "NW", "2026-12-31T16:00", 1, "2026-12-31T17:00"),
    ("the turn of the year", "NW", "2027-12-31T13:00", 2, "2028-01-03T09:00"),
    (
        "nothing to add leaves the start alone, also on a Sunday",
        "NW",
        "2027-06-13T10:00",
        0,
        "2027-06-13T10:00",
    ),
]


@pytest.mark.parametrize(
    ("land", "start", "hours", "expected"),
    [row[1:] for row in OWN_VECTORS],
    ids=[row[0] for row in OWN_VECTORS],
)
def test_hours_are_used_up_when_the_table_says(land, start, hours, expected):
    assert firm(land).add(at(start), hours * HOUR) == at(expected)
    assert firm(land).between(at(start), at(expected)) == hours * HOUR


def _golden() -> list[dict[str, object]]:
    return json.loads(GOLDEN.read_text("utf-8"))["vectors"] if GOLDEN.exists() else []


@pytest.mark.skipif(not GOLDEN.exists(), reason="the shared golden vectors are not beside this checkout")
def test_the_golden_vectors_come_out_exactly():
    vectors = _golden()
    assert len(vectors) >= 16
    for vector in vectors:
        closed = tuple(Days(date.fromisoformat(day), date.fromisoformat(day)) for day in vector.get("closed", []))
        pauses = [(at(since), at(until)) for since, until in vector.get("pauses", [])]
        hours = firm(vector["land"], closed=closed)
        found = hours.add(at(vector["start"]), round(vector["hours"] * HOUR), pauses)
        assert found == at(vector["expected"]), vector["name"]


def test_a_pause_of_two_days_moves_the_end_by_two_days():
    pause = (at("2027-06-14T10:00"), at("2027-06-16T10:00"))
    assert firm().add(at("2027-06-14T08:00"), 8 * HOUR, [pause]) == at("2027-06-16T17:00")


def test_a_pause_outside_business_hours_changes_nothing():
    pause = (at("2027-06-14T17:00"), at("2027-06-15T08:00"))
    assert firm().add(at("2027-06-14T16:00"), 4 * HOUR, [pause]) == at("2027-06-15T11:00")


def test_overlapping_pauses_count_once_in_any_order_and_one_from_before_the_start_counts_from_the_start():
    long, short = (
        (at("2027-06-14T10:00"), at("2027-06-14T15:00")),
        (at("2027-06-14T14:00"), at("2027-06-15T09:00")),
    )
    before = (at("2027-06-11T10:00"), at("2027-06-14T09:00"))
    inside = (at("2027-06-14T11:00"), at("2027-06-14T14:30"))
    for pauses in ([long, short, inside], [short, inside, long]):
        assert firm().add(at("2027-06-14T08:00"), 8 * HOUR, pauses) == at("2027-06-15T16:00")
        assert firm().between(at("2027-06-14T08:00"), at("2027-06-15T16:00"), pauses) == 8 * HOUR
    assert firm().add(at("2027-06-14T08:00"), HOUR, [before]) == at("2027-06-14T10:00")
    assert firm().add(at("2027-06-14T08:00"), 4 * HOUR, [long, inside]) == at("2027-06-14T17:00")


def test_time_that_is_used_up_when_the_pause_begins_is_not_moved_by_it():
    pause = (at("2027-06-14T10:00"), at("2027-06-16T10:00"))
    assert firm().add(at("2027-06-14T08:00"), 2 * HOUR, [pause]) == at("2027-06-14T10:00")


# -- public holidays, closed days, special days ------------------------------------------------------


def open_days(hours: Hours, *days: str) -> list[bool]:
    return [hours.is_business_day(date.fromisoformat(day)) for day in days]


def test_each_land_keeps_its_own_holidays():
    corpus_christi, repentance_day, epiphany = "2026-06-04", "2026-11-18", "2026-01-06"
    assert open_days(firm("NW"), corpus_christi, repentance_day, epiphany) == [False, True, True]
    assert open_days(firm("SN"), corpus_christi, repentance_day, epiphany) == [True, False, True]
    assert open_days(firm("BW"), corpus_christi, repentance_day, epiphany) == [False, True, False]
    assert open_days(firm(None), corpus_christi, repentance_day, epiphany) == [True, True, True]


def test_assumption_day_is_a_holiday_in_bavaria_only_with_the_category_catholic():
    monday = "2022-08-15"
    assert open_days(firm("BY"), monday) == [True]
    assert open_days(firm("BY", categories=("catholic",)), monday, "2022-06-06") == [False, False]


def test_augsburg_has_assumption_day_and_the_peace_festival_without_any_category():
    assert open_days(firm("Augsburg"), "2022-08-15", "2022-08-08", "2022-01-06") == [False, False, False]


def test_24_and_31_december_and_11_november_are_no_holidays_anywhere():
    for land in ("NW", "BY", "SN", "Augsburg", None):
        assert open_days(firm(land), "2026-12-24", "2026-12-31", "2026-11-11") == [True, True, True]


def test_other_countries_move_their_holidays_as_their_law_says():
    new_york = Hours(ZoneInfo("America/New_York"), WEEK, country="US")
    assert open_days(new_york, "2026-07-03", "2026-07-04") == [False, False]
    assert new_york.why_closed(date(2026, 7, 3), "en") == "Independence Day (observed)"


def test_without_a_country_there_are_no_holidays():
    assert open_days(Hours(BERLIN, WEEK), "2026-01-01", "2026-04-03") == [True, True]


def test_an_unknown_land_is_refused():
    with pytest.raises(Refused) as refused:
        firm("XX").is_open(at("2026-06-01T09:00"))
    assert refused.value.code == "unknown_holidays"


def test_a_day_closed_every_year_and_a_run_over_the_turn_of_the_year():
    christmas_eve = Days(date(2000, 12, 24), date(2000, 12, 24), every_year=True)
    turn = Days(date(2000, 12, 27), date(2000, 1, 5), every_year=True)
    hours = firm(closed=(christmas_eve, turn))
    assert open_days(hours, "2026-12-24", "2027-12-24", "2026-12-23") == [False, False, True]
    assert open_days(hours, "2027-12-28", "2028-01-05", "2028-01-06", "2028-06-01") == [
        False,
        False,
        True,
        True,
    ]


def test_a_half_day_counts_its_own_hours():
    half = SpecialDays(Days(date(2000, 12, 31), date(2000, 12, 31), every_year=True), windows("08:00-12:00"))
    hours = firm(special=(half,))
    assert hours.between(at("2026-12-31T00:00"), at("2027-01-01T00:00")) == 4 * HOUR
    assert hours.add(at("2026-12-31T10:00"), 3 * HOUR) == at("2027-01-04T09:00")


def test_a_half_day_of_every_year_does_not_open_a_sunday_or_a_holiday_but_a_single_date_does():
    half = SpecialDays(Days(date(2000, 12, 27), date(2000, 12, 27), every_year=True), windows("08:00-12:00"))
    open_sunday = SpecialDays(Days(date(2026, 10, 11), date(2026, 10, 11)), windows("10:00-15:00"))
    unity_day = SpecialDays(Days(date(2025, 10, 3), date(2025, 10, 3)), windows("10:00-12:00"))
    hours = firm(special=(half, open_sunday, unity_day))
    assert open_days(hours, "2026-12-27", "2027-12-27") == [False, True]
    assert hours.between(at("2026-10-11T00:00"), at("2026-10-12T00:00")) == 5 * HOUR
    assert hours.between(at("2025-10-03T00:00"), at("2025-10-04T00:00")) == 2 * HOUR
    assert hours.why_closed(date(2025, 10, 3)) is None


def test_summer_hours_change_only_the_days_that_are_open_and_a_single_date_goes_before_them():
    summer = SpecialDays(Days(date(2027, 7, 1), date(2027, 8, 31)), windows("07:00-13:00"))
    stocktaking = SpecialDays(Days(date(2027, 7, 5), date(2027, 7, 5)), windows("09:00-10:00"))
    hours = firm(special=(summer, stocktaking), closed=(Days(date(2027, 8, 2), date(2027, 8, 6)),))
    assert hours.between(at("2027-07-05T00:00"), at("2027-07-12T00:00")) == (4 * 6 + 1) * HOUR
    assert hours.between(at("2027-08-02T00:00"), at("2027-08-09T00:00")) == 0


def test_the_reason_for_a_closed_day_is_known():
    hours = firm(closed=(Days(date(2027, 8, 2), date(2027, 8, 20), reason="Betriebsferien"),))
    assert hours.why_closed(date(2027, 8, 3)) == "Betriebsferien"
    assert hours.why_closed(date(2027, 5, 6)) == "Christi Himmelfahrt"
    assert hours.why_closed(date(2027, 5, 6), "en") == "Ascension Day"
    assert hours.why_closed(date(2027, 8, 21)) is None


def test_many_windows_a_day_are_counted_one_by_one():
    hours = Hours(BERLIN, (windows("06:00-08:00", "10:00-11:30", "15:00-19:00", "20:00-24:00"),) * 7)
    assert hours.between(at("2026-06-01T00:00"), at("2026-06-02T00:00")) == round(11.5 * HOUR)
    assert hours.add(at("2026-06-01T07:00"), 9 * HOUR) == at("2026-06-01T22:30")


def test_the_end_24_00_and_the_beginning_00_00_join_without_a_gap():
    hours = Hours(BERLIN, (windows("00:00-24:00"),) * 7)
    assert hours.between(at("2026-06-01T12:00"), at("2026-06-08T12:00")) == 7 * 24 * HOUR
    assert hours.is_open(at("2026-06-02T00:00"))
    assert hours.add(at("2026-06-01T23:00"), 2 * HOUR) == at("2026-06-02T01:00")


# -- days, openings, closings -------------------------------------------------------------------------


def test_the_second_business_day_before_a_thursday_opens_on_tuesday():
    assert firm().opening_before(at("2026-06-18T10:00"), 2) == at("2026-06-16T08:00")
    assert firm().opening_before(date(2026, 6, 18), 2) == at("2026-06-16T08:00")


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-06-15T10:00", "2026-06-11T08:00"),  # Monday: Friday is one, Thursday two
        ("2026-06-14T10:00", "2026-06-11T08:00"),  # Sunday: the same
        ("2026-04-08T10:00", "2026-04-02T08:00"),  # Wednesday after Easter: Tuesday, then Thursday before
        ("2026-01-02T10:00", "2025-12-30T08:00"),  # over the turn of the year
    ],
)
def test_business_days_before_a_due_leave_out_weekends_and_holidays(due, expected):
    assert firm().opening_before(at(due), 2) == at(expected)


def test_a_due_at_midnight_belongs_to_the_day_that_ends():
    thursday_24_00 = at("2026-06-19T00:00")
    assert firm().own_date(thursday_24_00) == date(2026, 6, 18)
    assert firm().opening_before(thursday_24_00, 2) == at("2026-06-16T08:00")


def test_the_next_opening_is_now_while_open_and_after_the_break_otherwise():
    hours = firm()
    assert hours.next_opening(at("2026-06-16T09:30")) == at("2026-06-16T09:30")
    assert hours.next_opening(at("2026-06-16T12:00")) == at("2026-06-16T13:00")
    assert hours.next_opening(at("2026-06-19T14:00")) == at("2026-06-22T08:00")
    assert hours.next_opening(at("2026-12-31T18:00")) == at("2027-01-04T08:00")


def test_open_includes_the_opening_and_not_the_closing():
    moments = ["2026-06-16T07:59:59", "2026-06-16T08:00", "2026-06-16T11:59:59", "2026-06-16T12:00"]
    assert [firm().is_open(at(text)) for text in moments] == [False, True, True, False]


def test_the_business_day_after_a_friday_ends_on_monday_at_24_00():
    hours = firm()
    assert hours.end_of_business_day_after(at("2026-06-19T15:00")) == at("2026-06-23T00:00")
    assert hours.opening_after(at("2026-06-19T15:00")) == at("2026-06-22T08:00")
    assert hours.business_day(date(2026, 6, 20), 1) == date(2026, 6, 22)
    assert hours.business_day(date(2026, 6, 20), -1) == date(2026, 6, 19)
    far = hours.business_day(date(2026, 6, 1), 300)
    days = [date(2026, 6, 1) + timedelta(days=number) for number in range(1, 500)]
    assert [day for day in days if hours.is_business_day(day)][299] == far
    assert hours.business_day(far, -300) == date(2026, 6, 1)


def test_a_date_ends_at_24_00_local_time_also_on_the_days_of_a_clock_change():
    hours = firm()
    assert hours.end_of_date(date(2026, 3, 29)) - hours.end_of_date(date(2026, 3, 28)) == timedelta(hours=23)
    assert hours.end_of_date(date(2026, 10, 25)) - hours.end_of_date(date(2026, 10, 24)) == timedelta(hours=25)
    assert hours.end_of_date(date(2026, 6, 1)) == datetime(2026, 6, 1, 22, tzinfo=UTC)


def test_a_date_whose_midnight_is_left_out_ends_with_the_clock_change():
    sao_paulo, apia = ZoneInfo("America/Sao_Paulo"), ZoneInfo("Pacific/Apia")
    assert end_of_date(date(2018, 11, 3), sao_paulo) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert end_of_date(date(2011, 12, 29), apia) == datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert end_of_date(date(2011, 12, 30), apia) == datetime(2011, 12, 30, 10, tzinfo=UTC), "a day that never was"


# -- clock changes: against counting every minute ------------------------------------------------------


def last_sunday(year: int, month: int) -> date:
    """By hand, without the zone data: the European Union changes its clocks on these Sundays at 01:00 UTC."""
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def wall_clock(minute: datetime, year: int) -> datetime:
    """Berlin's time of day by the rule of the directive, without the zone data."""
    summer = [datetime(year, month, last_sunday(year, month).day, 1, tzinfo=UTC) for month in (3, 10)]
    return (minute + timedelta(hours=2 if summer[0] <= minute < summer[1] else 1)).replace(tzinfo=None)


def minutes_by_the_wall(start: datetime, end: datetime, year: int) -> list[tuple[int, int]]:
    """For every minute of a span its weekday and its time of day in seconds."""
    local = [
        wall_clock(start + timedelta(minutes=number), year)
        for number in range(int((end - start).total_seconds()) // 60)
    ]
    return [(moment.weekday(), moment.hour * HOUR + moment.minute * 60) for moment in local]


CHANGES = [(year, month) for year in range(2024, 2036) for month in (3, 10)]
AROUND_THE_CHANGE = (
    windows("00:00-24:00"),
    windows("02:00-03:00"),
    windows("01:00-02:00", "03:00-04:00"),
    windows("00:00-12:00"),
    USUAL,
)


@pytest.mark.parametrize(("year", "month"), CHANGES, ids=[f"{year}-{month:02}" for year, month in CHANGES])
def test_every_clock_change_of_2024_to_2035_counts_as_every_minute_does(year, month):
    sunday = last_sunday(year, month)
    start = datetime(year, month, sunday.day, tzinfo=UTC) - timedelta(days=2, hours=3)
    spans = [
        (start, start + timedelta(days=5)),
        (start + timedelta(days=1, hours=23), start + timedelta(days=2, hours=5)),
    ]
    for since, until in spans:
        minutes = minutes_by_the_wall(since, until, year)
        for windows_of_a_day in AROUND_THE_CHANGE:
            hours = Hours(BERLIN, (windows_of_a_day,) * 5 + ((), windows_of_a_day))
            counted = 60 * sum(
                weekday != 5 and any(opens <= second < closes for opens, closes in windows_of_a_day)
                for weekday, second in minutes
            )
            assert hours.between(since, until) == counted, (windows_of_a_day, since)
            assert counted == 0 or hours.between(since, hours.add(since, counted)) == counted


@pytest.mark.parametrize("year", range(2024, 2036))
def test_a_window_in_the_hour_of_the_change_is_gone_in_spring_and_an_hour_long_in_autumn(year):
    half_past_two = Hours(BERLIN, (windows("02:15-02:45"),) * 7)
    spring, autumn = last_sunday(year, 3), last_sunday(year, 10)
    assert not half_past_two.is_business_day(spring)
    begin = datetime(year, 10, autumn.day, tzinfo=UTC) - timedelta(hours=2)
    assert half_past_two.between(begin, begin + timedelta(hours=25)) == 30 * 60, "the first 02:15 counts"
    assert half_past_two.is_open(datetime(year, 10, autumn.day, 0, 30, tzinfo=UTC))
    assert not half_past_two.is_open(datetime(year, 10, autumn.day, 1, 30, tzinfo=UTC))


def test_a_window_that_begins_in_the_hour_left_out_opens_with_the_clock_change():
    hours = Hours(BERLIN, (windows("02:30-05:00"),) * 7)
    assert hours.next_opening(at("2026-03-29T00:00")) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert hours.between(at("2026-03-29T00:00"), at("2026-03-29T12:00")) == 2 * HOUR
    until_the_gap = Hours(BERLIN, (windows("00:00-02:30"),) * 7)
    assert until_the_gap.between(at("2026-03-29T00:00"), at("2026-03-29T12:00")) == 2 * HOUR


def test_zones_east_and_west_of_us_reckon_by_their_own_days():
    for name in ("Pacific/Auckland", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"):
        zone = ZoneInfo(name)
        hours = Hours(zone, (USUAL,) * 5 + ((), ()))
        for year in (2025, 2026):
            assert hours.add(at(f"{year}-01-01T00:00", zone), HOUR).astimezone(zone) >= at(f"{year}-01-01T09:00", zone)
            assert hours.between(at(f"{year}-03-02T00:00", zone), at(f"{year}-03-03T00:00", zone)) in (
                0,
                8 * HOUR,
            )
        assert hours.between(at("2025-12-31T00:00", zone), at("2026-01-02T00:00", zone)) == 16 * HOUR


# -- local times as written -----------------------------------------------------------------------------


@pytest.mark.parametrize("year", range(2024, 2036))
def test_the_hour_left_out_is_refused_and_the_hour_that_comes_twice_names_both(year):
    spring, autumn = last_sunday(year, 3), last_sunday(year, 10)
    with pytest.raises(Refused) as refused:
        from_local(datetime(year, 3, spring.day, 2, 30), BERLIN, path="due")  # noqa: DTZ001
    assert (refused.value.code, refused.value.path) == ("nonexistent_local_time", "due")
    assert (refused.value.params["until"], refused.value.params["then"]) == ("01:59:59", "03:00:00")
    with pytest.raises(Refused) as refused:
        from_local(datetime(year, 10, autumn.day, 2, 30), BERLIN)  # noqa: DTZ001
    assert refused.value.code == "ambiguous_local_time"
    assert refused.value.params["earlier"] == f"{autumn}T02:30:00+02:00"
    assert refused.value.params["later"] == f"{autumn}T02:30:00+01:00"
    assert refused.value.params["earlier"] in str(refused.value)


def test_the_offset_says_which_of_the_two_is_meant():
    assert from_local(at("2026-10-25T02:30:00+02:00"), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert from_local(at("2026-10-25T02:30:00+01:00"), BERLIN) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_minutes_beside_a_clock_change_are_plain_times():
    for text, utc_hour in (("2026-03-29T01:59", 0), ("2026-03-29T03:00", 1), ("2026-10-25T03:00", 2)):
        assert from_local(datetime.fromisoformat(text), BERLIN).hour == utc_hour


# -- laws -------------------------------------------------------------------------------------------------

instants = st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
edges = st.lists(st.integers(0, 96), min_size=2, max_size=8, unique=True).map(sorted)
days_of_the_week = edges.map(
    lambda points: tuple(
        Window(opens * 900, closes * 900) for opens, closes in zip(points[::2], points[1::2], strict=False)
    )
)
closed_runs = st.lists(
    st.tuples(st.dates(date(2024, 1, 1), date(2035, 12, 1)), st.integers(0, 20)).map(
        lambda pair: Days(pair[0], pair[0] + timedelta(days=pair[1]))
    ),
    max_size=3,
).map(tuple)
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])


@st.composite
def any_hours(draw: st.DrawFn) -> Hours:
    weekly = [draw(days_of_the_week) if draw(st.booleans()) else () for _ in range(6)]
    weekly.append(draw(days_of_the_week))
    country, land = draw(st.sampled_from([(None, None), ("DE", None), ("DE", "NW"), ("DE", "Augsburg")]))
    return Hours(ZoneInfo(draw(zones)), tuple(weekly), country, land, closed=draw(closed_runs))


amounts = st.integers(1, 60 * HOUR)


@settings(max_examples=60, deadline=None)
@given(any_hours(), instants, amounts)
def test_what_was_added_lies_between_and_no_instant_before_would_do(hours, start, seconds):
    end = hours.add(start, seconds)
    assert hours.between(start, end) == seconds
    assert hours.between(start, end - timedelta(seconds=1)) == seconds - 1


@settings(max_examples=60, deadline=None)
@given(any_hours(), instants, amounts)
def test_what_was_subtracted_lies_between_and_no_instant_after_would_do(hours, end, seconds):
    start = hours.subtract(end, seconds)
    assert hours.between(start, end) == seconds
    assert hours.between(start + timedelta(seconds=1), end) == seconds - 1
    assert hours.is_open(start)


@settings(max_examples=60, deadline=None)
@given(any_hours(), st.tuples(instants, instants, instants).map(sorted))
def test_business_time_adds_up_never_shrinks_and_is_never_longer_than_time(hours, moments):
    first, second, third = moments
    assert hours.between(first, third) == hours.between(first, second) + hours.between(second, third)
    assert 0 <= hours.between(first, second) <= (second - first).total_seconds()
    assert hours.between(third, first) == 0


@settings(max_examples=60, deadline=None)
@given(any_hours(), instants, amounts, st.lists(st.tuples(instants, st.integers(0, 40 * HOUR)), max_size=4))
def test_with_pauses_too_what_was_added_lies_between(hours, start, seconds, lengths):
    pauses = [
        (since - (since - start) * 9 // 10, since - (since - start) * 9 // 10 + timedelta(seconds=length))
        for since, length in lengths
    ]
    pauses += [(start + timedelta(hours=1), start + timedelta(hours=30)), (start - timedelta(days=1), start)]
    end = hours.add(start, seconds, pauses)
    assert hours.between(start, end, pauses) == seconds
    assert end >= hours.add(start, seconds)


@settings(max_examples=40, deadline=None)
@given(any_hours(), instants)
def test_the_next_opening_is_open_and_nothing_before_it_is(hours, moment):
    opening = hours.next_opening(moment)
    assert hours.is_open(opening)
    assert hours.between(moment, opening) == 0
    day = hours.local_date(moment)
    assert hours.business_day(hours.business_day(day, 1), -1) <= day < hours.business_day(day, 1)


# -- bounds and speed ---------------------------------------------------------------------------------------


def test_fractions_of_a_second_are_cut_off():
    assert firm().between(at("2026-06-16T09:00:00.999999"), at("2026-06-16T09:00:01.000001")) == 1
    assert firm().add(at("2026-06-16T09:00:00.7"), 60) == at("2026-06-16T09:01:00")


def test_a_calendar_that_never_opens_again_ends_with_a_refusal_not_with_a_loop():
    shut = Hours(BERLIN, WEEK, closed=(Days(date(2026, 1, 1), date(2300, 1, 1)),))
    assert not shut.ever_opens()
    for search in (
        lambda: shut.add(at("2026-06-01T09:00"), HOUR),
        lambda: shut.next_opening(at("2026-06-01T09:00")),
        lambda: shut.business_day(date(2026, 6, 1), 1),
    ):
        began = process_time()
        with pytest.raises(Refused) as refused:
            search()
        assert refused.value.code == "out_of_range"
        assert process_time() - began < 5
    assert shut.subtract(at("2026-06-01T09:00"), HOUR) == at("2025-12-31T16:00")


def test_every_instant_that_a_fact_may_have_can_be_reckoned_with():
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        hours = Hours(ZoneInfo(zone), (USUAL,) * 7)
        for moment in (datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)):
            assert hours.add(moment, HOUR) > moment
            assert hours.subtract(moment, HOUR) < moment


def test_a_time_without_a_zone_is_a_mistake_of_the_program_and_crashes():
    with pytest.raises(TypeError):
        firm().between(datetime(2026, 6, 1, 9), at("2026-06-02T09:00"))  # noqa: DTZ001


def test_ten_thousand_spans_of_thirty_days_take_less_than_a_third_of_a_second():
    hours = firm()
    start = datetime(2024, 1, 1, tzinfo=UTC)
    starts = [start + timedelta(minutes=97 * number) for number in range(10_000)]
    hours.between(start, starts[-1] + timedelta(days=30))
    took = []
    for _ in range(5):
        # The time of this process alone: others may be busy on the same machine.
        began = process_time()
        for moment in starts:
            hours.between(moment, moment + timedelta(days=30))
        took.append(process_time() - began)
    assert min(took) < 0.3


def test_equal_hours_are_equal_however_much_they_have_reckoned():
    one, other = firm(), firm()
    one.between(at("2026-06-01T09:00"), at("2027-06-01T09:00"))
    assert one == other
    assert hash(one) == hash(other)
    assert one != firm("BY")
    assert local_edge(date(2026, 6, 1), 0, BERLIN) == int(at("2026-06-01T00:00").timestamp())

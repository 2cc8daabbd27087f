"""Times are read as declared and never guessed: what could mean two moments, or none, is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from intake import moments

BERLIN = ZoneInfo("Europe/Berlin")
GERMAN = ("%d.%m.%Y %H:%M", "%d.%m.%Y")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "formats", "meant"),
    [
        ("2026-03-13", (), date(2026, 3, 13)),
        ("2026-03-13T09:15", (), utc(2026, 3, 13, 8, 15)),
        ("2026-03-13 09:15:30", (), utc(2026, 3, 13, 8, 15, 30)),
        ("2026-07-13T09:15:30.25", (), utc(2026, 7, 13, 7, 15, 30, 250_000)),
        ("2026-03-13T09:15:00Z", (), utc(2026, 3, 13, 9, 15)),
        ("2026-03-13t09:15:00z", (), utc(2026, 3, 13, 9, 15)),
        ("2026-03-13T09:15:00+0530", (), utc(2026, 3, 13, 3, 45)),
        (" 13.03.2026 ", GERMAN, date(2026, 3, 13)),
        ("13.03.2026 09:15", GERMAN, utc(2026, 3, 13, 8, 15)),
        ("2026-03-13", GERMAN, date(2026, 3, 13)),
        ("February 3, 2025", ("%B %d, %Y",), date(2025, 2, 3)),
        ("29/2/2016 1:16", ("%d/%m/%Y %H:%M",), utc(2016, 2, 29, 0, 16)),
        ("13.03.2026 09:15 +0000", ("%d.%m.%Y %H:%M %z",), utc(2026, 3, 13, 9, 15)),
        (1462216307945, ("unix_ms",), utc(2016, 5, 2, 19, 11, 47, 945_000)),
        ("1462216307", ("unix",), utc(2016, 5, 2, 19, 11, 47)),
        ("44927", ("excel",), date(2023, 1, 1)),
        (44927.5, ("excel",), utc(2023, 1, 1, 11)),
        # The second 2:30 of the night says itself which one it is.
        ("2026-10-25T02:30:00+01:00", (), utc(2026, 10, 25, 1, 30)),
    ],
)
def test_a_time_is_read_as_it_is_written(text, formats, meant):
    found = moments.read(text, formats, BERLIN)
    assert found == meant
    assert isinstance(found, datetime) == isinstance(meant, datetime)


@pytest.mark.parametrize(
    ("text", "formats", "code"),
    [
        ("2026-02-30", (), "nonexistent_date"),
        ("31.02.2026", GERMAN, "nonexistent_date"),
        ("31.02.2026 10:00", GERMAN, "nonexistent_date"),
        ("2026-03-13T24:00", (), "out_of_range"),
        ("2026-03-13T09:61", (), "out_of_range"),
        ("2026-03-29T02:30", (), "nonexistent_local_time"),
        ("29.03.2026 02:30", GERMAN, "nonexistent_local_time"),
        ("2026-10-25T02:30", (), "ambiguous_local_time"),
        ("25.10.2026 02:30", GERMAN, "ambiguous_local_time"),
        ("03/13/2026", GERMAN, "time_format"),
        ("13.03.26", GERMAN, "time_format"),
        ("13.03.2026 24:00", GERMAN, "out_of_range"),
        ("13.13.2026 24:00", GERMAN, "time_format"),
        ("bald", (), "time_format"),
        ("44927", GERMAN, "excel_date"),
        (44927.25, (), "excel_date"),
        ("1462216307945", (), "time_format"),
        (True, (), "time_format"),
        ("0001-01-01T00:00:00+14:00", (), "out_of_range"),
        ("9999-12-31T23:59:59-14:00", (), "out_of_range"),
        ("9" * 15, ("unix",), "out_of_range"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(text, formats, code):
    with pytest.raises(Refused) as caught:
        moments.read(text, formats, BERLIN)
    assert caught.value.code == code
    assert caught.value.text.format(**caught.value.params)


def test_a_time_that_happened_twice_is_shown_with_both_readings():
    with pytest.raises(Refused) as caught:
        moments.read("2026-10-25T02:30", (), BERLIN)
    params = caught.value.params
    assert (params["first"], params["second"]) == ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")


def test_without_a_zone_a_time_without_offset_is_refused_and_a_date_is_not():
    assert moments.read("2026-03-13", (), None) == date(2026, 3, 13)
    assert moments.read("2026-03-13T09:15Z", (), None) == utc(2026, 3, 13, 9, 15)
    for text in ("2026-03-13T09:15", "2026-03-13 09:15:00"):
        with pytest.raises(Refused) as caught:
            moments.read(text, (), None)
        assert caught.value.code == "zone_missing"


def test_the_excel_hint_names_the_date_that_the_number_means():
    with pytest.raises(Refused) as caught:
        moments.read("44927", GERMAN, BERLIN)
    assert caught.value.params["date"] == "2023-01-01"


def test_a_day_ends_at_24_00_also_where_the_clocks_change():
    assert moments.end_of_day(date(2026, 3, 13), BERLIN) == utc(2026, 3, 13, 23)
    assert moments.end_of_day(date(2026, 3, 29), BERLIN) == utc(2026, 3, 29, 22), "23 hours long"
    assert moments.end_of_day(date(2026, 10, 25), BERLIN) == utc(2026, 10, 25, 23), "25 hours long"
    assert moments.last_second(date(2026, 3, 13), BERLIN) == utc(2026, 3, 13, 22, 59, 59)
    # In São Paulo the clocks went forward at midnight: 4 November 2018 began at 01:00.
    assert moments.end_of_day(date(2018, 11, 3), ZoneInfo("America/Sao_Paulo")) == utc(2018, 11, 4, 3)
    assert moments.start_of_day(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo")) == utc(2018, 11, 4, 3)


def test_the_date_of_a_time_is_the_one_that_is_written():
    assert moments.day("2018-08-01 00:00:00", (), BERLIN) == date(2018, 8, 1)
    assert moments.day("13.03.2026 23:59", GERMAN, BERLIN) == date(2026, 3, 13)
    assert moments.day("2026-03-13T23:30:00Z", (), BERLIN) == date(2026, 3, 14), "an offset is brought to the zone"


def moments_between(first: int, last: int) -> st.SearchStrategy[datetime]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return st.integers(first * 10**6, last * 10**6).map(lambda us: epoch + timedelta(microseconds=us))


@given(st.lists(moments_between(-(2**31), 2**32), min_size=2))
def test_written_times_sort_as_the_moments_do(found):
    texts = [moments.written(each) for each in found]
    assert sorted(texts) == [moments.written(each) for each in sorted(found)]
    assert [datetime.fromisoformat(text) for text in texts] == found


@given(moments_between(946_684_800, 2_082_758_400))
def test_every_moment_comes_back_from_local_time_unless_the_clock_showed_it_twice(moment):
    moment = moment.replace(second=0, microsecond=0)
    local = moment.astimezone(BERLIN)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    if twice:
        with pytest.raises(Refused):
            moments.read(local.strftime("%d.%m.%Y %H:%M"), GERMAN, BERLIN)
    else:
        assert moments.read(local.strftime("%d.%m.%Y %H:%M"), GERMAN, BERLIN) == moment

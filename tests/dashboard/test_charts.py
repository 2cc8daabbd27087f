"""Pictures: their specification is valid, says in words what it shows, and keeps to the grammar."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import altair
import pytest

from dashboard import charts
from dashboard.charts import Bar, Column, Interval, StageCount, Strip, WeekCount
from dashboard.charts.palette import DARK, LIGHT
from dashboard.charts.picture import Chart, Style, floor_of_shares, spread, two_lines
from dashboard.shapes.account import BalancePoint, Drop, Fall
from dashboard.shapes.adviser import AdviceDay
from dashboard.shapes.contacts import ChannelAnswers
from dashboard.shapes.figures import Share, Spread
from dashboard.shapes.meaning import SaidAndCame
from dashboard.shapes.morning import DayMark
from dashboard.shapes.overview import Change, PointWeek, PromiseWeek
from dashboard.shapes.rules import LatenessStep
from dashboard.shapes.what_if import Difference
from tests.dashboard.sample import wilson
from words import translator

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 9)
GERMAN = Style.of(translator("de"), dark=False)
ENGLISH = Style.of(translator("en"), dark=True)
NOTHING = Share(0, 0, 0.0, 1.0)


def _weeks(n: int) -> list[date]:
    return [MONDAY - timedelta(weeks=back) for back in range(n - 1, -1, -1)]


def _promises(n: int) -> list[PromiseWeek]:
    return [PromiseWeek(week, wilson(50, 58), wilson(44, 58)) for week in _weeks(n)]


def _points(n: int) -> list[PointWeek]:
    return [PointWeek(week, 4210, -1890, week < MONDAY) for week in _weeks(n)]


def _line(*balances: int) -> list[BalancePoint]:
    start = datetime(2026, 1, 5, 9, tzinfo=BERLIN)
    before = [balances[0], *balances]
    return [BalancePoint(start + timedelta(days=9 * n), before[n], after) for n, after in enumerate(balances)]


FALL = Fall(
    date(2026, 3, 2),
    3100,
    date(2026, 3, 6),
    2000,
    (Drop(date(2026, 3, 3), "Therme zu spät", "…", -400), Drop(date(2026, 3, 5), "nachgefragt", "…", -700)),
    0,
)

ANSWERS = [
    ("per E-Mail", ChannelAnswers("email", Spread(10_140.0, 35_556.0, 93), 28_800)),
    ("im Chat", ChannelAnswers("chat", Spread(4_440.0, 12_792.0, 1), 14_400)),
]

CHANGES = [
    Change(date(2026, 2, 2), "andere Regeln", ("ab 5 statt 2",)),
    Change(date(2026, 2, 2), "andere Öffnungszeiten", ()),
    Change(date(2025, 1, 1), "andere Mitarbeiter", ("Mehmet ist dazugekommen",)),
]
COURSE = [
    Column("vorher", 941_268, True),
    Column("gehaltene Zusagen", 284_800),
    Column("Vorfälle", -10_300),
    Column("mit der Zeit verblasst", -176_900),
    Column("am Ende", 1_038_868, True),
]

DAYS = [
    AdviceDay(date(2026, 3, 12), 0.2, 0.05, 0.4),
    AdviceDay(date(2026, 3, 13), 0.69, 0.5, 0.8, wished=True),
    AdviceDay(date(2026, 3, 17), 0.97, 0.9, 0.99, proposed=True),
]

LATENESS = [
    LatenessStep(0, -200, "sofort −2"),
    LatenessStep(1.5, -325, "nach 1,5 Tagen −3,25"),
    LatenessStep(10, -800, "ab 10 Tagen −8"),
]
CLASSES = [SaidAndCame(0.62, wilson(55, 100)), SaidAndCame(0.8, wilson(85, 100)), SaidAndCame(0.9, wilson(45, 50))]
DIFFERENCES = [Difference(-200, -100, 4), Difference(-100, 0, 9), Difference(0, 100, 2)]
STAGES = [StageCount("gefestigt", 120, 96), StageCount("neu", 0, 1)]

EVERY = {
    "reliability": lambda style: charts.reliability(_promises(13), 0.9, style),
    "reliability of one week": lambda style: charts.reliability(_promises(1), 0.9, style),
    "reliability of nothing": lambda style: charts.reliability([PromiseWeek(MONDAY, NOTHING, NOTHING)], 0.9, style),
    "reliability of a year": lambda style: charts.reliability(_promises(52), 0.9, style),
    "reliability with changes": lambda style: charts.reliability(_promises(13), 0.9, style, CHANGES),
    "course": lambda style: charts.course(COURSE, style),
    "course of nothing": lambda style: charts.course([Column("vorher", 0, True), Column("am Ende", 0, True)], style),
    "course below zero": lambda style: charts.course(
        [Column("vorher", -400, True), Column("verspätet", -900), Column("am Ende", -1300, True)], style
    ),
    "strip": lambda style: charts.strip(Strip([0.4, 0.9, 0.9, 1.0, 1.0], 1.0, str, [0, 0.5, 1.0], 0.9), style),
    "strip of many": lambda style: charts.strip(Strip([3.0] * 500 + [9.0], 8.0, str, [0, 4.0, 8.0]), style),
    "points": lambda style: charts.points_by_week(_points(13), style),
    "points of a year": lambda style: charts.points_by_week(_points(52), style),
    "no points": lambda style: charts.points_by_week([PointWeek(MONDAY, 0, 0, False)], style),
    "counts": lambda style: charts.counts_by_week([WeekCount(w, 3, True) for w in _weeks(13)], style, bad=True),
    "no counts": lambda style: charts.counts_by_week([WeekCount(MONDAY, 0, False)], style, bad=False),
    "balance": lambda style: charts.balance(_line(2000, 3100, 1800), [("solid", 2000)], BERLIN, style),
    "balance below zero": lambda style: charts.balance(_line(-300, -2600, 100), [("lost", -2000)], BERLIN, style),
    "balance that never moved": lambda style: charts.balance(_line(0, 0), [], BERLIN, style),
    "waterfall": lambda style: charts.waterfall(FALL, style),
    "waterfall below zero": lambda style: charts.waterfall(FALL._replace(top=300, bottom=-800), style),
    "intervals": lambda style: charts.intervals([Interval("letzte Zusage", 0.83, 0.69, 0.91)], 0.9, style),
    "interval without a value": lambda style: charts.intervals(
        [Interval("zu wenig bekannt", None, 0.2, 0.95)], None, style
    ),
    "possible days": lambda style: charts.possible_days(DAYS, 0.9, style),
    "possible days of too little": lambda style: charts.possible_days(
        [AdviceDay(date(2026, 3, 12), None, 0.02, 0.98, wished=True)], 0.9, style
    ),
    "answer times": lambda style: charts.answer_times(ANSWERS, style),
    "lateness": lambda style: charts.lateness(LATENESS, style),
    "lateness of one step": lambda style: charts.lateness(LATENESS[:1], style),
    "said and came": lambda style: charts.said_and_came(CLASSES, SaidAndCame(0.7, wilson(185, 250)), style),
    "said and came of one class": lambda style: charts.said_and_came([SaidAndCame(1.0, wilson(50, 50))], None, style),
    "said and came of what never came": lambda style: charts.said_and_came(
        [SaidAndCame(0.0, wilson(0, 50))], None, style
    ),
    "differences": lambda style: charts.differences(DIFFERENCES, style),
    "differences of one account": lambda style: charts.differences([Difference(-5, -4, 1)], style),
    "stages": lambda style: charts.stages(STAGES, style),
    "bars": lambda style: charts.bars([Bar("Teil kam zu spät", 12), Bar("Krankheit", 0)], style),
}


@pytest.mark.parametrize("style", [GERMAN, ENGLISH], ids=["de-light", "en-dark"])
@pytest.mark.parametrize("name", EVERY)
def test_every_picture_is_valid_vega_lite_and_says_in_words_what_it_shows(name, style):
    chart = EVERY[name](style)
    altair.LayerChart.validate(json.loads(json.dumps(chart.spec)))
    assert len(chart.alt) > 10
    assert "{" not in chart.alt


@pytest.mark.parametrize("name", EVERY)
def test_every_picture_draws_in_the_colours_of_its_theme_and_in_no_other(name):
    for style, allowed in ((GERMAN, LIGHT), (ENGLISH, DARK)):
        drawn = set(re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(EVERY[name](style).spec)))
        assert drawn <= set(allowed), drawn - set(allowed)


@pytest.mark.parametrize("name", EVERY)
def test_no_picture_has_a_legend_an_axis_title_or_a_domain_line(name):
    spec = json.dumps(EVERY[name](GERMAN).spec)
    assert '"title": null' in spec
    assert '"domain": false' in spec
    assert not re.search(r'"legend": (?!null)', spec)


def _texts(chart: Chart) -> list[str]:
    """What is written into the picture, once each."""
    marks = [layer["mark"] for layer in chart.spec["layer"] if isinstance(layer["mark"], dict)]
    return [mark["text"] for mark in marks if "text" in mark and "stroke" not in mark]


def test_both_lines_and_the_target_are_named_where_they_end():
    assert _texts(EVERY["reliability"](GERMAN)) == [
        "Ziel 90\u00a0%",
        "letzte Zusage 86\u00a0%",
        "erste Zusage 76\u00a0%",
    ]
    assert _texts(EVERY["reliability"](ENGLISH)) == ["target 90%", "last promise 86%", "first promise 76%"]


def test_the_first_promise_is_always_dashed_and_the_last_never():
    marks = [layer["mark"] for layer in EVERY["reliability"](GERMAN).spec["layer"]]
    dashed = {mark["color"]: "strokeDash" in mark for mark in marks if mark["type"] == "line"}
    assert dashed == {LIGHT.petrol: False, LIGHT.plum: True}


def test_a_week_without_promises_leaves_a_gap_and_not_a_zero():
    weeks = _promises(4)
    weeks[1] = PromiseWeek(weeks[1].week, NOTHING, NOTHING)
    values = charts.reliability(weeks, 0.9, GERMAN).spec["data"]["values"]
    assert [value["week"] for value in values if value["line"] == "last"] == [
        week.week.isoformat() for week in weeks if week.last.denominator
    ]


def test_labels_of_lines_that_end_together_are_kept_apart():
    same = [PromiseWeek(week, wilson(50, 58), wilson(50, 58)) for week in _weeks(4)]
    layers = charts.reliability(same, 0.9, GERMAN).spec["layer"]
    heights = [
        layer["data"]["values"][0]["share"] for layer in layers if "Zusage" in str(layer["mark"].get("text", ""))
    ]
    assert max(heights) - min(heights) >= 0.02


def test_a_week_that_is_not_over_is_paler():
    shades = [value["shade"] for value in charts.points_by_week(_points(3), GERMAN).spec["data"]["values"]]
    assert shades == [1, 1, 0.45]


def test_deposits_go_up_withdrawals_down_and_the_net_is_named_with_its_sign():
    chart = charts.points_by_week(_points(3), GERMAN)
    value = chart.spec["data"]["values"][-1]
    assert (value["in"], value["out"], value["net"]) == (42.1, -18.9, 23.2)
    assert _texts(chart) == ["Gutschriften", "unterm Strich +23", "Abbuchungen"]
    assert chart.alt == "Punkte je Woche: 126 gutgeschrieben und 57 abgebucht vom 23. Feb. bis 9. März."


def test_the_balance_says_its_last_value_and_its_top_with_the_day():
    chart = charts.balance(_line(2000, 3100, 1800), [("gefestigt ab hier", 2000)], BERLIN, GERMAN)
    assert _texts(chart) == ["gefestigt ab hier", "18", "31 am 14. Jan."]
    assert chart.alt == "Kontostand im Lauf der Zeit: anfangs 20, höchstens 31, jetzt 18."


def test_each_posting_has_its_mark_up_or_down():
    chart = charts.balance(_line(2000, 3100, 3100, 1800), [], BERLIN, GERMAN)
    (marks,) = [layer["data"]["values"] for layer in chart.spec["layer"] if "shape" in layer.get("encoding", {})]
    assert [mark["up"] for mark in marks] == [True, False]


def test_an_instant_is_drawn_on_the_readers_clock():
    line = [BalancePoint(datetime(2026, 3, 8, 23, 30, tzinfo=ZoneInfo("UTC")), 0, 100)] * 2
    first = charts.balance(line, [], BERLIN, GERMAN).spec["data"]["values"][1]["at"]
    assert datetime.fromtimestamp(first / 1000, ZoneInfo("UTC")).strftime("%d %H:%M") == "09 00:30"


def test_the_waterfall_walks_from_total_to_total():
    values = charts.waterfall(FALL, GERMAN).spec["data"]["values"]
    assert [value["said"] for value in values] == ["31", "−4", "−7", "20"]
    assert [(value["from"], value["to"]) for value in values] == [(0, 31), (31, 27), (27, 20), (0, 20)]
    assert charts.waterfall(FALL, GERMAN).alt == "Von 31 auf 20: Therme zu spät −4, nachgefragt −7."


def test_the_waterfall_never_has_more_than_three_steps_and_still_adds_up():
    drops = tuple(Drop(MONDAY, f"Grund {n}", "…", -100 * n) for n in range(1, 6))
    fall = Fall(MONDAY, 3000, MONDAY, 1400, drops, -100)
    values = charts.waterfall(fall, GERMAN).spec["data"]["values"]
    assert len(values) == 5
    assert values[-2]["label"] == "alles\nandere"
    assert values[-2]["to"] == values[-1]["to"] == 14


def test_what_rounding_hides_gets_no_column():
    values = charts.waterfall(FALL._replace(rest=-12), GERMAN).spec["data"]["values"]
    assert "alles\nandere" not in [value["label"] for value in values]


def test_lateness_falls_from_step_to_step_and_is_flat_after_the_last():
    chart = charts.lateness(LATENESS, GERMAN)
    line = next(layer["data"]["values"] for layer in chart.spec["layer"] if layer["mark"]["type"] == "line")
    assert [(round(each["days"], 1), each["points"]) for each in line] == [(0, -2), (1.5, -3.25), (10, -8), (12.2, -8)]
    assert _texts(chart) == ["−2", "−3,25", "−8"]
    axis = next(layer["encoding"]["x"]["axis"] for layer in chart.spec["layer"] if "x" in layer["encoding"])
    assert axis["labelExpr"].startswith("['sofort', '1,5', '10 Tage'][")
    assert chart.alt == "Was es kostet, zu spät zu sein: sofort −2, nach 1,5 Tagen −3,25, ab 10 Tagen −8."


def test_each_channel_says_its_middle_answer_and_how_many_there_were():
    chart = EVERY["answer times"](GERMAN)
    assert chart.alt == "per E-Mail: 2 Std. 49 Min., 93 Antworten. im Chat: 1 Std. 14 Min., 1 Antwort."
    assert [value["target"] for value in chart.spec["data"]["values"]] == [8, 4]


def test_dates_are_written_as_the_language_does():
    for style, pattern, march in ((GERMAN, "%-d. %b", "März"), (ENGLISH, "%-d %b", "Mar")):
        spec = EVERY["points"](style).spec
        assert spec["layer"][0]["encoding"]["x"]["axis"]["format"] == pattern
        assert spec["config"]["locale"]["time"]["shortMonths"][2] == march
        assert spec["config"]["locale"]["number"]["minus"] == "−"


def test_vegas_week_begins_on_sunday():
    days = EVERY["points"](GERMAN).spec["config"]["locale"]["time"]["days"]
    assert (days[0], days[1], days[6]) == ("Sonntag", "Montag", "Samstag")


@pytest.mark.parametrize(("lowest", "begins"), [(0.83, 0.7), (0.69, 0.6), (0.6, 0.5), (0.02, 0.0), (0.0, 0.0)])
def test_an_axis_of_shares_begins_at_a_full_ten_below_the_lowest(lowest, begins):
    assert floor_of_shares(lowest) == begins


def test_labels_are_spread_from_the_top_down():
    assert spread([10, 9, 3], gap=2) == [10, 8, 3]


def test_a_long_label_is_broken_near_its_middle():
    assert two_lines("zweimal nachgefragt") == "zweimal\nnachgefragt"
    assert two_lines("6. März") == "6. März"


def test_the_possible_days_name_the_wish_the_proposal_and_the_line_from_which_on_we_promise():
    assert _texts(EVERY["possible days"](GERMAN)) == [
        "ab hier sagen wir zu",
        "2 von 10",
        "6 von 10",
        "gewünscht",
        "fast 10 von 10",
        "Vorschlag",
    ]
    assert EVERY["possible days"](ENGLISH).alt == (
        "How surely it works out, day by day: Thu 12 Mar 2 in 10; Fri 13 Mar 6 in 10 (wished); "
        "Tue 17 Mar almost 10 in 10 (proposal)."
    )


def test_a_day_of_which_too_little_is_known_has_a_bar_and_no_figure():
    chart = EVERY["possible days of too little"](GERMAN)
    assert _texts(chart) == ["ab hier sagen wir zu", "gewünscht"]
    assert "Do 12. März zwischen 2 und 98\u00a0% (gewünscht)" in chart.alt
    assert chart.spec["data"]["values"][0]["value"] is None


def _axes(chart: Chart) -> tuple[list[float], list[float]]:
    """The domains of both axes."""
    first = chart.spec["layer"][0]["encoding"]
    return first["x"]["scale"]["domain"], first["y"]["scale"]["domain"]


@pytest.mark.parametrize("name", [name for name in EVERY if name.startswith("said and came")])
def test_what_was_said_and_what_came_have_the_same_axis_so_that_the_line_is_the_diagonal(name):
    chart = EVERY[name](GERMAN)
    x, y = _axes(chart)
    assert x == y
    assert 0 <= x[0] < x[1] <= 1
    for dot in chart.spec["data"]["values"]:
        assert all(x[0] <= dot[each] <= x[1] for each in ("said", "came", "low", "high"))
    assert chart.spec["layer"][0]["data"]["values"] == [{"said": end, "came": end} for end in x]


def test_a_class_of_more_cases_has_a_larger_dot_and_the_guess_is_named():
    chart = EVERY["said and came"](GERMAN)
    sizes = [dot["size"] for dot in chart.spec["data"]["values"]]
    assert sizes[0] == sizes[1] == 2 * sizes[2]
    assert _texts(chart) == ["gekommen", "gesagt", "immer 70\u00a0%"]
    assert chart.alt.startswith("62\u00a0% gesagt, 55\u00a0% gekommen von 100; ")


def test_lower_and_higher_balances_are_told_apart_in_words_and_not_by_colour_alone():
    chart = EVERY["differences"](ENGLISH)
    assert _texts(chart) == ["lower: 13", "higher: 2"]
    assert _texts(EVERY["differences of one account"](ENGLISH)) == ["lower: 1"]
    assert [value["lower"] for value in chart.spec["data"]["values"]] == [True, True, False]


@pytest.mark.parametrize(("first", "last", "width"), [(-200, 100, 100), (-5, 0, 1), (-4300, 2000, 500), (0, 900, 50)])
def test_the_axis_of_differences_has_few_marks_and_zero_among_them(first, last, width):
    classes = [Difference(start, start + width, 1) for start in range(first, last, width)]
    axis = charts.differences(classes, GERMAN).spec["layer"][0]["encoding"]["x"]["axis"]
    assert 0.0 in axis["values"]
    assert len(axis["values"]) <= 7


def test_each_stage_says_how_many_stand_in_it_today_and_then():
    values = EVERY["stages"](GERMAN).spec["data"]["values"]
    assert [value["said"] for value in values] == ["heute 120", "dann 96", "heute 0", "dann 1"]


# -- periods --------------------------------------------------------------------------------------


def test_a_change_of_rules_is_an_upright_with_its_words_and_says_on_hover_what_changed():
    chart = charts.reliability(_promises(13), 0.9, GERMAN, CHANGES)
    said = [
        value["said"]
        for layer in chart.spec["layer"]
        for value in layer.get("data", {}).get("values", ())
        if "said" in value
    ]
    assert "2. Feb.: andere Regeln. ab 5 statt 2\n2. Feb.: andere Öffnungszeiten." in said
    assert "2. Feb.: andere Regeln." in chart.alt
    texts = [layer["mark"].get("text") for layer in chart.spec["layer"]]
    assert "2 Änderungen" in texts


def test_each_row_of_a_course_begins_where_the_one_above_it_ends():
    values = charts.course(COURSE, GERMAN).spec["data"]["values"]
    ends = [value["to"] for value in values[:-1]]
    assert [value["from"] for value in values[1:-1]] == ends[:-1]
    assert values[-1]["to"] == pytest.approx(ends[-1])
    assert [value["said"] for value in values[:3]] == ["9.413", "+2.848", "−103"]


def test_a_course_whose_steps_are_small_beside_the_totals_begins_above_zero_and_says_so():
    assert charts.cut_off(COURSE)
    assert min(value["begin"] for value in charts.course(COURSE, GERMAN).spec["data"]["values"]) > 0
    assert not charts.cut_off([Column("vorher", 100, True), Column("Zusagen", 900), Column("am Ende", 1000, True)])


def test_a_strip_has_a_dot_for_every_customer_until_there_are_too_many():
    few = Strip([1.0, 1.1, 4.0], 8.0, str, [0, 4.0, 8.0])
    assert (charts.per_dot(few), len(charts.strip(few, GERMAN).spec["data"]["values"])) == (1, 3)
    many = Strip([1.0] * 90 + [99.0], 8.0, str, [0, 4.0, 8.0])
    assert charts.per_dot(many) == 10
    assert len(charts.strip(many, GERMAN).spec["data"]["values"]) == 10


def test_the_day_says_in_words_what_the_strip_shows_and_no_label_lies_over_another():
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 3, 12, 7, 40, tzinfo=zone)
    marks = [
        DayMark(now.replace(hour=9, minute=0), "due", "Herr Aydin"),
        DayMark(now.replace(hour=9, minute=30), "notice", "Hausverwaltung Nord"),
        DayMark(now.replace(hour=15, minute=0), "due", "Café Lindner"),
        DayMark(now.replace(hour=22, minute=0), "due", "spät"),
    ]
    for lang, said in (("de", "9 Uhr fällig für Herr Aydin"), ("en", "9 am due for Herr Aydin")):
        chart = charts.day(marks, now, zone, Style.of(translator(lang), dark=False))
        assert said in chart.alt
        assert "spät" not in chart.alt, "the strip ends at six"
    values = chart.spec["data"]["values"]
    assert [value["lane"] for value in values] == [0, 1, 0]


@pytest.mark.parametrize(("values", "left"), [([0.4, 0.8, 0.88], "Mitte"), ([0.4, 1.0, 1.0], "Ziel")])
def test_in_a_strip_no_rule_runs_through_the_words_of_the_other(values, left):
    layers = charts.strip(Strip(values, 1.0, str, [0, 0.5, 1.0], 0.9), GERMAN).spec["layer"]
    words = {layer["mark"]["text"].split()[0].strip(":"): layer for layer in layers if layer["mark"]["type"] == "text"}
    rules = sorted((each["data"]["values"][0]["at"], each) for each in layers if each["mark"]["type"] == "rule")
    (_, first), (_, second) = rules
    (right,) = words.keys() - {left}

    assert (
        words[right]["encoding"]["y"]["value"] < first["encoding"]["y"]["value"] < words[left]["encoding"]["y"]["value"]
    )
    assert second["encoding"]["y"]["value"] == 0
    assert {words[name]["mark"]["align"] for name in words} == {"right"}

"""`konto kpi` and `konto promises`: figures and lists as of any moment, as known at any moment."""

from __future__ import annotations

import pytest

from tests.cli.home import fact


def test_a_share_comes_with_its_numbers_and_its_interval(told):
    answer = told("kpi", "on_time_rate", "--as-of", "2026-03-12T00:00:00Z", "--json").json
    assert answer["as_of"] == "2026-03-12T00:00:00Z"
    (group,) = answer["groups"]
    share = group["kpis"]["on_time_rate"]
    assert group["key"] is None
    assert (share["numerator"], share["denominator"]) == (1, 3), "A-2 kept; A-1 late, B-1 overdue; B-2 open"
    assert share["value"] == pytest.approx(1 / 3)
    assert share["interval"] == pytest.approx([0.0615, 0.7923], abs=1e-4)


def test_times_come_as_median_p90_max_and_n_in_hours(told):
    (group,) = told("kpi", "lateness_hours", "--json").json["groups"]
    late = group["kpis"]["lateness_hours"]
    assert (late["median"], late["p90"], late["max"], late["n"]) == (24.0, 24.0, 24.0, 1)
    assert late["business"]["median"] == 8.0


def test_without_as_of_the_clock_decides(told):
    overdue = ("promises", "--state", "overdue", "--count", "--json")
    assert told(*overdue).json == {"count": 1}
    told.later(days=2)
    assert told(*overdue).json == {"count": 2}


def test_a_date_for_a_moment_means_midnight_in_the_zone_of_the_settings(told):
    made = fact("promise.made", "2026-03-02T10:00", promise="C", customer="K-08", due="2026-03-10")
    told.took([made])
    overdue = ("promises", "--state", "overdue", "--where", "customer=K-08", "--count", "--json", "--as-of")
    assert told(*overdue, "2026-03-11").json == {"count": 2}, "until 24:00 of the tenth, and that is 00:00 of the next"
    assert told(*overdue, "2026-03-10T22:59:59Z").json == {"count": 1}
    (told.home / "settings.toml").write_text('zone = "America/New_York"\n', encoding="utf-8")
    assert told("kpi", "--as-of", "2026-03-11", "--json").json["as_of"] == "2026-03-11T04:00:00Z"


def test_what_was_not_yet_recorded_counts_only_today(told):
    told.later(hours=1)
    told.took([fact("promise.fulfilled", "2026-03-09T11:00", promise="B-1")])
    known_then = ("kpi", "on_time_rate", "--json", "--known-on", "2026-03-12T09:30:00+01:00")
    then = told(*known_then).json["groups"][0]["kpis"]["on_time_rate"]
    now = told("kpi", "on_time_rate", "--json").json["groups"][0]["kpis"]["on_time_rate"]
    assert (then["numerator"], now["numerator"]) == (1, 2)


def test_by_a_dimension_there_is_a_group_for_each_value(told):
    groups = told("kpi", "on_time_rate", "--by", "owner", "--json").json["groups"]
    shares = {each["key"]: each["kpis"]["on_time_rate"] for each in groups}
    assert {key: (share["numerator"], share["denominator"]) for key, share in shares.items()} == {
        "ines": (0, 1), "lutz": (1, 2),
    }  # fmt: skip


def test_a_series_names_its_periods_and_a_date_only_due_belongs_to_its_own_day(told):
    (group,) = told("kpi", "on_time_rate", "--per", "day", "--json").json["groups"]
    series = {each["period"]: each["numerator"] for each in group["kpis"]["on_time_rate"]}
    assert series == {"2026-02-10": 0, "2026-02-20": 1, "2026-03-09": 0, "2026-03-13": 0}
    (months,) = told("kpi", "on_time_rate", "--per", "month", "--json").json["groups"]
    assert [each["period"] for each in months["kpis"]["on_time_rate"]] == ["2026-02", "2026-03"]


def test_from_and_to_select_by_due_and_the_end_is_exclusive(told):
    def counted(*options: str) -> int:
        return told("kpi", "on_time_rate", "--json", *options).json["groups"][0]["kpis"]["on_time_rate"]["denominator"]

    assert counted("--from", "2026-02-20", "--to", "2026-03-01") == 1
    assert counted("--to", "2026-02-20") == 1
    assert counted("--from", "2026-02-21") == 1


def test_a_condition_narrows_and_two_of_them_both_hold(told):
    def count(*pairs: str) -> int:
        options = [part for pair in pairs for part in ("--where", pair)]
        return told("promises", "--count", "--json", *options).json["count"]

    assert count("owner=lutz") == 3
    assert count("owner=lutz", "team=Verkauf") == 2
    assert count("customer=K-17") == 2
    assert count("customer=crm:K-17") == 2
    assert count("kind=price") == 0


def test_a_row_names_the_source_s_own_ids_and_its_moments_in_utc(told):
    (row,) = told("promises", "--where", "kind=delivery", "--json").json
    assert (row["promise"], row["source"], row["customer"], row["state"]) == ("A-1", "crm", "K-17", "kept_late")
    assert (row["what"], row["owner"], row["team"]) == ("Therme liefern", "ines", "Service")
    assert (row["made"], row["due"], row["first_due"]) == (
        "2026-02-03T09:00:00Z", "2026-02-10T11:00:00Z", "2026-02-10T11:00:00Z",
    )  # fmt: skip
    assert row["settled"] == "2026-02-11T11:00:00Z"


def test_an_open_row_says_until_when_notice_would_be_timely(told):
    (row,) = told("promises", "--state", "open", "--json").json
    assert row["promise"] == "B-2"
    assert row["last_moment"] == "2026-03-12T12:00:00Z", "8 business hours before Friday noon"


def test_the_list_behind_a_figure_is_what_it_was_counted_from(told):
    rows = told("kpi", "on_time_rate", "--list", "--json").json
    assert sorted(row["promise"] for row in rows) == ["A-1", "A-2", "B-1"]
    customers = told("kpi", "detractor_rate", "--list", "--json").json
    assert {each["customer"]: each["counts"] for each in customers} == {"K-17": True, "K-08": False}


def test_every_figure_is_there_when_none_is_named_also_on_an_empty_home(konto):
    (group,) = konto("kpi", "--json").json["groups"]
    assert len(group["kpis"]) >= 13
    assert group["kpis"]["on_time_rate"] == {"value": None, "numerator": 0, "denominator": 0, "interval": None}


def test_people_read_a_figure_with_what_it_rests_on_and_the_first_promise_beside_the_last(konto):
    for n in range(1, 11):
        made = fact("promise.made", "2026-02-02T09:00", promise=f"P{n}", customer="K", due="2026-02-20T12:00:00+01:00")
        konto.took([made, fact("promise.fulfilled", f"2026-02-{17 if n < 9 else 21}T10:00", promise=f"P{n}")])
    german = konto("kpi", "on_time_rate").out.splitlines()[0]
    assert german == (
        "80\u00a0% pünktlich (letzte Zusage), 80\u00a0% zum ersten Termin. Beruht auf 10 Zusagen; "
        "sicher liegt der Wert zwischen 49 und 94\u00a0%."
    )
    english = konto("kpi", "on_time_rate", "--lang", "en").out.splitlines()[0]
    assert english == (
        "80% on time (last promise), 80% by the date first promised. Rests on 10 promises; "
        "the value surely lies between 49 and 94%."
    )


def test_too_few_cases_are_no_statement_yet(told):
    assert told("kpi", "on_time_rate").out.startswith("Noch keine Aussage: erst 3 Zusagen.")


def test_the_german_of_every_figure_is_free_of_our_jargon(told):
    text = told("kpi").out + told("kpi", "--by", "team").out
    for word in ("KPI", "SLA", "Ticket", "Score"):
        assert word not in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["kpi", "on_time"], "on_time_rate"),
        (["kpi", "--by", "region"], "owner, team, kind"),
        (["kpi", "--per", "year"], "day, week, month"),
        (["kpi", "--where", "region=north"], "owner, team, kind"),
        (["kpi", "--where", "owner"], "owner=ines"),
        (["kpi", "--where", "kind=deliveries"], "delivery"),
        (["kpi", "--where", "owner=lutzz"], "lutz"),
        (["kpi", "--where", "team=Servise"], "Service"),
        (["kpi", "--where", "customer=K-1"], "K-17"),
        (["kpi", "--where", "kind=price", "--where", "kind=other"], "kind"),
        (["promises", "--state", "late"], "overdue"),
        (["kpi", "--list"], "--list"),
        (["kpi", "--from", "2026-03-01", "--to", "2026-02-01"], "--from"),
    ],
)
def test_an_unknown_name_is_refused_with_the_possible_ones(told, arguments, said):
    answer = told(*arguments, code=2)
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert answer.out == ""


def test_on_an_empty_home_every_value_is_possible_and_nothing_is_found(konto):
    for pair in ("owner=ines", "team=Service", "customer=K-17", "supplier=x"):
        assert konto("promises", "--where", pair, "--count", "--json").json == {"count": 0}


def test_the_same_plain_id_of_two_sources_is_never_guessed(told):
    other = fact("customer.registered", "2026-03-02T10:00", source="shop", customer="K-17", name="Jemand anderes")
    told.took([other])
    answer = told("promises", "--where", "customer=K-17", code=2)
    assert "crm:K-17" in answer.err
    assert "shop:K-17" in answer.err
    assert told("promises", "--where", "customer=crm:K-17", "--count", "--json").json == {"count": 2}


def test_people_see_at_most_100_promises_and_how_many_more_there_are(konto):
    konto.took([fact("promise.made", "2026-03-02T10:00", promise=f"P{n}", customer="K") for n in range(103)])
    answer = konto("promises")
    assert answer.out.endswith("103 Zusagen.\n")
    assert answer.err.startswith("3 weitere")
    assert len(konto("promises", "--json").json) == 103

"""`konto statement`: every line with its points, and a balance that is their sum."""

from __future__ import annotations

import pytest

from tests.cli.home import fact


def lines(answer):
    return [(line["rule"], line["base"], line["points"]) for line in answer.json["lines"]]


def test_every_line_names_rule_points_factors_and_the_fact_it_comes_from(told):
    answer = told("statement", "K-17", "--as-of", "2026-02-21T10:00:00+01:00", "--json", "--lang", "en").json
    assert [(line["rule"], line["base"], line["factors"], line["points"]) for line in answer["lines"]] == [
        ("fulfilled_late", -3.0, {}, -3.0),
        ("kept", 4.0, {"newness": 2.0}, 8.0),
        ("feedback", -3.0, {"sensitivity": 5 / 5.1}, -2.94),
    ]
    late = answer["lines"][0]
    assert late["time"] == "2026-02-11T11:00:00Z"
    assert late["text"] == "Therme liefern: 1 day late"
    assert late["fact"] == "crm:A-1/fulfilled/2026-02-11T12:00"
    assert answer["lines"][2]["text"] == "Feedback: 2 on a scale from 1 to 5"
    assert answer["lines"][2]["counts"] == -2.94, "not a second old"


def test_the_balance_is_the_sum_of_what_the_lines_count_at_any_moment(told):
    for moment in ("2026-02-01", "2026-02-10T12:30:00+01:00", "2026-02-15", "2026-03-12", "2027-03-12", "2031-01-01"):
        for customer in ("K-17", "K-08"):
            answer = told("statement", customer, "--as-of", moment, "--json").json
            assert sum(round(line["counts"] * 100) for line in answer["lines"]) == round(answer["balance"] * 100)


def test_a_year_later_a_line_counts_half(told):
    answer = told("statement", "K-17", "--as-of", "2027-02-11T12:00:00+01:00", "--json").json
    assert (answer["lines"][0]["points"], answer["lines"][0]["counts"]) == (-3.0, -1.5)


def test_while_a_promise_is_overdue_its_line_grows_and_fulfilment_replaces_it(told):
    two_days, three_days = (
        told("statement", "K-08", "--as-of", f"2026-03-{day}T12:00:00+01:00", "--json") for day in (11, 12)
    )
    assert lines(two_days) == [("overdue", -4.0, -4.0)]
    assert two_days.json["lines"][0]["provisional"] is True
    assert lines(three_days) == [("overdue", -5.0, -5.0)]
    told.took([fact("promise.fulfilled", "2026-03-11T12:00", promise="B-1")])
    assert lines(told("statement", "K-08", "--json")) == [("fulfilled_late", -4.0, -4.0)]


def test_an_intended_promise_costs_half_and_the_factor_is_named(konto):
    made = fact("promise.made", "2026-02-03T10:00", promise="A", customer="K", due="2026-02-10", binding="intended")
    konto.took([made, fact("promise.broken", "2026-02-09T10:00", promise="A")])
    (line,) = konto("statement", "K", "--json").json["lines"]
    assert (line["base"], line["factors"], line["points"]) == (-8.0, {"binding": 0.5}, -4.0)


def test_reliability_stage_and_buffer_stand_beside_the_balance(told):
    answer = told("statement", "K-17", "--json", "--lang", "de").json
    reliability = answer["reliability"]
    assert reliability["value"] is None, "two promises are too few for a figure"
    assert reliability["rests_on"] == 2
    assert 0 < reliability["interval"][0] < reliability["interval"][1] < 1
    assert answer["stage"] == "new"
    assert answer["stage_reason"] == "Bisher nur 3 Buchungen."
    assert answer["buffer"] == round(answer["balance"] / 4, 2)
    assert answer["customer"] == "K-17"


def test_as_known_on_counts_only_what_was_recorded_by_then(told):
    told.later(days=1)
    told.took([fact("promise.fulfilled", "2026-03-09T11:00", promise="B-1")])
    then = told("statement", "K-08", "--as-of", "2026-03-12", "--known-on", "2026-03-12T10:00:00+01:00", "--json")
    now = told("statement", "K-08", "--as-of", "2026-03-12", "--json")
    assert [rule for rule, *_ in lines(then)] == ["overdue"]
    assert [rule for rule, *_ in lines(now)] == ["kept"]
    assert (then.json["reliability"]["rests_on"], now.json["reliability"]["rests_on"]) == (0, 1)
    before = told("statement", "K-08", "--known-on", "2026-03-01", "--json").json
    assert (before["lines"], before["balance"]) == ([], 0.0)


def test_as_known_today_the_fold_on_demand_gives_what_the_tables_give(told):
    told.later(minutes=5)
    for customer in ("K-17", "K-08"):
        now = told("statement", customer, "--json").json
        known_now = told("statement", customer, "--known-on", "2026-03-12T09:05:00+01:00", "--json").json
        assert known_now == now


def test_a_promise_that_nobody_described_is_called_by_its_kind_and_id(konto):
    made = fact("promise.made", "2026-02-03T10:00", promise="A-7", customer="K", due="2026-02-10", kind="delivery")
    konto.took([made, fact("promise.broken", "2026-02-09T10:00", promise="A-7")])
    texts = {lang: konto("statement", "K", "--json", "--lang", lang).json["lines"][0]["text"] for lang in ("de", "en")}
    assert texts == {"de": "Lieferung A-7: nicht gehalten", "en": "Delivery A-7: not kept"}


def test_people_read_name_balance_relationship_and_what_happened(told):
    text = told("statement", "K-17").out
    assert text.startswith("Meier: Kontostand ")
    assert "Beziehung: neu. Bisher nur 3 Buchungen." in text
    assert "Beruht auf 2 Zusagen" in text
    assert "Therme liefern: 1 Tag zu spät" in text
    assert "−3,00" in text


def test_an_unknown_customer_is_refused_with_similar_ones(told):
    assert "K-17 (Meier)" in told("statement", "K-71", code=2).err
    assert "K-08 (Aydin)" in told("statement", "aydin", code=2).err


def test_an_id_of_two_sources_is_asked_back_with_both(told):
    told.took([fact("customer.registered", "2026-03-02T10:00", source="shop", customer="K-17")])
    answer = told("statement", "K-17", code=2)
    assert "crm:K-17" in answer.err
    assert "shop:K-17" in answer.err
    assert told("statement", "crm:K-17", "--json").json["customer"] == "K-17"
    assert told("statement", "shop:K-17", "--json").json["lines"] == []


@pytest.mark.parametrize("customer", ["K-17", "K-08"])
def test_the_order_of_arrival_makes_no_difference(konto, story, customer, tmp_path):
    backwards = type(konto)(tmp_path / "backwards")
    konto.took(story)
    backwards.took(story[::-1])
    assert backwards("statement", customer, "--json").json == konto("statement", customer, "--json").json


def test_why_the_balance_fell_is_answered_in_a_sentence(konto):
    due = "2026-03-03T12:00:00+01:00"
    konto.took(
        [
            fact("promise.made", "2026-02-23T10:00", promise="A", customer="K", due=due, what="Therme liefern"),
            fact("promise.fulfilled", "2026-03-05T12:00", promise="A"),
            fact("contact.inbound", "2026-03-06T10:00", contact="C", customer="K", channel="phone", chases="A"),
            fact("contact.answered", "2026-03-06T10:05", contact="C"),
        ]
    )
    answer = konto("statement", "K", "--json", "--lang", "de").json
    assert round(answer["fell"]["points"]) == 6
    assert answer["fell"]["text"] == (
        "Er fiel um 6 Punkte: am 5. März Therme liefern: 2 Tage zu spät (−4); am 6. März Musste nachfragen (−2)."
    )
    assert "In den letzten 90 Tagen: Er fiel um 6 Punkte" in konto("statement", "K", "--lang", "de").out
    english = konto("statement", "K", "--lang", "en").out
    assert "It fell by 6 points: on 5 March Therme liefern: 2 days late (−4)" in english


def test_where_nothing_fell_nothing_is_said(told):
    assert told("statement", "K-17", "--as-of", "2026-02-10", "--json").json["fell"] is None


def test_a_line_names_what_made_it_weigh_more(told):
    assert "[neuer Kunde: 2-fach]" in told("statement", "K-17", "--lang", "de").out


def test_a_reading_holds_its_own_instant(konto):
    set_at = "2026-03-02T10:00:00+01:00"
    konto.took([fact("customer.sensitivity_set", set_at[:16], customer="K", value=1.5)])
    at, before = (
        konto("statement", "K", "--as-of", moment, "--json").json["sensitivity"]["value"]
        for moment in (set_at, "2026-03-02T09:59:59+01:00")
    )
    assert (at, before) == (1.5, 1.0)


def test_it_is_printed_as_pdf_into_a_new_file_and_over_none_that_is_there(told, tmp_path):
    file = tmp_path / "Auszug.pdf"
    asked = ("statement", "K-17", "--as-of", "2026-02-21T10:00:00+01:00")
    assert told(*asked, "--pdf", str(file), "--json").json == told(*asked, "--json").json
    first = file.read_bytes()
    assert first.startswith(b"%PDF")
    refused = told(*asked, "--pdf", str(file), code=2).err
    assert "Auszug.pdf gibt es schon" in refused
    assert file.read_bytes() == first
    again = tmp_path / "again.pdf"
    assert "again.pdf" in told(*asked, "--pdf", str(again)).out
    assert again.read_bytes() == first, "the same account at the same moment is the same file"
    assert told(*asked, "--pdf", str(tmp_path / "no" / "folder.pdf"), code=2).err

"""`konto export`: the facts as they came, and a home that imports them has the same balances."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from intake import sample_firm
from tests.cli.home import NOW, Konto, fact
from tests.intake.workbooks import workbook


def exported(konto, *options):
    return [json.loads(line) for line in konto("export", *options).out.splitlines()]


def test_facts_come_out_as_they_came_in_the_order_of_recording_with_both_times(told, story):
    answer = exported(told)
    assert [each["id"] for each in answer] == [each["id"] for each in story]
    for out, came in zip(answer, story, strict=True):
        assert out.pop("recorded") == NOW.isoformat()
        zone = out.pop("zone", "Europe/Berlin")
        assert zone == "Europe/Berlin", "where a date without a time ends is settled when it is recorded"
        assert out == came


def test_of_one_customer_only_their_facts_come_out(told):
    assert [each["id"].partition("/")[0] for each in exported(told, "--customer", "K-08")] == ["K-08", "B-1", "B-2"]


def test_alerts_are_no_facts_and_stay_inside(told):
    told("tick")
    assert told("alerts", "list", "--json").json
    assert not [each for each in exported(told) if each["type"].startswith("alert.")]


def test_the_export_of_a_home_imported_there_again_is_all_known_already(told, tmp_path):
    file = tmp_path / "export.jsonl"
    file.write_text(told("export").out, encoding="utf-8")
    answer = told("import", str(file), "--json").json
    assert (answer["recorded"], answer["already"], answer["refused"]) == (0, 9, 0)


def all_answers(konto):
    """Every figure, every promise and every statement."""
    customers = sorted({each["customer"] for each in konto("promises", "--json").json})
    statements = []
    for customer in customers:
        statement = konto("statement", customer, "--json").json
        statement["lines"].sort(key=lambda line: (line["time"], line["fact"]))
        statements.append(statement)
    return konto("kpi", "--json").json, konto("promises", "--json").json, statements


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_an_empty_home_that_imports_the_export_of_the_sample_firm_has_the_same_balances_and_figures(tmp_path, format):
    facts = list(sample_firm.facts(7, 60, NOW - timedelta(minutes=1), customers=20))
    one, other = Konto(tmp_path / "one"), Konto(tmp_path / "other")
    one.took(facts)
    file = tmp_path / f"export.{format}"
    file.write_text(one("export", "--format", format).out, encoding="utf-8")
    answer = other("import", str(file), "--json").json
    assert (answer["recorded"], answer["refused"]) == (len(facts), 0)
    assert all_answers(other) == all_answers(one)


def test_a_published_rulebook_travels_with_the_export(told, tmp_path, written):
    rules = told("rules", "show").out.replace("kept = 4 ", "kept = 6 ")
    told("rules", "publish", str(written("rules.toml", rules)))
    told.later(days=1)
    told.took([fact("promise.fulfilled", "2026-03-12T12:00", promise="B-1")])
    other = Konto(tmp_path / "other", now=told.now)
    file = written("export.jsonl", told("export").out)
    other("import", str(file))
    assert other("rules", "show").out == rules
    assert other("statement", "K-08", "--json").json == told("statement", "K-08", "--json").json


DANGEROUS = ["=HYPERLINK(1)", "+49 89 1", "-1", "@x", "'quoted", "null", "5", "true", 'a;b,c\n"d"', "ü"]


def test_a_table_holds_nothing_that_a_spreadsheet_would_calculate_and_comes_back_as_it_was(konto, tmp_path):
    facts = [
        fact("promise.made", "2026-03-02T10:00", promise=f"P{n}", customer=f"K{n}", plan_b=text)
        for n, text in enumerate(DANGEROUS)
    ]
    facts.append(fact("customer.changed", "2026-03-02T10:00", customer="K1", name="=1", email=None, since="2020-01-01"))
    facts.append(fact("feedback.given", "2026-03-02T10:00", customer="K1", score=-2.5, scale_min=-5.0))
    konto.took(facts)
    table = konto("export", "--format", "csv").out
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row if cell]
    numbers = {"-2.5", "-5.0"}
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r" and cell not in numbers]

    other = Konto(tmp_path / "other")
    file = tmp_path / "export.csv"
    file.write_text(table, encoding="utf-8")
    assert other("import", str(file), "--json").json["refused"] == 0
    assert exported(other) == exported(konto)


def test_a_changed_cell_of_a_table_is_refused_with_its_column(told, tmp_path):
    table = told("export", "--format", "csv").out
    file = tmp_path / "export.csv"
    file.write_text(table.replace("feedback-given", "x").replace(",2.0,", ",two,"), encoding="utf-8")
    (error,) = told("import", str(file), "--json", code=2).json["errors"]
    assert (error["row"], error["column"], error["value"]) == (8, "data.score", "two")


def test_an_unknown_format_is_refused_and_json_is_no_table(told):
    assert "jsonl, csv" in told("export", "--format", "xml", code=2).err
    assert "--json" in told("export", "--format", "csv", "--json", code=2).err


def test_an_unknown_customer_is_refused(told):
    assert "K-17" in told("export", "--customer", "K-71", code=2).err


def test_an_export_that_a_spreadsheet_has_saved_as_a_workbook_is_read_again(konto, tmp_path):
    made = fact("promise.made", "2026-03-02T10:00", promise="A", customer="=K", due="2026-03-20", what="+49 30 1")
    price = fact("promise.made", "2026-03-02T11:00", promise="B", customer="=K", kind="price", amount=12.5,
                 currency="EUR", internal=True)  # fmt: skip
    konto.took([made, price])
    rows = list(csv.reader(io.StringIO(konto("export", "--format", "csv").out)))
    typed = [[{"12.5": 12.5, "true": True}.get(cell, cell) for cell in row] for row in rows]
    file = workbook(tmp_path / "export.xlsx", {"Tabelle1": typed})
    assert konto("import", str(file), "--json").json["already"] == 2

"""The page that explains the account: every number in it is what the code works out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from domain import account, rulebook
from domain.account import SENTENCES
from tests.docs import ledger

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "trust-account.md").read_text("utf-8")
EXAMPLES = list(ledger.examples(PAGE))
TITLES = [example.title for example in EXAMPLES]
COLUMNS = ["when", "line", "base", "factors", "points"]


def test_the_page_has_an_example_of_nearly_every_line():
    shown = {
        line for example in EXAMPLES for table in example.tables for line in re.findall(r"`(\w+)`", "".join(table))
    }
    rare = {
        "moved_in_time_without_alternative",
        "moved_late",
        "move_not_agreed",
        "withdrawn_with_one",
        "withdrawn_without",
        "honest_no",
    }
    assert set(SENTENCES) - rare <= shown


@pytest.mark.parametrize("example", EXAMPLES, ids=TITLES)
def test_an_example_gives_the_table_below_it(example):
    read = ledger.ledger(example.text)
    lines, *others = example.tables
    with_counts = "counts" in lines[0]
    assert lines == ledger.statement(read, [*COLUMNS, "counts"] if with_counts else COLUMNS)
    assert others[:1] == ([ledger.figures(read)] if with_counts else [])


@pytest.mark.parametrize("example", EXAMPLES, ids=TITLES)
def test_what_is_said_below_an_example_is_so(example):
    read = ledger.ledger(example.text)
    for name, outcome in re.findall(r"Outcome: (\w+) `(\w+)`", example.below):
        assert read.history.outcome(read.at, name) == outcome
    for name, when in re.findall(r"Last moment for notice: (\w+) (\d+ \w+ \d+:\d+)", example.below):
        assert read.last_moment(name) == when


def test_a_promise_of_nineteen_business_hours_needs_four_and_three_quarters_of_notice():
    assert "Q = 19 hours, so N = 4¾ hours" in PAGE
    assert rulebook.default().notice.needed(19 * 3600) == 4.75 * 3600


def test_every_line_of_a_statement_has_its_practice():
    table = PAGE[PAGE.index("## Every rule and where it comes from") :]
    rows = [row for row in table.splitlines() if row.startswith("| `")]
    explained = {line for row in rows for line in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert explained == set(SENTENCES)
    for row in rows:
        assert re.search(r"\bP\d+\b", row), row


def test_the_points_in_the_table_of_rules_are_those_of_the_rulebook():
    promise, customer = rulebook.default().promise, rulebook.default().customer
    worth = {
        "kept": promise.kept,
        "kept_after_timely_move": promise.kept_after_timely_move,
        "kept_after_late_move": promise.kept_after_late_move,
        "broken": promise.broken,
        "moved_in_time": promise.moved_in_time,
        "moved_in_time_without_alternative": promise.moved_in_time_without_alternative,
        "moved_late": promise.moved_late,
        "moved_late_without_alternative": promise.moved_late_without_alternative,
        "withdrawn": promise.withdrawn,
        "withdrawn_with_one": promise.withdrawn_with_one,
        "withdrawn_without": promise.withdrawn_without,
        "honest_no": customer.honest_no,
        "honest_no_with_alternative": customer.honest_no_with_alternative,
        "referral": customer.referral,
        "owner_changed": customer.owner_changed,
    }
    table = PAGE[PAGE.index("## Every rule and where it comes from") :]
    found = {}
    for row in table.splitlines():
        if row.startswith("| `"):
            names, points = re.findall(r"`(\w+)`", row.split("|")[1]), row.split("|")[2].split(",")
            found |= dict(zip(names, (each.strip() for each in points), strict=False))
    assert {name: found[name] for name in worth} == {name: _points(value) for name, value in worth.items()}


def _points(hundredths: int) -> str:
    return f"{hundredths // 100:+d}".replace("-", "−") if hundredths else "0"


def test_the_stages_on_the_page_are_those_of_the_code():
    section = PAGE[PAGE.index("**Stage**") :].split("A provisional line")[0]
    named = re.findall(r"^\| `(\w+)`", section, re.MULTILINE)
    assert tuple(named) == get_args(get_type_hints(account.Stage)["name"])

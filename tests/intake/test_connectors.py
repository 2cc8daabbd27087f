"""The shipped connectors: bodies as each system sends them, with invented values, become exactly these facts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.vocabulary import parse
from intake import files, mapping
from intake.fetch import Question
from tests.cli.home import Konto

HERE = Path(__file__).parent / "payloads"
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "payloads"
NOW = datetime(2026, 3, 12, 8, tzinfo=UTC)
SHIPPED = sorted(path.stem for path in mapping.SHIPPED.glob("*.toml"))

Case = dict[str, Any]


def cases(connector: str) -> list[Case]:
    """Each with its title, a body or the text of a CSV file, what the system answers when asked, and the facts."""
    found: list[Case] = json.loads((HERE / f"{connector}.json").read_text("utf-8"))
    return found


def write(body: Any, folder: Path) -> Path:
    """The body as the file that would be imported."""
    path = folder / ("sample.csv" if isinstance(body, str) else "sample.json")
    path.write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")
    return path


def mapped(connector: str, path: Path, answers: dict[str, Any]) -> list[dict[str, Any]]:
    def ask(question: Question) -> Any:
        return answers[question.url.partition("/objects/")[2].partition("?")[0]]

    found = list(mapping.facts_of_file(path, mapping.load(connector), now=NOW, ask=ask))
    assert [str(each.refused) for each in found if each.refused] == []
    made = [each.envelope for each in found if each.envelope is not None]
    for envelope in made:
        parse(envelope, now=NOW)
    return [{key: each[key] for key in ("type", "id", "time", "zone", "data") if key in each} for each in made]


EVERY_CASE = [
    pytest.param(connector, each, id=f"{connector}: {each['case']}")
    for connector in SHIPPED
    if (HERE / f"{connector}.json").exists()
    for each in cases(connector)
]


@pytest.mark.parametrize(("connector", "case"), EVERY_CASE)
def test_a_body_becomes_exactly_these_facts(connector, case, tmp_path):
    assert mapped(connector, write(case["body"], tmp_path), case.get("answers", {})) == case["facts"]


@pytest.mark.parametrize("connector", SHIPPED)
def test_every_fact_that_a_connector_can_give_is_shown_by_a_body(connector):
    given = {maker.type for maker in mapping.load(connector).makers}
    assert {fact["type"] for case in cases(connector) for fact in case["facts"]} == given


@pytest.mark.parametrize("connector", sorted(set(SHIPPED) - {"customers_csv", "promises_csv", "hubspot"}))
def test_what_comes_twice_is_recorded_once_and_every_change_is_taken(connector, tmp_path):
    konto = Konto(tmp_path / "home")
    for case in cases(connector):
        path = write(case["body"], tmp_path)
        first = konto("import", str(path), "--mapping", connector, "--json").json
        again = konto("import", str(path), "--mapping", connector, "--json").json
        assert (first["refused"], first["parked"]) == (0, 0), case["case"]
        assert (again["read"], again["recorded"]) == (len(case["facts"]), 0), case["case"]


@pytest.mark.parametrize(
    ("connector", "first", "later", "becomes"),
    [
        ("pipedrive_v2", "an activity with a date", "its date is moved", ["promise.renegotiated"]),
        ("pipedrive_v1", "an activity with a time of day in UTC", "it is moved and given to somebody else",
         ["promise.assigned", "promise.renegotiated"]),
        ("odoo", "a confirmed order with its promised delivery", "another delivery is promised",
         ["promise.renegotiated"]),
        ("odoo", "a partner without a telephone", "the partner has one now", ["customer.changed"]),
        ("zammad", "a customer writes an e-mail", "the customer's address has changed", ["customer.changed"]),
        ("appointments_csv", "appointments", "one is moved", ["promise.renegotiated"]),
    ],
)  # fmt: skip
def test_what_is_told_anew_otherwise_becomes_a_change(connector, first, later, becomes, tmp_path):
    konto = Konto(tmp_path / "home")
    told = {case["case"]: case["body"] for case in cases(connector)}
    konto("import", str(write(told[first], tmp_path)), "--mapping", connector)
    before = konto("export").out.splitlines()
    konto("import", str(write(told[later], tmp_path)), "--mapping", connector)
    new = [json.loads(line) for line in konto("export").out.splitlines() if line not in before]
    assert sorted(fact["type"] for fact in new) == becomes
    assert {fact["id"].split("/promise.")[0].split("/customer.")[0] for fact in new} <= {
        fact["id"] for case in cases(connector) for fact in case["facts"]
    }


def test_the_comment_of_a_connector_says_what_it_reads():
    for path in mapping.SHIPPED.glob("*.toml"):
        first = path.read_text("utf-8").splitlines()[0]
        assert first.startswith(("# Reads ", "# Kunden aus", "# Zusagen aus", "# Termine aus", "# An")), path.name


# -- bodies that nobody here made ---------------------------------------------------------------------

CONTACT = {
    "id": "1246965", "createdAt": "2016-05-02T19:00:00Z", "updatedAt": "2016-05-02T19:00:00Z",
    "properties": {"firstname": "Helga", "lastname": "Meier", "lifecyclestage": "subscriber"},
}  # fmt: skip


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the real records lie in ../shared/data, which is absent")
@pytest.mark.parametrize(
    ("name", "connector", "expected"),
    [
        ("zammad_ticket", "zammad", [("customer.registered", "customer/8"), ("contact.inbound", "article/104")]),
        ("zendesk_trigger", "zendesk_trigger",
         [("customer.changed", "ticket/7/requester"), ("contact.inbound", "ticket/7"),
          ("incident.reported", "ticket/7/incident")]),
        ("pipedrive_v2_lead_change", "pipedrive_v2", []),
        ("hubspot_deal_change", "hubspot", []),
        ("hubspot_batch", "hubspot",
         [("customer.registered", "contact/1246965"), ("customer.registered", "contact/1246978")]),
    ],
)  # fmt: skip
def test_a_real_body_is_read(name, connector, expected):
    answers = {f"contacts/{id}": CONTACT for id in (1246965, 1246978)}
    found = mapped(connector, REAL / f"{name}.json", answers)
    assert [(each["type"], each["id"]) for each in found] == expected


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the real records lie in ../shared/data, which is absent")
def test_every_real_body_can_be_read_as_rows():
    for path in sorted(REAL.glob("*.json")):
        assert [row.refused for row in files.read_rows(path)] == [None] * (2 if path.stem == "hubspot_batch" else 1)

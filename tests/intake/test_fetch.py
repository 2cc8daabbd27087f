"""What a row only names is asked for: with the secret, over TLS, from nobody but the host that the mapping names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Refused
from intake import mapping
from intake.fetch import Ask, Question
from tests.alerts.certificates import Authority
from tests.alerts.door import CUT, HANG
from tests.alerts.web_server import WebServer, answer
from wiring.fetching import MOST_BYTES, asker
from wiring.settings import ConnectorSettings

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
TOKEN = "pat-eu1-0000"

MAPPING = """
source = "crm"
[fetch.contact]
when = "kind == 'contact'"
url = "https://localhost:{port}/contacts/{{id}}?properties=name"
token = "crm"
take = "properties"
timeout_seconds = 0.5
[[fact]]
type = "customer.registered"
when = "contact"
id = "{{id}}"
time = "at"
[fact.data]
customer = "id"
name = "contact.name"
"""

FOUND = answer(200, "Content-Type: application/json", body=json.dumps({"properties": {"name": "Meier"}}))


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    found = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.file))
    return found


def knowing(token: str = TOKEN, *, allow_private: bool = True) -> Ask:
    return asker({"crm": ConnectorSettings(token=token, allow_private=allow_private)})


def facts(rows: list[dict[str, Any]], port: int, ask: Ask) -> Iterator[mapping.Mapped]:
    built = mapping.parse(MAPPING.format(port=port), "crm")
    return mapping.facts_of_document(rows, built, folder=Path(), now=NOW, ask=ask)


def row(id: object = 7, kind: str = "contact") -> dict[str, Any]:
    return {"id": id, "kind": kind, "at": "2026-03-12T08:00:00Z"}


def refused(rows: list[dict[str, Any]], port: int, ask: Ask) -> Refused:
    (found,) = facts(rows, port, ask)
    assert found.refused is not None
    assert TOKEN not in str(found.refused)
    return found.refused


def test_the_answer_is_seen_under_the_name_and_the_secret_goes_along(authority):
    with WebServer(FOUND, context=authority.server("localhost")).open() as server:
        (found,) = facts([row()], server.port, knowing())
    (request,) = server.requests
    assert found.envelope is not None
    assert found.envelope["data"] == {"customer": "7", "name": "Meier"}
    assert request.line == "GET /contacts/7?properties=name HTTP/1.1"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_an_answer_is_read_to_its_end_also_where_the_server_says_that_it_will_close(authority):
    body = json.dumps({"properties": {"name": "Meier", "about": "x" * 500_000}})
    reply = answer(200, "Content-Type: application/json", "Connection: close", body=body)
    with WebServer(reply, context=authority.server("localhost")).open() as server:
        (found,) = facts([row()], server.port, knowing())
    assert found.envelope is not None
    assert found.envelope["data"]["name"] == "Meier"


def test_nothing_is_asked_where_the_condition_does_not_hold_and_the_same_only_once(authority):
    with WebServer(FOUND, context=authority.server("localhost")).open() as server:
        found = list(facts([row(), row(8, "company"), row(), row(9)], server.port, knowing()))
    assert [each.row for each in found] == [1, 3, 4]
    assert [request.line.split()[1] for request in server.requests] == [
        "/contacts/7?properties=name", "/contacts/9?properties=name",
    ]  # fmt: skip


def test_what_comes_from_the_row_names_one_thing_and_leads_nowhere_else(authority):
    with WebServer(FOUND, context=authority.server("localhost")).open() as server:
        list(facts([row("../users?all#")], server.port, knowing()))
        assert "cannot be the name" in refused([row("..")], server.port, knowing()).text
        assert "stays incomplete" in refused([row(None)], server.port, knowing()).text
    assert [request.line.split()[1] for request in server.requests] == ["/contacts/..%2Fusers%3Fall%23?properties=name"]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (answer(404), "localhost answered 404"),
        (answer(401), "[connectors.crm]"),
        (answer(302, "Location: https://localhost/elsewhere"), "localhost answered 302"),
        (answer(200, body="<html>"), "is no JSON"),
        (answer(200, body='{"a": 1, "a": 2}'), "is no JSON"),
        (answer(200, body='"' + "a" * MOST_BYTES + '"'), "more than 1048576 bytes"),
        (HANG, "could not be asked (timeout)"),
        (CUT, "could not be asked"),
    ],
)  # fmt: skip
def test_whatever_is_no_answer_refuses_the_row_and_nobody_follows(authority, reply, says):
    with WebServer(reply, context=authority.server("localhost")).open() as server:
        assert says in str(refused([row()], server.port, knowing()))
    assert len(server.requests) == 1


def test_a_certificate_of_somebody_else_is_not_trusted_and_hears_no_secret(authority):
    with WebServer(FOUND, context=authority.server("other.example")).open() as server:
        assert "certificate" in str(refused([row()], server.port, knowing()))
    assert server.requests == []


def test_the_own_network_is_asked_only_where_the_settings_allow_it(authority):
    with WebServer(FOUND, context=authority.server("localhost")).open() as server:
        assert "allow_private" in str(refused([row()], server.port, knowing(allow_private=False)))
    assert server.requests == []


def test_without_a_secret_or_without_anybody_who_asks_the_row_is_refused():
    assert "[connectors.crm] token" in str(refused([row()], 1, asker({})))
    assert "nothing can be asked for here" in str(refused([row()], 1, mapping.nobody_asks))


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/x/{id}",
        "https://{id}.example.com/x",
        "https://api.example.com{id}",
        "https://user@api.example.com/{id}",
        "ftp://api.example.com/",
    ],
)
def test_the_host_is_fixed_and_spoken_to_over_tls(url):
    text = MAPPING.format(port=1).replace("https://localhost:1/contacts/{id}?properties=name", url)
    with pytest.raises(Refused) as caught:
        mapping.parse(text, "crm", "crm.toml")
    assert (caught.value.path, caught.value.params["mapping_line"]) == ("fetch.contact.url", 5)


def test_one_answer_leads_to_the_next():
    text = """
source = "crm"
[fetch.deal]
url = "https://api.example.com/deals/{id}"
token = "crm"
[fetch.contact]
url = "https://api.example.com/contacts/{deal.contact}"
token = "crm"
[let]
name = "join_nonempty(' ', [contact.first, contact.last])"
greeting = "name && join(' ', ['Dear', name])"
[[fact]]
type = "customer.registered"
id = "{id}"
time = "at"
[fact.data]
customer = "deal.contact"
name = "greeting"
"""
    answers = {"deals/7": {"contact": 31}, "contacts/31": {"first": "Ines", "last": None}}

    def ask(question: Question) -> Any:
        return answers[question.url.removeprefix("https://api.example.com/")]

    (found,) = mapping.facts_of_document([row()], mapping.parse(text, "crm"), folder=Path(), now=NOW, ask=ask)
    assert found.envelope is not None
    assert found.envelope["data"] == {"customer": "31", "name": "Dear Ines"}
    assert found.origins == {"id": "{id}", "time": "at", "data.customer": "deal.contact", "data.name": "greeting"}


@pytest.mark.parametrize(
    "table",
    ['[let]\nrows = "x"', '[let]\nitem = "x"', '[lookup.a]\nfile = "a.csv"\nkey = "x"\n[let]\na = "x"'],
)  # fmt: skip
def test_a_name_has_one_meaning(table):
    text = (
        f'source = "crm"\n{table}\n[[fact]]\ntype = "customer.left"\nid = "{{id}}"\ntime = "at"\ndata.customer = "id"\n'
    )
    with pytest.raises(Refused) as caught:
        mapping.parse(text, "crm")
    assert caught.value.code == "taken_name"


@pytest.mark.parametrize("let", ['a = "b"\nb = "id"', 'a = "a || id"'])
def test_a_value_is_worked_out_before_it_is_used(let):
    fact = '[[fact]]\ntype = "customer.left"\nid = "{id}"\ntime = "at"\ndata.customer = "a"\n'
    with pytest.raises(Refused) as caught:
        mapping.parse(f'source = "crm"\n[let]\n{let}\n{fact}', "crm", "crm.toml")
    assert (caught.value.path, caught.value.params["mapping_line"]) == ("let.a", 3)


def test_a_value_under_let_is_refused_and_required_by_the_columns_it_is_made_of(tmp_path):
    text = """
source = "crm"
[let]
due = "date(Termin)"
[[fact]]
type = "promise.made"
id = "{Nr}"
time = "Am"
[fact.data]
promise = "Nr"
customer = "Nr"
due = "due"
"""
    built = mapping.parse(text, "crm")
    assert built.columns == {"Nr", "Am", "Termin"}
    file = tmp_path / "x.csv"
    file.write_text("Nr,Am,Termin\n1,2026-03-02T08:00Z,2026-02-31\n", encoding="utf-8")
    (found,) = mapping.facts_of_file(file, built, now=NOW)
    assert found.refused is not None
    assert (found.refused.code, found.refused.params["column"], found.refused.params["row"]) == (
        "nonexistent_date", "Termin", 2,
    )  # fmt: skip

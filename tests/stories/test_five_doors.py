"""One life of a customer comes in by five doors, and the account is the one that it would be by a single door."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.certificates import Authority
from tests.alerts.web_server import WebServer, answer
from tests.api.serving import Api, serving
from tests.api.test_hooks import hubspot
from tests.cli.home import Konto
from tests.homes import open_at
from tests.intake.calendars import calendar, event
from tests.notation import at

PEOPLE = """
[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@firma.example"
aliases = ["77"]
roles = ["owner", "manager"]
"""
SETTINGS = """
[hooks.hubspot]
signature = "hubspot"
secret = "5f2a7c1e-hubspot-client"
address = "https://konto.example.com/hooks/hubspot?portal=33"

[connectors.hubspot]
token = "pat-eu1-0000"
allow_private = true
"""
SHIPPED = Path(__file__).parents[2] / "intake" / "mappings" / "hubspot.toml"

CONTACT = {
    "id": "1246965", "createdAt": "2026-02-02T10:00:00Z", "updatedAt": "2026-02-02T10:00:00Z", "archived": False,
    "properties": {
        "firstname": "Helga", "lastname": "Meier", "email": "helga.meier@example.com", "phone": None,
        "lifecyclestage": "customer",
    },
}  # fmt: skip
TICKET = {
    "id": "901", "createdAt": "2026-03-17T09:00:00Z", "updatedAt": "2026-03-17T09:00:00Z", "archived": False,
    "properties": {
        "subject": "Therme tropft", "content": "Seit gestern.", "source_type": "PHONE",
        "hs_ticket_category": "PRODUCT_ISSUE", "hs_ticket_priority": "HIGH", "hubspot_owner_id": "77",
    },
    "associations": {"contacts": {"results": [{"id": "1246965", "type": "ticket_to_contact"}]}},
}  # fmt: skip

QUESTION = """From: Helga Meier <helga.meier@example.com>
To: Ines Vogt <ines@firma.example>
Subject: Neue Therme
Message-ID: <frage-1@example.com>
Date: Mon, 2 Mar 2026 09:00:00 +0100

Was kostet eine neue Therme?
"""
REPLY = """From: Ines Vogt <ines@firma.example>
To: Helga Meier <helga.meier@example.com>
Subject: Re: Neue Therme
Message-ID: <antwort-1@firma.example>
In-Reply-To: <frage-1@example.com>
References: <frage-1@example.com>
Date: Mon, 2 Mar 2026 11:00:00 +0100

Das Angebot kommt bis Freitag.
"""
HEADS = "Nummer;Kundennummer;Was;Art;Zugesagt am;Zugesagt bis;Zuständig;Erledigt am;Zurückgenommen am;Grund\n"
OFFER = "A-1;hubspot:contact/1246965;Angebot;Sonstiges;02.03.2026 11:00;06.03.2026 17:00;ines;05.03.2026 16:00;;\n"


def visit(start: str, told: str, sequence: int) -> bytes:
    return calendar(
        event(
            "besichtigung-1",
            f":{start}",
            f"LAST-MODIFIED:{told}",
            "CREATED:20260303T080000Z",
            f"SEQUENCE:{sequence}",
            "SUMMARY:Besichtigung",
            people=("ORGANIZER:mailto:ines@firma.example", "ATTENDEE:mailto:helga.meier@example.com"),
            sent=f"DTSTAMP:{told}",
        )
    )


RECOVERY = [
    ("incident.explained", "2026-03-17T12:00:00+01:00", {"by": "ines"}),
    ("incident.apologised", "2026-03-17T12:05:00+01:00", {"by": "ines"}),
    ("incident.talked", "2026-03-18T09:00:00+01:00", {"by": "ines", "channel": "in_person"}),
    ("incident.resolved", "2026-03-18T15:00:00+01:00", {}),
]


DOORS = ("hubspot", "mail", "csv", "calendar", "shop")
LIFE = [
    ("2026-02-02T10:00", "hubspot", "customer.registered"),
    ("2026-03-02T09:00", "mail", "contact.inbound"),
    ("2026-03-02T10:00", "csv", "promise.made"),
    ("2026-03-02T11:00", "mail", "contact.answered"),
    ("2026-03-03T08:00", "calendar", "promise.made"),
    ("2026-03-05T15:00", "csv", "promise.fulfilled"),
    ("2026-03-10T09:00", "calendar", "promise.renegotiated"),
    ("2026-03-16T09:00", "shop", "promise.fulfilled"),
    ("2026-03-17T09:00", "hubspot", "contact.inbound"),
    ("2026-03-17T09:00", "hubspot", "incident.reported"),
    ("2026-03-17T12:00", "shop", "incident.explained"),
    ("2026-03-17T12:05", "shop", "incident.apologised"),
    ("2026-03-18T09:00", "shop", "incident.talked"),
    ("2026-03-18T15:00", "shop", "incident.resolved"),
]
"""As each door wrote the moment: with the offset of its own."""


def test_a_life_through_five_doors_gives_the_account_that_it_gives_through_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    several = lived_through_five_doors(tmp_path, monkeypatch)
    told = [json.loads(line) for line in several("export").out.splitlines()]
    heard = sorted((each["time"][:16], each["source"], each["type"]) for each in told if each["source"] in DOORS)
    assert heard == LIFE
    single = lived_through_one_door(tmp_path, told)
    now = "2026-04-01T12:00:00Z"
    (mine,) = [each for each in single("promises", "--json", "--as-of", now).json if each["what"] == "Angebot"]
    assert mine["state"] == "kept"
    ours, theirs = (
        statement(konto, customer, now) for konto, customer in ((several, "contact/1246965"), (single, "K-1"))
    )
    assert ours["lines"] == theirs["lines"]
    assert ours == {**theirs, "customer": ours["customer"]}
    assert len(ours["lines"]) >= 8


def lived_through_five_doors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Konto:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    home = tmp_path / "several"
    (home / "mappings").mkdir(mode=0o700, parents=True)
    (home / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (home / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    asked = [answer(200, "Content-Type: application/json", body=json.dumps(each)) for each in (CONTACT, TICKET)]
    with WebServer(*asked, context=authority.server("localhost")).open() as system:
        text = SHIPPED.read_text("utf-8").replace("https://api.hubapi.com", f"https://localhost:{system.port}")
        (home / "mappings" / "hubspot.toml").write_text(text, encoding="utf-8")
        konto = Konto(home, now=at("2026-02-02T12:00"))
        opened = open_at(home)
        with serving(opened) as api:
            webhook(api, at("2026-02-02T12:00"), "contact.creation", 1246965, 1770026400000)
            konto.now = at("2026-03-02T18:00")
            mails = [tmp_path / name for name in ("question.eml", "reply.eml")]
            for mail, content in zip(mails, (QUESTION, REPLY), strict=True):
                mail.write_text(content, encoding="utf-8")
            konto("mail", "file", *map(str, mails))
            konto.now = at("2026-03-03T12:00")
            appointment(konto, tmp_path, visit("20260312T080000Z", "20260303T080000Z", 0))
            konto.now = at("2026-03-06T18:00")
            (tmp_path / "offers.csv").write_text(HEADS + OFFER, encoding="utf-8")
            konto("import", str(tmp_path / "offers.csv"), "--mapping", "promises_csv")
            konto.now = at("2026-03-10T12:00")
            appointment(konto, tmp_path, visit("20260316T080000Z", "20260310T090000Z", 1))
            webhook(api, at("2026-03-17T11:00"), "ticket.creation", 901, 1773738000000)
            brought(api, at("2026-03-18T18:00"), konto)
        opened.close()
    return konto


def webhook(api: Api, now: datetime, kind: str, object: int, occurred: int) -> None:
    api.home.clock.now = now
    body = json.dumps([{"eventId": 1, "occurredAt": occurred, "subscriptionType": kind, "objectId": object}]).encode()
    taken = api.ask("POST", "/hooks/hubspot", body, headers=hubspot(body, now))
    assert taken.status == 200, taken.text
    assert taken.json["recorded"] >= 1, taken.text


def appointment(konto: Konto, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "visit.ics").write_bytes(content)
    told = konto("appointments", "file", str(tmp_path / "visit.ics"), "--json").json
    assert told["recorded"] == 1, told


def brought(api: Api, now: datetime, konto: Konto) -> None:
    """Over HTTP: that the visit took place, and the recovery."""
    api.home.clock.now = konto.now = now
    (visited,) = [row for row in konto("promises", "--json").json if row["source"] == "calendar"]
    done = ("promise.fulfilled", "2026-03-16T09:00:00+01:00", {"promise": f"calendar:{visited['promise']}"})
    steps = [(type, time, {"incident": "hubspot:ticket/901", **data}) for type, time, data in RECOVERY]
    facts = [
        {"specversion": "1.0", "source": "shop", "id": type, "type": type, "time": time, "data": data}
        for type, time, data in (done, *steps)
    ]
    told = api.ask("POST", "/facts", facts, key=api.key("facts:write")).json
    assert [each["status"] for each in told] == ["recorded"] * len(facts), told


def lived_through_one_door(tmp_path: Path, told: list[dict[str, Any]]) -> Konto:
    """The same facts, as one system would tell them of its own customer K-1."""
    home = tmp_path / "single"
    home.mkdir(mode=0o700)
    (home / "people.toml").write_text(PEOPLE, encoding="utf-8")
    konto = Konto(home, now=at("2026-03-18T18:00"))
    konto.took([alone(each) for each in told if not each["type"].startswith("document.")])
    return konto


def alone(envelope: dict[str, Any]) -> dict[str, Any]:
    data = dict(envelope["data"])
    for field in ("customer", "promise", "contact", "incident", "thread", "about", "chases"):
        if field in data:
            source, _, rest = data[field].partition(":")
            plain = rest if source in DOORS and rest else data[field]
            data[field] = "K-1" if field == "customer" else plain
    return {**envelope, "source": "crm", "id": f"{envelope['source']}/{envelope['id']}", "data": data}


def statement(konto: Konto, customer: str, now: str) -> Any:
    found = konto("statement", customer, "--json", "--as-of", now, "--lang", "en").json
    for line in found["lines"]:
        line.pop("fact")
    return found

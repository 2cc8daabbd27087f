"""What tells about a person never stands in the log, and what is destroyed there leaves the figures as they were."""

from __future__ import annotations

import hmac
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from domain.fact import SEALED
from domain.vault import NONCE_BYTES, MasterKey, SubjectKey
from projections import kpis, statements
from projections.filters import Moment
from tests.homes import Home, open_at
from tests.notation import Data, at
from wiring.worker import run_tick, sender

NOW = at("2026-04-01T12:00")

CANARIES = {
    "name": "Zobelzauber GmbH",
    "new_name": "Zobelzauber und Partner",
    "email": "zobel@zauberpost.example",
    "phone": "+49 7399 4711 0815",
    "customer": "KUNDENNUMMER-ZZ-81",
    "promise": "AUFTRAG-ZZ-4711",
    "fact": "BELEG-ZZ-0001",
    "parked_fact": "BELEG-ZZ-GEPARKT",
    "what": "Orgelpfeifen stimmen",
    "reason": "Der Blasebalg hatte Zahnweh",
    "alternative": "Harmonium zur Überbrückung",
    "plan_b": "Ersatzorganist aus Quakenbrück",
    "referred": "Familie Pfeifendeckel",
    "evidence": "abnahme-orgelbank.pdf",
    "by": "quirin.quast",
    "owner": "wendeline.wackernagel",
    "owner_address": "xaver@orgelbau.example",
    "text": "Die Tonlage war himmlisch",
    "document": "Dokumentenkanarie",
    "sensitive": "hört jeden schiefen Ton",
}
"""Twenty words that stand nowhere else."""
FOUND_IN_THE_CLEAR = b"Orgelabteilung"
"""A team is no person; the search finds it, so the search works."""


def fact(type: str, time: str, id: str, source: str = "crm", **data: Any) -> Data:
    return {"specversion": "1.0", "source": source, "id": id, "type": type, "time": at(time).isoformat(), "data": data}


def everything_personal() -> list[Data]:
    c = CANARIES
    who: dict[str, Any] = {"customer": c["customer"]}
    about: dict[str, Any] = {"promise": c["promise"]}
    return [
        fact("customer.registered", "2026-03-01T08:00", "1", **who, name=c["name"], email=c["email"], phone=c["phone"],
             owner=c["owner"], team=FOUND_IN_THE_CLEAR.decode()),
        fact("customer.changed", "2026-03-01T09:00", "2", **who, name=c["new_name"]),
        fact("customer.owner_assigned", "2026-03-01T10:00", "3", **who, owner=c["owner_address"]),
        fact("customer.sensitivity_set", "2026-03-01T11:00", "4", **who, value=1.5, reason=c["sensitive"]),
        fact("promise.made", "2026-03-02T09:00", c["fact"], **about, **who, due="2026-03-05", what=c["what"],
             by=c["by"], plan_b=c["plan_b"]),
        fact("promise.renegotiated", "2026-03-03T09:00", "6", **about, due="2026-03-31T12:00:00Z", reason=c["reason"],
             alternative=c["alternative"]),
        fact("promise.fulfilled", "2026-03-30T09:00", "7", **about, evidence=c["evidence"]),
        fact("promise.fulfilled", "2026-03-31T09:30", c["parked_fact"], promise="AUFTRAG-ZZ-9999"),
        fact("promise.broken", "2026-03-31T09:45", "8", promise="AUFTRAG-ZZ-9999", reason=c["reason"]),
        fact("feedback.given", "2026-03-31T09:00", "9", about=c["promise"], score=1, text=c["text"]),
        fact("referral.given", "2026-03-31T10:00", "10", **who, referred=c["referred"]),
        fact("request.declined", "2026-03-31T11:00", "11", **who, what=c["what"], reason=c["reason"], by=c["by"],
             alternative=c["alternative"]),
        fact("promise.made", "2026-03-31T12:00", "12", promise="AUFTRAG-ZZ-2", **who, due="2026-04-01T10:00:00Z",
             by=c["owner_address"], what=c["what"]),
    ]  # fmt: skip


def told(home: Home) -> None:
    """Every personal field there is, an alert about them with its delivery, and a document."""
    home.clock.now = at("2026-02-20T09:00")
    home.konto.publish("people", f'[[persons]]\nid = "quast"\nname = "{CANARIES["document"]}"\n')
    home.take_as_they_come(everything_personal(), NOW)
    # What turns out impossible keeps its reason, in which the earlier facts are named.
    home.take_as_they_come([fact("promise.made", "2026-03-31T09:00", "late", promise="AUFTRAG-ZZ-9999",
                                 customer=CANARIES["customer"])], NOW)  # fmt: skip
    (impossible,) = home.konto.log.parked()
    assert CANARIES["parked_fact"] in impossible.reason
    (newly,) = run_tick(home.konto)
    sender(home.konto).deliver(newly.alert)


def stored(home: Home) -> Iterator[tuple[str, bytes]]:
    """Whatever lies in the log's store, by place."""
    store = home.konto.log.store
    if store.engine == "postgres":
        with store.reading() as cursor:
            for table in store.tables():
                values = (value for row in cursor.execute(f"SELECT * FROM {table}").all() for value in row)
                yield table, b" ".join(each if isinstance(each, bytes) else str(each).encode() for each in values)
        return
    for name in ("events.db", "events.db-wal", "events.db-shm"):
        file = home.konto.home / name
        if file.exists():
            yield name, file.read_bytes()


def test_there_are_twenty_canaries():
    assert len(set(CANARIES.values())) == 20


def test_no_personal_word_stands_in_the_log_or_its_write_ahead_log(home: Home):
    told(home)
    places = dict(stored(home))
    assert places.get("events.db-wal") or places["vault"]
    everything = b"".join(places.values())
    assert FOUND_IN_THE_CLEAR in everything
    assert [canary for canary in CANARIES.values() if canary.encode() in everything] == []
    assert [canary for canary in CANARIES.values() if json.dumps(canary).encode() in everything] == []

    if home.konto.log.store.engine == "sqlite":
        home.konto.log.store.close()  # which moves the write-ahead log into the file itself
    everything = b"".join(data for _, data in stored(home))
    assert FOUND_IN_THE_CLEAR in everything
    assert [canary for canary in CANARIES.values() if canary.encode() in everything] == []


def test_every_personal_word_can_be_read_again_with_the_keys(home: Home):
    told(home)
    log = home.konto.log
    facts = [*log.opened(log.page(0, 100)), *(each.fact for each in log.parked())]
    everything = "\n".join(f"{each.id} {each.data!r}" for each in facts)
    assert [canary for canary in CANARIES.values() if canary not in everything] == []


def test_a_sealed_field_says_only_that_there_is_one(home: Home):
    told(home)
    (made, _) = (each for each in home.konto.log.page(0, 100) if each.type == "promise.made" and each.data.by)  # type: ignore[attr-defined]
    assert made.id == ""
    assert made.data.what == made.data.plan_b == SEALED  # type: ignore[attr-defined]
    assert made.data.by == home.konto.log.ids.person(CANARIES["by"])  # type: ignore[attr-defined]
    assert made.data.promise == made.stream  # type: ignore[attr-defined]


# -- seals and keys -----------------------------------------------------------------------------------


def vault(home: Home) -> list[tuple[str, str, bytes, str]]:
    """Fact, subject, what is sealed, and the HMAC in the event."""
    with home.konto.log.store.reading() as cursor:
        macs = {}
        for row in cursor.execute("SELECT state FROM stored_events").all():
            state = json.loads(row[0])
            macs[state["key"]] = state["mac"]
        rows = cursor.execute("SELECT fact, subject, sealed FROM vault").all()
    return [(fact, subject, sealed, macs[fact]) for fact, subject, sealed in rows]


def key_of(home: Home, subject: str) -> SubjectKey:
    with home.konto.log.store.reading() as cursor:
        key = home.konto.log.keys.of(cursor, subject)
    assert key is not None
    return key


def test_the_event_holds_an_hmac_of_its_secrets_under_the_customers_key(home: Home):
    told(home)
    rows = vault(home)
    assert len(rows) == 15, "the firm's rates of February are set by the tick"
    for fact_key, subject, sealed, mac in rows:
        key = key_of(home, subject)
        secrets = key.open(fact_key, sealed)
        text = json.dumps(dict(sorted(secrets.items())), separators=(",", ":"), ensure_ascii=False).encode()
        assert mac == hmac.digest(key.key, text, "sha256").hex()[:32]
        assert mac == key.mac(dict(reversed(secrets.items())))
        assert mac != key.mac({**secrets, "id": secrets["id"] + "x"})


def test_a_seal_opens_only_for_its_own_fact_and_customer(home: Home):
    told(home)
    (first, subject, sealed, _), (second, *_), *_ = (row for row in vault(home) if row[1] != "firm")
    key = key_of(home, subject)
    assert key.open(first, sealed)
    for other in (lambda: key.open(second, sealed),
                  lambda: SubjectKey("customer-other", key.key).open(first, sealed),
                  lambda: key.open(first, sealed[:-1] + bytes([sealed[-1] ^ 1]))):  # fmt: skip
        with pytest.raises(InvalidTag):
            other()


def test_a_wrapped_key_opens_only_for_its_own_customer_and_with_the_homes_key():
    master = MasterKey(bytes(32), random.Random(1).randbytes)
    wrapped = master.wrap(SubjectKey("customer-a", bytes(range(32))))
    assert master.unwrap("customer-a", wrapped).subject == "customer-a"
    with pytest.raises(InvalidTag):
        master.unwrap("customer-b", wrapped)
    with pytest.raises(InvalidTag):
        MasterKey(bytes([1] * 32), master.entropy).unwrap("customer-a", wrapped)


def test_every_seal_has_a_nonce_of_its_own(home: Home):
    told(home)
    nonces = [sealed[:NONCE_BYTES] for _, _, sealed, _ in vault(home)]
    assert len(set(nonces)) == len(nonces)


def test_keys_do_not_show_themselves_when_printed():
    master = MasterKey(b"master-key-of-thirty-two-bytes!!", random.Random(1).randbytes)
    subject = SubjectKey("customer-a", b"subject-key-of-thirty-two-bytes!")
    assert "thirty-two" not in f"{master!r}{subject!r}"


# -- destroyed keys -----------------------------------------------------------------------------------


def figures(home: Home) -> tuple[Any, ...]:
    """All rows of promises and accounts, and the figures over them."""
    moment = Moment(at("2026-04-02"))
    groups = kpis.figures(home.konto.library, home.konto.asker, kpis.Question(moment))
    lines = home.rows(f"SELECT customer, number, {statements.LINE} FROM lines ORDER BY customer, number")
    return groups, lines, home.rows("SELECT * FROM promises ORDER BY promise, known_from, at_from")


def test_a_destroyed_key_leaves_every_figure_as_it_was_and_no_name_behind(tmp_path: Path):
    home = open_at(tmp_path / "home")
    told(home)
    before = figures(home)
    assert before[1]
    with home.konto.log.store.writing() as cursor:
        cursor.execute("UPDATE vault_keys SET wrapped = NULL WHERE subject LIKE 'customer-%'")
    home.close()

    home = open_at(tmp_path / "home")
    home.konto.rebuild()
    assert figures(home) == before
    shown = "\n".join(
        str(row) for name in ("customers", "promise_words", "persons") for row in home.rows(f"SELECT * FROM {name}")
    )
    gone = set(CANARIES) - {"document"}
    assert [CANARIES[name] for name in sorted(gone) if CANARIES[name] in shown] == []
    home.close()


def test_nothing_more_is_recorded_about_a_customer_whose_key_was_destroyed(tmp_path: Path):
    home = open_at(tmp_path / "home")
    told(home)
    with home.konto.log.store.writing() as cursor:
        cursor.execute("UPDATE vault_keys SET wrapped = NULL WHERE subject LIKE 'customer-%'")
    home.close()
    home = open_at(tmp_path / "home")
    again, more = (
        everything_personal()[0],
        fact("referral.given", "2026-03-31T12:00", "99", customer=CANARIES["customer"]),
    )
    receipts = home.take_as_they_come([again, more], NOW)
    assert [(each.status, each.refused and each.refused.code) for each in receipts] == [("refused", "rule")] * 2
    assert home.konto.log.head() == home.konto.views.position()
    home.close()

"""However a correspondence comes in, in portions, late or twice, the same is known of it in the end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.mail.letter import Found
from tests.homes import Home, open_at
from wiring.mailing import take

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
INFO = "info@heizung-roth.example"
PEOPLE = '[[persons]]\nid = "ines"\nname = "Ines"\nemail = "ines@heizung-roth.example"\n'
CUSTOMERS = [f"kunde{number}@web.example" for number in range(3)]


def correspondence(seed: int, *, stripped: float = 0.0) -> list[Found]:
    """Threads of customers who ask and ask again, answers in between, and mails of ours that nobody asked for.

    `stripped`: so many of the programs take off all references but the last.
    """
    chance = random.Random(seed)
    mails: list[Found] = []
    threads: list[tuple[str, list[str]]] = []
    for number in range(30):
        at = START + timedelta(hours=3 * number, minutes=chance.randrange(60))
        if not threads or chance.random() < 0.3:
            threads.append((chance.choice(CUSTOMERS), []))
        customer, before = chance.choice(threads)
        ours = chance.random() < 0.4
        told = before[-1:] if chance.random() < stripped else before
        mails.append(_mail(number, customer, told, at, ours=ours))
        before.append(f"m{number}@x")
    return mails


def _mail(number: int, customer: str, before: Sequence[str], at: datetime, *, ours: bool) -> Found:
    sender, to = ("ines@heizung-roth.example", customer) if ours else (customer, INFO)
    refs = f"References: {' '.join(f'<{each}>' for each in before)}\r\n" if before else ""
    text = (
        f"From: {sender}\r\nTo: {to}\r\nSubject: x\r\nMessage-ID: <m{number}@x>\r\n{refs}"
        f"Date: {at:%a, %d %b %Y %H:%M:%S +0000}\r\n\r\n"
    )
    return Found(f"INBOX {number}", text.encode(), at + timedelta(seconds=2), in_sent=ours)


def firm(folder: Path) -> Home:
    folder.mkdir(mode=0o700)
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    home = open_at(folder)
    registered = [
        {
            "specversion": "1.0", "source": "crm", "id": address, "type": "customer.registered",
            "time": START.isoformat(), "data": {"customer": address, "email": address},
        }
        for address in CUSTOMERS
    ]  # fmt: skip
    home.take(registered)
    home.clock.now = START + timedelta(days=30)
    return home


def facts(home: Home) -> dict[str, Any]:
    found = [fact for fact in home.konto.log.opened(home.konto.log.page(0, 1000)) if fact.source == "mail"]
    return {fact.id: (fact.time, fact.data) for fact in found}


def answered(home: Home) -> list[Any]:
    home.konto.catch_up()
    return home.rows("SELECT question, answered_at FROM questions ORDER BY question")


@pytest.mark.parametrize("seed", range(4))
def test_read_in_portions_as_they_come_the_same_facts_are_recorded_as_at_once(tmp_path: Path, seed: int):
    mails = correspondence(seed, stripped=0.3)
    at_once, in_portions = firm(tmp_path / "a"), firm(tmp_path / "b")
    assert take(at_once.konto, mails).recorded == len(mails)
    chance, rest = random.Random(seed), list(mails)
    while rest:
        size = chance.randint(1, 8)
        # The last one of the portion before comes once more.
        take(in_portions.konto, rest[:size])
        rest = rest[size - 1 :] if size > 1 and len(rest) > size else rest[size:]
    assert facts(in_portions) == facts(at_once)
    assert answered(in_portions) == answered(at_once)
    at_once.close()
    in_portions.close()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_was_read_first_once_all_is_read_again_every_answer_has_its_question(tmp_path: Path, seed: int):
    """As when a folder is named later, or a customer becomes known: some mails are heard long after their answers."""
    mails = correspondence(seed)
    at_once, late = firm(tmp_path / "a"), firm(tmp_path / "b")
    take(at_once.konto, mails)
    first = [mail for mail in mails if mail.in_sent or random.Random(f"{seed}{mail.place}").random() < 0.5]
    take(late.konto, first)
    assert take(late.konto, mails).refused == 0
    assert {row[0] for row in answered(late) if row[1] is None} == {
        row[0] for row in answered(at_once) if row[1] is None
    }
    again = take(late.konto, mails)
    assert (again.recorded, again.already) == (0, len(mails)), "a third time nothing is new"
    at_once.close()
    late.close()

"""Who looked, who signed in, who was refused, as the audit page shows it to whoever may know."""

from __future__ import annotations

from dashboard.answers.accounts import survivor_of
from dashboard.answers.rights import refusal
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.looks import SHOWN, LookRow, Looks, LooksAsked
from domain.journal import LOOKS, WHATS, Wanted
from wiring import looking
from wiring.home import Konto
from wiring.told.looks import Teller
from words import translator

AT_THE_DOOR = tuple(each for each in WHATS if each not in LOOKS)


def newest(konto: Konto, reader: Reader, asked: LooksAsked) -> Looks | Refusal:
    if refused := refusal(konto, "looks", reader):
        return refused
    if asked.customer is None:
        entries = looking.looks(konto, Wanted(what=AT_THE_DOOR), limit=SHOWN + 1)
    else:
        survivor = survivor_of(konto, asked.customer)
        entries = looking.at_customer(konto, survivor, konto.clock(), limit=SHOWN + 1)
    teller = Teller(konto, konto.clock(), translator(reader.lang), entries)
    return Looks(tuple(LookRow(*teller.told(each)) for each in entries[:SHOWN]), len(entries) > SHOWN)

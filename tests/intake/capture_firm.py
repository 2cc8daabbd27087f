"""A firm that is told something: its customers, its people, and what is open with whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from domain import calendars
from domain.business_time import Hours
from intake.capture.understood import Customer, Known, OpenPromise, OpenQuestion

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 3, 11, 10, tzinfo=BERLIN)

CUSTOMERS = (
    Customer("crm:K-1", "K-1", "Müller GmbH"),
    Customer("crm:K-2", "K-2", "Anna Kern"),
    Customer("crm:K-3", "K-3", "Miller"),
    Customer("crm:K-4", "K-4", "Schulz Bau"),
    Customer("crm:K-5", "K-5", "Schmidt Nord"),
    Customer("crm:K-6", "K-6", "Schmidt Süd"),
    Customer("erp:7", "7", "Bäckerei Lenz"),
    Customer("crm:K-8", "K-8", "Miller & Sons"),
)
PROMISES: Mapping[str, tuple[OpenPromise, ...]] = {
    "crm:K-1": (OpenPromise("crm:A-1", "Angebot schicken"), OpenPromise("crm:A-2", "Wartung")),
    "erp:7": (OpenPromise("erp:B-1", None), OpenPromise("erp:B-2", "Brotregal")),
    "crm:K-3": (OpenPromise("crm:A-3", "offer for the roof"),),
}
QUESTIONS: Mapping[str, tuple[OpenQuestion, ...]] = {
    "crm:K-2": (OpenQuestion("mail:7", datetime(2026, 3, 9, 9, tzinfo=BERLIN)),),
    "crm:K-4": (
        OpenQuestion("mail:8", datetime(2026, 3, 9, 9, tzinfo=BERLIN)),
        OpenQuestion("mail:9", datetime(2026, 3, 10, 9, tzinfo=BERLIN)),
    ),
}
PEOPLE = {"ines": "ines", "ines huber": "ines", "lutz": "lutz"}


@cache
def hours(land: str | None = None) -> Hours:
    """The shipped calendar, with the public holidays of a Land."""
    calendar = calendars.default().calendars[calendars.default().default]
    return calendar.model_copy(update={"country": "DE", "land": land}).opening_hours


def firm(now: datetime = WEDNESDAY, *, by: str | None = None, land: str | None = None) -> Known:
    return Known(
        now=now,
        hours=lambda name: hours(land),
        customers=lambda text: [each for each in CUSTOMERS if text.casefold() in f"{each.name} {each.own_id}".lower()],
        near=lambda text: ["Müller GmbH (K-1)"] if text.startswith("Muell") else [],
        person=lambda name: PEOPLE.get(name.casefold()),
        promises=lambda customer: PROMISES.get(customer, ()),
        questions=lambda customer: QUESTIONS.get(customer, ()),
        by=by,
    )

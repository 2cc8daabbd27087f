"""Whom an appointment is with, and who of us keeps it; or why it is none that we promised a customer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from domain.promise import IN_CALENDARS
from intake.appointments.appointment import Appointment

MARK = re.compile(r"\[([^\[\]]{1,100})\]")
Why = Literal[
    "private",
    "free",
    "tentative",
    "nobody",
    "all_ours",
    "unknown",
    "ambiguous",
    "declined",
    "cancelled",
    "over",
    "own_feed",
    "answer",
]
"""Why an appointment gives no promise.

private: marked as private or confidential. free: it does not take up time, such as a birthday. tentative: not agreed
yet. nobody: nobody takes part but whoever's calendar it is. all_ours: only we take part. unknown: none of the others
is a customer by their address. ambiguous: an address or a number belongs to several customers. declined: the customer
said no. cancelled: before anybody heard of it. answer: nothing is agreed by it, such as a proposal of another time.
over: it was over before anybody heard of it. own_feed: it is a promise of ours that came back.
"""


class Known(NamedTuple):
    """What is known of people. Addresses are in small letters, customers are named as facts name them."""

    customers_at: Callable[[str], list[str]]
    """All customers with an address."""
    customers_called: Callable[[str], list[str]]
    """All customers with an own id, as facts name them."""
    one_of_us: Callable[[str], str | None]
    """How facts name whoever of us has an address: their id, else the address; None = none of us."""
    whose: str | None = None
    """Whose calendar it is."""
    customer: str | None = None
    """The customer of all appointments, where somebody says so."""


class Partner(NamedTuple):
    customer: str
    by: str | None
    theirs: bool
    """They invited us, not we them."""
    declined: bool
    """All of theirs who were asked said no."""


def partner(appointment: Appointment, known: Known) -> Partner | Why:
    """The first customer among organizer and guests; `why` not, else."""
    if appointment.private:
        return "private"
    if appointment.uid.endswith(IN_CALENDARS):
        return "own_feed"
    if appointment.free:
        return "free"
    addresses = list(dict.fromkeys(_addresses(appointment)))
    called = _called_in_title(appointment, known)
    others = [each for each in addresses if known.one_of_us(each) is None]
    by = next(filter(None, map(known.one_of_us, addresses)), known.whose)
    if known.customer is not None:
        return Partner(known.customer, by, bool(others) and appointment.organizer in others, False)
    if called:
        return "ambiguous" if len(called) > 1 else Partner(called[0], by, appointment.organizer in others, False)
    if not addresses:
        return "nobody"
    if not others:
        return "all_ours"
    found = {each: known.customers_at(each) for each in others}
    if any(len(customers) > 1 for customers in found.values()):
        return "ambiguous"
    customer = next((customers[0] for customers in found.values() if customers), None)
    if customer is None:
        return "unknown"
    theirs = {each for each, customers in found.items() if customer in customers}
    answers = [each.declined for each in appointment.guests if each.address in theirs]
    organized = appointment.organizer in theirs
    return Partner(customer, by, organized, bool(answers) and all(answers) and not organized)


def _called_in_title(appointment: Appointment, known: Known) -> list[str]:
    """Where nobody is invited by e-mail, the customer's own number stands in the title: “Wartung [K-17]”."""
    return list(
        dict.fromkeys(name for mark in MARK.findall(appointment.what or "") for name in known.customers_called(mark))
    )


def _addresses(appointment: Appointment) -> Iterator[str]:
    """Whoever invites first."""
    if appointment.organizer is not None:
        yield appointment.organizer
    yield from (each.address for each in appointment.guests)

"""Figures per person in this home: opened and closed by whoever looks after the users, and each look at them noted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import ValidationError

from domain import per_person
from domain.errors import Refused
from domain.per_person import BASES, STREAM, Basis, FiguresPerPersonClosed, FiguresPerPersonOpened, Opening
from domain.roles import allowed
from domain.vault import FIRM
from domain.vocabulary import refused
from projections import kpis
from projections import per_person as figures_per_person
from projections.kpis import Group, Question, protection
from projections.per_person import PerPerson
from wiring.answering import by
from wiring.home import Konto
from words import N_


class Found(NamedTuple):
    """`per_person` None: no figures of colleagues."""

    question: Question
    groups: list[Group]
    per_person: PerPerson | None


def figures(konto: Konto, question: Question, names: Sequence[str], page: str) -> Found:
    """The figures asked for, also of colleagues where they are open; each look at a colleague's is noted first."""
    if not protection.is_per_person(konto.library, konto.asker, question):
        return Found(question, kpis.figures(konto.library, konto.asker, question, names), None)
    found = figures_per_person.figures(konto.library, konto.asker, question, names)
    for person in found.people:
        konto.note("figures", person, page)
    return Found(found.question, found.groups, found)


def listed(konto: Konto) -> list[Opening]:
    """Every time they were opened, in order, as far as that can be read: everybody who works here may know of it."""
    allowed(konto.asker, "documents")
    return per_person.openings(konto.log.legibly_opened(konto.log.readable([STREAM]).get(STREAM, [])))


def open_(
    konto: Konto,
    *,
    basis: str | None,
    purpose: str | None,
    start: datetime | None,
    end: datetime | None,
    places: tuple[str, str, str, str] = ("basis", "purpose", "from", "until"),
) -> Opening:
    """Figures per person are shown from `start` (else at once) until `end`. Raises Refused; `places` say where."""
    allowed(konto.asker, "open_figures")
    if basis not in BASES:
        raise Refused("unknown_value", WHICH_BASIS, places[0], known=", ".join(BASES))
    if purpose is None or not purpose.strip():
        raise Refused("missing", WHICH_PURPOSE, places[1])
    if end is None:
        raise Refused("missing", WHICH_END, places[3])
    now = konto.clock()
    data = _data(basis, purpose, start or now, end, by(konto))
    with konto.log.writing() as writer:
        history = writer.history(STREAM)
        per_person.open_for(per_person.openings(history), data, now)
        fact = per_person.event(konto.log.ids, data, number=len(history) + 1, now=now)
        written, secrets = per_person.sealed(fact)
        writer.append(written, secrets, FIRM)
    konto.catch_up()
    return listed(konto)[-1]


def close(konto: Konto) -> Opening:
    """From now on they are not shown, before their time is over. Raises Refused."""
    allowed(konto.asker, "open_figures")
    now = konto.clock()
    with konto.log.writing() as writer:
        history = writer.history(STREAM)
        per_person.close_now(per_person.openings(history), now)
        data = FiguresPerPersonClosed(by=by(konto))
        writer.append(per_person.event(konto.log.ids, data, number=len(history) + 1, now=now), None, FIRM)
    konto.catch_up()
    return listed(konto)[-1]


def _data(basis: Basis | str, purpose: str, start: datetime, end: datetime, who: str) -> FiguresPerPersonOpened:
    try:
        return FiguresPerPersonOpened.model_validate(
            {"basis": basis, "purpose": purpose.strip(), "valid_from": start, "valid_until": end, "by": who}
        )
    except ValidationError as error:
        raise refused(error) from None


WHICH_BASIS = N_("Please say on what basis. Possible are: {known}.")
WHICH_PURPOSE = N_("Please say for what purpose: what the agreement names, in a sentence.")
WHICH_END = N_("Please say until when, at most 24 months ahead.")

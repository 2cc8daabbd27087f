"""Quick capture in this home: what the reader may know of it, and the fact recorded once it is confirmed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from domain.fact import Fact
from domain.roles import allowed
from domain.vocabulary import parse
from intake.capture.reader import read
from intake.capture.understood import Customer, Known, OpenPromise, OpenQuestion, Unclear, Understood
from projections import contacts, customers, promises
from projections.filters import Filter, Moment
from projections.own_facts import must_be_own
from wiring.home import Konto
from wiring.merging import named

__all__ = ["Unclear", "Understood", "record", "understand"]

SHOWN = 5


def understand(konto: Konto, text: str, *, id: str, by: str | None = None) -> Understood:
    """What a sentence tells in this home; `id` is for the fact. Raises Unclear, or Refused where it cannot be."""
    allowed(konto.asker, "record")
    understood = read(text, _known(konto, by), id=id)
    parse(understood.envelope, now=konto.clock())
    return understood


def record(konto: Konto, understood: Understood) -> Fact:
    """Recorded now; raises Refused where the history does not allow it."""
    allowed(konto.asker, "record")
    fact = parse(understood.envelope, now=konto.clock())
    must_be_own(konto.library, konto.asker, fact)
    (receipt,) = konto.record([fact])
    if receipt.refused:
        raise receipt.refused
    konto.catch_up()
    return fact


def person_called(konto: Konto, name: str) -> str | None:
    """One of us under the name that facts use; None for nobody known.

    By id, e-mail, user name or displayed name; whoever only facts know keeps the name as written.
    """
    library, steering, now = konto.library, konto.steering, konto.clock()
    known = [each for each in library.person_ids(name) if customers.person_name(library, each)]
    listed = next((found for each in known if (found := steering.find(each, now))), None)
    return listed.id if listed else name if known else None


def _known(konto: Konto, by: str | None) -> Known:
    library, asker, now, ids = konto.library, konto.asker, konto.clock(), konto.log.ids
    steering = konto.steering
    zone = ZoneInfo(konto.settings.zone)

    def person(name: str) -> str | None:
        return person_called(konto, name)

    def open_promises(customer: str) -> list[OpenPromise]:
        rows = promises.listed(
            library, asker, Moment(now), states=("open", "overdue"), filter=Filter({"customer": customer})
        )
        return [OpenPromise(f"{row.source}:{row.id}", row.what) for row in rows]

    def open_questions(customer: str) -> list[OpenQuestion]:
        rows = contacts.listed(
            library, asker, Moment(now), states=("open", "unanswered"), filter=Filter({"customer": customer})
        )
        return [OpenQuestion(f"{row.source}:{row.id}", row.at.astimezone(zone)) for row in rows if row.inbound]

    return Known(
        now=now,
        hours=lambda name: steering.hours(None, ids.person(name) if name else None, now),
        customers=lambda text: [
            Customer(named(each), each.id, each.name or each.id)
            for each in customers.listed(library, asker, text=text, limit=None)
            if not each.is_erased
        ],
        near=lambda text: [
            f"{each.name or each.id} ({each.id})" for each in customers.alike(library, asker, text, SHOWN)
        ],
        person=person,
        promises=open_promises,
        questions=open_questions,
        by=(person(by) or by) if by else asker.person,
    )

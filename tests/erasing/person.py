"""A person of whom every field of every type of fact is told, under two names that are one, and somebody else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from projections import kpis, statements
from projections.filters import Moment
from tests.homes import Home
from tests.notation import Data, at
from wiring.worker import run_tick, sender

NOW = at("2026-04-01T12:00")
LATER = at("2026-04-02")

CANARIES: dict[str, str] = {}
"""Each word by where it stands; it stands nowhere else."""
STAYS = "Quittenkompott liefern"
"""What was promised to somebody else: it is found, so that the search is known to find."""


def canary(place: str) -> str:
    """A word of a place, the same one each time."""
    return CANARIES.setdefault(place, f"Kanarie{len(CANARIES):02}{place.title().replace('_', '').replace('.', '')}")


def fact(type: str, time: str, **data: Any) -> Data:
    """With an id that is a canary, too."""
    at_ = at(time)
    id = canary(f"id {type} {time[5:]}".replace(":", "").replace("-", "").replace(" ", "_"))
    return {"specversion": "1.0", "source": "crm", "id": id, "type": type, "time": at_.isoformat(), "data": data}


def story() -> list[Data]:
    c = canary
    who, twin = {"customer": c("own_id")}, {"customer": c("twins_own_id")}
    promise, broken, incident, asked = c("promise"), c("second_promise"), c("incident"), c("question")
    mail = "@" + c("mail_host").lower() + ".example"
    return [
        fact("customer.registered", "2026-03-01T08:00", **who, name=c("name"), email=f"post{mail}", phone=c("phone"),
             owner=c("owner"), team="Orgelbau"),
        fact("customer.registered", "2026-03-01T08:01", **twin, name=c("twins_name"), email=f"zwei{mail}",
             phone=c("twins_phone")),
        fact("customer.merged", "2026-03-01T08:02", **who, duplicate=c("twins_own_id")),
        fact("customer.changed", "2026-03-01T09:00", **who, name=c("new_name")),
        fact("customer.owner_assigned", "2026-03-01T10:00", **who, owner=c("next_owner")),
        fact("customer.sensitivity_set", "2026-03-01T11:00", **who, value=1.5, reason=c("why_sensitive")),
        fact("promise.made", "2026-03-02T09:00", promise=promise, **who, due="2026-03-05", what=c("what"), by=c("by"),
             plan_b=c("plan_b")),
        fact("promise.changed", "2026-03-02T10:00", promise=promise, what=c("what_anew"), plan_b=c("other_plan_b")),
        fact("promise.assigned", "2026-03-02T11:00", promise=promise, by=c("next_by")),
        fact("promise.paused", "2026-03-02T12:00", promise=promise, cause="customer"),
        fact("promise.resumed", "2026-03-02T13:00", promise=promise, cause="customer"),
        fact("promise.renegotiated", "2026-03-03T09:00", promise=promise, due="2026-03-31T12:00:00Z",
             reason=c("why_moved"), alternative=c("instead_of_moving")),
        fact("promise.fulfilled", "2026-03-30T09:00", promise=promise, evidence=c("evidence")),
        fact("promise.made", "2026-03-03T09:00", promise=broken, **twin, due="2026-03-05T12:00:00Z",
             what=c("twins_what")),
        fact("promise.broken", "2026-03-06T09:00", promise=broken, reason=c("why_broken")),
        fact("promise.made", "2026-03-04T09:00", promise=c("third_promise"), **twin, due="2026-03-09"),
        fact("promise.withdrawn", "2026-03-05T09:00", promise=c("third_promise"), reason=c("why_withdrawn"),
             alternative=c("instead")),
        fact("promise.made", "2026-03-04T10:00", promise=c("fourth_promise"), **who, due="2026-03-09"),
        fact("promise.released", "2026-03-05T10:00", promise=c("fourth_promise"), reason=c("why_released")),
        fact("promise.made", "2026-03-31T12:00", promise=c("open_promise"), **who, due="2026-04-01T10:00:00Z",
             by=f"bernd{mail}", what=c("open_what")),
        fact("request.declined", "2026-03-10T11:00", **who, what=c("declined"), reason=c("why_declined"),
             alternative=c("somebody_else"), by=c("by")),
        fact("contact.inbound", "2026-03-11T09:00", contact=asked, **who, channel="email", thread=c("thread")),
        fact("contact.answered", "2026-03-11T11:00", contact=asked, by=c("answered_by")),
        fact("contact.outbound", "2026-03-12T09:00", contact=c("call"), **twin, purpose="needs", by=c("called_by")),
        fact("feedback.requested", "2026-03-12T10:00", **who, about=promise),
        fact("feedback.given", "2026-03-31T09:00", about=promise, score=1, text=c("feedback")),
        fact("referral.given", "2026-03-31T10:00", **who, referred=c("referred")),
        fact("incident.reported", "2026-03-13T09:00", incident=incident, **who, kind="complaint", promise=promise,
             by=c("by"), text=c("complaint")),
        fact("incident.explained", "2026-03-13T10:00", incident=incident, by=c("explained_by")),
        fact("incident.apologised", "2026-03-13T11:00", incident=incident),
        fact("incident.chance_asked", "2026-03-13T12:00", incident=incident),
        fact("incident.offered", "2026-03-13T13:00", incident=incident, offer=c("offer")),
        fact("incident.offer_answered", "2026-03-13T14:00", incident=incident, accepted=True),
        fact("incident.talked", "2026-03-13T15:00", incident=incident, channel="in_person"),
        fact("incident.assigned", "2026-03-13T16:00", incident=incident, by=c("incident_by")),
        fact("incident.paused", "2026-03-13T17:00", incident=incident, cause="customer"),
        fact("incident.resumed", "2026-03-13T18:00", incident=incident, cause="customer"),
        fact("incident.resolved", "2026-03-14T09:00", incident=incident, reason=c("why_resolved")),
        fact("incident.reopened", "2026-03-14T10:00", incident=incident, reason=c("why_reopened")),
        fact("incident.closed", "2026-03-14T11:00", incident=incident, reason=c("why_closed")),
        fact("promise.made", "2026-03-14T12:00", promise=c("mistake"), **who, due="2026-03-20",
             what=c("mistaken_what")),
        fact("fact.retracted", "2026-03-14T13:00", retracts={"source": "crm", "id": c("id_promise.made_0314T1200")},
             reason=c("why_retracted")),
        fact("customer.left", "2026-03-31T13:00", **who, reason=c("why_left")),
    ]  # fmt: skip


def waiting() -> list[Data]:
    """Facts that cannot be recorded yet: of theirs, about them, and about a fact of theirs that waits itself."""
    twice = fact(
        "promise.fulfilled", "2026-03-31T09:30", promise=canary("fifth_promise"), evidence=canary("parked_evidence")
    )
    return [
        twice,
        fact("promise.broken", "2026-03-31T09:45", promise=canary("fifth_promise"), reason=canary("parked_reason")),
        fact("customer.separated", "2026-03-31T10:45", customer="K-2", duplicate=canary("own_id")),
        {"specversion": "1.0", "source": "crm", "id": "whose-is-it", "type": "fact.retracted", "time": NOW.isoformat(),
         "data": {"retracts": {"source": "crm", "id": "never-came"}}},
    ]  # fmt: skip


def somebody_else() -> list[Data]:
    facts = [
        fact("customer.registered", "2026-03-01T08:30", customer="K-2", name="Quitte GmbH", owner="ines"),
        fact("promise.made", "2026-03-02T08:30", promise="A-2", customer="K-2", due="2026-03-09", what=STAYS,
             by="ines"),
        fact("promise.fulfilled", "2026-03-12T08:30", promise="A-2"),
        # First taken for the person's own, then put right: both tell of what is somebody else's now, and the other way.
        fact("promise.made", "2026-03-15T08:30", promise=canary("mixed_up"), customer="K-2", due="2026-03-20",
             what=canary("taken_for_anothers")),
        fact("fact.retracted", "2026-03-15T09:30",
             retracts={"source": "crm", "id": canary("id_promise.made_0315T0830")}),
        fact("promise.made", "2026-03-15T10:30", promise=canary("mixed_up"), customer=canary("own_id"),
             due="2026-03-20", what=canary("told_anew")),
    ]  # fmt: skip
    for number, each in enumerate(facts[:3]):
        CANARIES.pop(next(place for place, word in CANARIES.items() if word == each["id"]))
        each["id"] = f"b-{number}"
    return facts


def told(home: Home) -> None:
    """All of it, an alert with its message, rows that were refused, and what waits."""
    home.take_as_they_come([*somebody_else(), *story()], NOW)
    home.take_as_they_come(waiting(), NOW)
    # What turns out impossible goes on waiting, with the reason, in which the earlier facts are named.
    home.take_as_they_come(
        [fact("promise.made", "2026-03-31T09:00", promise=canary("fifth_promise"), customer=canary("own_id"),
              due="2026-03-31T12:00:00Z")], NOW)  # fmt: skip
    assert sum(1 for _ in home.konto.log.parked()) == 3
    post = sender(home.konto)
    for newly in run_tick(home.konto):
        post.deliver(newly.alert)
    refused(home.konto.home)


def refused(home: Path) -> None:
    """As an import leaves them: one file about the person, one about somebody else."""
    folder = home / "refused"
    folder.mkdir(exist_ok=True)
    for name, customer in (("theirs", canary("own_id")), ("others", "K-2")):
        row = {"row": 2, "reason": "…", "fact": {"source": "crm", "data": {"customer": customer}}}
        (folder / f"{name}.csv-20260401.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
        (folder / f"{name}.csv-20260401.csv").write_text("Nr\n1\n", encoding="utf-8")


# -- looking --------------------------------------------------------------------------------------------


def found_in(data: bytes) -> list[str]:
    """The canaries that stand there, as they are or as JSON writes them."""
    small = data.lower()
    return [word for word in CANARIES.values() if word.encode().lower() in small]


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes; of mails what they say, too."""
    found = {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
    for name in [each for each in found if each.endswith(".eml")]:
        found[f"{name} read"] = "\n".join(_said(found[name])).encode()
    return found


def _said(mail: bytes) -> Iterable[str]:
    message = message_from_bytes(mail, policy=default)
    yield from map(str, message.values())
    for part in message.walk():
        if part.get_content_maintype() == "text":
            yield str(part.get_content())


def traces(folder: Path) -> dict[str, list[str]]:
    """By file the canaries in it."""
    return {name: found for name, data in files_of(folder).items() if (found := found_in(data))}


def figures(home: Home) -> tuple[Any, ...]:
    """Every figure, every line of every account, every state of every promise, question and incident."""
    groups = kpis.figures(home.konto.library, home.konto.asker, kpis.Question(Moment(LATER)))
    of_each = kpis.figures(home.konto.library, home.konto.asker, kpis.Question(Moment(LATER), by="customer"))
    lines = home.rows(f"SELECT customer, number, {statements.LINE} FROM lines ORDER BY customer, number")
    tables = ("promises", "questions", "contacts", "incidents", "standings", "rhythms", "habits", "experiences",
              "usual_withdrawals", "parties", "alerts", "timeline", "families", "streams")  # fmt: skip
    return (
        groups,
        sorted(str(group.figures) for group in of_each),
        lines,
        *(sorted(home.rows(f"SELECT * FROM {table}"), key=str) for table in tables),
    )


def events(home: Home) -> list[Any]:
    """The log as it is stored, byte by byte."""
    return [tuple(row) for row in home.konto.log.rows(0, 100_000)]

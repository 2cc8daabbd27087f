"""The worked examples of docs/explanation/trust-account.md: histories in plain English, and the tables below them.

    2026-03-02 09:00  quotation: promised by 2026-03-04 12:00
    2026-03-06 10:00  quotation: fulfilled
    as of 2026-03-09 09:00

Times are Berlin's. A history that begins with `known customer` has sixteen kept promises before it, which the tables
leave out, so that newness no longer counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.account import Posting
from tests.notation import BERLIN, Data, History

LINE = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2})  (\w+): (.+)")
AS_OF = re.compile(r"as of (\d{4}-\d{2}-\d{2} \d{2}:\d{2})")
KNOWN = "known customer"
BEFORE = "promise-before-"


@dataclass(frozen=True)
class Ledger:
    """A history of one customer and the moment at which their account is read."""

    history: History
    at: datetime

    def standing_lines(self) -> list[Posting]:
        """The lines that the example is about."""
        lines = self.history.postings
        return [line for line in lines if line.stands_at(self.at) and not line.subject.startswith(BEFORE)]

    def last_moment(self, name: str) -> str:
        """Until when the first due could have been moved in time."""
        found = self.history.last_moment(self.history.promise(name)[0].time, name)
        assert found is not None
        return written(datetime.fromisoformat(found))


def ledger(text: str) -> Ledger:
    lines = text.strip().splitlines()
    envelopes = list(_sixteen_kept()) if lines[0] == KNOWN else []
    at: datetime | None = None
    for number, line in enumerate(lines[1:] if lines[0] == KNOWN else lines):
        if reading := AS_OF.fullmatch(line):
            at = moment(reading[1])
            continue
        match = LINE.fullmatch(line)
        assert match, f"not in the notation: {line!r}"
        envelopes.append(_envelope(moment(match[1]), match[2], match[3], f"{number:03}"))
    assert at is not None, "every history ends with: as of …"
    return Ledger(History(envelopes), at)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def written(at: datetime) -> str:
    return f"{at:%d %b %H:%M}"


def _sixteen_kept() -> Iterator[Data]:
    start = datetime(2024, 1, 8, 9, tzinfo=BERLIN)
    for number in range(16):
        made, name = start + timedelta(weeks=number), f"before-{number}"
        due = made + timedelta(days=2)
        yield _envelope(made, name, f"promised by {due:%Y-%m-%d %H:%M}", f"{name}-1")
        yield _envelope(made + timedelta(days=1), name, "fulfilled", f"{name}-2")


# -- what a line says -------------------------------------------------------------------------------

DUE = r"(\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?)"


def _due(text: str) -> str:
    return text if len(text) == 10 else moment(text).isoformat()


def _made(due: str, rest: str) -> Data:
    data: Data = {"customer": "customer", "due": _due(due)}
    if "estimate" in rest:
        data["binding"] = "estimate"
    if things := re.search(r"(\d+) things", rest):
        data["parts"] = int(things[1])
    if price := re.search(r"price (\d+) EUR", rest):
        data |= {"kind": "price", "amount": float(price[1]), "currency": "EUR"}
    return data


def _moved(due: str, rest: str) -> Data:
    asked = {"asked_by": "customer"} if "asked by the customer" in rest else {}
    return {"due": _due(due), **_told(rest), **asked}


def _told(rest: str) -> Data:
    return {name: "so" for name in ("reason", "alternative") if name in rest}


def _fulfilled(rest: str) -> Data:
    degree, charged = re.search(r"to (\d+) %", rest), re.search(r"charged (\d+) EUR", rest)
    data: Data = {"degree": int(degree[1]) / 100} if degree else {}
    if confirmed := re.search(r"(\d+) confirmed", rest):
        data["confirmed"] = int(confirmed[1])
    return data | ({"amount": float(charged[1])} if charged else {})


Said = Callable[..., Data]

OF_PROMISE: Mapping[str, tuple[str, Said]] = {
    rf"promised by {DUE}(.*)": ("promise.made", _made),
    rf"delivery promised by {DUE}": ("promise.made", lambda due: _made(due, "") | {"kind": "delivery"}),
    rf"moved to {DUE}(.*)": ("promise.renegotiated", _moved),
    r"fulfilled(.*)": ("promise.fulfilled", _fulfilled),
    r"taken back(.*)": ("promise.withdrawn", _told),
    r"broken": ("promise.broken", dict),
    r"the customer lets us wait": ("promise.paused", lambda: {"cause": "customer"}),
    r"it goes on": ("promise.resumed", lambda: {"cause": "customer"}),
}
OF_CUSTOMER: Mapping[str, tuple[str, Said]] = {
    r"feedback (\d) of 5": ("feedback.given", lambda score: {"score": float(score)}),
    r"recommends us": ("referral.given", dict),
    r"an honest no(.*)": ("request.declined", _told),
    r"looked after by (\w+)": ("customer.owner_assigned", lambda owner: {"owner": owner}),
    r"sensitivity (\d\.\d)": ("customer.sensitivity_set", lambda value: {"value": float(value)}),
}
OF_CONTACT: Mapping[str, tuple[str, Said]] = {
    r"asked by (\w+)": ("contact.inbound", lambda channel: {"customer": "customer", "channel": channel}),
    r"asked again by (\w+)": (
        "contact.inbound", lambda channel: {"customer": "customer", "channel": channel, "chases": "question"}
    ),
    r"answered(.*)": ("contact.answered", lambda rest: {"automatic": True} if "automatically" in rest else {}),
    r"we (\w+)": ("contact.outbound", lambda purpose: {"customer": "customer", "purpose": PURPOSES[purpose]}),
}  # fmt: skip
PURPOSES = {
    "advise": "advice", "ask": "check_in", "follow": "follow_up", "listen": "needs", "adopt": "idea_adopted",
    "greet": "courtesy", "serve": "service",
}  # fmt: skip
OF_INCIDENT: Mapping[str, tuple[str, Said]] = {
    r"complaint(.*)": ("incident.reported", lambda rest: _reported("complaint", rest)),
    r"untruth(.*)": ("incident.reported", lambda rest: _reported("untruth", rest)),
    r"we give the reason": ("incident.explained", dict),
    r"we apologise": ("incident.apologised", dict),
    r"we ask for a new chance, with an offer": ("incident.chance_asked", lambda: {"offer": "offer"}),
    r"the offer is accepted": ("incident.offer_answered", lambda: {"accepted": True}),
    r"we talk in person": ("incident.talked", lambda: {"channel": "in_person"}),
    r"we talk by phone": ("incident.talked", lambda: {"channel": "phone"}),
    r"put right": ("incident.resolved", dict),
}


def _reported(kind: str, rest: str) -> Data:
    data: Data = {"customer": "customer", "kind": kind}
    if about := re.search(r"about the (\w+)", rest):
        data["promise"] = about[1]
    if "told first" in rest:
        data["admitted"] = True
    return data | ({"severity": "serious"} if "serious" in rest else {})


def _envelope(at: datetime, name: str, said: str, id: str) -> dict[str, Any]:
    for thing, verbs in _verbs(name):
        for pattern, (type, data_of) in verbs.items():
            if match := re.fullmatch(pattern, said):
                data = {thing: name} | data_of(*match.groups())
                return {
                    "specversion": "1.0", "source": "docs", "id": id, "type": type, "time": at.isoformat(), "data": data
                }  # fmt: skip
    raise AssertionError(f"not in the notation: {said!r}")


def _verbs(name: str) -> Sequence[tuple[str, Mapping[str, tuple[str, Said]]]]:
    """What can be said of something of this name."""
    if name == "customer":
        return [("customer", OF_CUSTOMER)]
    if name.startswith(("question", "visit_", "contact")):
        return [("contact", OF_CONTACT)]
    if name.startswith("incident"):
        return [("incident", OF_INCIDENT)]
    return [("promise", OF_PROMISE)]


# -- the page ---------------------------------------------------------------------------------------


class Example(NamedTuple):
    """A history, the tables that stand below it in the page, and everything that is said there."""

    title: str
    text: str
    tables: list[list[str]]
    below: str


def examples(page: str) -> Iterator[Example]:
    """Every history of the page, with what follows up to the next heading or history."""
    for match in re.finditer(r"```text\n(.*?)```\n(.*?)(?=^```text|^#|\Z)", page, re.DOTALL | re.MULTILINE):
        title = re.findall(r"^#+ (.+)$", page[: match.start()], re.MULTILINE)[-1]
        tables = [found.splitlines() for found in re.findall(r"((?:^\|.*\n)+)", match[2], re.MULTILINE)]
        yield Example(title, match[1], tables, match[2])


def statement(of: Ledger, columns: Sequence[str]) -> list[str]:
    """The lines as a Markdown table with these columns; with `counts` the balance ends it."""
    rulebooks, at = of.history.steering.rulebooks, of.at
    rows = [
        {
            "when": written(line.time.astimezone(BERLIN)),
            "line": f"`{line.rule}`" + (" (provisional)" if line.provisional else ""),
            "base": _points(line.base_at(at, rulebooks)),
            "factors": ", ".join(f"{each.name} × {each.value:g}" for each in line.factors) or "–",
            "points": _points(line.points_at(at, rulebooks)),
            "counts": _points(line.counts_at(at, rulebooks)),
        }
        for line in of.standing_lines()
    ]
    cells = [[row[column] for column in columns] for row in rows]
    if "counts" in columns:
        total = _points(round(of.history.balance(at) * 100))
        cells.append(["**balance**", *[""] * (len(columns) - 2), f"**{total}**"])
    return [_row(columns), "|" + "---|" * len(columns), *(_row(each) for each in cells)]


def figures(of: Ledger) -> list[str]:
    """Balance, buffer, stage and reliability as a Markdown table."""
    history, at = of.history, of.at
    trust = history.reliability(at)
    return [
        "| figure | value |",
        "|---|---|",
        f"| balance | {_points(round(history.balance(at) * 100))} |",
        f"| buffer | {history.buffer(at):.1f} |",
        f"| stage | `{history.stage(at).name}` |",
        f"| reliability | {trust.value:.2f} |",
        f"| its 90 % interval | {trust.low:.2f} to {trust.high:.2f} |",
        f"| rests on | {trust.rests_on} promises |",
    ]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:+.2f}".replace("-", "−") if hundredths else "0.00"

"""An entry of a customer's timeline for programs: both times, what happened in words and as the fact itself."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from domain.vocabulary import envelope
from projections.audit import Entry, Timeline
from projections.telling import sentence
from wiring.asking import Asking
from wiring.moments import written


class Happened(TypedDict):
    """`data` is the fact's own; null for what we noted ourselves."""

    time: str | None
    recorded: str | None
    type: str
    status: str
    text: str
    source: str
    id: str | None
    data: dict[str, Any] | None
    retracted_by: str | None


def as_json(asking: Asking, found: Timeline, entry: Entry) -> Happened:
    fact = entry.fact
    ours = entry.status == "alert"
    return {
        "time": written(fact.time),
        "recorded": written(fact.recorded),
        "type": fact.type,
        "status": entry.status,
        "text": sentence(entry, found.called, asking.t),
        "source": fact.source,
        "id": fact.id or None,
        "data": None if ours or not fact.id else envelope(fact)["data"],
        "retracted_by": entry.retracted_by.id if entry.retracted_by else None,
    }

"""Alerts over HTTP: which there are and were, and what somebody does about one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from api.asked import AlertsAsked
from api.calls import Answer, Call
from api.described import one
from api.facts import content
from api.pages import page
from domain.fact import Label
from domain.vocabulary import refused
from projections import alerts, past_alerts
from projections.alerts import STATES, AlertRow
from projections.filters import Condition, Moment, UnknownState
from projections.paging import Place
from wiring import answering
from wiring.told import alerts as told
from workers.answering import find

USUAL_SNOOZE = timedelta(hours=1)


class Snooze(BaseModel):
    """Until when (else one hour), and why."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    until: Label | None = None
    reason: Label | None = None


SNOOZE = {
    **one("Put an alert off: it is told once more then, if it still holds", "alerts", told.Alert, "As it stands now."),
    "openapi_extra": {
        "requestBody": {"content": {"application/json": {"schema": Snooze.model_json_schema()}}, "required": False}
    },
}


def of_alerts(call: Call) -> Answer:
    """The newest first."""
    asked: AlertsAsked = call.asked
    konto = call.asking.konto
    if asked.state is not None and asked.state not in STATES:
        raise UnknownState(asked.state, STATES)
    states = [] if asked.state is None else [asked.state]

    def rows(moment: Moment, after: Place | None, limit: int) -> Sequence[AlertRow]:
        if not asked.is_past:
            return alerts.listed(konto.library, konto.asker, states=states, after=after, limit=limit)
        at = moment.at if moment.known is None else min(moment.at, moment.known)
        return past_alerts.listed(konto.log, konto.library, konto.asker, at, states=states, after=after, limit=limit)

    return 200, page(call, rows, place=alerts.place, told=lambda row, moment: told.as_json(call.asking, row))


def acknowledge(call: Call) -> Answer:
    """Once more does nothing."""
    name = _alert(call)
    answering.acknowledge(call.asking.konto, [name])
    return 200, _now(call, name)


def snooze(call: Call) -> Answer:
    name, asked = _alert(call), _snooze(call)
    until = call.asking.time(asked.until, "until") or call.asking.now + USUAL_SNOOZE
    answering.snooze(call.asking.konto, [name], until=until, reason=asked.reason)
    return 200, _now(call, name)


def _alert(call: Call) -> str:
    """Its whole id: a beginning is for people."""
    name = call.values["alert"]
    return find(call.asking.konto.library, call.asking.konto.asker, name).alert


def _snooze(call: Call) -> Snooze:
    try:
        return Snooze.model_validate(content(call.body) if call.body else {})
    except ValidationError as error:
        raise refused(error) from None


def _now(call: Call, alert: str) -> Any:
    konto = call.asking.konto
    among = Condition("a.alert = ?", [alert])
    (row,) = alerts.listed(konto.library, konto.asker, among=among)
    return told.as_json(call.asking, row)

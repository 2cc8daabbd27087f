"""Alerts over HTTP: which there are, what had become of them at any moment, and what somebody does about one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.alerts.firm import DUE, PEOPLE, PROMISED, patient
from tests.api.serving import Api, serving
from tests.homes import Home
from tests.notation import at, envelopes
from wiring import answering
from wiring.worker import run_tick

RAISED = DUE + timedelta(minutes=1)


@pytest.fixture
def api(home: Home) -> Iterator[Api]:
    """One promise overdue, and an alert about it."""
    home.clock.now = at("2026-01-01T08:00")
    home.konto.publish("people", PEOPLE)
    patient(home)
    home.take(envelopes(PROMISED))
    home.clock.now = RAISED
    (newly,) = [each for each in run_tick(home.konto) if each.occasion.rule == "overdue"]
    home.konto.catch_up()
    home.alert = newly.alert  # type: ignore[attr-defined]
    with serving(home) as opened:
        yield opened


@pytest.fixture
def key(api: Api) -> str:
    return api.key("alerts", person="ines", roles=["manager"])


def alerts(api: Api, key: str, asked: str = "") -> list[dict[str, Any]]:
    answer = api.ask("GET", f"/alerts{asked}", key=key)
    assert answer.status == 200, answer.text
    rows: list[dict[str, Any]] = answer.json["rows"]
    return rows


def overdue(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = [row for row in rows if row["rule"] == "overdue"]
    return row


def test_who_takes_note_is_named_and_once_more_does_nothing(api: Api, key: str):
    row = overdue(alerts(api, key))
    assert (row["state"], row["customer"], row["recipient"]) == ("raised", "K-17", "Ines Vogt")
    api.home.clock.now = RAISED + timedelta(hours=1)
    taken = api.ask("POST", f"/alerts/{row['alert']}/acknowledge", key=key)
    assert taken.status == 200
    assert (taken.json["state"], taken.json["acknowledged_by"]) == ("acknowledged", "Ines Vogt")
    api.home.clock.now += timedelta(hours=1)
    assert api.ask("POST", f"/alerts/{row['alert']}/acknowledge", key=key).json == taken.json
    assert overdue(alerts(api, key)) == taken.json


def test_an_alert_is_put_off_with_a_reason_by_an_hour_or_until_a_moment(api: Api, key: str):
    path = f"/alerts/{api.home.alert}/snooze"  # type: ignore[attr-defined]
    usual = api.ask("POST", path, key=key)
    assert (usual.status, usual.json["state"]) == (200, "snoozed")
    assert usual.json["snoozed_until"] == "2026-03-12T16:01:00Z"
    later = api.ask("POST", path, {"until": "2026-03-13T08:00:00+01:00", "reason": "Frau Meier ist verreist"}, key=key)
    assert later.json["snoozed_until"] == "2026-03-13T07:00:00Z"


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ({"until": "2026-03-01"}, "snooze_is_past", "until"),
        ({"until": "2027-03-01"}, "snooze_too_long", "until"),
        ({"until": "2026-03-13T08:00"}, "zone_missing", "until"),
        ({"until": 5}, "wrong_type", "until"),
        ({"bis": "morgen"}, "unknown_field", "bis"),
        ([], "wrong_type", ""),
    ],
)
def test_what_is_no_moment_to_put_off_to_changes_nothing(api: Api, key: str, body: object, code: str, place: str):
    answer = api.ask("POST", f"/alerts/{api.home.alert}/snooze", body, key=key)  # type: ignore[attr-defined]
    assert (answer.status, answer.json["code"], answer.json["path"]) == (422, code, place)
    assert overdue(alerts(api, key))["state"] == "raised"


@pytest.mark.parametrize("way", ["acknowledge", "snooze"])
def test_an_alert_that_is_not_there_is_not_found(api: Api, key: str, way: str):
    answer = api.ask("POST", f"/alerts/alert-0123/{way}", key=key)
    assert (answer.status, answer.json["code"], answer.json["path"]) == (404, "not_found", "alert")


def test_what_had_become_of_an_alert_is_told_of_any_moment(api: Api, key: str):
    home, alert = api.home, api.home.alert  # type: ignore[attr-defined]
    for hours, act in (
        (1, lambda: answering.snooze(home.konto, [alert], until=RAISED + timedelta(hours=5))),
        (6, lambda: answering.acknowledge(home.konto, [alert])),
    ):
        home.clock.now = RAISED + timedelta(hours=hours)
        act()
    home.take(envelopes('2026-03-13T08:00  erfüllt "Angebot schicken" [nachher]'))
    home.clock.now = at("2026-03-13T09:00")
    run_tick(home.konto)
    home.konto.catch_up()

    def state(hours: float, known: bool = False) -> str | None:
        moment = (RAISED + timedelta(hours=hours)).isoformat().replace("+", "%2B")
        found = alerts(api, key, f"?{'known_on' if known else 'as_of'}={moment}")
        return next((row["state"] for row in found if row["rule"] == "overdue"), None)

    assert [state(hours) for hours in (-0.1, 0, 0.5, 1, 5.9, 6, 12)] == [
        None, "raised", "raised", "snoozed", "snoozed", "acknowledged", "acknowledged"
    ]  # fmt: skip
    assert state(0.5, known=True) == "raised"
    assert overdue(alerts(api, key))["state"] == "cleared"
    raised = (RAISED + timedelta(minutes=30)).isoformat().replace("+", "%2B")
    assert overdue(alerts(api, key, f"?state=raised&as_of={raised}"))["state_since"] == "2026-03-12T15:01:00Z"
    assert alerts(api, key, f"?state=snoozed&as_of={raised}") == []

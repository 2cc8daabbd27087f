"""Old facts stay readable: they are brought up to today's vocabulary when they are read, and never rewritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from domain import vocabulary
from domain.errors import Refused
from domain.promise import PromiseMade
from projections import quarantine
from tests.homes import Home
from tests.notation import at, envelopes

NOW = at("2026-04-01T12:00")
STORY = """
2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00, Art delivery
2026-03-03T09:00  erfüllt "Angebot"
"""

Fields = dict[str, Any]
Upcasts = dict[tuple[str, int], Callable[[Fields], Fields]]


@pytest.fixture
def upcasts(monkeypatch: pytest.MonkeyPatch) -> Upcasts:
    """To be filled by the test."""
    registered: Upcasts = {}
    monkeypatch.setattr(vocabulary, "UPCASTS", registered)
    return registered


def rewrite(home: Home, name: str, version: int, old: Callable[[Fields], Fields]) -> bytes:
    """Makes the stored event look as an older version of the product wrote it; the bytes as stored."""
    with home.konto.log.store.writing() as cursor:
        (state,) = cursor.execute("SELECT state FROM stored_events WHERE topic = ?", (name,)).one()
        content = json.loads(state)
        written = json.dumps({**content, "v": version, "data": old(content["data"])}).encode()
        cursor.execute("UPDATE stored_events SET state = ? WHERE topic = ?", (written, name))
    return written


def tables(home: Home) -> list[list[tuple[Any, ...]]]:
    return [home.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3") for name in ("promises", "lines", "promise_words")]


def sort_was_called_type(data: Fields) -> Fields:
    """Version 2 called `kind` what version 1 called `type`."""
    return {("kind" if name == "type" else name): value for name, value in data.items()}


def test_a_fact_of_an_old_version_is_read_through_its_upcast(
    home: Home, upcasts: Upcasts, monkeypatch: pytest.MonkeyPatch
):
    home.take_as_they_come(list(envelopes(STORY)), NOW)
    before = tables(home)
    stored = rewrite(
        home,
        "promise.made",
        1,
        lambda data: {("type" if name == "kind" else name): value for name, value in data.items()},
    )
    monkeypatch.setattr(PromiseMade, "version", 2)
    upcasts["promise.made", 1] = sort_was_called_type
    home.konto.rebuild()
    assert tables(home) == before
    (made, _) = home.konto.log.page(0, 10)
    assert made.data.kind == "delivery"  # type: ignore[attr-defined]
    with home.konto.log.store.reading() as cursor:
        assert cursor.execute("SELECT state FROM stored_events WHERE topic = 'promise.made'").one()[0] == stored


def test_several_steps_lead_from_an_old_version_to_todays(
    home: Home, upcasts: Upcasts, monkeypatch: pytest.MonkeyPatch
):
    home.take_as_they_come(list(envelopes(STORY)), NOW)
    rewrite(
        home, "promise.made", 1, lambda data: {**{n: v for n, v in data.items() if n != "kind"}, "art": "Lieferung"}
    )
    monkeypatch.setattr(PromiseMade, "version", 3)
    upcasts["promise.made", 1] = lambda data: {
        ("type" if name == "art" else name): value for name, value in data.items()
    }
    upcasts["promise.made", 2] = lambda data: (
        sort_was_called_type(data) | {"kind": {"Lieferung": "delivery"}[data["type"]]}
    )
    assert home.konto.log.page(0, 10)[0].data.kind == "delivery"  # type: ignore[attr-defined]


def test_a_parked_fact_of_an_old_version_is_recorded_as_todays(
    home: Home, upcasts: Upcasts, monkeypatch: pytest.MonkeyPatch
):
    from domain.promise import PromiseFulfilled

    made, kept = envelopes(STORY)
    home.take_as_they_come([kept], NOW)
    monkeypatch.setattr(PromiseFulfilled, "version", 2)
    upcasts["promise.fulfilled", 1] = lambda data: {**data, "degree": 0.75}
    home.take_as_they_come([made], NOW)
    assert [fact.data.degree for fact in home.konto.log.page(0, 10) if fact.type == "promise.fulfilled"] == [0.75]  # type: ignore[attr-defined]
    with home.konto.log.store.reading() as cursor:
        (state,) = cursor.execute("SELECT state FROM stored_events WHERE topic = 'promise.fulfilled'").one()
    assert json.loads(state)["v"] == 2


@pytest.mark.parametrize("version", [2, 0], ids=["newer than ours", "older, without an upcast"])
def test_a_version_that_we_cannot_read_is_named_and_nothing_is_guessed(home: Home, upcasts: Upcasts, version: int):
    home.take_as_they_come(list(envelopes(STORY)), NOW)
    rewrite(home, "promise.made", version, lambda data: data)
    with pytest.raises(Refused) as refused:
        home.konto.log.page(0, 10)
    assert refused.value.code == "not_our_version"
    assert refused.value.params == {"name": "promise.made", "version": version}
    home.konto.rebuild()
    (stopped,) = quarantine.stopped(home.konto.views)
    assert (stopped.type, stopped.reason, stopped.waiting) == ("promise.made", "not_our_version", 2)
    assert tables(home) == [[], [], []]


def test_a_type_that_we_do_not_know_is_named(home: Home):
    home.take_as_they_come(list(envelopes(STORY)), NOW)
    with home.konto.log.store.writing() as cursor:
        cursor.execute("UPDATE stored_events SET topic = 'promise.sung' WHERE topic = 'promise.fulfilled'")
    with pytest.raises(Refused, match=r"“promise\.sung” in version 1"):
        home.konto.log.page(0, 10)

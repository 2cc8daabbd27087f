"""Nobody comes in without a key that counts, and nobody learns why theirs does not."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection

import pytest

from api.callers import Pace
from tests.api.serving import Api, serving
from tests.api.test_facts import NOW, made, recorded
from tests.homes import Home
from wiring import access

STRANGER = "konto_0123456789_" + "A" * 43


@pytest.fixture
def api(home: Home) -> Iterator[Api]:
    home.clock.now = NOW
    with serving(home, pace=Pace(1_000, 10_000)) as opened:
        yield opened


def test_whatever_is_wrong_with_the_key_the_answer_is_the_same(api: Api):
    good = api.key("facts:write")
    expired = api.key("facts:write", seed=2, expires=NOW + timedelta(days=1))
    revoked = api.key("facts:write", seed=3)
    access.revoke(api.home.konto, revoked.split("_")[1])
    api.home.clock.now += timedelta(days=2)
    refused = [
        api.ask("POST", "/facts", made(), headers=headers)
        for headers in (
            {},
            {"Authorization": ""},
            {"Authorization": good},
            {"Authorization": f"Basic {good}"},
            {"Authorization": "Bearer "},
            {"Authorization": "Bearer konto_"},
            {"Authorization": f"Bearer {STRANGER}"},
            {"Authorization": f"Bearer {good[:-1]}{'A' if good[-1] != 'A' else 'B'}"},
            {"Authorization": f"Bearer {expired}"},
            {"Authorization": f"Bearer {revoked}"},
        )
    ]
    assert {answer.status for answer in refused} == {401}
    assert len({answer.text for answer in refused}) == 1
    assert {answer.headers["www-authenticate"] for answer in refused} == {"Bearer"}
    assert recorded(api) == 0
    assert api.ask("POST", "/facts", made(), key=good).status == 201


def test_two_keys_in_one_request_are_none(api: Api):
    good = api.key("facts:write")
    connection = HTTPConnection("127.0.0.1", api.port, timeout=10)
    connection.putrequest("POST", "/facts")
    for _ in range(2):
        connection.putheader("Authorization", f"Bearer {good}")
    connection.putheader("Content-Length", "2")
    connection.endheaders(b"{}")
    assert connection.getresponse().status == 401
    connection.close()


def test_a_key_in_the_address_is_refused_before_anything_else(api: Api):
    good = api.key("facts:write")
    answer = api.ask("POST", f"/facts?key={good}", made(), key=good)
    assert (answer.status, answer.json["code"]) == (400, "key_in_address")
    assert good not in answer.text
    assert recorded(api) == 0


def test_a_key_opens_what_it_was_made_for_and_its_roles_reach_no_further(api: Api):
    reading = api.key("read", "alerts", "admin")
    answer = api.ask("POST", "/facts", made(), key=reading)
    assert (answer.status, answer.json["code"]) == (403, "scope")
    assert "facts:write" in answer.json["message"]
    auditor = api.key("facts:write", seed=2, roles=["auditor"])
    answer = api.ask("POST", "/facts", made(), key=auditor)
    assert (answer.status, answer.json["code"]) == (403, "not_allowed")
    assert recorded(api) == 0


@pytest.mark.parametrize(
    "number", [pytest.param(40, id="short"), pytest.param(10_000, id="long", marks=pytest.mark.long)]
)
def test_guessing_is_slow_and_the_right_key_elsewhere_works(home: Home, number: int):
    home.clock.now = NOW
    with serving(home, pace=Pace(1_000, 10)) as api:
        good = api.key("facts:write")
        name = good.split("_")[1]
        guesses, began = [f"konto_{name}_{guess:043d}" for guess in range(number)], time.monotonic()
        statuses = Counter(api.ask("POST", "/facts", made(), key=guess).status for guess in guesses)
        assert set(statuses) == {401, 429}
        assert statuses[401] <= 10 * (1 + (time.monotonic() - began) // 60), "so many a minute are looked at"
        # Whoever the key belongs to comes from somewhere else, and notices nothing.
        connection = HTTPConnection("127.0.0.1", api.port, timeout=10, source_address=("127.0.0.2", 0))
        connection.request("POST", "/facts", json.dumps(made()), {"Authorization": f"Bearer {good}",
                           "Content-Type": "application/json"})  # fmt: skip
        assert connection.getresponse().status == 201
        connection.close()
        limited = api.ask("POST", "/facts", made(), key=guesses[0])
        assert limited.headers["retry-after"] == "60"
        other = api.key("facts:write", seed=2)
        assert api.ask("POST", "/facts", made(2), key=other).status == 201


def test_a_key_may_ask_so_often_a_minute(home: Home):
    home.clock.now = NOW
    with serving(home, pace=Pace(3, 10)) as api:
        key = api.key("facts:write")
        assert [api.ask("POST", "/facts", made(), key=key).status for _ in range(4)] == [201, 200, 200, 429]


def test_health_and_readiness_need_no_key_and_say_nothing_about_anybody(api: Api):
    assert api.ask("GET", "/health").json == {"ok": True}
    ready = api.ask("GET", "/ready").json
    assert set(ready) == {"ok", "store", "head", "behind", "other_tables"}
    assert ready["ok"] is True


def test_every_answer_has_an_id_of_its_request_and_is_kept_by_nobody(api: Api):
    answers = [api.ask(*each) for each in (("GET", "/health"), ("GET", "/nowhere"), ("PUT", "/facts"))]
    assert [answer.status for answer in answers] == [200, 404, 405]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert [answer.json["code"] for answer in answers[1:]] == ["not_found", "method_not_allowed"]

"""Facts over HTTP: each answered with what became of it, and nothing half done."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from fastapi.routing import APIRouter

from api.bodies import LARGEST_MIB, MIB
from api.described import components
from tests.api.serving import HOST, Api, serving
from tests.controls import EXAMPLES
from tests.homes import Home
from tests.notation import at
from tests.stores import only_files

NOW = at("2026-03-12T09:00")


def made(number: int = 1, **more: Any) -> dict[str, Any]:
    data = {"promise": f"P-{number}", "customer": "K-17", "what": "Angebot", "due": "2026-03-20", **more}
    head = {"specversion": "1.0", "source": "crm", "id": f"made/{number}", "type": "promise.made"}
    return {**head, "time": "2026-03-02T09:00:00+01:00", "data": data}


def fulfilled(number: int = 1, time: str = "2026-03-11T09:00:00+01:00") -> dict[str, Any]:
    head = {"specversion": "1.0", "source": "crm", "id": f"done/{number}", "type": "promise.fulfilled"}
    return {**head, "time": time, "data": {"promise": f"P-{number}"}}


@pytest.fixture
def api(home: Home) -> Iterator[Api]:
    home.clock.now = NOW
    with serving(home, body_within_s=1.0) as opened:
        yield opened


@pytest.fixture
def key(api: Api) -> str:
    return api.key("facts:write")


def recorded(api: Api) -> int:
    types = Counter(row.topic for row in api.home.konto.log.rows(0, 10_000))
    return sum(count for name, count in types.items() if name.startswith("promise."))


# -- one fact -------------------------------------------------------------------------------------------


def test_a_fact_is_recorded_and_the_same_again_is_known(api: Api, key: str):
    first = api.ask("POST", "/facts", made(), key=key)
    assert (first.status, first.json) == (201, {"status": "recorded", "source": "crm", "id": "made/1"})
    again = api.ask("POST", "/facts", made(), key=key)
    assert (again.status, again.json) == (200, {"status": "already", "source": "crm", "id": "made/1"})
    assert recorded(api) == 1


def test_a_fact_that_comes_too_early_waits(api: Api, key: str):
    answer = api.ask("POST", "/facts", fulfilled(), key=key)
    assert (answer.status, answer.json["status"]) == (202, "parked")
    assert api.ask("POST", "/facts", made(), key=key).status == 201
    assert recorded(api) == 2, "what it waited for brought it in"


def test_the_same_key_with_other_content_names_what_differs(api: Api, key: str):
    api.ask("POST", "/facts", made(), key=key)
    answer = api.ask("POST", "/facts", made(what="Rechnung"), key=key)
    assert (answer.status, answer.json["code"]) == (409, "other_content")
    assert "what" in answer.json["message"]
    assert recorded(api) == 1


def test_what_is_impossible_names_both_facts(api: Api, key: str):
    api.ask("POST", "/facts", [made(), fulfilled()], key=key)
    answer = api.ask("POST", "/facts", {**fulfilled(), "id": "done/again"}, key=key)
    assert (answer.status, answer.json["code"]) == (409, "rule")
    assert "promise.fulfilled done/1" in answer.json["message"]
    assert answer.json["facts"] == [{"source": "crm", "id": "done/again"}, {"source": "crm", "id": "done/1"}]


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"time": "2026-03-02T09:00:00"}, "zone_missing", "time"),
        ({"time": 1772438400}, "wrong_type", "time"),
        ({"type": "promise.mad"}, "unknown_type", "type"),
        ({"data": {"promise": "P-1"}}, "missing", "data.customer"),
        ({"data": {"promise": "P-1", "customer": "K-17", "farbe": "rot"}}, "unknown_field", "data.farbe"),
        ({"id": "A\u0000"}, "forbidden_character", "id"),
    ],
)
def test_what_cannot_be_recorded_is_said_with_its_path(
    api: Api, key: str, change: dict[str, Any], code: str, path: str
):
    answer = api.ask("POST", "/facts", {**made(), **change}, key=key)
    assert (answer.status, answer.json["status"]) == (422, 422)
    assert (answer.json["code"], answer.json["path"]) == (code, path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert recorded(api) == 0


def test_a_refusal_speaks_the_callers_language_and_holds_every_finding(api: Api, key: str):
    wrong = {**made(), "time": "gestern", "data": {"promise": "P-1"}}
    german = api.ask("POST", "/facts", wrong, key=key, headers={"Accept-Language": "de-AT,en;q=0.5"})
    english = api.ask("POST", "/facts", wrong, key=key, headers={"Accept-Language": "fr"})
    assert german.json["message"].startswith("„gestern“ ist kein Zeitpunkt")
    assert english.json["message"].startswith("“gestern” is no time")
    assert [german.headers["content-language"], english.headers["content-language"]] == ["de", "en"]
    assert german.json["detail"] == german.json["message"] == german.json["errors"][0]["message"]


# -- a list ---------------------------------------------------------------------------------------------


def test_of_a_list_each_fact_is_answered_in_order_and_the_good_ones_are_kept(api: Api, key: str):
    api.ask("POST", "/facts", made(1), key=key)
    late = fulfilled(2, time="2026-01-01T09:00:00+01:00")
    told = api.ask("POST", "/facts", [made(1), made(2), "nichts", late, fulfilled(9), {}, made(3)], key=key)
    assert told.status == 200
    assert [each["status"] for each in told.json] == [
        "already", "recorded", "refused", "refused", "parked", "refused", "recorded"
    ]  # fmt: skip
    assert [each["id"] for each in told.json] == ["made/1", "made/2", None, "done/2", "done/9", None, "made/3"]
    assert [told.json[place]["problem"]["code"] for place in (2, 3, 5)] == ["wrong_type", "rule", "missing"]
    assert recorded(api) == 3


def test_an_empty_list_is_answered_with_one(api: Api, key: str):
    assert api.ask("POST", "/facts", [], key=key).json == []


@pytest.mark.parametrize("body", [b"7", b'"text"', b"null", b"true"])
def test_what_is_neither_a_fact_nor_a_list_is_refused(api: Api, key: str, body: bytes):
    assert api.ask("POST", "/facts", body, key=key).json["code"] == "wrong_type"


# -- bodies ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b'{"a": 1} x', 400, "not_json"),
        ("Ä".encode("cp1252"), 400, "encoding"),
        ('{"id": "ä"}'.encode("utf-16"), 400, "encoding"),
        (b'{"id": "\\ud800"}', 400, "encoding"),
        (b"[" * 100_000, 400, "too_deep"),
        (b'{"id": 1, "id": 2}', 422, "duplicate_key"),
        (b'{"id": NaN}', 422, "not_a_number"),
        (b'{"id": 1e400}', 422, "out_of_range"),
        (b'{"id": 9223372036854775808}', 422, "out_of_range"),
        (b'{"id": "' + b"x" * MIB + b'"}', 422, "too_long"),
    ],
)
def test_a_body_that_cannot_be_read_is_said_to_be_so(api: Api, key: str, body: bytes, status: int, code: str):
    answer = api.ask("POST", "/facts", body, key=key)
    assert answer.status == status, answer.text
    assert code in {each["code"] for each in answer.json["errors"]}


def test_what_is_no_utf_8_and_half_a_character_are_named_with_their_place(api: Api, key: str):
    answer = api.ask("POST", "/facts", b'{"id": 1,\n "type": "M\xfcller"}', key=key)
    assert answer.json["message"].startswith("Line 2, byte 22:")
    answer = api.ask("POST", "/facts", b'{"id": "\\ud83d\\ude00",\n "type": "a\\ud800"}', key=key)
    assert (answer.json["path"], answer.json["message"][:21]) == ("type", "Line 2, character 12:")


@pytest.mark.parametrize("coding", ["gzip", "br", "x-strange"])
def test_a_packed_body_is_refused_and_never_unpacked(api: Api, key: str, coding: str):
    packed = gzip.compress(json.dumps(made()).encode())
    answer = api.ask("POST", "/facts", packed, key=key, headers={"Content-Encoding": coding})
    assert (answer.status, answer.json["code"]) == (400, "encoding")
    assert coding in answer.json["message"]
    plain = api.ask("POST", "/facts", made(), key=key, headers={"Content-Encoding": "identity"})
    assert plain.status == 201


def test_of_many_findings_the_first_fifty_are_named(api: Api, key: str):
    strange = {f"field-{n}": 1 for n in range(1_000)}
    answer = api.ask("POST", "/facts", {**made(), **strange}, key=key)
    assert (answer.status, len(answer.json["errors"])) == (422, 50)
    listed = api.ask("POST", "/facts", [{**made(), **strange}, made()], key=key).json
    assert [each["status"] for each in listed] == ["refused", "recorded"]
    assert len(listed[0]["problem"]["errors"]) == 5


@only_files
def test_a_body_that_would_grow_in_memory_is_refused_before_it_does(api: Api, key: str):
    for body, status, code in (
        (b"[" + b",".join([b"[]"] * 300_000) + b"]", 413, "too_large"),
        (b"[" + b",".join([b'""'] * 10_001) + b"]", 413, "too_large"),
        (b"[" + b",".join([b"NaN"] * 300_000) + b"]", 422, "not_a_number"),
        (b"{" + b",".join([b'"a":1'] * 300_000) + b"}", 422, "too_many_fields"),
        (json.dumps({f"f{n}": 1 for n in range(2_001)}).encode(), 422, "too_many_fields"),
    ):
        answer = api.ask("POST", "/facts", body, key=key)
        assert (answer.status, answer.json["code"]) == (status, code)
        assert len(answer.text) < 20_000
    assert api.ask("POST", "/facts", [made(n) for n in range(500)], key=key).status == 200


def test_a_byte_order_mark_is_accepted(api: Api, key: str):
    assert api.ask("POST", "/facts", b"\xef\xbb\xbf" + json.dumps(made()).encode(), key=key).status == 201


def test_a_body_that_is_too_large_is_read_to_its_end_and_answered(api: Api, key: str):
    answer = api.ask("POST", "/facts", b" " * (LARGEST_MIB * MIB + 1), key=key)
    assert (answer.status, answer.json["code"]) == (413, "too_large")
    assert "8 MiB" in answer.json["message"]
    assert api.ask("POST", "/facts", b" " * (40 * MIB), key=key).status == 413
    assert api.ask("POST", "/facts", made(), key=key).status == 201


def test_a_body_that_does_not_come_is_not_waited_for(api: Api, key: str):
    with socket.create_connection((HOST, api.port), timeout=10) as slow:
        began = time.monotonic()
        slow.sendall(
            f"POST /facts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: 100\r\n\r\n{{".encode()
        )
        said = b"".join(iter(lambda: slow.recv(65_536), b"")).decode()
        assert said.startswith("HTTP/1.1 408 ")
        assert '"code":"too_slow"' in said
        assert time.monotonic() - began < 5


# -- together -------------------------------------------------------------------------------------------


def test_many_copies_at_once_are_one_fact(api: Api, key: str):
    statuses: Counter[int] = Counter()

    def send() -> None:
        for _ in range(5):
            statuses[api.ask("POST", "/facts", made(), key=key).status] += 1

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == {201: 1, 200: 39}
    assert recorded(api) == 1


# -- described ------------------------------------------------------------------------------------------


def test_the_description_names_every_type_of_fact_and_every_example_is_as_it_says(api: Api):
    said = api.ask("GET", "/openapi.json").json
    assert said["openapi"].startswith("3.1")
    schemas = said["components"]["schemas"]
    assert schemas == components()
    assert said["paths"]["/facts"]["post"]["security"] == [{"key": []}]
    schema = {"$ref": "#/components/schemas/Fact", "components": {"schemas": schemas}}
    check = jsonschema.Draft202012Validator(schema)
    for example in EXAMPLES.values():
        assert list(check.iter_errors(example)) == []
    assert not check.is_valid({**made(), "type": "promise.mad"})
    assert not check.is_valid(made(farbe="rot"))


def test_an_address_that_never_varies_is_answered_past_the_frameworks_search(api: Api, monkeypatch: pytest.MonkeyPatch):
    async def search(*asked: object) -> None:
        raise AssertionError("searched")

    key = api.key("facts:write", "read")
    monkeypatch.setattr(APIRouter, "__call__", search)
    taken = api.ask("POST", "/facts", made(), key=key)
    assert taken.status == 201
    assert taken.headers["x-request-id"]
    assert taken.headers["x-content-type-options"] == "nosniff"
    assert api.ask("POST", "/facts", b"{", key=key).json["code"] == "not_json"
    assert api.ask("GET", "/customers", key=key).status == 200
    assert api.ask("GET", "/customers/K-17", key=key).status == 500

"""Every address and every kind of key: who is let in, how far, and that nobody can add an address without saying so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args

import pytest
from starlette.routing import Route

from api.app import app
from api.callers import Pace
from domain.access_key import SCOPES
from domain.roles import Role
from tests.alerts.firm import PROMISED
from tests.api.firm import OTHERS, PEOPLE
from tests.api.serving import Api, serving
from tests.homes import open_at
from tests.notation import at, envelopes
from tests.stores import ENGINES, lasting_folder
from wiring import access
from wiring.worker import run_tick

NOW = at("2026-03-12T17:00")
STRANGER = "konto_0123456789_" + "A" * 43

FACT = {
    "specversion": "1.0", "source": "crm", "id": "note/1", "type": "contact.outbound",
    "time": "2026-03-11T09:00:00+01:00",
    "data": {"contact": "C-1", "customer": "K-77", "by": "lutz", "channel": "phone", "purpose": "follow_up"},
}  # fmt: skip

SEE, ALL, NONE, OWN = 200, 200, 403, 404
"""OWN: another owner's is as if it were not there."""

MAY: dict[tuple[str, str], dict[str, Any]] = {
    # path as asked: scopes that open it; what each role is answered about what is lutz's
    ("POST", "/facts"): {
        "scopes": {"facts:write"}, "body": FACT,
        "owner": OWN, "manager": 201, "auditor": NONE, "admin": NONE, "lutz": 201,
    },
    ("GET", "/customers"): {
        "scopes": {"read"}, "owner": SEE, "manager": ALL, "auditor": ALL, "admin": ALL, "lutz": SEE,
    },
    ("GET", "/customers/{customer}"): {
        "scopes": {"read"}, "path": "/customers/K-77",
        "owner": OWN, "manager": ALL, "auditor": ALL, "admin": ALL, "lutz": SEE,
    },
    ("GET", "/customers/{customer}/statement"): {
        "scopes": {"read"}, "path": "/customers/K-77/statement",
        "owner": OWN, "manager": ALL, "auditor": ALL, "admin": ALL, "lutz": SEE,
    },
    ("GET", "/customers/{customer}/timeline"): {
        "scopes": {"read"}, "path": "/customers/K-77/timeline",
        "owner": NONE, "manager": ALL, "auditor": ALL, "admin": ALL, "lutz": NONE,
    },
    ("GET", "/promises"): {
        "scopes": {"read"}, "owner": SEE, "manager": ALL, "auditor": ALL, "admin": NONE, "lutz": SEE,
    },
    ("GET", "/contacts"): {
        "scopes": {"read"}, "owner": SEE, "manager": ALL, "auditor": ALL, "admin": NONE, "lutz": SEE,
    },
    ("GET", "/incidents"): {
        "scopes": {"read"}, "owner": SEE, "manager": ALL, "auditor": ALL, "admin": NONE, "lutz": SEE,
    },
    ("GET", "/kpis"): {"scopes": {"read"}, "owner": SEE, "manager": ALL, "auditor": ALL, "admin": NONE, "lutz": SEE},
    ("GET", "/kpis/{name}/cases"): {
        "scopes": {"read"}, "path": "/kpis/on_time_rate/cases",
        "owner": SEE, "manager": ALL, "auditor": ALL, "admin": NONE, "lutz": SEE,
    },
    ("GET", "/advice"): {
        "scopes": {"read"}, "path": "/advice?by=lutz",
        "owner": NONE, "manager": ALL, "auditor": ALL, "admin": NONE, "lutz": SEE,
    },
    ("GET", "/alerts"): {
        "scopes": {"read", "alerts"}, "owner": SEE, "manager": ALL, "auditor": ALL, "admin": ALL, "lutz": SEE,
    },
    ("POST", "/alerts/{alert}/acknowledge"): {
        "scopes": {"alerts"}, "owner": OWN, "manager": ALL, "auditor": NONE, "admin": NONE, "lutz": SEE,
    },
    ("POST", "/alerts/{alert}/snooze"): {
        "scopes": {"alerts"}, "owner": OWN, "manager": ALL, "auditor": NONE, "admin": NONE, "lutz": SEE,
    },
    ("GET", "/per-person"): {
        "scopes": {"read"}, "owner": SEE, "manager": ALL, "auditor": ALL, "admin": ALL, "lutz": SEE,
    },
    ("POST", "/per-person"): {
        "scopes": {"admin"}, "body": {"basis": "consent", "purpose": "p"},
        "owner": NONE, "manager": NONE, "auditor": NONE, "admin": 422, "lutz": NONE,
    },
    ("POST", "/per-person/close"): {
        "scopes": {"admin"}, "owner": NONE, "manager": NONE, "auditor": NONE, "admin": 409, "lutz": NONE,
    },
    ("GET", "/looks"): {
        "scopes": {"read"}, "owner": NONE, "manager": NONE, "auditor": ALL, "admin": ALL, "lutz": NONE,
    },
    ("GET", "/keys"): {
        "scopes": {"admin"}, "owner": NONE, "manager": NONE, "auditor": NONE, "admin": ALL, "lutz": NONE,
    },
    ("POST", "/keys/{key}/revoke"): {
        "scopes": {"admin"}, "path": "/keys/0123456789/revoke",
        "owner": NONE, "manager": NONE, "auditor": NONE, "admin": OWN, "lutz": NONE,
    },
}  # fmt: skip
OPEN = {("GET", "/health"), ("GET", "/ready"), ("GET", "/openapi.json"), ("GET", "/asyncapi.json")}
SIGNED = {("POST", "/hooks/{connector}")}
"""Who may is shown where signatures are: tests/api/test_hooks.py."""
FEEDS = {("GET", "/feeds/{token}.ics")}
"""Who may is shown where the feeds are: tests/api/test_feeds.py."""

each_address = pytest.mark.parametrize(("method", "path"), MAY, ids=[" ".join(each) for each in MAY])


@pytest.fixture(scope="module", params=ENGINES)
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    home = open_at(lasting_folder(request.param, "matrix", request))
    home.clock.now = at("2026-01-01T08:00")
    home.konto.publish("people", PEOPLE)
    assert {each.status for each in home.take(envelopes(PROMISED + OTHERS))} == {"recorded"}
    home.clock.now = NOW
    run_tick(home.konto)
    home.konto.catch_up()
    with serving(home, pace=Pace(100_000, 1_000)) as opened:
        yield opened
    home.close()


@pytest.fixture(scope="module")
def alert(api: Api) -> str:
    """That lutz is told of."""
    rows = api.home.konto.views.rows(
        "SELECT alert FROM alerts WHERE recipient = ? ORDER BY rule", (api.home.konto.log.ids.person("lutz"),)
    )
    return str(rows[0][0])


@pytest.fixture(scope="module")
def keys(api: Api) -> dict[str, str]:
    every = list(SCOPES)
    made: dict[str, str] = {
        role: api.key(*every, seed=number, roles=[role]) for number, role in enumerate(get_args(Role), 1)
    }
    made["owner"] = api.key(*every, seed=11, person="ines")
    made["lutz"] = api.key(*every, seed=12, person="lutz")
    made |= {f"only {scope}": api.key(scope, seed=20 + number) for number, scope in enumerate(SCOPES)}
    made["expired"] = api.key(*every, seed=13, expires=NOW + timedelta(seconds=1))
    made["revoked"] = api.key(*every, seed=14)
    access.revoke(api.home.konto, made["revoked"].split("_")[1])
    api.home.clock.now = NOW + timedelta(seconds=2)
    return made


def ask(api: Api, method: str, path: str, alert: str, key: str | None) -> Any:
    entry = MAY[method, path]
    at = entry.get("path", path).replace("{alert}", alert)
    return api.ask(method, at, entry.get("body"), key=key)


def test_every_address_says_here_who_may_ask_it(api: Api):
    routes = app(api.home.konto, Pace(1, 1), body_within_s=1).routes
    there = {
        (method, getattr(route, "path_format", route.path))
        for route in routes
        if isinstance(route, Route)
        for method in (route.methods or ()) - {"HEAD"}
    }
    assert there == MAY.keys() | OPEN | SIGNED | FEEDS


@each_address
def test_without_a_key_that_counts_nobody_is_let_in(api: Api, keys: dict[str, str], alert: str, method: str, path: str):
    answers = [ask(api, method, path, alert, key) for key in (None, STRANGER, keys["expired"], keys["revoked"])]
    assert [answer.status for answer in answers] == [401] * 4
    assert len({answer.text for answer in answers}) == 1


@each_address
def test_a_key_opens_what_its_scope_names(api: Api, keys: dict[str, str], alert: str, method: str, path: str):
    answers = {scope: ask(api, method, path, alert, keys[f"only {scope}"]) for scope in SCOPES}
    opened = {scope for scope, answer in answers.items() if answer.status < 400 or answer.json["code"] != "scope"}
    assert opened == MAY[method, path]["scopes"]


@each_address
def test_the_roles_decide_how_far_it_reaches(api: Api, keys: dict[str, str], alert: str, method: str, path: str):
    entry = MAY[method, path]
    for role in ("owner", "auditor", "admin", "lutz", "manager"):
        expected = {entry[role], 200} if entry[role] == 201 else {entry[role]}  # recorded by an earlier one: known
        answer = ask(api, method, path, alert, keys[role])
        assert answer.status in expected, (role, answer.text)


@pytest.mark.parametrize(("method", "path"), [each for each in MAY if each[0] == "GET"], ids=str)
def test_nothing_of_another_owners_customer_is_told(api: Api, keys: dict[str, str], alert: str, method: str, path: str):
    told = ask(api, method, path, alert, keys["owner"]).text
    for secret in ("Yilmaz", "K-77", "Wartung", "Leck"):
        assert secret not in told.replace("“K-77”", ""), "the name that was asked for may be repeated"
    if path in ("/promises", "/customers", "/alerts"):
        assert "Yilmaz" in ask(api, method, path, alert, keys["manager"]).text


@pytest.mark.parametrize("path", sorted(path for _, path in OPEN))
def test_what_is_open_says_nothing_about_anybody(api: Api, path: str):
    answer = api.ask("GET", path)
    assert answer.status == 200
    for secret in ("Yilmaz", "K-77", "Meier", "Ines Vogt", "lutz@"):
        assert secret not in answer.text


# -- what owners may tell of --------------------------------------------------------------------------------

OWNERS_FACTS = [
    # of whom or what; what ines is answered, whose customer K-17 is
    ("promise.made", {"promise": "P-1", "customer": "K-17", "due": "2026-03-20"}, {201, 200}),
    ("promise.made", {"promise": "P-2", "customer": "K-neu", "due": "2026-03-20"}, {201, 200}),
    ("promise.made", {"promise": "P-3", "customer": "K-77", "due": "2026-03-20"}, {404}),
    ("promise.fulfilled", {"promise": "Wartung"}, {404}),
    ("promise.fulfilled", {"promise": "erp:Wartung"}, {404}),
    ("promise.fulfilled", {"promise": "niemandes"}, {404}),
    ("feedback.given", {"about": "Wartung", "score": 5}, {404}),
    ("customer.merged", {"customer": "K-17", "duplicate": "K-neu"}, {403}),
    ("fact.retracted", {"retracts": {"source": "crm", "id": "x"}}, {403}),
    ("firm.rates_set", {"month": "2026-02", "rates": {"kept": 0.9, "reactions": 0.1}}, {403}),
]


@pytest.mark.parametrize(
    ("type", "data", "statuses"), OWNERS_FACTS, ids=[f"{each[0]} {each[1]}" for each in OWNERS_FACTS]
)
def test_an_owner_tells_of_own_and_of_new_customers_alone(
    api: Api, keys: dict[str, str], type: str, data: dict[str, Any], statuses: set[int]
):
    head = {"specversion": "1.0", "source": "crm", "id": f"{type}/{data}", "time": "2026-03-11T09:00:00+01:00"}
    before = api.home.konto.log.head()
    answer = api.ask("POST", "/facts", {**head, "type": type, "data": data}, key=keys["owner"])
    assert answer.status in statuses, answer.text
    in_a_list = api.ask("POST", "/facts", [{**head, "type": type, "data": data}], key=keys["owner"]).json[0]
    assert (in_a_list["status"] == "refused") == (answer.status >= 400), in_a_list
    assert (api.home.konto.log.head() == before) == (answer.status >= 400)


def test_whoever_looks_after_keys_sees_them_all_but_no_secret_and_ends_one(api: Api, keys: dict[str, str]):
    listed = api.ask("GET", "/keys", key=keys["admin"])
    made = {key.split("_")[1] for key in keys.values()}
    assert made <= {each["name"] for each in listed.json}
    assert not any(key.split("_", 2)[2] in listed.text for key in keys.values())
    ended = api.key("read", seed=40)
    name = ended.split("_")[1]
    assert api.ask("GET", "/promises", key=ended).status == 200
    for _ in range(2):
        assert api.ask("POST", f"/keys/{name}/revoke", key=keys["admin"]).json["counts"] is False
    assert api.ask("GET", "/promises", key=ended).status == 401

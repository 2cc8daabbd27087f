"""Over HTTP: what concerns it gets a 503 that says so, so that it is sent again; everybody else goes on."""

from __future__ import annotations

from tests.api.serving import serving
from tests.damaged.damage import damaged, newest
from tests.dashboard.signed_in import filled
from tests.homes import Home
from tests.notation import at

ABOUT_ALL = (
    "/customers",
    "/promises",
    "/contacts",
    "/incidents",
    "/kpis",
    "/alerts",
    "/per-person",
    "/health",
    "/ready",
)
FULFILLED = {
    "specversion": "1.0",
    "source": "crm",
    "id": "later",
    "type": "promise.fulfilled",
    "time": "2026-03-12T09:00:00+01:00",
}


def test_everybody_else_is_answered_and_what_concerns_it_is_to_be_sent_again(home: Home):
    home.clock.now = at("2026-03-01T08:00")
    filled(home)
    home.clock.now = at("2026-03-12T10:00")
    konto = home.konto
    (theirs,) = konto.library.customer_ids("L-1")
    (stream,) = konto.views.row("SELECT stream FROM streams WHERE customer = ? AND stream LIKE 'promise%'", (theirs,))
    (mine,) = [row[0] for row in konto.views.rows("SELECT id FROM promise_words WHERE promise = '" + stream + "'")]
    with serving(home) as api:
        key = api.key("read", "facts:write")
        fulfilled = {**FULFILLED, "data": {"promise": mine}}
        with damaged(konto, [newest(konto, stream)]):
            for path in (*ABOUT_ALL, "/customers/L-2", "/customers/L-2/statement", "/customers/L-2/timeline"):
                assert api.ask("GET", path, key=key).status == 200, path
            for answer in (
                api.ask("GET", "/customers/L-1/statement", key=key),
                api.ask("POST", "/facts", fulfilled, key=key),
            ):
                assert (answer.status, answer.json["code"]) == (503, "unreadable_event")
                assert answer.headers["retry-after"] == "3600"
        assert api.ask("GET", "/customers/L-1/statement", key=key).status == 200
        assert api.ask("POST", "/facts", fulfilled, key=key).status == 201

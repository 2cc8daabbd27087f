"""Outgoing webhooks: signed as the rules say, never led into our own network, and every answer has its meaning."""

from __future__ import annotations

import json
import re
import socket
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks

from tests.alerts.certificates import Authority
from tests.alerts.door import CUT, DRIP, FLOOD, HANG, HOST
from tests.alerts.post_office import free_port
from tests.alerts.web_server import WebServer, answer
from workers.channels import Envelope, NotDelivered, Webhook
from workers.channels.web import ANSWERS, is_public
from workers.messages import Message

TIMEOUT_SECONDS = 0.2
PATIENT_SECONDS = 5
"""Where the server answers at once, and the machine may be busy."""
SLACK_SECONDS = 1

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 28, 7, 0, 5, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 28, 7, tzinfo=UTC)
MESSAGE = Message("Meier: Angebot", "Das Angebot für Meier war zugesagt", "Bitte heute anrufen – noch ist Zeit.")
ENVELOPE = Envelope("Ines Vogt", "ines@example.com", "<alert-1@vertrauenskonto>", MESSAGE, WRITTEN)
YES = "delivered"
DAY = timedelta(days=1)


def webhook(url: str, *, allow_private: bool = True, now: datetime = NOW, seconds: float = PATIENT_SECONDS) -> Webhook:
    return Webhook("crm", url, SECRET, lambda: now, allow_private, seconds)


def outcome(hook: Webhook) -> str:
    started = time.monotonic()
    try:
        hook.send(ENVELOPE)
        found = YES
    except NotDelivered as failed:
        found = f"{failed.failure} {failed.reason}"
    took = time.monotonic() - started
    assert took < TIMEOUT_SECONDS * ANSWERS + SLACK_SECONDS, f"{took:.2f} s"
    return found


# -- what is sent -------------------------------------------------------------------------------------


def test_a_receiver_verifies_what_it_got_with_the_secret_and_an_altered_body_fails():
    now = datetime.now(UTC)
    with WebServer().open() as server:
        webhook(f"http://{HOST}:{server.port}/hook?from=konto", now=now).send(ENVELOPE)
    (request,) = server.requests
    assert request.line == "POST /hook?from=konto HTTP/1.1"
    assert request.headers["host"] == f"{HOST}:{server.port}"
    assert request.headers["content-type"] == "application/json"
    told = standardwebhooks.Webhook(SECRET).verify(request.body, request.headers)
    assert told == {
        "type": "alert",
        "timestamp": "2026-11-28T07:00:00+00:00",
        "data": {
            "id": "<alert-1@vertrauenskonto>",
            "to": "Ines Vogt",
            "subject": MESSAGE.subject,
            "title": MESSAGE.title,
            "text": MESSAGE.text,
        },
    }
    for altered in (request.body.replace(b"Meier", b"Maier"), json.dumps(told).encode()):
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(SECRET).verify(altered, request.headers)


def test_every_attempt_has_the_same_id_and_is_signed_for_its_own_moment():
    later = NOW + timedelta(hours=2)
    with WebServer().open() as server:
        url = f"http://{HOST}:{server.port}/"
        webhook(url).send(ENVELOPE)
        # The same instant, as a clock in another zone tells it.
        webhook(url, now=later.astimezone(tz=timezone(timedelta(hours=5)))).send(ENVELOPE)
    first, second = (request.headers for request in server.requests)
    assert first["webhook-id"] == second["webhook-id"] == "<alert-1@vertrauenskonto>"
    assert int(first["webhook-timestamp"]) == NOW.timestamp()
    assert int(second["webhook-timestamp"]) == later.timestamp()
    body = server.requests[1].body.decode()
    signature = standardwebhooks.Webhook(SECRET).sign("<alert-1@vertrauenskonto>", later, body)
    assert second["webhook-signature"] == signature


def test_the_receiver_in_the_manual_takes_what_is_ours_and_nothing_else(capsys: pytest.CaptureFixture[str]):
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "reach-people.md").read_text("utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    exec(program, names)
    with WebServer().open() as server:
        webhook(f"http://{HOST}:{server.port}/", now=datetime.now(UTC)).send(ENVELOPE)
        webhook(f"http://{HOST}:{server.port}/", now=datetime.now(UTC) - timedelta(minutes=6)).send(ENVELOPE)
    request, old = server.requests
    assert names["told"](request.headers, request.body) == 204
    assert capsys.readouterr().out == MESSAGE.title + "\n"
    assert names["told"](old.headers, old.body) == 401
    assert names["told"](request.headers, request.body + b" ") == 401
    assert names["told"]({**request.headers, "webhook-signature": "nonsense"}, request.body) == 401
    assert names["told"]({}, request.body) == 401


# -- what is answered ---------------------------------------------------------------------------------

ANSWERED = [
    (answer(200), YES),
    (answer(201, body="thank you"), YES),
    ("HTTP/1.1 204 No Content\r\n\r\n", YES),
    ("HTTP/1.0 200 OK\r\n\r\nold but honest", YES),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n", YES),
    ("HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\nand no more", YES),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nno chunk", YES),
    ("HTTP/1.1 200 OK\r\nRetry-After: 5\r\n\r\n", YES),
    (answer(301, "Location: /there"), "refused http_301"),
    (answer(302, "Location: http://127.0.0.1/"), "refused http_302"),
    (answer(307, "Location: /there"), "refused http_307"),
    (answer(308, "Location: /there"), "refused http_308"),
    (answer(400), "refused http_400"),
    (answer(401), "refused http_401"),
    (answer(404), "refused http_404"),
    (answer(413), "refused http_413"),
    (answer(408), "later http_408"),
    (answer(425), "later http_425"),
    (answer(429), "later http_429"),
    (answer(410), "gone http_410"),
    (answer(500), "channel http_500"),
    (answer(502), "channel http_502"),
    (answer(503), "channel http_503"),
    ("HTTP/1.1 103 Early Hints\r\n\r\n", "channel http_103"),
    ("HTTP/1.1 999 What\r\n\r\n", "channel http_999"),
    ("HTTP/1.1 OK\r\n\r\n", "channel http_garbled"),
    ("220 mail.example.com ESMTP\r\n", "channel http_garbled"),
    ("\x15\x03\x01\x00\x02\x02\x46", "channel http_garbled"),
    ("HTTP/1.1 200 OK\r\n" + "X: 1\r\n" * 200 + "\r\n", "channel http_garbled"),
    (FLOOD, "channel http_garbled"),
    (CUT, "channel no_connection"),
    (HANG, "channel timeout"),
    (DRIP, "channel timeout"),
]


@pytest.mark.parametrize(("reply", "expected"), ANSWERED, ids=[row[0][:30] for row in ANSWERED])
def test_whatever_is_answered_ends_in_time_and_has_its_meaning(reply: str, expected: str):
    with WebServer(reply).open() as server:
        seconds = TIMEOUT_SECONDS if reply in (HANG, DRIP) else PATIENT_SECONDS
        assert outcome(webhook(f"http://{HOST}:{server.port}/", seconds=seconds)) == expected
    assert len(server.requests) == 1, "nobody is led anywhere"


@pytest.mark.parametrize(
    ("status", "header", "again"),
    [
        (429, "120", timedelta(minutes=2)),
        (503, " 30 ", timedelta(seconds=30)),
        (408, "999999999999999999999", DAY),
        (425, "Sat, 28 Nov 2026 07:10:05 GMT", timedelta(minutes=10)),
        (503, "Sat, 28 Nov 2026 07:10:05 -0000", timedelta(minutes=10)),
        (429, "Wed, 28 Nov 2096 07:10:05 GMT", DAY),
        (429, "Sat, 28 Nov 2026 06:10:05 GMT", None),
        (429, "0", None),
        (429, "-5", None),
        (429, "1.5", None),
        (429, "²", None),
        (429, "soon", None),
        (429, "", None),
        (400, "120", None),
        (410, "120", None),
    ],
)
def test_when_to_try_again_is_what_the_receiver_says_and_at_most_a_day(
    status: int, header: str, again: timedelta | None
):
    with WebServer(answer(status, f"Retry-After: {header}")).open() as server, pytest.raises(NotDelivered) as failed:
        webhook(f"http://{HOST}:{server.port}/").send(ENVELOPE)
    assert failed.value.again == again


def test_where_nobody_listens_the_channel_is_down():
    assert outcome(webhook(f"http://{HOST}:{free_port()}/")) == "channel no_connection"


@pytest.mark.parametrize("url", ["http://", "ftp://example.com/", "http://[::1", "http://127.0.0.1:99999/", "nonsense"])
def test_an_address_that_is_none_is_ours_to_put_right(url: str):
    assert outcome(webhook(url)).startswith("channel ")


# -- where it leads -----------------------------------------------------------------------------------

NOT_PUBLIC = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.8.9.10",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.2.1",
    "192.168.178.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%2",
    "fec0::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_of_our_own_network_is_known_in_every_way_to_write_it(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_connected_to(address: str):
    assert is_public(address)


@pytest.mark.parametrize("host", [HOST, "localhost", "127.1", "2130706433", "0x7f000001", "0", "[::ffff:127.0.0.1]"])
def test_nobody_is_led_into_our_own_network(host: str):
    with WebServer().open() as server:
        found = outcome(webhook(f"http://{host}:{server.port}/", allow_private=False))
    assert found in ("channel private_address", "channel no_connection")
    assert server.requests == []


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """What the name service answers, in turn; the names that it was asked for."""
    asked = []
    turns = iter(answers)

    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(turns)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_that_leads_elsewhere_when_it_is_asked_again_leads_nowhere(monkeypatch: pytest.MonkeyPatch):
    with WebServer().open() as server:
        asked = named(monkeypatch, ["127.0.0.1"], ["8.8.8.8"])
        assert outcome(webhook(f"http://hook.example:{server.port}/", allow_private=False)) == "channel private_address"
        assert asked == ["hook.example"], "asked once: what was checked is what is connected to"
    assert server.requests == []


def test_the_checked_address_is_connected_to_and_the_certificate_is_that_of_the_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with WebServer(context=authority.server("hook.example")).open() as server:
        asked = named(monkeypatch, ["127.0.0.1"], ["127.0.0.1"])
        assert outcome(webhook(f"https://hook.example:{server.port}/")) == YES
        assert outcome(webhook(f"https://other.example:{server.port}/")) == "channel certificate"
    assert asked == ["hook.example", "other.example"]
    assert server.names == ["hook.example", "other.example"]
    assert [request.headers["host"] for request in server.requests] == [f"hook.example:{server.port}"]


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path):
    with WebServer(context=Authority(tmp_path).server("localhost")).open() as server:
        assert outcome(webhook(f"https://localhost:{server.port}/")) == "channel certificate"
    assert server.requests == []


def test_a_protected_server_that_hangs_or_drips_is_left_in_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    for reply in (HANG, DRIP):
        with WebServer(reply, context=authority.server("localhost")).open() as server:
            url = f"https://localhost:{server.port}/"
            assert outcome(webhook(url, seconds=TIMEOUT_SECONDS)) == "channel timeout"
    with socket.create_server((HOST, 0)) as silent:
        url = f"https://localhost:{silent.getsockname()[1]}/"
        assert outcome(webhook(url, seconds=TIMEOUT_SECONDS)) == "channel timeout", "while the connection is made"

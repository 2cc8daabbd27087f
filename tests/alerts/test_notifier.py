"""Chats and text messages: what the library says of a failure is understood, and nothing of it gets out."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime

import apprise
import pytest

from tests.alerts.door import CUT, DRIP, HANG, HOST
from tests.alerts.overheard import overheard
from tests.alerts.post_office import free_port
from tests.alerts.web_server import WebServer, answer
from workers.channels import Envelope, NotDelivered, Notifier
from workers.channels.notifier import ANSWERS
from workers.messages import Message

TIMEOUT_SECONDS = 0.2
PATIENT_SECONDS = 5
"""Where the server answers at once, and the machine may be busy."""
SLACK_SECONDS = 1

WRITTEN = datetime(2026, 11, 28, 7, tzinfo=UTC)
MESSAGE = Message("Meier: Angebot", "Angebot für <Meier> überfällig", "Bitte *heute* anrufen & einen Termin nennen.")
ENVELOPE = Envelope("Ines Vogt", "ines@example.com", "<alert-1@vertrauenskonto>", MESSAGE, WRITTEN)
YES = "delivered"


def outcome(url: str, seconds: float = PATIENT_SECONDS) -> str:
    started = time.monotonic()
    try:
        Notifier("team", url, seconds).send(ENVELOPE)
        found = YES
    except NotDelivered as failed:
        found = f"{failed.failure} {failed.reason}"
    took = time.monotonic() - started
    assert took < TIMEOUT_SECONDS * ANSWERS + SLACK_SECONDS, f"{took:.2f} s"
    return found


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (answer(200), YES),
        (answer(204), YES),
        (answer(302, "Location: http://127.0.0.1:9/"), "refused http_302"),
        (answer(400), "refused http_400"),
        (answer(401), "channel http_401"),
        (answer(403), "channel http_403"),
        (answer(404), "refused http_404"),
        (answer(410), "gone http_410"),
        (answer(429), "later http_429"),
        (answer(500), "channel http_500"),
        (answer(503), "channel http_503"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "channel no_connection"),
        (CUT, "channel no_connection"),
        (HANG, "channel timeout"),
        (DRIP, "channel timeout"),
    ],
    ids=lambda text: text[:20],
)
def test_whatever_is_answered_ends_in_time_and_has_its_meaning(reply: str, expected: str):
    with WebServer(reply).open() as server:
        seconds = TIMEOUT_SECONDS if reply in (HANG, DRIP) else PATIENT_SECONDS
        assert outcome(f"json://{HOST}:{server.port}/", seconds) == expected
    assert len(server.requests) == 1


def test_the_words_arrive_as_they_are():
    with WebServer().open() as server:
        assert outcome(f"json://{HOST}:{server.port}/") == YES
    told = json.loads(server.requests[0].body)
    assert (told["title"], told["message"]) == (MESSAGE.title, MESSAGE.text)


def test_where_nobody_listens_the_channel_is_down():
    assert outcome(f"json://{HOST}:{free_port()}/") == "channel no_connection"


@pytest.mark.parametrize("url", ["nonsense", "nonsense://a/b", "slack://", "://", ""])
def test_an_address_that_the_library_does_not_know_is_ours_to_put_right(url: str):
    assert outcome(url) == "channel unknown_address"


def test_an_address_may_set_its_own_time_outs():
    service = Notifier("team", "json://localhost/?rto=1.5", 7)._service()
    assert (service.socket_connect_timeout, service.socket_read_timeout) == (7, 1.5)
    with WebServer(HANG).open() as server:
        started = time.monotonic()
        with pytest.raises(NotDelivered, match="timeout"):
            Notifier("team", f"json://{HOST}:{server.port}/?rto=0.1", 5).send(ENVELOPE)
        assert time.monotonic() - started < 2


TEAMS = "prod-01.westeurope.logic.azure.com:443"
SAMPLES = [
    f"workflows://{TEAMS}/643e69f83c8944438d68119179a10a64/KODuebbbDGYFr1z0eu",
    f"https://{TEAMS}/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebbbDGYFr1z0eu",
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "matrixs://konto:a-password@matrix.example.com/%23baustelle",
    "matrixs://a-token@matrix.example.com/!abcdefgh:matrix.example.com",
    f"twilio://AC{'a' * 32}:{'b' * 32}@+4915112345678/+4917012345678",
    "clicksend://user:an-api-key@+4917012345678",
    "seven://an-api-key/+4917012345678",
    "jsons://example.com/hook",
]


@pytest.mark.parametrize("url", SAMPLES, ids=[url[:24] for url in SAMPLES])
def test_the_addresses_of_the_manual_are_accepted_by_the_library(url: str):
    assert apprise.Apprise().add(url)
    assert Notifier("team", url)._service() is not None


def test_teams_is_reached_by_workflows_alone():
    """Its older address went with the service behind it."""
    assert not apprise.Apprise().add(f"msteams://{'a' * 8}-1234/{'b' * 32}/{'c' * 8}-1234")


def test_the_library_says_nothing_into_our_logs_however_they_are_set(capfd: pytest.CaptureFixture[str]):
    logging.getLogger("apprise").setLevel(logging.ERROR)
    with WebServer(answer(500)).open() as server, overheard() as log:
        assert outcome(f"json://konto:geheim@{HOST}:{server.port}/geheim?+x=geheim") == "channel http_500"
        assert outcome("slack://geheim") == "channel unknown_address"
        assert outcome("geheim://geheim") == "channel unknown_address"
    assert log.getvalue() == ""
    assert capfd.readouterr() == ("", "")

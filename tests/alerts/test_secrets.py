"""Passwords, tokens and addresses of channels: never in what is shown, told or logged of them."""

from __future__ import annotations

import io
import logging
import socket
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from domain.documents import load
from domain.errors import Refused
from tests.alerts.door import CUT, HOST
from tests.alerts.overheard import overheard
from tests.alerts.post_office import free_port
from tests.alerts.rude_post_office import RudePostOffice
from tests.alerts.web_server import WebServer, answer
from wiring.settings import Settings
from words import translator
from workers.channels import Channel, Envelope, Mailer, NotDelivered, Notifier, Webhook
from workers.messages import Message

NOW = datetime(2026, 11, 28, 7, tzinfo=UTC)
CANARY = "kanarienvogel"
WHO = "kanarie@example.com"
SECRET = "whsec_a2FuYXJpZW52b2dlbGthbmFyaWVudm9nZWw="
SECRETS = (CANARY, WHO, SECRET.removeprefix("whsec_"))
MESSAGE = Message(CANARY, CANARY, CANARY)
ENVELOPE = Envelope(CANARY, WHO, "<alert-1@vertrauenskonto>", MESSAGE, NOW)


def mailer(port: int) -> Mailer:
    return Mailer(HOST, port, "none", "konto@example.com", 5, "konto", CANARY)


def webhook(url: str) -> Webhook:
    return Webhook("crm", url, SECRET, lambda: NOW, True, 5)


def notifier(url: str) -> Notifier:
    return Notifier("team", url, 5)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with overheard() as text:
        yield text


def must_be_silent(text: str) -> None:
    assert not [secret for secret in SECRETS if secret in text]


def must_fail_silently(channel: Channel, log: io.StringIO) -> None:
    must_be_silent(repr(channel))
    with pytest.raises(NotDelivered) as failed:
        channel.send(ENVELOPE)
    must_be_silent(repr(failed.value) + str(failed.value))
    must_be_silent("".join(traceback.format_exception(failed.value)))
    logging.getLogger("test").exception("failed", exc_info=failed.value)
    must_be_silent(log.getvalue())


@pytest.mark.parametrize(
    "script",
    [
        {"EHLO": "250-hi\r\n250 AUTH PLAIN", "AUTH": f"535 {CANARY} is wrong"},
        {"EHLO": "250-hi\r\n250 AUTH LOGIN", "AUTH": "334 VXNlcm5hbWU6"},
        {"EHLO": "250-hi\r\n250 AUTH PLAIN", "AUTH": "235 hi", "RCPT": f"550 {WHO} does not live here"},
        {"EHLO": "250-hi\r\n250 AUTH PLAIN", "AUTH": "235 hi", "END": f"554 {CANARY} is spam"},
        {"GREETING": f"554 {CANARY}"},
        {"GREETING": CANARY},
    ],
    ids=str,
)
def test_what_a_mail_server_says_stays_between_us(script: dict[str, str], log: io.StringIO):
    office = RudePostOffice(script)
    with office.open():
        must_fail_silently(mailer(office.port), log)


@pytest.mark.parametrize(
    "reply", [answer(302, f"Location: /{CANARY}"), answer(404, body=CANARY), answer(500), CUT, f"{CANARY}\r\n"]
)
def test_where_a_webhook_leads_stays_between_us(reply: str, log: io.StringIO):
    with WebServer(reply).open() as server:
        must_fail_silently(webhook(f"http://{HOST}:{server.port}/{CANARY}?{CANARY}"), log)
        must_fail_silently(notifier(f"json://{CANARY}:{CANARY}@{HOST}:{server.port}/{CANARY}"), log)


@pytest.mark.parametrize(
    "url",
    [f"http://{HOST}:1/{CANARY} {CANARY}", f"http://{HOST}:0x{CANARY}/", f"{CANARY}://{CANARY}", f"http://[{CANARY}/"],
)
def test_an_address_that_is_none_is_not_repeated(url: str, log: io.StringIO):
    must_fail_silently(webhook(url), log)
    must_fail_silently(notifier(url), log)


def test_where_nobody_listens_nobody_hears_of_it(log: io.StringIO, monkeypatch: pytest.MonkeyPatch):
    port = free_port()
    must_fail_silently(mailer(port), log)
    must_fail_silently(webhook(f"http://{HOST}:{port}/{CANARY}"), log)
    must_fail_silently(notifier(f"json://{HOST}:{port}/{CANARY}"), log)

    def unknown(host: str, *_: object, **__: object) -> None:
        raise socket.gaierror(-2, f"{host} not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    must_fail_silently(webhook(f"http://{CANARY}.example/"), log)


# -- settings -----------------------------------------------------------------------------------------

URL = f"https://example.com/{CANARY}"
WRONG = [
    (f'channels = "{CANARY}"', "channels", "section"),
    (f'[channels]\nteam = ["slack://{CANARY}"]', "channels.team", "quotation marks"),
    (f'[channels.team]\nurl = "slack://{CANARY}"', "channels.team", "quotation marks"),
    (f'[channels]\nemail = "slack://{CANARY}"', "channels.email", "another name"),
    (f'[mail]\npassword = ["{CANARY}"]', "mail.password", "quotation marks"),
    (f'[store]\nurl = "mysql://{CANARY}"', "store.url", "postgresql://"),
    (f'webhooks = "{CANARY}"', "webhooks", "section"),
    (f'[webhooks]\ncrm = "{CANARY}"', "webhooks.crm", "section"),
    (f'[webhooks.crm]\nurl = "ftp://{CANARY}"\nsecret = "{SECRET}"', "webhooks.crm.url", "https://"),
    (f'[webhooks.crm]\nurl = "https://konto:{CANARY}@x.de"\nsecret = "{SECRET}"', "webhooks.crm.url", "https://"),
    (f'[webhooks.crm]\nurl = "https:///{CANARY}"\nsecret = "{SECRET}"', "webhooks.crm.url", "https://"),
    (f'[webhooks.crm]\nurl = "https://x.de/{CANARY} x"\nsecret = "{SECRET}"', "webhooks.crm.url", "https://"),
    (f'[webhooks.crm]\nurl = "https://x.de:{CANARY}"\nsecret = "{SECRET}"', "webhooks.crm.url", "https://"),
    (f'[webhooks.crm]\nurl = ["{CANARY}"]\nsecret = "{SECRET}"', "webhooks.crm.url", "quotation marks"),
    (f'[webhooks.crm]\nurl = "{URL}"', "webhooks.crm.secret", "missing"),
    (f'[webhooks.crm]\nurl = "{URL}"\nsecret = "{CANARY}"', "webhooks.crm.secret", "whsec_"),
    (f'[webhooks.crm]\nurl = "{URL}"\nsecret = "whsec_{CANARY}"', "webhooks.crm.secret", "whsec_"),
    (f'[webhooks.crm]\nurl = "{URL}"\nsecret = "whsec_{CANARY}%%%%%%%%%%%%%%%%%%%"', "webhooks.crm.secret", "whsec_"),
    (f'[webhooks.crm]\nurl = "{URL}"\nsecret = "whsec_"', "webhooks.crm.secret", "whsec_"),
    (f'[webhooks.email]\nurl = "{URL}"\nsecret = "{SECRET}"', "webhooks.email", "another name"),
    (
        f'[channels]\nteam = "slack://{CANARY}"\n[webhooks.team]\nurl = "{URL}"\nsecret = "{SECRET}"',
        "webhooks.team",
        "another name",
    ),
]


@pytest.mark.parametrize(("text", "path", "says"), WRONG)
def test_a_wrong_setting_is_named_and_what_stands_there_is_not_repeated(text: str, path: str, says: str):
    with pytest.raises(Refused) as refused:
        load(text, Settings)
    assert refused.value.path == path
    assert says in str(refused.value)
    must_be_silent(str(refused.value) + repr(refused.value) + repr(refused.value.params))
    assert translator("de").gettext(refused.value.text) != refused.value.text


def test_a_webhook_that_is_as_it_should_be_is_taken_and_its_secrets_are_not_shown():
    settings = load(f'[webhooks.crm]\nurl = "{URL}"\nsecret = "{SECRET}"', Settings)
    hook = settings.webhooks["crm"]
    assert (hook.allow_private, hook.timeout_seconds) == (False, 10)
    assert hook.url.get_secret_value() == URL
    must_be_silent(repr(settings) + str(settings) + settings.model_dump_json())

"""What a mail server may answer at every step, and whose fault that then is.

A no to the recipient or to the message ends this message. A no to us, a broken reply, silence: the whole way fails.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest

from tests.alerts.certificates import Authority
from tests.alerts.door import CUT, DRIP, FLOOD, HANG, HOST
from tests.alerts.post_office import free_port
from tests.alerts.rude_post_office import SLOW, RudePostOffice
from workers.channels import Envelope, Mailer, NotDelivered, is_our_own
from workers.channels.mail import ANSWERS
from workers.messages import Message

TIMEOUT_SECONDS = 0.2
PATIENT_SECONDS = 5
"""Where the server answers at once, and the machine may be busy."""
SLACK_SECONDS = 1

WRITTEN = datetime(2026, 11, 28, 7, tzinfo=UTC)
MESSAGE = Message(
    "Meier: Angebot", "Das Angebot für Meier war zugesagt", "Bitte heute anrufen.\n.\nÜbermorgen reicht nicht."
)
ENVELOPE = Envelope("Ines", "ines@example.com", "<alert-1@vertrauenskonto>", MESSAGE, WRITTEN, "promise-1")
YES = "delivered"


def mailer(office: RudePostOffice, **other: str) -> Mailer:
    slow = any(reply in (HANG, DRIP) or reply.startswith(SLOW) for reply in office.script.values())
    return Mailer(HOST, office.port, "none", "konto@example.com", TIMEOUT_SECONDS if slow else PATIENT_SECONDS, **other)


def send(script: dict[str, str], envelope: Envelope = ENVELOPE, **other: str) -> tuple[str, RudePostOffice]:
    """`delivered`, or failure and reason; a send that lasts too long fails the test."""
    office = RudePostOffice(script)
    with office.open():
        started = time.monotonic()
        try:
            mailer(office, **other).send(envelope)
            outcome = YES
        except NotDelivered as failed:
            outcome = f"{failed.failure} {failed.reason}"
        took = time.monotonic() - started
    assert took < TIMEOUT_SECONDS * ANSWERS + SLACK_SECONDS, f"{took:.2f} s"
    return outcome, office


REPLIES = [
    # The greeting.
    ("GREETING", "220-welcome\r\n220-to our\r\n220 house", YES),
    ("GREETING", "220 slow\nbut only one line end", "channel smtp_garbled"),
    ("GREETING", "421 too busy", "channel smtp_421"),
    ("GREETING", "450 not now", "channel smtp_450"),
    ("GREETING", "554 no service", "channel smtp_554"),
    ("GREETING", "250 hello", "channel smtp_250"),
    ("GREETING", "HTTP/1.1 400 Bad Request", "channel smtp_garbled"),
    ("GREETING", "SSH-2.0-OpenSSH_9.2", "channel smtp_garbled"),
    ("GREETING", "220 wel\0", "channel smtp_garbled"),
    ("GREETING", CUT, "channel no_connection"),
    ("GREETING", HANG, "channel timeout"),
    ("GREETING", DRIP, "channel timeout"),
    ("GREETING", FLOOD, "channel smtp_garbled"),
    # EHLO; what an old server does not know is asked by HELO.
    ("EHLO", "250 short", YES),
    ("EHLO", "500 what?", YES),
    ("EHLO", "502 not here", YES),
    ("EHLO", "421 closing", "channel smtp_421"),
    ("EHLO", "250-SIZE\r\n250-\0", "channel smtp_garbled"),
    ("EHLO", "\x16\x03\x01", "channel smtp_garbled"),
    ("EHLO", CUT, "channel no_connection"),
    ("EHLO", HANG, "channel timeout"),
    ("EHLO", FLOOD, "channel smtp_garbled"),
    # MAIL: a no to our own address.
    ("MAIL", "250-fine\r\n250 really", YES),
    ("MAIL", "421 closing", "channel smtp_421"),
    ("MAIL", "451 try later", "channel smtp_451"),
    ("MAIL", "452 no space", "channel smtp_452"),
    ("MAIL", "530 log in first", "channel smtp_530"),
    ("MAIL", "550 who are you", "channel smtp_550"),
    ("MAIL", "552 too long", "refused smtp_552"),
    ("MAIL", "fine by me", "channel smtp_garbled"),
    ("MAIL", "354 go on", "channel smtp_354"),
    ("MAIL", CUT, "channel no_connection"),
    ("MAIL", HANG, "channel timeout"),
    # RCPT: a no to the recipient.
    ("RCPT", "251 will be forwarded", YES),
    ("RCPT", "252 cannot say", YES),
    ("RCPT", "421 closing", "channel smtp_421"),
    ("RCPT", "450 mailbox busy", "later smtp_450"),
    ("RCPT", "450-greylisted\r\n450 for a while", "later smtp_450"),
    ("RCPT", "451 try later", "later smtp_451"),
    ("RCPT", "452 mailbox full", "later smtp_452"),
    ("RCPT", "530 log in first", "channel smtp_530"),
    ("RCPT", "550 no such user", "refused smtp_550"),
    ("RCPT", "550-no such user\r\n550 at all", "refused smtp_550"),
    ("RCPT", "553 bad name", "refused smtp_553"),
    ("RCPT", "550\t?", "channel smtp_garbled"),
    ("RCPT", "55", "channel smtp_garbled"),
    ("RCPT", "999 no", "channel smtp_garbled"),
    ("RCPT", "550 no su\0", "channel smtp_garbled"),
    ("RCPT", CUT, "channel no_connection"),
    ("RCPT", HANG, "channel timeout"),
    ("RCPT", DRIP, "channel timeout"),
    # DATA.
    ("DATA", "354-go\r\n354 on", YES),
    ("DATA", "250 taken", "channel smtp_250"),
    ("DATA", "421 closing", "channel smtp_421"),
    ("DATA", "451 try later", "later smtp_451"),
    ("DATA", "503 no recipients", "refused smtp_503"),
    ("DATA", "554 no", "refused smtp_554"),
    ("DATA", "go on", "channel smtp_garbled"),
    ("DATA", CUT, "channel no_connection"),
    ("DATA", HANG, "channel timeout"),
    ("DATA", DRIP, "channel timeout"),
    # The end of the mail: only the whole word counts.
    ("END", "250-taken\r\n250 as 4711", YES),
    ("END", "251 taken all the same", YES),
    ("END", "250 taken\r\n421 and closing", YES),
    ("END", "421 closing", "channel smtp_421"),
    ("END", "450 not now", "later smtp_450"),
    ("END", "451 try later", "later smtp_451"),
    ("END", "452 no space", "later smtp_452"),
    ("END", "550 looks like spam", "refused smtp_550"),
    ("END", "552-too long\r\n552 by far", "refused smtp_552"),
    ("END", "554 not wanted", "refused smtp_554"),
    ("END", "354 and more?", "channel smtp_354"),
    ("END", "taken", "channel smtp_garbled"),
    ("END", "250 ta\0", "channel smtp_garbled"),
    ("END", "250-taken\r\n\0", "channel no_connection"),
    ("END", CUT, "channel no_connection"),
    ("END", HANG, "channel timeout"),
    ("END", DRIP, "channel timeout"),
    # The farewell comes after the yes.
    ("QUIT", "421 go away", YES),
    ("QUIT", "500 what?", YES),
    ("QUIT", "good riddance", YES),
    ("QUIT", CUT, YES),
    ("QUIT", HANG, YES),
    ("QUIT", DRIP, YES),
]


@pytest.mark.parametrize(("step", "reply", "outcome"), REPLIES)
def test_whatever_the_server_says_ends_in_time_and_says_whose_fault_it_is(step: str, reply: str, outcome: str):
    found, office = send({step: reply})
    assert found == outcome
    assert len(office.taken) == (step in ("END", "QUIT") or outcome == YES)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("250 hello", YES),
        ("421 closing", "channel smtp_421"),
        ("450 not now", "channel smtp_450"),
        ("550 no", "channel smtp_550"),
        ("hello", "channel smtp_garbled"),
        (CUT, "channel no_connection"),
        (HANG, "channel timeout"),
    ],
)
def test_a_server_that_knows_no_ehlo_is_asked_by_helo(reply: str, outcome: str):
    found, office = send({"EHLO": "500 what?", "HELO": reply})
    assert found == outcome
    assert office.heard[1].startswith("helo ")


WITH_LOGIN = "250-at your service\r\n250 AUTH PLAIN"


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("235 welcome", YES),
        ("421 closing", "channel smtp_421"),
        ("454 not now", "channel smtp_454"),
        ("535 wrong password", "channel smtp_535"),
        ("welcome", "channel smtp_garbled"),
        (CUT, "channel no_connection"),
        (HANG, "channel timeout"),
    ],
)
def test_a_login_that_fails_is_ours_to_put_right(reply: str, outcome: str):
    found, _ = send({"EHLO": WITH_LOGIN, "AUTH": reply}, user="konto", password="geheim")
    assert found == outcome


def test_a_server_without_the_login_or_the_protection_that_we_need_is_not_written_to():
    assert send({}, user="konto", password="geheim")[0] == "channel smtp_not_supported"
    assert send({"EHLO": "250-hi\r\n250 AUTH GSSAPI"}, user="konto", password="geheim")[0] == (
        "channel smtp_not_supported"
    )
    assert send({"EHLO": WITH_LOGIN}, user="konto", password="müde")[0] == "channel login_not_ascii"


def protected(office: RudePostOffice, host: str = HOST) -> Mailer:
    seconds = TIMEOUT_SECONDS if HANG in office.script.values() else PATIENT_SECONDS
    return Mailer(host, office.port, "starttls", "konto@example.com", seconds, "konto", "geheim")


WITH_STARTTLS = "250-at your service\r\n250-STARTTLS\r\n250 AUTH PLAIN"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({}, "smtp_not_supported"),
        ({"EHLO": WITH_STARTTLS, "STARTTLS": "421 closing"}, "smtp_421"),
        ({"EHLO": WITH_STARTTLS, "STARTTLS": "454 not now"}, "smtp_454"),
        ({"EHLO": WITH_STARTTLS, "STARTTLS": "501 no"}, "smtp_501"),
        ({"EHLO": WITH_STARTTLS, "STARTTLS": "220 go on"}, "no_connection"),
        ({"EHLO": WITH_STARTTLS, "STARTTLS": CUT}, "no_connection"),
        ({"EHLO": WITH_STARTTLS, "STARTTLS": HANG}, "timeout"),
    ],
)
def test_without_the_protection_that_we_ask_for_no_password_is_told(script: dict[str, str], reason: str):
    office = RudePostOffice(script)
    with office.open(), pytest.raises(NotDelivered, match=reason) as failed:
        protected(office).send(ENVELOPE)
    assert failed.value.failure == "channel"
    assert not any(line.startswith("AUTH") for line in office.heard)


def test_under_protection_everything_is_asked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    go_on = "220 go on\r\n250 said by somebody in between"
    script = {"EHLO": WITH_STARTTLS, "AUTH": "235 welcome", "STARTTLS": "220 go on"}
    office = RudePostOffice(script, context=authority.server("localhost"))
    with office.open():
        protected(office, "localhost").send(ENVELOPE)
        assert [line.split()[0].lower() for line in office.heard[:4]] == ["ehlo", "starttls", "ehlo", "auth"]
        office.script = {**script, "STARTTLS": go_on}
        protected(office, "localhost").send(ENVELOPE)
        assert len(office.taken) == 2
        with pytest.raises(NotDelivered, match="certificate") as failed:
            protected(office).send(ENVELOPE)
        assert failed.value.failure == "channel"


def test_where_nobody_answers_there_is_no_connection():
    with pytest.raises(NotDelivered, match="no_connection") as failed:
        Mailer(HOST, free_port(), "none", "konto@example.com", TIMEOUT_SECONDS).send(ENVELOPE)
    assert failed.value.failure == "channel"
    with pytest.raises(NotDelivered, match="no_connection"):
        Mailer("..", 25, "none", "konto@example.com", TIMEOUT_SECONDS).send(ENVELOPE)


def test_a_drip_within_every_time_out_is_ended_by_the_limit_for_the_whole_mail():
    started = time.monotonic()
    found, office = send({"MAIL": SLOW + "250 take your time, I certainly do"})
    took = time.monotonic() - started
    assert found == "channel timeout"
    assert took >= TIMEOUT_SECONDS * (ANSWERS - 1)
    assert office.taken == []


def test_a_slow_server_that_comes_to_an_end_is_waited_for():
    assert send({"RCPT": SLOW + "250 ok"})[0] == YES


def test_nobody_to_write_to_is_known_without_asking_a_server():
    with pytest.raises(NotDelivered, match="no_address"):
        Mailer(HOST, 9, "none", "konto@example.com", TIMEOUT_SECONDS).send(ENVELOPE._replace(to_address=""))


# -- what the mail looks like -------------------------------------------------------------------------


def read(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw.replace(b"\r\n..", b"\r\n."), policy=default))


def received(envelope: Envelope, script: dict[str, str] | None = None) -> tuple[bytes, EmailMessage]:
    found, office = send(script or {}, envelope)
    assert found == YES
    return office.taken[0], read(office.taken[0])


def test_the_subject_is_the_same_for_all_mails_about_one_thing_and_they_are_kept_together():
    _, mail = received(ENVELOPE)
    assert mail["Subject"] == "Meier: Angebot"
    assert mail["Message-ID"] == "<alert-1@vertrauenskonto>"
    assert mail["References"] == mail["In-Reply-To"] == "<promise-1@vertrauenskonto>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"


def test_a_mail_about_nothing_in_particular_refers_to_nothing():
    _, mail = received(ENVELOPE._replace(thread=""))
    assert mail["References"] is None
    assert mail["In-Reply-To"] is None


def test_the_text_arrives_whole_whatever_signs_it_is_written_with():
    raw, mail = received(ENVELOPE)
    assert raw.isascii(), "not every server takes more"
    assert mail.get_content().replace("\r\n", "\n").strip() == MESSAGE.text


def test_whoever_sees_more_gets_the_page_and_everybody_the_text():
    html = "<p>Bitte <b>heute</b> anrufen – Übermorgen reicht nicht.</p>"
    raw, mail = received(ENVELOPE._replace(message=MESSAGE._replace(html=html)))
    assert raw.isascii()
    assert mail.get_content_type() == "multipart/alternative"
    plain, page = mail.iter_parts()
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert page.get_content().strip() == html


def test_a_host_with_an_umlaut_is_written_to_as_every_server_understands():
    found, office = send({}, ENVELOPE._replace(to_address="ines@müller.example"))
    assert found == YES
    assert "rcpt TO:<ines@xn--mller-kva.example>" in office.heard


def test_a_name_with_an_umlaut_needs_a_server_that_knows_them():
    envelope = ENVELOPE._replace(to_address="jürgen@example.com")
    assert send({}, envelope)[0] == "refused smtp_not_supported"
    found, office = send({"EHLO": "250-hi\r\n250-8BITMIME\r\n250 SMTPUTF8"}, envelope)
    assert found == YES
    assert "rcpt TO:<jürgen@example.com>" in office.heard


def test_our_own_mails_are_known_as_such_and_no_others():
    _, mail = received(ENVELOPE)
    assert is_our_own(mail)
    assert is_our_own(dict(mail.items()))
    assert is_our_own({"message-id": " <alert-9@vertrauenskonto> "})
    assert is_our_own({"X-VERTRAUENSKONTO": "alert"})
    assert not is_our_own({})
    answer = {"Message-ID": "<1@example.com>", "In-Reply-To": "<alert-1@vertrauenskonto>", "Subject": "Re: Angebot"}
    assert not is_our_own(answer), "whoever answers us has something to say"


def test_this_machines_name_is_not_told():
    _, office = send({})
    assert office.heard[0] == "ehlo [127.0.0.1]"

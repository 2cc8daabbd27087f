"""Sending: at least once, never in vain, and every attempt under the same Message-ID."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import Refused
from domain.store import StoreBusy
from domain.vocabulary import parse
from projections import alerts, outbox
from tests.alerts.firm import DUE, PEOPLE, PROMISED, Mailed, mailed
from tests.alerts.post_office import PostOffice
from tests.notation import at, envelopes
from tests.stores import only_files
from tests.waiting import wait_for
from wiring import services
from wiring.home import open_home
from wiring.presence import beats
from wiring.services import Services
from wiring.worker import channels
from workers.channels import Envelope, Folder, Mailer, NotDelivered
from workers.looking import Look
from workers.messages import Message
from workers.watches import Watch


@pytest.fixture
def firm(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office)
    yield firm
    firm.home.close()


def deliver(firm: Mailed, alert: str) -> str:
    """The alert's state afterwards."""
    firm.sender.deliver(alert)
    return firm.state(alert)


# -- delivered ----------------------------------------------------------------------------------------


def test_a_message_arrives_and_says_what_was_promised_to_whom_by_when(firm: Mailed, post_office: PostOffice):
    alert = firm.raised()
    assert deliver(firm, alert) == "delivered"
    (mail,) = post_office.mails
    assert mail.to == ["ines@example.com"]
    assert mail.message["To"] == "ines@example.com"
    assert mail.message["Subject"] == "Meier: Angebot schicken"
    assert "Meier" in mail.text
    assert "Angebot schicken" in mail.text
    assert "/account?customer=customer-" in mail.text


def test_what_became_of_it_is_an_event_and_nothing_is_left_to_send(firm: Mailed, post_office: PostOffice):
    alert = firm.raised()
    deliver(firm, alert)
    assert firm.events(alert) == ["alert.raised", "alert.delivered"]
    sent_to = firm.home.konto.log.ids.person("ines")
    assert firm.row(alert) == {
        "state": "delivered",
        "reason": None,
        "attempts": 0,
        "channel": "email",
        "sent_to": sent_to,
    }
    assert firm.ready() == []
    firm.sender.deliver(alert)
    assert len(post_office.mails) == 1


def test_the_message_id_follows_from_the_alert_alone(firm: Mailed, post_office: PostOffice):
    alert = firm.raised()
    deliver(firm, alert)
    assert post_office.mails[0].id == f"<{alert}@vertrauenskonto>"


def test_the_message_is_in_the_language_of_whoever_reads_it(folder: Path, post_office: PostOffice):
    firm = mailed(
        folder,
        post_office,
        people=PEOPLE.replace('name = "Ines Vogt"', 'name = "Ines Vogt"\nlanguage = "en"'),
    )
    deliver(firm, firm.raised())
    assert "is waiting for" in post_office.mails[0].text
    firm.home.close()


# -- tried again --------------------------------------------------------------------------------------


def test_a_server_that_says_later_is_asked_again_after_a_growing_pause(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office)
    post_office.replies = ["451 try again later"] * 5
    alert = firm.raised()
    begun = firm.home.clock.now
    attempts: list[float] = []
    while firm.state(alert) != "delivered":
        # Whoever asks too early does nothing.
        firm.sender.deliver(alert)
        attempts.append((firm.home.clock.now - begun).total_seconds())
        ((due,),) = firm.home.rows("SELECT due FROM outbox") or [(None,)]
        if due is not None:
            assert firm.row(alert)["state"] == "failing"
            assert firm.row(alert)["reason"] == "smtp_451"
            firm.home.clock.now += timedelta(microseconds=due) - (firm.home.clock.now - at("1970-01-01T00:00Z"))
            firm.home.clock.now -= timedelta(seconds=1)
            firm.sender.deliver(alert)
            firm.later(seconds=1)
    assert attempts == [0, 30, 150, 750, 4350, 7950]
    assert len(post_office.mails) == 1
    assert firm.events(alert) == ["alert.raised", *["alert.failed"] * 5, "alert.delivered"]
    firm.home.close()


def test_after_the_last_attempt_it_is_shown_as_undeliverable(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, settings="[worker]\nattempts = 3\n")
    post_office.replies = ["451 try again later"] * 9
    alert = firm.raised()
    states = []
    for _ in range(5):
        states.append(deliver(firm, alert))
        firm.later(hours=2)
    assert states == ["failing", "failing", "undeliverable", "undeliverable", "undeliverable"]
    assert firm.row(alert)["attempts"] == 3
    assert len(post_office.replies) == 6
    firm.home.close()


def test_a_server_that_says_no_is_not_asked_again(firm: Mailed, post_office: PostOffice):
    post_office.replies = ["554 not wanted here"]
    alert = firm.raised()
    assert deliver(firm, alert) == "undeliverable"
    assert firm.row(alert)["reason"] == "smtp_554"
    firm.later(hours=5)
    assert deliver(firm, alert) == "undeliverable"
    assert post_office.mails == []


@pytest.mark.parametrize(("reply", "state"), [("450 busy mailbox", "failing"), ("550 no such user", "undeliverable")])
def test_a_recipient_whom_the_server_refuses_counts_by_the_code(
    firm: Mailed, post_office: PostOffice, reply: str, state: str
):
    post_office.recipients = [reply]
    alert = firm.raised()
    assert deliver(firm, alert) == state
    assert firm.row(alert)["reason"] == f"smtp_{reply[:3]}"


def test_a_server_that_hangs_is_left_after_the_time_out_and_asked_again(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, patience=1.5)
    alert = firm.raised()
    post_office.pause_seconds = 4
    assert deliver(firm, alert) == "failing", "had it waited, the message would have been taken"
    assert firm.row(alert)["reason"] == "timeout"
    post_office.pause_seconds = 0
    firm.later(minutes=1)
    assert deliver(firm, alert) == "delivered"
    assert {mail.id for mail in post_office.mails} == {f"<{alert}@vertrauenskonto>"}
    firm.home.close()


def test_a_server_that_is_down_is_asked_again_when_it_is_up(folder: Path):
    office = PostOffice()
    firm = mailed(folder, office)
    alert = firm.raised()
    assert deliver(firm, alert) == "failing"
    assert firm.row(alert)["reason"] == "no_connection"
    firm.later(minutes=1)
    with office.open():
        assert deliver(firm, alert) == "delivered"
    assert len(office.mails) == 1
    firm.home.close()


def test_after_the_servers_yes_a_rude_farewell_changes_nothing(firm: Mailed, post_office: PostOffice):
    post_office.farewell = "421 go away"
    assert deliver(firm, firm.raised()) == "delivered"
    assert len(post_office.mails) == 1


def test_a_password_that_the_server_refuses_is_ours_to_put_right_and_costs_no_message(
    folder: Path, post_office: PostOffice
):
    firm = mailed(folder, post_office, settings="")
    mailer = channels(firm.home.konto)["email"]
    assert isinstance(mailer, Mailer)
    firm.sender = replace(firm.sender, channels={"email": replace(mailer, user="konto", password="wrong")})
    alert = firm.raised()
    assert deliver(firm, alert) == "failing"
    assert firm.events(alert) == ["alert.raised", "alert.failed"]
    firm.home.close()


# -- several channels ---------------------------------------------------------------------------------


@dataclass
class Chat:
    """A chat that takes messages or not."""

    refuses: NotDelivered | None = None
    name: str = "chat"
    taken: list[Envelope] = field(default_factory=list)

    def send(self, envelope: Envelope) -> None:
        if self.refuses:
            raise self.refuses
        self.taken.append(envelope)


WITH_CHAT = PEOPLE.replace('email = "ines@example.com"', 'email = "ines@example.com"\nchannels = ["email", "chat"]')


@pytest.fixture
def chatty(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, people=WITH_CHAT)
    yield firm
    firm.home.close()


def with_chat(firm: Mailed, chat: Chat) -> Chat:
    firm.sender = replace(firm.sender, channels={**firm.sender.channels, "chat": chat})
    return chat


def test_where_the_first_channel_fails_the_next_one_takes_it(chatty: Mailed, post_office: PostOffice):
    chat = with_chat(chatty, Chat())
    post_office.replies = ["554 not wanted here"]
    alert = chatty.raised()
    assert deliver(chatty, alert) == "delivered"
    assert chatty.row(alert)["channel"] == "chat"
    assert [envelope.message_id for envelope in chat.taken] == [f"<{alert}@vertrauenskonto>"]


def test_while_one_channel_may_still_work_nothing_is_given_up(chatty: Mailed, post_office: PostOffice):
    with_chat(chatty, Chat(refuses=NotDelivered("unknown_address", "refused")))
    post_office.replies = ["451 try again later"]
    alert = chatty.raised()
    assert deliver(chatty, alert) == "failing"
    assert (chatty.row(alert)["channel"], chatty.row(alert)["reason"]) == ("email", "smtp_451")
    chatty.later(seconds=30)
    assert deliver(chatty, alert) == "delivered"


def test_a_channel_that_is_not_set_up_is_said_so(folder: Path, post_office: PostOffice):
    people = PEOPLE.replace('email = "ines@example.com"', 'channels = ["chat"]')
    firm = mailed(folder, post_office, people=people)
    alert = firm.raised()
    assert deliver(firm, alert) == "undeliverable"
    assert firm.row(alert)["reason"] == "no_channel"
    firm.home.close()


def test_a_mistake_in_a_channel_is_told_and_the_alert_is_shown_as_failing(chatty: Mailed, post_office: PostOffice):
    class Broken(Chat):
        def send(self, envelope: Envelope) -> None:
            raise ZeroDivisionError

    with_chat(chatty, Broken())
    post_office.replies = ["554 no"]
    alert = chatty.raised()
    with pytest.raises(ZeroDivisionError):
        chatty.sender.deliver(alert)
    assert chatty.state(alert) == "failing"
    assert chatty.row(alert)["reason"] == "ZeroDivisionError"


# -- checked once more --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "meanwhile",
    [
        'erfüllt "Angebot schicken"',
        'nimmt "Angebot schicken" zurück',
        'verschiebt "Angebot schicken" auf 2026-03-20T16:00',
    ],
)
def test_what_has_been_settled_or_moved_meanwhile_is_not_sent(firm: Mailed, post_office: PostOffice, meanwhile: str):
    alert = firm.raised()
    # Recorded, and not yet in the tables.
    (envelope,) = envelopes(f"2026-03-12T16:00:30  {meanwhile} [later]")
    firm.home.konto.record([parse(envelope, now=firm.home.clock.now)])
    assert deliver(firm, alert) == "no_longer_needed"
    assert firm.events(alert) == ["alert.raised", "alert.no_longer_needed"]
    assert post_office.mails == []


def test_what_the_customer_lets_us_wait_for_meanwhile_is_not_sent(firm: Mailed, post_office: PostOffice):
    alert = firm.raised(at("2026-03-10T08:00"))
    (envelope,) = envelopes('2026-03-10T08:10  pausiert "Angebot schicken" wegen Kunde [later]')
    firm.later(minutes=15)
    firm.home.konto.record([parse(envelope, now=firm.home.clock.now)])
    assert deliver(firm, alert) == "no_longer_needed"


def test_a_reminder_whose_time_is_over_is_not_sent(firm: Mailed, post_office: PostOffice):
    alert = firm.raised(at("2026-03-10T08:00"))
    firm.home.clock.now = DUE
    assert deliver(firm, alert) == "no_longer_needed"


def test_a_message_more_than_seven_days_late_is_noted_as_too_old(firm: Mailed, post_office: PostOffice):
    alert = firm.raised()
    firm.home.clock.now = DUE + timedelta(days=7, seconds=1)
    assert deliver(firm, alert) == "too_old"
    assert firm.events(alert) == ["alert.raised", "alert.too_old"]
    assert post_office.mails == []


def test_a_message_exactly_seven_days_late_is_still_sent(firm: Mailed, post_office: PostOffice):
    alert = firm.raised()
    firm.home.clock.now = DUE + timedelta(days=7)
    assert deliver(firm, alert) == "delivered"


# -- who reads it -------------------------------------------------------------------------------------


def test_while_the_recipient_is_away_the_stand_in_gets_it(firm: Mailed, post_office: PostOffice):
    alert = firm.raised()
    away = 'stand_in = "lutz"\naway = [{ from = 2026-03-12, to = 2026-03-13 }]'
    firm.home.konto.publish("people", PEOPLE.replace('name = "Ines Vogt"', f'name = "Ines Vogt"\n{away}'))
    assert deliver(firm, alert) == "delivered"
    assert post_office.mails[0].to == ["lutz@example.com"]
    assert firm.row(alert)["sent_to"] == firm.home.konto.log.ids.person("lutz")


def test_somebody_who_can_no_longer_be_reached_is_shown_as_undeliverable(firm: Mailed, post_office: PostOffice):
    alert = firm.raised()
    firm.home.konto.publish("people", "")
    assert deliver(firm, alert) == "undeliverable"
    assert firm.row(alert)["reason"] == "nobody_reachable"


# -- who sends it -------------------------------------------------------------------------------------


def at_the_same_time(*works: Callable[[], object]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_two_senders_at_the_same_moment_one_sends(firm: Mailed, post_office: PostOffice):
    post_office.pause_seconds = 0.2
    alert = firm.raised()
    at_the_same_time(*[lambda: firm.sender.deliver(alert)] * 4)
    assert firm.state(alert) == "delivered"
    assert len(post_office.mails) == 1


def test_a_lease_is_renewed_while_a_slow_server_lets_us_wait(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, settings="[worker]\nlease_seconds = 0.3\n")
    began, start = time.monotonic(), DUE + timedelta(minutes=1)
    firm.sender = replace(firm.sender, clock=lambda: start + timedelta(seconds=time.monotonic() - began))
    post_office.pause_seconds = 1.5
    alert = firm.raised(start)
    done = threading.Event()

    def impatient() -> None:
        while not done.is_set():
            firm.sender.deliver(alert)
            time.sleep(0.05)

    others = threading.Thread(target=impatient)
    sending = threading.Thread(target=lambda: firm.sender.deliver(alert))
    sending.start()
    assert post_office.busy.wait(5)
    others.start()
    sending.join()
    done.set()
    others.join()
    assert firm.state(alert) == "delivered"
    assert len(post_office.mails) == 1
    firm.home.close()


def test_the_lease_of_a_sender_that_died_runs_out_and_another_sends_under_the_same_id(
    firm: Mailed, post_office: PostOffice
):
    alert = firm.raised()
    views = firm.home.konto.views
    assert outbox.lease(views, [alert], firm.home.clock.now, firm.sender.lease) == [outbox.Parcel(alert, ((alert, 1),))]
    firm.later(seconds=14)
    firm.sender.deliver(alert)
    assert post_office.mails == []
    assert firm.ready() == []
    firm.later(seconds=1)
    assert firm.ready() == [alert]
    assert deliver(firm, alert) == "delivered"
    assert post_office.mails[0].id == f"<{alert}@vertrauenskonto>"


@only_files
def test_a_message_that_went_out_is_noted_however_long_others_write(firm: Mailed, post_office: PostOffice):
    """Without the note it would go out once more."""
    alert = firm.raised()
    store = firm.home.konto.log.store
    store._lock_timeout_s = 0.1
    holding = sqlite3.connect(firm.home.konto.home / "events.db", isolation_level=None, check_same_thread=False)
    assert store._writing is not None
    for connection in (*store._data.pool._pool, store._writing):
        connection._sqlite_conn.execute("PRAGMA busy_timeout = 100")
    holding.execute("BEGIN IMMEDIATE")
    sending = threading.Thread(target=lambda: firm.sender.deliver(alert))
    sending.start()
    time.sleep(1)
    assert len(post_office.mails) == 1
    assert sending.is_alive()
    with pytest.raises(StoreBusy):
        firm.home.konto.record([])
    holding.execute("ROLLBACK")
    holding.close()
    sending.join(10)
    assert firm.state(alert) == "delivered"
    assert len(post_office.mails) == 1


def test_what_was_delivered_does_not_fail_afterwards(firm: Mailed, post_office: PostOffice):
    """A sender whose lease had run out comes back with a failure after another one's success."""
    alert = firm.raised()
    raised = alerts.raised(firm.home.konto.views, alert)
    assert raised is not None
    assert deliver(firm, alert) == "delivered"
    firm.sender._record([(raised, firm.sender._failed(1, NotDelivered("timeout", "channel"), "email"))])
    firm.home.konto.catch_up()
    assert firm.state(alert) == "delivered"
    assert firm.events(alert) == ["alert.raised", "alert.delivered"]


# -- what stands in it --------------------------------------------------------------------------------


def test_no_line_break_gets_into_a_header_by_the_door(firm: Mailed):
    for breaking in ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"):
        (envelope,) = envelopes("2026-03-02T08:00  Kunde K-18 [18]")
        envelope["data"]["name"] = f"Meier{breaking}Bcc: evil@example.com"
        with pytest.raises(Refused) as refused:
            parse(envelope, now=DUE)
        assert refused.value.code == "forbidden_character"


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\u2029", "\x85"])
def test_no_line_break_gets_into_a_header_of_a_mail(post_office: PostOffice, breaking: str):
    mailer = Mailer("127.0.0.1", post_office.port, "none", "konto@example.com", timeout_seconds=5)
    message = Message(f"Meier{breaking}Bcc: evil@example.com{breaking}{breaking}Kauf", "Titel", "Text")
    mailer.send(Envelope("Ines", "ines@example.com", "<1@x>", message, DUE))
    (mail,) = post_office.mails
    assert mail.to == ["ines@example.com"]
    assert mail.message["Bcc"] is None
    assert mail.message["Subject"] == "Meier Bcc: evil@example.com Kauf"
    assert mail.text.strip() == "Text"


def test_without_a_mail_server_each_message_becomes_one_file(tmp_path: Path):
    folder = Folder(tmp_path / "outgoing", "konto@example.com")
    for _ in range(2):
        folder.send(Envelope("Ines", "ines@example.com", "<alert-1@x>", Message("Betreff", "Titel", "Text"), DUE))
    (file,) = (tmp_path / "outgoing").iterdir()
    assert file.name == "alert-1.eml"
    assert b"Message-ID: <alert-1@x>" in file.read_bytes()
    assert (tmp_path / "outgoing").stat().st_mode & 0o077 == 0


# -- everything together ------------------------------------------------------------------------------

QUICK = "[worker]\ntick_seconds = 0.2\npoll_seconds = 0.1\nsweep_seconds = 0.1\nlease_seconds = 2\n"
PATIENCE_SECONDS = 20


def test_the_worker_turns_a_recorded_promise_into_a_mail_and_stops_when_asked(folder: Path, post_office: PostOffice):
    mailed(folder, post_office, settings=QUICK, text="").home.close()
    now = DUE + timedelta(minutes=1)
    konto = open_home(folder, environment={}, clock=lambda: now)
    worker = Services(konto)
    running = threading.Thread(target=worker.run)
    running.start()
    try:
        told = [parse(each, now=now) for each in envelopes(PROMISED)]
        konto.record(told)
        wait_for(lambda: len(post_office.mails) == 1)
        wait_for(lambda: [tuple(row) for row in konto.views.rows("SELECT state FROM alerts")] == [("delivered",)])
        time.sleep(0.5)  # several more turns
        assert {each.service for each in beats(konto.log.store)} == {"follow", "schedule", "send"}
    finally:
        worker.stop()
        running.join(PATIENCE_SECONDS)
    assert not running.is_alive()
    assert len(post_office.mails) == 1
    assert "Angebot schicken" in post_office.mails[0].text
    konto.close()


def test_the_worker_rings_once_for_what_lies_in_the_queue_already(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office)
    firm.raised()
    worker = Services(firm.home.konto)
    worker._hold()
    for _ in range(5):
        worker._sweep()
    assert worker.bell.broker.queues["alerts"].qsize() == 1
    firm.home.close()


def test_the_worker_publishes_a_document_that_was_edited_and_goes_on_where_it_is_not_sound(
    folder: Path, post_office: PostOffice
):
    firm = mailed(folder, post_office, people="")
    firm.home.clock.now = DUE + timedelta(minutes=1)
    worker = Services(firm.home.konto)
    file = firm.home.konto.home / "people.toml"
    file.write_text("persons = 5\n", encoding="utf-8")
    worker._hold()
    worker._tick()
    assert firm.home.rows("SELECT recipient FROM alerts") == [("nobody",)]
    file.write_text(PEOPLE, encoding="utf-8")
    worker.next_tick_s = 0.0
    worker._tick()
    recipients = {row[0] for row in firm.home.rows("SELECT recipient FROM alerts")}
    assert firm.home.konto.log.ids.person("ines") in recipients
    firm.home.close()


def test_what_is_urgent_leaves_before_anybody_looks_at_what_is_costly(
    folder: Path, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
):
    firm = mailed(folder, post_office)
    firm.home.clock.now = DUE + timedelta(minutes=1)
    worker = Services(firm.home.konto)
    rung: list[list[str]] = []

    def costly(look: Look) -> list[object]:
        rung.append(sorted(worker.ringing.rung))
        return []

    monkeypatch.setattr(services, "COSTLY", (Watch(("at_risk",), costly, ()),))
    worker._hold()
    worker._tick()
    (overdue,) = firm.home.rows("SELECT alert FROM alerts WHERE rule = 'overdue'")
    assert rung == [[overdue[0]]]
    firm.home.close()

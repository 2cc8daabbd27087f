"""A channel that fails for everything is paused, an admin is told by another one, and nothing is lost meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.channel import ChannelResumed
from projections import channels as table
from tests.alerts.firm import Mailed, mailed
from tests.alerts.post_office import PostOffice
from tests.notation import at
from wiring import answering
from wiring.worker import run_tick
from workers.channels import Envelope, NotDelivered

PEOPLE = """
most_an_hour = 100

[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"

[[persons]]
id = "ada"
name = "Ada Admin"
email = "ada@example.com"
roles = ["admin"]
channels = ["email", "chat"]
"""
TEXT = "\n".join(f'2026-03-02T09:00  verspricht K-{n} ines "P-{n}" bis 2026-03-12T14:00' for n in range(8))


@dataclass
class Way:
    """A channel that works, or fails as it is told."""

    name: str
    failure: NotDelivered | None = None
    taken: list[Envelope] = field(default_factory=list)
    asked: int = 0

    def send(self, envelope: Envelope) -> None:
        self.asked += 1
        if self.failure:
            raise self.failure
        self.taken.append(envelope)


DOWN = NotDelivered("no_connection", "channel")
CHOKED = NotDelivered("timeout", "channel")


@pytest.fixture
def firm(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, people=PEOPLE, text=TEXT)
    firm.sender = replace(firm.sender, channels={"email": Way("email", DOWN), "chat": Way("chat")})
    firm.home.clock.now = at("2026-03-12T14:00")
    run_tick(firm.home.konto)
    yield firm
    firm.home.close()


def way(firm: Mailed, name: str) -> Way:
    channel = firm.sender.channels[name]
    assert isinstance(channel, Way)
    return channel


def states(firm: Mailed, rule: str = "overdue") -> Counter[str]:
    return Counter(row[0] for row in firm.home.rows(f"SELECT state FROM alerts WHERE rule = '{rule}'"))


def minutes(firm: Mailed, count: int) -> None:
    """So many pass, with a check and a look at what may leave in each."""
    for _ in range(count):
        firm.later(minutes=1)
        run_tick(firm.home.konto)
        firm.send_all()


def test_after_three_failures_in_a_row_it_is_left_alone_and_costs_no_more_attempts(firm: Mailed):
    firm.send_all()
    assert way(firm, "email").asked == 3
    paused = table.paused(firm.home.konto.views)["email"]
    assert (paused.reason, paused.failures, paused.gone) == ("no_connection", 3, False)
    assert states(firm) == {"failing": 3, "raised": 5}


def test_an_admin_is_told_by_another_channel(firm: Mailed):
    firm.send_all()
    minutes(firm, 1)
    assert [envelope.to_name for envelope in way(firm, "chat").taken] == ["Ada Admin"]
    assert states(firm, "channel_paused") == {"delivered": 1}
    minutes(firm, 30)
    assert len(way(firm, "chat").taken) == 1, "once, however long it lasts"


@pytest.mark.long_on_postgres
def test_one_message_tries_it_after_a_growing_while_and_then_all_follow(firm: Mailed):
    firm.send_all()
    asked = []
    for _ in range(60):
        minutes(firm, 1)
        asked.append(way(firm, "email").asked)
    assert [asked[minute] - 3 for minute in (0, 1, 5, 10, 20, 40)] == [1, 1, 2, 2, 3, 3]
    way(firm, "email").failure = None
    minutes(firm, 70)
    assert states(firm) == {"delivered": 8}
    assert table.paused(firm.home.konto.views) == {}
    assert states(firm, "channel_paused") == {"cleared": 1}
    ids = [envelope.message_id for envelope in way(firm, "email").taken if envelope.to_name == "Ines Vogt"]
    assert len(ids) == len(set(ids)) == 8


@pytest.mark.long_on_postgres
def test_however_long_a_channel_is_down_nothing_is_given_up_before_it_is_too_old(firm: Mailed):
    firm.home.konto.publish("people", "around_the_clock = true\n" + PEOPLE)
    for _ in range(24 * 6):
        firm.later(hours=1)
        firm.send_all()
    assert "undeliverable" not in states(firm)
    for _ in range(24 * 2):
        firm.later(hours=1)
        firm.send_all()
    assert states(firm) == {"too_old": 8}


def test_one_message_that_the_way_chokes_on_keeps_nobody_else_waiting(firm: Mailed):
    """It fails as if nothing worked; the others go through, so it is given up in the end and the channel is not."""
    (poison,) = firm.home.rows("SELECT MIN(alert) FROM alerts WHERE rule = 'overdue'")

    class Choking(Way):
        def send(self, envelope: Envelope) -> None:
            self.failure = CHOKED if poison[0] in envelope.message_id else None
            super().send(envelope)

    firm.sender = replace(firm.sender, channels={"email": Choking("email"), "chat": Way("chat")})
    firm.send_all()
    assert states(firm) == {"delivered": 7, "failing": 1}
    firm.home.konto.publish("people", "around_the_clock = true\n" + PEOPLE)
    for _ in range(200):
        firm.later(minutes=30)
        firm.send_all()
    assert states(firm) == {"delivered": 7, "undeliverable": 1}


def test_a_receiver_who_wants_nothing_more_is_asked_no_more_until_somebody_says_so(firm: Mailed):
    way(firm, "email").failure = NotDelivered("http_410", "gone")
    firm.send_all()
    assert way(firm, "email").asked == 1
    assert table.paused(firm.home.konto.views)["email"].gone
    firm.later(days=1)
    firm.send_all()
    assert way(firm, "email").asked == 1
    way(firm, "email").failure = None
    answering.record(firm.home.konto, ChannelResumed(channel="email"))
    firm.later(minutes=1)
    firm.send_all()
    assert way(firm, "email").asked > 1


def test_a_no_to_one_recipient_says_nothing_about_the_channel(firm: Mailed):
    way(firm, "email").failure = NotDelivered("smtp_550", "refused")
    firm.send_all()
    assert way(firm, "email").asked == 8
    assert table.paused(firm.home.konto.views) == {}
    assert states(firm) == {"undeliverable": 8}


def test_a_pause_is_known_to_every_sender(firm: Mailed):
    firm.send_all()
    other = replace(firm.sender, channels={"email": Way("email"), "chat": Way("chat")})
    other.health.look()
    assert other.health.silent_until("email", firm.home.clock.now) is not None
    assert other.health.silent_until("email", firm.home.clock.now + timedelta(hours=2)) is None

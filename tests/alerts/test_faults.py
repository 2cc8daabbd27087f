"""What once went wrong between raising and sending, and must not again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from projections import alerts as table
from projections import (
    moved_promises,
    open_chases,
    open_follow_ups,
    open_promises,
    open_questions,
    open_recoveries,
    outbox,
)
from projections.filters import Moment
from projections.tables import Views
from tests.alerts.firm import DUE, PEOPLE, Mailed, mailed
from tests.alerts.post_office import PostOffice
from tests.homes import Home
from tests.notation import at, envelopes
from tests.stores import only_files
from wiring.home import Konto
from wiring.services import Services
from wiring.worker import run_tick
from workers import tick
from workers.answering import snooze
from workers.channels import Envelope, NotDelivered
from workers.looking import Look
from workers.tick import Newly
from workers.watches import watch_of

DAY = timedelta(days=1)
DAILY = PEOPLE.replace('email = "ines@example.com"', 'email = "ines@example.com"\ndigest = true')
TWO = """
2026-03-02T08:00  Kunde K-17, namens Meier
2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-12T16:00
2026-03-02T09:00  verspricht K-17 ines "B" bis 2026-03-12T16:00
"""


def put_off(firm: Mailed, *alerts: str, until: datetime) -> None:
    konto = firm.home.konto
    snooze(konto.log, konto.library, konto.asker, alerts, "owner-ines", konto.clock(), until=until, reason=None)
    konto.catch_up()


# -- raising ----------------------------------------------------------------------------------------------


def test_once_trust_is_lost_the_lower_level_is_not_told_at_the_next_check(home: Home) -> None:
    home.take(envelopes('2026-03-02T09:00  Vorfall K-1 "V", ernst\n2026-03-02T09:00  Vorfall K-1 "W", ernst'))
    told = []
    for moment in ("2026-03-02T10:00", "2026-03-02T10:01", "2026-03-03T10:00"):
        home.clock.now = at(moment)
        told.append([each.occasion.level for each in run_tick(home.konto) if each.occasion.rule == "trust_low"])
    assert told == [[2], [], []]


def test_what_was_held_back_for_something_that_ended_unsent_is_told_after_it(
    folder: Path, post_office: PostOffice
) -> None:
    """The reason is overdue in the minute in which half of the time for the apology is over: that is told alone."""
    firm = mailed(
        folder,
        post_office,
        text="""
        2026-03-02T09:00  Vorfall K-1 "V", von ines
        2026-03-02T14:05  nennt den Grund, von ines, Kanal phone
        """,
    )
    firm.home.clock.now = at("2026-03-02T14:00")
    assert steps(run_tick(firm.home.konto)) == ["reason"]
    firm.home.clock.now = at("2026-03-02T14:10")
    firm.send_all()
    assert steps(run_tick(firm.home.konto)) == ["apology"]


def steps(newly: Sequence[Newly]) -> list[str]:
    return [each.occasion.detail for each in newly if each.occasion.rule == "recovery_step_due"]


# -- messages ---------------------------------------------------------------------------------------------


def test_what_was_put_off_together_goes_out_together_once_more_and_then_no_longer(
    folder: Path, post_office: PostOffice
) -> None:
    """By a message of its own: whoever knows the first one takes an equal one for its repeat."""
    firm = mailed(folder, post_office, people=DAILY, text=TWO)
    firm.home.clock.now = DUE
    alerts = [each.alert for each in run_tick(firm.home.konto)]
    firm.home.clock.now = at("2026-03-13T12:00")
    firm.send_all()
    put_off(firm, *alerts, until=at("2026-03-14T12:00"))
    firm.home.clock.now = at("2026-03-16T12:00")
    firm.send_all()
    names = [mail.message["Message-ID"] for mail in firm.office.mails]
    assert len(names) == len(set(names)) == 2
    firm.later(hours=2)
    assert firm.ready() == []


@dataclass
class Slow:
    """A way on which something happens before the message has arrived, or does not."""

    meanwhile: Callable[[], None]
    fails: bool
    name: str = "email"

    def send(self, envelope: Envelope) -> None:
        self.meanwhile()
        if self.fails:
            raise NotDelivered("not_now", "later")


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_put_off_while_its_message_is_on_its_way_comes_when_it_was_put_off_to(
    folder: Path, post_office: PostOffice, fails: bool
) -> None:
    firm = mailed(folder, post_office)
    alert = firm.raised()
    until = firm.home.clock.now + DAY
    slow = Slow(lambda: put_off(firm, alert, until=until), fails)
    sender = replace(firm.sender, channels={"email": slow})
    for message in firm.ready():
        sender.deliver(message)
    firm.later(minutes=10)
    assert firm.ready() == []
    firm.home.clock.now = until
    assert firm.ready() != []
    firm.send_all()
    assert firm.state(alert) == "delivered"


# -- what is asked again and again --------------------------------------------------------------------------


class Explained(Views):
    """Notes how SQLite goes about each question."""

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        self.read = getattr(self, "read", "") + "".join(
            f"{row[-1]}\n" for row in super().rows("EXPLAIN QUERY PLAN " + sql, params)
        )
        return super().rows(sql, params)


@only_files
def test_what_grows_for_ever_is_not_read_through_at_every_look(home: Home) -> None:
    konto, moment = home.konto, at("2026-03-02")
    views = Explained(konto.views.store)
    outbox.sent_since(views, moment - DAY, moment)
    table.lately_cleared(views, ["trust_low"], moment - DAY)
    library = replace(konto.library, views=views)
    for source in (open_chases, open_recoveries, open_questions, open_follow_ups, open_promises, moved_promises):
        source.rows(library, konto.steering, Moment(moment), since=moment - DAY)
    scanned = {line for line in views.read.splitlines() if line.startswith("SCAN")}
    assert scanned <= {"SCAN outbox", "SCAN outbox USING INDEX outbox_message"}


@only_files
@pytest.mark.parametrize("key", ["promise", "customer"])
def test_one_promise_and_one_customer_are_found_by_name_however_many_are_open(home: Home, key: str) -> None:
    """SQLite once preferred the index of all that is open, so that each message read through ten thousand promises."""
    views = Explained(home.konto.views.store)
    views.rows(f"SELECT p.due FROM promises p WHERE p.{key} = ? AND {Moment(at('2026-03-02')).rows()}", ("P-1",))
    assert f"({key}=?)" in views.read


def test_whether_a_state_still_lasts_is_known_without_looking_back_to_its_beginning(home: Home) -> None:
    """Which adds up the account for every day of its past; by the hour the state itself is looked at."""
    home.take(envelopes('2026-03-02T09:00  Vorfall K-1 "V", ernst\n2026-03-02T09:00  Vorfall K-1 "W", ernst'))
    home.clock.now = at("2026-03-02T10:00")
    run_tick(home.konto)
    told = table.active(home.konto.views, ["trust_low"])
    asked: list[datetime | None] = []

    def source(look: Look) -> list[object]:
        asked.append(look.since)
        return []

    watch = watch_of("trust_low")._replace(source=source)
    now = at("2026-06-02T10:00")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tick, "watch_of", lambda rule: watch)
        assert tick.holding(looking_at(home, now), told) == set()
    assert asked == [now]
    (key,) = {tick.key_of(each.occasion) for each in told}
    assert key in tick.holding(looking_at(home, at("2026-03-20T10:00")), told)


def test_who_gets_very_many_alerts_is_asked_for_once_in_a_look(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    promised = "".join(f'2026-03-02T09:00  verspricht K-{n} ines "P-{n}" bis 2026-03-12T16:00\n' for n in range(30))
    home.take(envelopes(promised))
    asked: list[str] = []
    name_of = Konto.name_of
    monkeypatch.setattr(Konto, "name_of", lambda konto, person: asked.append(person) or name_of(konto, person))
    home.clock.now = at("2026-03-12T16:01")
    assert sum(each.occasion.rule == "overdue" for each in run_tick(home.konto)) == 30
    assert len(asked) == len(set(asked)) > 0


def looking_at(home: Home, moment: datetime) -> Look:
    konto = home.konto
    return Look(konto.library, konto.steering, moment, ZoneInfo(konto.settings.zone), konto.taught)


# -- the loops ------------------------------------------------------------------------------------------------


@contextmanager
def renamed(firm: Mailed, table: str) -> Iterator[None]:
    """The table is gone for a while, as where a disk or a migration failed; other tests share the database."""

    def rename(before: str, after: str) -> None:
        with firm.home.konto.views.store.writing() as cursor:
            cursor.execute(f"ALTER TABLE {before} RENAME TO {after}")

    rename(table, f"{table}_of_before")
    try:
        yield
    finally:
        rename(f"{table}_of_before", table)


def test_what_is_left_over_is_bundled_when_all_is_raised_and_not_in_the_middle(
    folder: Path, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the last message of the hour would hold a part, and ten thousand others would wait for the next one."""
    text = "".join(f'2026-03-02T09:00  verspricht K-{n} ines "P-{n}" bis 2026-03-12T14:00\n' for n in range(30))
    firm = mailed(folder, post_office, people="most_an_hour = 3\n" + PEOPLE, text=text)
    firm.home.clock.now = at("2026-03-12T14:01")
    monkeypatch.setattr(tick, "AT_ONCE", 10)
    worker = Services(firm.home.konto)
    ring, sweeps = worker.ringing.ring, list[threading.Thread]()

    def ring_while_another_sweeps(**asked: bool) -> None:
        if asked:
            sweeps.append(threading.Thread(target=worker._sweep))
            sweeps[-1].start()
            sweeps[-1].join(0.3)
        ring(**asked)

    monkeypatch.setattr(worker.ringing, "ring", ring_while_another_sweeps)
    worker._hold()
    worker._tick()
    for sweep in sweeps:
        sweep.join()
    sizes = firm.home.rows("SELECT COUNT(*) FROM outbox GROUP BY message ORDER BY 1")
    assert len(sweeps) == 3
    assert sizes == [(1,), (1,), (28,)]
    firm.home.close()


def test_where_what_is_costly_fails_the_rest_is_looked_at_all_the_same(folder: Path, post_office: PostOffice) -> None:
    firm = mailed(folder, post_office)
    konto = firm.home.konto
    firm.home.clock.now = DUE
    services = Services(konto)
    services.lease.renew(konto.clock())
    with renamed(firm, "lines"):
        with pytest.raises(Exception, match="lines"):
            services._schedule()
        assert services.next_tick_s > 0.0, "not again at once, and then without what is costly"
        services.next_tick_s = 0.0  # a minute later
        services._schedule()
    assert [row[0] for row in firm.home.rows("SELECT rule FROM alerts")] == ["overdue"]

"""Alerts when things go wrong: none lost, none twice without a kill, nobody flooded, the urgent first."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drills.firm import prepared, record_overdue, states, wait_for, worker
from drills.result import Drill, Result
from tests.alerts.post_office import PostOffice
from wiring.worker import run_tick

PATIENCE_S = 900.0
AFTER_ITS_RETURN_S = 30.0
FIRST_URGENT_S = 10.0


# -- kill -9 ----------------------------------------------------------------------------------------------


def kills_embedded(folder: Path, *, long: bool, seed: int) -> Result:
    return killed(folder, alerts=10_000 if long else 60, kills=100 if long else 2, seed=seed)


def kills_with_a_queue(folder: Path, *, long: bool, seed: int) -> Result:
    """The sender is a process of its own; follower and scheduler go on."""
    from tests.servers.valkey import ValkeyServer

    with ValkeyServer(folder / "queue") as server:
        return killed(
            folder, alerts=10_000 if long else 60, kills=100 if long else 2, seed=seed, queue=server.fresh_database()
        )


def killed(
    folder: Path, *, alerts: int, kills: int, seed: int, queue: str | None = None, home: Path | None = None
) -> Result:
    """The process that sends is killed again and again while it sends; every alert arrives, repeats under one id."""
    home, office, chance = home or folder / "home", PostOffice(), random.Random(seed)
    konto = prepared(home, office, queue=queue, tick_s=60)
    record_overdue(konto, range(alerts), datetime.now(UTC))
    parts = ("send",) if queue else ()
    began = time.monotonic()
    with ExitStack() as stack:
        stack.enter_context(office.open())
        if queue:
            stack.enter_context(worker(home, "follow", "schedule"))
        for number in range(kills):
            goal = alerts * (number + 1) // (kills + 1)
            with worker(home, *parts):
                wait_for(lambda goal=goal: len(office.mails) >= goal, PATIENCE_S)  # type: ignore[misc]
                time.sleep(chance.random() * 0.05)
        with worker(home, *parts):
            wait_for(lambda: states(konto)["delivered"] == alerts, PATIENCE_S)
    seconds = time.monotonic() - began
    arrived = Counter(mail.id for mail in office.mails)
    repeats = len(office.mails) - len(arrived)
    raised = konto.views.rows("SELECT alert FROM alerts WHERE rule = 'overdue'")  # beside what lasts and reaches nobody
    expected = {f"<{row[0]}@vertrauenskonto>" for row in raised}
    konto.close()
    return Result(
        tried=alerts,
        lost=len(expected - set(arrived)),
        doubled=max(0, repeats - kills),
        missed=alerts - len(expected),
        more={"kills": kills, "repeats": repeats, "seconds": round(seconds, 1)},
    )


# -- the queue --------------------------------------------------------------------------------------------


def queue_away(folder: Path, *, long: bool, seed: int) -> Result:
    return away(folder, alerts=1_000 if long else 60, seconds_away=60.0 if long else 3.0)


def away(folder: Path, *, alerts: int, seconds_away: float) -> Result:
    """Emptied while it is full, then away for a while in which as many alerts more are raised."""
    from tests.servers.valkey import ValkeyServer

    home, office = folder / "home", PostOffice()
    with ValkeyServer(folder / "queue") as server, office.open():
        konto = prepared(home, office, queue=server.url)
        record_overdue(konto, range(alerts), datetime.now(UTC))
        with worker(home, "follow", "schedule"), worker(home, "send"), worker(home, "send"):
            wait_for(lambda: len(office.mails) > alerts // 10, PATIENCE_S)
            server.flush()
            wait_for(lambda: states(konto)["delivered"] == alerts, PATIENCE_S)
            server.stop()
            record_overdue(konto, range(alerts, 2 * alerts), datetime.now(UTC))
            time.sleep(seconds_away)
            server.start(emptied=True)
            back = wait_for(lambda: states(konto)["delivered"] == 2 * alerts, AFTER_ITS_RETURN_S)
        arrived = Counter(mail.id for mail in office.mails)
        delivered = states(konto)["delivered"]
        konto.close()
    return Result(
        tried=2 * alerts,
        lost=2 * alerts - max(len(arrived), delivered),
        doubled=sum(arrived.values()) - len(arrived),
        missed=0 if back is not None else 2 * alerts - delivered,
        more={"away_seconds": seconds_away, "sent_within_seconds": None if back is None else round(back, 1)},
    )


# -- the schedule -----------------------------------------------------------------------------------------


def three_schedulers(folder: Path, *, long: bool, seed: int) -> Result:
    return scheduled(folder, alerts=1_000 if long else 60, schedulers=3)


def scheduled(folder: Path, *, alerts: int, schedulers: int) -> Result:
    """Several look at the clock, and the one at work is killed: each alert is raised and sent once."""
    from tests.servers.valkey import ValkeyServer

    home, office = folder / "home", PostOffice()
    with ValkeyServer(folder / "queue") as server, office.open(), ExitStack() as stack:
        konto = prepared(home, office, queue=server.fresh_database(), tick_s=0.2)
        stack.enter_context(worker(home, "send"))
        at_work = [stack.enter_context(worker(home, "follow", "schedule")) for _ in range(schedulers)]
        for part in range(schedulers):
            share = range(alerts * part // schedulers, alerts * (part + 1) // schedulers)
            record_overdue(konto, share, datetime.now(UTC))
            wait_for(lambda: states(konto)["delivered"] >= 1, PATIENCE_S)
            if part + 1 < schedulers:
                at_work[part].kill()
                at_work[part].wait()
        wait_for(lambda: states(konto)["delivered"] == alerts, PATIENCE_S)
        time.sleep(1.0)  # several more looks
        arrived = Counter(mail.id for mail in office.mails)
        raised = states(konto).total()
        konto.close()
    return Result(
        tried=alerts,
        lost=alerts - len(arrived),
        doubled=max(0, raised - alerts) + sum(arrived.values()) - len(arrived),
        missed=max(0, alerts - raised),
        more={"schedulers": schedulers},
    )


def standstill(folder: Path, *, long: bool, seed: int) -> Result:
    """Nobody looked for three days: each alert comes once, and says that it comes late."""
    alerts = 1_000 if long else 60
    konto = prepared(folder / "home", PostOffice())
    now = datetime.now(UTC)
    record_overdue(konto, range(alerts), now - timedelta(days=3))
    raised = [each for _ in range(3) for each in run_tick(konto, now) if each.occasion.rule == "overdue"]
    late = konto.views.row("SELECT COUNT(*) FROM alerts WHERE rule = 'overdue' AND raised_for - moment > 86400000000")[
        0
    ]
    konto.close()
    return Result(
        alerts, alerts - len({each.alert for each in raised}), len(raised) - alerts, alerts - late, {"days": 3}
    )


# -- all at once ------------------------------------------------------------------------------------------


def storm(folder: Path, *, long: bool, seed: int) -> Result:
    return stormed(folder, alerts=10_000 if long else 300, people=40 if long else 6, most=10)


def stormed(folder: Path, *, alerts: int, people: int, most: int) -> Result:
    """So many become due at one moment: each is in exactly one message, and nobody gets more than `most`."""
    home, office = folder / "home", PostOffice()
    konto = prepared(home, office, most=most, lease_s=15)
    record_overdue(konto, range(alerts), datetime.now(UTC), people=people)
    konto.catch_up()
    with office.open(), worker(home):
        # From the moment at which the check begins: the process itself takes a while to start.
        wait_for(lambda: states(konto), PATIENCE_S, 0.005)
        first = wait_for(lambda: office.mails, PATIENCE_S, 0.005)
        took = wait_for(lambda: states(konto)["delivered"] == alerts, PATIENCE_S)
    messages = konto.views.rows("SELECT person, COUNT(*), SUM(alerts) FROM messages GROUP BY person")
    sent = Counter(mail.id for mail in office.mails)
    konto.close()
    told = sum(row[2] for row in messages)
    too_many = sum(max(0, row[1] - most) for row in messages)
    return Result(
        tried=alerts,
        lost=max(0, alerts - told),
        doubled=max(0, told - alerts) + sent.total() - len(sent) + too_many,
        missed=0 if first is not None and first < FIRST_URGENT_S else 1,
        more={
            "people": people,
            "messages": len(sent),
            "most_for_one": max((row[1] for row in messages), default=0),
            "first_urgent_seconds": None if first is None else round(first, 2),
            "seconds": None if took is None else round(took, 1),
        },
    )


DRILLS: Mapping[str, Drill] = {
    "kills:embedded": kills_embedded,
    "kills:redis": kills_with_a_queue,
    "queue_away": queue_away,
    "three_schedulers": three_schedulers,
    "standstill": standstill,
    "storm": storm,
}

"""One firm with everything that can go wrong, decided by one number: the same seed is the same run.

Clock, ids, what is recorded, what the queue loses, what the receiver of messages says, at which statement the store
fails or the process dies: all of it comes from the seed. After every step it is looked whether what is promised still
holds.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from domain.account import balance
from domain.alert import AlertDelivered
from domain.errors import Refused
from domain.store import STORE_FAILS
from domain.vocabulary import parse
from drills.faults import Died, Machine, Post, Queue, QueueAway
from drills.firm import at_any_hour
from drills.result import Drill, Result
from projections import alerts, outbox, quarantine, statements
from projections.follow import Follower
from projections.tables import ALWAYS, micros
from tests.projections.test_follow import contents, empty_views
from wiring.home import Konto, open_home
from wiring.logs import configure
from wiring.ringing import AGAIN_AFTER_S, Ringing
from wiring.settings import EMAIL, LogSettings
from wiring.worker import dispatch, run_tick, sender
from workers.answering import acknowledge, snooze
from workers.tick import LOOK_BACK

BEGINS = datetime(2026, 3, 2, 8, tzinfo=UTC)
STEPS = 20
COMPARED_EVERY = 7
"""So seldom the tables are compared with a rebuild, which takes longer than a step; and at the end."""
SETTLES_WITHIN = 400
PORTION = 50
"""So many seeds a process takes at once."""
CUSTOMERS, PEOPLE = 4, ("ines@example.com", "lutz@example.com")


class Broken(AssertionError):
    """A promise that was not kept: the seed, the step, and what."""


# -- the firm -------------------------------------------------------------------------------------------


class World:
    def __init__(self, home: Path, beside: Path, seed: int) -> None:
        self.home, self.beside, self.seed = home, beside, seed
        self.chance = random.Random(seed)
        self.now = BEGINS
        self.machine = Machine(self.chance)
        self.post = Post(self.chance, self.machine)
        self.queue = Queue(self.chance)
        self.sent: list[dict[str, Any]] = []
        """Everything a source ever sent; it may come again."""
        self.kept: Counter[str] = Counter()
        """What was acknowledged, by its id."""
        self.seen: Counter[str] = Counter()
        """The same when it was looked at last."""
        self.bytes: list[tuple[Any, ...]] = []
        self.repeats: Counter[str] = Counter()
        """Messages that may come once more: their receiver said yes, and we did not come to note it."""
        self.trace: list[str] = []
        self.promises = self.deaths = self.failures = 0
        self._start()

    def _start(self) -> None:
        """Our process. What it knew of the queue died with the one before."""
        self.konto = self.opened()
        self.ringing = self.ringing_of(self.konto)

    def opened(self, ahead: timedelta = timedelta()) -> Konto:
        """A process from the same home, whose clock goes ahead by so much."""
        entropy = random.Random(self.seed).randbytes
        return open_home(self.home, environment={}, clock=lambda: self.now + ahead, entropy=entropy)

    def ringing_of(self, konto: Konto) -> Ringing:
        posting = replace(sender(konto), channels={EMAIL: self.post}, pause=lambda seconds: None)
        return Ringing(konto, dispatch(konto), posting, self.queue.ring, self.queue.seconds)

    def run(self) -> None:
        with self.machine.running():
            for number in range(STEPS):
                self._step(number)
            self._settle()
        self.konto.close()

    def digest(self) -> str:
        return hashlib.sha256("\n".join([*self.trace, *map(repr, self.bytes)]).encode()).hexdigest()

    def _step(self, number: int) -> None:
        deed = self.chance.choices(tuple(DEEDS), weights=tuple(DEEDS.values()))[0]
        trouble = self.chance.choices(("", "dies", "fails"), weights=(6, 2, 1))[0]
        if trouble:
            self.machine.arm(dies=trouble == "dies")
        said = self._done(deed)
        self.trace.append(f"{number} {deed.__name__} {trouble} {said}")
        self._look(number)

    def _done(self, deed: Callable[[World], object]) -> str:
        try:
            deed(self)
            return "done"
        except Died:
            self.deaths += 1
            self.konto.close()
            self.machine.disarm()
            if self.chance.random() < 0.5:
                self.queue.forget()  # it was within the process
            self._start()
            self._note_repeats()
            return "died"
        except (*STORE_FAILS, Refused, QueueAway) as error:
            self.failures += 1
            self.machine.disarm()
            self._note_repeats()
            return type(error).__name__
        except Exception as error:
            raise Broken(
                f"seed {self.seed}, in {deed.__name__}: not so: nothing fails unexpectedly ({error!r})"
            ) from error
        finally:
            self.machine.disarm()

    def _note_repeats(self) -> None:
        """After an end in the middle: what was taken and is not noted may come again."""
        noted = Counter(
            fact.data.message_id for fact in self._log().page(0, 100_000) if isinstance(fact.data, AlertDelivered)
        )
        for message, times in self.post.taken.items():
            if not noted[message]:
                self.repeats[message] = times

    def _log(self) -> Any:
        return self.konto.log

    # -- what is promised -----------------------------------------------------------------------------------

    def _look(self, number: int) -> None:
        rows = [tuple(row) for row in self.konto.log.rows(0, 100_000)]
        self._must(rows[: len(self.bytes)] == self.bytes, "what stood in the log stands there as it did")
        if len(rows) > len(self.bytes) or self.kept != self.seen:
            self._look_at_what_was_acknowledged()
        self.bytes, self.seen = rows, Counter(self.kept)
        for message, times in self.post.taken.items():
            allowed = 1 + self.repeats[message] + self.post.unheard[message]
            self._must(times <= allowed, "nothing is sent twice unless its receiver's yes got lost")
        if number % COMPARED_EVERY == COMPARED_EVERY - 1:
            self._compare()

    def _look_at_what_was_acknowledged(self) -> None:
        there = Counter(fact.id for fact in self.konto.log.opened(self.konto.log.page(0, 100_000)) if fact.customer)
        there += Counter(each.fact.id for each in self.konto.log.parked())
        self._must(self.kept.keys() <= there.keys(), "whatever was acknowledged is there")
        self._must(not [id for id in self.kept if there[id] > 1], "nothing is there twice")

    def _compare(self) -> None:
        self.konto.catch_up()
        self._must(quarantine.count(self.konto.views).all == 0, "nothing stands still")
        file = self.beside / f"{self.seed}.db"
        with empty_views(file) as fresh:
            Follower(self.konto.log, fresh).catch_up()
            self._must(contents(self.konto.views) == contents(fresh), "the tables are those of a rebuild")
        file.unlink()
        rulebooks = self.konto.steering.rulebooks
        for (customer,) in self.konto.views.rows("SELECT DISTINCT customer FROM lines"):
            added = balance(statements.lines_of(self.konto.views, customer), self.now, rulebooks)
            library, asker, steering = self.konto.library, self.konto.asker, self.konto.steering
            folded = statements.statement(library, asker, customer, steering, self.now).balance
            self._must(added == folded, "the lines of a table add up to what the facts themselves give")

    def _settle(self) -> None:
        """No more troubles: everything that is to be told gets through."""
        self.post.is_sound = self.queue.is_sound = True
        self._leaves_at_once()
        for _ in range(SETTLES_WITHIN):
            look_at_the_clock(self)
            ring(self)
            answer(self)
            if not self._waits():
                break
            self._pass(timedelta(minutes=30))
        self._look(STEPS)
        self._compare()
        self._must(not self._waits(), "no alert waits for ever")
        for fact in self.konto.log.page(0, 100_000):
            if isinstance(fact.data, AlertDelivered):
                self._must(self.post.taken[fact.data.message_id] > 0, "what is noted as delivered was delivered")
        raised = {row[0] for row in self.konto.views.rows("SELECT alert FROM alerts")}
        told = {fact.stream for fact in self.konto.log.page(0, 100_000) if fact.type == "alert.raised"}
        self._must(raised == told, "no alert is lost")

        self._must(not self._untold(), "whoever promised something was told that its due has passed")

    def _leaves_at_once(self) -> None:
        """The queue is back, and nothing may be left of what was lost in it."""
        self._pass(timedelta(seconds=AGAIN_AFTER_S + 1))
        self.konto.catch_up()
        ring(self)
        for _ in range(SETTLES_WITHIN):
            if not self.queue.lying:
                break
            self._pass(timedelta(seconds=1))
            answer(self)
        self._must(not outbox.ready(self.konto.views, self.now), "what may leave leaves as soon as the queue is back")

    def _untold(self) -> list[Any]:
        """Open promises whose due passed within the days that are looked back, without an alert that reached somebody.

        Not that of the last hour: the check may have looked at them just before.
        """
        return self.konto.views.rows(
            "SELECT promise FROM promises p WHERE known_until = ? AND at_until = ? AND outcome IS NULL "
            "AND MAX(overdue_from, at_from, known_from) BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM alerts a "
            "WHERE a.rule = 'overdue' AND a.subject = p.promise AND a.occurrence = p.occurrence AND a.state IN "
            "('delivered', 'acknowledged', 'undeliverable'))",
            (ALWAYS, ALWAYS, micros(self.now - LOOK_BACK + timedelta(days=2)), micros(self.now - timedelta(hours=1))),
        )

    def _pass(self, time: timedelta) -> None:
        self.now += time
        self.queue.passed_s += time.total_seconds()

    def _waits(self) -> bool:
        waiting = "state IN ('raised', 'failing', 'snoozed')"
        return bool(self.konto.views.row(f"SELECT COUNT(*) FROM alerts WHERE {waiting}")[0])

    def _must(self, holds: bool, what: str) -> None:
        if not holds:
            raise Broken(f"seed {self.seed}, after {self.trace[-1] if self.trace else 'the start'}: not so: {what}")


# -- what happens ---------------------------------------------------------------------------------------


def somebody_records(world: World) -> None:
    told = [_fact(world) for _ in range(world.chance.randint(1, 4))]
    if world.sent and world.chance.random() < 0.4:
        told += world.chance.sample(world.sent, min(3, len(world.sent)))
        world.chance.shuffle(told)
    world.sent += [each for each in told if each not in world.sent]
    facts = []
    for each in told:
        with suppress(Refused):  # it lies ahead of a clock that was set back
            facts.append(parse(each, now=world.now))
    receipts = world.konto.record(facts)
    for receipt in receipts:
        if receipt.status != "refused":
            world.kept[receipt.fact.id] += 1


def _fact(world: World) -> dict[str, Any]:
    chance = world.chance
    happened = world.now - timedelta(minutes=chance.choice((0, 1, 90, 60 * 30)))
    number = len(world.sent) + chance.randrange(1_000_000)
    promise = f"P-{chance.randrange(world.promises + 1)}"
    kind = chance.choices(
        ("made", "fulfilled", "moved", "withdrawn", "asked", "praised", "mistaken"), (6, 4, 2, 1, 2, 1, 1)
    )[0]
    data: dict[str, Any]
    match kind:
        case "made":
            world.promises += 1
            due = happened + timedelta(hours=chance.choice((2, 9, 30, 70)))
            data = {"promise": f"P-{world.promises}", "customer": _customer(chance), "by": chance.choice(PEOPLE),
                    "what": f"Sache {number}", "due": due.isoformat()}  # fmt: skip
            return _told(f"f-{number}", "promise.made", happened, data)
        case "fulfilled":
            return _told(f"f-{number}", "promise.fulfilled", happened, {"promise": promise})
        case "moved":
            due = happened + timedelta(hours=chance.choice((5, 40)))
            data = {"promise": promise, "due": due.isoformat(), "reason": "Stau"}
            return _told(f"f-{number}", "promise.renegotiated", happened, data)
        case "withdrawn":
            return _told(f"f-{number}", "promise.withdrawn", happened, {"promise": promise, "reason": "Unfall"})
        case "asked":
            data = {"contact": f"C-{number}", "customer": _customer(chance), "channel": "email"}
            return _told(f"f-{number}", "contact.inbound", happened, data)
        case "praised":
            data = {"customer": _customer(chance), "score": float(chance.randint(1, 5))}
            return _told(f"f-{number}", "feedback.given", happened, data)
    mistaken = chance.choice(world.sent)["id"] if world.sent else "f-none"
    return _told(f"f-{number}", "fact.retracted", happened, {"retracts": {"source": "crm", "id": mistaken}})


def _customer(chance: random.Random) -> str:
    return f"K-{chance.randrange(CUSTOMERS)}"


def _told(id: str, type: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    return {"specversion": "1.0", "source": "crm", "id": id, "type": type, "time": at.isoformat(), "data": data}


def two_become_one(world: World) -> None:
    one, other = world.chance.sample(range(CUSTOMERS), 2)
    data = {"customer": f"K-{one}", "duplicate": f"K-{other}"}
    told = _told(f"m-{world.chance.randrange(1_000_000)}", "customer.merged", world.now, data)
    world.sent.append(told)
    (receipt,) = world.konto.record([parse(told, now=world.now)])
    if receipt.status != "refused":
        world.kept[told["id"]] += 1


def follow(world: World) -> None:
    world.konto.follower.catch_up(page_size=world.chance.choice((1, 3, 50)))


def look_at_the_clock(world: World) -> None:
    run_tick(world.konto)


def ring(world: World) -> None:
    world.ringing.ring(bundling=world.chance.random() < 0.7)


def answer(world: World) -> None:
    for message in world.queue.brings():
        world.ringing.answer(message)


def the_queue_is_emptied(world: World) -> None:
    world.queue.forget()


def time_passes(world: World) -> None:
    world._pass(timedelta(minutes=world.chance.choice((1, 20, 60, 300, 1_440))))


def the_clock_is_set(world: World) -> None:
    world.now += timedelta(minutes=world.chance.choice((-60, -5, 60)))


def all_tables_are_built_anew(world: World) -> None:
    world.konto.rebuild(processes=1)


def another_process_works_beside(world: World) -> None:
    """It follows, looks, rings and sends, from the same home; its clock may be off by an hour."""
    other = world.opened(ahead=timedelta(minutes=world.chance.choice((-60, -3, 0, 0, 3, 60))))
    try:
        run_tick(other)
        world.konto.catch_up()
        other.catch_up()
        beside = world.ringing_of(other)
        beside.ring()
        for message in world.queue.brings():
            beside.answer(message)
    finally:
        other.close()


def somebody_answers(world: World) -> None:
    konto = world.konto
    names = [
        row[0] for row in konto.views.rows(f"SELECT alert FROM alerts WHERE state IN {alerts.WAITING} ORDER BY alert")
    ]
    if not names:
        return
    name, by = world.chance.choice(names), konto.log.ids.person("ines")
    if world.chance.random() < 0.5:
        acknowledge(konto.log, konto.library, konto.asker, [name], by, world.now)
    else:
        until = world.now + timedelta(hours=2)
        snooze(konto.log, konto.library, konto.asker, [name], by, world.now, until=until, reason=None)
    konto.catch_up()


DEEDS: Mapping[Callable[[World], object], int] = {
    somebody_records: 8,
    two_become_one: 1,
    follow: 3,
    look_at_the_clock: 4,
    ring: 4,
    answer: 5,
    the_queue_is_emptied: 1,
    time_passes: 4,
    the_clock_is_set: 1,
    all_tables_are_built_anew: 1,
    another_process_works_beside: 1,
    somebody_answers: 1,
}

# -- many of them ---------------------------------------------------------------------------------------


def template(folder: Path) -> Path:
    """A home to copy for each seed: making one takes longer than a step."""
    home = folder / "template"
    home.mkdir(parents=True)
    at_any_hour(home)
    open_home(home, environment={}, clock=lambda: BEGINS, entropy=random.Random(0).randbytes, prepare=True).close()
    return home


def run(seed: int, template: Path, folder: Path) -> World:
    """Raises Broken."""
    home = folder / f"home-{seed}"
    shutil.copytree(template, home)
    try:
        world = World(home, folder, seed)
        world.run()
        return world
    finally:
        shutil.rmtree(home, ignore_errors=True)


class Part(NamedTuple):
    """What some seeds came to."""

    deaths: int
    failures: int
    messages: int
    lost_in_the_queue: int
    broken: list[str]


def part(folder: Path, seeds: Sequence[int]) -> Part:
    configure(LogSettings(level="error"))  # what goes wrong here goes wrong on purpose
    with TemporaryDirectory(prefix="seeds-", dir=folder) as place:
        home, worlds, broken = template(Path(place)), list[World](), list[str]()
        for seed in seeds:
            try:
                worlds.append(run(seed, home, Path(place)))
            except Broken as error:
                broken.append(str(error))
    return Part(
        deaths=sum(world.deaths for world in worlds),
        failures=sum(world.failures for world in worlds),
        messages=sum(world.post.taken.total() for world in worlds),
        lost_in_the_queue=sum(world.queue.lost for world in worlds),
        broken=broken,
    )


def simulated(folder: Path, seeds: Sequence[int]) -> Result:
    """By as many processes as there are cores. `missed` counts the seeds with a promise that was not kept."""
    began, done = time.monotonic(), list[Part]()
    portions = [seeds[start : start + PORTION] for start in range(0, len(seeds), PORTION)]
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        for found in pool.map(part, repeat(folder), portions):
            done.append(found)
            tried = min(len(done) * PORTION, len(seeds))
            print(f"{tried} of {len(seeds)} seeds", *found.broken, sep="\n", file=sys.stderr, flush=True)
    broken = [each for found in done for each in found.broken]
    more: dict[str, object] = {
        "deaths": sum(found.deaths for found in done),
        "failures": sum(found.failures for found in done),
        "messages": sum(found.messages for found in done),
        "lost_in_the_queue": sum(found.lost_in_the_queue for found in done),
        "seconds": round(time.monotonic() - began, 1),
    }
    if broken:
        more["broken"] = broken[:10]
    return Result(tried=len(seeds), lost=0, doubled=0, missed=len(broken), more=more)


def seeds(folder: Path, *, long: bool, seed: int) -> Result:
    count = 10_000 if long else 60
    return simulated(folder, range(seed * 1_000_000, seed * 1_000_000 + count))


DRILLS: Mapping[str, Drill] = {"seeds": seeds}


if __name__ == "__main__":
    configure(LogSettings(level="error"))
    with TemporaryDirectory(prefix="simulation-") as place:
        beginning = template(Path(place))
        for each in map(int, sys.argv[1:]):
            print(run(each, beginning, Path(place)).digest())

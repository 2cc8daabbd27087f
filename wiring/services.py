"""What runs until it is asked to stop: following the log, looking at the clock, sending.

One process does all of it, or each of several does a part: of followers as many work as share out the customers and the
others stand by, of schedulers one holds the lease, of senders each takes what rings.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from domain.errors import Refused
from domain.store import Claim
from projections import quarantine, shares
from wiring import attesting, backing_up, checkpoint_copies, layouts, looking
from wiring.home import Konto
from wiring.mail_rounds import Rounds
from wiring.presence import Lease, beat, own_name
from wiring.queues import Doorbell
from wiring.ringing import Ringing
from wiring.settings import ROLES
from wiring.stores import is_shared
from wiring.worker import dispatch, look, prepare_tick, sender
from words import N_
from workers.watches import COSTLY, QUICK, Watch

if TYPE_CHECKING:
    from wiring.appointments import Calendars

log = structlog.get_logger("konto")

STOP_WITHIN = timedelta(seconds=7)
"""Two seconds before whoever started us ends us by force."""
LOOK_SECONDS = 0.1
"""How often a loop with a longer rhythm looks whether its time has come, or something new was recorded."""
MAIL_LOOK_SECONDS = 1.0
"""How often it is looked whether a mailbox is to be read."""
ATTEST_LOOK_SECONDS = 1.0
"""How often it is looked whether a checkpoint is due, or a copy of one."""
TIDY_SECONDS = 3_600.0
"""So often it is looked whether something in the access journal is too old, and whether tables are."""
ATTEST_AGAIN_SECONDS = 60.0
BACKUP_LOOK_SECONDS = 5.0
"""How often it is looked whether a backup is due."""
BACKUP_AGAIN_SECONDS = 600.0
PAGE = 500
REST = 4.0
"""A look at what is new is followed by a rest of so many times as long."""
BEAT_EVERY = timedelta(seconds=10)
OTHERS_SECONDS = 0.05
"""A follower who finds nothing to do looks so soon again, while others are still at work."""


class NeedsQueue(Refused):
    def __init__(self) -> None:
        super().__init__(
            "needs_queue",
            N_("Scheduling and sending can only be apart with a queue between them. Please set [queue] url."),
            "--only",
        )


@dataclass
class Turns:
    """When each loop last came to its end, and how often it failed."""

    last: dict[str, datetime] = field(default_factory=dict)
    count: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    works: dict[str, bool] = field(default_factory=dict)
    """False: it stands by, since another process does it."""


class Services:
    """The loops of one process; `run` returns after `stopping` was set."""

    def __init__(self, konto: Konto, roles: Iterable[str] = ROLES, *, instance: str | None = None) -> None:
        self.konto = konto
        self.roles = frozenset(roles)
        if konto.settings.queue.address is None and len(self.roles & {"schedule", "send"}) == 1:
            raise NeedsQueue
        self.instance = instance or own_name()
        self.stopping = threading.Event()
        self.turns = Turns()
        worker = konto.settings.worker
        self.sender = sender(konto)
        self.bell = Doorbell(konto.settings.queue, lambda message: self.ringing.answer(message), threads=worker.threads)
        self.ringing = Ringing(konto, dispatch(konto), self.sender, self.bell.ring)
        self.lease = Lease(konto.log.store, "schedule", self.instance, timedelta(seconds=worker.lease_seconds))
        self.next_tick_s = self.next_survey_s = self.next_look_s = self.next_attest_s = self.next_tidy_s = 0.0
        self.next_tables_s = self.next_backup_s = 0.0
        self.looked_at = 0
        """The position of the tables when the last look began: what came while it raised is looked at next."""
        self.rounds = Rounds(konto)
        self.shared_out = False
        self.standing_still: int | None = None
        """How many customers stood still when that was told last; None: what waits was not tried again yet."""
        self._beaten: dict[str, datetime] = {}
        self.calendars: Calendars | None = None
        self.next_reading_s: dict[str, float] = {}

    def run(self) -> None:
        worker = self.konto.settings.worker
        loops = [self._loop("beat", self._beat, LOOK_SECONDS)]
        if "follow" in self.roles:
            loops.append(self._loop("follow", self._follow, worker.poll_seconds))
        if "schedule" in self.roles:
            loops.append(self._loop("lease", self._hold, worker.lease_seconds / 3))
            loops.append(self._loop("schedule", self._schedule, LOOK_SECONDS))
            loops.append(self._loop("sweep", self._sweep, worker.sweep_seconds))
            loops.append(self._loop("attest", self._attest, ATTEST_LOOK_SECONDS, waits=True))
            if self.konto.settings.backup.folder is not None:
                loops.append(self._loop("backup", self._back_up, BACKUP_LOOK_SECONDS, waits=True))
            if self.konto.settings.mailboxes:
                loops.append(self._loop("mail", self._read_mail, MAIL_LOOK_SECONDS))
            if self.konto.settings.appointments:
                loops.append(self._loop("calendars", self._read_calendars, LOOK_SECONDS, waits=True))
        if "send" in self.roles:
            self.bell.start()
        log.info("started", roles=sorted(self.roles), instance=self.instance)
        self.stopping.wait()
        deadline_s = time.monotonic() + STOP_WITHIN.total_seconds()
        self.bell.stop(STOP_WITHIN)
        for loop in loops:
            # Together, not each: whoever asked is not to wait for so many times as long.
            loop.join(max(0.1, deadline_s - time.monotonic()))
        if "schedule" in self.roles:
            self.lease.release()
        log.info("stopped", instance=self.instance)

    def stop(self) -> None:
        self.stopping.set()

    def _loop(
        self, name: str, once: Callable[[], None], pause_seconds: float, *, waits: bool = False
    ) -> threading.Thread:
        """One that `waits` for somebody else's servers does not hang when it takes long."""

        def turn() -> None:
            while not self.stopping.is_set():
                try:
                    once()
                    if not waits:
                        self._turned(name)
                except Exception:
                    # The loop must go on; what went wrong is told, and the next turn tries again.
                    self.turns.failed[name] = self.turns.failed.get(name, 0) + 1
                    log.exception("loop_failed", loop=name)
                self.stopping.wait(pause_seconds)

        thread = threading.Thread(target=turn, name=name, daemon=True)
        thread.start()
        return thread

    def _turned(self, name: str) -> None:
        self.turns.last[name] = self.konto.clock()
        self.turns.count[name] = self.turns.count.get(name, 0) + 1

    # -- follow -----------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """As long as we are one of those who follow; else a look whether one of them is gone."""
        for place, name in enumerate(shares.claims(self.konto.settings.worker.shares)):
            with self.konto.tables.claim(name) as claim:
                self.turns.works["follow"] = claim is not None
                if claim is not None:
                    self._follow_as(place, claim)
                    return

    def _follow_as(self, place: int, claim: Claim) -> None:
        follower, among = self.konto.follower, self.konto.settings.worker.shares
        follower.first = place
        if not self.shared_out:
            # Once: while processes are started anew one by one with another number, that of the newest counts.
            follower.share_out(among)
            self.shared_out = True
        with closing(self.konto.log.store.doorbell()) as news:
            while not self.stopping.is_set() and claim.holds():
                # A page is a turn: after a large import there are many.
                if done := self.konto.catch_up(lambda position, head: self._turned("follow"), wait=among == 1):
                    log.debug("followed", events=done)
                if done or self.standing_still is None:
                    self._tell_who_stands_still()
                self._turned("follow")
                self._tidy_tables()
                news.wait(self._pause_s())

    def _tell_who_stands_still(self) -> None:
        """What waits is tried again once in the life of a process: it may be a newer version."""
        if self.standing_still is None:
            self.konto.follower.try_again()
        still = quarantine.count(self.konto.views)
        before, self.standing_still = self.standing_still or 0, still.all
        if still.all > before:
            log.error("standing_still", customers=still.customers, others=still.others)

    def _pause_s(self) -> float:
        """Until we look by ourselves: soon, while others bring in what we go on from."""
        worker = self.konto.settings.worker
        if worker.shares > 1 and self.konto.views.position() < self.konto.log.head():
            return OTHERS_SECONDS
        return worker.poll_seconds

    def _tidy_tables(self) -> None:
        """Those of versions that nobody runs any more. In a database only `konto migrate --tidy` has the right to."""
        if is_shared(self.konto.settings.store) or time.monotonic() < self.next_tables_s:
            return
        self.next_tables_s = time.monotonic() + TIDY_SECONDS
        removed, _ = layouts.tidy(self.konto)
        if removed:
            log.info("old_tables_removed")

    # -- schedule ---------------------------------------------------------------------------------------

    def _hold(self) -> None:
        now = self.konto.clock()
        was_ours = self.lease.is_ours(now)
        self.turns.works["schedule"] = ours = self.lease.renew(now)
        if ours and not was_ours:
            layouts.bring_along(self.konto)

    def _schedule(self) -> None:
        """At every new fact what can be seen at once; by the clock everything, what is costly less often."""
        now = self.konto.clock()
        if not self.lease.is_ours(now):
            self.next_tick_s = self.next_survey_s = 0.0  # whoever takes over looks at once
            return
        if time.monotonic() >= self.next_tick_s:
            self._tick()
        elif time.monotonic() >= self.next_look_s and self._has_news():
            began_s = time.monotonic()
            self._look(QUICK, tidy=False)
            # While very much comes in, most of the time is left to whoever takes it in.
            self.next_look_s = time.monotonic() + REST * (time.monotonic() - began_s)

    def _has_news(self) -> bool:
        """Whether the tables took in anything since the last look but what became of our own alerts."""
        position = self.konto.views.position()
        while self.looked_at < position:
            rows = self.konto.log.rows(self.looked_at, PAGE)
            if any(row.position <= position and not row.stream.startswith("alert-") for row in rows):
                return True
            self.looked_at = rows[-1].position if rows else position
        return False

    def _tick(self) -> None:
        began_s = time.monotonic()
        worker = self.konto.settings.worker
        self.konto.publish_changed_files(
            lambda refused: log.warning("document_refused", code=refused.code, place=refused.path)
        )
        self.konto.catch_up()
        prepare_tick(self.konto)
        survey = began_s >= self.next_survey_s
        # Before looking: where something costly fails, the rest is looked at in its own time all the same.
        self.next_tick_s = began_s + worker.tick_seconds
        if survey:
            self.next_survey_s = began_s + worker.survey_seconds
        self._look(QUICK, tidy=True)
        if survey:
            self._look(COSTLY, tidy=True)  # by itself: what is urgent does not wait for it

    def _look(self, watches: Sequence[Watch], *, tidy: bool) -> None:
        self.looked_at = self.konto.views.position()
        # The first portion is on its way while the others are still raised; what is left over is bundled at the end.
        newly = look(
            self.konto,
            self.konto.clock(),
            watches,
            tidy=tidy,
            between=lambda: self.ringing.ring(bundling=False),
            raising=self.ringing.releasing,
        )
        if newly:
            log.info("raised", alerts=len(newly))
            self.ringing.ring()

    def _sweep(self) -> None:
        if self.lease.is_ours(self.konto.clock()):
            self.ringing.ring()

    def _read_mail(self) -> None:
        if self.lease.is_ours(self.konto.clock()):
            self.rounds.turn(self.stopping.is_set)

    def _read_calendars(self) -> None:
        """Each in its own time; one that cannot be read keeps no other one waiting for longer than its server may."""
        from wiring.appointments import Calendars

        if not self.lease.is_ours(self.konto.clock()):
            return
        self.calendars = self.calendars or Calendars(self.konto)
        for name, settings in self.konto.settings.appointments.items():
            if self.stopping.is_set() or time.monotonic() < self.next_reading_s.get(name, 0.0):
                continue
            self.next_reading_s[name] = time.monotonic() + settings.minutes * 60
            try:
                outcome = self.calendars.read(name)
            except Refused as refused:
                self.turns.failed["calendars"] = self.turns.failed.get("calendars", 0) + 1
                log.warning("calendar_not_read", calendar=name, code=refused.code)
                continue
            self.turns.count["calendars"] = self.turns.count.get("calendars", 0) + 1
            if outcome.left_out["emptied"]:
                log.warning("calendar_empty", calendar=name, missing=outcome.left_out["emptied"])
            if outcome.recorded or outcome.refused:
                log.info("calendar_read", calendar=name, recorded=outcome.recorded, refused=outcome.refused)

    def _attest(self) -> None:
        """Where something is in the way, it is tried again after a while, not at every look."""
        now, audit = self.konto.clock(), self.konto.settings.audit
        if not self.lease.is_ours(now) or time.monotonic() < self.next_attest_s:
            return
        try:
            if attesting.is_due(self.konto, now, events=audit.events, every=timedelta(minutes=audit.minutes)):
                log.info("attested", events=attesting.attest(self.konto).size)
            if time.monotonic() >= self.next_tidy_s:
                self.next_tidy_s = time.monotonic() + TIDY_SECONDS
                if cut := looking.tidy(self.konto, now, audit.looks_kept):
                    log.info("looks_cut", entries=cut)
            copies = checkpoint_copies.copy_out(self.konto, self.sender.channels, now)
        except Refused as refused:
            # The log changed, or the key is missing: konto doctor shows it until somebody has looked after it.
            log.error("not_attested", code=refused.code)
            self.next_attest_s = time.monotonic() + ATTEST_AGAIN_SECONDS
            return
        for copy in copies:
            if copy.trouble is not None:
                log.warning("checkpoint_not_copied", place=copy.place, reason=copy.trouble)
                self.next_attest_s = time.monotonic() + ATTEST_AGAIN_SECONDS

    def _back_up(self) -> None:
        """Where something is in the way, such as a drive that is away, it is tried again after a while."""
        settings, now = self.konto.settings.backup, self.konto.clock()
        if settings.folder is None or not self.lease.is_ours(now) or time.monotonic() < self.next_backup_s:
            return
        folder = Path(settings.folder)
        try:
            newest = next(iter(backing_up.listed(folder)), None)
            if (newest is None or now - newest.made >= settings.every) and self.konto.log.head():
                made = backing_up.back_up(self.konto, folder, keys=settings.keys)
                gone = backing_up.tidy(folder, settings.keep, now)
                log.info("backed_up", events=made.events, bytes=made.bytes, removed=len(gone))
        except (Refused, OSError) as error:
            # konto doctor shows how old the newest one is.
            log.error("not_backed_up", reason=error.code if isinstance(error, Refused) else type(error).__name__)
            self.next_backup_s = time.monotonic() + BACKUP_AGAIN_SECONDS

    # -- alive ------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        """Tells of each part of ours that has turned since it was told last."""
        now = self.konto.clock()
        if "send" in self.roles and self.bell.answers():
            self.turns.last["send"] = now
            self.turns.works["send"] = True
        for role in self.roles:
            turned, told = self.turns.last.get(role), self._beaten.get(role)
            if turned is not None and (told is None or turned - told >= BEAT_EVERY):
                beat(self.konto.log.store, role, self.instance, turned)
                self._beaten[role] = turned

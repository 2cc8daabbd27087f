"""How this installation is: where it lies, what waits, whether anybody looks after it. In plain words."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from domain import checkpoints
from domain.roles import LOCAL_USER
from domain.store import STORE_FAILS, StoreBusy
from domain.stored import read
from projections import channels, outbox, quarantine, retained
from projections.tables import instant, micros
from projections.timeline import set_aside
from wiring import attesting, backing_up, layouts, mailing, masters, presence, queues, retaining
from wiring.home import Konto
from wiring.product import our_version
from wiring.settings import ROLES
from wiring.stores import is_shared, tables_schema
from words import N_, Translator, names
from words.format import age, number

FRESH = timedelta(seconds=60)
"""A part of the worker that has not turned for longer stands still, or stops."""
LATE_SENDING = timedelta(minutes=10)
MISSED = 3
"""A mailbox that so many readings are missing of is not looked after."""
LATELY = timedelta(days=7)
MISSED = 4
"""So many times in a row a calendar was not read, until somebody should look after it."""
LATE_BACKUPS = 2
"""So many times as old as it should be a newest backup may be: one may have found its drive away."""
MEGABYTE = 1_000_000
MANY = 1_000_000_000
"""Events in whose number no checkpoint is late: only the time counts."""


class Said(str):
    """A value that is itself a sentence to be translated."""


class Note(NamedTuple):
    """One thing about the installation; `ok` False = somebody should do something."""

    name: str
    ok: bool
    text: str
    params: dict[str, Any]
    advice: bool = False
    """Nothing is wrong, and something could be better."""

    def sentence(self, t: Translator) -> str:
        return t.gettext(self.text).format(**self.params)


HOME = N_("Home: {home}")
VERSION = N_("Version {version}, Python {python}")
SIZES = N_("Log {log} MB, tables {views} MB")
HEAD = N_("{head} events in the log; the tables have taken in {position}.")
BEHIND = N_("{head} events in the log, but the tables stop at {position}. Please run konto check.")
OTHERS_USED = N_(
    "Tables of another version lie beside these, and its services still run. When they have ended, what remains is "
    "removed by: konto migrate --tidy"
)
OTHERS_LEFT = N_(
    "Tables of another version lie there, and nobody follows them any more. Please remove them: konto migrate --tidy"
)
NOBODY_STILL = N_("Everything recorded could be taken in.")
STILL = N_(
    "Standing still because something recorded cannot be taken in: customers {customers}, documents, alerts and "
    "settings {others}. They are shown by: konto quarantine"
)
NONE_PARKED = N_("No fact is parked.")
PARKED = N_("Facts that wait for what they refer to: {n}. konto parked shows them.")
OUTBOX_EMPTY = N_("No message waits to be sent.")
OUTBOX = N_("Messages that wait to be sent: {n}, the oldest for {age}.")
OUTBOX_STUCK = N_("Messages that wait to be sent: {n}, the oldest for {age}. Please start the worker: konto serve")
NEVER_DELIVERED = N_("No message has been delivered yet.")
DELIVERED = N_("The last message was delivered {age} ago.")
UNDELIVERABLE = N_(
    "Alerts of the last days that reached nobody: {n}. They are listed by: konto alerts list --state undeliverable"
)
CHANNEL_PAUSED = N_("The channel {channel} has not worked for {age} ({reason}); it is tried again by itself.")
CHANNEL_GONE = N_(
    "The receiver of the channel {channel} wants nothing more since {age} ({reason}). To use it again: "
    "konto alerts resume {channel}"
)
CALENDAR_READ = N_("The calendar {calendar} was read {age} ago.")
CALENDAR_LATE = N_("The calendar {calendar} was last read {age} ago. Please try: konto appointments read {calendar}")
CALENDAR_UNREAD = N_(
    "The calendar {calendar} has not been read within the last day. Please try: konto appointments read {calendar}"
)
WORKER = N_("The worker runs; its last turn was {age} ago.")
APART = N_("The parts of the worker run, in {n} processes; the last turn of each was at most {age} ago.")
PART_STOPPED = N_("{part} for {age}; people are not warned. Please start it: konto worker")
PART_NEVER = N_("{part} yet; people are not warned. Please start it: konto worker")
PARTS = {
    "follow": N_("Nobody has taken in new facts"),
    "schedule": N_("Nobody has looked at the clock"),
    "send": N_("Nobody has been ready to send"),
}
WORKER_STOPPED = N_("The worker has not turned for {age}; nobody is warned. Please start it: konto serve")
WORKER_NEVER = N_("The worker has never run; nobody is warned. Please start it: konto serve")
NOTHING_TO_WATCH = N_("The worker does not run; there is no open promise to watch either.")
FILES = N_("Log and tables lie in files of the home.")
DATABASE = N_("Log and tables lie in PostgreSQL, in the schemas {schema} and {tables}.")
IN_PROCESS = N_("The queue is inside the worker.")
QUEUE = N_("The queue answers; {n} messages lie in it.")
QUEUE_GONE = N_("The queue does not answer ({reason}); nothing is sent until it does, and nothing is lost.")
MAIL = N_("Mail goes out through {host}.")
NO_MAIL = N_("No mail server is set: messages are put into {folder}. To send them, set [mail] host in settings.toml.")
MAILBOX = N_("The mailbox {name} was read {age} ago.")
MAILBOX_NEVER = N_("The mailbox {name} has not been read yet. The worker does it: konto serve")
MAILBOX_STALE = N_("The mailbox {name} was last read {age} ago. Please start the worker: konto serve")
MAILBOX_FAILS = N_("The mailbox {name} has been out of reach for {age}. To see why: konto mail read {name}")
KEYS_SAFE = N_("The keys are readable by their owner only.")
KEYS_OPEN = N_("Others on this machine can read {file}. Please run: chmod 600 {file}")
JOURNAL = N_("The access journal can be written; its newest entry has the number {n}.")
JOURNAL_AWAY = N_(
    "The access journal cannot be written, and so nothing personal is shown. Please check the disk and the rights of "
    "the folder."
)
NONE_DUE = N_("Nobody's data is due for erasure.")
DUE = N_("Customers whose time has ended: {n}, of them stopped: {stopped}. To see them: konto retention --due")
MASTER_KEY = N_("The master key lies {place}, made {age} ago. Keys that it wraps: {n}.")
MASTER_KEY_ELSEWHERE = N_(
    "The master key lies {place}, but [vault] master says: {setting}. Please move it: konto vault rotate"
)
MASTER_KEY_BETWEEN = N_(
    "The exchange of the master key that began {age} ago is not complete. Please complete it: konto vault rotate"
)
NO_BACKUPS = N_("No backups are made by themselves. To have them made: [backup] folder in settings.toml")
BACKED_UP = N_("The newest backup was made {age} ago; {n} are kept.")
BACKUP_LATE = N_("The newest backup was made {age} ago. To see why there is no newer one: konto backup")
NEVER_BACKED_UP = N_("No backup has been made yet. The worker makes them: konto serve; by hand: konto backup")
NEVER_ATTESTED = N_("No checkpoint attests the log yet. The worker makes them; by hand: konto audit checkpoint")
ATTESTED = N_("The last checkpoint was made {age} ago and attests {n} events.")
ATTESTED_LATE = N_(
    "The last checkpoint was made {age} ago, and more was recorded since. To see whether anything is wrong: "
    "konto audit verify"
)
NOWHERE_ELSE = N_("Checkpoints lie beside the log only. To keep them elsewhere, set [audit] in settings.toml.")
COPIED = N_("The last copy of a checkpoint was made {age} ago ({place}).")
NOT_COPIED = N_("No copy of a checkpoint could be made for {age} ({place}: {reason}); it is tried again by itself.")
PLACES = {"folder": N_("folder"), "mail": N_("mail"), "webhook": N_("webhook")}


class State(NamedTuple):
    """In figures, for those who read no sentences."""

    head: int
    position: int
    shares: tuple[int, ...]
    """The positions of those who share out the customers; the least of them is `position`."""
    waiting: int
    oldest: timedelta
    parked: int
    quarantined: int
    """Customers, documents, alerts that stand still."""
    backup_age: timedelta | None
    """Of the newest backup; None where none is made, or none was yet."""
    lag: timedelta
    """For how long the oldest event that the tables have not taken in has been recorded."""
    queue: int | None
    """Messages in a queue of several workers; None where there is none, or it does not answer."""
    alerts: dict[str, int]
    raised: dict[str, int]
    """By rule."""
    delivered: dict[str, int]
    """Messages by channel."""
    paused: dict[str, int]
    """Failures in a row, by paused channel."""


def state(konto: Konto) -> State:
    now = konto.clock()
    waiting, oldest = _waiting(konto, now)
    marks = konto.views.marks()
    return State(
        head=konto.log.head(),
        position=marks.least,
        shares=marks.positions,
        waiting=waiting,
        oldest=oldest,
        parked=konto.log.count_parked(),
        quarantined=quarantine.count(konto.views).all,
        backup_age=_backup_age(konto, now),
        lag=_lag(konto, marks.least, now),
        queue=_queued(konto),
        alerts=_counted(konto, "SELECT state, COUNT(*) FROM alerts GROUP BY state"),
        raised=_counted(konto, "SELECT rule, COUNT(*) FROM alerts GROUP BY rule"),
        delivered=_counted(konto, "SELECT channel, COUNT(*) FROM messages GROUP BY channel"),
        paused={each.channel: each.failures for each in channels.paused(konto.views).values()},
    )


def _counted(konto: Konto, sql: str) -> dict[str, int]:
    return {row[0]: row[1] for row in konto.views.rows(sql)}


def _lag(konto: Konto, position: int, now: datetime) -> timedelta:
    waiting = konto.log.rows(position, 1)
    first = read(waiting[0]) if waiting else None
    recorded = first.recorded if first else None
    return timedelta() if recorded is None else max(timedelta(), now - recorded)


def _queued(konto: Konto) -> int | None:
    if konto.settings.queue.address is None:
        return None
    try:
        return queues.waiting(konto.settings.queue)
    except queues.QueueGone:
        return None


def notes(konto: Konto, whose_time_is_over: Callable[[Konto], Note] | None = None) -> Iterator[Note]:
    """`whose_time_is_over`: for whoever has found that a while ago; it takes a walk over all customers."""
    now = konto.clock()
    yield Note("home", True, HOME, {"home": konto.home})
    yield Note("version", True, VERSION, {"version": our_version(), "python": platform.python_version()})
    shared = is_shared(konto.settings.store)
    schemas = {"schema": konto.settings.store.db_schema, "tables": tables_schema(konto.settings.store)}
    yield Note("store", True, DATABASE if shared else FILES, schemas)
    log, views = (round(store.size_bytes() / MEGABYTE, 1) for store in (konto.log.store, konto.tables))
    yield Note("sizes", True, SIZES, {"log": log, "views": views})
    head, position = konto.log.head(), konto.views.position()
    behind = position != head
    yield Note("tables", not behind, BEHIND if behind else HEAD, {"head": head, "position": position})
    still = quarantine.count(konto.views)
    yield Note("quarantine", not still.all, STILL if still.all else NOBODY_STILL, still._asdict())
    for other in konto.tables.others():
        used = layouts.used(other)
        yield Note("other tables", used, OTHERS_USED if used else OTHERS_LEFT, {})
    parked = konto.log.count_parked() + len(set_aside(konto.log, konto.library))
    yield Note("parked", True, PARKED if parked else NONE_PARKED, {"n": parked})
    yield _queue(konto)
    yield _outbox(konto, now)
    yield from _flow(konto, now)
    yield from _worker(konto, now)
    yield from _calendars(konto, now)
    yield _mail(konto)
    yield from _mailboxes(konto, now)
    yield from _keys(konto)
    yield _master_key(konto, now)
    yield (whose_time_is_over or due)(konto)
    yield from _attested(konto, now)
    yield _backed_up(konto, now)
    yield _journal(konto)


def _queue(konto: Konto) -> Note:
    if konto.settings.queue.address is None:
        return Note("queue", True, IN_PROCESS, {})
    try:
        return Note("queue", True, QUEUE, {"n": queues.waiting(konto.settings.queue)})
    except queues.QueueGone as error:
        return Note("queue", False, QUEUE_GONE, {"reason": str(error)})


def _waiting(konto: Konto, now: datetime) -> tuple[int, timedelta]:
    """Alerts that may be sent now, and for how long the oldest could have been."""
    waiting, oldest = outbox.waits(konto.views, now)
    return waiting, timedelta() if oldest is None else now - oldest


def _outbox(konto: Konto, now: datetime) -> Note:
    waiting, oldest = _waiting(konto, now)
    if not waiting:
        return Note("outbox", True, OUTBOX_EMPTY, {"n": 0})
    stuck = oldest > LATE_SENDING
    return Note("outbox", not stuck, OUTBOX_STUCK if stuck else OUTBOX, {"n": waiting, "age": oldest})


def _flow(konto: Konto, now: datetime) -> Iterator[Note]:
    """Whether messages really arrive: what was delivered last, what could not be, which channels are paused."""
    last = instant(konto.views.row("SELECT MAX(sent_at) FROM messages")[0])
    if last is None:
        yield Note("delivered", True, NEVER_DELIVERED, {})
    else:
        yield Note("delivered", True, DELIVERED, {"age": now - last})
    lost = konto.views.row(
        "SELECT COUNT(*) FROM alerts WHERE state = 'undeliverable' AND escalated_to IS NULL AND state_at > ?",
        (micros(now - LATELY),),
    )[0]
    if lost:
        yield Note("undeliverable", False, UNDELIVERABLE, {"n": lost})
    for each in channels.paused(konto.views).values():
        text = CHANNEL_GONE if each.gone else CHANNEL_PAUSED
        params = {"channel": each.channel, "reason": each.reason, "age": now - each.since}
        yield Note("channel", False, text, params)


def _worker(konto: Konto, now: datetime) -> Iterator[Note]:
    """Whether each part of the worker turns, in one process or in several."""
    newest: dict[str, presence.Beat] = {}
    for beat in presence.beats(konto.log.store):
        newest.setdefault(beat.service, beat)
    ages = {role: now - newest[role].at for role in ROLES if role in newest}
    missing = [role for role in ROLES if role not in ages or ages[role] > FRESH]
    if not missing:
        running = {
            beat.instance
            for beat in presence.beats(konto.log.store)
            if beat.service in ROLES and now - beat.at <= FRESH
        }
        together = len({newest[role].instance for role in ROLES}) == 1
        text = WORKER if together else APART
        yield Note("worker", True, text, {"n": len(running), "age": max(ages.values())})
        return
    watched = konto.views.row("SELECT 1 FROM promises WHERE outcome IS NULL AND overdue_from IS NOT NULL LIMIT 1")
    if watched is None:
        yield Note("worker", True, NOTHING_TO_WATCH, {})
    elif len(missing) < len(ROLES):
        for role in missing:
            text = PART_STOPPED if role in ages else PART_NEVER
            yield Note("worker", False, text, {"part": Said(PARTS[role]), "age": ages.get(role, timedelta())})
    elif ages:
        yield Note("worker", False, WORKER_STOPPED, {"age": min(ages.values())})
    else:
        yield Note("worker", False, WORKER_NEVER, {})


def _calendars(konto: Konto, now: datetime) -> Iterator[Note]:
    """When each was read last; one that was missed now and then is no news."""
    read = {each.instance: each.at for each in presence.beats(konto.log.store) if each.service == presence.CALENDAR}
    for name, settings in konto.settings.appointments.items():
        at = read.get(name)
        if at is None:
            yield Note("calendar", False, CALENDAR_UNREAD, {"calendar": name})
        else:
            late = now - at > timedelta(minutes=settings.minutes) * MISSED
            yield Note(
                "calendar", not late, CALENDAR_LATE if late else CALENDAR_READ, {"calendar": name, "age": now - at}
            )


def _mail(konto: Konto) -> Note:
    host = konto.settings.mail.host
    if host is None:
        return Note("mail", True, NO_MAIL, {"folder": konto.home / "outgoing"})
    return Note("mail", True, MAIL, {"host": host})


def _mailboxes(konto: Konto, now: datetime) -> Iterator[Note]:
    """Whether each is read, and as often as its setting says."""
    for name, settings in konto.settings.mailboxes.items():
        bookmark = mailing.bookmark_of(konto, name)
        note = f"mailbox {name}"
        if bookmark.failing_since is not None:
            yield Note(note, False, MAILBOX_FAILS, {"name": name, "age": now - bookmark.failing_since})
        elif bookmark.read_at is None:
            yield Note(note, False, MAILBOX_NEVER, {"name": name})
        else:
            age = now - bookmark.read_at
            stale = age > MISSED * timedelta(minutes=settings.every_minutes) + FRESH
            yield Note(note, not stale, MAILBOX_STALE if stale else MAILBOX, {"name": name, "age": age})


def _keys(konto: Konto) -> Iterator[Note]:
    file = konto.keys
    if platform.system() == "Windows":
        return
    safe = file.stat().st_mode & 0o077 == 0
    yield Note("keys", safe, KEYS_SAFE if safe else KEYS_OPEN, {"file": file})


def _journal(konto: Konto) -> Note:
    """Whether a look can be noted: else nothing personal is shown to anybody."""
    try:
        with konto.journal.held():
            return Note("journal", True, JOURNAL, {"n": konto.journal.head().number})
    except (*STORE_FAILS, StoreBusy):
        return Note("journal", False, JOURNAL_AWAY, {})


def _master_key(konto: Konto, now: datetime) -> Note:
    found = masters.status(konto)
    place, age = Said(names.MASTER_KEY_PLACES[found.current.place]), now - found.current.made
    if found.leaving:
        return Note("master key", False, MASTER_KEY_BETWEEN, {"age": age})
    if found.current.place != found.setting:
        return Note("master key", False, MASTER_KEY_ELSEWHERE, {"place": place, "setting": found.setting})
    return Note("master key", True, MASTER_KEY, {"place": place, "age": age, "n": found.customers})


def due(konto: Konto) -> Note:
    """How many customers' time has ended."""
    # Whoever reads this sees no name: it is asked as ourselves, so that every reader is told the same number.
    found = retained.due(konto.log, konto.library, LOCAL_USER, retaining.of(konto.settings), konto.clock())
    stopped = sum(bool(each.stopped_by) for each in found)
    return Note("retention", True, DUE if found else NONE_DUE, {"n": len(found), "stopped": stopped})


def _attested(konto: Konto, now: datetime) -> Iterator[Note]:
    """Whether checkpoints are made, and lie where they are of use."""
    last, every = attesting.newest(konto), timedelta(minutes=konto.settings.audit.minutes)
    if last is None:
        yield Note("checkpoint", True, NEVER_ATTESTED, {})
        return
    late = attesting.is_due(konto, now, events=MANY, every=MISSED * every)
    yield Note("checkpoint", not late, ATTESTED_LATE if late else ATTESTED, {"age": now - last.at, "n": last.size})
    with konto.log.store.reading() as cursor:
        copies = checkpoints.copies(cursor)
    if not copies:
        yield Note("checkpoint copies", True, NOWHERE_ELSE, {})
    for each in copies.values():
        place = Said(PLACES[each.place])
        if each.failing_since is not None:
            params = {"place": place, "reason": each.trouble, "age": now - each.failing_since}
            yield Note("checkpoint copies", False, NOT_COPIED, params)
        elif each.at is not None:
            yield Note("checkpoint copies", True, COPIED, {"place": place, "age": now - each.at})


def _backups(konto: Konto) -> list[backing_up.Backup]:
    """The newest first. A drive that cannot be read now has none, which is told like that."""
    folder = konto.settings.backup.folder
    try:
        return backing_up.listed(Path(folder)) if folder is not None else []
    except OSError:
        return []


def _backup_age(konto: Konto, now: datetime) -> timedelta | None:
    found = _backups(konto)
    return now - found[0].made if found else None


def _backed_up(konto: Konto, now: datetime) -> Note:
    settings = konto.settings.backup
    if settings.folder is None:
        return Note("backup", True, NO_BACKUPS, {}, advice=True)
    found = _backups(konto)
    if not found:
        return Note("backup", not konto.log.head(), NEVER_BACKED_UP, {})
    age = now - found[0].made
    late = age > LATE_BACKUPS * settings.every + FRESH
    return Note("backup", not late, BACKUP_LATE if late else BACKED_UP, {"age": age, "n": len(found)})


def _lasting(span: timedelta, t: Translator) -> str:
    if span < timedelta(minutes=1):
        return t.gettext("{n} s").format(n=round(span.total_seconds()))
    return age(span.total_seconds(), t.lang)


def in_words(note: Note, t: Translator) -> str:
    """The sentence with ages and counts as one says them."""
    said = {
        name: _lasting(value, t)
        if isinstance(value, timedelta)
        else number(value, t.lang, 1 if isinstance(value, float) else 0)
        if isinstance(value, int | float)
        else t.gettext(value)
        if isinstance(value, Said)
        else value
        for name, value in note.params.items()
    }
    # An abbreviation at the end has its dot already.
    return note._replace(params=said).sentence(t).replace("..", ".")

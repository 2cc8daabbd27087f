"""The follower: whatever happens to it, the tables say what a fresh rebuild says."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from domain.alert import (
    AlertAcknowledged,
    AlertBundled,
    AlertCleared,
    AlertDelivered,
    AlertEscalated,
    AlertFailed,
    AlertNoLongerNeeded,
    AlertRetried,
    AlertReturned,
    AlertSnoozed,
    AlertTooOld,
    event,
)
from domain.channel import ChannelPaused
from domain.errors import Refused
from domain.fact import Data
from domain.log import Log
from domain.store import OldBookmark, SqliteStore
from domain.store.locks import held
from domain.store.schema import NotPrepared, migrate
from domain.vocabulary import parse
from projections import alerts, anew, outbox, shares
from projections.follow import FOLDED, TABLE_NAMES, Follower, step_with
from projections.tables import Views
from tests import notation
from tests.homes import Home, open_at
from tests.notation import at, envelopes, local
from tests.processes import at_once
from tests.projections.fuse import Fuse, PowerCut
from tests.waiting import wait_for
from wiring import access
from wiring.folding import Folders
from wiring.home import Konto, open_home
from wiring.importing import import_file
from wiring.worker import run_tick
from workers.dispatch import Dispatch
from workers.health import note as note_channel

NOW = at("2026-03-12T09:00")
MAIL = "@example.com"

STORY = """
Customers of whom two turn out to be one, and every kind of fact that changes a table.

2026-02-02T08:00  Kunde K-1, namens Meier, zuständig ines@example.com
2026-02-02T09:00  verspricht K-1 ines@example.com "Angebot" bis 2026-02-05T16:00, Preis 1000 EUR, Team Büro
2026-02-03T09:00  beschreibt "Angebot", heißt jetzt Kostenvoranschlag
2026-02-04T09:00  verschiebt "Angebot" auf 2026-02-09T16:00, mit Grund, mit Alternative
2026-02-09T15:00  erfüllt "Angebot", berechnet 1100
2026-02-10T09:00  Rückmeldung ? 2, über Angebot
2026-02-10T10:00  verspricht K-2 lutz@example.com "Therme" bis 2026-02-20, Art delivery
2026-02-11T10:00  pausiert "Therme" wegen Kunde
2026-02-16T10:00  setzt "Therme" fort wegen Kunde
2026-02-17T10:00  übergibt "Therme" an ines, Team Montage
2026-02-18T10:00  bricht "Therme", mit Grund
2026-02-19T10:00  Kunde K-2 geändert, namens Aydin
2026-02-19T11:00  Empfindlichkeit K-2 1.5
2026-02-19T12:00  zuständig für K-2 ist lutz@example.com
2026-02-19T12:00  lehnt ab K-2, mit Grund, mit Alternative
2026-02-20T10:00  K-1 empfiehlt uns

2026-02-10T11:00  K-2 fragt "Frage 1", Kanal email, Faden T-1, an lutz, über "Therme"
2026-02-17T09:00  K-2 hakt nach "Frage 2" zu "Frage 1", Kanal email, Faden T-1
2026-02-17T15:00  beantwortet "Frage 2", von ines
2026-02-10T15:00  meldet sich bei K-1, Zweck follow_up, von ines, Kanal phone, über "Angebot"
2026-02-03T11:00  meldet sich "S-1" bei K-2, Zweck service, von ines, Kanal phone
2026-02-08T11:00  meldet sich "S-2" bei K-2, Zweck service, von ines, Kanal phone
2026-02-13T11:00  meldet sich "S-3" bei K-2, Zweck service, von ines, Kanal phone
2026-02-18T10:30  meldet sich "S-4" bei K-2, Zweck service, von ines, Kanal phone
2026-02-18T11:00  Vorfall K-2 "V-1" complaint, ernst, zu "Therme", von lutz, Lieferant Acme
2026-02-18T12:00  nennt den Grund, von lutz
2026-02-18T13:00  entschuldigt sich, von lutz
2026-02-19T09:00  pausiert Vorfall wegen Kunde
2026-02-20T08:00  setzt Vorfall fort wegen Kunde
2026-02-20T09:00  löst "V-1"
2026-02-19T13:00  K-4 fragt "Frage 3", Kanal chat
2026-02-20T09:00  führt K-1 und K-4 zusammen
2026-02-20T10:00  verspricht K-1 ines "Irrtum" bis 2026-02-20T16:00 [irrtum]
2026-02-20T11:00  erfüllt "Irrtum"
2026-02-20T12:00  zieht zurück [irrtum]
"""

OPEN = """
2026-03-02T09:00  verspricht K-1 ines@example.com "wird gemahnt" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-1 ines@example.com "kommt nicht an" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-1 ines@example.com "geht nie" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-2 ines@example.com "erledigt sich" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-2 ines@example.com "wird zu alt" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-2 ines@example.com "gesehen" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-2 ines@example.com "aufgeschoben" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-2 ines@example.com "vorbei" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-2 ines@example.com "kam wieder" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-2 ines@example.com "noch einmal" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-2 ines@example.com "zusammen" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-2 ines@example.com "ging weiter" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-2 ines@example.com "wartet" bis 2026-03-12T08:00
2026-03-02T09:00  verspricht K-3 "niemand da" bis 2026-03-12T08:00
"""

PEOPLE = """
[[teams]]
name = "Büro"

[[persons]]
id = "ines"
name = "Ines Vogt"
team = "Büro"
"""

SHORT_DAYS = """
default = "halbtags"

[calendars.halbtags]
zone = "Europe/Berlin"

[calendars.halbtags.hours]
monday = ["08:00-12:00"]
tuesday = ["08:00-12:00"]
wednesday = ["08:00-12:00"]
thursday = ["08:00-12:00"]
friday = ["08:00-12:00"]
"""

Tables = dict[str, list[tuple[Any, ...]]]


def told(text: str) -> list[notation.Data]:
    """Ids of their own for each text, so that several fit into one home."""
    mark = f"{abs(hash(text)) % 10_000}/"
    return [_marked(each, mark) for each in envelopes(text)]


def _marked(envelope: notation.Data, mark: str) -> notation.Data:
    data = envelope["data"]
    if "retracts" in data:
        data = {"retracts": {**data["retracts"], "id": mark + data["retracts"]["id"]}}
    return {**envelope, "id": mark + envelope["id"], "data": data}


def contents(views: Views, *, leases: bool = False) -> Tables:
    """All rows of all tables; who is sending just now does not follow from the log."""
    found = {}
    for name in FOLDED:
        columns = ", ".join(outbox.FROM_THE_LOG) if name == "outbox" and not leases else "*"
        found[name] = sorted((tuple(row) for row in views.rows(f"SELECT {columns} FROM {name}")), key=repr)
    return found


@contextmanager
def empty_views(file: Path) -> Iterator[Views]:
    store = SqliteStore(str(file), synchronous="NORMAL", lock_timeout_s=30)
    views = Views(store)
    migrate(store, [step_with(views.bookmarks)])
    try:
        yield views
    finally:
        store.close()


def rebuilt(konto: Konto, folder: Path) -> Tables:
    """What the tables of this log say when they are built from nothing, all at once."""
    file = folder / "rebuilt.db"
    file.unlink(missing_ok=True)
    with empty_views(file) as views:
        Follower(konto.log, views).catch_up(page_size=1_000_000)
        return contents(views)


def raise_alerts_and_let_each_end_otherwise(home: Home) -> None:
    """One alert in every state there is."""
    home.take(told(OPEN))
    home.clock.now = NOW
    overdue = {each.occasion.subject: each for each in run_tick(home.konto) if each.occasion.rule == "overdue"}
    names = dict(home.rows("SELECT id, promise FROM promise_words"))

    def note(name: str, *events: Data) -> None:
        alert = overdue[names[name]]
        with home.konto.log.writing() as writer:
            for data in events:
                number = writer.length(alert.alert) + 1
                customer = alert.occasion.customer
                fact = event(home.konto.log.ids, alert.alert, customer, data, at=NOW, now=NOW, number=number)
                writer.append(fact, None, "")

    failed = AlertFailed(channel="email", reason="smtp_451", attempt=1, final=False)
    sent = AlertDelivered(channel="email", message_id="<1@x>", to="person-1")
    lost = AlertFailed(channel="email", reason="smtp_550", attempt=1, final=True)
    seen = AlertAcknowledged(by="person-1")
    later = AlertSnoozed(by="person-1", until=NOW + timedelta(hours=1))
    note("wird gemahnt", failed, sent)
    note("kommt nicht an", failed)
    note("geht nie", lost)
    note("erledigt sich", AlertNoLongerNeeded())
    note("wird zu alt", AlertTooOld())
    note("gesehen", sent, seen)
    note("aufgeschoben", sent, later, failed, later)
    note("vorbei", sent, AlertCleared())
    note("kam wieder", sent, seen, AlertCleared(), AlertReturned())
    note("noch einmal", lost, AlertRetried(by="person-1"))
    note("zusammen", AlertBundled(message="bundle-1", to="person-1"), failed)
    note("ging weiter", sent, AlertEscalated(to="person-2"))
    paused = ChannelPaused(channel="chat", reason="timeout", until=NOW + timedelta(hours=1), failures=3)
    note_channel(home.konto.log, paused, NOW)
    access.create(home.konto, random.Random(1).randbytes, scopes=["read"])
    home.konto.catch_up()
    assert {row[0] for row in home.rows("SELECT state FROM alerts WHERE rule = 'overdue'")} == set(alerts.STATES)


@pytest.fixture
def busy(home: Home) -> Home:
    """A home with everything in it."""
    home.take(told(STORY))
    home.clock.now = at("2026-02-21T09:00")
    home.konto.publish("people", PEOPLE)
    raise_alerts_and_let_each_end_otherwise(home)
    return home


# -- page by page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("page_size", [1, 2, 7, 1000])
def test_pages_of_any_length_give_the_same_tables(busy: Home, tmp_path: Path, page_size: int):
    with empty_views(tmp_path / "views.db") as views:
        done = Follower(busy.konto.log, views).catch_up(page_size=page_size)
        assert done == busy.konto.log.head() == views.position()
        assert contents(views) == rebuilt(busy.konto, tmp_path)


def test_what_was_followed_as_it_came_is_what_a_rebuild_gives_with_alerts_in_every_state(busy: Home, tmp_path: Path):
    live = contents(busy.konto.views)
    assert live == rebuilt(busy.konto, tmp_path)
    busy.konto.rebuild()
    assert contents(busy.konto.views) == live
    # Nobody stands still here (test_quarantine.py).
    assert {name for name, rows in live.items() if not rows} == {"quarantine", "quarantined"}


def test_progress_is_told_page_by_page_up_to_the_head(busy: Home, tmp_path: Path):
    heard: list[tuple[int, int]] = []
    with empty_views(tmp_path / "views.db") as views:
        Follower(busy.konto.log, views).catch_up(page_size=10, progress=lambda *told: heard.append(told))
    head = busy.konto.log.head()
    assert heard == [(position, head) for position in [*range(10, head, 10), head]]


def test_a_late_fact_changes_its_own_promise_and_account_and_what_we_knew_before_stays(home: Home, tmp_path: Path):
    """
    2026-02-02T09:00  verspricht K-1 ines "A" bis 2026-02-04T16:00
    2026-02-02T09:00  verspricht K-1 ines "B" bis 2026-02-04T16:00
    2026-02-03T09:00  verschiebt "A" auf 2026-02-06T16:00 (erfasst 2026-03-01T09:00)
    2026-02-06T15:00  erfüllt "A" (erfasst 2026-02-06T16:00)
    2026-02-04T15:00  erfüllt "B"
    """
    doc = test_a_late_fact_changes_its_own_promise_and_account_and_what_we_knew_before_stays.__doc__ or ""
    home.take(list(envelopes(doc)))
    before_we_knew = at("2026-02-20")
    assert {row.id: row.state for row in home.listed("2026-03-02")} == {"A": "kept", "B": "kept"}
    assert {row.id: row.state for row in home.listed("2026-03-02", known=before_we_knew)} == {
        "A": "kept_late",
        "B": "kept",
    }
    rules = [row[0] for row in home.rows("SELECT rule FROM lines ORDER BY number")]
    assert rules == ["moved_in_time_without_alternative", "kept", "kept_after_timely_move"]
    assert contents(home.konto.views) == rebuilt(home.konto, tmp_path)


# -- when it breaks off -------------------------------------------------------------------------------


def test_a_page_that_breaks_off_at_any_statement_is_as_if_it_had_never_begun(
    busy: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    views, log = busy.konto.views, busy.konto.log
    half, expected = log.head() // 2, rebuilt(busy.konto, tmp_path)
    fuse = Fuse(monkeypatch)
    broken_off = 0
    with empty_views(tmp_path / "half.db") as kept:
        with pytest.raises(PowerCut):  # the first page is kept
            Follower(log, kept).catch_up(page_size=half, progress=_stop)
        before = contents(kept)
        for number in range(1, 10_000):
            fuse.left = -1
            put_back(views, kept, half)
            follower = Follower(log, views)
            fuse.left = number
            try:
                follower.catch_up()
            except PowerCut:
                broken_off += 1
                fuse.left = -1
                assert contents(views) == (before if views.position() == half else expected)
                follower.catch_up()
            fuse.left = -1
            assert contents(views) == expected
            if broken_off < number:
                break
    assert broken_off > 30


def put_back(views: Views, kept: Views, position: int) -> None:
    """Tables and bookmark as they were kept."""
    with kept.store.reading() as source, views.store.writing() as cursor:
        for table in TABLE_NAMES:
            cursor.execute(f"DELETE FROM {table}")
            cursor.insert(table, [tuple(row) for row in source.execute(f"SELECT * FROM {table}").all()])
        shares.put(views.bookmarks, cursor, views.marks_in(cursor).among, position)


def _stop(position: int, head: int) -> None:
    raise PowerCut


def test_a_rebuild_that_breaks_off_at_any_statement_changes_nothing(busy: Home, monkeypatch: pytest.MonkeyPatch):
    live = contents(busy.konto.views, leases=True)
    fuse = Fuse(monkeypatch)
    busy.konto.rebuild()
    statements, broken_off = fuse.used, 0
    for number in range(1, statements + 1, statements // TRIED):
        fuse.left = number
        with suppress(PowerCut):
            busy.konto.rebuild()
        broken_off += fuse.left <= 0
        fuse.left = -1
        assert contents(busy.konto.views, leases=True) == live, number
        assert left_beside(busy.konto) == []
    assert broken_off >= TRIED


TRIED = 25


# -- several followers --------------------------------------------------------------------------------


def test_of_two_followers_that_read_the_same_facts_one_works_and_the_other_stands_by(busy: Home, tmp_path: Path):
    log = busy.konto.log
    with empty_views(tmp_path / "views.db") as views:
        one, two = Follower(log, views), Follower(log, views)
        short, long = log.rows(0, 5), log.rows(0, 9)
        marks = views.marks()
        assert one._project(marks, short)
        assert not two._project(marks, long), "it would do the first five once more"
        assert not two._project(marks, short)
        assert views.position() == 5
        two.catch_up()
        assert contents(views) == rebuilt(busy.konto, tmp_path)


def test_a_bookmark_is_moved_only_from_where_the_follower_began_to_read(tmp_path: Path):
    with empty_views(tmp_path / "views.db") as views:
        marks = views.marks()
        with views.store.writing() as cursor:
            shares.move(views.bookmarks, cursor, None, marks, 0, 10)
        for since, position in [(0, 20), (9, 20), (11, 20)]:
            with pytest.raises(OldBookmark), views.store.writing() as cursor:
                shares.move(views.bookmarks, cursor, None, marks, since, position)
        assert views.position() == 10


def test_followers_in_several_threads_miss_nothing_and_double_nothing(home: Home, tmp_path: Path):
    facts = [parse(each, now=NOW) for each in told(STORY)]
    done, failed = threading.Event(), list[BaseException]()

    def follow(page_size: int) -> None:
        try:
            while not done.is_set():
                Follower(home.konto.log, home.konto.views).catch_up(page_size=page_size)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=follow, args=(size,)) for size in (1, 2, 3, 1000)]
    for thread in threads:
        thread.start()
    home.clock.now = NOW
    for fact in facts:
        home.konto.record([fact])
    done.set()
    for thread in threads:
        thread.join()
    assert failed == []
    home.konto.catch_up()
    assert contents(home.konto.views) == rebuilt(home.konto, tmp_path)


def test_followers_in_several_processes_miss_nothing_and_double_nothing(folder: Path, tmp_path: Path):
    open_at(folder).close()
    lines = [f'2026-03-02T09:{n:02}  verspricht K-{n % 7} ines "P-{n}" bis 2026-03-20' for n in range(60)]
    calls = [("record", str(folder), "\n".join(lines)), ("follow", str(folder), 60), ("follow", str(folder), 60)]
    recorded, *followed = at_once(_take_part, calls)
    assert recorded == sum(followed) == 60
    konto = open_home(folder, environment={})
    assert contents(konto.views) == rebuilt(konto, tmp_path)
    konto.close()


def _take_part(role: str, folder: str, work: Any) -> int:
    konto = open_home(Path(folder), environment={}, clock=lambda: NOW)
    try:
        if role == "record":
            return sum(konto.record([parse(each, now=NOW)])[0].status == "recorded" for each in told(work))
        done = 0
        while konto.views.position() < work:
            done += konto.catch_up()
        return done
    finally:
        konto.close()


# -- rebuild ------------------------------------------------------------------------------------------


def test_a_rebuild_while_two_others_import_gives_the_same_tables_and_sends_nothing(busy: Home, tmp_path: Path):
    konto = busy.konto
    alert_states = "SELECT alert, state FROM alerts ORDER BY alert"
    waiting, states = outbox.to_release(konto.views, NOW + timedelta(days=1)), busy.rows(alert_states)
    before = konto.log.head()
    files = [_file(tmp_path / f"{name}.jsonl", name) for name in ("one", "two")]
    rounds = at_once(_import_or_rebuild, [("import", str(konto.home), str(file)) for file in files]
                     + [("rebuild", str(konto.home), str(before + 2 * IMPORTED))])  # fmt: skip
    assert rounds[:2] == [IMPORTED, IMPORTED]
    assert rounds[2] >= 2, "it was rebuilt while they imported"
    konto.catch_up()
    assert contents(konto.views) == rebuilt(konto, tmp_path)
    assert outbox.to_release(konto.views, NOW + timedelta(days=1)) == waiting
    assert busy.rows(alert_states) == states


IMPORTED = 7200


def _file(file: Path, name: str) -> Path:
    import json

    lines = []
    for number in range(IMPORTED // 2):
        text = f'2026-02-02T09:00  verspricht K-{name}-{number % 50} ines "{name}-{number}" bis 2026-02-20\n'
        text += f'2026-02-19T09:00  erfüllt "{name}-{number}"'
        lines += [json.dumps({**each, "id": f"{name}/{number}/{each['id']}"}) for each in envelopes(text)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def _import_or_rebuild(role: str, folder: str, work: str) -> int:
    konto = open_home(Path(folder), environment={}, clock=lambda: NOW)
    try:
        if role == "import":
            return import_file(konto, Path(work), valid_only=True).recorded
        rounds = 0
        while konto.log.head() < int(work):  # begun while something is still to come
            konto.rebuild()
            rounds += 1
        return rounds
    finally:
        konto.close()


def test_a_rebuild_leaves_the_leases_of_those_who_are_sending(busy: Home):
    views = busy.konto.views
    Dispatch(busy.konto.log, views, lambda: busy.konto.steering, busy.konto.name_of, busy.konto.catch_up).release(NOW)
    (first, *others) = outbox.ready(views, NOW)
    assert outbox.lease(views, [first], NOW, timedelta(minutes=5))
    busy.konto.rebuild()
    assert outbox.ready(views, NOW) == others
    assert outbox.lease(views, [first], NOW, timedelta(minutes=5)) == []


def test_a_rebuild_never_takes_back_what_the_live_tables_have_already_shown(busy: Home, tmp_path: Path):
    """Somebody records, and the live follower projects it, between the last page beside and the swap."""
    konto = busy.konto
    late = [parse(each, now=NOW) for each in told("2026-03-11T09:00  K-3 empfiehlt uns")]

    def record_once(position: int, head: int) -> None:
        if late:
            konto.record([late.pop()])
            konto.catch_up()

    before = konto.views.position()
    konto.rebuild(record_once)
    assert konto.views.position() == before + 1 == konto.log.head()
    assert contents(konto.views) == rebuilt(konto, tmp_path)


def test_a_second_rebuild_at_the_same_time_is_told_so(busy: Home):
    with busy.konto.built_beside("rebuild"), pytest.raises(Refused) as refused:
        busy.konto.rebuild()
    assert refused.value.code == "already_running"
    assert busy.konto.rebuild() == busy.konto.log.head()


def test_several_processes_build_what_one_builds(busy: Home):
    live = contents(busy.konto.views, leases=True)
    heard: list[tuple[int, int]] = []
    assert busy.konto.rebuild(lambda *told: heard.append(told), processes=2) == busy.konto.log.head()
    assert contents(busy.konto.views, leases=True) == live
    assert heard[-1] == (busy.konto.log.head(), busy.konto.log.head())
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert left_beside(busy.konto) == []


def test_a_process_that_dies_is_told_and_the_tables_stay(busy: Home):
    konto, live = busy.konto, contents(busy.konto.views, leases=True)
    with pytest.raises(Refused) as refused, Folders(_dies, konto.home / BESIDE, 2) as folders:
        anew.rebuild(konto.log, konto.tables, konto.home / BESIDE, helpers=folders)
    assert (refused.value.code, refused.value.params["exit"]) == ("process_ended", -signal.SIGKILL)
    assert contents(konto.views, leases=True) == live
    assert left_beside(konto) == []


def test_what_stops_one_of_several_processes_is_told_as_it_is(busy: Home):
    konto, live = busy.konto, contents(busy.konto.views, leases=True)
    with pytest.raises(Refused) as refused, Folders(_finds_nothing, konto.home / BESIDE, 2) as folders:
        anew.rebuild(konto.log, konto.tables, konto.home / BESIDE, helpers=folders)
    assert str(refused.value) == str(NotPrepared())
    assert contents(konto.views, leases=True) == live
    assert left_beside(konto) == []


def test_processes_that_help_end_with_whoever_asked_for_them(busy: Home, tmp_path: Path):
    asking = multiprocessing.get_context("spawn").Process(target=_asks_for_help, args=(busy.konto.home, tmp_path))
    asking.start()
    wait_for((tmp_path / "works").exists)
    with held(tmp_path / "lock") as ours:
        assert not ours, "it is at work"
    asking.kill()
    asking.join()

    def is_free() -> bool:
        with held(tmp_path / "lock") as ours:
            return ours

    wait_for(is_free)


def _asks_for_help(home: Path, folder: Path) -> None:
    konto = open_home(home, environment={})
    with Folders(partial(_works_for_ever, folder), folder / BESIDE, 1) as folders:
        anew.rebuild(konto.log, konto.tables, folder / BESIDE, helpers=folders)


def _works_for_ever(folder: Path) -> Log:
    with held(folder / "lock"):
        (folder / "works").touch()
        while True:
            sleep(1)


BESIDE = "views.rebuild.db"


def _dies() -> Log:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _finds_nothing() -> Log:
    raise NotPrepared


def left_beside(konto: Konto) -> list[str]:
    return sorted(file.name for file in konto.home.glob("views.rebuild*") if file.suffix != ".lock")


def test_whoever_is_far_behind_builds_the_tables_anew_and_finds_the_same(
    busy: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    konto, live = busy.konto, contents(busy.konto.views)
    monkeypatch.setattr("wiring.home.FAR_BEHIND", 10)
    monkeypatch.setattr("projections.follow.PAGE", 10)
    built: list[int] = []
    monkeypatch.setattr("wiring.home.rebuild", lambda *args, **more: built.append(1) or anew.rebuild(*args, **more))
    with empty_views(tmp_path / "empty.db") as empty:
        put_back(konto.views, empty, 0)
    assert konto.catch_up() == konto.log.head()
    assert built == [1]
    assert contents(konto.views) == live
    assert konto.catch_up() == 0
    assert built == [1]


def test_whoever_is_far_behind_and_has_no_room_to_build_follows_as_usual(
    busy: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    konto, live = busy.konto, contents(busy.konto.views)
    monkeypatch.setattr("wiring.home.FAR_BEHIND", 10)
    monkeypatch.setattr("projections.follow.PAGE", 10)
    with empty_views(tmp_path / "empty.db") as empty:
        put_back(konto.views, empty, 0)

    def full(*args: Any, **more: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("wiring.home.rebuild", full)
    assert konto.catch_up() == konto.log.head()
    assert contents(konto.views) == live


def test_a_swap_that_breaks_off_in_the_middle_leaves_what_was_there(busy: Home, monkeypatch: pytest.MonkeyPatch):
    live = contents(busy.konto.views, leases=True)

    def broken(*of_an_alert: Any) -> None:
        raise PowerCut

    monkeypatch.setattr("projections.anew.outbox.take_over", broken)
    with pytest.raises(PowerCut):
        busy.konto.rebuild()
    assert contents(busy.konto.views, leases=True) == live
    assert left_beside(busy.konto) == []
    monkeypatch.undo()
    busy.konto.rebuild()
    assert contents(busy.konto.views, leases=True) == live


# -- documents ----------------------------------------------------------------------------------------


def last_moments(home: Home, moment: str) -> dict[str, str | None]:
    """For timely notice of each promise, as it was at a moment."""
    return {row.id: local(row.last_moment) for row in home.listed(moment)}


def test_a_new_calendar_moves_the_last_moment_of_open_promises_and_settled_ones_keep_theirs(home: Home, tmp_path: Path):
    home.take(told("""
    2026-03-02T09:00  verspricht K-1 ines "offen" bis 2026-03-20T16:00
    2026-03-02T09:00  verspricht K-1 ines "erledigt" bis 2026-03-20T16:00
    2026-03-06T09:00  erfüllt "erledigt"
    """))  # fmt: skip
    settled = home.rows(
        "SELECT * FROM promises WHERE promise IN (SELECT promise FROM promise_words WHERE id = 'erledigt')"
    )
    assert last_moments(home, "2026-03-05") == {"offen": "2026-03-19T16:00", "erledigt": "2026-03-19T16:00"}

    home.clock.now = at("2026-03-10T09:00")
    home.konto.publish("calendars", SHORT_DAYS, at("2026-03-12"))
    home.konto.catch_up()
    assert last_moments(home, "2026-03-11T23:59")["offen"] == "2026-03-19T16:00", "the old one counts until it starts"
    assert last_moments(home, "2026-03-12")["offen"] == "2026-03-19T08:00"
    assert last_moments(home, "2026-03-05")["erledigt"] == "2026-03-19T16:00"
    assert settled == home.rows(
        "SELECT * FROM promises WHERE promise IN (SELECT promise FROM promise_words WHERE id = 'erledigt')"
    )
    assert contents(home.konto.views) == rebuilt(home.konto, tmp_path)


def test_a_document_published_in_the_middle_gives_the_same_tables_followed_or_rebuilt(home: Home, tmp_path: Path):
    home.take(told(STORY))
    home.clock.now = at("2026-02-21T09:00")
    home.konto.publish("calendars", SHORT_DAYS)
    home.konto.catch_up()
    home.clock.now = at("2026-02-22T09:00")
    home.konto.publish("people", PEOPLE)
    home.konto.catch_up()
    raise_alerts_and_let_each_end_otherwise(home)
    for page_size in (1, 3, 1000):
        with empty_views(tmp_path / f"{page_size}.db") as views:
            Follower(home.konto.log, views).catch_up(page_size=page_size)
            assert contents(views) == contents(home.konto.views)


def test_a_document_that_comes_with_its_history_counts_for_what_comes_after_it(home: Home, tmp_path: Path):
    """Its start has passed long ago when it is recorded, and so has most of what we knew."""
    home.take(told(STORY))
    start = at("2026-02-25T12:00")
    (envelope,) = told("2026-02-25T12:00  K-1 empfiehlt uns")
    data = {"kind": "calendars", "valid_from": start.isoformat(), "content": SHORT_DAYS}
    document = {**envelope, "id": "doc", "type": "document.published", "data": data}
    receipts = home.take_as_they_come([document, *told(OPEN)], NOW)
    assert {receipt.refused for receipt in receipts} == {None}
    # A quarter of 31 hours of short days before Thursday's opening; of whole days it would be Wednesday's.
    assert {local(row.last_moment) for row in home.listed("2026-03-10", states=["open"])} == {"2026-03-10T08:15"}
    assert contents(home.konto.views) == rebuilt(home.konto, tmp_path)

"""The master key is exchanged: whatever happens in between, every text can be read and the log is as it was."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from domain import masters as registry
from domain.errors import Refused
from domain.masters import PLACES, Place
from domain.roles import Asker, NotAllowed
from domain.vault import MasterKey, SubjectKey
from tests.audit.firm import recorded
from tests.homes import Clock, Home, bare
from tests.notation import Data, at
from tests.processes import at_once
from tests.stores import NewFolder, only_files
from tests.vault.transit import Transit
from wiring import attesting, erasing, keys, masters, moving
from wiring.home import Konto, open_home

EVENTS = 60
EVERYTHING = 1_000_000  # more events than any of these logs holds, however fast the machine writes meanwhile
STEPS = ("made", "taken over", "page", "rewrapped", "destroyed", "scrubbed", "noted")
FIRST, SECOND, THIRD = ("11" * 32, "22" * 32, "33" * 32)


class Killed(BaseException):
    """Ends the exchange as a kill would: nobody catches it."""


def opened(folder: Path, environment: dict[str, str] | None = None) -> Home:
    clock = Clock(at("2026-04-01"))
    konto = open_home(
        folder, environment=environment or {}, clock=clock, entropy=random.Random(os.urandom(8)).randbytes, prepare=True
    )
    return Home(konto, clock)


def texts(home: Home) -> list[str]:
    """Every text of the log, as only the right keys can read it."""
    log = home.konto.log
    facts = log.opened(log.page(0, EVERYTHING))
    assert all(fact.id for fact in facts)
    return [f"{fact.id} {fact.data!r}" for fact in facts]


def stored(home: Home) -> list[Any]:
    return [tuple(row) for row in home.konto.log.rows(0, EVERYTHING)]


def wrapped(home: Home) -> dict[str, tuple[bytes, str]]:
    with home.konto.log.store.reading() as cursor:
        rows = cursor.execute("SELECT subject, wrapped, master FROM vault_keys").all()
        return {row[0]: (bytes(row[1]), row[2]) for row in rows if row[1] is not None}


def states(home: Home) -> list[tuple[str, str]]:
    with home.konto.log.store.reading() as cursor:
        return [(each.place, each.state) for each in registry.registered(cursor)]


def newcomer(number: int) -> Data:
    data = {"customer": f"N-{number}", "name": f"Neu {number}"}
    time = "2026-03-30T10:00:00+00:00"
    return {
        "specversion": "1.0",
        "source": "new",
        "id": f"n{number}",
        "type": "customer.registered",
        "time": time,
        "data": data,
    }


def take(home: Home, number: int) -> None:
    from domain.vocabulary import parse

    receipt = home.konto.record([parse(bare(newcomer(number)), now=home.clock.now)])[0]
    assert receipt.refused is None


@pytest.fixture
def told(home: Home) -> Home:
    recorded(home, EVENTS)
    home.clock.now = at("2026-04-01")
    return home


@pytest.fixture
def transit() -> Iterator[Transit]:
    with Transit().open() as service:
        yield service


def set_place(folder: Path, place: Place, transit: Transit) -> None:
    """The section [vault] of its settings, whatever it was."""
    file = folder / "settings.toml"
    rest = file.read_text("utf-8").partition("[vault]")[0] if file.exists() else ""
    file.write_text(rest + transit.settings.replace('"service"', f'"{place}"'), encoding="utf-8")


# -- what stays and what goes ----------------------------------------------------------------------------------


def test_after_an_exchange_every_text_is_read_with_the_new_key_and_the_log_is_the_same_byte_by_byte(told: Home):
    said, log, before = texts(told), stored(told), wrapped(told)
    kept, trusted = attesting.attest(told.konto), attesting.keys(told.konto).public
    verified = attesting.verify(told.konto, [], trusted)
    assert verified.is_ok
    old = keys.read(told.konto.keys)
    done = masters.exchange(told.konto)
    new = keys.read(told.konto.keys)
    assert (done.rewrapped, done.completed) == (len(before), False)
    assert new.ids == old.ids
    assert new.vault != old.vault
    assert new.following is None
    after = wrapped(told)
    assert after.keys() == before.keys()
    assert all(after[subject][0] != before[subject][0] for subject in before)
    assert {master for _, master in after.values()} == {done.current.id} != {master for _, master in before.values()}
    again = opened(told.konto.home)
    assert (texts(again), stored(again)) == (said, log)
    assert attesting.verify(again.konto, [], trusted) == verified
    assert attesting.attest(again.konto).note == kept.note
    again.close()


def test_the_old_key_opens_nothing_afterwards(told: Home):
    old = keys.read(told.konto.keys).vault
    assert old is not None
    masters.exchange(told.konto)
    assert old.hex() not in told.konto.keys.read_text("utf-8")
    subject, (sealed, _) = next(iter(wrapped(told).items()))
    with pytest.raises(InvalidTag):
        MasterKey(old, os.urandom).unwrap(subject, sealed)


def test_an_older_copy_needs_the_key_it_was_kept_with_and_is_told_so(told: Home, new_folder: NewFolder, tmp_path: Path):
    old = told.konto.keys.read_text("utf-8")
    with told.konto.log.store.reading() as cursor:
        tables = {name: cursor.execute(f"SELECT * FROM {name}").all() for name in ("vault_keys", "master_keys")}
    masters.exchange(told.konto)
    new = told.konto.keys.read_text("utf-8")
    with told.konto.log.store.writing() as cursor:  # as the copy has it
        for name, rows in tables.items():
            cursor.execute(f"DELETE FROM {name}")
            cursor.insert(name, [tuple(row) for row in rows])
    with pytest.raises(Refused) as refused:
        opened(told.konto.home)
    assert refused.value.code == "other_keys"
    assert json.loads(new)["vault"] not in str(refused.value)
    told.konto.keys.write_text(old, encoding="utf-8")
    again = opened(told.konto.home)
    assert len(texts(again)) == EVENTS
    again.close()


def test_an_erased_customer_stays_erased_and_keeps_no_key(told: Home):
    from projections import customers

    party = customers.find(told.konto.library, told.konto.asker, "K-0")
    erasing.erase(told.konto, erasing.planned(told.konto, party), "objected", "")
    masters.exchange(told.konto)
    with told.konto.log.store.reading() as cursor:
        sql = "SELECT wrapped FROM vault_keys WHERE subject = ?"
        assert cursor.execute(sql, (party.customer,)).one()[0] is None
    again = opened(told.konto.home)
    assert len(again.konto.log.words(again.konto.log.page(0, 1000))) < EVENTS
    again.close()


@pytest.mark.long_on_postgres
def test_only_who_looks_after_keys_may(told: Home):
    from dataclasses import replace

    for role in ("owner", "manager", "auditor"):
        with pytest.raises(NotAllowed):
            masters.exchange(replace(told.konto, asker=Asker("ines", frozenset({role}))))
    assert states(told) == [("file", "current")]


# -- broken off ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", STEPS)
def test_killed_after_any_step_everything_can_be_read_and_the_next_one_completes_it(told: Home, last: str):
    said, log = texts(told), stored(told)

    def step(name: str) -> None:
        if name == last:
            raise Killed

    with pytest.raises(Killed):
        masters.exchange(told.konto, step)
    # Who ran before goes on, who starts now reads all of it, and either takes somebody new.
    between = opened(told.konto.home)
    assert texts(between) == texts(told) == said
    take(told, 1)
    take(between, 2)
    done = masters.exchange(between.konto)
    assert done.completed == (last not in ("made", "noted"))
    between.close()
    again = opened(told.konto.home)
    assert texts(again)[: len(said)] == said
    assert stored(again)[: len(log)] == log
    assert len(texts(again)) == len(said) + 2
    assert {master for _, master in wrapped(again).values()} == {done.current.id}
    assert [state for _, state in states(again)].count("current") == 1
    assert "leaving" not in [state for _, state in states(again)]
    assert keys.read(told.konto.keys).following is None
    again.close()


def exchange_until(folder: str, last: str) -> None:
    """In a process of its own, which ends in the middle without a word."""

    def step(name: str) -> None:
        if name == last:
            os._exit(9)

    masters.exchange(opened(Path(folder)).konto, step)


@only_files
@pytest.mark.parametrize("last", ["taken over", "rewrapped", "destroyed"])
def test_a_process_that_dies_in_between_leaves_what_the_next_one_completes(told: Home, last: str):
    import multiprocessing

    process = multiprocessing.get_context("spawn").Process(target=exchange_until, args=(str(told.konto.home), last))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    again = opened(told.konto.home)
    assert texts(again) == texts(told)
    assert masters.exchange(again.konto).completed
    assert len(texts(again)) == EVENTS
    again.close()


@pytest.mark.long_on_postgres
def test_one_that_is_broken_off_is_not_begun_anew(told: Home):
    def step(name: str) -> None:
        if name == "taken over":
            raise Killed

    with pytest.raises(Killed):
        masters.exchange(told.konto, step)
    current = masters.status(told.konto).current
    assert masters.exchange(told.konto).current == current
    assert len(states(told)) == 2


# -- others who write ------------------------------------------------------------------------------------------


def test_whoever_writes_meanwhile_leaves_no_key_that_cannot_be_opened(told: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(masters, "PAGE", 1)
    other, stop, number = opened(told.konto.home), Event(), 0

    def write() -> None:
        nonlocal number
        while not stop.is_set():
            take(other, number)
            number += 1
            stop.wait(0.001)  # breathes, so that the exchange does not run after one who brings keys without end

    writing, begun = Thread(target=write), monotonic()
    writing.start()
    try:
        # How many get their turn during one exchange is the machine's affair: it goes on until some did.
        exchanges = 0
        while exchanges < 3 or number < 4:
            done = masters.exchange(told.konto)
            exchanges += 1
            assert monotonic() < begun + 60, f"{number} written during {exchanges} exchanges"
    finally:
        stop.set()
        writing.join()
    assert {master for _, master in wrapped(told).values()} == {done.current.id}
    again = opened(told.konto.home)
    assert len(texts(again)) == EVENTS + number
    assert texts(other) == texts(again)
    again.close()
    other.close()


def exchange_or_say(folder: str) -> str:
    home = opened(Path(folder))
    try:
        return masters.exchange(home.konto).current.id
    except Refused as refused:
        return refused.code
    finally:
        home.close()


@only_files
def test_of_two_at_once_one_is_told_to_wait_or_comes_second(told: Home):
    found = at_once(exchange_or_say, [(str(told.konto.home),)] * 2)
    assert sum(each != "busy" for each in found) >= 1
    again = opened(told.konto.home)
    assert len(texts(again)) == EVENTS
    assert [state for _, state in states(again)].count("current") == 1
    again.close()


# -- from one place to another ---------------------------------------------------------------------------------


def test_it_moves_from_each_place_to_each_other_by_the_same_deed(told: Home, transit: Transit):
    folder, said, log = told.konto.home, texts(told), stored(told)
    environment = {"KONTO_MASTER_KEY": FIRST}
    tour: list[Place] = ["environment", "service", "file", "service", "environment", "file"]
    for number, place in enumerate(tour):
        set_place(folder, place, transit)
        if number == 3:
            environment = {"KONTO_MASTER_KEY": SECOND}  # a new one, before it comes back there
        home = opened(folder, environment)
        assert masters.status(home.konto).setting == place != masters.status(home.konto).current.place
        masters.exchange(home.konto)
        assert masters.status(home.konto).current.place == place
        home.close()
        again = opened(folder, environment)
        assert (texts(again), stored(again)) == (said, log)
        again.close()
        kept = json.loads((folder / "keys.json").read_text("utf-8"))
        assert ("vault" in kept) == (place == "file")
    assert set(tour) == set(PLACES)


@pytest.mark.long_on_postgres
def test_in_the_environment_both_are_given_until_the_old_one_may_go(told: Home, transit: Transit):
    folder = told.konto.home
    set_place(folder, "environment", transit)
    home = opened(folder, {"KONTO_MASTER_KEY": FIRST})
    masters.exchange(home.konto)
    with pytest.raises(Refused) as refused:  # nothing new to exchange it for
        masters.exchange(home.konto)
    assert (refused.value.code, refused.value.params["variable"]) == ("keys_missing", "KONTO_MASTER_KEY_NEXT")
    home.close()
    both = opened(folder, {"KONTO_MASTER_KEY": FIRST, "KONTO_MASTER_KEY_NEXT": SECOND})
    late = opened(folder, {"KONTO_MASTER_KEY": FIRST})
    ready = opened(folder, {"KONTO_MASTER_KEY": FIRST, "KONTO_MASTER_KEY_NEXT": SECOND})
    said = texts(late)
    masters.exchange(both.konto)
    take(ready, 1)
    with pytest.raises(Refused) as refused:
        take(late, 2)
    assert refused.value.code == "other_keys"
    assert FIRST not in str(refused.value)
    assert late.konto.log.head() == EVENTS + 1
    known = late.konto.log.opened(late.konto.log.page(0, EVENTS))
    assert [f"{fact.id} {fact.data!r}" for fact in known] == said  # what it has opened it goes on reading
    for each in (both, late, ready):
        each.close()
    again = opened(folder, {"KONTO_MASTER_KEY": SECOND})
    assert len(texts(again)) == EVENTS + 1
    with pytest.raises(Refused) as refused:
        masters.exchange(again.konto)
    again.close()
    back = opened(folder, {"KONTO_MASTER_KEY": SECOND, "KONTO_MASTER_KEY_NEXT": FIRST})
    with pytest.raises(Refused) as refused:
        masters.exchange(back.konto)
    assert refused.value.code == "used_before"
    back.close()


@pytest.mark.long_on_postgres
def test_prepared_in_the_file_it_counts_for_nobody_until_it_is_exchanged(told: Home):
    following = masters.prepare(told.konto)
    assert masters.prepare(told.konto).id == following.id
    assert states(told) == [("file", "current")]
    assert masters.exchange(told.konto).current.id == following.id


@pytest.mark.long_on_postgres
def test_a_key_service_that_goes_away_at_the_exchange_leaves_everything_as_it_was(told: Home, transit: Transit):
    set_place(told.konto.home, "service", transit)
    home = opened(told.konto.home)
    transit.status = 503
    before = wrapped(home)
    with pytest.raises(Refused) as refused:
        masters.exchange(home.konto)
    assert refused.value.code == "key_service_away"
    assert (wrapped(home), states(home)) == (before, [("file", "current")])
    transit.status = None
    masters.exchange(home.konto)
    assert states(home) == [("file", "gone"), ("service", "current")]
    home.close()


def test_the_key_service_is_asked_once_at_a_start_and_never_for_single_customers(told: Home, transit: Transit):
    set_place(told.konto.home, "service", transit)
    home = opened(told.konto.home)
    masters.exchange(home.konto)
    home.close()
    transit.asked.clear()
    again = opened(told.konto.home)
    transit.status = 503  # from now on it is away
    for number in range(5):
        take(again, number)
    assert len(texts(again)) == EVENTS + 5
    assert transit.asked == ["decrypt"]
    again.close()


@pytest.mark.long_on_postgres
def test_the_service_wraps_the_same_key_under_its_newest_one(told: Home, transit: Transit):
    set_place(told.konto.home, "service", transit)
    home = opened(told.konto.home)
    masters.exchange(home.konto)
    transit.versions.append(os.urandom(32))
    before = wrapped(home)
    found = masters.rewrap_in_service(home.konto)
    assert masters.status(home.konto).current._replace(sealed=None) == found._replace(sealed=None)
    assert wrapped(home) == before
    transit.versions[0] = os.urandom(32)  # the old one is deleted there
    home.close()
    again = opened(told.konto.home)
    assert len(texts(again)) == EVENTS
    again.close()


# -- logs of earlier versions, and moved ones ------------------------------------------------------------------


def test_a_log_from_before_there_were_marks_is_registered_at_its_first_start(told: Home):
    said = texts(told)
    with told.konto.log.store.writing() as cursor:
        cursor.execute("DELETE FROM master_keys")
        cursor.execute("UPDATE vault_keys SET master = NULL")
    again = opened(told.konto.home)
    assert texts(again) == said
    current = masters.status(again.konto).current
    assert current.place == "file"
    assert current.made == at("2026-03-02T08:01")  # the day on which the log was begun
    masters.exchange(again.konto)
    again.close()


@pytest.mark.long_on_postgres
def test_such_a_log_with_another_key_in_the_file_is_not_registered_with_that(told: Home):
    with told.konto.log.store.writing() as cursor:
        cursor.execute("DELETE FROM master_keys")
        cursor.execute("UPDATE vault_keys SET master = NULL")
    keys.write(told.konto.keys, keys.read(told.konto.keys)._replace(vault=bytes(32)))
    with pytest.raises(Refused) as refused:
        opened(told.konto.home)
    assert refused.value.code == "keys_damaged"
    assert states(told) == []


@only_files
def test_a_move_into_postgresql_takes_the_master_keys_along(told: Home, request: pytest.FixtureRequest):
    masters.exchange(told.konto)
    schemas = request.getfixturevalue("schemas")
    settings = schemas.settings()
    name = settings.partition('db_schema = "')[2].partition('"')[0]
    store = told.konto.settings.store.model_copy(update={"db_schema": name})
    from dataclasses import replace

    konto: Konto = replace(told.konto, settings=told.konto.settings.model_copy(update={"store": store}))
    moving.move(konto, schemas.url)
    (told.konto.home / "settings.toml").write_text(settings, encoding="utf-8")
    there = opened(told.konto.home)
    assert states(there) == [("file", "gone"), ("file", "current")]
    assert len(texts(there)) == EVENTS
    there.close()


def test_a_mark_reveals_nothing_and_a_key_is_never_shown():
    key = MasterKey(bytes(range(32)), os.urandom)
    assert len(key.id) == 16
    assert key.id not in bytes(range(32)).hex()
    assert bytes(range(32)).hex() not in repr(key)
    assert MasterKey(bytes(32), os.urandom).id != key.id
    assert SubjectKey("a", bytes(32)) == key.unwrap("a", key.wrap(SubjectKey("a", bytes(32))))

"""The access journal: one chain, whoever writes, and every change of it is found."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.journal import Journal, Look, Wanted
from tests.homes import Home, open_at
from tests.notation import at
from tests.processes import at_once
from tests.stores import Engine, NewFolder, only_files
from verifier import journal as chain
from verifier.journal import BEGINNING, Entry, Head

NOW = at("2026-04-01T12:00")
MINUTE = timedelta(minutes=1)
INES, LUTZ = "person-" + "1" * 32, "person-" + "2" * 32
MEIER, WOLF = "customer-" + "a" * 32, "customer-" + "b" * 32


def looks(journal: Journal, n: int, *, who: str = INES, start: int = 0) -> None:
    """At n customers, one a minute."""
    for number in range(start, start + n):
        journal.note(Look(who, "api", "looked", f"customer-{number}", "account"), NOW + number * MINUTE)


def told(entries: Sequence[Entry]) -> list[tuple[int, str, str, str, int]]:
    return [(each.number, each.who, each.what, each.about, each.times) for each in entries]


# -- what is noted ------------------------------------------------------------------------------------


def test_entries_are_numbered_without_a_gap_and_each_names_the_one_before(home: Home):
    journal = home.konto.journal
    looks(journal, 5)
    entries = list(journal.every())
    assert [each.number for each in entries] == [1, 2, 3, 4, 5]
    assert [each.previous for each in entries] == [BEGINNING.hash, *(each.hash for each in entries[:-1])]
    assert journal.head() == Head(5, entries[-1].hash)
    assert journal.verify([]).told() | {"head": ""} == {
        "ok": True, "size": 5, "head": "", "first_bad": None, "checkpoints": 0, "attested": 0, "after": 5,
        "cut": None, "cut_at": None,
    }  # fmt: skip


def test_the_same_look_again_within_a_quarter_of_an_hour_is_the_same_look(home: Home):
    journal, look = home.konto.journal, Look(INES, "dashboard", "looked", MEIER, "account")
    for minutes in (0, 1, 14, 15, 20, 29, 30):
        journal.note(look, NOW + minutes * MINUTE)
    journal.note(look._replace(beside="timeline"), NOW + 30 * MINUTE)
    journal.note(look._replace(who=LUTZ), NOW + 30 * MINUTE)
    journal.note(look._replace(door="api"), NOW + 30 * MINUTE)
    noted = [(each.at[14:16], each.who, each.beside, each.door) for each in journal.every()]
    assert noted == [
        ("00", INES, "account", "dashboard"),
        ("15", INES, "account", "dashboard"),
        ("30", INES, "account", "dashboard"),
        ("30", INES, "timeline", "dashboard"),
        ("30", LUTZ, "account", "dashboard"),
        ("30", INES, "account", "api"),
    ]


def test_another_process_that_sees_the_same_look_does_not_note_it_again(home: Home):
    look = Look("local", "command line", "looked", MEIER, "statement")
    for minutes in (0, 5, 10, 14, 16, 20):
        Journal(home.konto.journal.store).note(look, NOW + minutes * MINUTE)  # as a new process: it remembers nothing
    assert [each.at[14:16] for each in home.konto.journal.every()] == ["00", "16"]


@pytest.mark.parametrize("what", ["exported", "figures", "disclosed"])
def test_files_that_leave_the_house_and_figures_of_a_colleague_are_noted_each_time(home: Home, what: Any):
    for _ in range(3):
        home.konto.journal.note(Look(INES, "dashboard", what, MEIER), NOW)
    assert [each.what for each in home.konto.journal.every()] == [what] * 3


def test_a_thousand_refusals_a_minute_are_two_entries_that_say_how_many(home: Home):
    journal = home.konto.journal
    for number in range(1_000):
        journal.note(
            Look("unknown", "api", "refused", beside="unauthorized"), NOW + number * timedelta(milliseconds=50)
        )
    assert told(journal.every()) == [(1, "unknown", "refused", "", 1)]
    journal.note(Look(INES, "api", "looked", MEIER), NOW + 2 * MINUTE)
    assert told(list(journal.every())) == [
        (1, "unknown", "refused", "", 1),
        (2, "unknown", "refused", "", 999),
        (3, INES, "looked", MEIER, 1),
    ]
    assert journal.verify([]).is_ok


def test_refusals_of_one_person_do_not_hide_those_of_another(home: Home):
    journal = home.konto.journal
    for who in (INES, LUTZ, INES, LUTZ, LUTZ):
        journal.note(Look(who, "dashboard", "refused", beside="audit"), NOW)
    journal.count_up(NOW + MINUTE)
    counted = [(each.who, each.times) for each in journal.every()]
    assert counted == [(INES, 1), (LUTZ, 1), (INES, 1), (LUTZ, 2)]


@pytest.mark.parametrize(
    "look",
    [
        Look("ines@example.com", "api", "looked", MEIER),
        Look("Ines", "api", "looked", MEIER),
        Look(INES, "api", "looked", "Bäckerei Meier"),
        Look(INES, "api", "looked", MEIER, "Müller"),
        Look(INES, "api", "listed", "", "a@b.de"),
        Look(INES, "api", "looked", MEIER, "x" * 201),
    ],
)
def test_names_and_addresses_do_not_get_in(home: Home, look: Look):
    with pytest.raises(ValueError, match="internal ids"):
        home.konto.journal.note(look, NOW)
    assert home.konto.journal.head() == BEGINNING


def test_entries_are_found_by_who_by_whom_it_is_about_and_by_time(home: Home):
    journal = home.konto.journal
    journal.note(Look(INES, "dashboard", "looked", MEIER), NOW)
    journal.note(Look(LUTZ, "dashboard", "looked", WOLF), NOW + MINUTE)
    journal.note(Look(INES, "dashboard", "signed_out"), NOW + 2 * MINUTE)

    def numbers(**wanted: object) -> list[int]:
        return [each.number for each in journal.read(Wanted(**wanted), limit=10)]  # type: ignore[arg-type]

    assert numbers() == [3, 2, 1]
    assert numbers(who=[INES]) == [3, 1]
    assert numbers(who=[]) == []
    assert numbers(about=[WOLF, MEIER]) == [2, 1]
    assert numbers(what=["signed_out"]) == [3]
    assert numbers(since=NOW + MINUTE, until=NOW + 2 * MINUTE) == [2]
    assert [each.number for each in journal.read(limit=1, before=3)] == [2]


def test_what_was_noted_survives_the_end_of_the_process_whatever_ends_it(new_folder: NewFolder, engine: Engine):
    folder = new_folder()
    open_at(folder).close()
    script = (
        "import sys; from pathlib import Path; from tests.journal.test_journal import INES, NOW, Look, open_at\n"
        "journal = open_at(Path(sys.argv[1])).konto.journal\n"
        "for number in range(100_000):\n"
        "    journal.note(Look(INES, 'api', 'exported', f'customer-{number}'), NOW); print(number, flush=True)"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 150:
                process.kill()
                break
        told = [150, *map(int, process.stdout.read().split())]
    home = open_at(folder)
    entries = list(home.konto.journal.every())
    assert len(entries) >= told[-1] + 1
    assert home.konto.journal.verify([]).is_ok
    home.close()


# -- several at once ----------------------------------------------------------------------------------

WRITERS, EACH = 8, 40


def write(folder: Path, writer: int) -> int:
    home = open_at(folder)
    try:
        looks(home.konto.journal, EACH, who=f"person-{writer}")
        for _ in range(EACH):
            home.konto.journal.note(Look("unknown", "api", "refused"), NOW)
    finally:
        home.close()
    return EACH


def test_eight_processes_at_once_write_one_chain_without_a_gap_and_without_a_fork(folder: Path):
    home = open_at(folder)
    assert at_once(write, [(folder, writer) for writer in range(WRITERS)]) == [EACH] * WRITERS
    home.konto.journal.count_up(NOW + 2 * MINUTE)
    entries = list(home.konto.journal.every())
    assert [each.number for each in entries] == list(range(1, len(entries) + 1))
    looked = sorted((each.who, each.about) for each in entries if each.what == "looked")
    assert looked == sorted((f"person-{writer}", f"customer-{n}") for writer in range(WRITERS) for n in range(EACH))
    assert sum(each.times for each in entries if each.what == "refused") == WRITERS * EACH
    assert home.konto.journal.verify([]).is_ok
    home.close()


@only_files
def test_an_import_that_holds_the_log_keeps_nobody_from_noting_a_look(home: Home):
    with home.konto.log.writing():
        home.konto.journal.note(Look(INES, "dashboard", "looked", MEIER), NOW)
    assert home.konto.journal.head().number == 1


@only_files
def test_the_journal_is_a_file_of_its_own_that_only_its_owner_reads(home: Home):
    file = home.konto.home / "journal.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with home.konto.journal.store.reading() as cursor:
        assert cursor.execute("PRAGMA synchronous").one()[0] == 1  # NORMAL
        assert cursor.execute("PRAGMA secure_delete").one()[0] == 1
        assert cursor.execute("PRAGMA journal_mode").one()[0] == "wal"
    assert not [name for name in home.konto.journal.store.tables() if "event" in name]


# -- what was done to it ------------------------------------------------------------------------------

SIZE = 9


def forged(journal: Journal, number: int, **changes: object) -> Entry:
    """With a hash of its own, as somebody writes it who knows how."""
    entry = next(each for each in journal.every() if each.number == number)
    return entry._replace(**changes).sealed()  # type: ignore[arg-type]


def run(journal: Journal, *statements: tuple[str, Sequence[object]]) -> None:
    with journal.store.updating() as cursor:
        for sql, values in statements:
            cursor.execute(sql, values)


def changed(journal: Journal) -> None:
    run(journal, ("UPDATE journal SET who = ? WHERE number = 4", [LUTZ]))


def changed_with_its_hash(journal: Journal) -> None:
    entry = forged(journal, 4, who=LUTZ)
    run(journal, ("UPDATE journal SET who = ?, hash = ? WHERE number = 4", [LUTZ, entry.hash]))


def removed(journal: Journal) -> None:
    run(journal, ("DELETE FROM journal WHERE number = 4", []))


def removed_and_closed_up(journal: Journal) -> None:
    removed(journal)
    for number in range(5, SIZE + 1):
        run(journal, ("UPDATE journal SET number = ? WHERE number = ?", [number - 1, number]))


def swapped(journal: Journal) -> None:
    for old, new in ((4, 99), (6, 4), (99, 6)):
        run(journal, ("UPDATE journal SET number = ? WHERE number = ?", [new, old]))


def inserted(journal: Journal) -> None:
    for number in range(SIZE, 3, -1):
        run(journal, ("UPDATE journal SET number = ? WHERE number = ?", [number + 1, number]))
    before = next(each for each in journal.every() if each.number == 3)
    entry = Entry(4, before.at, LUTZ, "api", "looked", MEIER, "", 1, before.hash).sealed()
    with journal.store.updating() as cursor:
        cursor.insert("journal", [tuple(entry)])


def tail_cut(journal: Journal) -> None:
    run(journal, ("DELETE FROM journal WHERE number > 6", []))


def tail_cut_with_its_head(journal: Journal) -> None:
    tail_cut(journal)
    last = next(each for each in journal.every() if each.number == 6)
    run(journal, ("UPDATE journal_head SET number = 6, hash = ?", [last.hash]))


def written_anew(journal: Journal) -> None:
    """From the fourth on, every hash right: only who kept a head elsewhere sees it."""
    entries = list(journal.every())
    last = Head(3, entries[2].hash)
    for entry in entries[3:]:
        new = entry._replace(who=LUTZ, previous=last.hash).sealed()
        run(journal, ("UPDATE journal SET who = ?, previous = ?, hash = ? WHERE number = ?",
                      [LUTZ, new.previous, new.hash, new.number]))  # fmt: skip
        last = Head(new.number, new.hash)
    run(journal, ("UPDATE journal_head SET hash = ?", [last.hash]))


@pytest.mark.parametrize(
    ("manipulate", "position", "what"),
    [
        (changed, 4, "changed"),
        (changed_with_its_hash, 4, "changed"),
        (removed, 4, "removed"),
        (removed_and_closed_up, 4, "removed"),
        (swapped, 4, "reordered"),
        (inserted, 4, "inserted"),
        (tail_cut, 7, "cut"),
        (tail_cut_with_its_head, 7, "cut"),
        (written_anew, 1, "changed"),
    ],
)
def test_whatever_is_done_to_it_is_found_and_the_first_bad_entry_named(
    home: Home, manipulate: Callable[[Journal], None], position: int, what: str
):
    journal = home.konto.journal
    looks(journal, SIZE)
    attested = journal.head()
    assert journal.verify([attested]).is_ok
    manipulate(journal)
    bad = journal.verify([attested]).first_bad
    assert bad is not None
    assert (bad.position, bad.what) == (position, what)


def test_a_head_that_was_kept_earlier_narrows_down_where_the_chain_was_written_anew(home: Home):
    journal = home.konto.journal
    looks(journal, 3)
    early = journal.head()
    looks(journal, SIZE - 3, start=3)
    late = journal.head()
    written_anew(journal)
    bad = journal.verify([early, late]).first_bad
    assert bad is not None
    assert (bad.position, bad.upto) == (4, SIZE)
    assert journal.verify([early]).is_ok  # which vouches for the first three alone
    assert journal.verify([early]).told()["after"] == SIZE - 3


# -- old entries go -----------------------------------------------------------------------------------


def test_the_chain_stays_whole_when_its_old_end_is_cut_off_at_an_attested_entry(home: Home):
    journal = home.konto.journal
    looks(journal, 4)
    early = journal.head()
    looks(journal, 3, start=4)
    late = journal.head()
    assert journal.cut(early, NOW + timedelta(days=800)) == 4
    assert [each.number for each in journal.every()] == [5, 6, 7, 8]
    cut = list(journal.every())[-1]
    assert (cut.who, cut.what, chain.head_of(cut.beside)) == ("machine", "cut", early)
    for heads in ([], [early], [late], [early, late]):
        found = journal.verify(heads)
        assert found.is_ok, heads
        assert (found.cut, found.cut_at) == (early, cut.at)
    assert journal.cut(early, NOW) == 0  # once more does nothing


def test_more_cut_off_than_any_checkpoint_vouches_for_is_found(home: Home):
    journal = home.konto.journal
    looks(journal, 3)
    kept = journal.head()
    looks(journal, 3, start=3)
    journal.cut(journal.head(), NOW)
    bad = journal.verify([kept]).first_bad
    assert bad is not None
    assert (bad.position, bad.what) == (4, "removed")


def test_a_cut_that_nobody_noted_is_found(home: Home):
    journal = home.konto.journal
    looks(journal, 6)
    head, third = journal.head(), next(each for each in journal.every() if each.number == 3)
    run(
        journal,
        ("DELETE FROM journal WHERE number <= 3", []),
        ("UPDATE journal_head SET cut = 3, cut_hash = ?", [third.hash]),
    )
    bad = journal.verify([head]).first_bad
    assert bad is not None
    assert (bad.position, bad.what) == (3, "removed")


def test_nothing_is_cut_off_at_an_entry_that_is_not_there(home: Home):
    looks(home.konto.journal, 3)
    with pytest.raises(LookupError):
        home.konto.journal.cut(Head(2, b"\0" * 32), NOW)
    assert len(list(home.konto.journal.every())) == 3

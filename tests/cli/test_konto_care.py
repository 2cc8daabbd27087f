"""`konto check`, `rebuild`, `doctor`: is everything whole, and does somebody look after it."""

from __future__ import annotations

import sqlite3

import pytest

from projections.follow import LAYOUT
from tests.cli.home import fact
from tests.stores import only_files
from wiring.home import open_home
from wiring.presence import beat
from wiring.settings import ROLES


def change(file, *statements):
    connection = sqlite3.connect(file)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def tables_of(konto):
    (file,) = konto.home.glob(f"views-{LAYOUT}-*.db")
    return file


def codes(konto):
    return [each["code"] for each in konto("check", "--json", code=1).json["findings"]]


def test_a_whole_home_is_called_whole(told):
    told("tick")
    answer = told("check", "--json").json
    assert (answer["ok"], answer["findings"], answer["parked"]) == (True, [], 0)
    assert "Alles ist heil" in told("check").out
    assert not list(told.home.glob("views.check.db*")), "nothing is left beside"


def test_an_empty_home_is_whole_too(konto):
    assert konto("check", "--json").json["ok"] is True


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines SET points = points + 1 WHERE number = 0",
        "DELETE FROM promises WHERE rowid IN (SELECT MIN(rowid) FROM promises)",
        "UPDATE customers SET name = 'Somebody'",
        "DELETE FROM timeline",
        "INSERT INTO streams VALUES ('promise-x', 'customer-x')",
    ],
)
@only_files
def test_a_table_that_differs_from_a_rebuild_is_found_and_a_rebuild_mends_it(told, statement):
    told("check")
    change(tables_of(told), statement)
    assert codes(told) == ["different"]
    told("rebuild")
    assert told("check", "--json").json["ok"] is True


@only_files
def test_who_is_sending_just_now_is_no_difference(told):
    (told.home / "people.toml").write_text(
        '[[persons]]\nid = "lutz"\nname = "Lutz"\nemail = "lutz@firma.example"\n', encoding="utf-8"
    )
    told("tick")
    change(tables_of(told), "UPDATE outbox SET lease_until = 5")
    assert told("check", "--json").json["ok"] is True


@only_files
def test_a_received_fact_without_its_event_is_found(told):
    change(told.home / "events.db", "INSERT INTO received VALUES ('ghost', 'promise-ghost', 1)")
    assert codes(told) == ["no_event"]


@only_files
def test_an_event_that_was_never_received_is_found(told):
    change(told.home / "events.db", "DELETE FROM received WHERE rowid = 3")
    assert codes(told) == ["not_received"]


@only_files
def test_a_fact_without_its_entry_in_the_vault_is_found(told):
    change(told.home / "events.db", "DELETE FROM vault WHERE rowid = 1")
    told("promises", "--count")
    assert "no_secrets" in codes(told)


@only_files
def test_a_changed_entry_of_the_vault_is_found_with_its_position(told):
    change(told.home / "events.db", "UPDATE vault SET sealed = zeroblob(60) WHERE rowid = 2")
    findings = told("check", "--json", code=1).json["findings"]
    assert findings[0]["code"] == "unreadable"
    assert "Position 2" in findings[0]["text"]


def test_what_is_parked_is_told_and_is_no_damage(konto, story):
    konto.took([story[3]])
    answer = konto("check", "--json").json
    assert (answer["ok"], answer["parked"]) == (True, 1)
    assert "konto parked" in konto("check").out


def test_a_rebuild_gives_the_same_answers(told):
    before = told("kpi", "--json").out, told("promises", "--json").out, told("statement", "K-17", "--json").out
    answer = told("rebuild", "--json").json
    assert answer["events"] == 9
    assert (
        told("kpi", "--json").out,
        told("promises", "--json").out,
        told("statement", "K-17", "--json").out,
    ) == before


def test_the_doctor_is_content_where_there_is_nothing_to_watch(konto):
    answer = konto("doctor", "--json").json
    assert answer["ok"] is True
    assert {"home", "version", "sizes", "tables", "parked", "outbox", "worker", "mail"} <= {
        each["name"] for each in answer["findings"]
    }


def test_the_doctor_says_that_nobody_is_warned_while_no_worker_runs(told):
    answer = told("doctor", "--json", code=1).json
    assert [each["name"] for each in answer["findings"] if not each["ok"]] == ["worker"]
    everything_beats(told)
    told.later(minutes=1)
    assert told("doctor", "--json").json["ok"] is True
    told.later(minutes=3)
    assert "steht seit 4 Min." in told("doctor", code=1).out


def test_the_doctor_names_the_part_of_the_worker_that_stands_still(told):
    everything_beats(told)
    told.later(minutes=2)
    with open_home(told.home, environment={}) as konto:
        for service in ("follow", "send"):
            beat(konto.log.store, service, "there/1", told.now)
    assert "Seit 2 Min. hat niemand auf die Uhr gesehen" in told("doctor", code=1).out


def everything_beats(told) -> None:
    with open_home(told.home, environment={}) as konto:
        for service in ROLES:
            beat(konto.log.store, service, "here/1", told.now)


def test_the_doctor_finds_messages_that_nobody_sends(told):
    (told.home / "people.toml").write_text(
        '[[persons]]\nid = "lutz"\nname = "Lutz"\nemail = "lutz@firma.example"\n', encoding="utf-8"
    )
    told("tick")
    everything_beats(told)
    assert told("doctor", "--json").json["ok"] is True
    told.later(minutes=11)
    names = [each["name"] for each in told("doctor", "--json", code=1).json["findings"] if not each["ok"]]
    assert names == ["outbox", "worker"]


def test_the_doctor_finds_keys_that_others_can_read(konto):
    konto("promises", "--count")
    (konto.home / "keys.json").chmod(0o644)
    assert "chmod 600" in konto("doctor", code=1).out


def test_the_doctor_speaks_english_too(konto):
    assert "All is well." in konto("doctor", "--lang", "en").out
    konto.environment["KONTO_LANGUAGE"] = "en"
    assert "All is well." in konto("doctor").out
    assert "There is no command" in konto("doktor", code=2).err


def test_keys_that_do_not_fit_or_are_damaged_or_missing_are_told_in_one_line(told, tmp_path):
    keys = told.home / "keys.json"
    good = keys.read_text("utf-8")
    for text in ("{}", "no json", '{"ids": "zz", "vault": ""}', good.replace("a", "b").replace("1", "2")):
        keys.write_text(text, encoding="utf-8")
        answer = told("export", code=1)
        assert len(answer.err.strip().splitlines()) == 1
        assert "keys.json" in answer.err
    keys.unlink()
    assert "keys.json" in told("export", code=1).err
    keys.write_text(good, encoding="utf-8")
    assert len(told("export").out.splitlines()) == 9


@only_files
def test_a_store_that_is_none_is_told_in_one_line(told):
    tables = tables_of(told)
    tables.write_text("this is no database, " * 100, encoding="utf-8")
    for name in (f"{tables.name}-wal", f"{tables.name}-shm"):
        (told.home / name).unlink(missing_ok=True)
    answer = told("promises", "--count", code=1)
    assert len(answer.err.strip().splitlines()) == 1
    assert "gehört nicht zu Vertrauenskonto" in answer.err


def stored(konto, statement, *params):
    connection = sqlite3.connect(konto.home / "events.db")
    with connection:
        rows = connection.execute(statement, params).fetchall()
    connection.close()
    return rows


@only_files
def test_an_event_that_cannot_be_read_is_told_by_the_check_the_doctor_and_in_a_list_and_tried_again(told):
    told("tick")
    told.took([fact("promise.made", "2026-03-02T12:00", promise="X", customer="K-08")])
    told.took([fact("promise.fulfilled", "2026-03-02T13:00", promise="X")])
    ((position, sound),) = stored(
        told, "SELECT rowid, state FROM stored_events WHERE topic = 'promise.made' ORDER BY rowid DESC LIMIT 1"
    )
    assert told("quarantine", "--json").json == []
    assert "Niemand steht still" in told("quarantine").out
    stored(told, "UPDATE stored_events SET state = ? WHERE rowid = ?", b"{}", position)
    # What the tables say was taken in before the damage: they are right, and to build them anew would make them poorer.
    assert codes(told) == ["unreadable_event", "would_stand_still"]
    assert "konto rebuild erst ausführen, wenn die Ursache behoben ist" in told("check", code=1).out
    told("rebuild")
    assert codes(told) == ["unreadable_event", "quarantined"]
    (found,) = told("quarantine", "--json").json
    assert (found["customer"], found["position"], found["waiting"]) == ("K-08", position, 2)
    assert (found["type"], found["reason"]) == ("promise.made", "unreadable_event")
    table = told("quarantine").out
    assert "lässt sich nicht lesen: beschädigt oder von Hand geändert" in table
    assert "konto quarantine --retry" in table
    assert "verarbeiten lässt: Kunden 1, Dokumente, Hinweise und Einstellungen 0." in told("doctor", code=1).out
    assert "Noch einmal versucht; es stehen noch still: 1." in told("quarantine", "--retry", code=1).out
    stored(told, "UPDATE stored_events SET state = ? WHERE rowid = ?", sound, position)
    assert "Noch einmal versucht; alles ist nun verarbeitet." in told("quarantine", "--retry").out
    assert told("quarantine", "--json").json == []
    told("rebuild")  # that bytes were changed for a while stays in the tree over the log
    assert told("check", "--json").json["ok"] is True


@only_files
def test_while_somebody_stands_still_the_tables_of_all_others_are_compared(told):
    told("tick")
    told.took([fact("promise.made", "2026-03-02T12:00", promise="X", customer="K-08")])
    told.took([fact("promise.made", "2026-03-02T12:00", promise="Y", customer="K-09")])
    stored(told, "UPDATE stored_events SET state = ? WHERE rowid = (SELECT MAX(rowid) FROM stored_events)", b"{}")
    told("rebuild")
    (still,) = told("quarantine", "--json").json
    assert still["customer"] is None or still["customer"] == "K-09"
    assert codes(told) == ["unreadable_event", "quarantined"]
    change(tables_of(told), "UPDATE promises SET late_us = 7 WHERE rowid = (SELECT MIN(rowid) FROM promises)")
    assert codes(told) == ["unreadable_event", "quarantined", "different"]


@only_files
def test_while_an_alert_stands_still_the_tables_of_everybody_are_compared_and_while_a_document_does_nothing_is(told):
    told("tick")
    newest = "UPDATE stored_events SET state = ? WHERE rowid = (SELECT MAX(rowid) FROM stored_events WHERE topic = ?)"
    stored(told, newest, b"{}", "alert.raised")
    assert codes(told) == ["unreadable_event", "would_stand_still"]
    told("rebuild")
    assert [each["type"] for each in told("quarantine", "--json").json] == ["alert.raised"]
    assert codes(told) == ["unreadable_event", "quarantined"]
    change(tables_of(told), "UPDATE promises SET late_us = 7 WHERE rowid = (SELECT MIN(rowid) FROM promises)")
    assert codes(told) == ["unreadable_event", "quarantined", "different"]
    rulebook = told.home / "rulebook.toml"
    rulebook.write_text(rulebook.read_text("utf-8") + "# once more\n", encoding="utf-8")
    told("rules", "publish", str(rulebook))
    stored(told, newest, b"{}", "document.published")
    told("rebuild")
    change(tables_of(told), "UPDATE promises SET late_us = 7 WHERE rowid = (SELECT MIN(rowid) FROM promises)")
    assert codes(told) == ["unreadable_event", "quarantined"]
    assert "Solange ein Dokument oder die Quoten der Firma stillstehen" in told("check", code=1).out


def test_a_fact_on_which_we_fail_ourselves_holds_its_customer_and_the_check_says_so(told, monkeypatch):
    from projections import promises

    told("check")
    told.took([fact("promise.made", "2026-03-02T12:00", promise="X", customer="K-08")])

    def broken(cursor, page):
        if page.families:
            raise RuntimeError("cannot")

    monkeypatch.setattr(promises, "apply", broken)
    # Whoever was taken in before would stand still as well if everything were folded anew.
    assert codes(told) == ["quarantined", "would_stand_still"]
    (found,) = told("quarantine", "--json").json
    assert (found["customer"], found["reason"]) == ("K-08", "RuntimeError")
    assert "Vertrauenskonto selbst kommt damit nicht zurecht (RuntimeError)" in found["text"]


def test_what_stops_the_follower_altogether_is_named_by_the_check(told, monkeypatch):
    from projections import promises

    told.took([fact("promise.made", "2026-03-02T12:00", promise="X", customer="K-08")])

    def broken(cursor, page):
        raise OSError("no space left")

    monkeypatch.setattr(promises, "apply", broken)
    answer = told("check", "--json", code=1).json
    assert [each["code"] for each in answer["findings"]] == ["follower_stopped"]
    assert "OSError: no space left" in answer["findings"][0]["text"]

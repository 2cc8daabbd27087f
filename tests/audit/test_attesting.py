"""Checkpoints of a real log: made, signed, exchanged keys, refused where the log is not what it was, proofs."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from domain import checkpoints
from projections import customers, merkle
from tests.audit.firm import recorded
from tests.homes import Home
from tests.stores import Engine
from verifier.attestation import Note, believed
from verifier.events import leaf
from verifier.note import BadNote, Checkpoint, checkpoint, opened, signed, unchecked
from verifier.proof import Proof, shown
from verifier.tree import BadProof, Frontier
from wiring import attesting, checkpoint_keys, erasing
from wiring.attesting import LogChanged, NoSuchEvent, NothingThere
from wiring.moments import written


def test_a_checkpoint_tells_events_root_position_and_time_and_is_signed_by_the_key_of_this_log(home: Home):
    recorded(home, 30)

    kept = attesting.attest(home.konto)

    keys = attesting.keys(home.konto)
    text, by = opened(kept.note, keys.public)
    found = checkpoint(text)
    assert by == keys.public
    assert (found.origin, found.size) == (keys.origin, 30)
    assert found.origin.startswith("vertrauenskonto/")
    assert found.said("position") == "30"
    assert found.said("time") == written(home.clock())
    report = attesting.verify(home.konto, [], keys.public)
    assert (report.is_ok, report.report.root, report.report.size) == (True, found.root, 30)


def test_nothing_new_needs_no_new_checkpoint(home: Home):
    recorded(home, 30)
    first = attesting.attest(home.konto)
    home.clock.now += timedelta(hours=5)

    assert attesting.attest(home.konto) == first
    recorded(home, 31)
    assert attesting.attest(home.konto).size == 31


def test_an_empty_log_has_nothing_to_attest(home: Home):
    with pytest.raises(NothingThere):
        attesting.attest(home.konto)


def test_the_tree_is_the_same_however_the_tables_came_to_be(home: Home):
    recorded(home, 300)
    live = attesting.attest(home.konto)

    home.konto.rebuild()

    assert attesting.attest(home.konto) == live
    with home.konto.views.store.reading() as cursor:
        assert merkle.size(cursor) == 300


def test_a_checkpoint_is_due_after_so_many_events_or_so_long(home: Home):
    def is_due(after: timedelta) -> bool:
        return attesting.is_due(home.konto, made.at + after, events=10, every=timedelta(hours=1))

    recorded(home, 20)
    assert attesting.is_due(home.konto, home.clock(), events=100, every=timedelta(hours=1)), "never was one"
    made = attesting.attest(home.konto)

    assert not is_due(timedelta(days=3)), "nothing was recorded"
    recorded(home, 29)
    assert not is_due(timedelta(minutes=59))
    assert is_due(timedelta(minutes=60))
    recorded(home, 30)
    assert is_due(timedelta(0))


def test_no_checkpoint_is_signed_for_a_log_that_is_not_what_it_was(home: Home):
    recorded(home, 30)
    attesting.attest(home.konto)
    recorded(home, 31)
    with home.konto.log.store.writing() as cursor:
        cursor.execute("UPDATE stored_events SET topic = ? WHERE originator_version = 2", ("promise.released",))
    home.konto.rebuild()  # whoever changes the log can build the tree anew

    with pytest.raises(LogChanged):
        attesting.attest(home.konto)


def test_whoever_signs_anew_is_found_by_a_checkpoint_that_lay_elsewhere(home: Home):
    """They have the database, the keys and all the time they want."""
    recorded(home, 30)
    outside = attesting.attest(home.konto).note
    with home.konto.log.store.writing() as cursor:
        cursor.execute("UPDATE stored_events SET state = ? WHERE originator_version = 2", (b'{"v":1}',))
        cursor.execute("DELETE FROM checkpoints")
    forged = _forged(home)
    with home.konto.log.store.writing() as cursor:
        checkpoints.keep(cursor, forged)
    keys = attesting.keys(home.konto).public

    assert attesting.verify(home.konto, [], keys).is_ok, "what lies in the house alone cannot tell"
    found = attesting.verify(home.konto, [Note("outside", outside)], keys)

    assert not found.is_ok
    assert found.report.first_bad is not None
    assert found.damaged == ()


def _forged(home: Home) -> checkpoints.Kept:
    tree, keys = Frontier(), attesting.keys(home.konto)
    for row in home.konto.log.rows(0, 1_000):
        tree.add(leaf(row))
    note = signed(Checkpoint(keys.origin, tree.size, tree.root()).text(), [keys.signing])
    return checkpoints.Kept(tree.size, home.clock(), note)


def test_a_checkpoint_that_was_changed_in_the_house_is_named(home: Home):
    recorded(home, 30)
    kept = attesting.attest(home.konto)
    with home.konto.log.store.writing() as cursor:
        checkpoints.keep(cursor, kept._replace(note=kept.note.replace("position 30", "position 31")))

    found = attesting.verify(home.konto, [], attesting.keys(home.konto).public)

    assert (found.is_ok, found.damaged) == (False, ("konto 30",))


def test_a_new_key_is_named_by_a_checkpoint_of_both(home: Home):
    recorded(home, 20)
    first = attesting.attest(home.konto)
    old = attesting.keys(home.konto).public
    recorded(home, 25)

    handed_over = attesting.exchange_key(home.konto)
    recorded(home, 30)
    last = attesting.attest(home.konto)

    new = attesting.keys(home.konto)
    assert len(new.public) == 2
    assert new.public[0] == old[0]
    assert opened(handed_over.note, new.public)[1] == new.public
    assert opened(last.note, new.public)[1] == new.public[1:]
    with pytest.raises(BadNote):
        opened(last.note, old)
    notes = [Note(str(each.size), each.note) for each in (last, handed_over, first)]
    assert [each.checkpoint.size for each in believed(notes, old).attested] == [20, 25, 30]
    assert believed(notes[:1], old).damaged == ("30",)
    assert old[0].key not in {key.key for key in new.public[1:]}
    stored = json.loads((home.konto.keys.parent / checkpoint_keys.FILE).read_text("utf-8"))
    assert stored["signing"] == new.signing.seed.hex()
    assert stored["following"] is None


def test_a_key_can_be_exchanged_when_nothing_is_new(home: Home):
    recorded(home, 20)
    attesting.attest(home.konto)

    attesting.exchange_key(home.konto)

    assert len(attesting.keys(home.konto).public) == 2
    assert attesting.verify(home.konto, [], attesting.keys(home.konto).public[:1]).is_ok


def test_an_exchange_that_broke_off_ends_with_the_next_checkpoint(home: Home):
    recorded(home, 20)
    keys = attesting.keys(home.konto)
    file = home.konto.keys.with_name(checkpoint_keys.FILE)
    checkpoint_keys.write(file, checkpoint_keys.with_following(keys, home.konto.log.master.entropy))

    note = attesting.attest(home.konto).note

    assert len(opened(note, attesting.keys(home.konto).public)[1]) == 2
    assert attesting.keys(home.konto).following is None


# -- proofs -------------------------------------------------------------------------------------------


def test_every_event_is_proven_and_no_changed_proof_is_believed(home: Home):
    recorded(home, 30)
    kept = attesting.attest(home.konto)
    keys = attesting.keys(home.konto).public
    rows = home.konto.log.rows(0, 100)

    for row in rows:
        found = shown(attesting.proof(home.konto, row.position).text(), keys)
        assert found.event == row
        assert found.checkpoint == checkpoint(unchecked(kept.note))
    text = attesting.proof(home.konto, 17).text()
    for place, was in enumerate(text):
        for other in ("A", "1") if was not in "A1" else ("B", "2"):
            with pytest.raises((BadProof, BadNote)):
                shown(text[:place] + other + text[place + 1 :], keys)


def test_a_proof_of_one_event_does_not_show_another(home: Home):
    recorded(home, 30)
    one, other = (attesting.proof(home.konto, position) for position in (3, 4))
    keys = attesting.keys(home.konto).public

    for forged in (one._replace(event=other.event), one._replace(place=other.place), one._replace(path=other.path)):
        with pytest.raises(BadProof):
            shown(Proof(*forged).text(), keys)


def test_an_event_behind_the_last_checkpoint_gets_a_new_one(home: Home):
    recorded(home, 20)
    attesting.attest(home.konto)
    recorded(home, 25)

    assert shown(attesting.proof(home.konto, 24).text(), attesting.keys(home.konto).public).checkpoint.size == 25


@pytest.mark.parametrize("position", [-1, 0, 31, 2**62])
def test_what_is_no_position_is_said(home: Home, position: int):
    recorded(home, 30)
    with pytest.raises(NoSuchEvent):
        attesting.proof(home.konto, position)


# -- the program of the auditor -------------------------------------------------------------------------


def test_the_separate_program_needs_the_database_a_checkpoint_and_the_key_alone(
    home: Home, engine: Engine, tmp_path: Path
):
    recorded(home, 30)
    (tmp_path / "checkpoint.txt").write_text(attesting.attest(home.konto).note, encoding="utf-8")
    key, store = str(attesting.keys(home.konto).public[0]), home.konto.settings.store
    log = [str(home.konto.home / "events.db")] if engine == "sqlite" else []
    where = [] if engine == "sqlite" else ["--postgres", str(store.address), "--schema", store.db_schema]

    good = _program(*log, *where, "--checkpoint", str(tmp_path / "checkpoint.txt"), "--key", key)
    with home.konto.log.store.writing() as cursor:
        cursor.execute("UPDATE stored_events SET state = ? WHERE originator_version = 2", (b"{}",))
    bad = _program(*log, *where, "--checkpoint", str(tmp_path / "checkpoint.txt"), "--key", key)

    assert (good.returncode, json.loads(good.stdout)["ok"]) == (0, True)
    assert (bad.returncode, json.loads(bad.stdout)["ok"]) == (1, False)


def _program(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys; from verifier.__main__ import main; code = main(sys.argv[1:]); "
        "ours = ('domain', 'projections', 'wiring', 'words', 'pydantic', 'eventsourcing'); "
        "assert not [name for name in sys.modules if name.partition('.')[0] in ours]; sys.exit(code)"
    )
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60)


def test_who_is_erased_changes_nothing_that_was_attested(home: Home):
    recorded(home, 30)
    before = attesting.attest(home.konto)
    party = customers.find(home.konto.library, home.konto.asker, "K-0")

    erasing.erase(home.konto, erasing.planned(home.konto, party), "not_needed", "")

    found = attesting.verify(home.konto, [Note("outside", before.note)], attesting.keys(home.konto).public)
    assert (found.is_ok, found.report.size, found.report.after) == (True, 30, 0)
    assert attesting.attest(home.konto) == before

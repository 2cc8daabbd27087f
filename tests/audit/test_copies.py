"""Copies of checkpoints where nobody can change them who could change the log."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from domain.checkpoints import Copy
from domain.errors import Refused
from tests.audit.firm import recorded
from tests.homes import Home, open_at
from tests.stores import NewFolder, only_files
from verifier.attestation import Note, believed, found_in
from verifier.checking import check
from verifier.note import checkpoint, opened
from wiring import attesting, checkpoint_copies
from wiring.settings import EMAIL
from wiring.worker import channels
from workers.channels import Envelope, NotDelivered

Opened = Callable[[str], Home]


@pytest.fixture
def with_audit(new_folder: NewFolder) -> Opened:
    def opened_with(lines: str) -> Home:
        folder = new_folder()
        with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
            settings.write(f"[audit]\n{lines}\n")
        return open_at(folder)

    return opened_with


class Post:
    """A channel that keeps what it was given, or does not work."""

    name = "post"

    def __init__(self) -> None:
        self.got: list[Envelope] = []
        self.works = True

    def send(self, envelope: Envelope) -> None:
        if not self.works:
            raise NotDelivered("timeout", "channel")
        self.got.append(envelope)


def test_a_folder_gets_every_checkpoint_and_the_leaves_it_rests_on(with_audit: Opened, tmp_path: Path):
    auditor = tmp_path / "auditor"
    home = with_audit(f'folder = "{auditor}"')
    for count in (100, 260, 300, 700):
        recorded(home, count)
        attesting.attest(home.konto)
        (copy,) = checkpoint_copies.copy_out(home.konto, {}, home.clock())
        assert copy == Copy("folder", count, home.clock())

    found = believed(found_in(auditor), attesting.keys(home.konto).public)

    assert [each.checkpoint.size for each in found.attested] == [100, 260, 300, 700, 700]
    assert found.damaged == ()
    assert check(lambda: iter(home.konto.log.rows(0, 1_000)), found.attested).is_ok
    cut = check(lambda: iter(home.konto.log.rows(0, 555)), found.attested).first_bad
    assert cut is not None
    assert (cut.position, cut.what) == (556, "cut")
    assert (auditor / "key.txt").read_text("utf-8") == f"{attesting.keys(home.konto).public[0]}\n"
    home.close()


@pytest.mark.parametrize("fresh", [0, 5], ids=["nothing new", "something new"])
def test_whoever_keeps_the_old_key_finds_in_the_folder_what_names_the_new_one(
    with_audit: Opened, tmp_path: Path, fresh: int
):
    auditor = tmp_path / "auditor"
    home = with_audit(f'folder = "{auditor}"')
    recorded(home, 20)
    attesting.attest(home.konto)
    old = attesting.keys(home.konto).public
    checkpoint_copies.copy_out(home.konto, {}, home.clock())

    recorded(home, 20 + fresh)
    home.clock.now += timedelta(hours=1)
    attesting.exchange_key(home.konto)
    if not fresh:
        checkpoint_copies.copy_out(home.konto, {}, home.clock())
    recorded(home, 30)
    attesting.attest(home.konto)
    home.clock.now += timedelta(hours=1)
    checkpoint_copies.copy_out(home.konto, {}, home.clock())

    found = believed(found_in(auditor), old)
    assert found.damaged == ()
    assert [each.checkpoint.size for each in found.attested][-2:] == [30, 30]
    home.close()


def test_what_is_full_in_the_folder_is_never_written_again(with_audit: Opened, tmp_path: Path):
    auditor = tmp_path / "auditor"
    home = with_audit(f'folder = "{auditor}"')
    recorded(home, 300)
    attesting.attest(home.konto)
    checkpoint_copies.copy_out(home.konto, {}, home.clock())
    full = auditor / "tile/0/000"
    os.utime(full, (1, 1))

    recorded(home, 600)
    attesting.attest(home.konto)
    checkpoint_copies.copy_out(home.konto, {}, home.clock())

    assert full.stat().st_mtime == 1
    assert sorted(file.name for file in (auditor / "tile/0").iterdir()) == ["000", "001", "001.p", "002.p"]
    home.close()


def test_a_folder_that_was_lost_is_filled_anew(with_audit: Opened, tmp_path: Path):
    auditor = tmp_path / "auditor"
    home = with_audit(f'folder = "{auditor}"')
    recorded(home, 600)
    attesting.attest(home.konto)
    checkpoint_copies.copy_out(home.konto, {}, home.clock())
    auditor.rename(tmp_path / "lost")
    recorded(home, 700)
    attesting.attest(home.konto)

    checkpoint_copies.copy_out(home.konto, {}, home.clock())

    found = believed(found_in(auditor), attesting.keys(home.konto).public)
    assert check(lambda: iter(home.konto.log.rows(0, 1_000)), found.attested).is_ok
    assert (auditor / "tile/0/001").exists()
    home.close()


@only_files
def test_a_folder_that_cannot_be_written_is_told_and_tried_again(with_audit: Opened, tmp_path: Path):
    auditor = tmp_path / "auditor"
    auditor.write_text("a file")
    home = with_audit(f'folder = "{auditor}"')
    recorded(home, 30)
    attesting.attest(home.konto)
    since = home.clock()

    (failed,) = checkpoint_copies.copy_out(home.konto, {}, since)
    assert (failed.size, failed.failing_since, failed.trouble) == (0, since, "errno_20")
    (again,) = checkpoint_copies.copy_out(home.konto, {}, since + timedelta(hours=1))
    assert again.failing_since == since
    auditor.unlink()
    (copied,) = checkpoint_copies.copy_out(home.konto, {}, since + timedelta(hours=2))
    assert (copied.size, copied.failing_since, copied.trouble) == (30, None, None)
    home.close()


def test_a_folder_of_another_log_is_left_alone(with_audit: Opened, new_folder: NewFolder, tmp_path: Path):
    auditor = tmp_path / "auditor"
    home = with_audit(f'folder = "{auditor}"')
    recorded(home, 30)
    attesting.attest(home.konto)
    checkpoint_copies.copy_out(home.konto, {}, home.clock())
    before = (auditor / "checkpoint").read_bytes()

    folder = new_folder("other")
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[audit]\nfolder = "{auditor}"\n')
    other = open_at(folder, seed=1)
    recorded(other, 40)
    attesting.attest(other.konto)

    assert checkpoint_copies.copy_out(other.konto, {}, other.clock())[0].trouble == "other_log"
    assert (auditor / "checkpoint").read_bytes() == before
    other.close()
    home.close()


def test_a_folder_keeps_what_attests_a_log_that_was_changed_since(with_audit: Opened, tmp_path: Path):
    auditor = tmp_path / "auditor"
    home = with_audit(f'folder = "{auditor}"')
    recorded(home, 30)
    attesting.attest(home.konto)
    checkpoint_copies.copy_out(home.konto, {}, home.clock())
    with home.konto.log.store.writing() as cursor:
        cursor.execute("UPDATE stored_events SET topic = ? WHERE originator_version = 2", ("promise.released",))
        cursor.execute("DELETE FROM checkpoints")
    home.konto.rebuild()
    recorded(home, 31)
    attesting.attest(home.konto)

    assert checkpoint_copies.copy_out(home.konto, {}, home.clock())[0].trouble == "log_changed"
    assert (
        checkpoint(opened((auditor / "checkpoint").read_text("utf-8"), attesting.keys(home.konto).public)[0]).size == 30
    )
    home.close()


@only_files
def test_a_mail_goes_out_once_a_day_with_the_newest_checkpoint(with_audit: Opened):
    home = with_audit('mail = "pruefung@example.com"')
    post = Post()
    recorded(home, 30)
    first = attesting.attest(home.konto)
    checkpoint_copies.copy_out(home.konto, {EMAIL: post}, home.clock())
    recorded(home, 40)
    attesting.attest(home.konto)
    checkpoint_copies.copy_out(home.konto, {EMAIL: post}, first.at + timedelta(hours=23))
    recorded(home, 50)
    last = attesting.attest(home.konto)
    checkpoint_copies.copy_out(home.konto, {EMAIL: post}, first.at + timedelta(hours=25))

    assert [each.to_address for each in post.got] == ["pruefung@example.com"] * 2
    assert first.note in post.got[0].message.text
    assert last.note in post.got[1].message.text
    assert post.got[1].message.title == "Prüfpunkt über 50 Ereignisse"
    assert post.got[0].message_id != post.got[1].message_id
    home.close()


@only_files
def test_who_gets_them_by_mail_gets_what_names_a_new_key_before_what_it_signed(with_audit: Opened):
    home = with_audit('mail = "pruefung@example.com"')
    post = Post()
    recorded(home, 30)
    first = attesting.attest(home.konto)
    old = attesting.keys(home.konto).public
    checkpoint_copies.copy_out(home.konto, {EMAIL: post}, home.clock())
    for size in (40, 50):
        recorded(home, size)
        attesting.exchange_key(home.konto)
        recorded(home, size + 5)
        attesting.attest(home.konto)
    checkpoint_copies.copy_out(home.konto, {EMAIL: post}, first.at + timedelta(hours=25))

    sizes = [each.message.title.split()[2] for each in post.got]
    assert sizes == ["30", "40", "50", "55"]
    notes = [Note("mail", each.message.text[each.message.text.index("vertrauenskonto/") :]) for each in post.got]
    assert [each.checkpoint.size for each in believed(notes, old).attested] == [30, 40, 50, 55]
    assert believed([notes[0], notes[-1]], old).damaged, "without those in between it could not be believed"
    home.close()


@only_files
def test_a_checkpoint_survives_its_way_through_the_mail(with_audit: Opened, tmp_path: Path):
    home = with_audit('mail = "pruefung@example.com"')
    recorded(home, 30)
    kept = attesting.attest(home.konto)

    checkpoint_copies.copy_out(home.konto, channels(home.konto), home.clock())

    (file,) = (home.konto.home / "outgoing").glob("*.eml")
    body = message_from_bytes(file.read_bytes(), policy=policy.default).get_content()
    (tmp_path / "copied.txt").write_text(body[body.index("vertrauenskonto/") :], encoding="utf-8")
    found = believed(found_in(tmp_path / "copied.txt"), attesting.keys(home.konto).public)
    assert [each.checkpoint.size for each in found.attested] == [30]
    assert kept.note in body.replace("\r\n", "\n")
    home.close()


@only_files
def test_a_program_gets_each_of_them_and_a_place_that_fails_keeps_no_other_waiting(with_audit: Opened, tmp_path: Path):
    home = with_audit(
        f'webhook = "archive"\nfolder = "{tmp_path / "auditor"}"\n'
        '[webhooks.archive]\nurl = "https://archive.example.com/hook"\n'
        'secret = "whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0"'
    )
    post = Post()
    post.works = False
    recorded(home, 30)
    attesting.attest(home.konto)

    folder, webhook = checkpoint_copies.copy_out(home.konto, {"archive": post}, home.clock())
    assert (folder.size, folder.trouble) == (30, None)
    assert (webhook.size, webhook.trouble) == (0, "timeout")
    post.works = True
    assert checkpoint_copies.copy_out(home.konto, {"archive": post}, home.clock())[1].size == 30
    assert [each.kind for each in post.got] == ["checkpoint"]
    home.close()


@only_files
def test_a_webhook_that_is_not_set_up_is_named(with_audit: Opened):
    with pytest.raises(Refused, match=r"\[webhooks.archive\]"):
        with_audit('webhook = "archive"')


@only_files
def test_without_a_place_nothing_is_copied(home: Home):
    recorded(home, 30)
    attesting.attest(home.konto)
    assert checkpoint_copies.copy_out(home.konto, {}, home.clock()) == []

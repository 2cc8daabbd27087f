"""Mail servers that fail in every way they can: a plain sentence in time, and nothing is recorded or forgotten."""

from __future__ import annotations

import io
import logging
import re
import socket
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from tests.alerts.door import CUT, DRIP, DRIP_SECONDS, HANG, Door
from tests.cli.home import Konto
from wiring import bookmarks, logs
from wiring.bookmarks import Bookmark, Place
from wiring.settings import LogSettings

HEADER = (
    "From: helga.meier@gmx.example\r\nTo: info@firma.example\r\nMessage-ID: <q1>\r\n"
    "Date: Wed, 11 Mar 2026 09:00:00 +0100\r\n\r\n"
)
ANSWERS: Mapping[str, str] = {
    "": "* OK ready\r\n",
    "CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n",
    "LOGIN": "{tag} OK done\r\n",
    "LIST": '* LIST (\\HasNoChildren) "/" INBOX\r\n{tag} OK done\r\n',
    "EXAMINE": "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] so\r\n* OK [UIDNEXT 2] so\r\n{tag} OK [READ-ONLY] done\r\n",
    "SEARCH": "* SEARCH 1\r\n{tag} OK done\r\n",
    "FETCH": (
        '* 1 FETCH (UID 1 INTERNALDATE "11-Mar-2026 09:00:05 +0100" FLAGS () BODY[HEADER]<0> '
        f"{{{{{len(HEADER)}}}}}\r\n{HEADER}"
        ' BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1))\r\n{tag} OK done\r\n'
    ),
    "LOGOUT": "* BYE bye\r\n{tag} OK done\r\n",
}
"""What a polite one says to each command; with its greeting first."""


class RudeServer(Door):
    """Answers politely but to one command. `heard` is every command in order."""

    def __init__(self, command: str | None = None, rudely: str = "") -> None:
        super().__init__()
        self.answers = {**ANSWERS, **({} if command is None else {command: rudely})}
        self.heard: list[str] = []

    def talk(self, guest: socket.socket) -> None:
        guest.settimeout(10)
        if not self._say(guest, "", ""):
            return
        lines = guest.makefile("rb")
        while line := lines.readline().decode():
            tag, _, command = line.partition(" ")
            word = re.sub(r"^UID ", "", command).split()[0].upper()
            self.heard.append(word)
            if not self._say(guest, word, tag):
                return

    def _say(self, guest: socket.socket, word: str, tag: str) -> bool:
        match self.answers[word]:
            case said if said == CUT:
                return False
            case said if said == HANG:
                self.closing.wait(10)
                return False
            case said if said == DRIP:
                while not self.closing.wait(DRIP_SECONDS):
                    guest.sendall(b"x")
                return False
            case said:
                guest.sendall(said.replace("{{", "{").replace("}}", "}").replace("{tag}", tag).encode())
                return True


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., str]:
    """The sentence with which a reading fails, empty where it does not."""
    konto = Konto(tmp_path / "home")
    konto.home.mkdir()

    def read(server: RudeServer, *, code: int = 1, security: str = "none", patience_s: float = 5.0) -> str:
        (konto.home / "settings.toml").write_text(
            f'[mailboxes.info]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "{security}"\n'
            f'user = "info"\npassword = "jo8-Grinsekatze"\ntimeout_seconds = {patience_s}\n'
            'unknown = "register"\n',
            encoding="utf-8",
        )
        answer = konto("mail", "read", "--json", "--lang", "en", code=code)
        assert "Grinsekatze" not in answer.out + answer.err
        assert "Traceback" not in answer.err
        kept = answer.json["recorded"]
        assert kept == (0 if code else 1)
        return answer.json["failed"][0]["text"] if code else ""

    return read


def test_a_polite_one_is_read_and_asked_for_no_more_than_needed(read):
    with RudeServer().open() as server:
        read(server, code=0)
    assert set(server.heard) == {"CAPABILITY", "LOGIN", "LIST", "EXAMINE", "SEARCH", "FETCH", "LOGOUT"}
    assert "SELECT" not in server.heard


@pytest.mark.parametrize("command", ["", "LOGIN", "LIST", "EXAMINE", "SEARCH", "FETCH"])
@pytest.mark.parametrize(
    ("rudely", "says"),
    [
        (CUT, "does not answer"),
        (HANG, "within 0.1 seconds"),
        (DRIP, "within 0.1 seconds"),
        ("HTTP/1.1 400 Bad Request\r\n\r\n<html>\r\n", "(not what a mailbox says|does not answer)"),
        ("{tag} BAD no\r\n", "(not what a mailbox says|did not accept|does not answer)"),
        ("* BYE too busy\r\n", "(does not answer|not what a mailbox says)"),
    ],
)
def test_whatever_it_does_instead_is_told_in_a_sentence_and_in_time(read, command, rudely, says):
    started = time.perf_counter()
    with RudeServer(command, rudely).open() as server:
        # Little only where it is used up: a busy machine answers politely, but slowly.
        assert re.search(says, read(server, patience_s=0.1 if rudely in (HANG, DRIP) else 5.0))
    assert time.perf_counter() - started < 8


def test_nothing_of_a_mail_and_no_password_is_logged_at_the_most_talkative_level(read):
    root = logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    stream = io.StringIO()
    try:
        logs.configure(LogSettings(format="json", level="debug"), stream)
        for server, code in ((RudeServer(), 0), (RudeServer("FETCH", "* BYE too busy\r\n"), 1)):
            with server.open():
                read(server, code=code)
    finally:
        root.handlers, root.level = handlers, level
        structlog.configure(**before)
    told = stream.getvalue()
    assert not [word for word in ("helga", "Grinsekatze", "q1", "INBOX") if word in told], told


def test_without_starttls_the_password_is_not_sent(read):
    with RudeServer().open() as server:
        assert "offers no STARTTLS" in read(server, security="starttls")
    assert "LOGIN" not in server.heard


def test_one_mail_that_the_server_does_not_give_out_keeps_no_other_out(read):
    """Asked for all together it refuses, and then for the second one alone."""
    with TwoMails("SEARCH", "* SEARCH 1 2\r\n{tag} OK done\r\n").open() as server:
        read(server, code=0)
    assert server.heard.count("FETCH") == 3


class TwoMails(RudeServer):
    def _say(self, guest: socket.socket, word: str, tag: str) -> bool:
        refuses = word == "FETCH" and self.heard.count("FETCH") != 2
        if refuses:
            guest.sendall(f"{tag} NO damaged\r\n".encode())
        return refuses or super()._say(guest, word, tag)


# -- how far a mailbox has been read ------------------------------------------------------------------------------

AT = datetime(2026, 3, 12, 9, tzinfo=UTC)


def test_a_bookmark_is_found_again_as_it_was_left(tmp_path: Path):
    left = Bookmark("a").read({"INBOX": Place(7, 12), "Aufträge/Müller": Place(9, 1)}, AT)
    bookmarks.save(tmp_path, "info", left)
    assert bookmarks.load(tmp_path, "info", "a") == left
    assert {each.name for each in (tmp_path / "mail").iterdir()} == {"info.json"}


def test_that_of_another_account_and_a_damaged_one_count_for_nothing(tmp_path: Path):
    bookmarks.save(tmp_path, "info", Bookmark("a").read({"INBOX": Place(7, 12)}, AT))
    assert bookmarks.load(tmp_path, "info", "b") == Bookmark("b")
    for damaged in ("", "{", "[]", '{"account": "a"}', '{"account": "a", "places": {"INBOX": "x"}}'):
        bookmarks.place_of(tmp_path, "info").write_text(damaged, encoding="utf-8")
        assert bookmarks.load(tmp_path, "info", "a") == Bookmark("a")


def test_a_failure_keeps_the_place_and_the_moment_since_when_it_lasts(tmp_path: Path):
    read = Bookmark("a").read({"INBOX": Place(7, 12)}, AT)
    failed = read.failed("timeout", AT).failed("login", AT.replace(hour=10))
    assert (failed.places, failed.failing_since, failed.trouble) == (read.places, AT, "login")
    assert failed.read(read.places, AT).trouble is None

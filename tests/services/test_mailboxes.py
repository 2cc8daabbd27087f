"""Mailboxes on a real mail server: what is new is heard once, and nothing in them changes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.certificates import Authority
from tests.cli.home import BERLIN, NOW, Konto, fact
from tests.servers.dovecot import PASSWORD, DovecotServer, why_none
from wiring.home import open_home
from wiring.mail_rounds import Rounds
from wiring.services import Services

pytestmark = pytest.mark.skipif(why_none() is not None, reason=str(why_none()))

PEOPLE = '[[persons]]\nid = "ines"\nname = "Ines Vogt"\nemail = "ines@heizung-roth.example"\n'
HELGA, INES, INFO = "helga.meier@gmx.example", "ines@heizung-roth.example", "info@heizung-roth.example"
SENT = "Gesendet"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DovecotServer]:
    with DovecotServer(tmp_path_factory.mktemp("dovecot"), authority) as server:
        yield server


class Post:
    """A mailbox of its own for one test, and the home that reads it."""

    def __init__(self, server: DovecotServer, user: str, home: Path) -> None:
        self.server, self.user = server, user
        self.konto = Konto(home)
        home.mkdir()
        self.set()
        (home / "people.toml").write_text(PEOPLE, encoding="utf-8")
        self.konto.took([fact("customer.registered", "2026-02-02T09:00", customer="K-17", name="Meier", email=HELGA)])

    def set(self, **settings: Any) -> None:
        told = {
            "host": "127.0.0.1", "port": self.server.port, "security": "none", "user": self.user,
            "password": PASSWORD, "own": ["heizung-roth.example"], **settings,
        }  # fmt: skip
        lines = [f"{name} = {json.dumps(value)}" for name, value in told.items() if value is not None]
        (self.konto.home / "settings.toml").write_text("\n".join(["[mailboxes.info]", *lines, ""]), encoding="utf-8")

    def comes(
        self, id: str, at: str, *before: str, sender: str = HELGA, to: str = INFO, folder: str = "INBOX", head: str = ""
    ) -> None:
        when = datetime.fromisoformat(at).replace(tzinfo=BERLIN)
        refs = "".join(f"References: {' '.join(f'<{each}>' for each in before)}\r\n" * bool(before))
        text = (
            f"From: {sender}\r\nTo: {to}\r\nSubject: Therme\r\nMessage-ID: <{id}>\r\n{refs}{head}"
            f"Date: {when:%a, %d %b %Y %H:%M:%S %z}\r\n\r\nDer Text bleibt, wo er ist.\r\n"
        )
        self.server.deliver(self.user, text.encode(), when + timedelta(seconds=3), folder=folder)

    def read(self, *options: str, code: int = 0) -> Any:
        return self.konto("mail", "read", *options, "--json", code=code).json

    def facts(self) -> list[tuple[str, str]]:
        lines = [json.loads(line) for line in self.konto("export").out.splitlines()]
        return [(each["type"], each["id"]) for each in lines if each["source"] == "mail"]


@pytest.fixture
def post(server: DovecotServer, tmp_path: Path, request: pytest.FixtureRequest) -> Post:
    user = re.sub(r"\W", "", request.node.name)[-60:]
    return Post(server, user, tmp_path / "home")


def counts(answer: Any) -> dict[str, int]:
    return {name: answer[name] for name in ("read", "recorded", "already", "parked", "refused") if answer[name]}


def test_question_answer_and_asking_again_are_heard_from_inbox_and_sent_folder_once(post):
    post.comes("q1", "2026-03-02T09:00")
    post.comes("q2", "2026-03-03T09:00", "q1")
    post.comes("a1", "2026-03-03T10:00", "q1", "q2", sender=INES, to=HELGA, folder=SENT)
    post.comes("news", "2026-03-03T11:00", sender="news@shop.example", head="List-Id: <n.shop.example>\r\n")
    answer = post.read()
    assert counts(answer) == {"read": 4, "recorded": 3}
    assert answer["left_out"] == {"newsletter": 1}
    assert post.facts() == [("contact.inbound", "q1"), ("contact.inbound", "q2"), ("contact.answered", "a1")]
    assert counts(post.read()) == {}
    (row,) = [each for each in post.konto("contacts", "--json").json if each["contact"] == "q2"]
    assert (row["chases"], row["state"]) == (True, "late")


def test_reading_changes_nothing_in_the_mailbox(post):
    post.comes("q1", "2026-03-02T09:00")
    post.comes("q2", "2026-03-02T10:00")
    before = states(post)
    post.set(text=True)
    assert post.read()["recorded"] == 2
    assert states(post) == before
    assert all(b"\\Seen" not in flags for flags in before.values())


def states(post: Post) -> dict[int, tuple[bytes, ...]]:
    with post.server.connected(post.user) as client:
        client.select_folder("INBOX", readonly=True)
        fetched = client.fetch(client.search(), ["FLAGS"])
        # Which mails are new to whom looks now is the server's own, and no client can write it.
        return {uid: tuple(flag for flag in each[b"FLAGS"] if flag != b"\\Recent") for uid, each in fetched.items()}


def test_a_dry_run_records_nothing_and_moves_no_bookmark(post):
    post.comes("q1", "2026-03-02T09:00")
    post.comes("a1", "2026-03-02T10:00", "q1", sender=INES, to=HELGA, folder=SENT)
    assert counts(post.read("--dry-run")) == {"read": 2, "recorded": 2}
    assert post.facts() == []
    assert post.read()["recorded"] == 2


def test_after_the_first_time_only_what_is_new_is_asked_for(post):
    post.comes("q1", "2026-03-02T09:00")
    post.read()
    post.comes("q2", "2026-03-02T11:00", "q1")
    assert counts(post.read()) == {"read": 1, "recorded": 1}
    assert post.konto("contacts", "--json").json[0]["chases"] is True, "the question is known from the log"


def test_an_answer_in_a_later_reading_finds_its_question_in_the_log_and_the_next_question_its_thread(post):
    post.comes("q1", "2026-03-02T09:00")
    post.read()
    post.comes("a1", "2026-03-02T10:00", "q1", sender=INES, to=HELGA, folder=SENT)
    assert counts(post.read()) == {"read": 1, "recorded": 1}
    # References were taken off on the way; what is left names our answer alone.
    post.comes("q2", "2026-03-03T09:00", "a1")
    post.comes("q3", "2026-03-04T09:00", "q2")
    assert post.read()["recorded"] == 2
    chased = {each["contact"]: each["chases"] for each in post.konto("contacts", "--json").json}
    assert chased == {"q1": False, "q2": False, "q3": True}
    assert {each["state"] for each in post.konto("contacts", "--json").json} == {"answered", "unanswered"}


def test_only_as_far_back_as_is_set(post):
    post.comes("old", "2026-01-02T09:00")
    post.comes("q1", "2026-03-02T09:00")
    assert post.read()["read"] == 1
    post.set(since_days=100)
    assert counts(post.read()) == {}, "it has been read"
    assert counts(post.read("--since", "2026-01-01")) == {"read": 2, "recorded": 1, "already": 1}


def test_whoever_became_known_later_is_heard_by_reading_once_more(post):
    post.comes("n1", "2026-03-02T09:00", sender="nina@web.example")
    assert post.read()["left_out"] == {"unknown": 1}
    registered = fact("customer.registered", "2026-03-03T09:00", customer="K-99", email="Nina@Web.example")
    post.konto.took([registered])
    assert post.read("--since", "2026-03-01")["recorded"] == 1


def test_a_folder_that_is_named_later_brings_its_questions_to_answers_that_were_read_before(post):
    with post.server.connected(post.user) as client:
        client.create_folder("Erledigt")
    post.comes("q1", "2026-03-02T09:00", folder="Erledigt")
    post.comes("a1", "2026-03-02T10:00", "q1", sender=INES, to=HELGA, folder=SENT)
    post.read()
    assert post.facts() == [("contact.outbound", "a1")]
    post.set(folders=["INBOX", SENT, "Erledigt"])
    assert counts(post.read()) == {"read": 2, "recorded": 2}
    assert post.facts()[1:] == [("contact.inbound", "q1"), ("contact.answered", "a1/answer")]
    (question,) = post.konto("contacts", "--json", "--state", "answered").json
    assert question["contact"] == "q1"


def test_where_the_server_numbers_its_mails_anew_they_are_recognised(post):
    post.comes("q1", "2026-03-02T09:00")
    post.read()
    with post.server.connected(post.user) as client:
        client.create_folder("Ablage")
        client.select_folder("INBOX")
        client.copy("1:*", "Ablage")
    post.set(folders=["Ablage"])
    post.read()
    with post.server.connected(post.user) as client:
        client.delete_folder("Ablage")
    time.sleep(1.1)  # the number of a folder is the second in which it was made
    with post.server.connected(post.user) as client:
        client.create_folder("Ablage")
        client.select_folder("INBOX")
        client.copy("1:*", "Ablage")
    post.comes("q2", "2026-03-05T09:00", folder="Ablage")
    assert counts(post.read()) == {"read": 2, "recorded": 1, "already": 1}


def test_a_reading_killed_before_its_bookmark_is_written_records_nothing_twice(post):
    for number in range(15):
        post.comes(f"q{number}", f"2026-03-0{1 + number % 9}T09:{number:02}")
    code = (
        "import os, sys; from pathlib import Path; from datetime import datetime;"
        "from wiring import bookmarks, mailing; from wiring.home import open_home;"
        "bookmarks.save = lambda *told: os._exit(9);"
        f"konto = open_home(Path(sys.argv[1]), environment={{}}, clock=lambda: datetime.fromisoformat('{NOW}'));"
        "mailing.read_mailbox(konto, 'info')"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(post.konto.home)], check=False)
    assert killed.returncode == 9
    assert counts(post.read()) == {"read": 15, "already": 15}
    assert len(post.facts()) == len(set(post.facts())) == 15


def test_folders_are_listed_with_which_are_read(post):
    assert post.konto("mail", "folders", "info", "--json").json == [
        {"folder": SENT, "read": True, "sent": True}, {"folder": "INBOX", "read": True, "sent": False},
    ]  # fmt: skip
    post.set(folders=["inbox"])
    assert [each["read"] for each in post.konto("mail", "folders", "info", "--json").json] == [False, True]
    assert "was wir senden" in post.konto("mail", "folders", "info").out


def test_a_folder_with_umlauts_is_read_and_a_wrong_one_names_those_that_there_are(post):
    with post.server.connected(post.user) as client:
        client.create_folder("Aufträge.Müller & Söhne")
    post.comes("q1", "2026-03-02T09:00", folder="Aufträge.Müller & Söhne")
    post.set(folders=["Aufträge.Müller & Söhne"])
    assert post.read()["recorded"] == 1
    post.set(folders=["Posteingang"])
    assert "Gesendet, INBOX" in post.read(code=1)["failed"][0]["text"]


def test_an_invitation_in_a_part_and_a_draft_are_known_without_reading_any_text(post):
    mail = (
        f"From: {HELGA}\r\nTo: {INFO}\r\nMessage-ID: <i1>\r\nDate: Mon, 2 Mar 2026 09:00:00 +0100\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        '--b\r\nContent-Type: multipart/alternative; boundary="c"\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\n'
        "x\r\n--c\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n"
        "BEGIN:VCALENDAR\r\n--c--\r\n--b--\r\n"
    )
    post.server.deliver(post.user, mail.encode(), NOW - timedelta(days=1))
    draft = f"From: {INES}\r\nTo: {HELGA}\r\nMessage-ID: <d1>\r\n\r\nx".encode()
    post.server.deliver(post.user, draft, NOW - timedelta(days=1), flags=(b"\\Draft",))
    assert post.read()["left_out"] == {"invitation": 1, "draft": 1}


def test_a_letter_with_an_appointment_attached_that_invites_nobody_is_a_letter(post):
    mail = (
        f"From: {HELGA}\r\nTo: {INFO}\r\nMessage-ID: <p1>\r\nDate: Mon, 2 Mar 2026 09:00:00 +0100\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
        '--b\r\nContent-Type: text/calendar; charset="utf-8"; method="PUBLISH"\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n'
    )
    post.server.deliver(post.user, mail.encode(), NOW - timedelta(days=1))
    assert post.read()["recorded"] == 1


def test_broken_mails_are_refused_by_their_place_and_keep_none_of_the_others_out(post):
    for broken in (b"\r\n\r\n", b"Subject: x\r\n\r\n", b"From: a@b.example\r\nX: " + b"x" * 10_000_000 + b"\r\n\r\nx"):
        post.server.deliver(post.user, broken, NOW - timedelta(days=1))
    post.comes("q1", "2026-03-11T09:00")
    answer = post.read()
    assert counts(answer) == {"read": 4, "recorded": 1, "refused": 3}
    assert [(each["place"], each["code"]) for each in answer["errors"]] == [
        ("INBOX 1", "no_sender"), ("INBOX 2", "no_sender"), ("INBOX 3", "header_too_long"),
    ]  # fmt: skip


def test_the_text_is_looked_at_only_where_that_is_set_and_never_kept(post):
    thanks = (
        f"From: {HELGA}\r\nTo: {INFO}\r\nMessage-ID: <t1>\r\nDate: Wed, 11 Mar 2026 09:00:00 +0100\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nVielen Dank!\r\n\r\nViele Grüße\r\nHelga Meier\r\n"
    ).encode()
    post.server.deliver(post.user, thanks, NOW - timedelta(days=1))
    post.set(text=True)
    post.read()
    assert [each["state"] for each in post.konto("contacts", "--json").json] == [None]
    assert "Dank" not in post.konto("export").out


# -- the connection --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_under_tls_the_certificate_must_be_the_hosts(post, authority, monkeypatch, security):
    port = post.server.tls_port if security == "tls" else post.server.port
    post.comes("q1", "2026-03-02T09:00")
    post.set(host="localhost", port=port, security=security)
    assert "Zertifikat" in post.read(code=1)["failed"][0]["text"], "nobody vouches for it yet"
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert post.read()["recorded"] == 1
    post.set(host="127.0.0.1", port=port, security=security)
    assert "Zertifikat" in post.read(code=1)["failed"][0]["text"], "it is not made for this name"


def test_a_wrong_or_missing_password_is_told_and_the_environment_goes_before_the_file(post):
    post.set(password="wrong")
    answer = post.konto("mail", "read", "--json", code=1)
    assert "nicht angenommen" in answer.json["failed"][0]["text"]
    assert "wrong" not in answer.out + answer.err
    post.konto.environment["KONTO_MAILBOXES_INFO_PASSWORD"] = PASSWORD
    assert "failed" not in post.read()
    post.konto.environment.clear()
    post.set(password=None)
    assert "KONTO_MAILBOXES_INFO_PASSWORD" in post.read(code=1)["failed"][0]["text"]


def test_a_user_with_umlauts_can_log_in(server, tmp_path):
    post = Post(server, "Bäckerei-Süß", tmp_path / "home")
    with post.server.connected("Bäckerei-Süß") as client:
        client.append("INBOX", f"From: {HELGA}\r\nTo: {INFO}\r\nMessage-ID: <u1>\r\n\r\n".encode(), (), NOW)
    assert post.read()["recorded"] == 1


# -- in the worker ----------------------------------------------------------------------------------------------


def test_the_round_reads_goes_on_after_a_failure_and_the_doctor_says_so(post):
    post.comes("q1", "2026-03-02T09:00")
    post.set(port=1)
    with open_home(post.konto.home, environment={}, clock=lambda: NOW) as konto:
        Rounds(konto).turn()
    notes = {each["name"]: each for each in post.konto("doctor", "--json", code=1).json["findings"]}
    assert notes["mailbox info"]["ok"] is False
    assert "info" in notes["mailbox info"]["text"]
    post.set()
    with open_home(post.konto.home, environment={}, clock=lambda: NOW) as konto:
        rounds = Rounds(konto)
        rounds.turn()
        rounds.turn()
    assert post.facts() == [("contact.inbound", "q1")]
    notes = {each["name"]: each for each in post.konto("doctor", "--json").json["findings"]}
    assert notes["mailbox info"]["ok"] is True


def test_the_worker_hears_what_comes_while_it_runs(post):
    post.set(every_minutes=0.01)
    with open_home(post.konto.home, environment={}, clock=lambda: NOW) as konto:
        services = Services(konto)
        running = threading.Thread(target=services.run)
        running.start()
        try:
            post.comes("q1", "2026-03-12T08:00")
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and not konto.log.recorded([konto.log.ids.fact("mail", "q1")]):
                time.sleep(0.05)
        finally:
            services.stop()
            running.join(20)
        assert konto.log.recorded([konto.log.ids.fact("mail", "q1")])
        assert services.turns.failed == {}
    assert {each.name for each in (post.konto.home / "mail").iterdir()} == {"info.json", "info.lock"}
    assert SENT not in (post.konto.home / "mail" / "info.json").read_text("utf-8"), "folders may be called like people"

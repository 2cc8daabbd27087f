"""`konto mail`: stored mails tried and recorded, what settings must say, and what is left out in plain words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from domain.store.locks import held
from tests.cli.home import Konto, fact
from tests.stores import only_files
from wiring.settings import read

MAILS = Path(__file__).parents[1] / "intake" / "mails"
PEOPLE = "".join(
    f'[[persons]]\nid = "{name}"\nname = "{name.title()}"\nemail = "{name}@heizung-roth.example"\n'
    for name in ("ines", "lutz", "rolf")
)
MAILBOX = '[mailboxes.info]\nhost = "{host}"\nuser = "info@heizung-roth.example"\nown = ["heizung-roth.example"]\n'


@pytest.fixture
def firm(konto: Konto) -> Konto:
    """A home that knows who works there, and two customers."""
    konto.home.mkdir(exist_ok=True)
    told = konto.home / "settings.toml"
    store = told.read_text("utf-8") if told.exists() else ""
    told.write_text(store + MAILBOX.format(host="mail.example"), encoding="utf-8")
    (konto.home / "people.toml").write_text(PEOPLE, encoding="utf-8")
    konto.took(
        [
            fact("customer.registered", "2026-02-02T09:00", customer="K-17", email="Helga.Meier@gmx.example"),
            fact("customer.registered", "2026-02-02T09:00", customer="K-08", email="m.aydin@aydin-bau.example"),
            fact("promise.made", "2026-02-20T09:00", promise="A-2026-101", customer="K-08", due="2026-03-20"),
        ]
    )
    return konto


def stored(*names: str) -> list[str]:
    return [str(MAILS / f"{name}.eml") for name in names]


STORY = stored("question_gmx_webmail", "answer_outlook", "newsletter_gmx", "bank", "two_from_headers")


def test_stored_mails_are_recorded_and_each_other_is_named_with_its_reason(firm):
    answer = firm("mail", "file", *STORY, "--json", code=2)
    told = answer.json
    assert [told[name] for name in ("read", "recorded", "already", "parked", "refused")] == [5, 2, 0, 0, 1]
    assert told["left_out"] == {"newsletter": 1, "unknown": 1}
    assert told["read"] == told["recorded"] + told["refused"] + sum(told["left_out"].values())
    assert {each["place"]: each["became"] for each in told["mails"]} == {
        "question_gmx_webmail.eml": "recorded", "answer_outlook.eml": "recorded", "newsletter_gmx.eml": "newsletter",
        "bank.eml": "unknown", "two_from_headers.eml": "refused",
    }  # fmt: skip
    assert told["errors"][0]["code"] == "several_senders"
    (row,) = firm("contacts", "--json").json
    assert (row["customer"], row["state"], row["owner"]) == ("K-17", "answered", "Ines")
    again = firm("mail", "file", *STORY, "--json", code=2).json
    assert (again["recorded"], again["already"]) == (0, 2)


def test_a_dry_run_says_the_same_and_records_nothing(firm):
    assert firm("mail", "file", *STORY[:2], "--dry-run", "--json").json["recorded"] == 2
    assert firm("contacts", "--count").out == "0\n"


@only_files
def test_it_is_said_in_german_and_english(firm):
    german = firm("mail", "file", *STORY, code=2)
    assert "5 E-Mails gelesen: 2 aufgezeichnet" in german.out
    assert "Ausgelassen: 1 – Newsletter und Verteilerlisten" in german.out
    assert "two_from_headers.eml: Diese E-Mail nennt mehrere Absender" in german.err
    english = firm("mail", "file", *STORY, "--lang", "en", code=2)
    assert "5 mails read: 0 recorded, 2 known already" in english.out
    assert "left out: from or to nobody that is known here" in english.out


@only_files
def test_what_a_subject_names_is_what_the_question_is_about_if_it_is_the_customers(firm):
    firm("mail", "file", *stored("question_outlook_umlauts"), "--json")
    exported = [json.loads(line) for line in firm("export").out.splitlines()]
    (asked,) = [each for each in exported if each["type"] == "contact.inbound"]
    assert asked["data"]["about"] == "crm:A-2026-101"


@only_files
def test_whoever_is_unknown_may_be_registered_by_the_first_mail(firm):
    mails = stored("question_gmail_to_several_of_us", "answer_gmail")
    assert firm("mail", "file", *mails, "--json").json["left_out"] == {"unknown": 2}
    assert firm("mail", "file", *mails, "--unknown", "register", "--json").json["recorded"] == 2
    assert firm("mail", "file", *mails, "--json").json["already"] == 2, "known from then on"
    (row,) = firm("contacts", "--json").json
    assert (row["customer"], row["state"]) == ("john.miller@gmail.example", "answered")


@only_files
def test_the_mail_of_a_merged_duplicate_counts_for_the_survivor(firm):
    firm.took([fact("customer.registered", "2026-02-02T09:00", customer="K-99", email="john.miller@gmail.example")])
    firm("merge", "K-17", "K-99")
    mails = stored("question_gmail_to_several_of_us", "answer_gmail", "question_gmx_webmail")
    assert firm("mail", "file", *mails, "--json").json["recorded"] == 3
    assert {each["customer"] for each in firm("contacts", "--json").json} == {"K-17"}


@only_files
def test_a_name_that_no_fact_may_hold_refuses_this_mail_and_nothing_of_it_is_recorded(firm, tmp_path):
    mail = tmp_path / "tricky.eml"
    mail.write_bytes(
        b"From: =?utf-8?q?A=E2=80=AEB?= <new@web.example>\r\nTo: info@heizung-roth.example\r\nMessage-ID: <x@y>\r\n\r\n"
    )
    told = firm("mail", "file", str(mail), "--unknown", "register", "--json", code=2).json
    assert (told["recorded"], told["refused"], told["errors"][0]["code"]) == (0, 1, "forbidden_character")
    assert "new@web.example" not in firm("export").out


@only_files
@pytest.mark.parametrize("name", ["missing.eml", "", "people.toml"])
def test_what_is_no_mail_is_told_in_one_line(firm, name):
    answer = firm("mail", "file", str(firm.home / name), code=2)
    assert len(answer.err.strip().splitlines()) == 1


@only_files
def test_many_mails_in_one_file_are_told_by_number(firm, tmp_path):
    box = tmp_path / "inbox.mbox"
    parts = [(MAILS / Path(name).name).read_bytes().replace(b"\r\n", b"\n") for name in STORY[:2]]
    box.write_bytes(b"".join(b"From x Mon Mar  2 09:00:00 2026\n" + part + b"\n" for part in parts))
    told = firm("mail", "file", str(box), "--json").json
    assert [each["place"] for each in told["mails"]] == ["inbox.mbox 1", "inbox.mbox 2"]


@only_files
def test_reading_without_a_mailbox_or_with_a_wrong_name_says_what_to_do(konto, firm):
    assert "Es gibt: info" in firm("mail", "read", "inof", code=2).err
    assert "password" in firm("mail", "read", code=1).err
    shutil.rmtree(firm.home)
    assert "[mailboxes.info]" in konto("mail", "read", code=2).err


@only_files
def test_while_a_mailbox_is_being_read_nobody_else_reads_it(firm):
    (firm.home / "mail").mkdir()
    with held(firm.home / "mail" / "info.lock") as ours:
        assert ours
        answer = firm("mail", "read", code=1)
    assert "info.lock" in answer.err


# -- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('security = "none"', "unterwegs zu lesen"),
        ('unknown = "guess"', "leave_out"),
        ('own = ["@firma.de"]', "own"),
        ("since_days = 0", "since_days"),
        ("pasword = 1", "password"),
        ("password = 1", "nicht wiederholt"),
        ('[mailboxes."../x"]', "mailboxes"),
    ],
)
def test_what_a_mailbox_cannot_be_is_refused_by_line(tmp_path, line, says):
    konto = Konto(tmp_path / "home")
    konto.home.mkdir()
    text = MAILBOX.format(host="mail.example").replace('own = ["heizung-roth.example"]', line)
    (konto.home / "settings.toml").write_text(text, encoding="utf-8")
    answer = konto("mail", "read", code=2)
    assert "settings.toml" in answer.err
    assert says in answer.err


def test_passwords_may_come_from_the_environment_or_a_file_that_it_names_and_are_never_shown(tmp_path):
    (tmp_path / "settings.toml").write_text(MAILBOX.format(host="a") + 'password = "old"\n', encoding="utf-8")
    (tmp_path / "secret").write_text("jo8-Grinsekatze\n", encoding="utf-8")
    for name, value in (("", "jo8-Grinsekatze"), ("_FILE", str(tmp_path / "secret"))):
        settings = read(tmp_path, {f"KONTO_MAILBOXES_INFO_PASSWORD{name}": value})
        password = settings.mailboxes["info"].password
        assert password is not None
        assert password.get_secret_value() == "jo8-Grinsekatze"
        assert "Grinsekatze" not in repr(settings)


@pytest.mark.parametrize(
    "environment",
    [
        {"KONTO_MAILBOXES_INFO_PASSWORD": ""},
        {"KONTO_MAILBOXES_INFO_PASSWORD": "a", "KONTO_MAILBOXES_INFO_PASSWORD_FILE": "b"},
        {"KONTO_MAILBOXES_OTHER_PASSWORD": "a"},
        {"KONTO_MAILBOXES_INFO_HOST": "a"},
    ],
)
def test_a_variable_that_cannot_be_meant_is_refused_by_its_name(tmp_path, environment):
    konto = Konto(tmp_path / "home", environment=environment)
    konto.home.mkdir()
    (konto.home / "settings.toml").write_text(MAILBOX.format(host="mail.example"), encoding="utf-8")
    assert next(iter(environment)) in konto("mail", "read", code=2).err

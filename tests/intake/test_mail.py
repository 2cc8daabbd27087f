"""Stored mails of German and English mail programs: what each becomes, and why some become nothing."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Refused
from domain.vocabulary import parse
from intake.mail import header, stored
from intake.mail.correspondence import Correspondence, Customer, Sent
from intake.mail.courtesy import is_only_thanks
from intake.mail.header import normal
from intake.mail.letter import Found, Letter, Ourselves, letter
from intake.mail.naming import Named, named_in
from intake.mail.signs import REASONS
from intake.mail.text import own_words
from workers.channels import is_our_own

MAILS = Path(__file__).parent / "mails"
EXPECTED: Mapping[str, Mapping[str, Any]] = tomllib.loads((MAILS / "expected.toml").read_text("utf-8"))
NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
FIRM = "heizung-roth.example"
OURSELVES = Ourselves(
    persons={f"{name}@{FIRM}": f"{name}@{FIRM}" for name in ("ines", "lutz", "rolf")},
    others=frozenset([f"info@{FIRM}", f"vertrauenskonto@{FIRM}"]),
    domains=frozenset([FIRM]),
)
CUSTOMERS = {
    "helga.meier@gmx.example": ["K-17"],
    "m.aydin@aydin-bau.example": ["K-08"],
    "info@baeckerei-lenz.example": ["K-21"],
    "k.sommer@icloud.example": ["K-40"],
    "john.miller@gmail.example": ["K-50"],
    "joerg@xn--mller-shne-kcb9d.example": ["K-60"],
    "familie.wolf@gmx.example": ["K-30", "K-31"],
}
PROMISES = [Named("crm:A-2026-101", "A-2026-101"), Named("crm:A-2026-102", "A-2026-102")]


def correspondence(**more: Any) -> Correspondence:
    return Correspondence(
        ourselves=OURSELVES,
        customers=lambda address: [Customer(f"crm:{id}", id) for id in CUSTOMERS.get(address, [])],
        remembered={},
        named_in=lambda customer, text: named_in(text, PROMISES),
        **more,
    )


def letters(found: list[Found]) -> tuple[list[Letter], dict[str, str]]:
    """The letters among them, and what became of the others by their place."""
    taken, others = [], {}
    for each in found:
        try:
            became = letter(each, OURSELVES, is_our_own)
        except Refused as refused:
            became = refused.code  # type: ignore[assignment]
        if isinstance(became, str):
            others[each.place] = became
        else:
            taken.append(became)
    return taken, others


@pytest.fixture(scope="module")
def became() -> dict[str, Any]:
    """By the mail's name its facts, or why there are none."""
    files = sorted(MAILS.glob("*.eml"))
    taken, others = letters([found for file in files for found in stored.found_in(file, NOW)])
    outcomes = {each.letter.place: each.left_out or each.envelopes for each in correspondence().outcomes(taken)}
    return {place.removesuffix(".eml"): what for place, what in (others | outcomes).items()}


def test_every_stored_mail_has_its_expectation_and_there_are_more_than_fifty(became):
    assert set(became) == set(EXPECTED)
    assert len(became) > 50


@pytest.mark.parametrize("name", EXPECTED)
def test_a_stored_mail_becomes_what_it_was(became, name):
    expected, found = EXPECTED[name], became[name]
    if "became" in expected:
        assert found == expected["became"]
        return
    fact, *others = found
    parse(fact, now=NOW)
    assert fact["source"] == "mail"
    assert (shortened(fact["id"]), fact["time"]) == (expected["id"], expected["time"])
    assert fact["type"] == kind(expected)
    data = {field: shortened(value) for field, value in fact["data"].items()}
    assert data == {"contact": expected.get("answers", expected["id"]), **expected["data"]}
    assert [each["data"]["customer"] for each in others] == expected.get("also_to", [])


def kind(expected: Mapping[str, Any]) -> str:
    if "answers" in expected:
        return "contact.answered"
    return "contact.inbound" if "needs_answer" in expected["data"] else "contact.outbound"


def shortened(value: Any) -> Any:
    return "digest/…" if isinstance(value, str) and value.startswith("digest/") else value


# -- threads ------------------------------------------------------------------------------------------------


def mail(
    sender: str, to: str, at: str, id: str, *before: str, subject: str = "Therme", copies: str = "", **more: Any
) -> Found:
    """`before`: the mails before it in its thread."""
    lines = [
        f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: <{id}>",
        f"Date: {datetime.fromisoformat(f'{at}+01:00'):%a, %d %b %Y %H:%M:%S %z}",
    ]  # fmt: skip
    if copies:
        lines.append(f"Cc: {copies}")
    if before:
        lines += [f"References: {' '.join(f'<{each}>' for each in before)}", f"In-Reply-To: <{before[-1]}>"]
    return Found(id, "\r\n".join([*lines, "", ""]).encode(), NOW, **more)


HELGA, INES, INFO = "helga.meier@gmx.example", f"ines@{FIRM}", f"info@{FIRM}"


def facts(*found: Found, **more: Any) -> list[tuple[str, Any]]:
    """Type and what it chases or answers, in order."""
    taken, _ = letters(list(found))
    told = []
    for outcome in correspondence(**more).outcomes(taken):
        for each in outcome.envelopes:
            data = each["data"]
            kind = each["type"].removeprefix("contact.")
            told.append((kind, data.get("chases") if kind == "inbound" else data.get("contact")))
    return told


def test_asking_again_chases_the_first_open_question_and_an_answer_ends_it():
    assert facts(
        mail(HELGA, INFO, "2026-03-02T09:00", "q1"),
        mail(HELGA, INFO, "2026-03-03T09:00", "q2", "q1"),
        mail(HELGA, INFO, "2026-03-04T09:00", "q3", "q1", "q2"),
        mail(INES, HELGA, "2026-03-04T10:00", "a1", "q1", "q2", "q3"),
        mail(HELGA, INFO, "2026-03-05T09:00", "q4", "q1", "q2", "q3", "a1"),
        mail(HELGA, INFO, "2026-03-06T09:00", "q5", "q4"),
    ) == [
        ("inbound", None), ("inbound", "q1"), ("inbound", "q1"), ("answered", "q3"), ("inbound", None),
        ("inbound", "q4"),
    ]  # fmt: skip


def test_what_is_added_within_half_an_hour_does_not_chase():
    first = mail(HELGA, INFO, "2026-03-02T09:00", "q1")
    assert facts(first, mail(HELGA, INFO, "2026-03-02T09:29", "q2", "q1"))[1] == ("inbound", None)
    assert facts(first, mail(HELGA, INFO, "2026-03-02T09:30", "q2", "q1"))[1] == ("inbound", "q1")


def test_another_thread_and_another_customer_chase_nothing():
    assert (
        facts(
            mail(HELGA, INFO, "2026-03-02T09:00", "q1"),
            mail(HELGA, INFO, "2026-03-03T09:00", "q2"),
            mail("john.miller@gmail.example", INFO, "2026-03-03T09:00", "q3", "q1"),
        )
        == [("inbound", None)] * 3
    )


def test_an_answer_passed_on_to_somebody_else_answers_nothing():
    question = mail(HELGA, INFO, "2026-03-02T09:00", "q1")
    assert facts(question, mail(INES, "john.miller@gmail.example", "2026-03-02T10:00", "f1", "q1")) == [
        ("inbound", None), ("outbound", "f1"),
    ]  # fmt: skip
    assert facts(question, mail(INES, "lutz@" + FIRM, "2026-03-02T10:00", "f1", "q1")) == [("inbound", None)]


def test_an_answer_of_which_the_asker_gets_a_copy_is_one():
    assert facts(
        mail(HELGA, INFO, "2026-03-02T09:00", "q1"),
        mail(INES, "verwaltung@elsewhere.example", "2026-03-02T10:00", "a1", "q1", copies=HELGA),
    ) == [("inbound", None), ("answered", "q1")]


@pytest.mark.parametrize(
    ("to", "customers"),
    [("verwaltung@elsewhere.example", ["crm:K-17"]), ("m.aydin@aydin-bau.example", ["crm:K-08"])],
)
def test_whoever_gets_a_copy_of_a_first_mail_counts_where_nobody_it_is_addressed_to_is_known(to, customers):
    (outcome,) = correspondence().outcomes(letters([mail(INES, to, "2026-03-02T10:00", "o1", copies=HELGA)])[0])
    assert [each["data"]["customer"] for each in outcome.envelopes] == customers


def test_an_answer_to_another_address_of_the_same_writer_is_one():
    """She asked for it with Reply-To, or writes from two addresses."""
    assert facts(
        mail(HELGA, INFO, "2026-03-02T09:00", "q1"),
        mail(INES, "helga@elsewhere.example", "2026-03-02T10:00", "a1", "q1"),
    ) == [("inbound", None), ("answered", "q1")]


def test_what_lies_in_the_folder_of_what_we_send_is_ours_whatever_address_it_was_sent_from():
    assert facts(mail("ines.vogt@elsewhere.example", HELGA, "2026-03-02T10:00", "a1", in_sent=True)) == [
        ("outbound", "a1")
    ]


def test_the_same_mail_in_two_folders_is_one():
    found = mail(HELGA, INFO, "2026-03-02T09:00", "q1")
    taken, _ = letters([found, found._replace(place="Archiv 7")])
    outcomes = list(correspondence().outcomes(taken))
    assert [bool(each.envelopes) for each in outcomes] == [True, False]
    assert [each.left_out for each in outcomes] == [None, None]


def test_whoever_is_unknown_is_registered_only_where_that_is_set_and_then_once():
    found = [
        mail('"Neu, Nina" <nina.neu@web.example>', INFO, "2026-03-02T09:00", "n1"),
        mail("nina.neu@web.example", INFO, "2026-03-03T09:00", "n2", "n1"),
        mail(INES, "nina.neu@web.example", "2026-03-03T10:00", "n3", "n1", "n2"),
    ]
    assert facts(*found) == []
    taken, _ = letters(found)
    outcomes = list(correspondence(unknown="register").outcomes(taken))
    told = [each for outcome in outcomes for each in outcome.envelopes]
    assert [each["type"] for each in told] == [
        "customer.registered", "contact.inbound", "contact.inbound", "contact.answered",
    ]  # fmt: skip
    assert told[0]["data"] == {
        "customer": "nina.neu@web.example", "email": "nina.neu@web.example", "name": "Neu, Nina",
    }  # fmt: skip
    assert told[2]["data"]["chases"] == "n1"


def test_an_answer_recorded_before_its_question_was_known_answers_it_when_it_comes_once_more():
    """It was taken for a mail that answers nothing; that stays, and the answer has an id of its own."""
    late = correspondence()
    late.remembered["a1"] = Sent()
    late.recorded = frozenset(["a1"])
    mails = [mail(HELGA, INFO, "2026-03-02T09:00", "q1"), mail(INES, HELGA, "2026-03-02T10:00", "a1", "q1")]
    (asked, answer) = [each.envelopes for each in late.outcomes(letters(mails)[0])]
    assert [each["type"] for each in asked] == ["contact.inbound"]
    assert [(each["id"], each["data"]["contact"]) for each in answer] == [("a1/answer", "q1")]
    late.recorded = frozenset(["q1", "a1", "a1/answer"])
    assert [each.envelopes for each in late.outcomes(letters(mails)[0])] == [(), ()]


@pytest.mark.parametrize(("before", "waits"), [(["ours"], False), (["older", "ours"], True), (["older"], True)])
def test_whether_somebody_waits_depends_on_who_began_the_thread_also_if_that_was_too_long_ago_to_be_known(
    before, waits
):
    known = correspondence()
    known.remembered["ours"] = Sent()
    (outcome,) = known.outcomes(letters([mail(HELGA, INFO, "2026-03-02T09:00", "q1", *before)])[0])
    assert outcome.envelopes[0]["data"]["needs_answer"] is waits


def test_a_draft_is_left_out():
    _, others = letters([mail(INES, HELGA, "2026-03-02T10:00", "d1", is_draft=True)])
    assert others == {"d1": "draft"}


@pytest.mark.parametrize(("method", "invites"), [("REQUEST", True), ('"Reply"', True), ("PUBLISH", False)])
def test_only_what_asks_or_answers_somebody_is_an_invitation(tmp_path, method, invites):
    file = tmp_path / "mail.eml"
    file.write_text(f"From: a@b.example\nContent-Type: text/calendar;\n charset=utf-8; method={method}\n\nx\n", "utf-8")
    (found,) = stored.found_in(file, NOW)
    assert found.invites is invites
    assert (letters([found._replace(invites=False)])[1] == {"mail.eml": "invitation"}) is invites


def test_thanks_alone_wait_for_no_answer_where_the_text_may_be_looked_at():
    found = mail(HELGA, INFO, "2026-03-02T09:00", "q1", text="Vielen Dank!\n\nViele Grüße\nHelga Meier")
    taken, _ = letters([found])
    (outcome,) = correspondence().outcomes(taken)
    assert outcome.envelopes[0]["data"]["needs_answer"] is False
    assert "Dank" not in str(outcome.envelopes)


# -- words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Danke!",
        "Vielen Dank für die schnelle Antwort.\n\nMit freundlichen Grüßen\nHelga Meier\nTel. 0711 5550117",
        "Hallo Frau Vogt,\n\nsuper, herzlichen Dank! Ihnen ein schönes Wochenende.\n\nLG\nHelga",
        "Dear Ines,\nthank you so much for your quick reply.\n\nKind regards,\nJohn",
        "Liebe Frau Vogt,\nalles klar, danke.",
    ],
)
def test_thanks_and_wishes_ask_nothing(text):
    assert is_only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mit freundlichen Grüßen\nHelga",
        "Danke. Wann kommen Sie?",
        "Danke für das Angebot, wir nehmen es an.",
        "Danke, aber die Heizung ist noch kalt.",
        "Thanks, please call me tomorrow.",
        "Danke, bitte um Rückruf.",
        "danke " * 100,
    ],
)
def test_any_other_word_may_ask_something(text):
    assert not is_only_thanks(text)


@pytest.mark.parametrize(
    ("subject", "about"),
    [
        ("AW: Angebot A-2026-101", "crm:A-2026-101"),
        ("[a-2026-102] Termin", "crm:A-2026-102"),
        ("A-2026-1011", None),
        ("XA-2026-101", None),
        ("A-2026-101 und A-2026-102", None),
        ("Angebot", None),
    ],
)
def test_a_subject_is_about_the_one_promise_whose_number_stands_in_it(subject, about):
    assert named_in(subject, PROMISES) == about


def test_a_short_number_or_a_word_is_not_taken_for_an_id():
    assert named_in("Termin um 12, Therme", [Named("crm:12", "12"), Named("crm:Therme", "Therme")]) is None


@pytest.mark.parametrize(
    "quoted",
    [
        "> Guten Tag",
        "Am Mo., 2. März 2026 um 09:00 Uhr schrieb Ines Vogt <ines@heizung-roth.example>:\n> Guten Tag",
        "On Mon, 2 Mar 2026 at 09:00, Ines Vogt wrote:\n> Hello",
        "-----Ursprüngliche Nachricht-----\nVon: Ines",
        "Von: Ines Vogt\nGesendet: Montag",
        "________________________________\nFrom: Ines",
        "-- \nHelga Meier",
    ],
)
def test_of_a_text_only_the_writers_own_words_are_looked_at(quoted):
    mail = f'Content-Type: text/plain; charset="utf-8"\n\nNeue Frage.\n\n{quoted}\n'
    assert own_words(mail.encode()) == "Neue Frage."


def test_a_text_is_found_in_its_part_and_decoded_and_html_alone_gives_none():
    mail = (
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain; charset="iso-8859-1"\n'
        "Content-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n--b\nContent-Type: text/html\n\n<p>x</p>\n--b--\n"
    )
    assert own_words(mail.encode()) == "Grüße"
    assert own_words(b"Content-Type: text/html\n\n<p>x</p>") == ""
    assert own_words(b'Content-Type: text/plain; charset="klingon"\n\nx') == "x"


# -- whatever comes ------------------------------------------------------------------------------------------


def test_two_spellings_of_an_address_are_equal():
    assert normal("Helga.Meier@GMX.example") == normal("helga.meier@gmx.EXAMPLE")
    assert normal("joerg@müller-söhne.example") == "joerg@xn--mller-shne-kcb9d.example"


def test_a_mail_without_an_id_has_the_same_one_in_every_copy():
    lines = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nDate: Mon, 2 Mar 2026 09:00:00 +0100\r\n\r\n"
    ids = {header.read(stamp + lines, NOW).id for stamp in (b"", b"Received: by x; Mon, 2 Mar 2026 09:00:01 +0100\r\n")}
    assert len(ids) == 1
    assert header.read(lines.replace(b"Subject: x", b"Subject: y"), NOW).id not in ids


@pytest.mark.parametrize("id", ["ü@x", "x" * 400, "a\x01b"])
def test_an_id_that_no_fact_can_carry_is_a_digest_in_the_mail_and_where_it_is_answered(id):
    own = header.read(f"From: a@b.example\nMessage-ID: <{id}>\n\n".encode(), NOW).id
    answer = header.read(f"From: a@b.example\nIn-Reply-To: <{id}>\n\n".encode(), NOW)
    assert own.startswith("digest/")
    assert answer.ancestors == (own,)


def test_a_header_of_10_mb_is_refused_and_its_length_costs_nothing():
    with pytest.raises(Refused) as refused:
        header.read(b"From: a@b.example\nX: " + b"x" * 10_000_000, NOW)
    assert refused.value.code == "header_too_long"


@pytest.mark.parametrize(
    "unit", ["(", "a.", "<", '"', ",", ":;", "@a,", "=?utf-8?q?a?= ", "[", "(a ", " a", "\\", "ä "]
)
@pytest.mark.parametrize("name", ["From", "To", "Subject", "References", "Date", "Content-Type", "List-Id"])
def test_no_header_is_slow_to_read_however_it_is_built(name, unit):
    lines = b"From: a@b.example\n" if name != "From" else b""
    started = time.perf_counter()
    try:
        header.read(lines + f"{name}: ".encode() + unit.encode() * (60_000 // len(unit)) + b"\n\n", NOW)
    except Refused:
        assert name == "From"
    assert time.perf_counter() - started < 3.0, "without limits some of these take minutes"


TOKENS = (
    b"From: ", b"To: ", b"Date: ", b"Message-ID: ", b"References: ", b"Received: ", b"\r\n", b"\n", b"\r", b"\r\n\r\n",
    b" ", b"<", b">", b"@", b"a@b.example", b"=?utf-8?q?=0D=0A?=", b"=?x?b?", b"\x00", b"\xff", b";", b":", b'"', b"(",
    b"Mon, 2 Mar 2026 09:00:00 +0100", b"\xe2\x80\xae", b"Content-Type: text/calendar; method", b"Return-Path: <>",
)  # fmt: skip


@settings(deadline=timedelta(seconds=5), max_examples=400)
@given(st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join)))
def test_whatever_bytes_come_the_answer_is_a_fact_a_reason_or_a_clear_refusal(header_bytes):
    taken, others = letters([Found("x", header_bytes, NOW)])
    assert len(taken) + len(others) == 1
    assert set(others.values()) <= {*REASONS, *CODES}
    outcomes = list(correspondence(unknown="register").outcomes(taken))
    assert {refusal(each) for outcome in outcomes for each in outcome.envelopes} <= {None, *CODES}
    assert own_words(header_bytes) is not None


@pytest.mark.parametrize(
    "subject", ["=?k\xff\xffngon-8?Q?Qapla=FF?=", "=?utf-8?b?A?=", "=?x\x00?q?a?=", "=?hex?q?zz?="]
)
def test_a_subject_in_a_character_set_that_there_is_not_stays_as_it_came(subject):
    (taken,), _ = letters([Found("x", f"From: a@b.example\nSubject: {subject}\n\n".encode("latin-1"), NOW)])
    assert taken.header.subject


@pytest.mark.parametrize("charset", ["k\xffngon-8", "a\x00b", "hex", "idna", '"'])
def test_words_in_a_character_set_that_there_is_not_are_read_all_the_same(charset):
    assert own_words(f"Content-Type: text/plain; charset={charset}\n\nGuten Tag\n".encode("latin-1")) == "Guten Tag"


CODES = (
    "no_sender", "several_senders", "unreadable_sender", "header_too_long", "forbidden_character", "too_long",
    "not_an_address",
)  # fmt: skip


def refusal(envelope: Mapping[str, Any]) -> str | None:
    try:
        parse(envelope, now=NOW)
    except Refused as refused:
        return refused.code
    return None


# -- files ---------------------------------------------------------------------------------------------------


def test_an_mbox_gives_each_of_its_mails_by_number(tmp_path):
    box = tmp_path / "inbox.mbox"
    question = (MAILS / "question_gmx_webmail.eml").read_bytes().replace(b"\r\n", b"\n")
    box.write_bytes(b"".join(b"From x@y Mon Mar  2 09:00:00 2026\n" + question + b"\n" for _ in range(3)))
    found = list(stored.found_in(box, NOW))
    assert [each.place for each in found] == ["inbox.mbox 1", "inbox.mbox 2", "inbox.mbox 3"]
    assert {header.read(each.header or b"", NOW).sender.address for each in found} == {HELGA}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no mail"),
        (b"Guten Tag", "holds no mail"),
        (b"\x89PNG\r\n", "holds no mail"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "only Outlook reads"),
    ],
)
def test_a_file_that_holds_no_mail_says_so(tmp_path, content, says):
    file = tmp_path / "mail.eml"
    file.write_bytes(content)
    with pytest.raises(Refused, match=says):
        list(stored.found_in(file, NOW))


def test_a_missing_file_and_a_folder_are_told_by_name(tmp_path):
    for file in (tmp_path / "missing.eml", tmp_path):
        with pytest.raises(Refused, match=file.name):
            list(stored.found_in(file, NOW))


def test_a_stored_header_of_10_mb_is_refused(tmp_path):
    file = tmp_path / "large.eml"
    file.write_bytes(b"From: a@b.example\nX: " + b"x" * 10_000_000 + b"\n\n")
    _, others = letters(list(stored.found_in(file, NOW)))
    assert others == {"large.eml": "header_too_long"}

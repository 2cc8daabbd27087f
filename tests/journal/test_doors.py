"""Whoever looks is noted, through whichever door they come; and every door refuses the same."""

from __future__ import annotations

import inspect
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.assistant import named, tools
from dashboard import data
from dashboard.answers.home import Home as Pages
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.contacts import ContactsAsked
from dashboard.shapes.customers import CustomersAsked
from dashboard.shapes.deliveries import DeliveriesAsked
from dashboard.shapes.incidents import IncidentsAsked
from dashboard.shapes.looks import LooksAsked
from dashboard.shapes.overview import OverviewAsked
from dashboard.shapes.periods import Period
from dashboard.shapes.promises import PromiseFilter
from dashboard.shapes.signing_in import SignedIn
from dashboard.shapes.timeline import TimelineAsked
from domain.errors import Refused
from domain.journal import JournalAway, Look
from domain.roles import Asker, NotAllowed
from projections import audit
from projections.filters import Moment
from tests.api.serving import Api, serving
from tests.cli.home import COMMAND
from tests.cli.home import Konto as CommandLine
from tests.dashboard.reading import answered_by, opened
from tests.dashboard.signed_in import PEOPLE, PLANTED, filled, settings
from tests.homes import Home, open_at
from tests.notation import at
from verifier.journal import Entry
from wiring import access, looking
from wiring.asking import Asking
from wiring.shell import World
from words import translator

NOW = at("2026-03-12T08:30")
BERLIN = ZoneInfo("Europe/Berlin")
ALL_TIME = TimelineAsked(None, None)
PERIOD = OverviewAsked(Period(date(2026, 1, 1), date(2026, 3, 12)))


@pytest.fixture
def home(tmp_path: Any) -> Iterator[Home]:
    """Of a firm whose people sign in; ines looks after the planted customers, lutz after two."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "settings.toml").write_text(settings("https://konto.example.com", "https://login.example.com"))
    opened = open_at(folder)
    opened.clock.now = at("2026-03-01T08:00")
    filled(opened)
    opened.clock.now = NOW
    opened.konto.catch_up()
    with opened.konto.journal.replaced():
        pass  # what the people document gave whom is of no matter here
    yield opened
    opened.close()


def reader(name: str) -> Reader:
    return Reader(SignedIn(f"{name}@example.com", (), NOW), "en", BERLIN)


def who(home: Home, name: str) -> str:
    return home.konto.log.ids.person(name)


def customer(home: Home, own: str) -> str:
    return home.konto.library.customer_ids(own)[0]


def noted(home: Home, *, since: int = 0) -> list[tuple[str, str, str, str, str]]:
    return [(each.who, each.door, each.what, each.about, each.beside) for each in home.konto.journal.every()][since:]


# -- the pages ----------------------------------------------------------------------------------------


def test_an_account_a_timeline_a_statement_and_a_promise_are_noted_with_who_and_about_whom(home: Home):
    pages, ines, g1 = Pages(home.konto), who(home, "karin"), customer(home, "G-1")
    pages.account(reader("karin"), g1, "all")
    pages.timeline(reader("karin"), g1, ALL_TIME)
    pages.timeline_file(reader("karin"), g1, ALL_TIME, "csv")
    pages.timeline_file(reader("karin"), g1, ALL_TIME, "csv")
    pages.statement_pdf(reader("karin"), g1, "all")
    pages.promise(reader("karin"), "crm:Therme")
    pages.account(reader("karin"), g1, "month")  # drawn anew a moment later
    assert noted(home) == [
        (ines, "dashboard", "looked", g1, "account"),
        (ines, "dashboard", "looked", g1, "timeline"),
        (ines, "dashboard", "exported", g1, "timeline csv"),
        (ines, "dashboard", "exported", g1, "timeline csv"),
        (ines, "dashboard", "exported", g1, "statement pdf"),
        (ines, "dashboard", "looked", g1, "promise"),
    ]


def test_a_list_is_one_look_whoever_stands_in_it_and_what_was_searched_for_is_nobodys(home: Home):
    pages, g1 = Pages(home.konto), customer(home, "G-1")
    pages.customers(reader("karin"), CustomersAsked("Geheimrat", "name"), 2)
    pages.names(reader("karin"), "Geheimrat")
    pages.promises(reader("karin"), PromiseFilter("overdue", "Ines Vogt", None))
    pages.contacts(reader("karin"), ContactsAsked("all", customer=g1))
    pages.contacts(reader("karin"), ContactsAsked("all", customer="Geheimrat01"))
    assert [each[2:] for each in noted(home)] == [
        ("listed", "", "customers by=order,text page=2"),
        ("listed", "", "names page=1"),
        ("listed", "", "promises by=owner,state page=1"),
        ("listed", g1, "contacts by=customer,state page=1"),
        ("listed", "", "contacts by=customer,state page=1"),
    ]


def test_another_owners_customer_is_as_if_there_were_none_and_the_journal_knows_who_asked(home: Home):
    pages, g1 = Pages(home.konto), customer(home, "G-1")
    assert pages.account(reader("lutz"), g1, "all") is None
    assert pages.account(reader("lutz"), "customer-nobody", "all") is None
    assert pages.promise(reader("lutz"), "crm:Therme") is None
    with pytest.raises(Refused):
        pages.statement_pdf(reader("lutz"), g1, "all")
    with pytest.raises(NotAllowed):
        pages.timeline(reader("lutz"), g1, ALL_TIME)
    pages.was_refused(reader("lutz"), "audit")  # as the page does then
    assert isinstance(pages.looks(reader("lutz"), LooksAsked(g1)), Refusal)
    home.konto.journal.count_up(NOW + timedelta(minutes=2))
    entries = list(home.konto.journal.every())
    assert {each.what for each in entries} == {"refused"}
    assert (entries[0].who, entries[0].about, entries[0].beside) == (who(home, "lutz"), g1, "account")
    assert sum(each.times for each in entries) == 5


NOT_NOTED = {
    # no names of customers
    "now", "firm", "suppliers", "rules", "contact_figures", "incident_figures", "tested", "test", "rulebook_texts",
    "rulebook_decoded", "document_texts", "document_findings", "ready_to_publish", "proposed", "propose", "people",
    "operations", "try_again", "reckoned", "reckon", "team",
    # deeds, which the log itself tells of, by whom
    "publish", "acknowledge", "take_note", "put_off", "record", "do", "undo", "send_again", "try_channel",
    "open_figures", "close_figures",
    # each person shown is noted where the figures are reckoned
    "figures_per_person",
    # is itself what is noted
    "was_refused",
}  # fmt: skip


def test_every_question_of_a_page_is_noted_or_stands_here(home: Home):
    """Whoever adds one says here why it is none that must be noted."""
    asked = {name for name, each in vars(data.Source).items() if inspect.isfunction(each) and name[0] != "_"}
    noting = {
        name for name in asked if any(word in inspect.getsource(getattr(Pages, name)) for word in ("shown(", "seen("))
    }
    assert asked - noting == NOT_NOTED


def test_signing_in_and_out_is_noted_by_internal_id_and_strangers_have_no_name(home: Home):
    pages = Pages(home.konto)
    karin = SignedIn("karin@example.com", (), NOW)
    pages.note_signing_in("signed_in", karin, "")
    pages.note_signing_in("signed_out", karin, "")
    pages.note_signing_in("signed_in", SignedIn("Fremd@Example.com", (), NOW), "")
    pages.note_signing_in("sign_in_refused", None, "service")
    home.clock.now = NOW + timedelta(hours=13)
    assert pages.firm(Reader(karin, "en", BERLIN)).presence == "signed_out"
    pages.firm(Reader(karin, "en", BERLIN))
    home.konto.journal.count_up(home.clock.now)
    assert [(each.who, each.what, each.beside, each.times) for each in home.konto.journal.every()] == [
        (who(home, "karin"), "signed_in", "", 1),
        (who(home, "karin"), "signed_out", "", 1),
        ("unknown", "sign_in_refused", "stranger", 1),
        ("unknown", "sign_in_refused", "more", 1),
        (who(home, "karin"), "session_ended", "", 1),
    ]
    assert not any("xample" in str(each) for each in home.konto.journal.every())


# -- other doors --------------------------------------------------------------------------------------


def key(home: Home, seed: int = 1, **more: Any) -> str:
    return access.create(home.konto, random.Random(seed).randbytes, scopes=["read"], **more).text


@pytest.fixture
def api(home: Home) -> Iterator[Api]:
    with serving(home) as opened:
        yield opened


def test_programs_are_noted_by_their_key_and_so_is_a_key_that_does_not_count(home: Home, api: Api):
    text = key(home, person="karin")
    name, g1 = f"key-{text.split('_')[1]}", customer(home, "G-1")
    assert noted(home)[-1][2:] == ("key_made", name, "read")
    before = len(noted(home))
    for path in ("/customers/G-1", "/customers/G-1/statement", "/customers?text=Geheimrat", "/contacts?customer=G-1"):
        assert api.ask("GET", path, key=text).status == 200
    assert api.ask("GET", "/customers/G-1", key=None).status == 401
    assert api.ask("GET", "/keys", key=text).status == 403
    access.revoke(home.konto, text.split("_")[1])
    assert noted(home, since=before) == [
        (name, "api", "key_used", "", ""),
        (name, "api", "looked", g1, "customer"),
        (name, "api", "looked", g1, "statement"),
        (name, "api", "listed", "", "customers by=text"),
        (name, "api", "listed", g1, "contacts by=customer"),
        ("unknown", "api", "refused", "", "key"),
        (name, "api", "refused", "", "scope"),
        ("local", "machine", "key_revoked", name, ""),
    ]


def test_commands_that_name_a_customer_list_names_or_take_files_are_noted(home: Home, tmp_path: Any):
    konto, g1 = CommandLine(home.konto.home, now=NOW), customer(home, "G-1")
    konto("statement", "G-1", "--pdf", str(tmp_path / "statement.pdf"))
    konto("audit", "timeline", "G-1", "--json")
    konto("promises", "--where", "customer=G-1", "--state", "open")
    konto("promises", "--count")
    konto("contacts", "--json")
    konto("alerts", "list")
    konto("export", "--customer", "G-1")
    konto("export", "--format", "original")
    konto("access", "G-1", "--out", str(tmp_path))
    konto("kpi", "on_time_rate")
    home.konto.journal.count_up(NOW)
    assert [each[2:] for each in noted(home)] == [
        ("looked", g1, "statement"),
        ("exported", g1, "statement pdf"),
        ("looked", g1, "audit timeline"),
        ("listed", g1, "promises by=customer,state"),
        ("listed", "", "contacts"),
        ("listed", "", "alerts list"),
        ("looked", g1, "export"),
        ("exported", g1, "export jsonl"),
        ("exported", "", "export original"),
        ("looked", g1, "access"),
        ("disclosed", g1, "access"),
    ]
    assert {each[:2] for each in noted(home)} == {("local", "command line")}


def test_what_the_worker_reads_for_its_own_work_is_no_look(home: Home):
    from wiring.worker import run_tick

    run_tick(home.konto)
    home.konto.note("looked", customer(home, "G-1"), "account")
    assert noted(home) == []


def test_an_assistant_is_noted_as_whoever_it_asks_for(home: Home):
    konto = replace(named(home.konto, "karin"), door="assistant")
    _, ask = tools()["customer"]
    ask(Asking(konto, NOW, translator("en")), {"customer": "G-1"})
    assert noted(home) == [(who(home, "karin"), "assistant", "looked", customer(home, "G-1"), "customer")]


def test_rights_that_change_are_noted_with_what_they_were(home: Home):
    home.konto.publish("people", PEOPLE.replace('roles = ["auditor"]', 'roles = ["auditor", "admin"]'))
    assert noted(home) == [
        ("local", "machine", "roles_changed", who(home, "alma"), "auditor > admin,auditor from 2026-03-12")
    ]


# -- the same at each door ----------------------------------------------------------------------------

QUESTIONS: dict[str, tuple[Any, str, Sequence[str]]] = {
    # the page's question, the address, the command
    "customers": (lambda pages, who: pages.customers(who, CustomersAsked()), "/customers", ("statement", "L-1")),
    "another's": (
        lambda pages, who: pages.account(who, found(pages, "G-1"), "all"), "/customers/G-1", ("statement", "G-1"),
    ),
    "promises": (lambda pages, who: pages.promises(who, PromiseFilter()), "/promises", ("promises",)),
    "contacts": (lambda pages, who: pages.contacts(who, ContactsAsked()), "/contacts", ("contacts",)),
    "incidents": (lambda pages, who: pages.incidents(who, IncidentsAsked()), "/incidents", ("incidents",)),
    "figures": (lambda pages, who: pages.overview(who, PERIOD), "/kpis", ("kpi", "on_time_rate")),
    "alerts": (
        lambda pages, who: pages.deliveries(who, DeliveriesAsked("all", None, None)), "/alerts", ("alerts", "list"),
    ),
    "timeline": (
        lambda pages, who: pages.timeline(who, found(pages, "L-1"), ALL_TIME),
        "/customers/L-1/timeline", ("audit", "timeline", "L-1"),
    ),
    "looks": (lambda pages, who: pages.looks(who, LooksAsked()), "/looks", ("audit", "looks")),
}  # fmt: skip


def found(pages: Pages, own: str) -> str:
    return pages.konto.library.customer_ids(own)[0]


def command(home: Home, name: str, arguments: Sequence[str]) -> bool:
    """Whether somebody who may type commands, and has the roles of this person, is answered."""
    person = home.konto.steering.people.at(NOW).find(name)
    assert person is not None
    world = World({}, clock=lambda: NOW, asker=Asker(person.id, frozenset(person.roles)))
    code = COMMAND.main(["--home", str(home.konto.home), *arguments], obj=world, standalone_mode=False)
    assert code in (None, 0, 2)
    return code != 2


@pytest.mark.parametrize("what", QUESTIONS)
def test_the_same_question_by_the_same_person_is_answered_or_refused_alike_at_each_door(
    home: Home, api: Api, what: str, capsys: pytest.CaptureFixture[str]
):
    pages, (ask, path, arguments) = Pages(home.konto), QUESTIONS[what]
    answered = []
    for seed, name in enumerate(("lutz", "karin", "alma", "ada"), start=1):
        try:
            shown = ask(pages, reader(name))
            on_a_page = shown is not None and not isinstance(shown, Refusal)
        except NotAllowed:
            on_a_page = False
        answer = api.ask("GET", path, key=key(home, seed, person=name))
        assert on_a_page == (answer.status == 200) == command(home, name, arguments), (what, name)
        assert on_a_page or answer.json["code"] == ("not_found" if what == "another's" else "not_allowed")
        answered.append(on_a_page)
    assert any(answered)


# -- who may know -------------------------------------------------------------------------------------


def test_who_looked_is_told_to_auditors_and_admins_alone_in_words_and_as_data(home: Home, api: Api):
    pages, g1 = Pages(home.konto), customer(home, "G-1")
    pages.account(reader("karin"), g1, "all")
    for name in ("lutz", "karin"):
        assert isinstance(pages.looks(reader(name), LooksAsked(g1)), Refusal)
    for name in ("alma", "ada"):
        found = pages.looks(reader(name), LooksAsked(g1))
        assert not isinstance(found, Refusal)
        row = found.rows[-1]
        assert (row.who, row.text, row.door, row.page) == (
            "Karin Roth", f"looked at {PLANTED[1]}", "on the pages", "account",
        )  # fmt: skip
    told = api.ask("GET", "/looks?customer=G-1&person=karin", key=key(home, person="alma")).json["rows"]
    assert [(each["person"], each["what"], each["customer"], each["page"]) for each in told] == [
        ("karin", "looked", "crm:G-1", "account")
    ]


def test_the_table_and_the_paper_of_an_audit_tell_who_looked_to_whoever_may_know(home: Home):
    from wiring.printing import timeline as printing

    pages, g1 = Pages(home.konto), customer(home, "G-1")
    pages.account(reader("karin"), g1, "all")
    for name, tells in (("alma", True), ("karin", False)):
        file = pages.timeline_file(reader(name), g1, ALL_TIME, "csv")
        assert file is not None
        assert (f"looked at {PLANTED[1]}" in file.content.decode("utf-8-sig")) == tells, name
        konto = replace(home.konto, asker=Asker(name, frozenset({"auditor" if tells else "manager"})))
        found = audit.timeline(konto.log, konto.library, konto.asker, g1, Moment(NOW))
        asking = Asking(konto, NOW, translator("en"))
        paper = printing.paper(asking, printing.Seen(found, found.entries, Moment(NOW)))
        told = [row["text"] for row in paper["looks"]]
        assert (f"Karin Roth: looked at {PLANTED[1]}" in told) == tells
        assert printing.pdf(asking, printing.Seen(found, found.entries, Moment(NOW))).startswith(b"%PDF")


def test_konto_audit_looks_finds_by_customer_person_kind_and_time(home: Home):
    konto = CommandLine(home.konto.home, now=NOW + timedelta(hours=1))
    Pages(home.konto).account(reader("karin"), customer(home, "G-1"), "all")
    Pages(home.konto).account(reader("alma"), customer(home, "G-2"), "all")

    def found(*options: str) -> list[tuple[str | None, str, str | None]]:
        told = konto("audit", "looks", "--json", *options).json
        return [(each["person"], each["what"], each["customer"]) for each in told]

    assert found() == [("alma", "looked", "crm:G-2"), ("karin", "looked", "crm:G-1")]
    assert found("--person", "karin@example.com") == [("karin", "looked", "crm:G-1")]
    assert found("--customer", "G-2")[1:] == [("alma", "looked", "crm:G-2")], "who asks has looked as well"
    assert found("--what", "signed_in") == []
    assert found("--since", "2026-03-12T09:00:00+01:00", "--what", "looked")[1:] == []
    assert len(found("--limit", "1")) == 1
    assert "Niemand" in konto("audit", "looks", "--person", "niemand", "--lang", "de", code=2).err.title()
    said = konto("audit", "looks", "--person", "alma", "--lang", "de").out
    assert "Alma Prüfer" in said
    assert f"hat {PLANTED[2]} angesehen" in said


def test_a_person_is_told_which_roles_looked_and_when_and_nobodys_name(home: Home, tmp_path: Any):
    Pages(home.konto).account(reader("karin"), customer(home, "G-1"), "all")
    konto = CommandLine(home.konto.home, now=NOW + timedelta(hours=1))
    file = konto("access", "G-1", "--out", str(tmp_path), "--json").json["files"]["json"]
    recipients = json.loads(Path(file).read_text("utf-8"))["information"]["recipients"]
    looked = [each for each in recipients if each.startswith("Haben Ihre Daten angesehen")]
    assert [each.partition(",")[0] for each in looked] == [
        "Haben Ihre Daten angesehen: unsere Leute",
        "Haben Ihre Daten angesehen: unsere Leute",
    ]
    assert not any("Karin" in each for each in recipients)


# -- when it cannot be noted --------------------------------------------------------------------------


def test_what_cannot_be_noted_is_not_shown_and_the_machines_own_work_goes_on(home: Home, api: Api):
    from wiring.worker import run_tick

    pages, text = Pages(home.konto), key(home, person="karin")
    with home.konto.journal.store.updating() as cursor:
        cursor.execute("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(JournalAway):
        pages.account(reader("karin"), customer(home, "G-1"), "all")
    answer = api.ask("GET", "/customers/G-1", key=text)
    assert (answer.status, answer.json["code"]) == (503, "journal_away")
    assert PLANTED[1] not in answer.text
    assert api.ask("GET", "/kpis", key=text).status == 200, "figures are nobody's"
    konto = CommandLine(home.konto.home, now=NOW)
    assert "festhalten" in konto("statement", "G-1", code=1).err
    run_tick(home.konto)


def test_a_page_that_cannot_be_noted_says_so_in_a_sentence_and_shows_no_name(home: Home):
    with home.konto.journal.store.updating() as cursor:
        cursor.execute("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    user = {"is_logged_in": True, "email": "karin@example.com", "roles": [], "at": int(NOW.timestamp())}
    with answered_by(Pages(home.konto)):
        for place in ("account", "promises", "timeline", "morning"):
            app = opened(place, user=user, lang="de")
            shown = "".join(str(getattr(each, "proto", "")) for each in (*app.main, *app.sidebar))
            assert "darum wird nichts Persönliches gezeigt" in shown, place
            assert not any(name in shown for name in PLANTED), place


def test_the_token_that_opens_the_pages_is_noted_and_a_wrong_one_too(home: Home, tmp_path: Any):
    import asyncio

    from dashboard.login import Login, TokenFile

    heard, sent = list[Any](), list[Any]()
    tokens = TokenFile(tmp_path / "token")
    tokens.put("right")
    login = Login(never, tokens, 8501, lambda *told: heard.append(told))

    async def send(message: Any) -> None:
        sent.append(message)

    for token in ("wrong", "right", "right"):
        headers = [(b"host", b"127.0.0.1:8501")]
        scope = {
            "type": "http", "method": "GET", "path": "/", "query_string": f"token={token}".encode(), "headers": headers,
        }  # fmt: skip
        asyncio.run(login(scope, never, send))
    assert heard == [
        ("sign_in_refused", None, "token"), ("signed_in", None, "token"), ("sign_in_refused", None, "token"),
    ]  # fmt: skip


async def never(*args: Any) -> Any:
    raise AssertionError("nobody was let in")


# -- old entries --------------------------------------------------------------------------------------


def test_entries_go_after_the_time_that_is_set_up_to_the_last_attested_one(home: Home):
    from wiring import attesting

    keep, konto = home.konto.settings.audit.looks_kept, home.konto
    assert keep == timedelta(days=730.5)

    def look(n: int) -> None:
        for number in range(n):
            konto.journal.note(Look("local", "api", "exported", f"customer-{number}"), home.clock())

    look(3)
    attesting.attest(konto)
    home.clock.now = NOW + timedelta(days=300)
    konto.publish("people", PEOPLE + "\n")  # so that the log has grown
    look(2)
    attesting.attest(konto)
    assert looking.tidy(konto, NOW + keep - timedelta(days=1), keep) == 0
    home.clock.now = NOW + keep + timedelta(days=1)
    assert looking.tidy(konto, home.clock.now, keep) == 3
    assert looking.tidy(konto, home.clock.now, keep) == 0
    left: list[Entry] = list(konto.journal.every())
    assert [(each.number, each.what) for each in left] == [(4, "exported"), (5, "exported"), (6, "cut")]
    found = attesting.verify(konto, [], attesting.keys(konto).public)
    assert found.is_ok
    assert found.journal.told()["cut"] == 3

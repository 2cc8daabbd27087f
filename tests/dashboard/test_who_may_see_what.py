"""Every page and every role on a real home: what is shown, and that another owner's customers are nowhere.

Each page is opened as somebody who signed in, through Streamlit's own test runner and `dashboard.answers`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from dashboard import data, places
from dashboard.answers import rights
from dashboard.answers.home import Home
from dashboard.shapes.adviser import AdviceAsked
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.behind import Behind, CustomersBehindAsked
from dashboard.shapes.captured import Said
from dashboard.shapes.contacts import ContactsAsked
from dashboard.shapes.customers import CustomersAsked
from dashboard.shapes.deeds import Doing
from dashboard.shapes.deliveries import DeliveriesAsked, DeliveriesPage
from dashboard.shapes.incidents import IncidentsAsked
from dashboard.shapes.looks import LooksAsked
from dashboard.shapes.overview import OverviewAsked
from dashboard.shapes.per_person import OpeningAsked
from dashboard.shapes.periods import Period
from dashboard.shapes.promises import PromiseFilter
from dashboard.shapes.publishing import Kind
from dashboard.shapes.record import RecordAsked
from dashboard.shapes.signing_in import SignedIn
from dashboard.shapes.timeline import FileForm, TimelineAsked
from domain.errors import Refused
from domain.roles import Role
from tests.dashboard.reading import answered_by, opened
from tests.dashboard.signed_in import PLANTED, TELLS, filled, seen, settings
from tests.homes import open_at
from tests.notation import at
from wiring.worker import run_tick

NOW = at("2026-03-12T08:30")
PERIOD = OverviewAsked(Period(date(2026, 1, 1), date(2026, 3, 12)))
WHO = {"owner": "lutz", "manager": "karin", "auditor": "alma", "admin": "ada", "nobody": "stranger"}
PLANTED_OWNER = "Ines Vogt"
PLANTED_PROMISE = "crm:Therme"

SEES, OWN, PARTS, NO = "sees", "own", "parts", "no"
"""The planted names stand there; only what is one's own; something else, without them; none of the reader's pages."""

MAY: dict[str, dict[str, Any]] = {
    # by address: what each role gets; the address parameters that ask for what is another's
    "morning": {
        "owner": OWN, "manager": SEES, "auditor": SEES, "admin": SEES,
        "asks": ({"owner": PLANTED_OWNER},),
    },
    "adviser": {
        "owner": OWN, "manager": SEES, "auditor": SEES, "admin": NO,
        "asks": ({"customer": "{planted}", "owner": PLANTED_OWNER}, {"text": "Geheimrat"}),
    },
    "account": {
        "owner": OWN, "manager": SEES, "auditor": SEES, "admin": SEES,
        "asks": (
            {"customer": "{planted}"}, {"text": "Geheimrat"}, {"order": "name", "page": "2"},
            {"order": "silent"}, {"behind": "silence"}, {"behind": "referral_rate"},
        ),
    },
    "promises": {
        "owner": OWN, "manager": SEES, "auditor": SEES, "admin": NO,
        "asks": (
            {"owner": PLANTED_OWNER}, {"state": "overdue"}, {"outcome": "all"},
            {"behind": "on_time_rate"}, {"outcome": "all", "customer": "{planted}"},
        ),
    },
    "promise": {
        "owner": PARTS, "manager": PARTS, "auditor": PARTS, "admin": NO,
        "asks": ({"promise": "{promise}"},),
    },
    "contacts": {
        "owner": OWN, "manager": SEES, "auditor": SEES, "admin": NO,
        "asks": ({"state": "all", "owner": PLANTED_OWNER}, {"state": "all", "customer": "{planted}"}),
    },
    "incidents": {
        "owner": OWN, "manager": SEES, "auditor": SEES, "admin": NO,
        "asks": ({"state": "all", "owner": PLANTED_OWNER}, {"state": "all", "customer": "{planted}"}),
    },
    "timeline": {
        "owner": NO, "manager": SEES, "auditor": SEES, "admin": SEES,
        "asks": ({"customer": "{planted}"}, {"text": "Geheimrat"}),
    },
    "overview": {"owner": OWN, "manager": SEES, "auditor": SEES, "admin": NO, "asks": ({"period": "52w"},)},
    "team": {"owner": NO, "manager": PARTS, "auditor": NO, "admin": NO, "asks": ()},
    "deliveries": {
        "owner": OWN, "manager": SEES, "auditor": SEES, "admin": SEES,
        "asks": ({"owner": PLANTED_OWNER}, {"state": "all"}),
    },
    "suppliers": {"owner": PARTS, "manager": PARTS, "auditor": PARTS, "admin": NO, "asks": ()},
    "rules": {"owner": PARTS, "manager": PARTS, "auditor": PARTS, "admin": PARTS, "asks": ()},
    "people": {"owner": PARTS, "manager": PARTS, "auditor": PARTS, "admin": PARTS, "asks": ()},
    "operations": {"owner": NO, "manager": PARTS, "auditor": NO, "admin": PARTS, "asks": ()},
    "meaning": {"owner": NO, "manager": PARTS, "auditor": PARTS, "admin": NO, "asks": ()},
    "what-if": {"owner": NO, "manager": PARTS, "auditor": PARTS, "admin": NO, "asks": ()},
}  # fmt: skip


HELPERS = {"leads", "link", "address", "asked", "view"}
HAS_NAMES = ("morning", "account", "promises", "contacts", "incidents", "timeline", "overview", "deliveries")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("roles")
    (folder / "settings.toml").write_text(settings("https://konto.example.com", "https://login.example.com"))
    home = open_at(folder)
    home.clock.now = at("2026-03-01T08:00")
    filled(home)
    home.clock.now = NOW
    run_tick(home.konto)
    home.konto.catch_up()
    with answered_by(Home(home.konto)) as found:
        yield found
    home.close()


def who(name: str) -> SignedIn:
    return SignedIn(f"{name}@example.com", (), NOW)


def reader(role: str) -> Reader:
    return Reader(who(WHO[role]), "en", ZoneInfo("Europe/Berlin"))


def claims(name: str) -> dict[str, Any]:
    """What the cookie of somebody says who signed in."""
    at = int(NOW.timestamp())
    return {"is_logged_in": True, "email": f"{name}@example.com", "roles": [], "at": at}


def address(role: str, place: str) -> str:
    """The page that opens without an address has none of its own."""
    return "" if place == "overview" and MAY[place].get(role, NO) != NO else place


def on_the_wire(app: Any) -> str:
    """All that a browser would get, and not only what a test can read easily."""
    return "".join(str(getattr(element, "proto", "")) for element in (*app.main, *app.sidebar))


def shown(role: str, place: str, **asked: str) -> str:
    """Everything that reaches the browser of somebody with this role."""
    return on_the_wire(opened(address(role, place), user=claims(WHO[role]), lang="en", **asked))


@pytest.fixture(scope="module")
def planted(pages: Home) -> str:
    return pages.konto.library.customer_ids("G-2")[0]


def test_every_page_stands_in_the_table_and_every_role_in_every_row():
    addresses = {places.address(place) for place in places.NEEDS}
    assert addresses == MAY.keys()
    public = {name for name, each in vars(places).items() if inspect.isfunction(each) and not name.startswith("_")}
    assert {each.__name__ for each in places.NEEDS} == public - HELPERS
    for row in MAY.values():
        assert row.keys() == {*get_args(Role), "asks"}


@pytest.mark.parametrize("role", get_args(Role))
def test_each_role_sees_on_every_page_what_is_theirs(role: str, pages: Home, planted: str):
    may = pages.firm(reader(role)).may
    for place, row in MAY.items():
        leads = places.leads(getattr(places, place.replace("-", "_")), may)
        assert leads == (row[role] != NO), (role, place)
        told = shown(role, place)
        if not leads:
            assert "This page is not one of yours." in told, (role, place)
            continue
        assert "could not be shown" not in told, (role, place)
        assert "Your role does not include this" not in told, (role, place)
        if row[role] == SEES and place in HAS_NAMES:
            assert seen(told), (role, place)
        if row[role] in (OWN, PARTS):
            assert seen(told) == [], (role, place)


def test_no_address_leads_an_owner_to_anothers_names(pages: Home, planted: str):
    for place, row in MAY.items():
        for asked in row["asks"] if row["owner"] != NO else row["asks"][:1]:
            told = shown(
                "owner",
                place,
                **{name: value.format(planted=planted, promise=PLANTED_PROMISE) for name, value in asked.items()},
            )
            assert seen(told) == [], (place, asked)
            assert "could not be shown" not in told, (place, asked)


def test_whoever_is_none_of_the_people_sees_one_sentence_whatever_the_address(pages: Home, planted: str):
    for place in ("account", "overview", "rules"):
        told = shown("nobody", place, customer=planted)
        assert "You are signed in, but you do not belong here yet" in told
        assert seen(told, (*TELLS, "Kessler", "Petra", "Ines", "Karin")) == []


def test_a_manager_is_led_to_the_planted_names_by_every_address_that_asks_for_them(pages: Home, planted: str):
    """So that what an owner does not see is really there to be seen."""
    for place in ("account", "contacts", "incidents", "timeline"):
        assert PLANTED[2] in shown("manager", place, customer=planted, state="all"), place


def test_an_owner_sees_their_own(pages: Home):
    assert "Petra Meier" in shown("owner", "account")
    assert "Petra Meier" in shown("owner", "promises")
    assert "Familie Wolf" in shown("owner", "incidents")
    assert "Petra Meier" in shown("owner", "contacts")


def test_an_admin_sees_an_audit_and_who_looked_without_the_parts_that_the_role_does_not_reach(
    pages: Home, planted: str
):
    told = shown("admin", "timeline", customer=planted)
    assert PLANTED[2] in told
    assert "Who looked?" in told
    for part in ("promises open", "question unanswered", "questions unanswered", "Your role does not include this"):
        assert part not in told
    assert "Who looked?" not in shown("manager", "timeline", customer=planted)
    assert "Sign-ins, refusals and rights" in shown("auditor", "timeline")


def test_an_admin_sees_an_account_without_the_parts_that_the_role_does_not_reach(pages: Home, planted: str):
    told = shown("admin", "account", customer=planted)
    assert PLANTED[2] in told
    for part in ("Open promises", "Did we keep what we promised?", "Recovery"):
        assert part not in told


# -- figures of one person ----------------------------------------------------------------------------------


def test_figures_of_one_colleague_are_shown_to_that_colleague_alone(pages: Home):
    for ask, asked in ((pages.contact_figures, ContactsAsked), (pages.incident_figures, IncidentsAsked)):
        for role in ("manager", "auditor"):
            assert not isinstance(ask(reader(role), asked("all")), Refusal)
            refused = ask(reader(role), asked("all", owner=PLANTED_OWNER))
            assert isinstance(refused, Refusal)
            assert refused.sentences[0] == "Figures of one colleague alone are not shown."
        assert not isinstance(ask(reader("owner"), asked("all", owner="Lutz Brandt")), Refusal)
        assert not isinstance(ask(reader("manager"), asked("all", owner="Karin Roth")), Refusal)
    told = shown("manager", "contacts", state="all", owner=PLANTED_OWNER)
    assert "Figures of one colleague alone are not shown." in told
    assert "Do customers get their answers?" not in told
    assert seen(told), "the list stays: it is work to be done"


# -- every question, without the pages ----------------------------------------------------------------------


def questions(pages: Home, who: Reader, customer: str) -> Iterator[tuple[str, Any]]:
    """Each question that a page can ask, once or several times, about what is another's."""
    said = Said("Angebot an Geheimrat02 bis Freitag", "x", None)
    text = "[promise]"
    yield "firm", lambda: pages.firm(who)
    yield "overview", lambda: pages.overview(who, PERIOD)
    yield "by_customer", lambda: pages.by_customer(who, PERIOD)
    yield "record_of_promises", lambda: pages.record_of_promises(who, RecordAsked(owner=PLANTED_OWNER))
    yield "record_of_promises", lambda: pages.record_of_promises(who, RecordAsked(behind=Behind("on_time_rate")))
    for name in ("silence", "referral_rate", "equal_service", "continuity"):
        asked = CustomersBehindAsked(Behind(name))
        yield "customers_behind", lambda asked=asked: pages.customers_behind(who, asked)
    yield "promise", lambda: pages.promise(who, PLANTED_PROMISE)
    yield "promises", lambda: pages.promises(who, PromiseFilter("all", PLANTED_OWNER, None))
    yield "contacts", lambda: pages.contacts(who, ContactsAsked("all", customer=customer))
    yield "contacts", lambda: pages.contacts(who, ContactsAsked("all", owner=PLANTED_OWNER))
    yield "contact_figures", lambda: pages.contact_figures(who, ContactsAsked("all", customer=customer))
    yield "incidents", lambda: pages.incidents(who, IncidentsAsked("all", customer=customer))
    yield "incidents", lambda: pages.incidents(who, IncidentsAsked("all", owner=PLANTED_OWNER))
    yield "incident_figures", lambda: pages.incident_figures(who, IncidentsAsked("all", customer=customer))
    for order in ("balance", "name", "silent"):
        yield "customers", lambda order=order: pages.customers(who, CustomersAsked("", order))
        yield "customers", lambda order=order: pages.customers(who, CustomersAsked("Geheimrat", order))
    yield "names", lambda: pages.names(who, "Geheimrat")
    yield "advice", lambda: pages.advice(who, AdviceAsked(PLANTED_OWNER, "other", None, customer))
    yield "suppliers", lambda: pages.suppliers(who)
    yield "rules", lambda: pages.rules(who)
    yield "timeline", lambda: pages.timeline(who, customer, TimelineAsked(None, None))
    for form in get_args(FileForm):
        yield "timeline_file", lambda form=form: pages.timeline_file(who, customer, TimelineAsked(None, None), form)
    for looked_at in (customer, None):
        yield "looks", lambda looked_at=looked_at: pages.looks(who, LooksAsked(looked_at))
    for span in ("month", "quarter", "all"):
        yield "account", lambda span=span: pages.account(who, customer, span)
    yield "tested", lambda: pages.tested(who, "adviser")
    yield "test", lambda: pages.test(who, "adviser", lambda done, total: None)
    yield "rulebook_texts", lambda: pages.rulebook_texts(who)
    yield "rulebook_decoded", lambda: pages.rulebook_decoded(who, text.encode())
    for kind in get_args(Kind):
        yield "document_texts", lambda kind=kind: pages.document_texts(who, kind)
        yield "document_findings", lambda kind=kind: pages.document_findings(who, kind, text)
        yield "ready_to_publish", lambda kind=kind: pages.ready_to_publish(who, kind, text)
        yield "publish", lambda kind=kind: pages.publish(who, kind, text, None)
    yield "proposed", lambda: pages.proposed(who)
    yield "propose", lambda: pages.propose(who, lambda done, total: None)
    yield "people", lambda: pages.people(who)
    yield "try_again", lambda: pages.try_again(who)
    yield "operations", lambda: pages.operations(who)
    yield "reckoned", lambda: pages.reckoned(who, text)
    yield "reckon", lambda: pages.reckon(who, text, lambda done, total: None)
    yield "morning", lambda: pages.morning(who, PLANTED_OWNER)
    yield "understand", lambda: pages.understand(who, said)
    yield "take_note", lambda: pages.take_note(who, ["alert-"])
    yield "put_off", lambda: pages.put_off(who, ["alert-"], NOW + timedelta(days=1), None)
    for does, on in (("fulfil", PLANTED_PROMISE), ("check_in", "crm:G-2"), ("resolve", "crm:Kesselexplosion")):
        yield "do", lambda does=does, on=on: pages.do(who, Doing(does, on, f"planted-{does}"))
    yield "undo", lambda: pages.undo(who, "planted")
    yield "team", lambda: pages.team(who)
    yield "figures_per_person", lambda: pages.figures_per_person(who)
    yield "close_figures", lambda: pages.close_figures(who)
    if "admin" not in rights.seen_by(pages.konto, who).asker.roles:  # who may; tests/per_person has their part
        asked = OpeningAsked("consent", "Geheimrat", None, date(2026, 12, 31))
        yield "open_figures", lambda: pages.open_figures(who, asked)
    yield "deliveries", lambda: pages.deliveries(who, DeliveriesAsked("all", PLANTED_OWNER, None))
    yield "send_again", lambda: pages.send_again(who, ["alert-"])
    yield "try_channel", lambda: pages.try_channel(who, "email")


NOT_ASKED_FOR = {"now", "acknowledge", "record", "statement_pdf", "was_refused"}
"""The clock; by the key of a link; only what `understand` has shown; what nobody is told; what is set in type."""


def answers(pages: Home, who: Reader, customer: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name, ask in questions(pages, who, customer):
        try:
            answer = ask()
        except Refused as refused:
            answer = refused
        found.setdefault(name, []).append(answer)
    return found


def test_every_question_is_asked_for_somebody_and_tells_an_owner_and_a_stranger_nothing_of_anothers(
    pages: Home, planted: str
):
    asked = {name for name, each in vars(data.Source).items() if inspect.isfunction(each) and not name.startswith("_")}
    found = answers(pages, reader("owner"), planted)
    assert found.keys() == asked - NOT_ASKED_FOR
    assert {name: seen(repr(each), [p for p in PLANTED if p != PLANTED[2]]) for name, each in found.items()} == {
        name: [] for name in found
    }
    assert {name for name, each in found.items() if seen(repr(each))} <= {"understand", "do"}, (
        "which repeat what was said"
    )
    told = answers(pages, reader("manager"), planted)
    led_there = {name for name, each in told.items() if seen(repr(each))}
    assert led_there >= {"promises", "contacts", "incidents", "customers", "names", "timeline", "account", "morning"}


def test_a_statement_is_set_in_type_for_whoever_may_see_the_account_alone(pages: Home, planted: str):
    for role in ("owner", "nobody"):
        with pytest.raises(Refused):
            pages.statement_pdf(reader(role), planted, "all")
    assert pages.statement_pdf(reader("manager"), planted, "all").startswith(b"%PDF")
    own = pages.konto.library.customer_ids("L-1")[0]
    assert pages.statement_pdf(reader("owner"), own, "all").startswith(b"%PDF")


def test_what_is_done_about_anothers_things_is_refused_and_recorded_nowhere(pages: Home, planted: str):
    head = pages.konto.log.head()
    for role in ("owner", "auditor", "admin", "nobody"):
        for name, ask in questions(pages, reader(role), planted):
            if name in ("do", "undo", "publish", "open_figures", "close_figures"):
                assert isinstance(ask(), Refusal), (role, name)
    assert pages.konto.log.head() == head


NOBODY = {
    "stranger": Reader(who("stranger"), "en", ZoneInfo("Europe/Berlin")),
    "not signed in": Reader(None, "en", ZoneInfo("Europe/Berlin")),
    "in for too long": Reader(who("karin")._replace(at=NOW - timedelta(hours=13)), "en", ZoneInfo("Europe/Berlin")),
    "at an unknown moment": Reader(who("karin")._replace(at=None), "en", ZoneInfo("Europe/Berlin")),
    "without an address": Reader(SignedIn(None, (), NOW), "en", ZoneInfo("Europe/Berlin")),
    "by an id": Reader(SignedIn("karin", (), NOW), "en", ZoneInfo("Europe/Berlin")),
    "by an alias": Reader(SignedIn("nobody@example.com", (), NOW), "en", ZoneInfo("Europe/Berlin")),
    "by a role of the service that nobody asked for": Reader(
        SignedIn("stranger@example.com", ("manager",), NOW), "en", ZoneInfo("Europe/Berlin")
    ),
}


@pytest.mark.parametrize("nobody", NOBODY.values(), ids=NOBODY.keys())
def test_whoever_is_nobody_here_is_refused_every_question(nobody: Reader, pages: Home, planted: str):
    for name, each in answers(pages, nobody, planted).items():
        for answer in each:
            assert seen(repr(answer), [*PLANTED, "Petra", "Kessler", "Lutz", "Karin", "Ines"]) == [], name
            if name == "firm":
                assert (answer.name, answer.may) == (None, frozenset())
                assert answer.presence == ("stranger" if nobody.who and nobody.who.at == NOW else "signed_out")
            elif name == "morning":
                assert not answer.may_answer
                assert not answer.may_record
                assert answer.people == ()
                assert answer.alerts.total == answer.today.total == answer.questions.total == answer.silent.total == 0
            else:
                refused = isinstance(answer, Refused | Refusal) or answer is None
                said = name == "document_findings" and "Your role does not include this" in answer[0]
                assert refused or said, (name, answer)


def test_what_waits_to_be_sent_is_counted_for_an_owner_as_far_as_it_is_theirs(pages: Home):
    def waiting(role: str) -> int:
        found = pages.deliveries(reader(role), DeliveriesAsked("all", None, None))
        assert isinstance(found, DeliveriesPage)
        return found.figures.waiting

    assert 0 < waiting("owner") < waiting("manager")


def test_a_role_of_the_service_counts_as_the_settings_say(pages: Home):
    from dashboard.answers.rights import asker_of
    from wiring.settings import LoginSettings

    people = pages.konto.steering.people.at(NOW)
    login = LoginSettings(roles_claim="groups", roles={"chiefs": "manager", "books": "auditor"})

    def asker(email: str | None, *roles: str) -> tuple[str | None, set[str]]:
        found = asker_of(SignedIn(email, roles, NOW), people, login)
        return found.person, set(found.roles)

    assert asker("lutz@example.com", "chiefs", "books", "others") == ("lutz", {"manager", "auditor"})
    assert asker("karin@example.com") == (None, set()), "the service alone says it"
    assert asker("new@example.com", "chiefs") == ("new@example.com", {"manager"})
    assert asker(None, "chiefs") == (None, set())


def test_both_languages_say_it(pages: Home):
    told = on_the_wire(opened("account", user=claims("stranger"), lang="de"))
    assert "Sie sind angemeldet" in told
    assert "Abmelden" in told

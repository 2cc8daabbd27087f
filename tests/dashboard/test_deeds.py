"""One click does the decent thing: from every page, once, with the way back, and only with one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.answers.home import Home as Pages
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.deeds import Doing
from domain.roles import Asker
from tests.dashboard.reading import answered_by, links_of, opened, text_of
from tests.homes import Home
from tests.notation import BERLIN, at, envelopes
from tests.stores import only_files

NOW = at("2026-03-12T09:00")
READER = Reader(None, "de", BERLIN)
FIRM = """
2025-12-02T08:00  Kunde K-17, namens Petra Meier, zuständig ines
2025-12-02T08:01  Kunde K-20, namens Familie Wolf, zuständig lutz
2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-13T12:00
2026-03-02T09:01  verspricht K-20 lutz "Wartung" bis 2026-03-12T17:00
2026-03-02T09:02  verspricht K-20 lutz "Kessel" bis 2026-03-10T17:00, Art delivery
2026-03-10T16:00  erfüllt
2026-03-02T09:03  verspricht K-17 ines "Badpreis" bis 2026-03-20T17:00, Art price, Preis 1000 EUR
2026-03-11T16:00  K-17 fragt "F-1", Kanal email, an ines
2026-03-11T15:00  Vorfall K-20 "V-1" complaint, von lutz
"""

pytestmark = only_files


@pytest.fixture
def pages(home: Home) -> Iterator[Pages]:
    home.take(envelopes(FIRM))
    home.clock.now = NOW
    with answered_by(Pages(home.konto)) as found:
        yield found


def told(pages: Pages) -> list[tuple[str, dict[str, Any]]]:
    """What was recorded from pages: type, and what the fact says in words."""
    log = pages.konto.log
    facts = [fact for fact in log.page(0, 1000) if fact.source == "deed"]
    return [(fact.type, fact.data.model_dump(exclude_unset=True)) for fact in log.opened(facts)]


def internal(pages: Pages, own: str) -> str:
    kinds = ("promise", "contact", "incident")
    rows = [pages.konto.views.row(f"SELECT {kind} FROM {kind}_words WHERE id = ?", (own,)) for kind in kinds]
    return next(row[0] for row in rows if row)


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def choose(app: AppTest, key: str, option: str) -> AppTest:
    app.menu_button(key=key).set_value(option).run()
    assert not app.exception
    return app


def field(app: AppTest, kind: str, name: str):
    """A field of the window that stands open."""
    (found,) = [each for each in app.get(kind) if str(each.key).startswith(f"form_{name}_")]
    return found


def record(app: AppTest) -> AppTest:
    field(app, "button", "yes").click().run()
    assert not app.exception
    return app


def test_fulfilled_with_one_click_says_so_and_is_undone_with_one(pages: Pages):
    app, offer = opened("morning"), internal(pages, "Angebot")
    assert "**Letzte Gelegenheit**" in text_of(app)
    app = press(app, f"deed_fulfil_last_call_{offer}")
    assert told(pages) == [("promise.fulfilled", {"promise": "crm:Angebot"})]
    assert "Aufgezeichnet: Petra Meier · Angebot: erfüllt." in text_of(app)
    assert "**Letzte Gelegenheit**" not in text_of(app)
    app = press(app, "deed_undo")
    assert "Rückgängig gemacht." in text_of(app)
    assert told(pages)[1][0] == "fact.retracted"
    assert "**Letzte Gelegenheit**" in text_of(app)
    app = press(app, f"deed_fulfil_last_call_{offer}")
    assert [type for type, _ in told(pages)] == ["promise.fulfilled", "fact.retracted", "promise.fulfilled"]


def test_a_move_says_whether_notice_is_in_time_and_records_what_was_offered(pages: Pages):
    app, offer = opened("promises"), internal(pages, "Angebot")
    app = press(app, f"deed_move_{offer}")
    assert "Rechtzeitig: Bescheid ist möglich bis heute" in text_of(app)
    field(app, "date_input", "due").set_value(date(2026, 3, 17))
    field(app, "text_area", "alternative").set_value("Vorab per Telefon")
    app = record(app)
    (fact,) = told(pages)
    assert fact == (
        "promise.renegotiated",
        {
            "promise": "crm:Angebot", "due": date(2026, 3, 17), "alternative": "Vorab per Telefon",
            "asked_by": "us", "agreed": True,
        },
    )  # fmt: skip
    assert "Aufgezeichnet: Petra Meier · Angebot: verschoben." in text_of(app)


def test_what_else_can_be_done_about_a_promise_stands_behind_more(pages: Pages):
    more = f"deed_more_{internal(pages, 'Wartung')}"
    app = opened("account", customer=_customer(pages, "K-20"))
    for option, fields in (
        ("plan_b", {"plan_b": "Leihgerät"}),
        ("pause", {}),
        ("take_back", {"reason": "Teil fehlt", "alternative": "Firma Kern"}),
    ):
        app = choose(app, more, option)
        for name, value in fields.items():
            field(app, "text_area", name).set_value(value)
        app = record(app)
        assert "Aufgezeichnet: Familie Wolf · Wartung" in text_of(app)
    assert told(pages) == [
        ("promise.changed", {"promise": "crm:Wartung", "plan_b": "Leihgerät"}),
        ("promise.paused", {"promise": "crm:Wartung", "cause": "customer"}),
        ("promise.withdrawn", {"promise": "crm:Wartung", "reason": "Teil fehlt", "alternative": "Firma Kern"}),
    ]


def test_a_price_asks_what_was_charged_and_a_plan_without_words_is_none(pages: Pages):
    price = internal(pages, "Badpreis")
    app = record(press(opened("promise", promise="crm:Badpreis"), f"deed_fulfil_page_{price}"))
    assert "Bitte angeben, wie viel berechnet wurde." in text_of(app)
    assert told(pages) == []
    field(app, "number_input", "amount").set_value(1040.0)
    app = record(app)
    assert told(pages) == [("promise.fulfilled", {"promise": "crm:Badpreis", "amount": 1040.0})]
    assert "Ganz erfüllt bis zum Termin, der zählt." in text_of(app)


def test_a_question_is_answered_and_a_delivery_asked_after_with_one_click_each(pages: Pages):
    app = press(opened("contacts"), f"deed_answer_{internal(pages, 'F-1')}")
    app = press(opened("morning"), "deed_follow_up_follow_up_0")
    (answered, asked) = told(pages)
    assert answered == ("contact.answered", {"contact": "crm:F-1", "channel": "email"})
    assert asked[1]["about"] == "crm:Kessel"
    assert (asked[1]["customer"], asked[1]["purpose"], asked[1]["channel"]) == ("crm:K-20", "follow_up", "phone")
    app = opened("morning")
    assert "**Nachfragen nach Lieferung**" not in text_of(app)
    assert "**Wartet auf Antwort**" not in text_of(app)


def test_a_recovery_goes_on_step_by_step_in_its_order(pages: Pages):
    incident, app = internal(pages, "V-1"), opened("incidents")
    for does in ("explain", "apologise", "ask_chance", "talk"):
        app = press(app, f"deed_{does}_{incident}")
        if does == "ask_chance":
            field(app, "text_input", "offer").set_value("Wartung umsonst")
        app = record(app)
    app = record(choose(app, f"deed_more_{incident}", "close"))
    assert [type for type, _ in told(pages)] == [
        "incident.explained", "incident.apologised", "incident.chance_asked", "incident.talked", "incident.closed",
    ]  # fmt: skip
    assert told(pages)[2][1]["offer"] == "Wartung umsonst"
    assert told(pages)[3][1]["channel"] == "in_person"


def test_a_silent_customer_is_called_from_the_account(pages: Pages):
    press(opened("account", customer=_customer(pages, "K-17")), "deed_check_in_account")
    ((type, says),) = told(pages)
    assert (type, says["customer"], says["purpose"]) == ("contact.outbound", "crm:K-17", "check_in")


def test_a_refusal_is_its_sentence_and_the_window_keeps_what_was_written(pages: Pages, home: Home):
    app = choose(opened("promises"), f"deed_more_{internal(pages, 'Wartung')}", "take_back")
    field(app, "text_area", "reason").set_value("Teil fehlt")
    pages.do(READER, Doing("fulfil", "crm:Wartung", "meanwhile"))
    app = record(app)
    assert "Die Zusage ist schon erledigt" in text_of(app)
    assert field(app, "text_area", "reason").value == "Teil fehlt"
    assert [type for type, _ in told(pages)] == ["promise.fulfilled"]


def test_an_owner_does_nothing_to_anothers_and_an_auditor_has_no_buttons(pages: Pages):
    everything = pages.konto
    pages.konto = replace(everything, asker=Asker("ines", frozenset({"owner"})))
    for does, on in (("fulfil", "crm:Wartung"), ("explain", "crm:V-1"), ("follow_up", "crm:Kessel")):
        assert isinstance(pages.do(READER, Doing(does, on, "x")), Refusal)  # type: ignore[arg-type]
    assert pages.promise(READER, "crm:Wartung") is None
    assert pages.promise(READER, "crm:Angebot") is not None
    app = opened("promise", promise="crm:Wartung")
    assert "Eine Zusage „crm:Wartung“, die Sie sehen dürfen, gibt es nicht." in text_of(app)
    assert "Familie Wolf" not in text_of(app)
    pages.konto = replace(everything, asker=Asker("karin", frozenset({"auditor"})))
    app = opened("promises")
    assert not [each for each in app.button if str(each.key).startswith("deed_")]
    assert not app.menu_button
    assert isinstance(pages.do(READER, Doing("fulfil", "crm:Wartung", "x")), Refusal)
    pages.konto = everything
    assert told(pages) == []


def test_the_page_of_a_promise_says_what_became_of_it_and_why(pages: Pages, home: Home):
    for doing in (
        Doing("move", "crm:Angebot", "m", NOW - timedelta(days=1), {"due": date(2026, 3, 16)}),
        Doing("move", "crm:Angebot", "n", None, {"due": date(2026, 3, 18), "asked_by": "customer"}),
        Doing("fulfil", "crm:Angebot", "f", None, {"degree": 0.5, "evidence": "Foto 12"}),
    ):
        assert pages.do(READER, doing) is None
    text = text_of(app := opened("promise", promise="crm:Angebot"))
    assert "50\u00a0% davon wurde erledigt. Ab der Hälfte gilt eine Zusage als teilweise gehalten." in text
    assert text.index("rechtzeitig Bescheid gegeben") < text.index("auf Wunsch des Kunden")
    assert "kein Ersatz angeboten" in text
    assert "Foto 12" in text
    assert "Konto von Petra Meier" in links_of(app)
    assert not [each for each in app.button if str(each.key).startswith("deed_")], "it is settled"
    pages.undo(READER, "f")
    text = text_of(opened("promise", promise="crm:Angebot"))
    assert "~~Angebot: erfüllt~~" in text
    assert "Fehleingabe, zählt nirgends" in text
    english = text_of(opened("promise", promise=internal(pages, "Angebot"), lang="en"))
    assert "How often was it moved?" in english


def _customer(pages: Pages, own: str) -> str:
    return str(pages.konto.views.row("SELECT customer FROM customers WHERE id = ?", (own,))[0])

"""A timeline on paper: every entry with both times, what was retracted struck through, and the checkpoint beneath."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pypdf import PdfReader

from domain.errors import Refused
from domain.roles import Asker
from projections import audit
from projections.filters import Moment
from tests.homes import Home, open_at
from tests.notation import at, envelopes
from tests.services.test_printing import HOSTILE
from verifier.note import unchecked
from wiring import attesting
from wiring.asking import Asking
from wiring.printing import press, timeline
from words import translator

NOW = at("2026-03-12T07:40")
STORY = f"""
    2026-02-02T08:00  Kunde K-17, namens Petra Meier, zuständig lutz
    2026-02-02T08:02  Kunde K-20, namens Familie Wolf, zuständig ines
    2026-02-02T09:00  verspricht K-17 lutz "Angebot" bis 2026-02-05T12:00
    2026-02-04T09:00  erfüllt
    2026-02-06T09:00  verspricht K-17 lutz "Therme liefern" bis 2026-02-10T12:00
    2026-02-12T09:00  erfüllt (erfasst 2026-03-05T08:00)
    2026-03-06T09:00  verspricht K-17 lutz "{HOSTILE.replace('"', "'")}" bis 2026-03-11T12:00
"""
MOMENT = Moment(NOW)


@pytest.fixture
def home(tmp_path) -> Iterator[Home]:
    home = open_at(tmp_path / "home")
    receipts = home.take(envelopes(STORY))
    assert [each.refused for each in receipts if each.refused] == []
    home.clock.now = NOW
    yield home
    home.close()


def seen(home: Home, asking: Asking, moment: Moment = MOMENT) -> timeline.Seen:
    (customer,) = home.rows("SELECT customer FROM customers WHERE id = 'K-17'")[0]
    konto = asking.konto
    found = audit.timeline(konto.log, konto.library, konto.asker, customer, moment)
    return timeline.Seen(found, found.entries, moment)


def asking(home: Home, lang: str = "de") -> Asking:
    return Asking(home.konto, NOW, translator(lang))


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages).replace(press.BREAK, "")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_entry_stands_there_with_both_its_times_and_who_it_came_from(home: Home, lang: str):
    asked = asking(home, lang)
    text, paper = text_of(timeline.pdf(asked, seen(home, asked))), timeline.paper(asked, seen(home, asked))

    assert len(paper["entries"]) == 6
    for row in paper["entries"]:
        # A reader of PDF gives letters that run from right to left in another order.
        row["text"] = row["text"].partition("王")[0]
        shown = "".join("".join(part.split()) for part in (*row["time"], *row["recorded"], row["text"]))
        assert shown in text
    late = [row for row in paper["entries"] if row["late"]]
    assert [row["recorded"][0] for row in late] == ["05.03.2026" if lang == "de" else "05/03/2026"]
    assert {"de": "Verlauf von Petra Meier", "en": "Timeline of Petra Meier"}[lang] == paper["title"]


def test_what_was_recorded_by_mistake_is_struck_through_with_when_and_why(home: Home):
    fact = home.konto.log.opened(home.konto.log.page(0, 4))[3]
    home.take(
        [
            {
                "specversion": "1.0", "source": "office", "id": "r1", "type": "fact.retracted",
                "time": "2026-03-10T09:00:00+01:00",
                "data": {"retracts": {"source": fact.source, "id": fact.id}, "reason": "Falscher Kunde"},
            }
        ]
    )  # fmt: skip
    home.clock.now = NOW

    rows = timeline.paper(asking(home), seen(home, asking(home)))["entries"]

    (struck,) = [row for row in rows if row["struck"]]
    assert struck["text"] == "Angebot: erfüllt"
    assert (
        struck["below"] == ["Zurückgezogen 10.03.2026, 9.01 Uhr: Falscher Kunde"]
        or "Falscher Kunde" in struck["below"][0]
    )


def test_the_paper_says_which_checkpoint_attests_its_entries(home: Home):
    without = timeline.paper(asking(home), seen(home, asking(home)))
    assert without["note"] == []
    assert "Noch bezeugt kein Prüfpunkt" in without["attested"]

    kept = attesting.attest(home.konto)
    whole = timeline.paper(asking(home), seen(home, asking(home)))
    assert whole["note"] == unchecked(kept.note).splitlines()
    assert whole["attested"].startswith("Alle Einträge liegen in dem Protokoll")
    root = whole["note"][2]
    assert root in text_of(timeline.pdf(asking(home), seen(home, asking(home))))

    later_fact = {"specversion": "1.0", "source": "crm", "id": "new", "type": "promise.made"}
    data = {"promise": "P-new", "customer": "K-17", "by": "lutz", "due": "2026-03-20"}
    (receipt,) = home.take([{**later_fact, "time": "2026-03-11T08:00:00+01:00", "data": data}])
    assert receipt.status == "recorded"
    home.clock.now = NOW
    later = timeline.paper(asking(home), seen(home, asking(home)))
    assert later["attested"].startswith("1 der Einträge")


def test_what_we_knew_then_is_all_that_stands_on_a_paper_of_then(home: Home):
    asked = asking(home)
    then = timeline.paper(asked, seen(home, asked, Moment(at("2026-03-01"), at("2026-03-01"))))

    assert [row["text"] for row in then["entries"]][-1] == "Zugesagt: Therme liefern"
    assert "Nur mit dem, was bis zum 01.03.2026" in then["about"][0]


def test_nobody_prints_the_timeline_of_another_owner(home: Home):
    other = Asking(replace(home.konto, asker=Asker("ines", frozenset({"owner"}))), NOW, translator("de"))
    with pytest.raises(Refused):
        seen(home, other)


def test_it_is_a_paper_for_keeping_and_a_customer_without_an_entry_has_one(home: Home):
    asked = asking(home)
    first, again = (timeline.pdf(asked, seen(home, asked)) for _ in range(2))

    assert first == again
    assert b"<pdfaid:part>2</pdfaid:part>" in first
    empty = timeline.paper(asked, seen(home, asked)._replace(entries=[]))
    assert press.printed(timeline.TEMPLATE, empty, NOW).startswith(b"%PDF")


def test_a_thousand_entries_are_set_within_seconds_and_have_their_heads_on_every_page(home: Home):
    asked = asking(home)
    some = seen(home, asked)
    pages = PdfReader(io.BytesIO(timeline.pdf(asked, some._replace(entries=some.entries * 170)))).pages

    assert len(pages) > 15
    assert all("Geschehen Erfasst Vorgang" in " ".join(page.extract_text().split()) for page in list(pages)[:-1])

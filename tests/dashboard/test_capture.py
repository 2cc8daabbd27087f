"""The line on top of the morning: a sentence is understood, shown, and recorded only as it was shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.answers.home import Home as Pages
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.captured import Captured, Said
from domain.roles import Asker
from tests.dashboard.reading import answered_by, opened, text_of
from tests.homes import Home
from tests.notation import BERLIN, at, envelopes

NOW = at("2026-03-11T10:00")
READER = Reader(None, "de", BERLIN)
FIRM = """
2026-03-02T08:00  Kunde K-17, namens Müller, zuständig ines
2026-03-02T08:30  Kunde K-77, namens Yilmaz, zuständig lutz
"""


@pytest.fixture
def pages(home: Home) -> Iterator[Pages]:
    home.take(envelopes(FIRM))
    home.clock.now = NOW
    with answered_by(Pages(home.konto)) as found:
        yield found


def written(app: AppTest, text: str) -> AppTest:
    app.text_input(key="capture_text").set_value(text)
    button(app, "Verstehen").click().run()
    assert not app.exception
    return app


def button(app: AppTest, label: str):
    (found,) = [each for each in app.button if each.label == label]
    return found


def promises(pages: Pages) -> list[tuple[str | None, str, str | None]]:
    rows = pages.konto.views.rows("SELECT w.what, c.id, p.belongs_day FROM promise_words w JOIN promises p "
                                  "ON p.promise = w.promise JOIN customers c ON c.customer = p.customer")  # fmt: skip
    return [tuple(row) for row in rows]


def test_a_sentence_is_shown_part_by_part_and_recorded_on_a_click(pages: Pages):
    app = written(opened("morning"), "Angebot an Müller bis Freitag")
    text = text_of(app)
    assert "Verstanden als Zusage." in text
    for part in ("Müller (K-17)", "Freitag, 13. März", "Angebot"):
        assert part in text
    assert promises(pages) == [], "nothing is recorded before somebody says yes"
    button(app, "Aufnehmen").click().run()
    assert not app.exception
    assert promises(pages) == [("Angebot", "K-17", "2026-03-13")]
    assert "Aufgenommen." in text_of(app)
    assert app.text_input(key="capture_text").value == ""


def test_what_is_missing_is_asked_back_and_another_sentence_begins_anew(pages: Pages):
    app = written(opened("morning"), "Angebot bis Freitag")
    assert [each.label for each in app.button if each.label == "Aufnehmen"] == []
    assert "Kunde" in text_of(app)
    app = written(app, "Angebot an Müller bis Freitag")
    assert "Verstanden als Zusage." in text_of(app)


def test_a_day_on_which_nobody_works_is_offered_otherwise_and_either_can_be_chosen(pages: Pages):
    app = written(opened("morning"), "Angebot an Müller bis Sonntag")
    (offer,) = [each for each in app.button if each.label.startswith("Aufnehmen mit")]
    assert "16. März" in offer.label
    offer.click().run()
    assert promises(pages) == [("Angebot", "K-17", "2026-03-16")]
    app = written(app, "Rechnung an Müller bis Sonntag")
    button(app, "Aufnehmen").click().run()
    assert ("Rechnung", "K-17", "2026-03-15") in promises(pages)


def test_what_was_left_is_not_recorded(pages: Pages):
    app = written(opened("morning"), "Angebot an Müller bis Freitag")
    button(app, "Verwerfen").click().run()
    assert "Verstanden als Zusage." not in text_of(app)
    assert promises(pages) == []


def test_recorded_twice_it_is_one_and_what_means_another_day_by_now_is_shown_again(pages: Pages, home: Home):
    said = Said("Angebot an Müller bis morgen", "0123456789abcdef", None)
    shown = pages.understand(READER, said)
    assert isinstance(shown, Captured)
    home.clock.now += timedelta(days=1)
    refused = pages.record(READER, said, shown, None)
    assert refused == Refusal(("Inzwischen wird das anders verstanden. Bitte noch einmal ansehen.",))
    assert promises(pages) == []
    home.clock.now -= timedelta(days=1)
    assert pages.record(READER, said, shown, None) is None
    assert pages.record(READER, said, shown, None) is None
    assert len(promises(pages)) == 1


def test_an_owner_notes_nothing_about_another_owners_customer_and_an_auditor_nothing_at_all(pages: Pages):
    said = Said("Angebot an Yilmaz bis Freitag", "0123456789abcdef", None)
    everything = pages.konto
    for role in ("owner", "auditor"):
        pages.konto = replace(everything, asker=Asker("ines", frozenset({role})))
        found = pages.understand(READER, said)
        assert isinstance(found, Refusal)
        assert "Yilmaz GmbH" not in str(found)
    assert pages.morning(READER, None).may_record is False
    pages.konto = everything
    assert isinstance(pages.understand(READER, said), Captured)


@pytest.mark.parametrize("text", ["   ", "<script>alert(1)</script>", "{{7*7}} $x$ %s [a](http://b) *c*", "x" * 400])
def test_whatever_is_written_is_shown_as_it_is_or_asked_back(pages: Pages, text: str):
    app = written(opened("morning"), text)
    assert promises(pages) == []
    assert "49" not in text_of(app).replace("{{7*7}}", "")

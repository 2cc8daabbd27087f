"""The operations page: one calm line where all is well, else what is the matter and what to do."""

from __future__ import annotations

from dashboard import in_force_cards, running_cards
from dashboard.answers.operations import AREAS
from dashboard.shapes.operations import Lag
from dashboard.views import operations
from dashboard.views.people import ROLES
from domain.access_key import FEED, SCOPES
from domain.roles import MAY
from tests.dashboard.reading import links_of, opened, text_of
from wiring.defaults import DEFAULTS
from wiring.settings import ROLES as SERVICES


def test_every_service_scope_role_and_document_has_words():
    assert set(running_cards.SERVICES) == set(SERVICES)
    assert set(in_force_cards.SCOPES) == {*SCOPES, FEED}
    assert set(in_force_cards.DOCUMENTS) == set(DEFAULTS)
    assert set(ROLES) == set(MAY)
    assert set(AREAS.values()) <= set(operations._AREAS)


def test_where_all_is_well_one_calm_line_says_so(firm):
    text = text_of(opened("operations"))
    assert ":green[:material/check_circle: **Alles läuft.**] :gray[Es ist nichts zu tun.]" in text
    assert "Ja: Alle 120.000 Einträge des Protokolls sind aufgenommen." in text
    assert ":material/error:" not in text
    assert "zuletzt vor 4 Sek. · in 2 Prozessen" in text
    assert "Abgelehnte Zeilen" not in text
    assert ":green[:material/check_circle:] Die neueste Sicherung ist 9 Stunden alt; aufgehoben sind 14" in text


def test_what_is_not_well_stands_on_top_with_what_to_do(firm):
    firm.unwell = True
    text = text_of(opened("operations"))
    assert "Alles läuft." not in text
    assert text.index("Der Worker steht seit 3 Stunden.") < text.index("Zeigen die Seiten alles?")
    assert "Bis Eintrag 119.400 von 120.000; im Rückstand seit heute 7:28 Uhr." in text
    assert "Starten: `konto serve`. Bis dahin wird niemand gewarnt." in text
    assert "misslingt seit heute 2:40 Uhr" in text
    assert "Den Grund zeigt: `konto mail read info`" in text
    assert "wartet auf P-9 · seit" in text
    assert "wartet wieder auf P-5; das wurde zurückgezogen" in text
    assert "Die 2, die am längsten warten, von 12; alle mit `konto parked`." in text
    assert "hook-hubspot-1a2b  \n:gray[3 Zeilen" in text
    assert "Niemand vertritt: Nennen Sie jemanden im Text über die Menschen." in text


def test_who_stands_still_is_told_on_every_page_and_can_be_tried_again_where_it_is_explained(firm):
    assert "steht still" not in text_of(opened("operations"))
    firm.unwell = True
    app = opened("morning")
    assert "2 Kunden stehen still" in text_of(app)
    assert "1 Dokument, Hinweis oder Einstellung steht still" in text_of(app)
    assert "Ansehen, was es ist" in links_of(app)
    app = opened("operations")
    text = text_of(app)
    assert "**Was ließ sich nicht verarbeiten?**\u2002:gray-badge[9]" in text
    assert "**Petra Meier**\u2002:gray[Eintrag 118.204 · mit ihm warten: 13]  \nlässt sich nicht lesen" in text
    assert "**Regelwerk**\u2002:gray[Eintrag 119.001]" in text
    assert "Die ersten 2 von 9; alle mit `konto quarantine`." in text
    (again,) = (button for button in app.button if button.label == "Noch einmal versuchen")
    again.click().run()
    assert "Noch einmal versucht; es stehen noch still: 15." in text_of(app)
    firm.unwell = False
    (again,) = (button for button in app.button if button.label == "Noch einmal versuchen")
    again.click().run()
    assert "Was ließ sich nicht verarbeiten?" not in text_of(app)


def test_the_log_read_to_its_end_is_not_called_taken_in_where_somebody_stands_still(firm, monkeypatch):
    firm.unwell, found = True, firm.operations
    monkeypatch.setattr(firm, "operations", lambda reader: found(reader)._replace(lag=Lag(120_000, 120_000, None)))
    text = text_of(opened("operations"))
    assert "Alle 120.000 Einträge des Protokolls sind gelesen. Was sich nicht verarbeiten ließ" in text
    assert "sind aufgenommen" not in text


def test_keys_show_name_scope_and_how_long_and_never_the_key(firm):
    text = text_of(opened("operations"))
    assert "**Wer hat einen Schlüssel?**\u2002:gray-badge[2]" in text
    assert "**Schlüssel 0f1e2d3c4b**" in text
    assert "lesen, Hinweise beantworten · im Namen von Lutz Brandt" in text
    assert "bis 11. Apr" in text
    assert "widerrufen 9. März" in text or "widerrufen Mo., 9. März" in text
    assert "konto_" not in text


def test_whose_roles_reach_less_sees_less(firm):
    firm.reaches_all = False
    text = text_of(opened("operations"))
    assert "Wer hat einen Schlüssel?" not in text
    assert "Was kommt von selbst herein?" not in text
    assert "Läuft der Dienst?" in text


def test_it_speaks_english_and_leads_on(firm):
    app = opened("operations", lang="en")
    assert "Everything runs." in text_of(app)
    assert "**Mehmet Kaya**\u2002:gray[until 20 Mar · Sevda Aydin stands in]" in text_of(app)
    assert {"Every delivery", "People and hours", "To the rulebook and its versions"} <= set(links_of(app))

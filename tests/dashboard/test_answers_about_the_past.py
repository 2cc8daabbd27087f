"""What the pages say of the past as a whole, from a real home: how good the figures were, and another rulebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.answers.home import Home
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.meaning import FigureTest, Judged, TooFew
from dashboard.shapes.what_if import WhatIf
from domain.roles import Asker
from domain.rulebook import default_text
from tests.homes import Home as RealHome
from tests.homes import open_at
from tests.notation import at, envelopes

READER = Reader(None, "de", ZoneInfo("Europe/Berlin"))
ENGLISH = READER._replace(lang="en")
FIRST = date(2025, 9, 1)
PROMISES = 120


def _story() -> Iterator[str]:
    """A promise a day to one of six customers; every third comes two days late, and the feedback follows."""
    for number in range(PROMISES):
        day, late = FIRST + timedelta(days=number), number % 3 == 0
        came = day + timedelta(days=5 if late else 2)
        said = 1 if late or number % 20 == 1 else 5
        yield f'{day}T09:00  verspricht K-{number % 6} lutz "P{number}" bis {day + timedelta(days=3)}T12:00'
        yield f"{came}T09:00  erfüllt"
        yield f'{came + timedelta(days=1)}T10:00  Rückmeldung ? {said}, über "P{number}"'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHome]:
    home = open_at(tmp_path_factory.mktemp("past"))
    receipts = home.take(envelopes("\n".join(_story())))
    assert [each.refused for each in receipts if each.refused] == []
    home.clock.now = at("2026-01-20T07:40")
    yield home
    home.close()


@pytest.fixture
def pages(home: RealHome) -> Home:
    """With nothing kept yet."""
    return Home(home.konto)


def _untold(done: int, total: int) -> None:
    pass


def test_a_figure_is_not_tested_before_somebody_asks_and_then_kept(pages, monkeypatch):
    assert pages.tested(READER, "adviser") is None
    found = pages.test(READER, "adviser", _untold)
    monkeypatch.setattr("projections.meaning.of_adviser", None)
    assert pages.tested(READER, "adviser") == found == pages.test(READER, "adviser", _untold)
    assert pages.tested(READER, "account") is None


def test_the_account_is_tested_with_each_class_its_interval_and_the_guess(pages):
    told = []
    found = pages.test(READER, "account", lambda done, total: told.append((done, total)))
    assert told[-1] == (6, 6)
    assert isinstance(found, FigureTest)
    assert found.begins.startswith("Geprüft ab ")
    every, fulfilled = found.groups
    assert isinstance(every, Judged)
    assert every.title == "Alle Zusagen"
    assert fulfilled.title == "Nur die erfüllten"
    assert sum(each.came.denominator for each in every.classes) == 60
    for each in every.classes:
        assert each.came.low <= each.came.value <= each.came.high
    best, *_, worst = every.classes
    assert best.said < best.came.low + 0.1
    assert worst.said > 0.8
    assert worst.came.low > 0.6
    assert 0.3 < every.guess.said < 0.45
    assert every.verdict == "Es weiß also mehr, als wer nur rät."
    assert every.verdict in every.sentences
    assert every.sentences[-1] == "Beruht auf 60 Rückmeldungen."


def test_the_reader_of_what_is_kept_decides_its_language(pages):
    pages.test(READER, "account", _untold)
    assert pages.tested(ENGLISH, "account").groups[0].title == "All promises"


def test_of_few_feedbacks_nothing_is_claimed(tmp_path):
    home = open_at(tmp_path)
    home.take(envelopes("\n".join(list(_story())[:30])))
    found = Home(home.konto).test(READER, "account", _untold)
    home.close()
    assert found.groups == (
        TooFew("Alle Zusagen", "Noch keine Aussage: zu wenige Fälle."),
        TooFew("Nur die erfüllten", "Noch keine Aussage: zu wenige Fälle."),
    )


def test_what_was_recorded_since_is_said_and_asked_for_anew(tmp_path):
    home = open_at(tmp_path)
    home.take(envelopes("\n".join(list(_story())[:60])))
    pages = Home(home.konto)
    before = pages.test(READER, "adviser", _untold)
    assert not before.newer
    home.take(envelopes("2026-01-02T09:00  Kunde K-99, namens Frau Neu [new]"))
    assert pages.tested(READER, "adviser").newer
    after = pages.test(READER, "adviser", _untold)
    home.close()
    assert not after.newer
    assert after.at > before.at


def test_under_the_same_rulebook_nothing_would_be_different(pages):
    text = pages.rulebook_texts(READER).today
    assert text == default_text() == pages.rulebook_texts(READER).shipped
    assert pages.reckoned(READER, text) is None
    found = pages.reckon(READER, text, _untold)
    assert found.headline == "Nichts wäre anders: Alle 6 Konten kommen gleich heraus."
    assert (found.changed, found.differences, found.listed) == (0, (), ())


def test_another_rulebook_shows_whose_account_would_differ_and_changes_nothing(pages, home):
    before = home.konto.log.head()
    text = default_text().replace("kept = 4 ", "kept = 1 ")
    found = pages.reckon(READER, text, _untold)
    assert isinstance(found, WhatIf)
    assert (found.accounts, found.changed, found.to_list, len(found.listed)) == (6, 4, 4, 4)
    assert found.headline.startswith("4 von 6 Kontoständen wären anders")
    assert sum(each.accounts for each in found.differences) == 4
    assert all(each.then < each.today for each in found.listed)
    falls = [each.today - each.then for each in found.listed]
    assert falls == sorted(falls, reverse=True)
    assert sum(today for _, today, _ in found.stages) == sum(then for *_, then in found.stages) == 6
    assert home.konto.log.head() == before
    assert pages.rulebook_texts(READER).today == default_text()


def test_an_unsound_rulebook_is_refused_with_line_and_remedy(pages):
    text = default_text().replace("kept = 4 ", "kpt = 4 ")
    findings = pages.document_findings(READER, "rulebook", text)
    assert len(findings) == 2
    assert any("Zeile 8, promise.kpt: „kpt“ ist hier nicht bekannt" in each for each in findings)
    assert pages.reckon(READER, text, _untold) == Refusal(findings)
    assert pages.reckoned(READER, text) is None


def test_a_file_in_another_encoding_is_refused_in_words(pages):
    assert pages.rulebook_decoded(READER, "\ufeffä = 1".encode()) == "ä = 1"
    assert pages.rulebook_decoded(READER, "ä = 1".encode("latin-1")) == Refusal(
        ("Diese Datei ist nicht in UTF-8 geschrieben. Bitte so speichern.",)
    )


def test_whose_roles_do_not_reach_so_far_is_told_so_and_sees_nothing(home):
    kept = Home(home.konto)
    kept.test(READER, "adviser", _untold)
    owner = Home(replace(home.konto, asker=Asker("lutz", frozenset({"owner"}))))
    owner.kept = kept.kept
    answers = [
        owner.tested(READER, "adviser"),
        owner.test(READER, "adviser", _untold),
        owner.rulebook_texts(READER),
        owner.reckoned(READER, default_text()),
        owner.reckon(READER, default_text(), _untold),
    ]
    assert all(isinstance(each, Refusal) for each in answers)
    assert "{" not in answers[0].sentences[0]

"""Figures of everybody's contacts are found by narrower questions: these find what asking contact by contact finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from domain.roles import LOCAL_USER, Asker
from projections.filters import Filter, Moment
from projections.kpis import Question
from projections.kpis import contacts as figures
from projections.kpis.question import Cells
from tests.homes import Home
from tests.notation import Given, at

NAMES = [each.name for each in figures.FIGURES]
MOMENTS = ("2026-03-03T10:00", "2026-03-05T09:00", "2026-03-12T12:00", "2026-07-01")
PERIODS = (
    (None, None),
    ("2026-03-02T12:00", "2026-03-10T09:00"),
    ("2026-03-03T08:00", None),
    (None, "2026-03-09T08:00"),
)
"""The edges lie on contacts."""


@pytest.fixture
def asked(home: Home, given: Given) -> Home:
    """By four channels and none: in time, late, never, asked again, corrected, and told of only days later."""
    home.take(
        given(
            """
            2026-03-02T09:00  K-17 fragt "A", Kanal email, an lutz
            2026-03-02T12:00  K-17 hakt nach "B" zu "A", Kanal email
            2026-03-02T15:00  beantwortet "A", von ines
            2026-03-03T08:00  K-18 fragt "C", Kanal phone
            2026-03-03T09:00  K-18 fragt "Danke", Kanal phone, braucht keine Antwort
            2026-03-03T10:00  meldet sich "D" bei K-18, Zweck check_in, von ines
            2026-03-04T09:00  K-19 fragt "E", Kanal chat, an ines
            2026-03-09T08:00  beantwortet "E", von ines
            2026-03-05T11:00  K-20 fragt "F", an lutz  [f]
            2026-03-06T11:00  zieht zurück [f]
            2026-03-05T12:00  K-21 fragt "G", Kanal email  (erfasst 2026-03-11T12:00)
            2026-03-09T09:00  K-22 fragt "H"
            2026-03-10T09:00  K-22 hakt nach "I" zu "H"
            2026-03-11T09:00  beantwortet "I", von lutz  (erfasst 2026-03-13T09:00)
            2026-03-12T12:00  K-17 fragt "J", Kanal portal
            """
        ).envelopes
    )
    return home


def questions() -> Iterator[Question]:
    for moment, known, (start, end), by, per in product(
        MOMENTS, (None, *MOMENTS), PERIODS, (None, "channel"), (None, "week")
    ):
        if known is None or known <= moment:
            asked = Question(Moment(at(moment), at(known) if known else None), by=by, per=per)
            yield replace(asked, start=at(start) if start else None, end=at(end) if end else None)


def found(home: Home, question: Question, asker: Asker = LOCAL_USER) -> Cells:
    return figures.cells(home.konto.library, asker, question, NAMES)


def test_everybodys_figures_are_those_that_are_found_contact_by_contact(
    asked: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = set()
    for question in questions():
        quickly = found(asked, question)
        with monkeypatch.context() as patched:
            patched.setattr(figures, "_is_of_all", lambda *_: False)
            assert quickly == found(asked, question), question
        told |= {(name, question.by, question.per, question.moment.known is None) for _, _, name in quickly}
    assert len(told) == len(NAMES) * 2 * 2 * 2


def test_whoever_sees_their_own_alone_or_asks_for_some_is_not_told_everybodys(asked: Home) -> None:
    now = Question(Moment(at(MOMENTS[-1])))
    everybody = found(asked, now)[None, None, "chase_rate"].denominator
    lutz = Asker("lutz", frozenset({"owner"}))
    for question, asker in (
        (replace(now, filter=Filter({"owner": "lutz"})), lutz),
        (replace(now, filter=Filter({"channel": "phone"})), LOCAL_USER),
        (replace(now, filter=Filter({"customer": "K-17"})), LOCAL_USER),
    ):
        cells = found(asked, question, asker)
        assert sum(each.denominator for (_, _, name), each in cells.items() if name == "chase_rate") < everybody

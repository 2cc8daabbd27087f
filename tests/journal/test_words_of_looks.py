"""Where somebody looked is said in the reader's words, whatever the journal calls it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from dashboard.answers import home, per_person
from dashboard.shapes.timeline import FileForm
from tests.homes import Home, open_at
from tests.notation import at, envelopes
from tests.stores import lasting_folder
from verifier.journal import Entry
from wiring.told.looks import PAGES, Teller
from words import translator


def called() -> Iterator[str]:
    """What the dashboard's questions call the page in the journal."""
    for node in ast.walk(ast.parse(Path(home.__file__).read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("seen", "shown"):
            match node.args[2]:
                case ast.Constant(str(name)):
                    yield name
                case ast.JoinedStr():
                    yield from (f"timeline {form}" for form in get_args(FileForm))
                case other:
                    raise AssertionError(ast.dump(other))


def test_every_page_of_the_dashboard_has_a_name_for_readers() -> None:
    assert {*called(), per_person.PAGE} == set(PAGES)


@pytest.fixture
def firm(request: pytest.FixtureRequest) -> Iterator[Home]:
    firm = open_at(lasting_folder("sqlite", "words-of-looks", request))
    firm.take(envelopes('2026-03-02T09:00  Kunde K-1, namens "Meier"'))
    yield firm
    firm.close()


@pytest.mark.parametrize(
    ("door", "what", "beside", "said"),
    [
        ("dashboard", "looked", "timeline", "Prüfung"),
        ("dashboard", "listed", "contacts by=channel,owner page=2", "Kontakte"),
        ("dashboard", "exported", "timeline pdf", "Prüfung als PDF"),
        ("dashboard", "signed_in", "roles=manager", ""),
        ("dashboard", "refused", "audit", ""),
        ("command line", "looked", "statement", "statement"),
        ("command line", "roles_changed", "owner > owner,manager from 2026-03-02", ""),
        ("dashboard", "refused", "more", ""),
    ],
)
def test_what_stands_beside_is_a_name_or_nothing(firm: Home, door: str, what: str, beside: str, said: str) -> None:
    moment = at("2026-03-03T10:00")
    entry = Entry(1, moment.isoformat(), "local", door, what, "", beside, 1, b"")
    assert Teller(firm.konto, moment, translator("de"), [entry]).told(entry).beside == said

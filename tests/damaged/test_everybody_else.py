"""Whatever entry of the log can no longer be read: every question about anything else is answered as before.

Both where it was damaged after it had been taken in, so that the tables still know of it, and where they were built
anew since, so that somebody stands still.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.answers.home import Home as Pages
from dashboard.shapes.asking import Reader, Refusal
from domain.store import Row
from tests.cli.home import Konto
from tests.damaged.damage import damaged, entries, keys_damaged, newest, texts_damaged
from tests.dashboard import test_who_may_see_what as asked
from tests.dashboard.signed_in import filled
from tests.homes import Home, open_at
from tests.notation import at
from wiring import access, feeding
from wiring.worker import run_tick, set_rates

READER = Reader(None, "en", ZoneInfo("Europe/Berlin"))
DEEDS = {
    "publish", "do", "undo", "open_figures", "close_figures", "try_channel", "send_again", "take_note", "put_off",
    "try_again", "test", "propose",
}  # fmt: skip
"""Not asked here: they change something, or take long."""
COMMANDS = (
    ("parked",), ("kpi",), ("kpi", "--by", "owner"), ("promises",), ("contacts",), ("incidents",), ("retention",),
    ("retention", "--due"), ("procedure",), ("quarantine",), ("tick",), ("backtest", "account"), ("audit", "looks"),
    ("rules", "show"), ("rules", "history"), ("people", "show"), ("people", "history"), ("calendars", "history"),
    ("alerts", "list"), ("alerts", "channels"), ("keys", "list"), ("feed", "list"), ("per-person", "list"),
    ("vault", "status"), ("export", "--format", "original"), ("statement", "L-1"), ("audit", "timeline", "L-1"),
)  # fmt: skip
OF_THEM = ("G-0", "G-2", "G-3", "G-4", "G-5")
"""Customers of whom entries are damaged: one with a promise, an incident, a question, a contact of ours, a name."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("damaged") / "home"
    folder.mkdir(mode=0o700)
    home = open_at(folder)
    home.clock.now = at("2026-03-01T08:00")
    filled(home)
    home.clock.now = asked.NOW
    rulebook = (folder / "rulebook.toml").read_text("utf-8")
    home.konto.publish("rulebook", f"{rulebook}\n# once more\n")
    access.create(home.konto, Random(1).randbytes, scopes=["read"])
    set_rates(home.konto, at("2026-04-02T09:00"))
    run_tick(home.konto)
    home.konto.catch_up()
    yield home
    home.close()


def _one_of_each_kind(home: Home) -> list[Row]:
    """Of the firm and of some customers."""
    konto = home.konto
    theirs = [konto.library.customer_ids(id)[0] for id in OF_THEM]
    streams = {row[0]: row[1] for row in konto.views.rows("SELECT stream, customer FROM streams")}
    begun = [next(row for row in entries(konto) if streams.get(row.stream) == each) for each in theirs[:-1]]
    (alert,) = konto.views.row("SELECT MIN(alert) FROM alerts WHERE customer = ?", (theirs[0],))
    firm = ("document-people", "document-rulebook", "key-", "firm", alert)
    return [*begun, newest(konto, theirs[-1]), *(newest(konto, stream) for stream in firm)]


def _asked(home: Home) -> None:
    """Every question of every page, about a customer of whom nothing is damaged, and whatever else asks about many."""
    konto = home.konto
    pages = Pages(konto)
    (customer,) = konto.library.customer_ids("L-1")
    for name, ask in asked.questions(pages, READER, customer):
        if name in DEEDS:
            continue
        answer = ask()
        sentences: Any = answer.sentences if isinstance(answer, Refusal) else ()
        assert not [each for each in sentences if "cannot be read" in each], name
    run_tick(konto)
    for person in konto.steering.people.latest.persons:
        feeding.feed_of(konto, person)


@pytest.fixture(scope="module")
def told(home: Home) -> Konto:
    return Konto(home.konto.home, now=asked.NOW)


@pytest.mark.parametrize("rebuilt", [False, True], ids=["in the tables", "standing still"])
@pytest.mark.parametrize("harm", [damaged, texts_damaged, keys_damaged], ids=["entries", "texts", "keys"])
def test_every_question_about_anything_else_is_answered(home: Home, told: Konto, harm: Any, rebuilt: bool):
    rows = _one_of_each_kind(home)
    assert len({row.topic for row in rows}) == len(rows) - 1, "two documents, and one of everything else"
    _asked(home)
    with harm(home.konto, rows):
        if rebuilt:
            home.konto.rebuild()
        _asked(home)
        for command in COMMANDS:
            told(*command)
    home.konto.rebuild()

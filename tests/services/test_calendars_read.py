"""The worker reads the calendars of the settings by itself, and one that is away stops nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from domain.vocabulary import parse
from tests.alerts.web_server import WebServer, answer
from tests.cli.home import fact
from tests.cli.test_konto_appointments import SECRET, TIME, gives
from tests.intake.calendars import NOW, event
from tests.services.test_logs_and_metrics import configured, lines
from tests.waiting import wait_for
from tests.working import working
from wiring.home import Konto, open_home


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What a test sets for the logs of the whole process ends with it."""
    root = logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**before)


@pytest.fixture
def konto(tmp_path: Path) -> Iterator[Callable[[str], Konto]]:
    opened: list[Konto] = []

    def of(settings: str) -> Konto:
        home = tmp_path / "home"
        home.mkdir()
        (home / "settings.toml").write_text(settings, encoding="utf-8")
        opened.append(open_home(home, environment={}, clock=lambda: NOW))
        customer = fact("customer.registered", "2026-02-02T09:00", customer="K-17", email="meier@example.com")
        opened[0].record([parse(customer, now=NOW)])
        return opened[0]

    yield of
    for each in opened:
        each.close()


def promised(konto: Konto) -> list[str]:
    return [row[0] for row in konto.views.rows("SELECT id FROM promise_words ORDER BY id")]


def test_the_worker_reads_each_calendar_and_goes_on_where_one_is_away(konto):
    etag = 'ETag: "1"'
    body = gives(event("a", TIME)).replace("\r\n\r\n", f"\r\n{etag}\r\n\r\n", 1)
    with WebServer(answer(503)).open() as away, WebServer(body, answer(304)).open() as there:
        settings = "".join(
            f'[appointments.{name}]\nurl = "http://127.0.0.1:{server.port}/{SECRET}.ics"\nallow_private = true\n'
            for name, server in (("away", away), ("there", there))
        )
        opened = konto(settings)
        stream = configured()
        with working(opened) as services:
            wait_for(lambda: promised(opened) == ["a"])
            wait_for(lambda: services.turns.count.get("calendars") == 1)
            assert (len(away.requests), len(there.requests)) == (1, 1)
            services.next_reading_s.clear()
            wait_for(lambda: services.turns.count.get("calendars") == 2)
            wait_for(lambda: services.turns.failed.get("calendars") == 2)
    assert there.requests[1].headers["if-none-match"] == '"1"'
    told = [(each["event"], each["calendar"]) for each in lines(stream) if "calendar" in each]
    assert told == [("calendar_not_read", "away"), ("calendar_read", "there"), ("calendar_not_read", "away")]
    assert SECRET not in stream.getvalue()


def test_what_is_unchanged_is_asked_for_whole_after_some_hours_since_repetitions_come_nearer(tmp_path, konto):
    from wiring.appointments import ANEW_AFTER, Calendars

    body = gives(event("a", TIME)).replace("\r\n\r\n", '\r\nETag: "1"\r\n\r\n', 1)
    with WebServer(body, answer(304), body).open() as server:
        opened = konto(f'[appointments.x]\nurl = "http://127.0.0.1:{server.port}/"\nallow_private = true\n')
        now = [NOW]
        calendars = Calendars(_at(opened, now))
        assert calendars.read("x").recorded == 1
        assert calendars.read("x").unchanged
        now[0] += ANEW_AFTER
        assert calendars.read("x").already == 1
    assert ["if-none-match" in each.headers for each in server.requests] == [False, True, False]


def test_what_is_missing_waits_until_the_other_calendars_could_be_asked(konto):
    from wiring.appointments import Calendars

    first, second = (gives(event(uid, TIME)).replace("\r\n\r\n", f'\r\nETag: "{uid}"\r\n\r\n', 1) for uid in "ab")
    with WebServer(first, second, second, answer(304)).open() as ines, WebServer(answer(503), gives()).open() as lutz:
        calendars = Calendars(
            konto(
                "".join(
                    f'[appointments.{name}]\nurl = "http://127.0.0.1:{server.port}/"\nallow_private = true\n'
                    for name, server in (("ines", ines), ("lutz", lutz))
                )
            )
        )
        assert calendars.read("ines").recorded == 1
        waits = calendars.read("ines")
        assert (waits.recorded, waits.postponed) == (1, True), "b is new, and whether lutz holds a nobody knows"
        assert calendars.read("ines").recorded == 1
        assert calendars.read("ines").unchanged
    assert ["if-none-match" in each.headers for each in ines.requests] == [False, True, False, True]


def _at(konto: Konto, now: list[object]) -> Konto:
    from dataclasses import replace

    return replace(konto, clock=lambda: now[0])  # type: ignore[arg-type, return-value]

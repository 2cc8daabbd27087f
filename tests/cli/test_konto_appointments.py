"""`konto appointments`: calendars are asked where they lie, and what they tell becomes promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.appointments.components import MOST_BYTES
from tests.alerts.door import CUT, HANG
from tests.alerts.web_server import WebServer, answer
from tests.cli.caldav import PASSWORD, USER, Caldav, caldav
from tests.cli.home import Konto, fact
from tests.intake.calendars import calendar, event
from tests.stores import only_files

SECRET = "5e1f-secret"
PEOPLE = """
[[persons]]
id = "ines"
name = "Ines Brandt"
email = "ines@firm.example"
"""
TIME = ":20260320T080000Z"


@pytest.fixture
def home(konto: Konto) -> Konto:
    """Where one customer is known, and one of us."""
    customer = fact("customer.registered", "2026-02-02T09:00", customer="K-17", name="Meier", email="Meier@example.com")
    konto.took([customer])
    (konto.home / "people.toml").write_text(PEOPLE, encoding="utf-8")
    return konto


def subscribed(home: Konto, *names: str, port: int, **more: object) -> None:
    """To calendars of a server on this machine."""
    lines = []
    for name in names:
        url = f"http://127.0.0.1:{port}/{SECRET}/{name}.ics"
        values = {"url": url, "allow_private": True, "timeout_seconds": 0.5, **more}
        lines += [f"[appointments.{name}]", *(f"{key} = {_toml(value)}" for key, value in values.items())]
    (home.home / "settings.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, float) else f'"{value}"'


def gives(*entries: str) -> str:
    return answer(200, "Content-Type: text/calendar", body=calendar(*entries).decode())


def promises(home: Konto) -> dict[str, tuple[str, str]]:
    return {each["promise"]: (each["state"], each["due"]) for each in home("promises", "--json").json}


# -- over the web ---------------------------------------------------------------------------------------


@only_files
def test_what_stands_in_a_calendar_is_recorded_once_moved_and_taken_back(home):
    first = gives(event("a", TIME), event("b", TIME), event("c", TIME, "CLASS:PRIVATE"))
    second = gives(event("a", ":20260323T080000Z", sent="DTSTAMP:20260311T080000Z"))
    with WebServer(first, first, first, second).open() as server:
        subscribed(home, "ines", port=server.port)
        dry = home("appointments", "read", "--dry-run", "--json").json
        assert (dry["recorded"], promises(home)) == (2, {})
        counts = home("appointments", "read", "--json").json
        assert counts == {
            "read": 3, "recorded": 2, "already": 0, "parked": 0, "refused": 0, "left_out": {"private": 1},
            "unchanged": [], "unread": [],
        }  # fmt: skip
        assert home("appointments", "read", "ines", "--json").json["already"] == 2
        home.later(minutes=15)
        assert home("appointments", "read", "--json").json["recorded"] == 2
    assert promises(home) == {"a": ("open", "2026-03-23T08:00:00Z"), "b": ("withdrawn", "2026-03-20T08:00:00Z")}
    (made,) = [each for each in home("promises", "--json").json if each["promise"] == "a"]
    assert (made["customer"], made["owner"], made["kind"]) == ("K-17", "Ines Brandt", "appointment")
    assert server.requests[0].line == f"GET /{SECRET}/ines.ics HTTP/1.1"


@only_files
def test_an_appointment_in_two_calendars_is_one_promise_and_is_gone_only_from_both(home):
    both, other = gives(event("a", TIME)), gives(event("b", TIME))
    with WebServer(both, both, other, both, other, other, other, other).open() as server:
        subscribed(home, "ines", "lutz", port=server.port)
        assert home("appointments", "read", "--json").json["recorded"] == 1
        home.later(minutes=15)
        assert home("appointments", "read", "ines", "--json").json["recorded"] == 1, "b is new, and lutz still holds a"
        assert promises(home)["a"][0] == "open"
        home.later(minutes=15)
        assert home("appointments", "read", "ines", "--json").json["recorded"] == 1
    assert promises(home)["a"][0] == "withdrawn"


@only_files
def test_a_calendar_that_is_empty_all_at_once_takes_nothing_back_and_says_so(home):
    with WebServer(gives(event("a", TIME), event("b", TIME)), gives()).open() as server:
        subscribed(home, "ines", port=server.port)
        home("appointments", "read")
        said = home("appointments", "read", "--lang", "de")
    assert "auf einmal leer" in said.err
    assert "2 im leeren Kalender vermisst" in said.out
    assert {state for state, _ in promises(home).values()} == {"open"}


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (answer(404), "127.0.0.1 hat auf die Frage nach dem Kalender „ines“ mit 404 geantwortet"),
        (answer(401), "[appointments.ines]"),
        (answer(302, "Location: https://127.0.0.1/elsewhere"), "liegt"),
        (answer(200, body="<html>"), "kein Kalender"),
        (answer(200, body=calendar(event("a", TIME)).decode()[:-30]), "nicht vollständig"),
        (answer(200, body="x" * (MOST_BYTES + (1 << 20))), "größer als 20 MiB"),
        (HANG, "timeout"),
        (CUT, "nicht zu fragen"),
    ],
)
@only_files
def test_whatever_is_no_calendar_is_said_without_the_address_and_takes_nothing_back(home, reply, says):
    with WebServer(gives(event("a", TIME)), reply).open() as server:
        subscribed(home, "ines", port=server.port)
        home("appointments", "read")
        said = home("appointments", "read", "--json", code=1)
    assert says in said.err
    assert [each["calendar"] for each in said.json["unread"]] == ["ines"]
    assert SECRET not in said.err + said.out
    assert promises(home)["a"][0] == "open"


@only_files
def test_one_calendar_that_is_away_keeps_no_other_one_back(home):
    with WebServer(answer(503), gives(event("a", TIME))).open() as server:
        subscribed(home, "ines", "lutz", port=server.port)
        assert home("appointments", "read", "--json", code=1).json["recorded"] == 1


@only_files
def test_the_own_network_is_asked_only_where_the_settings_allow_it(home):
    with WebServer(gives(event("a", TIME))).open() as server:
        subscribed(home, "ines", port=server.port, url=f"https://127.0.0.1:{server.port}/", allow_private=False)
        assert "allow_private" in home("appointments", "read", code=1).err
    assert server.requests == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"url": "http://calendar.example.com/x", "allow_private": False}, "https://"),
        ({"url": "ftp://calendar.example.com/x"}, "url"),
        ({"url": "https://user:pass@calendar.example.com/x"}, "url"),
        ({"user": "office"}, "password"),
    ],
)
def test_an_unsafe_setting_is_refused_and_not_repeated(home, more, says):
    subscribed(home, "ines", port=1, **more)
    said = home("appointments", "read", code=2).err
    assert says in said
    assert "calendar.example.com" not in said.replace("https://calendar.example.com/…", "")


def test_without_a_calendar_or_with_an_unknown_name_it_says_what_to_do(home):
    assert "[appointments.NAME]" in home("appointments", "read", code=2).err
    subscribed(home, "ines", port=1)
    assert "ines" in home("appointments", "read", "lutz", code=2).err


# -- CalDAV ---------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Caldav]:
    with caldav(tmp_path) as found:
        yield found


@only_files
def test_a_caldav_server_is_asked_for_what_lies_ahead(home, server):
    server.put("a", calendar(event("a", TIME)))
    server.put("w", calendar(event("w", ";TZID=Europe/Berlin:20260105T090000", "RRULE:FREQ=WEEKLY")))
    server.put("old", calendar(event("old", ":20200320T080000Z")))
    login = {"kind": "caldav", "user": USER, "password": PASSWORD, "timeout_seconds": 10.0}
    subscribed(home, "fitters", port=server.port, url=server.url, **login)
    counts = home("appointments", "read", "--json").json
    assert (counts["read"], counts["recorded"], counts["left_out"]) == (14, 14, {})
    server.put("a", calendar(event("a", ":20260901T080000Z", sent="DTSTAMP:20260311T080000Z")))
    server.delete("w")
    home.later(minutes=15)
    assert home("appointments", "read", "--json").json["recorded"] == 14
    states = promises(home)
    assert states.pop("a") == ("open", "2026-09-01T08:00:00Z")
    assert {state for state, _ in states.values()} == {"withdrawn"}


@only_files
def test_a_wrong_password_or_a_file_where_a_server_should_be_is_said(home, server):
    login = {"kind": "caldav", "user": USER, "password": "wrong", "timeout_seconds": 10.0}
    subscribed(home, "fitters", port=server.port, url=server.url, **login)
    said = home("appointments", "read", "--lang", "en", code=1).err
    assert "401" in said
    assert "wrong" not in said
    for body in ("<a>", "BEGIN:VCALENDAR", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'):
        with WebServer(answer(207, body=body)).open() as web:
            subscribed(home, "fitters", port=web.port, kind="caldav")
            assert "CalDAV" in home("appointments", "read", code=1).err


# -- whether all is well --------------------------------------------------------------------------------


@only_files
def test_the_doctor_says_when_each_calendar_was_read_last(home):
    body = gives(event("a", TIME))
    with WebServer(body, body, answer(503)).open() as server:
        subscribed(home, "ines", port=server.port)
        home("appointments", "read", "--dry-run")

        def said() -> str:
            (line,) = [line for line in home("doctor", "--lang", "de", code=1).out.splitlines() if "Kalender" in line]
            return line

        assert said().startswith("(!) Der Kalender ines wurde seit einem Tag nicht gelesen.")
        home("appointments", "read")
        assert said() == "    Der Kalender ines wurde vor 0 Sek. gelesen."
        home.later(hours=2)
        home("appointments", "read", code=1)
        assert said().startswith("(!) Der Kalender ines wurde zuletzt vor 2 Std. gelesen.")


# -- files ----------------------------------------------------------------------------------------------


def test_an_invitation_its_update_and_its_cancellation_belong_together(home, tmp_path):
    file = tmp_path / "invitation.ics"

    def comes(body: bytes) -> int:
        file.write_bytes(body)
        return int(home("appointments", "file", str(file), "--json").json["recorded"])

    assert comes(calendar(event("a", TIME), about=["METHOD:REQUEST"])) == 1
    update = event("a", ":20260323T080000Z", "SEQUENCE:1", sent="DTSTAMP:20260311T080000Z")
    assert comes(calendar(update, about=["METHOD:REQUEST"])) == 1
    assert comes(calendar(event("a", TIME), about=["METHOD:REQUEST"])) == 0, "the first one once more"
    assert promises(home) == {"a": ("open", "2026-03-23T08:00:00Z")}
    off = event("a", ":20260323T080000Z", "SEQUENCE:2", sent="DTSTAMP:20260312T070000Z")
    assert comes(calendar(off, about=["METHOD:CANCEL"])) == 1
    assert promises(home)["a"][0] == "withdrawn"


def test_whoever_says_whose_the_appointments_are_needs_no_addresses(home, tmp_path):
    file = tmp_path / "export.ics"
    file.write_bytes(calendar(event("a", ":20260320T090000", people=())))
    assert home("appointments", "file", str(file), "--json", code=2).json["errors"][0]["code"] == "zone_missing"
    more = ("--customer", "K-17", "--zone", "Europe/Berlin")
    assert home("appointments", "file", str(file), *more, "--json").json["recorded"] == 1
    assert promises(home) == {"a": ("open", "2026-03-20T08:00:00Z")}
    assert "--zone" in home("appointments", "file", str(file), "--zone", "Berlin", code=2).err
    assert "K-99" in home("appointments", "file", str(file), "--customer", "K-99", code=2).err


def test_a_file_with_something_that_cannot_be_read_is_taken_whole_or_on_request_in_part(home, tmp_path):
    file = tmp_path / "export.ics"
    file.write_bytes(calendar(event("a", TIME), event("b", "", "SUMMARY:Wartung")))
    said = home("appointments", "file", str(file), "--lang", "de", code=2)
    assert "Zeile 11: Der Termin „Wartung“ sagt nicht, wann er beginnt" in said.err
    assert promises(home) == {}
    assert home("appointments", "file", str(file), "--valid-only", "--json").json["recorded"] == 1


def test_what_is_no_calendar_file_is_one_line(home, tmp_path):
    large = tmp_path / "large.ics"
    with large.open("wb") as stream:
        stream.truncate(50 << 20)
    for file in (tmp_path / "none.ics", tmp_path, large):
        said = home("appointments", "file", str(file), code=2)
        assert len(said.err.strip().splitlines()) == 1

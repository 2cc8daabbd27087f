"""What services say of themselves: lines without a word about anybody, figures and a yes or no on 127.0.0.1."""

from __future__ import annotations

import io
import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog

from tests.alerts.firm import DUE, PEOPLE, mailed
from tests.alerts.post_office import PostOffice, free_port
from tests.homes import Home
from tests.notation import at, envelopes
from tests.waiting import wait_for
from wiring import logs, metrics
from wiring.services import Services
from wiring.settings import LogSettings, MetricsSettings
from wiring.stores import JOURNAL_CONNECTIONS

NAMES = ("Meier-Kanarienvogel", "kanari.ines@example.com", "Angebot Kanari", "K-KANARI", "kanari@kunde.example")
STORY = f"""
2026-03-02T08:00  Kunde {NAMES[3]}, namens {NAMES[0]}
2026-03-02T09:00  verspricht {NAMES[3]} {NAMES[1]} "{NAMES[2]}" bis 2026-03-12T16:00
"""
QUICK = "[worker]\ntick_seconds = 0.1\npoll_seconds = 0.1\nsweep_seconds = 0.1\nlease_seconds = 2\n"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is the whole process's; afterwards it is as it was."""
    root = logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**before)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice()
    with office.open():
        yield office


def configured(format: Any = "json") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(LogSettings(format=format, level="debug"), stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


# -- logs ---------------------------------------------------------------------------------------------


def test_a_line_is_one_json_object_with_time_level_and_event():
    stream = configured()
    structlog.get_logger("konto").info("raised", alerts=3)
    (line,) = lines(stream)
    assert (line["event"], line["alerts"], line["level"], line["logger"]) == ("raised", 3, "info", "konto")
    assert line["time"].endswith("Z")


def test_of_an_error_its_kind_and_place_are_told_and_not_its_text():
    stream = configured()
    try:
        try:
            raise KeyError("Meier-Kanarienvogel")
        except KeyError as error:
            raise ValueError("Angebot Kanari") from error
    except ValueError:
        structlog.get_logger("konto").exception("loop_failed", loop="tick")
    (line,) = lines(stream)
    assert line["error"] == "ValueError < KeyError"
    assert line["places"][-1].startswith("test_logs_and_metrics.py:")
    assert "Kanari" not in stream.getvalue()


def test_of_what_a_library_says_only_the_sentence_stays():
    stream = configured()
    logging.getLogger("somebody").warning("cannot send to %s", "kanari@kunde.example")
    try:
        raise ValueError("kanari@kunde.example")
    except ValueError:
        logging.getLogger("somebody").exception("failed for %s", "kanari@kunde.example")
    first, second = lines(stream)
    assert (first["event"], second["event"], second["error"]) == ("cannot send to %s", "failed for %s", "ValueError")
    assert "kanari" not in stream.getvalue()


def test_on_a_terminal_lines_are_plain_and_still_without_texts():
    stream = configured("plain")
    try:
        raise ValueError("Kanari")
    except ValueError:
        structlog.get_logger("konto").exception("loop_failed")
    assert "loop_failed" in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "Kanari" not in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_no_name_address_or_text_reaches_the_log_whatever_goes_wrong(folder: Path, office: PostOffice):
    """Followed, raised, refused by the mail server, sent, and every loop failing in between: on both stores."""
    people = PEOPLE.replace("ines@example.com", NAMES[1]).replace('id = "ines"', f'id = "{NAMES[1]}"')
    firm = mailed(folder, office, settings=QUICK, people=people, text=STORY)
    firm.home.clock.now = DUE.replace(minute=5)
    office.replies = [f"451 {NAMES[4]} is greylisted", f"554 no such {NAMES[0]}"]
    stream = configured()
    with running(firm.home) as services:
        wait_for(lambda: firm.home.rows("SELECT state FROM alerts WHERE attempts > 0"))
        real, services.konto.follower.catch_up = services.konto.follower.catch_up, failing  # type: ignore[method-assign]
        wait_for(lambda: services.turns.failed.get("follow"))
        services.konto.follower.catch_up = real  # type: ignore[method-assign]
        wait_for(lambda: services.turns.last.get("follow"))
    said = stream.getvalue()
    assert {"started", "loop_failed", "raised", "rang", "stopped"} <= {line["event"] for line in lines(stream)}
    assert [name for name in NAMES if name.lower() in said.lower()] == []
    firm.home.close()


def failing(*_: object, **__: object) -> int:
    raise RuntimeError(f"{NAMES[0]} {NAMES[2]}")


# -- metrics and health -------------------------------------------------------------------------------


def test_figures_and_health_are_answered_on_this_machine_only_and_say_what_is(folder: Path, office: PostOffice):
    firm = mailed(folder, office, settings=QUICK)
    firm.home.clock.now = DUE.replace(minute=5)
    port = free_port()
    with running(firm.home) as services, metrics.served(services, MetricsSettings(port=port)):
        wait_for(lambda: firm.home.rows("SELECT state FROM alerts WHERE state = 'delivered'"))
        wait_for(lambda: get(port, "/health")[0] == 200)
        figures = read(get(port, "/metrics")[1])
        konto = firm.home.konto
        assert figures["konto_store_up"] == 1
        assert figures["konto_log_head"] == konto.log.head()
        assert figures["konto_tables_behind"] == figures["konto_outbox_waiting"] == figures["konto_parked_facts"] == 0
        assert figures['konto_alerts{state="delivered"}'] == 1
        assert figures['konto_loop_turns_total{loop="follow"}'] >= 1
        assert figures['konto_loop_works{loop="schedule"}'] == 1
        assert json.loads(get(port, "/health")[1])["missing"] == []
        assert get(port, "/elsewhere")[0] == 404
        assert listens_on(port) == {"127.0.0.1"}
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2)
    firm.home.close()


def test_a_loop_that_hangs_makes_health_say_no(folder: Path, office: PostOffice):
    firm = mailed(folder, office, settings=QUICK)
    port = free_port()
    services = Services(firm.home.konto)
    with metrics.served(services, MetricsSettings(port=port)):
        assert get(port, "/health")[0] == 503, "nothing has turned yet"
        for role in services.roles:
            services.turns.last[role] = firm.home.clock.now
        assert get(port, "/health")[0] == 200
        services.turns.last["send"] = firm.home.clock.now - metrics.TURNS_WITHIN * 2  # its rhythm is 2 seconds at most
        code, text = get(port, "/health")
        assert (code, json.loads(text)["seconds_ago"]["send"]) == (503, 120.0)
    firm.home.close()


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_figures_say_so_where_postgres_cannot_be_asked(home: Home, monkeypatch: pytest.MonkeyPatch):
    from domain.store import StoreGone
    from projections.tables import Views

    def gone(*_: object, **__: object) -> Any:
        raise StoreGone("away")

    port = free_port()
    services = Services(home.konto)
    monkeypatch.setattr(Views, "rows", gone)
    monkeypatch.setattr(Views, "row", gone)
    with metrics.served(services, MetricsSettings(port=port)):
        assert read(get(port, "/metrics")[1])["konto_store_up"] == 0


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_while_it_works_no_connection_to_postgres_is_idle_in_a_transaction(folder: Path, office: PostOffice):
    firm = mailed(folder, office, settings=QUICK)
    address = firm.home.konto.settings.store.address or ""
    idle: list[float] = []
    sql = (
        "SELECT EXTRACT(EPOCH FROM now() - state_change) FROM pg_stat_activity "
        "WHERE application_name = 'vertrauenskonto' AND state LIKE 'idle in transaction%'"
    )
    with running(firm.home), psycopg.connect(address, autocommit=True) as connection:
        for number in range(40):
            firm.home.take_as_they_come(
                [{**each, "id": f"{number}/{each['id']}"} for each in envelopes(STORY)], at("2026-03-03")
            )
            idle += [float(row[0]) for row in connection.execute(sql).fetchall()]
        most = connection.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'vertrauenskonto'"
        ).fetchone()
    assert max(idle, default=0.0) < 0.5
    assert most is not None
    # Log and tables, the access journal, one that holds the follower's claim, one that listens.
    assert most[0] <= 2 * firm.home.konto.settings.store.connections + 2 + JOURNAL_CONNECTIONS
    firm.home.close()


# -- how ----------------------------------------------------------------------------------------------


@contextmanager
def running(home: Home) -> Iterator[Services]:
    services = Services(home.konto)
    thread = threading.Thread(target=services.run)
    thread.start()
    try:
        yield services
    finally:
        services.stop()
        thread.join(20)
        assert not thread.is_alive()


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def read(text: str) -> dict[str, float]:
    """Each figure by its name and labels."""
    rows = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in rows}


def listens_on(port: int) -> set[str]:
    """The addresses at which somebody of this machine answers on this port, as the system itself says."""
    found = set()
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        address, state = line.split()[1], line.split()[3]
        host, _, number = address.partition(":")
        if state == "0A" and int(number, 16) == port:
            found.add(".".join(str(byte) for byte in reversed(bytes.fromhex(host))))
    return found

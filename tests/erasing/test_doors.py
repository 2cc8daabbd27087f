"""Every door calls somebody who was erased so, in the reader's language, and none says a word of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from dashboard.answers.home import Home as Pages
from dashboard.shapes.adviser import AdviceAsked
from dashboard.shapes.asking import Reader
from dashboard.shapes.contacts import ContactsAsked
from dashboard.shapes.customers import CustomersAsked
from dashboard.shapes.deliveries import DeliveriesAsked
from dashboard.shapes.incidents import IncidentsAsked
from dashboard.shapes.overview import OverviewAsked
from dashboard.shapes.periods import Period
from dashboard.shapes.promises import PromiseFilter
from dashboard.shapes.record import RecordAsked
from dashboard.shapes.timeline import TimelineAsked
from projections import customers
from tests.api.serving import Api, serving
from tests.erasing.person import LATER, canary, found_in, told
from tests.homes import Home, open_at
from tests.servers.valkey import ValkeyServer, fresh_queue_database
from wiring import erasing, health, queues
from wiring.settings import QueueSettings

CALLED = {"de": "gelöschte Person", "en": "erased person"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = open_at(tmp_path_factory.mktemp("doors") / "home")
    told(home)
    home.clock.now = LATER
    yield home
    home.close()


@pytest.fixture(scope="module")
def pages(home: Home) -> Pages:
    """They were open, and had answered, before the person was erased."""
    pages = Pages(home.konto)
    for lang in CALLED:
        assert found_in(answers(pages, Reader(None, lang, ZoneInfo("Europe/Berlin")), whose(home)).encode())
    return pages


@pytest.fixture(scope="module")
def gone(home: Home, pages: Pages) -> str:
    party = customers.find(home.konto.library, home.konto.asker, canary("own_id"))
    erasing.erase(home.konto, erasing.planned(home.konto, party), "objected", "")
    return party.customer


def whose(home: Home) -> str:
    return customers.find(home.konto.library, home.konto.asker, canary("own_id")).customer


def answers(pages: Pages, reader: Reader, customer: str) -> str:
    """What all pages that list or show customers are answered."""
    timeline = pages.timeline(reader, customer, TimelineAsked(), 1)
    assert timeline is not None
    file = pages.timeline_file(reader, customer, TimelineAsked(), "csv")
    assert file is not None
    found = [
        pages.customers(reader, CustomersAsked(), 1),
        pages.account(reader, customer, "all"),
        timeline,
        file,
        pages.promises(reader, PromiseFilter(), 1),
        pages.record_of_promises(reader, RecordAsked(), 1),
        pages.contacts(reader, ContactsAsked("all"), 1),
        pages.incidents(reader, IncidentsAsked("all"), 1),
        pages.deliveries(reader, DeliveriesAsked(), 1),
        pages.morning(reader, None),
        pages.overview(reader, OverviewAsked(Period(date(2026, 3, 1), date(2026, 4, 2)))),
        pages.by_customer(reader, OverviewAsked(Period(date(2026, 3, 1), date(2026, 4, 2)))),
        pages.advice(reader, AdviceAsked()),
        pages.operations(reader),
        pages.names(reader, ""),
    ]
    return "\n".join(map(repr, found))


@pytest.mark.parametrize("lang", CALLED)
def test_pages_that_were_open_before_say_it_and_nothing_else(pages: Pages, gone: str, lang: str):
    said = answers(pages, Reader(None, lang, ZoneInfo("Europe/Berlin")), gone)
    assert found_in(said.encode()) == []
    assert CALLED[lang] in said
    assert "•" not in said
    assert "Quitte GmbH" in said


def test_a_printed_statement_says_it(pages: Pages, gone: str):
    printed = pages.statement_pdf(Reader(None, "de", ZoneInfo("Europe/Berlin")), gone, "all")
    assert printed.startswith(b"%PDF")
    assert found_in(printed) == []


def test_a_search_does_not_offer_them(pages: Pages, gone: str):
    reader = Reader(None, "de", ZoneInfo("Europe/Berlin"))
    for text in (canary("new_name"), canary("own_id"), "gelöscht", gone[:12]):
        assert pages.customers(reader, CustomersAsked(text), 1).rows == ()
        assert pages.names(reader, text) == ()


@pytest.fixture(scope="module")
def api(home: Home, gone: str) -> Iterator[Api]:
    with serving(home) as api:
        yield api


@pytest.mark.parametrize("lang", CALLED)
def test_the_api_says_it_and_nothing_else(api: Api, gone: str, lang: str):
    key = api.key("read", "alerts")
    paths = ("/customers", f"/customers/{gone}", "/promises", "/contacts", "/incidents", "/alerts")
    headers = {"Accept-Language": lang}
    for path in paths:
        answer = api.ask("GET", path, key=key, headers=headers)
        assert answer.status == 200, answer.text
        assert CALLED[lang] in answer.text, path
        assert "•" not in answer.text, path
        assert found_in(answer.text.encode()) == []
    for path in (f"/customers/{gone}/statement", f"/customers/{gone}/timeline", "/kpis", "/kpis?by=customer"):
        answer = api.ask("GET", path, key=key, headers=headers)
        assert answer.status == 200, answer.text
        assert found_in(answer.text.encode()) == []
    assert api.ask("GET", f"/customers/{quote(canary('own_id'))}", key=key).status == 404


def test_the_queue_holds_no_word_of_anybody(home: Home, gone: str, redis_server: ValkeyServer):
    settings = QueueSettings(url=SecretStr(fresh_queue_database(redis_server)))
    bell = queues.Doorbell(settings, lambda alert: None, threads=1)
    raised = [row[0] for row in home.rows("SELECT alert FROM alerts")]
    for alert in raised:
        bell.ring(alert)
    client = queues.client(settings)
    hashes = [key for key in client.scan_iter() if client.type(key) == b"hash"]
    said = b"".join(value for key in hashes for value in client.hgetall(key).values())
    assert all(alert.encode() in said for alert in raised)
    assert found_in(said) == []
    bell.stop(timedelta(seconds=1))


def test_the_state_that_a_monitoring_system_asks_for_names_nobody(home: Home, gone: str):
    assert found_in(repr(health.state(home.konto)).encode()) == []

"""The link in a message: one button takes note, opening it does nothing, and it opens nothing else."""

from __future__ import annotations

import http.client
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from projections import alerts
from tests.alerts.firm import mailed
from tests.alerts.post_office import PostOffice
from tests.dashboard.test_login import _port, _start
from tests.notation import at
from wiring import links
from wiring.home import open_home
from wiring.worker import run_tick


class Firm(NamedTuple):
    home: Path
    port: int
    asked: list[dict[str, str]]


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    home = tmp_path_factory.mktemp("home")
    text = "\n".join(f'2026-03-02T09:00  verspricht K-{n} ines "A-{n}" bis 2026-03-12T16:00' for n in range(6))
    opened = mailed(home, PostOffice(), text=text)
    opened.home.clock.now = at("2026-03-12T16:01")
    newly = run_tick(opened.home.konto)
    konto = opened.home.konto
    ines = konto.log.ids.person("ines")
    asked = [{"alert": each.alert, "by": ines, "key": links.key_of(konto.log.ids, each.alert, ines)} for each in newly]
    opened.home.close()
    process = _start(home, KONTO_DASHBOARD_TOKEN="x" * 40)
    yield Firm(home, _port(home, process), asked)
    process.terminate()
    process.communicate(timeout=10)


def ask(firm: Firm, method: str, asked: dict[str, str], **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", firm.port, timeout=20)
    path = f"/{links.ACKNOWLEDGE}"
    body = None
    if method == "POST":
        body = urlencode(asked)
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    else:
        path = f"{path}?{urlencode(asked)}"
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode("utf-8")
    connection.close()
    return found


def state(firm: Firm, alert: str) -> str:
    with open_home(firm.home, environment={}) as konto:
        konto.catch_up()
        raised = alerts.raised(konto.views, alert)
        assert raised is not None
        return raised.state


def test_opening_the_link_asks_and_does_nothing(firm: Firm):
    asked = firm.asked[0]
    for _ in range(3):
        status, page = ask(firm, "GET", asked)
        assert status == 200
        assert "<button>" in page
    assert state(firm, asked["alert"]) == "raised"


def test_the_button_takes_note_once(firm: Firm):
    asked = firm.asked[1]
    german = {"Accept-Language": "de"}
    assert ask(firm, "POST", asked, **german)[1].count("Notiert") == 1
    assert state(firm, asked["alert"]) == "acknowledged"
    status, page = ask(firm, "POST", asked, **german)
    assert status == 200
    assert "bereits" in page


@pytest.mark.parametrize("changed", ["alert", "by", "key"])
def test_a_changed_link_takes_note_of_nothing(firm: Firm, changed: str):
    asked = {**firm.asked[2], changed: firm.asked[3][changed] if changed == "alert" else "0" * 32}
    assert ask(firm, "POST", asked)[0] == 400
    assert state(firm, firm.asked[2]["alert"]) == "raised"
    assert state(firm, firm.asked[3]["alert"]) == "raised"


def test_an_incomplete_link_or_a_long_body_is_refused(firm: Firm):
    asked = firm.asked[2]
    assert ask(firm, "GET", {"alert": asked["alert"]})[0] == 400
    assert ask(firm, "POST", {**asked, "more": "x"})[0] == 400
    assert ask(firm, "POST", {**asked, "key": "x" * 10_000})[0] == 400
    assert ask(firm, "DELETE", asked)[0] == 403


def test_another_sites_page_cannot_press_the_button(firm: Firm):
    asked = firm.asked[2]
    assert ask(firm, "POST", asked, Origin="https://evil.example")[0] == 403
    assert ask(firm, "POST", asked, Host="evil.example")[0] == 403
    assert state(firm, asked["alert"]) == "raised"


def test_the_page_shows_nothing_of_the_customer_and_escapes_what_comes_in(firm: Firm):
    _, page = ask(firm, "GET", {**firm.asked[2], "key": '"><script>alert(1)</script>'})
    assert "<script>" not in page
    for word in ("A-2", "K-2", "Ines"):
        assert word not in page


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no Chromium on this machine")
def test_in_a_browser_one_click_takes_note(firm: Firm):
    from playwright.sync_api import sync_playwright

    from tests.dashboard.camera import open_browser

    asked = firm.asked[4]
    with sync_playwright() as playwright:
        chromium = open_browser(playwright)
        page = chromium.new_page(locale="de-DE")
        page.goto(f"http://127.0.0.1:{firm.port}/{links.ACKNOWLEDGE}?{urlencode(asked)}")
        page.get_by_role("button").click()
        page.wait_for_load_state()
        assert "Notiert" in page.inner_text("body")
        chromium.close()
    assert state(firm, asked["alert"]) == "acknowledged"

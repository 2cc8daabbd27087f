"""Signing in with the firm's own accounts: a real server, a real exchange with a sign-in service, a raw WebSocket."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import httpx
import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import sync_playwright
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dashboard import cookies
from dashboard.answers.home import Home
from dashboard.serve import new_address
from dashboard.shapes.signing_in import SignedIn, SignIn
from projections import alerts
from tests.dashboard.camera import Watched, open_browser, settled
from tests.dashboard.provider import CLIENT
from tests.dashboard.signed_in import NO_TLS, PEOPLE, PLANTED, TELLS, Signing, run, seen, signing
from tests.homes import open_at
from tests.notation import at
from wiring import links
from wiring.home import open_home
from wiring.worker import run_tick

KARIN, INES, LUTZ = "karin@example.com", "ines@example.com", "lutz@example.com"
STRANGER = "somebody@example.com"
HTML = {"Accept": "text/html"}
ASK = "Please sign in with your account of the firm."
PATHS = ("/", "/account?customer=K-17", "/_stcore/health", "/_stcore/host-config", "/app/static/plex-latin.woff2",
         "/media/x", "/auth", "/oauth2callbacks", "/sign-in/x")  # fmt: skip


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    with signing(tmp_path_factory.mktemp("signing") / "home") as found:
        yield found


@pytest.fixture(scope="module")
def karin(firm: Signing) -> Iterator[httpx.Client]:
    with firm.signed_in(KARIN) as visitor:
        yield visitor


# -- not signed in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_whoever_did_not_sign_in_sees_one_sentence_and_one_button_and_nothing_of_the_firm(firm: Signing, path: str):
    with firm.visitor(**HTML) as visitor:
        page = visitor.get(path)
    assert page.status_code == 200
    assert ASK in page.text
    assert page.text.count("<a ") == 1
    assert "<script" not in page.text
    assert not seen(page.text, (*TELLS, "Kessler", "Ines", "Karin"))
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_the_card_speaks_german_where_the_browser_does(firm: Signing):
    with firm.visitor(**HTML, **{"Accept-Language": "de-DE"}) as visitor:
        page = visitor.get("/")
    assert "Bitte melden Sie sich mit Ihrem Konto der Firma an." in page.text
    assert 'lang="de"' in page.text


@pytest.mark.parametrize("path", PATHS)
def test_programs_that_did_not_sign_in_are_refused(firm: Signing, path: str):
    with firm.visitor() as visitor:
        assert visitor.get(path).status_code == 403
        assert visitor.post(path).status_code == 403


def test_the_link_in_a_message_takes_note_without_a_sign_in_and_opens_nothing_else(firm: Signing):
    with open_home(firm.home, environment={}, clock=lambda: at("2026-03-12T12:01")) as konto:
        alert, ines = run_tick(konto)[0].alert, konto.log.ids.person("ines")
        asked = {"alert": alert, "by": ines, "key": links.key_of(konto.log.ids, alert, ines)}
    with firm.visitor(**HTML) as visitor:
        page = visitor.get(f"/{links.ACKNOWLEDGE}", params=asked)
        assert "<button>" in page.text
        assert not seen(page.text)
        assert visitor.post(f"/{links.ACKNOWLEDGE}", data={**asked, "key": "0" * 32}).status_code == 400
        assert visitor.post(f"/{links.ACKNOWLEDGE}", data=asked).status_code == 200
        assert ASK in visitor.get("/").text
    with open_home(firm.home, environment={}) as konto:
        konto.catch_up()
        raised = alerts.raised(konto.views, alert)
        assert raised is not None
        assert raised.state == "acknowledged"


# -- signing in ----------------------------------------------------------------------------------------


def test_a_sign_in_leads_to_where_one_wanted_to_go(firm: Signing):
    firm.service.is_now(email=KARIN)
    with firm.visitor(**HTML) as visitor:
        link = visitor.get("/account?customer=a%26b&span=all").text.partition('<a href="')[2].partition('"')[0]
        page = visitor.get(link)
    assert str(page.url) == f"{firm.address}/account?customer=a%26b&span=all"
    assert ASK not in page.text


@pytest.mark.parametrize(
    "then",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/a\r\nset-cookie: x=1",
        "x",
        "/?a=\u00e4",
        "/" * 3000,
    ],
)
def test_a_sign_in_leads_to_no_other_host(firm: Signing, then: str):
    with firm.visitor() as visitor:
        visitor.follow_redirects = False
        answer = visitor.get("/sign-in", params={"then": then})
    assert answer.headers["location"].startswith("/auth/login?provider=")
    (kept,) = answer.headers.get_list("set-cookie")
    target = unquote(kept.partition("konto_then=")[2].partition(";")[0])
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
    assert target.isprintable()


def test_the_browser_keeps_who_it_is_and_little_else(firm: Signing, karin: httpx.Client):
    with open_home(firm.home, environment={}) as konto:
        sign_in = Home(konto).sign_in()
    assert sign_in is not None
    said = cookies.in_force(f"{USER_COOKIE_NAME}={karin.cookies[USER_COOKIE_NAME]}", sign_in)
    assert said is not None
    assert said.keys() == {"is_logged_in", "origin", "provider", "email", "roles", "at", "id"}
    assert said["email"] == KARIN
    assert sum(len(value) for value in karin.cookies.values()) < 1_500, "the service alone said more than that"
    key = firm.home / "login.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert sign_in.cookie_secret not in repr(sign_in)
    assert sign_in.client_secret not in repr(sign_in)


WRONG = {
    "for another program": {"aud": "another"},
    "for nobody": {"aud": None},
    "by another service": {"iss": "https://evil.example"},
    "too late": {"exp": 1_000_000_000, "iat": 999_999_000},
    "to another question": {"nonce": "another"},
    "to no question": {"nonce": None},
    "of nobody": {"sub": None},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG.keys())
def test_what_the_service_said_wrongly_opens_nothing(firm: Signing, claims: dict):
    with firm.signed_in(KARIN, **claims) as visitor:
        assert USER_COOKIE_NAME not in visitor.cookies
        page = visitor.get("/", headers=HTML)
    assert ASK in page.text


def test_what_another_key_signed_opens_nothing(firm: Signing):
    firm.service.is_now(email=KARIN)
    firm.service.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    with firm.visitor(**HTML) as visitor:
        page = visitor.get("/sign-in")
        assert USER_COOKIE_NAME not in visitor.cookies
    assert "That did not work." in page.text


def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(firm: Signing):
    """Somebody else's answer, put under: with it one would write into somebody else's account."""
    firm.service.is_now(email=KARIN)
    with firm.visitor() as one, firm.visitor(**HTML) as other:
        one.follow_redirects = False
        service = one.get(one.get("/sign-in").headers["location"]).headers["location"]
        answer = httpx.get(service, verify=NO_TLS).headers["location"]
        page = other.get(answer)
        assert USER_COOKIE_NAME not in other.cookies
    assert "That did not work." in page.text


def test_a_service_that_is_down_is_said_in_plain_words(firm: Signing):
    firm.service.is_now(email=KARIN)
    firm.service.down = True
    with firm.visitor(**HTML) as visitor:
        page = visitor.get("/sign-in")
    firm.service.down = False
    assert "That did not work." in page.text


# -- cookies -------------------------------------------------------------------------------------------


def forged(firm: Signing, secret: str, **claims: object) -> str:
    said = {"is_logged_in": True, "origin": firm.address, "email": KARIN, "roles": [], "at": 2_000_000_000, **claims}
    return f"{USER_COOKIE_NAME}={create_signed_value(secret, USER_COOKIE_NAME, json.dumps(said)).decode()}"


def test_forged_cookies_open_nothing(firm: Signing, karin: httpx.Client):
    secret = (firm.home / "login.key").read_text()
    good = f"{USER_COOKIE_NAME}={karin.cookies[USER_COOKIE_NAME]}"
    tried = [
        forged(firm, "another-secret-of-at-least-32-characters"),
        forged(firm, secret, origin="https://evil.example"),
        forged(firm, secret, is_logged_in=1),
        forged(firm, secret, at=None),
        forged(firm, secret, roles="manager"),
        good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
        good.replace(USER_COOKIE_NAME, f"{USER_COOKIE_NAME}_tokens"),
        f"{USER_COOKIE_NAME}=",
        f"{USER_COOKIE_NAME}=chunks-2",
    ]
    assert httpx.get(firm.address, headers={"Cookie": good}, verify=NO_TLS).status_code == 200
    for cookie in tried:
        assert httpx.get(firm.address, headers={"Cookie": cookie}, verify=NO_TLS).status_code == 403, cookie
        with pytest.raises(InvalidStatus):
            firm.socket(None, cookie)


def test_a_sign_in_that_lasted_too_long_opens_nothing(firm: Signing, karin: httpx.Client):
    with open_home(firm.home, environment={}) as konto:
        sign_in = Home(konto).sign_in()
    assert sign_in is not None
    cookie = f"{USER_COOKIE_NAME}={karin.cookies[USER_COOKIE_NAME]}"
    assert cookies.in_force(cookie, sign_in) is not None
    assert cookies.in_force(cookie, replace(sign_in, lasting=timedelta(seconds=-1))) is None


def test_whoever_signs_out_is_out_in_every_window_and_a_copy_of_the_cookie_opens_nothing(firm: Signing):
    with firm.signed_in(KARIN) as visitor, firm.socket(visitor) as window:
        copy = f"{USER_COOKIE_NAME}={visitor.cookies[USER_COOKIE_NAME]}"
        assert b"Kessler" in run(window, "rules")
        assert firm.visitor(Cookie=copy).get("/").status_code == 200
        visitor.get("/auth/logout", headers={"Sec-Fetch-Site": "cross-site"})
        assert firm.visitor(Cookie=copy).get("/").status_code == 200, "another site must not sign anybody out"
        assert ASK in visitor.get("/auth/logout", headers=HTML).text
        assert "/end" in firm.service.asked, "it is told to the service, too"
        assert firm.visitor(Cookie=copy).get("/").status_code == 403
        with pytest.raises(ConnectionClosed):
            run(window, "rules")


def test_who_signed_in_and_out_and_who_was_refused_stands_in_the_access_journal_without_an_address(firm: Signing):
    home = open_at(firm.home)
    before = home.konto.journal.head().number
    with firm.signed_in("alma@example.com") as visitor:
        visitor.get("/auth/logout", headers=HTML)
    with firm.signed_in("stranger@example.com"):
        pass
    noted = [each for each in home.konto.journal.every() if each.number > before]
    alma = home.konto.log.ids.person("alma")
    assert [(each.who, each.what, each.door) for each in noted if each.who == alma] == [
        (alma, "signed_in", "dashboard"), (alma, "signed_out", "dashboard"),
    ]  # fmt: skip
    strangers = [(each.what, each.beside) for each in noted if each.who == "unknown"]
    assert set(strangers) <= {("sign_in_refused", "stranger"), ("sign_in_refused", "more")}
    home.konto.journal.count_up(datetime.now(UTC) + timedelta(minutes=2))
    every = list(home.konto.journal.every())
    assert any(each.what == "sign_in_refused" for each in every)
    assert not any("@" in text for each in every for text in each if isinstance(text, str))
    assert home.konto.journal.verify([]).is_ok
    home.close()


# -- hosts and origins ---------------------------------------------------------------------------------


def test_only_the_address_of_the_settings_is_answered_and_only_our_own_pages_may_ask(
    firm: Signing, karin: httpx.Client
):
    port = firm.address.rpartition(":")[2]
    cookie = {"Cookie": f"{USER_COOKIE_NAME}={karin.cookies[USER_COOKIE_NAME]}"}

    def status(**headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.get(firm.address, headers=cookie | sent, verify=NO_TLS).status_code

    assert status() == status(Origin=firm.address) == 200
    for host in ("evil.example", f"localhost:{port}", f"127.0.0.1.evil.example:{port}", f"127.0.0.1:{port}, evil", "["):
        assert status(Host=host) == 403, host
    for origin in ("https://evil.example", "null", f"http://localhost:{port}", f"https://127.0.0.1:{port}"):
        assert status(Origin=origin) == 403, origin
        with pytest.raises(InvalidStatus):
            firm.socket(karin, origin=origin)
    with pytest.raises(InvalidStatus):
        firm.socket(karin, origin="")


# -- on the wire ---------------------------------------------------------------------------------------

ASKED = (
    ("account", "order=name"),
    ("account", "customer={planted}"),
    ("contacts", "state=all&customer={planted}"),
    ("incidents", "state=all&owner=Ines+Vogt"),
    ("promises", "owner=Ines+Vogt"),
    ("morning", "owner=Ines+Vogt"),
)


def test_a_raw_websocket_tells_a_manager_the_planted_names_and_nobody_else_a_single_one(
    firm: Signing, karin: httpx.Client
):
    with open_home(firm.home, environment={}) as konto:
        planted = konto.library.customer_ids("G-2")[0]
    for cookie in ("", forged(firm, "another-secret-of-at-least-32-characters")):
        with pytest.raises(InvalidStatus):
            firm.socket(None, cookie or "x=1")
    told = {who: b"" for who in (KARIN, LUTZ, STRANGER)}
    for who in told:
        with firm.signed_in(who) as visitor, firm.socket(visitor) as socket:
            for place, query in ASKED:
                told[who] += run(socket, place, "lang=en&" + query.format(planted=planted))
    assert set(seen(told[KARIN])) >= {*PLANTED[:48], "Wintergartenangebot", "Kesselexplosion"}
    assert seen(told[LUTZ]) == []
    assert b"Petra Meier" in told[LUTZ]
    assert seen(told[STRANGER], (*TELLS, "Petra Meier", "Kessler", "Ines", "Karin")) == []
    assert b"Nobody of this firm has the address `somebody@example.com`" in told[STRANGER]


def test_without_the_proof_that_our_page_asks_a_websocket_of_somebody_signed_in_is_nobodys(
    firm: Signing, karin: httpx.Client
):
    """Streamlit then reads no cookie, and whoever is not known to have signed in has no role at all."""
    cookie = f"{USER_COOKIE_NAME}={karin.cookies[USER_COOKIE_NAME]}"
    with firm.socket(None, cookie) as socket:
        told = run(socket, "account", "lang=en")
    assert b"Please sign in once more" in told
    assert seen(told, (*TELLS, "Kessler")) == []


def test_whoever_is_no_longer_one_of_the_people_sees_nothing_at_the_next_click(firm: Signing):
    konto = open_home(firm.home, environment={})
    with konto, firm.signed_in(INES) as visitor, firm.socket(visitor) as socket:
        assert seen(run(socket, "account", "order=name"))
        konto.publish("people", PEOPLE.replace('"ines@example.com"', '"ines.vogt@example.com"'))
        after = run(socket, "account", "order=name")
        konto.publish("people", PEOPLE)
        again = run(socket, "account", "order=name")
    assert seen(after, (*TELLS, "Kessler")) == []
    assert seen(again)


SAID = {"is_logged_in": True, "provider": "default", "aud": CLIENT, "email": KARIN, "picture": "x" * 5000}
PLACES = {"groups": ["a", "chiefs", 7], "realm_access": {"roles": ["chiefs", "b"]}, "a.b": "chiefs", "c": {"d": None}}


def kept(told: dict, **more: object) -> SignedIn | None:
    """Who the small cookies speak of, after the service has told this."""
    asked = SignIn(
        "https://konto.example.com", "", CLIENT, "", "s" * 32, timedelta(hours=1), None, frozenset({"chiefs"})
    )
    asked = replace(asked, **more)
    crumbs: dict[str, str] = {}
    set_cookie_with_chunks(
        lambda name, text: crumbs.update({name: create_signed_value(asked.cookie_secret, name, text).decode()}),
        lambda name, text: create_signed_value(asked.cookie_secret, name, text),
        USER_COOKIE_NAME,
        told,
        cookie_attr_size=100,
    )
    written = cookies.kept_small(crumbs, asked, datetime.now(UTC))
    if written is None:
        return None
    together = "; ".join(value.decode().partition(";")[0] for _, value in written)
    return cookies.signed_in(cookies.in_force(together, asked) or {})


def test_of_what_the_service_says_an_address_that_it_is_sure_of_is_kept_and_the_roles_that_mean_anything():
    def email(**said: object) -> str | None:
        found = kept(SAID | said)
        assert found is not None
        return found.email

    assert email() == email(email_verified=True) == email(email_verified="true") == KARIN
    for unsure in (False, "false", None, 0, "yes"):
        assert email(email_verified=unsure) is None
    assert email(email=None, preferred_username=KARIN) is None

    def roles(claim: str | None) -> tuple[str, ...]:
        found = kept(SAID | PLACES, roles_claim=claim)
        assert found is not None
        return found.roles

    assert roles("groups") == roles("realm_access.roles") == roles("a.b") == ("chiefs",)
    for nothing in (None, "realm_access", "realm_access.b", "c.d", "c.d.e", "email", "none"):
        assert roles(nothing) == ()
    assert kept(SAID | {"aud": ["another", CLIENT]}) is not None
    for audience in ("another", ["another"], None, CLIENT[:-1]):
        assert kept(SAID | {"aud": audience}) is None


# -- starting ------------------------------------------------------------------------------------------


def test_konto_dashboard_url_names_the_address_that_everybody_uses(firm: Signing):
    assert new_address(firm.home) == f"{firm.address}/"


# -- in a browser --------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no Chromium on this machine")
def test_a_browser_signs_in_looks_at_a_page_and_signs_out(firm: Signing):
    firm.service.is_now(email=KARIN)
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        page = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin").new_page()
        watched = Watched(page)
        page.goto(f"{firm.address}/account?order=name")
        page.get_by_role("link", name="Anmelden").click()
        settled(page)
        assert page.url.endswith("/account?order=name")
        assert page.get_by_text(PLANTED[0]).first.is_visible()
        assert page.get_by_text("angemeldet: Karin Roth").is_visible()
        page.get_by_role("button", name="Abmelden").click()
        page.get_by_text("Bitte melden Sie sich mit Ihrem Konto der Firma an.").wait_for()
        page.goto(f"{firm.address}/account")
        assert page.get_by_text(PLANTED[0]).count() == 0
        browser.close()
    assert (watched.errors, watched.outside) == ([], [])


def test_the_moment_of_a_sign_in_is_ours_and_not_the_services(firm: Signing):
    with firm.signed_in(KARIN, iat=int((datetime.now(UTC) - timedelta(minutes=1)).timestamp())) as visitor:
        crumb = visitor.cookies[USER_COOKIE_NAME]
    with open_home(firm.home, environment={}) as konto:
        sign_in = Home(konto).sign_in()
    assert sign_in is not None
    said = cookies.signed_in(cookies.in_force(f"{USER_COOKIE_NAME}={crumb}", sign_in) or {})
    assert said is not None
    assert said.at is not None
    assert abs(datetime.now(UTC) - said.at) < timedelta(seconds=30)

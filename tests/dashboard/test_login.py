"""Who may open the dashboard: real HTTP and a raw WebSocket handshake against a real server."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from dashboard.login import ENGLISH, GERMAN, TokenFile
from dashboard.serve import TOKEN_VARIABLE, CannotServe, main, new_address, serve

ROOT = Path(__file__).parents[2]
PAGES = (
    "/",
    "/account?customer=K-17",
    "/_stcore/health",
    "/_stcore/host-config",
    "/app/static/plex-latin.woff2",
)


class Server(NamedTuple):
    home: Path
    port: int
    printed: str
    process: subprocess.Popen[str]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str


def _start(home: Path, **environment: str) -> subprocess.Popen[str]:
    """The server as `konto` starts it, from a folder that has nothing to do with it."""
    command = [sys.executable, "-m", "dashboard.serve", "--home", str(home), "--port", "0"]
    return subprocess.Popen(
        command,
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    process = _start(home)
    assert process.stdout is not None
    printed = process.stdout.readline().strip()
    yield Server(home, urlsplit(printed).port or 0, printed, process)
    process.terminate()
    process.communicate(timeout=10)


def _port(home: Path, process: subprocess.Popen[str]) -> int:
    """The port of a server that prints no address."""
    running = home / "run" / "dashboard.json"
    until = time.monotonic() + 20
    while not running.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    return urlsplit(json.loads(running.read_text())["address"]).port or 0


def _get(server: Server, path: str, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    path = path.removeprefix(f"http://127.0.0.1:{server.port}")
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)


def _shake_hands(server: Server, **headers: str) -> str:
    """The first line of the answer to a WebSocket handshake."""
    fields = {
        "Host": f"127.0.0.1:{server.port}",
        "Origin": f"http://127.0.0.1:{server.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "streamlit",
        **headers,
    }
    lines = [
        "GET /_stcore/stream HTTP/1.1",
        *(f"{name}: {value}" for name, value in fields.items() if value),
        "",
        "",
    ]
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return connection.recv(4096).decode("latin-1").split("\r\n")[0]


def _log_in(server: Server, path: str = "/") -> str:
    """A valid cookie, got with a fresh address."""
    token = new_address(server.home).partition("token=")[2]
    answer = _get(server, f"{path}{'&' if '?' in path else '?'}token={token}")
    assert answer.status == 303
    return answer.headers["set-cookie"].split(";")[0]


@pytest.mark.parametrize("path", PAGES)
def test_without_the_cookie_every_address_is_refused_with_one_plain_sentence(server, path):
    answer = _get(server, path)
    assert answer.status == 403
    assert answer.text.splitlines() == [GERMAN, ENGLISH]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
def test_with_the_cookie_every_address_answers(server, path):
    assert _get(server, path, Cookie=_log_in(server)).status == 200


@pytest.mark.parametrize(
    ("path", "browser", "said"),
    [
        ("/", "de-AT,en;q=0.5", "de"),
        ("/", "en-GB", "en"),
        ("/", "fr", "en"),
        ("/?lang=de", "en-GB", "de"),
        ("/account?lang=en", "de", "en"),
        ("/?lang=%3Cb%3E", "de", "de"),
    ],
)
def test_a_page_says_its_language_for_those_who_hear_it(server, path, browser, said):
    cookie = _log_in(server)
    headers = {"Accept": "text/html", "Accept-Language": browser, "Accept-Encoding": "gzip"}
    answer = _get(server, path, Cookie=cookie, **headers)
    assert f'<html lang="{said}">' in answer.text
    assert int(answer.headers["content-length"]) == len(answer.text.encode())


def test_a_browser_is_refused_with_a_page_in_both_languages(server):
    answer = _get(server, "/", Accept="text/html,*/*")
    assert answer.status == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert GERMAN in answer.text
    assert ENGLISH in answer.text
    assert "href" not in answer.text


def test_whoever_comes_by_a_link_in_web_mail_can_go_on_from_the_refusal(server):
    """The cookie is not sent from another site's page, so that page must be left first."""
    answer = _get(server, "/account?customer=K-17", Accept="text/html", Sec_Fetch_Site="cross-site")
    assert answer.status == 403
    assert '<a href="">' in answer.text


def test_an_address_opens_the_dashboard_once(server):
    address = new_address(server.home)
    first, again = _get(server, address), _get(server, address)
    assert (first.status, first.headers["location"]) == (303, "/")
    assert again.status == 403
    assert "set-cookie" not in again.headers


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_is_new_each_time(server):
    token = new_address(server.home).partition("token=")[2]
    cookie = _get(server, f"/?token={token}").headers["set-cookie"]
    name, _, value = cookie.partition(";")[0].partition("=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {"Path=/", "HttpOnly", "SameSite=Strict"}
    assert name == f"konto_{server.port}"
    assert len(value) >= 43
    assert value not in _log_in(server)


@pytest.mark.parametrize("token", ["", "wrong", "ä" * 10, "0" * 5000])
def test_a_wrong_token_is_refused_and_does_not_use_up_the_right_one(server, token):
    right = new_address(server.home)
    assert _get(server, f"/?token={token.encode().hex() if token.startswith('ä') else token}").status == 403
    assert _get(server, right).status == 303


def test_of_two_addresses_asked_for_only_the_newer_one_works(server):
    older, newer = new_address(server.home), new_address(server.home)
    assert _get(server, older).status == 403
    assert _get(server, newer).status == 303


def test_the_token_leaves_the_address_and_everything_else_stays(server):
    token = new_address(server.home).partition("token=")[2]
    answer = _get(server, f"/account?customer=K-17&token={token}&span=all")
    assert answer.headers["location"] == "/account?customer=K-17&span=all"


def test_no_token_leads_to_another_host(server):
    token = new_address(server.home).partition("token=")[2]
    assert _get(server, f"//example.org/?token={token}").headers["location"] == "/example.org/"


def test_a_known_browser_may_open_a_used_address_from_its_history(server):
    cookie = _log_in(server)
    address = new_address(server.home)
    assert _get(server, address).status == 303
    answer = _get(server, address, Cookie=cookie)
    assert answer.status == 303
    assert "set-cookie" not in answer.headers


def test_one_token_opens_for_one_of_many_who_ask_at_once(tmp_path):
    tokens = TokenFile(tmp_path / "run" / "token")
    tokens.put("t" * 43)
    taken: list[bool] = []

    threads = [threading.Thread(target=lambda: taken.append(tokens.take("t" * 43))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 1


def test_the_token_stands_nowhere_in_plain_text_and_only_its_owner_reads_its_file(server):
    token = new_address(server.home).partition("token=")[2]
    file = server.home / "run" / "dashboard.token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert token.encode() not in file.read_bytes()


def test_a_token_file_that_others_can_write_opens_nothing(tmp_path):
    tokens = TokenFile(tmp_path / "token")
    tokens.put("t" * 43)
    (tmp_path / "token").chmod(0o666)
    assert not tokens.take("t" * 43)


def test_a_websocket_without_the_cookie_gets_nothing(server):
    assert _shake_hands(server).split()[1] == "403"
    assert _shake_hands(server, Cookie=f"konto_{server.port}=guessed").split()[1] == "403"


def test_a_websocket_with_the_cookie_is_opened(server):
    assert _shake_hands(server, Cookie=_log_in(server)).split()[1] == "101"


@pytest.mark.parametrize("origin", ["http://example.org", "http://127.0.0.1:1", "null", ""])
def test_a_websocket_from_another_page_gets_nothing_even_with_the_cookie(server, origin):
    assert _shake_hands(server, Cookie=_log_in(server), Origin=origin).split()[1] == "403"


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "10.0.0.5", "localhost@example.org", ""])
def test_a_foreign_host_name_is_refused_even_with_the_cookie(server, host):
    """DNS rebinding: a page of example.org whose name suddenly leads to this machine."""
    cookie = _log_in(server)
    assert _get(server, "/", Cookie=cookie, Host=host).status in (400, 403)
    assert _shake_hands(server, Cookie=cookie, Host=host or "example.org", Origin=f"http://{host}").split()[1] == "403"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9000", "[::1]:9000"])
def test_this_machine_has_three_names_and_a_tunnel_may_have_another_port(server, host):
    assert _get(server, "/", Cookie=_log_in(server), Host=host).status == 200


def test_a_request_from_another_sites_page_is_refused_even_with_the_cookie(server):
    assert _get(server, "/", Cookie=_log_in(server), Origin="http://example.org").status == 403


def test_the_browser_is_told_to_keep_the_page_to_itself(server):
    headers = _get(server, "/", Cookie=_log_in(server)).headers
    policy = headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert f"ws://127.0.0.1:{server.port}" in policy


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.org", ""])
def test_without_signing_in_the_server_refuses_to_answer_beyond_this_machine(tmp_path, host):
    with pytest.raises(CannotServe, match=r"Please set the section \[login\]"):
        serve(tmp_path, host=host, port=0)


def test_a_port_in_use_is_named_with_the_remedy(server, tmp_path):
    with pytest.raises(CannotServe, match=rf"Port {server.port} is in use.*--port"):
        serve(tmp_path, port=server.port)


def test_a_short_token_is_not_accepted(tmp_path):
    with pytest.raises(CannotServe, match=TOKEN_VARIABLE):
        serve(tmp_path, port=0, token="short")


def test_without_a_running_dashboard_there_is_no_address(tmp_path):
    with pytest.raises(CannotServe, match="konto dashboard"):
        new_address(tmp_path)


def test_the_supervisors_token_works_once_and_nothing_of_it_remains(tmp_path):
    """Also when the server falls and the supervisor starts it again with the environment it had."""
    token = "s" * 43
    fallen = _start(tmp_path, **{TOKEN_VARIABLE: token})
    assert _get(Server(tmp_path, _port(tmp_path, fallen), "", fallen), f"/?token={token}").status == 303
    fallen.kill()
    words, _ = fallen.communicate(timeout=10)
    (tmp_path / "run" / "dashboard.json").unlink()

    risen = _start(tmp_path, **{TOKEN_VARIABLE: token})
    server = Server(tmp_path, _port(tmp_path, risen), "", risen)
    assert _get(server, f"/?token={token}").status == 403
    assert _get(server, new_address(tmp_path)).status == 303
    new_address(tmp_path)
    risen.send_signal(signal.SIGTERM)
    more_words, _ = risen.communicate(timeout=10)

    assert risen.returncode == 0
    assert "token" not in words + more_words, "an address with its token stands in what the server wrote"
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["dashboard.used"]


def test_the_command_refuses_in_german_too(tmp_path, capsys):
    assert main(["--home", str(tmp_path), "--url", "--lang", "de"]) == 2
    assert capsys.readouterr().err == "Das Dashboard läuft nicht. Starten Sie es mit: konto dashboard\n"

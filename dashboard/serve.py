"""Starts the dashboard on this machine: `python -m dashboard.serve`, run by `konto dashboard` as its child.

Who may look is decided in `dashboard.login` by a token, or in `dashboard.signing_in` where people sign in. Without
signing in it answers on the loopback interface only.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import uvicorn

from dashboard import data
from dashboard.acknowledge import Acknowledge
from dashboard.login import Login, TokenFile
from dashboard.origin import App, Origin
from dashboard.shapes.signing_in import Noting, SignIn, not_noted
from dashboard.spoken import in_their_language
from words import LANGUAGES, N_, translator

PORT: Final = 8501
NO_SIGN_IN = N_(
    "Beyond this machine, on {host}, the dashboard answers only where people sign in. Please set the section [login] "
    "as docs/how-to/sign-in.md says, or leave --host out."
)
TOKEN_VARIABLE: Final = "KONTO_DASHBOARD_TOKEN"
CONTAINER_VARIABLE: Final = "KONTO_CONTAINER"
_STOP_WITHIN_SECONDS: Final = 3
_LEAST_TOKEN_LENGTH: Final = 32
_ASKED_FOR_SECONDS: Final = 10


class CannotServe(Exception):
    """The dashboard cannot be started or reached as asked; its text is English with {named} values."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text = text
        self.values = values


def serve(
    home: Path,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    token: str | None = None,
    sign_in: SignIn | None = None,
    note: Noting = not_noted,
) -> None:
    """Serve the dashboard until the process is asked to stop.

    `port` 0 takes a free one. `token` opens the first page; without one it is made and the address printed. With
    `sign_in` there is none: people sign in. `note` hears of whoever does.
    What the pages show comes from `dashboard.data.use`, called before this.
    Raises CannotServe for a host beyond this machine without signing in, a port in use, and a token too short to be
    safe.
    """
    if sign_in is None and not (_is_loopback(host) or _is_containers_own(host)):
        raise CannotServe(NO_SIGN_IN, host=host)
    if token is not None and len(token) < _LEAST_TOKEN_LENGTH:
        raise CannotServe(N_("{name} must have at least {n} characters."), name=TOKEN_VARIABLE, n=_LEAST_TOKEN_LENGTH)
    # Loaded before the port is taken, so that nobody waits at a door that is not served yet.
    pages = in_their_language(_pages(sign_in))
    # All this stays. A pass over it in search of garbage takes 60 ms, in the middle of whatever page is being made.
    gc.freeze()
    try:
        listener = _listening(host, port)
    except OSError as error:
        raise CannotServe(N_("Port {port} is in use. Choose another one with --port."), port=port) from error
    with listener:
        port = listener.getsockname()[1]
        address = _address(host, port)
        tokens = TokenFile(_token_file(home))
        if sign_in is None:
            opens = _opened_by(tokens, token, address)
            front = Acknowledge(Login(pages, tokens, port, note))
        else:
            opens = f"{sign_in.address}/"
            front = _opened_by_signing_in(pages, sign_in, note)
        _note_running(home, address, sign_in)
        if token is None:
            print(opens, flush=True)
        try:
            _run(front, listener)
        finally:
            tokens.remove()
            _running_file(home).unlink(missing_ok=True)


def _listening(host: str, port: int) -> socket.socket:
    """Says that it is TCP, as `wiring.listening` does and for the same reason: else every answer waits 40 ms."""
    found = socket.create_server((host, port), family=_family(host))
    return socket.socket(found.family, found.type, socket.IPPROTO_TCP, fileno=found.detach())


def _opened_by(tokens: TokenFile, token: str | None, address: str) -> str:
    """The address with the first token, which is made where none is given."""
    first = token or secrets.token_urlsafe(32)
    if not tokens.was_used(first):
        tokens.put(first)
    return f"{address}?token={first}"


def _opened_by_signing_in(pages: App, sign_in: SignIn, note: Noting) -> Acknowledge:
    # Late: Streamlit takes half a second to import, which `--url` need not wait for.
    from dashboard.signing_in import Door

    return Acknowledge(Door(pages, sign_in, note=note), Origin(sign_in.address))


def new_address(home: Path) -> str:
    """A new address that opens the running dashboard of this home once; an unused older one stops working.

    Where people sign in, it is the one that everybody uses.
    Raises CannotServe if no dashboard runs there.
    """
    try:
        running = json.loads(_running_file(home).read_text())
        address = running["address"]
        host, _, port = address.removeprefix("http://").rstrip("/").rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), timeout=2).close()
    except (OSError, ValueError) as error:
        raise CannotServe(N_("The dashboard is not running. Start it with: konto dashboard")) from error
    if running.get("sign_in"):
        return f"{running['sign_in']}/"
    token = secrets.token_urlsafe(32)
    TokenFile(_token_file(home)).put(token)
    return f"{address}?token={token}"


def main(arguments: list[str] | None = None) -> int:
    """The command line of the child process; `konto` calls it with the home it works on."""
    parser = argparse.ArgumentParser(prog="python -m dashboard.serve", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the embedded store")
    parser.add_argument(
        "--host", default="127.0.0.1", help="where it answers (default 127.0.0.1); others only where people sign in"
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"default {PORT}; 0 takes a free one")
    parser.add_argument("--url", action="store_true", help="print a new address for the running dashboard and stop")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of refusals (default en)")
    asked = parser.parse_args(arguments)
    try:
        if asked.url:
            print(new_address(asked.home))
        else:
            # Late: `--url` needs neither the pages nor the store.
            from dashboard.answers.home import Home

            token = os.environ.pop(TOKEN_VARIABLE, None)
            home = Home.opened(asked.home)
            data.use(home)
            with _asked_to_end():
                serve(
                    asked.home,
                    host=asked.host,
                    port=asked.port,
                    token=token,
                    sign_in=home.sign_in(),
                    note=home.note_signing_in,
                )
    except CannotServe as refusal:
        print(translator(asked.lang).gettext(refusal.text).format(**refusal.values), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


@contextmanager
def _asked_to_end() -> Iterator[None]:
    """uvicorn raises the signal again when it has shut down; this turns it into an orderly end."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _pages(sign_in: SignIn | None) -> App:
    # Streamlit takes half a second to import, which `--url` need not wait for.
    from streamlit.starlette import App

    from dashboard.trouble import explain

    # In memory alone: nothing of it is written into a file that Streamlit would read.
    known = None if sign_in is None else {"auth": _asked_with(sign_in)}
    return App(Path(__file__).with_name("app.py"), on_script_error=explain, secrets=known)


def _asked_with(sign_in: SignIn) -> dict[str, Any]:
    """As Streamlit calls it."""
    return {
        "redirect_uri": f"{sign_in.address}/oauth2callback",
        "cookie_secret": sign_in.cookie_secret,
        "client_id": sign_in.client_id,
        "client_secret": sign_in.client_secret,
        "server_metadata_url": sign_in.metadata_url,
        # Sooner or later a service that does not answer is none.
        "client_kwargs": {"timeout": _ASKED_FOR_SECONDS},
    }


def _run(app: Acknowledge, listener: socket.socket) -> None:
    # Streamlit gives this log a handler of its own, and it would hold the addresses with their tokens.
    logging.getLogger("uvicorn.access").disabled = True
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            lifespan="on",
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_STOP_WITHIN_SECONDS,
            ws="websockets-sansio",
        )
    )
    server.run(sockets=[listener])


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_containers_own(host: str) -> bool:
    """In our image every address is the container's alone; what leads there from outside, the engine decides."""
    return os.environ.get(CONTAINER_VARIABLE) == "1" and host in ("0.0.0.0", "::")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _address(host: str, port: int) -> str:
    """For a browser on this machine, which the engine leads to the container by the same port."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _token_file(home: Path) -> Path:
    return home / "run" / "dashboard.token"


def _running_file(home: Path) -> Path:
    return home / "run" / "dashboard.json"


def _note_running(home: Path, address: str, sign_in: SignIn | None) -> None:
    _running_file(home).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = _running_file(home).with_suffix(".new")
    fresh.write_text(
        json.dumps({"address": address, "pid": os.getpid(), "sign_in": sign_in.address if sign_in else None})
    )
    fresh.replace(_running_file(home))


if __name__ == "__main__":
    sys.exit(main())

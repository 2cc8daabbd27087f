"""Who may open the dashboard: whoever has the address from the terminal, then the browser that opened it.

The address carries a token that works once. It becomes a cookie that no script can read and no other site can
send; both live no longer than the server. Everything without that cookie is refused before Streamlit sees it.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from dashboard.spoken import spoken, unpacked

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

GERMAN: Final = "Bitte mit der Adresse öffnen, die „konto dashboard“ anzeigt."
ENGLISH: Final = "Please open this with the address that “konto dashboard” shows."
_CAME_BY_LINK: Final = "Weiter / Continue"
_LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# Scripts, styles, fonts and connections from this server alone: the browser itself keeps every page at home.
# Streamlit's start page has an inline script, its styles and Vega's pictures are made in the page.
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; connect-src 'self' ws://{host}; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


class TokenFile:
    """The token that opens the dashboard next, kept as its hash in a file that only its owner can touch.

    A file and not memory, so that `konto dashboard --url` can put a new one there while the server runs.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._used = path.with_suffix(".used")

    def put(self, token: str) -> None:
        """Make this the only token that opens the dashboard."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_suffix(f".{secrets.token_hex(4)}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_digest(token))
        fresh.replace(self._path)

    def take(self, token: str) -> bool:
        """Whether this is the token; if so it is used up, also when two ask at the same moment."""
        try:
            found = self._path.stat()
            foreign = hasattr(os, "getuid") and found.st_uid != os.getuid()
            if foreign or found.st_mode & 0o022 or not hmac.compare_digest(self._path.read_bytes(), _digest(token)):
                return False
            self._path.replace(self._used)
        except FileNotFoundError:
            return False
        return True

    def was_used(self, token: str) -> bool:
        """Whether this was the token used last: a server that starts again is given its first one again."""
        try:
            return hmac.compare_digest(self._used.read_bytes(), _digest(token))
        except FileNotFoundError:
            return False

    def remove(self) -> None:
        """Let no unused token outlive its server."""
        self._path.unlink(missing_ok=True)


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


class Login:
    """Stands in front of the dashboard as an ASGI application; nothing passes without the cookie."""

    def __init__(self, app: App, tokens: TokenFile, port: int) -> None:
        self._app = app
        self._tokens = tokens
        # All ports of one host share their cookies, so the name tells two dashboards apart.
        self._cookie = f"konto_{port}"
        self._sessions: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        host = header(scope, b"host")
        if not is_ours(host) or not has_our_origin(scope, host):
            await _refuse(scope, send)
            return
        known = self._is_known(scope)
        if scope["type"] == "http" and scope["method"] == "GET":
            token, rest = _split_token(scope)
            if token is not None:
                # A known browser is let on even with a used token: its address may come from the history.
                if self._tokens.take(token) or known:
                    await _redirect(send, rest, self._new_cookie(known))
                else:
                    await _refuse(scope, send)
                return
        if not known:
            await _refuse(scope, send)
            return
        await self._app(unpacked(scope), receive, spoken(scope, _with_headers(send, host)))

    def _is_known(self, scope: Scope) -> bool:
        try:
            crumbs = SimpleCookie(header(scope, b"cookie"))
        except CookieError:
            return False
        return self._cookie in crumbs and _digest(crumbs[self._cookie].value) in self._sessions

    def _new_cookie(self, known: bool) -> str | None:
        if known:
            return None
        session = secrets.token_urlsafe(32)
        self._sessions.add(_digest(session))
        return f"{self._cookie}={session}; Path=/; HttpOnly; SameSite=Strict"


def header(scope: Scope, name: bytes) -> str:
    """All values of a header as one text; two hosts or origins then match nothing."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def is_ours(host: str) -> bool:
    """Whether the address in the browser is this machine; a foreign name that leads here is an attack."""
    try:
        parts = urlsplit(f"//{host}")
        return parts.hostname in _LOOPBACK_NAMES and parts.netloc == host and (parts.port or 80) > 0
    except ValueError:
        return False


def has_our_origin(scope: Scope, host: str) -> bool:
    """Whether the page that asks is ours; browsers name it for every WebSocket and every change."""
    origin = header(scope, b"origin")
    return origin == f"http://{host}" or (not origin and scope["type"] == "http")


def _split_token(scope: Scope) -> tuple[str | None, str]:
    """The token in the address, and the address without it."""
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    token = next((value for key, value in pairs if key == "token"), None)
    query = urlencode([(key, value) for key, value in pairs if key != "token"])
    # One slash only: "//name" would lead to another host.
    path = "/" + quote(scope["path"].lstrip("/\\"))
    return token, f"{path}?{query}" if query else path


async def _redirect(send: Send, address: str, cookie: str | None) -> None:
    headers = [(b"location", address.encode()), *_PRIVATE]
    if cookie:
        headers.append((b"set-cookie", cookie.encode()))
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(scope: Scope, send: Send) -> None:
    """403 with one sentence; a refused WebSocket is never opened."""
    kind = "http.response"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        kind = "websocket.http.response"
    page = "text/html" in header(scope, b"accept")
    body = _page(scope) if page else f"{GERMAN}\n{ENGLISH}\n"
    headers = [
        (b"content-type", b"text/html; charset=utf-8" if page else b"text/plain; charset=utf-8"),
        *_PRIVATE,
    ]
    await send({"type": f"{kind}.start", "status": 403, "headers": headers})
    await send({"type": f"{kind}.body", "body": body.encode()})


def _page(scope: Scope) -> str:
    # A link in another site's page (web mail) brings no SameSite cookie; a link in this page does.
    came_by_link = header(scope, b"sec-fetch-site") == "cross-site"
    link = f'<p><a href="">{_CAME_BY_LINK}</a></p>' if came_by_link else ""
    return (
        '<!doctype html><html lang="de"><meta charset="utf-8"><title>Vertrauenskonto</title>'
        '<meta name="viewport" content="width=device-width"><style>:root{color-scheme:light dark}'
        "body{font:17px/1.5 sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem}</style>"
        f'<p>{GERMAN}</p><p lang="en">{ENGLISH}</p>{link}'
    )


_PRIVATE: Final[Headers] = [
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]


def private_headers(*, referrer: bytes = b"no-referrer") -> Headers:
    """What tells a browser to keep an answer to itself."""
    return [(name, referrer if name == b"referrer-policy" else value) for name, value in _PRIVATE]


def _with_headers(send: Send, host: str) -> Send:
    """The answer, with what tells the browser to keep the page to itself."""
    added: Iterable[tuple[bytes, bytes]] = (
        *_PRIVATE[1:],
        (b"content-security-policy", _POLICY.format(host=host).encode()),
    )

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return sender

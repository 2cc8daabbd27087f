"""Who may open the dashboard: whoever has the address from the terminal, then the browser that opened it.

The address carries a token that works once. It becomes a cookie that no script can read and no other site can
send; both live no longer than the server. Everything without that cookie is refused before Streamlit sees it.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from dashboard.origin import THIS_MACHINE, App, Receive, Scope, Send, answered, header, private_headers, redirected
from dashboard.shapes.signing_in import Noting, not_noted

GERMAN: Final = "Bitte mit der Adresse öffnen, die „konto dashboard“ anzeigt."
ENGLISH: Final = "Please open this with the address that “konto dashboard” shows."
_CAME_BY_LINK: Final = "Weiter / Continue"


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

    def __init__(self, app: App, tokens: TokenFile, port: int, note: Noting = not_noted) -> None:
        self._app = app
        self._tokens = tokens
        self._note = note
        # All ports of one host share their cookies, so the name tells two dashboards apart.
        self._cookie = f"konto_{port}"
        self._sessions: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if not (THIS_MACHINE.is_asked_for(scope) and THIS_MACHINE.is_where_it_comes_from(scope)):
            await _refuse(scope, send)
            return
        known = self._is_known(scope)
        if scope["type"] == "http" and scope["method"] == "GET":
            token, rest = _split_token(scope)
            if token is not None:
                # A known browser is let on even with a used token: its address may come from the history.
                taken = self._tokens.take(token)
                if taken or not known:
                    await asyncio.to_thread(self._note, "signed_in" if taken else "sign_in_refused", None, "token")
                if taken or known:
                    await redirected(send, rest, self._new_cookie(known))
                else:
                    await _refuse(scope, send)
                return
        if not known:
            await _refuse(scope, send)
            return
        await self._app(scope, receive, THIS_MACHINE.with_headers(send, scope))

    def _is_known(self, scope: Scope) -> bool:
        try:
            crumbs = SimpleCookie(header(scope, b"cookie"))
        except CookieError:
            return False
        return self._cookie in crumbs and _digest(crumbs[self._cookie].value) in self._sessions

    def _new_cookie(self, known: bool) -> list[tuple[bytes, bytes]]:
        if known:
            return []
        session = secrets.token_urlsafe(32)
        self._sessions.add(_digest(session))
        return [(b"set-cookie", f"{self._cookie}={session}; Path=/; HttpOnly; SameSite=Strict".encode())]


def _split_token(scope: Scope) -> tuple[str | None, str]:
    """The token in the address, and the address without it."""
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    token = next((value for key, value in pairs if key == "token"), None)
    query = urlencode([(key, value) for key, value in pairs if key != "token"])
    # One slash only: "//name" would lead to another host.
    path = "/" + quote(scope["path"].lstrip("/\\"))
    return token, f"{path}?{query}" if query else path


async def _refuse(scope: Scope, send: Send) -> None:
    """403 with one sentence."""
    page = "text/html" in header(scope, b"accept")
    body = _page(scope) if page else f"{GERMAN}\n{ENGLISH}\n"
    await answered(scope, send, 403, body, private_headers(), page=page)


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

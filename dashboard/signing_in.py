"""Who may open the dashboard where people sign in: whoever the firm's sign-in service knows.

The service is asked by Streamlit (OpenID Connect). This stands in front of it as `dashboard.login` does where a token
opens the pages: without a sign-in that is still in force nothing passes, no page, no file, no WebSocket. Which of the
firm's people it is, and what they may see, is asked at every question: `dashboard/answers/rights.py`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlencode

from streamlit.auth_util import encode_provider_token

from dashboard import cookies
from dashboard.look import STATIC
from dashboard.origin import (
    App,
    Headers,
    Message,
    Origin,
    Receive,
    Scope,
    Send,
    answered,
    header,
    private_headers,
    redirected,
)
from dashboard.shapes.signing_in import Noting, SignIn, SigningIn, not_noted
from words import N_, Translator, language, translator

BEGIN: Final = "/sign-in"
SERVICE: Final = "/auth/login"
BACK: Final = "/oauth2callback"
END: Final = "/auth/logout"
"""The last three are Streamlit's."""
TARGET_COOKIE: Final = "konto_then"
FAILED_AT: Final = "/?sign_in=failed"
_QUERY: Final = re.compile(r"[A-Za-z0-9._~%=&+:,@/*()!-]*")
_TARGET_SECONDS: Final = 600
_MOST_TARGET: Final = 2_000

TITLE = N_("Sign in")
ASK = N_("Please sign in with your account of the firm.")
BUTTON = N_("Sign in")
FAILED = N_("That did not work. Please try once more; if it stays so, ask the person who looks after the users.")
NOT_OURS = N_("These pages have another address. Please ask the person who looks after the users for it.")

_STYLE: Final = (
    ":root{color-scheme:light dark}body{font:17px/1.5 sans-serif;margin:0;padding:18vh 1rem 0;"
    "background:light-dark(#F4F7F7,#10191C);color:light-dark(#14252B,#E7EEF0)}"
    "main{max-width:26rem;margin:0 auto;padding:2.2rem 2.2rem 2.4rem;border-radius:.6rem;"
    "background:light-dark(#FFFFFF,#172226);border:1px solid light-dark(#E3E9EA,#26343A)}"
    "picture svg{display:block;height:30px;width:auto}.dark{display:none}p{margin:1.4rem 0;text-wrap:balance}"
    "a{display:inline-block;padding:.6rem 1.5rem;border-radius:.4rem;text-decoration:none;"
    "background:light-dark(#0A5A69,#8AD3DF);color:light-dark(#FFFFFF,#10191C)}"
    "@media (prefers-color-scheme:dark){.light{display:none}.dark{display:inline}}"
)
_POLICY: Final = b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


class Door:
    """An ASGI application in front of the pages; nothing passes without a sign-in."""

    def __init__(
        self,
        app: App,
        sign_in: SignIn,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        note: Noting = not_noted,
    ) -> None:
        self._app = app
        self._sign_in = sign_in
        self._clock = clock
        self._note = note
        self._origin = Origin(sign_in.address)
        self._ended: set[str] = set()
        """Sign-ins that were ended here: a copy of such a cookie opens nothing any more while this server lives."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif not (self._origin.is_asked_for(scope) and self._origin.is_where_it_comes_from(scope)):
            await self._refuse(scope, send, NOT_OURS)
        elif scope["type"] == "http" and scope["path"] in (BEGIN, SERVICE, BACK, END):
            await self._signing(scope, receive, send)
        elif self._who(scope) is None:
            await self._ask(scope, send)
        else:
            await self._app(scope, self._while_signed_in(scope, receive), self._origin.with_headers(send, scope))

    def _who(self, scope: Scope) -> dict[str, Any] | None:
        found = cookies.in_force(header(scope, b"cookie"), self._sign_in)
        return None if found is None or found.get("id") in self._ended else found

    def _while_signed_in(self, scope: Scope, receive: Receive) -> Receive:
        """A WebSocket stays open for hours; signing out closes those of all windows at their next click."""

        async def receiver() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and self._who(scope) is None:
                return {"type": "websocket.disconnect", "code": 1008}
            return message

        return receiver

    # -- signing in and out ------------------------------------------------------------------------------

    async def _signing(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, own = scope["path"], self._origin.with_headers(send, scope)
        if scope["method"] != "GET" or (path != BACK and header(scope, b"sec-fetch-site") == "cross-site"):
            # Only the service itself sends people here from another site.
            await self._refuse(scope, send, NOT_OURS)
        elif path == BEGIN:
            then = parse_qs(scope["query_string"].decode("latin-1")).get("then", ["/"])[0]
            service = f"{SERVICE}?{urlencode({'provider': encode_provider_token('default')})}"
            await redirected(send, service, self._origin.with_safe_cookies(_remember(_target(then))))
        elif path == SERVICE:
            await self._app(scope, receive, _unless_it_fails(own))
        elif path == BACK:
            await self._app(scope, receive, self._arriving(scope, own))
        else:
            if (found := self._who(scope)) is not None:
                self._ended.add(found["id"])
                await asyncio.to_thread(self._note, "signed_out", cookies.signed_in(found), "")
            await self._app(scope, receive, own)

    def _arriving(self, scope: Scope, send: Send) -> Send:
        """The service's answer was looked at: who is in goes to where they wanted, nobody else is in."""
        with_an_answer = b"code=" in scope["query_string"] or b"error=" in scope["query_string"]

        async def sender(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers, crumbs = cookies.without_sign_in(message.get("headers", []))
                kept = cookies.kept_small(crumbs, self._sign_in, self._clock())
                if kept is not None or with_an_answer:
                    who = cookies.arriving(crumbs, self._sign_in, self._clock())
                    what: SigningIn = "sign_in_refused" if kept is None else "signed_in"
                    await asyncio.to_thread(self._note, what, who, "service" if who is None else "")
                if kept is not None:
                    target = _target(unquote(_cookie(scope, TARGET_COOKIE) or "/"))
                else:
                    target = FAILED_AT if with_an_answer else "/"
                headers = [(name, target.encode() if name == b"location" else value) for name, value in headers]
                message = {**message, "headers": [*headers, *(kept or []), *_forget()]}
            await send(message)

        return sender

    # -- what everybody may see --------------------------------------------------------------------------

    async def _ask(self, scope: Scope, send: Send) -> None:
        """The card with the one button; programs hear 403."""
        t = translator(language(header(scope, b"accept-language")))
        if scope["type"] != "http" or "text/html" not in header(scope, b"accept"):
            await answered(scope, send, 403, t(ASK) + "\n", private_headers(), page=False)
            return
        asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        failed = asked.pop("sign_in", None) == ["failed"]
        query = urlencode(asked, doseq=True)
        then = _target(quote(scope["path"]) + (f"?{query}" if query else ""))
        body = card(t, t(FAILED) if failed else t(ASK), f"{BEGIN}?{urlencode({'then': then})}")
        await answered(scope, send, 200, body, [(b"content-security-policy", _POLICY), *private_headers()], page=True)

    async def _refuse(self, scope: Scope, send: Send, words: str) -> None:
        t = translator(language(header(scope, b"accept-language")))
        page = "text/html" in header(scope, b"accept")
        headers = [(b"content-security-policy", _POLICY), *private_headers()]
        await answered(scope, send, 403, card(t, t(words)) if page else t(words) + "\n", headers, page=page)


def card(t: Translator, words: str, link: str | None = None) -> str:
    """One sentence and one button; everything in it is the product's own, and nothing the firm's."""
    logos = "".join(
        f'<span class="{shade}">{(STATIC / f"logo-{shade}.svg").read_text("utf-8")}</span>'
        for shade in ("light", "dark")
    )
    button = f'<a href="{escape(link, quote=True)}">{escape(t(BUTTON))}</a>' if link else ""
    return (
        f'<!doctype html><html lang="{t.lang}"><meta charset="utf-8"><title>Vertrauenskonto</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<main><picture>{logos}</picture><p>{escape(words)}</p>{button}</main>"
    )


def _target(address: str) -> str:
    """A place of ours, whatever somebody put there: no other host, and nothing that a header could not hold."""
    path, mark, query = address.partition("?")
    if not path.startswith("/") or len(address) > _MOST_TARGET or not _QUERY.fullmatch(query):
        return "/"
    # One slash only: "//name" would lead to another host.
    return "/" + quote(unquote(path).lstrip("/\\")) + (f"?{query}" if mark and query else "")


def _remember(target: str) -> Headers:
    about = f"Path={BACK}; HttpOnly; SameSite=Lax; Max-Age={_TARGET_SECONDS}"
    return [(b"set-cookie", f"{TARGET_COOKIE}={quote(target, safe='')}; {about}".encode())]


def _forget() -> Headers:
    return [(b"set-cookie", f"{TARGET_COOKIE}=; Path={BACK}; HttpOnly; SameSite=Lax; Max-Age=0".encode())]


def _cookie(scope: Scope, name: str) -> str | None:
    try:
        found = SimpleCookie(header(scope, b"cookie")).get(name)
    except CookieError:
        return None
    return found.value if found else None


def _unless_it_fails(send: Send) -> Send:
    """Where the service cannot be asked, people are told in our own words."""
    failed = False

    async def sender(message: Message) -> None:
        nonlocal failed
        if message["type"] == "http.response.start" and message["status"] >= 400:
            failed = True
            await redirected(send, FAILED_AT)
        elif not failed:
            await send(message)

    return sender

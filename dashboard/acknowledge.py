"""Takes note of an alert by the link in its message: one button, no login, and nothing about the customer.

Opening the link alone does nothing: mail programs look at links before people do. The key in the link proves that it
comes from whoever got the message; it works once.
"""

from __future__ import annotations

import asyncio
from html import escape
from typing import Final
from urllib.parse import parse_qsl

from dashboard import data
from dashboard.origin import THIS_MACHINE, App, Origin, Receive, Scope, Send, answered, header, private_headers
from words import N_, Translator, language, translator

PATH: Final = "/acknowledge"
MOST_BYTES: Final = 4_096
NAMES: Final = ("alert", "by", "key")

TITLE = N_("Take note of an alert")
ASK = N_("With this you take note of the alert: you take care of it, and nobody else is told.")
BUTTON = N_("Got it")
DONE = N_("Noted. Thank you.")
ALREADY = N_("Somebody has taken note of this alert already.")
OVER = N_("This alert is over: nothing is left to do.")
NOT_OURS = N_("This link is not complete, or not one of ours. Please open it as it stands in the message.")
SAID: Final = {"done": DONE, "already": ALREADY, "over": OVER}

_STYLE: Final = (
    ":root{color-scheme:light dark}body{font:17px/1.5 sans-serif;max-width:34rem;margin:18vh auto;padding:0 1rem}"
    "button{font:inherit;padding:.7rem 1.6rem;border:0;border-radius:.5rem;background:#0a5a69;color:#fff}"
)


class Acknowledge:
    """An ASGI application in front of the login; everything but its own path goes on to it."""

    def __init__(self, app: App, origin: Origin = THIS_MACHINE) -> None:
        self._app = app
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        ours = self._origin.is_asked_for(scope) and self._origin.is_where_it_comes_from(scope)
        t = translator(language(header(scope, b"accept-language")))
        if not ours or scope["method"] not in ("GET", "HEAD", "POST"):
            await _answer(scope, send, 403, _page(t, NOT_OURS))
        elif scope["method"] == "POST":
            await _note(await _form(receive), t, scope, send)
        else:
            asked = _named(scope["query_string"].decode("latin-1"))
            await _answer(scope, send, 200 if asked else 400, _page(t, ASK, asked) if asked else _page(t, NOT_OURS))


async def _note(asked: dict[str, str] | None, t: Translator, scope: Scope, send: Send) -> None:
    found = None if asked is None else await asyncio.to_thread(data.ask().acknowledge, **asked)
    await _answer(scope, send, 200 if found else 400, _page(t, SAID[found] if found else NOT_OURS))


async def _form(receive: Receive) -> dict[str, str] | None:
    body = b""
    while len(body) <= MOST_BYTES:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return _named(body.decode("latin-1"))
    return None


def _named(text: str) -> dict[str, str] | None:
    """The three parts of a link, if it has them all."""
    pairs = parse_qsl(text)
    found = {name: value for name, value in pairs if name in NAMES}
    return found if len(pairs) == len(found) == len(NAMES) else None


def _page(t: Translator, words: str, asked: dict[str, str] | None = None) -> str:
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value, quote=True)}">'
        for name, value in (asked or {}).items()
    )
    form = f'<form method="post" action="{PATH}">{fields}<button>{escape(t(BUTTON))}</button></form>' if asked else ""
    return (
        f'<!doctype html><html lang="{t.lang}"><meta charset="utf-8"><title>{escape(t(TITLE))}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style><p>{escape(t(words))}</p>{form}'
    )


async def _answer(scope: Scope, send: Send, status: int, page: str) -> None:
    headers = [
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
        # Without a referrer the browser would not say either that the button is on our own page.
        *private_headers(referrer=b"same-origin"),
    ]
    await answered(scope, send, status, page, headers, page=True)

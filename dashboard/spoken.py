"""Says in the page itself which language it is in, so that a screen reader pronounces it rightly.

Streamlit's page always says English. Which language ours is in follows from the address and the browser, as
`dashboard.visit` finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from words import LANGUAGES, language

if TYPE_CHECKING:
    from dashboard.origin import App, Message, Receive, Scope, Send

_SAID: Final = b'<html lang="en">'


def in_their_language(pages: App) -> App:
    """The pages, each of which says its reader's language."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await pages(unpacked(scope), receive, spoken(scope, send))

    return app


def spoken(scope: Scope, send: Send) -> Send:
    """The answer, with the language of its reader where it is a page."""
    lang = _language(scope)
    if scope["type"] != "http" or lang == "en":
        return send
    is_page = False

    async def sender(message: Message) -> None:
        nonlocal is_page
        if message["type"] == "http.response.start":
            headers = dict(message.get("headers", []))
            is_page = headers.get(b"content-type", b"").startswith(b"text/html")
        elif is_page and message["type"] == "http.response.body":
            # Both names have two letters, so the length stays right.
            message = {**message, "body": message.get("body", b"").replace(_SAID, f'<html lang="{lang}">'.encode(), 1)}
        await send(message)

    return sender


def unpacked(scope: Scope) -> Scope:
    """The same question without the wish for a packed answer, where a page is asked for."""
    if scope["type"] != "http" or b"text/html" not in _header(scope, b"accept"):
        return scope
    return {**scope, "headers": [each for each in scope["headers"] if each[0] != b"accept-encoding"]}


def _language(scope: Scope) -> str:
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
    if asked in LANGUAGES:
        return asked
    first = _header(scope, b"accept-language").decode("latin-1").partition(",")[0].partition(";")[0]
    return language(first.strip())


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope.get("headers", ()) if key == name), b"")

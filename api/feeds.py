"""`GET /feeds/TOKEN.ics`: somebody's promises for the calendar that they use; the token stands in place of a key."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from domain.people import Person
from wiring.feeding import feed_of
from wiring.home import Konto
from workers.feed import mark

MEDIA_TYPE = "text/calendar; charset=utf-8"
KEPT = "private, no-cache"
"""Whoever asks may keep it, and asks each time whether it has changed."""


def answer(konto: Konto, person: Person, request: Request) -> Response:
    body = feed_of(konto, person)
    headers = {"ETag": mark(body), "Cache-Control": KEPT}
    if _knows(request, mark(body)):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _knows(request: Request, etag: str) -> bool:
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    return etag in known

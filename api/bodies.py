"""What comes in as a body: whole, of bounded size and in time, before anything else looks at it."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Packed, TooLarge, TooSlow, answer

MIB = 1 << 20
LARGEST_MIB = 8
DISCARDED_MIB = 64
"""Of what is too large so much is read and thrown away: whoever is still sending hears the answer."""


class Bodies:
    """Reads a body and hands it on in one piece. `within_s`: so long it may take to come."""

    def __init__(self, app: ASGIApp, within_s: float) -> None:
        self.app, self.within_s = app, within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.within_s):
                body = await self._read(receive)
            _refuse_packed(scope)
        except (Packed, TooLarge, TimeoutError) as error:
            refused = TooSlow(self.within_s) if isinstance(error, TimeoutError) else error
            response = answer(Request(scope), refused)
            # What may still come belongs to no request.
            response.headers["Connection"] = "close"
            await response(scope, receive, send)
            return
        if body is not None:
            await self.app(scope, _replayed(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """None: whoever asked went away."""
        body = bytearray()
        size = 0
        more = True
        while more and size <= DISCARDED_MIB * MIB:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part: bytes = message.get("body", b"")
            size += len(part)
            if size <= LARGEST_MIB * MIB:
                body += part
            else:
                body.clear()
            more = message.get("more_body", False)
        if size > LARGEST_MIB * MIB:
            raise TooLarge(LARGEST_MIB)
        return bytes(body)


def _refuse_packed(scope: Scope) -> None:
    coding = Headers(scope=scope).get("content-encoding", "identity")
    if coding.strip().casefold() not in ("", "identity"):
        raise Packed(coding)


def _replayed(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again

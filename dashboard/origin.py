"""Under which address the browser knows us: a request for another name, or sent by another site's page, is no visit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# Scripts, styles, fonts and connections from this server alone: the browser itself keeps every page at home.
# Streamlit's start page has an inline script, its styles and Vega's pictures are made in the page.
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; connect-src 'self' {socket}://{host}; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_PRIVATE: Final[Headers] = [
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]


class Origin(NamedTuple):
    """The one address that people use, scheme and host; None: any port of this machine."""

    address: str | None = None

    @property
    def is_encrypted(self) -> bool:
        return self.address is not None and self.address.startswith("https://")

    def is_asked_for(self, scope: Scope) -> bool:
        """Whether the address in the browser is ours; a foreign name that leads here is an attack."""
        host = header(scope, b"host")
        if self.address is not None:
            return host.lower() == urlsplit(self.address).netloc
        try:
            parts = urlsplit(f"//{host}")
            return parts.hostname in _LOOPBACK_NAMES and parts.netloc == host and (parts.port or 80) > 0
        except ValueError:
            return False

    def is_where_it_comes_from(self, scope: Scope) -> bool:
        """Whether the page that asks is ours; browsers name it for every WebSocket and every change."""
        found = header(scope, b"origin")
        ours = self.address or f"http://{header(scope, b'host')}"
        return found == ours or (not found and scope["type"] == "http")

    def with_headers(self, send: Send, scope: Scope) -> Send:
        """The answer, with what tells the browser to keep the page to itself, and cookies where nobody reads along."""
        policy = _POLICY.format(socket="wss" if self.is_encrypted else "ws", host=header(scope, b"host"))
        added: Iterable[tuple[bytes, bytes]] = (*_PRIVATE[1:], (b"content-security-policy", policy.encode()))

        async def sender(message: Message) -> None:
            if message["type"].endswith(("http.response.start", "websocket.accept")):
                headers = self.with_safe_cookies(message.get("headers", []))
                message = {**message, "headers": [*headers, *added] if "status" in message else headers}
            await send(message)

        return sender

    def with_safe_cookies(self, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        """Each cookie for encrypted connections only, where ours is one."""
        return [
            (name, value + b"; Secure")
            if self.is_encrypted and name == b"set-cookie" and b"; secure" not in value.lower()
            else (name, value)
            for name, value in headers
        ]


THIS_MACHINE: Final = Origin()


def header(scope: Scope, name: bytes) -> str:
    """All values of a header as one text; two hosts or origins then match nothing."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def private_headers(*, referrer: bytes = b"no-referrer") -> Headers:
    """What tells a browser to keep an answer to itself."""
    return [(name, referrer if name == b"referrer-policy" else value) for name, value in _PRIVATE]


async def answered(
    scope: Scope, send: Send, status: int, body: str, headers: Iterable[tuple[bytes, bytes]], *, page: bool
) -> None:
    """A short answer of our own; a refused WebSocket is never opened."""
    kind = "http.response"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        kind = "websocket.http.response"
    content = b"text/html; charset=utf-8" if page else b"text/plain; charset=utf-8"
    start = {"type": f"{kind}.start", "status": status, "headers": [(b"content-type", content), *headers]}
    await send(start)
    await send({"type": f"{kind}.body", "body": body.encode()})


async def redirected(send: Send, address: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    start = {"type": "http.response.start", "status": 303}
    await send({**start, "headers": [(b"location", address.encode()), *_PRIVATE, *headers]})
    await send({"type": "http.response.body", "body": b""})

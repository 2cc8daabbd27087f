"""A web request that is not led into our own network, and whose answer can neither drip nor flood.

The address may come from anybody who may set up a channel or write a mapping, and a name that was harmless when it
was checked may lead elsewhere a moment later: what is checked is the address that is then connected to.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from ipaddress import IPv6Network, ip_address
from typing import Any, cast
from urllib.parse import urlsplit

from workers.channels.wire import MOST_BYTES, Limit, anywhere, ascii_host, dial

ANSWERS = 3
"""A whole request may take as long as so many answers."""
PORTS = {"https": 443, "http": 80}
TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks that only have IPv6 write them."""


@contextmanager
def asked(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    seconds: float,
    allow_private: bool = False,
    most_bytes: int = MOST_BYTES,
) -> Iterator[HTTPResponse]:
    """The answer, of which nothing is read yet but its head; nobody follows where it points to.

    Raises OSError, HTTPException or ValueError, which may name the address.
    """
    parts = urlsplit(url)
    host, port = ascii_host(parts.hostname or ""), parts.port or PORTS[parts.scheme]
    limit = Limit(seconds, seconds * ANSWERS)
    wire = dial(host, port, limit, anywhere if allow_private else is_public, most_bytes)
    try:
        if parts.scheme == "https":
            wire = wire.protected(host, ssl.create_default_context())
        connection = HTTPConnection(parts.netloc.rpartition("@")[2])
        connection.sock = cast(Any, wire)
        path = f"{parts.path or '/'}{parts.query and '?'}{parts.query}"
        connection.request(method, path, body, {**headers, "User-Agent": "Vertrauenskonto", "Connection": "close"})
        # Not the connection's own: where the server says that it will close, that one closes before the body is read.
        answer = HTTPResponse(cast(Any, wire), method=method)
        try:
            answer.begin()
            yield answer
        finally:
            answer.close()
    finally:
        wire.close()


def is_public(address: str) -> bool:
    """Anybody in the internet may be meant by it, and nobody in our own network."""
    ip = ip_address(address)
    if ip.version == 6:
        if ip in TRANSLATED:
            return is_public(str(ip_address(int(ip) & 0xFFFF_FFFF)))
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)

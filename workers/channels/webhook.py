"""A message as a signed web request, by the rules of standardwebhooks.com.

The address may come from anybody who may set up a channel, so it must not lead into our own network, nor may a
name that was harmless when it was checked: what is checked is the address that is then connected to.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, InvalidURL
from ipaddress import IPv6Network, ip_address
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from workers.channels import http
from workers.channels.contract import Envelope, NotDelivered
from workers.channels.wire import Flooded, Forbidden, Limit, Wire, anywhere, ascii_host, dial, trouble

ANSWERS = 3
"""A whole request may take as long as so many answers."""
PORTS = {"https": 443, "http": 80}
TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks that only have IPv6 write them."""


class Answer(NamedTuple):
    status: int
    retry_after: str


@dataclass(frozen=True)
class Webhook:
    """`clock` gives the moment that is signed, by which a receiver knows an old request that somebody repeats."""

    name: str
    url: str = field(repr=False)
    secret: str = field(repr=False)
    clock: Callable[[], datetime]
    allow_private: bool = False
    timeout_seconds: float = 10.0

    def send(self, envelope: Envelope) -> None:
        body = payload(envelope)
        headers = self._headers(envelope.message_id, body)
        try:
            answer = self._post(body.encode(), headers)
        except (OSError, HTTPException, ValueError, KeyError) as error:
            # Without its cause: it may name the address, and that is a secret.
            raise _failure(error) from None
        http.judge(answer.status, answer.retry_after, now=self.clock())

    def _headers(self, message_id: str, body: str) -> dict[str, str]:
        import standardwebhooks  # only where there are webhooks

        now = self.clock().astimezone(UTC)
        return {
            "Content-Type": "application/json",
            "User-Agent": "Vertrauenskonto",
            "Connection": "close",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": standardwebhooks.Webhook(self.secret).sign(message_id, now, body),
        }

    def _post(self, body: bytes, headers: dict[str, str]) -> Answer:
        parts = urlsplit(self.url)
        host, port = ascii_host(parts.hostname or ""), parts.port or PORTS[parts.scheme]
        limit = Limit(self.timeout_seconds, self.timeout_seconds * ANSWERS)
        wire = dial(host, port, limit, anywhere if self.allow_private else is_public)
        try:
            if parts.scheme == "https":
                wire = wire.protected(host, ssl.create_default_context())
            path = f"{parts.path or '/'}{parts.query and '?'}{parts.query}"
            return _asked(wire, parts.netloc.rpartition("@")[2], path, body, headers)
        finally:
            wire.close()


def _asked(wire: Wire, host: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
    """The status and when to come back; of the rest of the answer nothing is read."""
    connection = HTTPConnection(host)
    connection.sock = cast(Any, wire)
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    try:
        return Answer(answer.status, answer.getheader("Retry-After") or "")
    finally:
        answer.close()


def payload(envelope: Envelope) -> str:
    message = envelope.message
    data = {
        "id": envelope.message_id,
        "to": envelope.to_name,
        "subject": message.subject,
        "title": message.title,
        "text": message.text,
    }
    whole = {"type": "alert", "timestamp": envelope.written.isoformat(), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


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


def _failure(error: Exception) -> NotDelivered:
    if isinstance(error, Forbidden):
        return NotDelivered("private_address", "channel")
    if isinstance(error, OSError) and not isinstance(error, Flooded):
        return NotDelivered(trouble(error), "channel")
    if isinstance(error, InvalidURL) or not isinstance(error, HTTPException | Flooded):
        return NotDelivered("unknown_address", "channel")
    return NotDelivered("http_garbled", "channel")

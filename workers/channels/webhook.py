"""A message as a signed web request, by the rules of standardwebhooks.com."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException, InvalidURL
from typing import NamedTuple

from workers.channels import http, web
from workers.channels.contract import Envelope, NotDelivered
from workers.channels.wire import Flooded, Forbidden, trouble


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
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": standardwebhooks.Webhook(self.secret).sign(message_id, now, body),
        }

    def _post(self, body: bytes, headers: dict[str, str]) -> Answer:
        """The status and when to come back; of the rest of the answer nothing is read."""
        with web.asked(
            "POST", self.url, headers, body, seconds=self.timeout_seconds, allow_private=self.allow_private
        ) as answer:
            return Answer(answer.status, answer.getheader("Retry-After") or "")


def payload(envelope: Envelope) -> str:
    message = envelope.message
    data = {
        "id": envelope.message_id,
        "to": envelope.to_name,
        "subject": message.subject,
        "title": message.title,
        "text": message.text,
    }
    whole = {"type": envelope.kind, "timestamp": envelope.written.isoformat(), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _failure(error: Exception) -> NotDelivered:
    if isinstance(error, Forbidden):
        return NotDelivered("private_address", "channel")
    if isinstance(error, OSError) and not isinstance(error, Flooded):
        return NotDelivered(trouble(error), "channel")
    if isinstance(error, InvalidURL) or not isinstance(error, HTTPException | Flooded):
        return NotDelivered("unknown_address", "channel")
    return NotDelivered("http_garbled", "channel")

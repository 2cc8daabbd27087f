"""Whatever else the notification library reaches: chats, text messages, plain web requests.

The library itself only says whether it worked. Why it did not is read from what it noted while sending; that text
holds addresses and tokens, so of it nothing but a number comes out of here.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from workers.channels.contract import Envelope, NotDelivered
from workers.channels.http import failure_of

if TYPE_CHECKING:
    from apprise import AppriseResult, NotifyBase

ANSWERS = 6
"""A whole message may take as long as so many answers: some services want a login, a room and then the message."""
OUR_TOKEN = (401, 403)
"""Answers to a wrong token: ours to put right, and then the message goes out."""

STATUS = re.compile(r"error=([345]\d\d)\b")
BROKEN = re.compile(r"connection error", re.IGNORECASE)
TALKATIVE = ("apprise", "requests", "urllib3")


@dataclass(frozen=True)
class Notifier:
    """`timeout_seconds` is for each answer, unless the address sets its own with cto= and rto=."""

    name: str
    url: str = field(repr=False)
    timeout_seconds: float = 10.0

    def send(self, envelope: Envelope) -> None:
        _silence()
        import apprise  # heavy, and most firms only use e-mail

        service = self._service()
        target = apprise.Apprise(service)
        result = target.notify(
            title=envelope.message.title,
            body=envelope.message.text,
            # So that what looks like markup in a name stays what it is.
            body_format=apprise.NotifyFormat.TEXT,
            timeout=self.timeout_seconds * ANSWERS,
        )
        if not result:
            raise _failure(result, service.socket_read_timeout)

    @property
    def service(self) -> str:
        """Whose service carries the messages, such as Slack."""
        _silence()
        return str(self._service().service_name)

    def _service(self) -> NotifyBase:
        import apprise

        asset = apprise.AppriseAsset(
            app_id="Vertrauenskonto",
            app_desc="Vertrauenskonto",
            app_url="",
            # Pictures would be fetched from somebody else's server by whoever reads the message.
            image_url_mask="",
            image_url_logo="",
            # A message that is led elsewhere loses its text on the way and still counts as taken.
            http_redirects=False,
        )
        service = apprise.Apprise.instantiate(self.url, asset=asset)
        if service is None:
            raise NotDelivered("unknown_address", "channel")
        own = parse_qs(urlsplit(self.url).query)
        if "cto" not in own:
            service.socket_connect_timeout = self.timeout_seconds
        if "rto" not in own:
            service.socket_read_timeout = self.timeout_seconds
        return service


def _failure(result: AppriseResult, patience_seconds: float) -> NotDelivered:
    from apprise import AppriseResultStatus

    if result.status == AppriseResultStatus.TIMEOUT:
        return NotDelivered("timeout", "channel")
    said = "\n".join(entry.message for entry in result.logs())
    if found := STATUS.findall(said):
        status = int(found[-1])
        return NotDelivered(f"http_{status}", "channel" if status in OUR_TOKEN else failure_of(status))
    if BROKEN.search(said):
        return NotDelivered("timeout" if result.elapsed >= patience_seconds else "no_connection", "channel")
    return NotDelivered("not_accepted", "channel")


def _silence() -> None:
    """What these say goes into the result and nowhere else, however our own logs are set."""
    for name in TALKATIVE:
        logger: Any = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    logging.getLogger("apprise").setLevel(logging.WARNING)

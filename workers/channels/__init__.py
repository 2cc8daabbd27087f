"""The ways by which a message leaves the house. Each either has delivered it or says why not."""

from __future__ import annotations

from collections.abc import Mapping

from workers.channels.contract import Channel, Envelope, Failure, NotDelivered
from workers.channels.folder import Folder
from workers.channels.mail import Mailer, is_our_own
from workers.channels.notifier import Notifier
from workers.channels.webhook import Webhook

Channels = Mapping[str, Channel]
"""By the name that the people document uses; "email" is always there."""

__all__ = [
    "Channel",
    "Channels",
    "Envelope",
    "Failure",
    "Folder",
    "Mailer",
    "NotDelivered",
    "Notifier",
    "Webhook",
    "is_our_own",
]

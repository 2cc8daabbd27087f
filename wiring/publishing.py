"""Publishing a version of a document for somebody: their right is checked, and the same twice is published once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from domain.document import DocumentKind, DocumentPublished
from domain.roles import What, allowed
from domain.store.locks import held
from wiring.home import AlreadyRunning, Konto
from wiring.versions import Version, versions

RIGHTS: Mapping[DocumentKind, What] = {
    "rulebook": "publish_rulebook",
    "calendars": "publish_calendars",
    "people": "publish_people",
}
LOCK = "publish.lock"


class Published(NamedTuple):
    """`new` False: this very text counts from then on already; `start` None = from the beginning."""

    new: bool
    start: datetime | None


def publish(konto: Konto, kind: DocumentKind, text: str, valid_from: datetime | None = None) -> Published:
    """Raises NotAllowed, and Refused where the text is not sound or `valid_from` has passed.

    One at a time: of two who press at the same moment the second finds what the first has published.
    """
    allowed(konto.asker, RIGHTS[kind])
    file = konto.home / LOCK
    with held(file) as ours:
        if not ours:
            raise AlreadyRunning(file)
        newest = versions(konto, kind)[-1]
        if newest.content == text and _is_meant(newest, valid_from, konto.clock()):
            return Published(False, newest.start)
        fact = konto.publish(kind, text, valid_from)
    assert isinstance(fact.data, DocumentPublished)
    return Published(True, fact.data.valid_from)


def _is_meant(newest: Version, valid_from: datetime | None, now: datetime) -> bool:
    """Whether the newest version begins when it is wanted."""
    if valid_from is not None:
        return newest.start == valid_from
    return newest.start is None or newest.start <= now

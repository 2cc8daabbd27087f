"""The versions of the three documents as they were published, each with its text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from domain.document import DocumentKind, DocumentPublished, with_their_texts
from domain.fact import Fact
from projections.follow import first_fact
from wiring.defaults import DEFAULTS
from wiring.home import Konto

BEGINNING = datetime.min.replace(tzinfo=UTC)


class Version(NamedTuple):
    """A version of a document; `start` None = from the beginning, `recorded` None = as shipped."""

    start: datetime | None
    recorded: datetime | None
    content: str


def versions(konto: Konto, kind: DocumentKind) -> list[Version]:
    """In the order in which they were published, the shipped one first. One that cannot be read counts for nothing."""
    log = konto.log
    facts = with_their_texts(log.legibly_opened(log.readable([f"document-{kind}"]).get(f"document-{kind}", [])))
    first = first_fact(log, facts[-1].position) if facts else None
    return [Version(None, None, DEFAULTS[kind]()), *(_version(fact, first) for fact in facts)]


def _version(fact: Fact, first_fact: int | None) -> Version:
    """What was published before the log's first fact counts from the beginning."""
    data = fact.data
    assert isinstance(data, DocumentPublished)
    early = first_fact is None or fact.position < first_fact
    return Version(None if early else data.valid_from, fact.recorded, data.content)


def in_force(found: Sequence[Version]) -> list[Version]:
    """Those that count at some time, in order of their start: of two at once the one published later."""
    latest = {each.start: each for each in found}
    return sorted(latest.values(), key=lambda each: each.start or BEGINNING)


def counting(found: Sequence[Version], at: datetime) -> Version:
    """The one that counts at a moment: of those that have begun, the one that began last."""
    return [each for each in in_force(found) if each.start is None or each.start <= at][-1]

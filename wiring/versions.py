"""The versions of a document: which texts were published, and which of them counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from domain.document import DocumentKind, DocumentPublished
from domain.fact import Fact
from wiring.defaults import DEFAULTS
from wiring.home import Konto

BEGINNING = datetime.min.replace(tzinfo=UTC)


class Version(NamedTuple):
    """A version of a document; `start` None = from the beginning, `recorded` None = as shipped."""

    start: datetime | None
    recorded: datetime | None
    content: str


def of(konto: Konto, kind: DocumentKind) -> list[Version]:
    """In the order in which they were published, the shipped one first."""
    log = konto.log
    facts = log.opened(log.histories([f"document-{kind}"]).get(f"document-{kind}", []))
    first = konto.follower.first_fact(facts[-1].position) if facts else None
    return [Version(None, None, DEFAULTS[kind]()), *(_version(fact, first) for fact in facts)]


def _version(fact: Fact, first_fact: int | None) -> Version:
    """What was published before the log's first fact counts from the beginning."""
    data = fact.data
    assert isinstance(data, DocumentPublished)
    early = first_fact is None or fact.position < first_fact
    return Version(None if early else data.valid_from, fact.recorded, data.content)


def counting(konto: Konto, kind: DocumentKind, moment: datetime) -> str:
    """The text that counts at a moment."""
    return at(of(konto, kind), moment).content


def at(versions: Sequence[Version], moment: datetime) -> Version:
    """Of those that have begun, the one that began last; of two at once the one published later."""
    begun = [each for each in versions if each.start is None or each.start <= moment]
    return max(enumerate(begun), key=lambda placed: (placed[1].start or BEGINNING, placed[0]))[1]

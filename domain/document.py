"""A published document: a version of the rulebook, the calendars or the people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.fact import Data, Fact, Instant, Personal

DocumentKind = Literal["rulebook", "calendars", "people"]


class DocumentPublished(Data):
    """`content` is the TOML as written: it may name people, so it lies in the vault."""

    type_name: ClassVar[str] = "document.published"
    kind: DocumentKind
    valid_from: Instant
    content: Annotated[str, Field(max_length=1_000_000), Personal()]


def with_their_texts(facts: Iterable[Fact]) -> list[Fact]:
    """Opened facts without the documents whose text is missing in the vault: nobody can say what they were."""
    return [fact for fact in facts if fact.id or not isinstance(fact.data, DocumentPublished)]

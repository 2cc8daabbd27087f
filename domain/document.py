"""A published document: a version of the rulebook, the calendars or the people."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.fact import Data, Instant, Personal

DocumentKind = Literal["rulebook", "calendars", "people"]


class DocumentPublished(Data):
    """`content` is the TOML as written: it may name people, so it lies in the vault."""

    type_name: ClassVar[str] = "document.published"
    kind: DocumentKind
    valid_from: Instant
    content: Annotated[str, Field(max_length=1_000_000), Personal()]

"""An address and whoever calls it: what the key must open, what may be asked, and who answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from api.asked import Asked
from domain.access_key import AccessScope
from wiring.asking import Asking


class Call(NamedTuple):
    """`values` stand in the path, `asked` behind the question mark."""

    asking: Asking
    path: str
    values: Mapping[str, str]
    asked: Any
    body: bytes


Answer = tuple[int, Any]
"""Status and what is told, as JSON."""


class Route(NamedTuple):
    """`scopes`: any of them opens it. `described`: how OpenAPI tells of it."""

    method: Literal["GET", "POST"]
    path: str
    scopes: tuple[AccessScope, ...]
    answer: Callable[[Call], Answer]
    described: Mapping[str, Any]
    asked: type[Asked] = Asked

    @property
    def page(self) -> str:
        """As assistants and the access journal call it."""
        return self.answer.__name__.removeprefix("of_")

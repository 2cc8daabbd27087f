"""What a row only names, asked for where it lies: the mapping says which address, somebody else asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from domain.errors import Refused
from intake.compiled import is_true
from intake.expressions import Context, Expression, Template
from intake.refusal import in_column
from words import N_

NOBODY_ASKS = N_("This row names only an id, and nothing can be asked for here.")
INCOMPLETE = N_(
    "The address to ask stays incomplete, because what stands in it is empty. Please add a condition (when)."
)
NO_NAME = N_("“{found}” cannot be the name of anything that is asked for.")


@dataclass(frozen=True)
class Question:
    """`token` names the secret in the settings; the secret itself is known only to whoever asks."""

    url: str
    token: str
    timeout_seconds: float


Ask = Callable[[Question], Any]
"""Gives what the system answers, as parsed JSON. Raises Refused."""


def nobody_asks(question: Question) -> Any:
    raise Refused("fetch", NOBODY_ASKS)


@dataclass(frozen=True)
class Fetch:
    """One [fetch.NAME] of a mapping, ready to be asked."""

    name: str
    url: Template
    token: str
    when: Expression | None
    take: Callable[[Any], Any]
    timeout_seconds: float

    def answer(self, context: Context, ask: Ask) -> Any:
        """What is seen under `name`; nothing where the condition does not hold."""
        if self.when is not None and not is_true(self.when(context)):
            return None
        return self.take(ask(Question(self._address(context), self.token, self.timeout_seconds)))

    def _address(self, context: Context) -> str:
        return "".join(piece if isinstance(piece, str) else self._place(piece, context) for piece in self.url.pieces)

    def _place(self, piece: Expression, context: Context) -> str:
        """What comes from the row names one thing and leads nowhere else."""
        value = piece(context)
        if self.url.reading.is_null(value):
            raise in_column(Refused("missing", INCOMPLETE), piece.column, "")
        text = self.url.reading.text(value).strip()
        if text in (".", ".."):
            raise in_column(Refused("fetch", NO_NAME, found=text), piece.column, text)
        return quote(text, safe="")

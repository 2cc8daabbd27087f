"""What the pages show of people is noted in the access journal before it is shown."""

from __future__ import annotations

from typing import Any, TypeVar

from dashboard.shapes.asking import Refusal
from domain.errors import Refused
from domain.journal import What
from domain.roles import NotAllowed
from wiring.home import Konto
from wiring.looking import listed, not_theirs

T = TypeVar("T")


def shown(konto: Konto, answer: T, page: str, customer: str, what: What = "looked") -> T:
    """An answer about one customer, by internal id, or one of their promises. Raises JournalAway.

    None is the same for what is not there as for what is another's; the journal knows which.
    """
    if answer is None:
        not_theirs(konto, [customer], page)
    elif not isinstance(answer, Refusal):
        konto.note(what, customer, page)
    return answer


def seen(konto: Konto, answer: T, name: str, asked: Any = None, page: int = 1) -> T:
    """A list with names: one look, with the names of the conditions by which it was narrowed. Raises JournalAway."""
    if not isinstance(answer, Refusal):
        conditions = [] if asked is None else _narrowed(asked)
        listed(konto, name, conditions, about=getattr(asked, "customer", None), part=f"page={page}")
    return answer


def noted(konto: Konto, refused: Refused) -> Refused:
    """The same refusal; where it is the reader's roles that do not reach so far, the journal knows of it."""
    if isinstance(refused, NotAllowed):
        konto.note("refused", beside=refused.what)
    return refused


def _narrowed(asked: Any) -> list[str]:
    """What is not as it is without being asked for."""
    usual = asked._field_defaults
    return [name for name, value in asked._asdict().items() if value not in (None, "", usual.get(name))]

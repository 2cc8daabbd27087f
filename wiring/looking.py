"""Who looked, noted where it is shown: one customer, a list, a file; and who asked for what is not theirs to see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from domain.roles import NotAllowed
from wiring.home import Konto


def listed(konto: Konto, page: str, by: Iterable[str] = (), *, about: str | None = None, part: str = "") -> None:
    """A list that shows names is one look, whoever stands in it.

    Of what it was narrowed by only the names of the conditions are noted: what somebody searched for may be a name.
    `about` is the internal id of the one customer whose list it is, as far as there is such a customer.
    """
    conditions = sorted({each for each in by if each})
    words = (page, f"by={','.join(conditions)}" if conditions else "", part)
    known = about is not None and is_known(konto, about)
    konto.note("listed", about if known and about else "", " ".join(filter(None, words)))


def one_of(konto: Konto, name: str | None) -> str | None:
    """The internal id of the one customer whom a name means; None for none or several."""
    ids = [] if name is None else konto.library.customer_ids(name)
    return ids[0] if len(ids) == 1 else None


def is_known(konto: Konto, customer: str) -> bool:
    return konto.views.row("SELECT 1 FROM customers WHERE customer = ?", (customer,)) is not None


@contextmanager
def noting_refusals(konto: Konto, page: str) -> Iterator[None]:
    """What the asker's roles do not reach is noted, and refused as before."""
    try:
        yield
    except NotAllowed as refused:
        konto.note("refused", beside=f"{page} {refused.what}")
        raise


def not_theirs(konto: Konto, customers: Iterable[str], page: str) -> None:
    """Somebody asked for customers by internal id who are another's, or who are not there, which tells them nothing."""
    for customer in customers:
        if is_known(konto, customer):
            konto.note("refused", customer, page)

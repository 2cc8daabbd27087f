"""What a figure over the whole past does not rest on, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from words import Translator
from words.format import number


def left_out(customers: int, t: Translator) -> Iterator[str]:
    """A sentence if there are any."""
    if customers:
        sentence = t.ngettext(
            "Left out is {n} customer of whom something recorded cannot be read; konto check says where it stands.",
            "Left out are {n} customers of whom something recorded cannot be read; konto check says where it stands.",
            customers,
        )
        yield sentence.format(n=number(customers, t.lang))

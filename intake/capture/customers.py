"""To whom: the one customer that a text names, found by whole words of their name, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from intake.capture.kinds import KINDS
from intake.capture.phrase import ARTICLES
from intake.capture.understood import Customer, Known, Unclear
from words import N_

ADDRESSING = frozenset({"an", "to"})
"""Whoever stands behind these is the customer, known or not."""
LEADING = frozenset({"für", "fuer", "bei", "mit", "von", "for", "with", "at", "from", "by"})
"""Behind these may stand the customer, or what it is about."""
TITLES = frozenset(
    {
        "herr", "herrn", "frau", "fr.", "hr.", "familie", "fam.", "firma", "fa.", "dr.", "dr", "prof.", "eheleute",
        "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "family", "company",
    }
)  # fmt: skip
FOR_TOPICS = frozenset({"nach", "about", "for", "wegen", "zum", "zur"})
AFTER_AN = frozenset({"offer", "invoice", "answer", "appointment", "inspection"})
"""Before these words "an" is the English article."""
LONGEST = 6
"""Words of a name that are looked at."""
EDGES = ",.;:!()[]\"'„“”‚‘’–"


class Named(NamedTuple):
    customer: Customer
    said: str
    rest: str
    """The text without the customer and what leads to them."""


class _Word(NamedTuple):
    start: int
    end: int
    text: str

    @property
    def bare(self) -> str:
        return _bare(self.text)


def _bare(word: str) -> str:
    """As names are compared: without signs around it, capital letters and an English genitive."""
    bare = unicodedata.normalize("NFC", word).strip(EDGES).casefold()
    return bare.removesuffix("'s").removesuffix("’s")


def customer_in(text: str, known: Known) -> Named:
    """Asks back where nobody is named, nobody is known by that name, or several are."""
    words = [_Word(match.start(), match.end(), match[0]) for match in re.finditer(r"\S+", text)]
    for group in (ADDRESSING, LEADING):
        called = ""
        for place, word in enumerate(words):
            if word.bare not in group and not (group is LEADING and _is_title(word)):
                continue
            if word.bare == "an" and words[place + 1 : place + 2] and words[place + 1].bare in AFTER_AN:
                continue
            begin = _after_titles(words, place + 1)
            if named := _at(text, words, place, begin, known):
                return named
            called = called or _called(words, begin, strictly=word.bare == "an")
        if called:
            raise _nobody(called, known)
    for place, word in enumerate(words):
        if word.bare not in KINDS and (named := _at(text, words, place, place, known)):
            return named
    raise _nobody(next(_possible_names(words), ""), known)


def _is_title(word: _Word) -> bool:
    return word.text.casefold() in TITLES


def _after_titles(words: Sequence[_Word], place: int) -> int:
    while place < len(words) and (_is_title(words[place]) or words[place].bare in ARTICLES):
        place += 1
    return place


def _at(text: str, words: Sequence[_Word], first: int, begin: int, known: Known) -> Named | None:
    """The customer whose name begins at a word, the longest name first; `first` is the word that leads to it."""
    for end in range(min(len(words), begin + LONGEST), begin, -1):
        if not words[end - 1].bare:
            continue
        said = text[words[begin].start : words[end - 1].end].strip(EDGES)
        found = _matching(said, known)
        if len(found) > 1:
            raise Unclear("ambiguous_customer", SEVERAL, [shown(each) for each in found[:5]], found=said)
        if found:
            rest = f"{text[: words[first].start]} {text[words[end - 1].end :]}"
            return Named(found[0], said, rest)
    return None


def _matching(said: str, known: Known) -> list[Customer]:
    """Customers with this own id or whole name; else those whose name holds all these words."""
    wanted = [bare for word in said.split() if (bare := _bare(word))]
    if not wanted:
        return []
    candidates = known.customers(max(wanted, key=len))
    called = " ".join(wanted)
    exact = [each for each in candidates if called in (each.id.casefold(), each.own_id.casefold(), _plain(each.name))]
    return exact or [each for each in candidates if set(wanted) <= plain_words(each.name)]


def _plain(name: str) -> str:
    return " ".join(_bare(word) for word in name.split())


def plain_words(text: str) -> frozenset[str]:
    """The words of a text as names are compared."""
    return frozenset(bare for word in text.split() if (bare := _bare(word)))


def _called(words: Sequence[_Word], begin: int, *, strictly: bool) -> str:
    """A name as it is written: words with a capital letter, or `strictly` the next word."""
    end = begin
    while end < len(words) and end < begin + 3 and words[end].text[:1].isupper():
        end += 1
    if end == begin and strictly and begin < len(words):
        end += 1
    return " ".join(word.text.strip(EDGES) for word in words[begin:end])


def _possible_names(words: Sequence[_Word]) -> Iterator[str]:
    """Words that could be a name, the last first: what is promised comes before."""
    for word in reversed(words):
        if word.text[:1].isupper() and word.bare not in KINDS:
            yield word.text.strip(EDGES)


def _nobody(called: str, known: Known) -> Unclear:
    near = known.near(called) if called else ()
    if near:
        return Unclear("unknown_customer", MEANT, near, found=called[:60])
    if called:
        return Unclear("unknown_customer", UNKNOWN, found=called[:60])
    return Unclear("no_customer", NOBODY)


def shown(customer: Customer) -> str:
    """As people tell customers of one name apart."""
    return f"{customer.name} ({customer.own_id})"


# -- sentences --------------------------------------------------------------------------------------

SEVERAL = N_("“{found}” can be several customers: {readings}. Please write the whole name or the own id.")
MEANT = N_("There is no customer “{found}” here. Did you mean: {readings}?")
UNKNOWN = N_("There is no customer “{found}” here. Please check the name, or record the customer first.")
NOBODY = N_("No customer is named. Please say who it is for, such as “an Müller”.")

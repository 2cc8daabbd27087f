"""A sentence taken apart before anything is looked up: clean text, who speaks, and the reason at its end."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from domain.fact import DIRECTION_OVERRIDES
from intake.capture.understood import Known, Unclear
from words import N_

LONGEST = 500
"""Characters; whoever writes more writes a letter."""

SPEAKER = re.compile(r"(?P<by>\S+(?:\s\S+)?)\s*:\s+(?=\S)")
REASON = re.compile(r"[,;]?\s+(?:weil|denn|because(?:\s+of)?)\s+(?P<reason>.+)$", re.IGNORECASE)
OCCASION = re.compile(r"\s*[(,;]?\s*\b(?:wegen|aufgrund|about|due\s+to|over)\s+(?P<reason>.+)$", re.IGNORECASE)
ON_REQUEST = re.compile(
    r"\b(?:auf\s+(?:(?:seinen|ihren|deren)\s+)?wunsch(?:\s+des\s+kunden|\s+der\s+kundin)?"
    r"|(?:at|on)\s+(?:his|her|their|the\s+customer's)\s+request)\b",
    re.IGNORECASE,
)
ARTICLES = frozenset(
    {"die", "der", "das", "den", "dem", "the", "ein", "eine", "einen", "einem", "einer", "a", "an"}
)  # fmt: skip
EDGES = " ,.;:!–-"


class Split(NamedTuple):
    """A text before and behind the word that parts it."""

    head: str
    tail: str | None


def cleaned(text: str) -> str:
    """On one line, with single blanks. Refuses what is empty, too long or holds characters that steer."""
    if len(text) > LONGEST:
        raise Unclear("too_long", TOO_LONG, limit=LONGEST)
    for char in text:
        if char in DIRECTION_OVERRIDES or (
            unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char not in "\t\r\n"
        ):
            raise Unclear("forbidden_character", FORBIDDEN, code_point=f"U+{ord(char):04X}")
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not re.search(r"\w", line):
        raise Unclear("empty", EMPTY)
    return line


def speaker(text: str, known: Known) -> tuple[str | None, str]:
    """Who promised it, named before a colon: "Ines: Angebot an Müller bis Freitag"."""
    found = SPEAKER.match(text)
    if found is None:
        return known.by, text
    if person := known.person(found["by"]):
        return person, text[found.end() :]
    if re.search(r"\s", found["by"]) is None and not known.customers(found["by"].casefold()):
        raise Unclear("unknown_person", UNKNOWN_PERSON, found=found["by"][:60])
    return known.by, text


def reason_in(text: str) -> Split:
    """What stands behind "weil" or "because"."""
    found = REASON.search(text)
    return Split(text[: found.start()], found["reason"].strip(EDGES)) if found else Split(text, None)


def occasion_in(text: str) -> Split:
    """What stands behind "wegen" or "about"."""
    found = OCCASION.search(text)
    return Split(text[: found.start()], found["reason"].strip(EDGES + "()")) if found else Split(text, None)


def complaint_in(text: str) -> Split:
    """What stands behind the colon, or behind "about" and "that"."""
    head, colon, tail = text.partition(":")
    if colon:
        return Split(head, tail.strip() or None)
    found = re.search(r"\s+(?:about|that|über|wegen|dass)\s+(?P<what>.+)$", text, re.IGNORECASE)
    return Split(text[: found.start()], found["what"].strip()) if found else Split(text, None)


def tidied(text: str) -> str:
    """What is left of a text, without blanks and signs at its ends."""
    return re.sub(r"\s+([,.;:])", r"\1", " ".join(text.split())).strip(EDGES)


def without_article(text: str) -> str:
    first, _, rest = tidied(text).partition(" ")
    return rest if rest and first.casefold() in ARTICLES else tidied(text)


# -- sentences --------------------------------------------------------------------------------------

TOO_LONG = N_("The text is too long; at most {limit} characters fit. Please say it in one sentence.")
FORBIDDEN = N_("The text holds a character that is not allowed: {code_point}.")
EMPTY = N_("Nothing is said. Please write what was promised to whom and by when.")
UNKNOWN_PERSON = N_("“{found}” is nobody who works here. Please check the name, or use --by.")

"""The words of the calendar in German and English, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of the words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


WEEKDAYS: Final[Mapping[str, int]] = {
    "montag": 0, "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5, "sonnabend": 5,
    "sonntag": 6, "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
SHORT_WEEKDAYS: Final[Mapping[str, int]] = {
    "mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
"""Only behind a word such as "bis": alone they mean too much else."""

MONTHS: Final[Mapping[str, int]] = {
    "januar": 1, "jänner": 1, "februar": 2, "märz": 3, "maerz": 3, "april": 4, "mai": 5, "juni": 6, "juli": 7,
    "august": 8, "september": 9, "oktober": 10, "november": 11, "dezember": 12,
    "january": 1, "february": 2, "march": 3, "may": 5, "june": 6, "july": 7, "october": 10, "december": 12,
    "jan": 1, "feb": 2, "mär": 3, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9,
    "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12,
}  # fmt: skip

NUMBERS: Final[Mapping[str, int]] = {
    "ein": 1, "eine": 1, "einem": 1, "einen": 1, "einer": 1, "eines": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5,
    "fuenf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "zwoelf": 12,
    "vierzehn": 14, "zwanzig": 20, "dreißig": 30, "dreissig": 30, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3,
    "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "fourteen": 14, "twenty": 20, "thirty": 30,
}  # fmt: skip

DAYS_FROM_TODAY: Final[Mapping[str, int]] = {
    "heute": 0, "today": 0, "eod": 0, "end of day": 0, "end of the day": 0, "morgen": 1, "tomorrow": 1,
    "übermorgen": 2, "uebermorgen": 2,
    "the day after tomorrow": 2, "day after tomorrow": 2, "gestern": -1, "yesterday": -1, "vorgestern": -2,
    "the day before yesterday": -2, "day before yesterday": -2,
}  # fmt: skip

WHICH: Final[Mapping[str, int]] = {
    "dies": 0, "this": 0, "laufend": 0, "current": 0, "nächst": 1, "naechst": 1, "kommend": 1, "next": 1, "coming": 1,
    "übernächst": 2, "uebernaechst": 2,
}  # fmt: skip
"""How many weeks, months or years from the running one, by the stem of the word."""

EDGES: Final[Mapping[str, str]] = {
    "anfang": "start", "beginning": "start", "start": "start", "mitte": "middle", "middle": "middle", "mid": "middle",
    "ende": "end", "end": "end",
}  # fmt: skip

WEEKDAY: Final = any_of(WEEKDAYS)
SHORT_WEEKDAY: Final = any_of(SHORT_WEEKDAYS)
MONTH: Final = any_of(MONTHS)
NUMBER: Final = rf"\d{{1,4}}|{any_of(NUMBERS)}"
EDGE: Final = any_of(EDGES)
THIS_OR_NEXT: Final = rf"(?:{any_of(WHICH)})(?:e[nmrs]?)?"


def number(text: str) -> int:
    return int(text) if text.isdecimal() else NUMBERS[text.casefold()]


def which(text: str | None) -> int:
    """0 for this one, 1 for the next; nothing said is this one."""
    if not text:
        return 0
    said = text.casefold()
    return next(number for stem, number in WHICH.items() if said.startswith(stem))

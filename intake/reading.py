"""How a cell is read: as text, number, yes or no, or time. What is not declared is refused, not guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from domain.errors import Refused
from domain.fact import DIRECTION_OVERRIDES
from intake import moments
from words import N_

LARGEST = 2**63
TWO_READINGS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")

NOT_A_NUMBER = N_(
    "“{found}” is not written as a number with the decimal sign “{decimal}”. "
    "Please check the value, or declare decimal and thousands in the mapping."
)
GROUPED = N_(
    "“{found}” is not written as a number with the decimal sign “{decimal}”. "
    'If “{sign}” stands between the thousands, declare it in the mapping: thousands = "{sign}".'
)
OTHER_SIGNS = N_(
    "“{found}” is not written as a number with the decimal sign “{decimal}”. "
    'If “{sign}” is the decimal sign, declare it in the mapping: decimal = "{sign}".'
)
TWO_WAYS = N_(
    "“{found}” can be {whole}, or a number with three places after the point. Please declare in the mapping which sign "
    'is the decimal one: decimal = "," or decimal = ".".'
)
TOO_LARGE = N_("“{found}” is too large for a number.")
NOT_WHOLE = N_("A whole number is needed here, not “{found}”.")
NOT_YES_OR_NO = N_("“{found}” is neither yes nor no. The mapping knows: {known}.")
NOT_TEXT = N_("A single value is needed here, not a list or a group of fields.")
FORBIDDEN = N_("The text holds a character that is not allowed: {code_point}. Please remove it.")


@dataclass(frozen=True)
class Reading:
    """What a mapping declares about the way its system writes things."""

    zone: ZoneInfo | None = None
    time_formats: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str | None = None
    unsure: bool = False
    """Nobody said which sign is the decimal one: what could be read in two ways is refused."""
    nulls: frozenset[str] = frozenset({""})
    yes: frozenset[str] = frozenset({"true", "yes", "ja", "1"})
    no: frozenset[str] = frozenset({"false", "no", "nein", "0"})

    def with_(self, time_formats: Sequence[str] | None, decimal: str | None, thousands: str | None) -> Reading:
        """The same, but for what one field declares otherwise."""
        reading = self
        if time_formats is not None:
            reading = replace(reading, time_formats=tuple(time_formats))
        if decimal is not None:
            reading = replace(reading, decimal=decimal, thousands=thousands, unsure=False)
        elif thousands is not None:
            reading = replace(reading, thousands=thousands, unsure=False)
        return reading

    def is_null(self, value: object) -> bool:
        return value is None or (type(value) is str and value.strip() in self.nulls)

    def moment(self, value: object, form: str | None = None) -> datetime | date:
        return moments.read(value, self.time_formats if form is None else (form,), self.zone)

    def day(self, value: object, form: str | None = None) -> date:
        return moments.day(value, self.time_formats if form is None else (form,), self.zone)

    def number(self, value: object, decimal: str | None = None) -> int | float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        if not isinstance(value, str):
            raise Refused("wrong_type", NOT_TEXT)
        text = value.strip()
        reading = self if decimal is None else self.with_(None, decimal, None)
        if not reading._numeral.fullmatch(text):
            raise reading._no_number(text)
        if reading.unsure and TWO_READINGS.fullmatch(text):
            raise Refused("not_a_number", TWO_WAYS, found=text[:60], whole=text.replace(".", ""))
        if reading.thousands is not None:
            text = text.replace(reading.thousands, "").replace("\u00a0", "").replace("\u202f", "")
        number = float(text.replace(reading.decimal, "."))
        if abs(number) >= LARGEST:
            raise Refused("out_of_range", TOO_LARGE, found=value)
        return number if reading.decimal in text else int(text)

    def whole(self, value: object) -> int:
        number = self.number(value)
        if number != int(number):
            raise Refused("wrong_type", NOT_WHOLE, found=str(value))
        return int(number)

    def yes_no(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        said = self.text(value).strip().casefold()
        if said in self._yes:
            return True
        if said in self._no:
            return False
        known = ", ".join(sorted(self.yes | self.no))
        raise Refused("unknown_value", NOT_YES_OR_NO, found=self.text(value), known=known)

    def text(self, value: object) -> str:
        """As it stands; whole numbers without a point, line ends as one character."""
        if isinstance(value, str):
            if not value.isprintable():
                value = value.replace("\r\n", "\n")
                _refuse_forbidden(value)
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        if isinstance(value, int):
            return str(value)
        raise Refused("wrong_type", NOT_TEXT)

    @cached_property
    def _yes(self) -> frozenset[str]:
        return frozenset(word.casefold() for word in self.yes)

    @cached_property
    def _no(self) -> frozenset[str]:
        return frozenset(word.casefold() for word in self.no)

    @cached_property
    def _numeral(self) -> re.Pattern[str]:
        plain = "[0-9]+"
        if self.thousands is not None:
            between = "[\\s\u00a0\u202f]" if self.thousands.isspace() else re.escape(self.thousands)
            plain = f"(?:[0-9]+|[0-9]{{1,3}}(?:{between}[0-9]{{3}})+)"
        return re.compile(f"[+-]?{plain}(?:{re.escape(self.decimal)}[0-9]+)?")

    def _no_number(self, text: str) -> Refused:
        for thousands in (sign for sign in (".", ",", " ", "'") if sign != self.decimal):
            if self.with_(None, self.decimal, thousands)._numeral.fullmatch(text) and self.thousands is None:
                return Refused(
                    "not_a_number",
                    GROUPED if self.decimal in text else OTHER_SIGNS,
                    found=text[:60],
                    decimal=self.decimal,
                    sign=thousands,
                )
        other = "," if self.decimal == "." else "."
        if any(self.with_(None, other, sign)._numeral.fullmatch(text) for sign in (None, self.decimal)):
            return Refused("not_a_number", OTHER_SIGNS, found=text[:60], decimal=self.decimal, sign=other)
        return Refused("not_a_number", NOT_A_NUMBER, found=text[:60], decimal=self.decimal)


def _refuse_forbidden(text: str) -> None:
    for char in text:
        if char in "\n\t":
            continue
        if unicodedata.category(char) in ("Cc", "Cs") or char in DIRECTION_OVERRIDES:
            raise Refused("forbidden_character", FORBIDDEN, code_point=f"U+{ord(char):04X}")

"""The functions that a mapping may use beside JMESPath's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from jmespath.functions import Functions as BuiltIn

from domain.errors import Refused
from intake import html, moments
from intake.reading import Reading
from words import N_

NOT_A_LIST = N_("{function}() needs a list here, not {found}.")
NO_DECIMAL = N_("{found} is no decimal sign; possible are '.' and ','.")
NO_LENGTH = N_("shortened() needs a number of characters, such as `500`, not {found}.")
NO_DIGITS = N_("zeros() needs a number of digits, such as `5`, not {found}.")
NOT_A_REFERENCE = N_("changes() needs the column with & before it, such as &Status, not {found}.")

MOST_DIGITS = 50

ARGUMENTS: Mapping[str, tuple[int, int]] = {
    "time": (1, 2),
    "date": (1, 2),
    "start_of_day": (1, 2),
    "end_of_day": (1, 2),
    "number": (1, 2),
    "lower": (1, 1),
    "trim": (1, 1),
    "plain": (1, 1),
    "shortened": (2, 2),
    "zeros": (2, 2),
    "join_nonempty": (2, 2),
    "only": (1, 1),
    "changes": (2, 2),
}
"""Our functions, each with the fewest and the most arguments. All but `join_nonempty` give null for null."""

BUILT_IN: Mapping[str, Any] = BuiltIn.FUNCTION_TABLE


class Functions:
    """Calls a function by its name, as the interpreter of JMESPath asks for it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._built_in = BuiltIn()
        self._own: Mapping[str, Callable[..., Any]] = {
            "time": self._time,
            "date": self._date,
            "start_of_day": self._start_of_day,
            "end_of_day": self._end_of_day,
            "number": self._number,
            "lower": lambda value: reading.text(value).lower(),
            "trim": lambda value: reading.text(value).strip(),
            "plain": lambda value: html.text(reading.text(value)) or None,
            "shortened": self._shortened,
            "zeros": self._zeros,
            "join_nonempty": self._join_nonempty,
            "only": self._only,
            "changes": _changes,
        }

    def call_function(self, name: str, arguments: list[Any]) -> Any:
        own = self._own.get(name)
        if own is None:
            return self._built_in.call_function(name, arguments)
        if name != "join_nonempty" and self._reading.is_null(arguments[0]):
            return None
        return own(*arguments)

    def _time(self, value: Any, form: Any = None) -> str:
        return moments.written(self._reading.moment(value, _readable(form)))

    def _date(self, value: Any, form: Any = None) -> str:
        return self._day(value, form).isoformat()

    def _start_of_day(self, value: Any, form: Any = None) -> str:
        return moments.written(moments.start_of_day(self._day(value, form), self._reading.zone))

    def _end_of_day(self, value: Any, form: Any = None) -> str:
        return moments.written(moments.end_of_day(self._day(value, form), self._reading.zone))

    def _day(self, value: Any, form: Any) -> date:
        return self._reading.day(value, _readable(form))

    def _number(self, value: Any, decimal: Any = None) -> int | float:
        if decimal not in (None, ".", ","):
            raise Refused("expression", NO_DECIMAL, found=repr(decimal)[:40])
        return self._reading.number(value, decimal)

    def _shortened(self, value: Any, most: Any) -> str:
        if type(most) is not int or most < 1:
            raise Refused("expression", NO_LENGTH, found=repr(most)[:40])
        text = self._reading.text(value)
        return text if len(text) <= most else text[: most - 1] + "…"

    def _zeros(self, value: Any, digits: Any) -> str:
        if type(digits) is not int or not 1 <= digits <= MOST_DIGITS:
            raise Refused("expression", NO_DIGITS, found=repr(digits)[:40])
        return self._reading.text(value).zfill(digits)

    def _join_nonempty(self, between: Any, values: Any) -> str | None:
        if not isinstance(values, list):
            raise Refused("wrong_type", NOT_A_LIST, function="join_nonempty", found=repr(values)[:40])
        filled = [self._reading.text(each) for each in values if not self._reading.is_null(each)]
        return str(between).join(filled) or None

    def _only(self, values: Any) -> Any:
        if not isinstance(values, list):
            raise Refused("wrong_type", NOT_A_LIST, function="only", found=repr(values)[:40])
        filled = [each for each in values if not self._reading.is_null(each)]
        return filled[0] if filled and all(each == filled[0] for each in filled) else None


def _readable(form: Any) -> str | None:
    if form is not None and not (isinstance(form, str) and moments.is_readable(form)):
        raise Refused("time_format", moments.NO_FORMAT, found=str(form)[:60])
    return form


def _changes(rows: Any, expression: Any) -> list[dict[str, Any]]:
    """The first row and those whose value differs from the row before, each with that row as `previous`."""
    if not isinstance(rows, list):
        raise Refused("wrong_type", NOT_A_LIST, function="changes", found=repr(rows)[:40])
    found = []
    before: Any = None
    value_before: Any = None
    if not hasattr(expression, "run"):
        raise Refused("wrong_type", NOT_A_REFERENCE, found=repr(expression)[:40])
    for place, row in enumerate(rows):
        value = expression.run(row)
        if place == 0 or value != value_before:
            found.append({**row, "previous": before})
        before, value_before = row, value
    return found

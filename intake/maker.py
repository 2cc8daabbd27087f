"""Makes the facts of one type out of rows: reads every field as its kind wants it, and adds the envelope."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from domain.errors import Refused
from domain.vocabulary import FACTS
from intake import moments
from intake.compiled import is_true
from intake.expressions import Context, Expression, Template
from intake.fitting import Kind, needed
from intake.mapped import OnChange, WholeDay
from intake.reading import Reading
from intake.refusal import in_column
from words import N_

NO_TIME = N_("The time of {type} is empty here. Please fill it in, or add a condition (when) to the mapping.")
NEEDED = N_("The cell is empty, but {type} needs {field}. Please fill it in, or add a condition (when) to the mapping.")
INCOMPLETE_ID = N_("The id of {type} stays incomplete, because a column it is made of is empty.")
UNLISTED = N_("“{found}” is not among the values that the mapping lists: {known}. Please add it there, or otherwise.")
NO_LIST = N_("“{expression}” should give a list (each), but gives {found}.")


@dataclass(frozen=True)
class Cell:
    """Where one field comes from and how it is read."""

    kind: Kind
    source: Expression | Template
    reading: Reading
    values: Mapping[str, Any] | None = None
    otherwise: Any = None
    clears: bool = False

    @property
    def column(self) -> str:
        return self.source.column

    def read(self, context: Context) -> Any:
        """The value as its kind wants it, None where there is none. A refusal names column and content."""
        found: Any = None
        try:
            found = self._found(context)
            if self.values is not None:
                return self._listed(found)
            return None if found is None else _READERS[self.kind](self.reading, found)
        except Refused as refused:
            value = found if found is not None else refused.params.get("found", "")
            raise in_column(refused, self.column, value) from None

    def _found(self, context: Context) -> Any:
        if isinstance(self.source, Template):
            text, empty = self.source.filled(context)
            return None if empty and empty == len(self.source.places) else text.strip()
        found = self.source(context)
        return None if self.reading.is_null(found) else found

    def _listed(self, found: Any) -> Any:
        assert self.values is not None
        if found is not None:
            text = self.reading.text(found).strip()
            if text in self.values:
                return self.values[text]
            if self.otherwise is None:
                raise Refused("unknown_value", UNLISTED, found=text[:60], known=", ".join(self.values))
        return self.otherwise


def _moment(reading: Reading, value: Any) -> str:
    return moments.short(moments.written(reading.moment(value)))


_READERS: Mapping[Kind, Callable[[Reading, Any], Any]] = {
    "text": Reading.text,
    "number": Reading.number,
    "yes_no": Reading.yes_no,
    "moment": _moment,
    "any": lambda reading, value: value,
}


@dataclass(frozen=True)
class Made:
    """One envelope, with what the recorder must know beside it."""

    envelope: dict[str, Any]
    day: WholeDay | None
    on_change: OnChange | None


@dataclass(frozen=True)
class ChangeMaker:
    become: tuple[str, ...]
    time: Cell | None
    data: Mapping[str, Cell]

    def made(self, context: Context, now: datetime) -> OnChange:
        at = None if self.time is None else self.time.read(context)
        time = moments.short(moments.written(now)) if at is None else _instant(at, self.time, now)
        said = {name: cell.read(context) for name, cell in self.data.items()}
        return OnChange(self.become, time, {name: value for name, value in said.items() if value is not None})


@dataclass(frozen=True)
class Maker:
    """One [[fact]] of a mapping, ready to be applied."""

    source: str
    type: str
    when: Expression | None
    each: Expression | None
    id: Template
    time: Cell
    sequence: Expression | None
    fields: Mapping[str, Cell]
    constants: Mapping[str, Any]
    on_change: ChangeMaker | None

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """Which columns each field of the envelope comes from."""
        return {name: source.column for name, source in self._sources()}

    @cached_property
    def origins(self) -> Mapping[str, str]:
        """What each field of the envelope is read from, as the mapping says it."""
        return {name: source.text for name, source in self._sources()}

    def _sources(self) -> Iterator[tuple[str, Expression | Template]]:
        yield from (("id", self.id), ("time", self.time.source))
        yield from ((f"data.{name}", cell.source) for name, cell in self.fields.items())

    def made(self, context: Context, now: datetime) -> Iterator[Made]:
        """The facts for one row or group. Raises Refused with all that is wrong about the first bad one."""
        if self.each is None:
            if self.when is None or is_true(self.when(context)):
                yield self._one(context, now)
            return
        items = self.each(context)
        if items is None:
            return
        if not isinstance(items, list):
            raise Refused("wrong_type", NO_LIST, expression=self.each.text, found=repr(items)[:40])
        for index, item in enumerate(items, start=1):
            inside = {**context, "item": item, "index": index}
            if self.when is None or is_true(self.when(inside)):
                yield self._one(inside, now)

    def _one(self, context: Context, now: datetime) -> Made:
        findings: list[Refused] = []
        data = dict(self.constants)
        zone: str | None = None
        for name, cell in self.fields.items():
            try:
                value = cell.read(context)
            except Refused as refused:
                findings.append(refused)
                continue
            if value is not None or cell.clears:
                data[name] = value
            elif name in needed(FACTS[self.type]):
                findings.append(in_column(Refused("missing", NEEDED, type=self.type, field=name), cell.column, ""))
            if cell.kind == "moment" and value is not None and "T" not in value:
                zone = None if cell.reading.zone is None else cell.reading.zone.key
        envelope: dict[str, Any] = {"specversion": "1.0", "source": self.source, "type": self.type}
        day = on_change = None
        try:
            envelope["id"] = self._id(context)
            envelope["time"], day = self._time(context, now)
            if self.sequence is not None:
                sequence = self.sequence(context)
                if not self.time.reading.is_null(sequence):
                    envelope["sequence"] = self.time.reading.whole(sequence)
            on_change = None if self.on_change is None else self.on_change.made(context, now)
        except Refused as refused:
            findings.append(refused)
        if findings:
            raise Refused.together(findings)
        if zone is not None:
            envelope["zone"] = zone
        envelope["data"] = data
        return Made(envelope, day, on_change)

    def _id(self, context: Context) -> str:
        id, empty = self.id.filled(context)
        if empty:
            raise in_column(Refused("missing", INCOMPLETE_ID, type=self.type), self.id.column, "")
        return id

    def _time(self, context: Context, now: datetime) -> tuple[str, WholeDay | None]:
        """When it happened, and the date where only that was given."""
        found = self.time.read(context)
        if found is None:
            raise in_column(Refused("missing", NO_TIME, type=self.type), self.time.column, "")
        time, zone = _instant(found, self.time, now), self.time.reading.zone
        return time, None if zone is None or "T" in found else WholeDay(found, zone.key)


def _instant(found: str, cell: Cell | None, now: datetime) -> str:
    """A date alone stands for its last second, so that a day late is late; today's for now."""
    if "T" in found:
        return found
    assert cell is not None
    try:
        last = moments.last_second(date.fromisoformat(found), cell.reading.zone)
    except Refused as refused:
        raise in_column(refused, cell.column, found) from None
    return moments.short(moments.written(min(last, now)))

"""What a fact is: an observation from a source, with the time it happened and the time we recorded it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from types import NoneType
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, TypeVar, get_args, get_origin
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

SEALED = "•"
"""Stands in the log where a personal text stood; the text itself lies in the vault."""

FROM_THE_LOG = "log"
"""Validation context of facts that are read back: seals stand where texts stood."""

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

RFC3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2})(?::(\d{2})(?:\.(\d+))?)?([Zz]|[+-]\d{2}:[0-5]\d)?", re.ASCII
)
"""With its seconds left out where they are none, as people write it."""
_USUAL_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:[0-5]\d)", re.ASCII
)
"""Of these, `datetime.fromisoformat` reads each as it is meant."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = frozenset("\u3164\u115f\u1160\uffa0\u2800")
"""Letters and signs that show nothing; what Unicode itself calls formatting is invisible too."""
LINE_BREAKS = "\r\n\u2028\u2029"


# -- fields ---------------------------------------------------------------------------------------


def finding(code: str, sentence: str, params: dict[str, Any]) -> PydanticCustomError:
    """A finding of ours; the sentence travels along untouched, so that the door can translate it.

    `field` among the params names the field where a finding about several of them belongs.
    """
    return PydanticCustomError(code, sentence, {**params, "sentence": sentence})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise finding(
            "nonexistent_date",
            "“{found}” does not exist in the calendar. Please check the date.",
            {"found": text},
        ) from None


def instant(value: object) -> datetime:
    """An RFC 3339 time with its offset; refuses everything that leaves open which moment is meant."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise _zone_missing(value.isoformat())
        return _within_the_years(value, value.isoformat())
    if isinstance(value, str) and _USUAL_INSTANT.fullmatch(value):
        try:
            return _within_the_years(datetime.fromisoformat(value), value)
        except ValueError:
            pass  # a day or an offset that does not exist; what to say of it is found out below
    if not isinstance(value, str):
        raise finding(
            "wrong_type",
            "A time is written as text such as 2026-03-02T09:00:00+01:00, not as {found}.",
            {"found": repr(value)[:40]},
        )
    match = RFC3339.fullmatch(value)
    if match is None:
        raise finding(
            "not_a_time",
            "“{found}” is no time. Please write it like 2026-03-02T09:00:00+01:00.",
            {"found": value[:60]},
        )
    day, minute, second, fraction, offset = match.groups()
    if offset is None:
        raise _zone_missing(value)
    _day(day)
    if minute >= "24":  # which Python 3.14 takes for the next day's midnight
        raise _out_of_range(value)
    try:
        moment = datetime.fromisoformat(
            f"{day}T{minute}:{second or '00'}.{(fraction or '0')[:6]:0<6}{offset.upper().replace('Z', '+00:00')}"
        )
    except ValueError:
        raise _out_of_range(value) from None
    return _within_the_years(moment, value)


def _within_the_years(moment: datetime, found: str) -> datetime:
    if EARLIEST.year < moment.year < LATEST.year - 1:
        return moment  # in whatever zone
    if not EARLIEST <= moment < LATEST:
        raise _out_of_range(found)
    return moment


def _zone_missing(found: str) -> PydanticCustomError:
    return finding(
        "zone_missing",
        "“{found}” does not say in which zone. Please add the offset, such as +01:00 or Z.",
        {"found": found},
    )


def _out_of_range(found: str) -> PydanticCustomError:
    return finding(
        "out_of_range",
        "“{found}” lies outside what a clock shows or the years 1900 to 2199.",
        {"found": found},
    )


def day_or_instant(value: object) -> date | datetime:
    """A date stands for the whole day: it ends at 24:00 in the zone of the fact."""
    if isinstance(value, str) and DAY.fullmatch(value):
        value = _day(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        if not EARLIEST.date() <= value < LATEST.date():
            raise _out_of_range(value.isoformat())
        return value
    return instant(value)


def _plain(text: str) -> str | None:
    """A text in which nothing can be read is no text: an empty reason is none."""
    _free_of(text, allowed=LINE_BREAKS + "\t")
    return None if _is_blank(text) else text


def _single_line(text: str) -> str:
    if text.isascii() and text.isprintable() and text.strip():
        return text
    _free_of(text, allowed="")
    if not text.strip():
        raise finding("empty", "The text is empty. Leave the field out or fill it in.", {})
    if _is_blank(text):
        raise finding(
            "forbidden_character",
            "The text consists of invisible characters only ({code_point}).",
            {"code_point": f"U+{ord(text[0]):04X}"},
        )
    return text


def _is_blank(text: str) -> bool:
    if text[:1].isascii() and text[:1].isalnum():
        return False
    return all(char in INVISIBLE or char.isspace() or unicodedata.category(char) == "Cf" for char in text)


def _free_of(text: str, allowed: str) -> str:
    if text.isprintable() and text.isascii():
        return text
    for char in text:
        forbidden = unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char not in allowed
        if forbidden or char in DIRECTION_OVERRIDES:
            raise finding(
                "forbidden_character",
                "The text holds a character that is not allowed: {code_point}.",
                {"code_point": f"U+{ord(char):04X}"},
            )
    return text


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise finding("not_a_number", "A number is needed here.", {})
    return number


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    if name not in _zones():
        raise finding(
            "unknown_zone",
            "There is no zone “{found}”. A zone is written like Europe/Berlin.",
            {"found": name[:60]},
        )
    return name


def _address(text: str, info: ValidationInfo) -> str:
    if text == SEALED and info.context == FROM_THE_LOG:
        return text
    if not re.fullmatch(r"[^@\s<>,;:]+@[^@\s<>,;:]+", text):
        raise finding("not_an_address", "“{found}” is no e-mail address.", {"found": text[:80]})
    return text


class Personal:
    """Marks a field that tells about a person: the log holds `SEALED`, the vault the text."""


class Person:
    """Marks a name of one of us: the log holds the person's internal id, the vault the name."""


@dataclass(frozen=True)
class Ref:
    """Marks the source's own id of a `kind`: the log holds the internal id, the vault the source's."""

    kind: Literal["customer", "promise", "contact", "incident", "thread", "any", "fact"]


Instant = Annotated[datetime, BeforeValidator(instant)]
DayOrInstant = Annotated[date | datetime, BeforeValidator(day_or_instant)]
Id = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_single_line)]
Label = Annotated[str, Field(max_length=200), AfterValidator(_single_line)]
Line = Annotated[str, Field(max_length=500), AfterValidator(_single_line)]
Prose = Annotated[str, Field(max_length=10_000), AfterValidator(_plain)]
Address = Annotated[str, Field(max_length=320), AfterValidator(_single_line), AfterValidator(_address)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Number = Annotated[float, AfterValidator(_finite)]
Amount = Annotated[float, AfterValidator(_finite), Field(ge=0, le=1e12)]

PersonalLabel = Annotated[Label, Personal()]
PersonalLine = Annotated[Line, Personal()]
PersonalProse = Annotated[Prose, Personal()]
PersonName = Annotated[Label, Person()]
CustomerId = Annotated[Id, Ref("customer")]
PromiseId = Annotated[Id, Ref("promise")]
ContactId = Annotated[Id, Ref("contact")]
IncidentId = Annotated[Id, Ref("incident")]
ThreadId = Annotated[Id, Ref("thread")]
AnyId = Annotated[Id, Ref("any")]

Kind = Literal["appointment", "delivery", "callback", "price", "quality", "other"]
Severity = Literal["minor", "normal", "serious"]
Channel = Literal["email", "phone", "chat", "in_person", "video", "letter", "portal", "other"]


# -- the fact -------------------------------------------------------------------------------------


class Data(BaseModel):
    """What a fact says; `type_name` is its stable name, `version` the version of its fields in the log."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    type_name: ClassVar[str]
    version: ClassVar[int] = 1
    rank: ClassVar[int] = 50
    """Order among facts of one stream that happened at the same instant."""
    whose: ClassVar[str] = "customer"
    """The field that names the customer whose fact it is."""
    absent_stays: ClassVar[bool] = False
    """A field left out means something else than its default: what was known stays."""

    def says(self, field: str) -> bool:
        """Whether the field was named at all: absent stays, null clears."""
        return field in self.__pydantic_fields_set__

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """The same with other values in fields that were said, unchecked: seals for texts, or texts for seals.

        As `model_copy` does it, in half the time.
        """
        return _unchecked(type(self), {**self.__dict__, **values}, self.__pydantic_fields_set__)

    @classmethod
    def as_stored(cls, fields: dict[str, Any]) -> Self:
        """From what lies in the log, where it came after strict validation: only what JSON cannot say is read anew.

        Whatever does not look like it is validated once more. tests/properties/test_growth.py compares both.
        """
        known = _stored(cls)
        if known is None or not (fields.keys() <= known.readers.keys() and known.needed <= fields.keys()):
            return cls.model_validate(fields, context=FROM_THE_LOG)
        values = known.defaults.copy()
        for name, value in fields.items():
            if (read := known.readers[name]) is not None and value is not None:
                value = read(value)
            values[name] = value
        return _unchecked(cls, values, set(fields))


D = TypeVar("D", bound=Data)
_new, _set = object.__new__, object.__setattr__


def _unchecked(kind: type[D], values: dict[str, Any], said: set[str]) -> D:
    """Of values that are known to be sound, in the four places in which a model keeps all that it has."""
    data = _new(kind)
    _set(data, "__dict__", values)
    _set(data, "__pydantic_fields_set__", said)
    _set(data, "__pydantic_extra__", None)
    _set(data, "__pydantic_private__", None)
    return data


class _Stored(NamedTuple):
    """How data of one type are read back; the defaults are in the order of the fields."""

    readers: Mapping[str, Callable[[Any], Any] | None]
    needed: frozenset[str]
    defaults: dict[str, Any]


@cache
def _stored(kind: type[Data]) -> _Stored | None:
    """None for those that hold more than single values."""
    fields = kind.model_fields
    readers: dict[str, Callable[[Any], Any] | None] = {}
    for name, field in fields.items():
        kinds = _kinds_in(field.annotation)
        if not kinds <= {str, int, float, bool, date, datetime, NoneType}:
            return None
        readers[name] = _moment if kinds & {date, datetime} else float if float in kinds else None
    return _Stored(
        readers,
        frozenset(name for name, field in fields.items() if field.is_required()),
        {name: None if field.is_required() else field.default for name, field in fields.items()},
    )


def _kinds_in(annotation: Any) -> set[Any]:
    if get_origin(annotation) is Literal:
        return {type(value) for value in get_args(annotation)}
    if get_origin(annotation) is Annotated:
        return _kinds_in(get_args(annotation)[0])
    parts = get_args(annotation)
    return {annotation} if not parts else set().union(*map(_kinds_in, parts))


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


class Fact(msgspec.Struct, frozen=True):
    """One line of the log. At the door `data` holds the source's words, in the log internal ids and seals."""

    source: str
    id: str
    time: datetime
    data: Data
    recorded: datetime | None = None
    sequence: int | None = None
    zone: str | None = None
    key: str = ""
    customer: str = ""
    stream: str = ""
    position: int = 0

    @property
    def type(self) -> str:
        return self.data.type_name


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """The facts of one stream as they happened.

    Same instant: `sequence` among those that carry it, else the order of a life, else the key.
    """
    ordered = list(facts)
    if follow_each_other(ordered):
        return ordered
    ordered.sort(key=lambda fact: (fact.time, fact.data.rank, fact.key or fact.id))
    start = 0
    for end in range(1, len(ordered) + 1):
        if end < len(ordered) and ordered[end].time == ordered[start].time:
            continue
        if end - start > 1:
            _by_sequence(ordered, start, end)
        start = end
    return ordered


def follow_each_other(facts: Sequence[Fact]) -> bool:
    """Each happened later than the one before it."""
    last: datetime | None = None
    for fact in facts:
        if last is not None and fact.time <= last:
            return False
        last = fact.time
    return True


def _by_sequence(ordered: list[Fact], start: int, end: int) -> None:
    slots = [place for place in range(start, end) if ordered[place].sequence is not None]
    numbered = sorted((ordered[place] for place in slots), key=lambda fact: fact.sequence or 0)
    for place, fact in zip(slots, numbered, strict=True):
        ordered[place] = fact


def end_of(value: date | datetime, zone: str) -> datetime:
    """The instant at which a due has passed: the instant itself, or 24:00 of the date in the zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return _midnight_after(value, zone)


def _midnight_after(day: date, zone: str) -> datetime:
    following = date.fromordinal(day.toordinal() + 1)
    return datetime(following.year, following.month, following.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def content(fact: Fact) -> dict[str, Any]:
    """What two facts of one key are compared by: parsed, defaults filled in where they say the same."""
    data = fact.data
    fields = {f"data.{name}": value if data.says(name) or not data.absent_stays else "left out" for name, value in data}
    return {"type": fact.type, "time": fact.time, "sequence": fact.sequence, **fields}

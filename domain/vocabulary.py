"""Every type of fact under its stable name, and how an envelope becomes a fact."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from domain import access_key, alert, channel, contact, customer, document, firm, history, incident, per_person, promise
from domain.errors import Refused, possible
from domain.fact import Data, Fact, Id, Instant, ZoneName

_KINDS: tuple[type[Data], ...] = (
    customer.CustomerRegistered,
    customer.CustomerChanged,
    customer.CustomerOwnerAssigned,
    customer.CustomerSensitivitySet,
    customer.CustomerMerged,
    customer.CustomerSeparated,
    customer.CustomerLeft,
    customer.FeedbackRequested,
    customer.FeedbackGiven,
    customer.ReferralGiven,
    promise.PromiseMade,
    promise.PromiseChanged,
    promise.PromiseAssigned,
    promise.PromisePaused,
    promise.PromiseResumed,
    promise.PromiseRenegotiated,
    promise.PromiseFulfilled,
    promise.PromiseWithdrawn,
    promise.PromiseBroken,
    promise.PromiseReleased,
    promise.RequestDeclined,
    contact.ContactInbound,
    contact.ContactAnswered,
    contact.ContactOutbound,
    incident.IncidentReported,
    *incident.STEPS,
    history.FactRetracted,
    document.DocumentPublished,
    firm.FirmRatesSet,
)

FACTS: Mapping[str, type[Data]] = {kind.type_name: kind for kind in _KINDS}

OUR_OWN: tuple[type[Data], ...] = (*alert.EVENTS, *channel.EVENTS, *access_key.EVENTS, *per_person.EVENTS)

EVENTS: Mapping[str, type[Data]] = {**FACTS, **{kind.type_name: kind for kind in OUR_OWN}}
"""Everything that stands in the log: what comes from outside, and what the product records itself."""

UPCASTS: Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""(name, version as stored) → the data of the next version. Old facts are read, never rewritten."""

AHEAD = timedelta(minutes=5)
"""How far a sender's clock may run ahead of ours."""


class Envelope(BaseModel):
    """CloudEvents 1.0 in JSON. `zone` is our extension: where dates without a time end."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    specversion: Literal["1.0"]
    source: Id
    id: Id
    type: str
    time: Instant
    data: dict[str, Any]
    sequence: int | None = None
    zone: ZoneName | None = None
    datacontenttype: Literal["application/json"] | None = None
    recorded: Instant | None = None
    """Written by an export; only a restore into an empty store honours it."""


def parse(envelope: Mapping[str, Any], *, now: datetime) -> Fact:
    """The fact that an envelope holds; `now` is the moment of intake. Raises Refused with every finding."""
    try:
        shell = Envelope.model_validate(dict(envelope))
    except ValidationError as error:
        raise refused(error) from None
    kind = FACTS.get(shell.type)
    if kind is None:
        raise Refused(
            "unknown_type",
            "There is no fact of type “{found}”. The known types are: {known}.",
            "type",
            found=shell.type[:80],
            known=", ".join(sorted(FACTS)),
        )
    if shell.time > now + AHEAD:
        raise Refused(
            "in_the_future",
            "{time} lies in the future; a fact is something that has happened. It is {now} now.",
            "time",
            time=shell.time.isoformat(),
            now=now.isoformat(timespec="seconds"),
        )
    if shell.sequence is not None and abs(shell.sequence) >= 2**63:
        raise Refused("out_of_range", "The number is too large.", "sequence")
    try:
        data = kind.model_validate(shell.data)
    except ValidationError as error:
        raise refused(error, "data", shell.zone) from None
    return Fact(
        source=shell.source,
        id=shell.id,
        time=shell.time,
        data=data,
        recorded=shell.recorded,
        sequence=shell.sequence,
        zone=shell.zone,
    )


def envelope(fact: Fact) -> dict[str, Any]:
    """The inverse of `parse`, for a fact in its source's words; without `recorded`."""
    optional = {"sequence": fact.sequence, "zone": fact.zone}
    return {
        "specversion": "1.0",
        "source": fact.source,
        "id": fact.id,
        "type": fact.type,
        "time": fact.time.isoformat(),
        **{name: value for name, value in optional.items() if value is not None},
        "data": fact.data.model_dump(mode="json", exclude_unset=True),
    }


def stored_data(name: str, version: int, fields: dict[str, Any]) -> Data:
    """The data of a fact as it lies in the log, brought up to today's version."""
    kind, found = EVENTS.get(name), version
    while kind is not None and version < kind.version and (name, version) in UPCASTS:
        fields = UPCASTS[name, version](fields)
        version += 1
    if kind is None or version != kind.version:
        raise NotOurVersion(name, found)
    return kind.as_stored(fields)


class NotOurVersion(Refused):
    """The log holds what this version of the product has no words for."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(
            "not_our_version",
            "The log holds “{name}” in version {version}, which this version of Vertrauenskonto cannot read. "
            "Please install the one that wrote it, or a newer one.",
            name=name,
            version=version,
        )


# -- findings in words ----------------------------------------------------------------------------

SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("missing", "This field is needed."),
    "extra_forbidden": ("unknown_field", "This field is not known here. Please check its spelling."),
    "string_type": ("wrong_type", "Text is needed here, not {found}."),
    "bool_type": ("wrong_type", "true or false is needed here, not {found}."),
    "int_type": ("wrong_type", "A whole number is needed here, not {found}."),
    "int_parsing": ("wrong_type", "A whole number is needed here, not {found}."),
    "int_from_float": ("wrong_type", "A whole number is needed here, not {found}."),
    "float_type": ("wrong_type", "A number is needed here, not {found}."),
    "finite_number": ("not_a_number", "A number is needed here."),
    "dict_type": ("wrong_type", "An object with fields is needed here, not {found}."),
    "model_type": ("wrong_type", "An object with fields is needed here, not {found}."),
    "literal_error": ("unknown_value", "{found} is not among the possible values: {expected}."),
    "string_too_short": ("empty", "The text is empty. Leave the field out or fill it in."),
    "string_too_long": ("too_long", "The text is too long; at most {max_length} characters fit."),
    "greater_than": ("out_of_range", "{found} is too small; it must be more than {gt}."),
    "greater_than_equal": ("out_of_range", "{found} is too small; at least {ge} is possible."),
    "less_than_equal": ("out_of_range", "{found} is too large; at most {le} is possible."),
    "string_pattern_mismatch": (
        "wrong_form",
        "{found} does not have the form that is needed here ({pattern}).",
    ),
    "string_unicode": ("forbidden_character", "The text holds a character that is not allowed: {found}."),
}


def refused(error: ValidationError, under: str = "", zone: str | None = None) -> Refused:
    """Every finding in our words; `under` is the place of what was looked at, `zone` that of its times."""
    findings = [_finding(each, under) for each in error.errors(include_url=False)]
    return Refused.together([each if zone is None else _in_zone(each, zone) for each in findings])


def _in_zone(finding: Refused, zone: str) -> Refused:
    """Of a time without an offset, whether the clocks of the fact's zone showed it never or twice."""
    if finding.code != "zone_missing":
        return finding
    found = str(finding.params["found"])
    try:
        first = datetime.fromisoformat(found).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        return finding
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return finding
    if first.astimezone(UTC).astimezone(first.tzinfo).replace(tzinfo=None) != first.replace(tzinfo=None):
        return Refused(
            "nonexistent_local_time",
            "“{found}” does not exist in {zone}: the clocks went forward then. Please check the time.",
            finding.path,
            found=found,
            zone=zone,
        )
    return Refused(
        "ambiguous_local_time",
        "“{found}” happened twice in {zone}: the clocks went back then. It is {first} or {second}; please write the "
        "time with its offset.",
        finding.path,
        found=found,
        zone=zone,
        first=first.isoformat(),
        second=second.isoformat(),
    )


def _finding(error: ErrorDetails, under: str) -> Refused:
    context = dict(error.get("ctx") or {})
    if "expected" in context:
        context["expected"] = possible(context["expected"])
    place = (under, *error["loc"], context.pop("field", ""))
    path = ".".join(str(part)[:SHOWN] for part in place if part != "")
    code, sentence = SENTENCES.get(error["type"], (error["type"], ""))
    if not sentence:
        # A finding of our own: its type is the code, its template the sentence.
        template = context.pop("sentence", None) or error["msg"]
        return Refused(code, template, path, **context)
    return Refused(code, sentence, path, **{**context, "found": _shown(error.get("input"))})


SHOWN = 60
"""Characters of what was found that go into a sentence."""


def _shown(value: object) -> str:
    if isinstance(value, str):
        value = value[:SHOWN]
    try:
        # Of what is large only the beginning is written out.
        return reprlib.repr(value)[:SHOWN] if isinstance(value, list | dict) else repr(value)[:SHOWN]
    except (ValueError, RecursionError):  # a number of thousands of digits, lists within lists within lists
        return "…"

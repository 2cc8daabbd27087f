"""Looking after keys and figures per person over HTTP: which there are, and that they count no more.

New keys are made on the command line.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.calls import Answer, Call
from api.described import one
from api.facts import content
from domain.fact import Label, Line
from domain.vocabulary import refused
from wiring import access, per_person
from wiring.told import keys as told
from wiring.told import per_person as per_person_told
from wiring.told.per_person import PerPersonOpening


class Open(BaseModel):
    """On what basis, for what purpose, from when (else at once) until when."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    basis: Label | None = Field(None, description="works_agreement, collective_agreement, consent or law.")
    purpose: Line | None = None
    start: Label | None = Field(None, alias="from")
    end: Label | None = Field(None, alias="until")


OPEN = {
    **one("Open figures per person for a purpose and a time", "figures", PerPersonOpening, "As it was recorded."),
    "openapi_extra": {"requestBody": {"content": {"application/json": {"schema": Open.model_json_schema()}}}},
}


def of_keys(call: Call) -> Answer:
    return 200, [told.as_json(call.asking, key) for key in access.listed(call.asking.konto)]


def revoke(call: Call) -> Answer:
    """From the next request on nothing is answered to it; once more does nothing."""
    return 200, told.as_json(call.asking, access.revoke(call.asking.konto, call.values["key"]))


def of_per_person(call: Call) -> Answer:
    """Every time that figures per person were opened for."""
    return 200, [per_person_told.as_json(call.asking, each) for each in per_person.listed(call.asking.konto)]


def open_per_person(call: Call) -> Answer:
    try:
        asked = Open.model_validate(content(call.body) if call.body else {})
    except ValidationError as error:
        raise refused(error) from None
    asking = call.asking
    opened = per_person.open_(
        asking.konto,
        basis=asked.basis,
        purpose=asked.purpose,
        start=asking.time(asked.start, "from"),
        end=asking.time(asked.end, "until"),
    )
    return 200, per_person_told.as_json(asking, opened)


def close_per_person(call: Call) -> Answer:
    return 200, per_person_told.as_json(call.asking, per_person.close(call.asking.konto))

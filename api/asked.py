"""What a question asks for: the names and values behind the question mark, each known and in its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from domain.errors import Refused
from domain.fact import Label
from domain.vocabulary import refused
from projections.filters import DIMENSIONS, Moment
from wiring.asking import Asking
from words import N_

LARGEST_PAGE, USUAL_PAGE = 200, 50
PLACES = ("as_of", "known_on")

TWICE = N_("{name} is asked for twice. Please name it once.")

Text = Annotated[Label | None, Field(default=None)]
Several = Annotated[tuple[Label, ...], Field(default=())]


class Asked(BaseModel):
    """Nothing may be asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    @classmethod
    def of(cls, given: Sequence[tuple[str, str]]) -> Self:
        """`given` in order as they stand in the address. Raises Refused with every finding."""
        several = {cls._name(name) for name, field in cls.model_fields.items() if field.annotation == tuple[Label, ...]}
        values: dict[str, Any] = {}
        for name, value in given:
            if name in several:
                values[name] = (*values.get(name, ()), value)
            elif name in values:
                raise Refused("twice", TWICE, name[:80], name=name[:80])
            else:
                values[name] = value
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise refused(error) from None

    @classmethod
    def _name(cls, field: str) -> str:
        return cls.model_fields[field].alias or field


def placed(values: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the path itself. Raises Refused for what no name can hold."""
    try:
        return {name: NAME.validate_python(value) for name, value in values.items()}
    except ValidationError as error:
        raise refused(error, next(iter(values))) from None


NAME = TypeAdapter(Label)


class AsOf(Asked):
    as_of: Text = Field(description="As things stood at this date or time; else now.")
    known_on: Text = Field(description="Only with what was recorded by this date or time.")

    def moment(self, asking: Asking) -> Moment:
        return asking.moment(self.as_of, self.known_on, PLACES)

    @property
    def is_past(self) -> bool:
        return self.as_of is not None or self.known_on is not None


class Narrowed(AsOf):
    """By dimensions."""

    owner: Text
    team: Text
    kind: Text
    customer: Text
    supplier: Text
    product: Text
    channel: Text
    severity: Text

    @property
    def where(self) -> Mapping[str, str]:
        return {name: value for name in DIMENSIONS if (value := getattr(self, name)) is not None}


class Paged(Asked):
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = Field(USUAL_PAGE, description="Rows on a page.")
    cursor: Annotated[str | None, Field(max_length=2_000)] = Field(
        None, description="`next` of the page before; everything else as it was asked there."
    )

    @property
    def question(self) -> str:
        """Everything but the page: what a cursor belongs to."""
        return self.model_dump_json(exclude={"limit", "cursor"})


class CustomersAsked(AsOf, Paged):
    text: Text = Field(description="A part of the name or of the own id.")


class ListAsked(Narrowed, Paged):
    state: Text = Field(description="Only those in this state.")


class EntriesAsked(AsOf, Paged):
    pass


class FiguresAsked(Narrowed):
    name: Several = Field(description="Which figures; else all.")
    since: Text = Field(alias="from", description="From this date or time on: due, asked or reported.")
    until: Text = Field(alias="to", description="Before this date or time: due, asked or reported.")
    by: Text = Field(description="One group for each value of a dimension.")
    per: Text = Field(description="As a series over time: day, week or month.")


class BehindAsked(Narrowed, Paged):
    since: Text = Field(alias="from", description="From this date or time on: due, asked or reported.")
    until: Text = Field(alias="to", description="Before this date or time: due, asked or reported.")


class AlertsAsked(AsOf, Paged):
    state: Text = Field(description="Only those in this state.")


class LooksAsked(AsOf, Paged):
    customer: Text = Field(description="Only about this customer: own id, or source:id.")
    person: Text = Field(description="Only by this person, with the keys in their name.")
    since: Text = Field(description="From this date or time on.")


class AdviceAsked(Asked):
    by: Label = Field(description="Who would promise it.")
    kind: Label = Field("other", description="What kind of promise.")
    customer: Text = Field(description="To whom: own id, or source:id.")
    due: Text = Field(description="By when: a date, until its end, or a time; else undated.")
    team: Text = Field(description="Which team; else that of the person.")
    severity: Label = Field("normal", description="Of which weight.")

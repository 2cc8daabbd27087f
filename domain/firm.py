"""What the firm knows of itself: its own long-run rates, set anew for each month that has ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from domain.fact import Data, Fact
from domain.history import Impossible

STREAM = "firm"


class Rates(BaseModel):
    """`kept`: share of the promises kept; `reactions`: strong reactions per withdrawal."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    kept: Annotated[float, Field(ge=0, le=1)]
    reactions: Annotated[float, Field(ge=0, le=1000)]


class FirmRatesSet(Data):
    """The rates as known at the end of `month`, such as 2026-03; they count from `time` on."""

    type_name: ClassVar[str] = "firm.rates_set"
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    rates: Rates


def set_rates(history: Iterable[Fact], fact: Fact) -> Fact:
    """Once for each month."""
    months = {earlier.data.month: earlier for earlier in history if isinstance(earlier.data, FirmRatesSet)}
    if isinstance(fact.data, FirmRatesSet) and fact.data.month in months:
        raise RatesAlreadySet(fact, months[fact.data.month])
    return fact


class RatesAlreadySet(Impossible):
    rule_name = "rates_already_set"
    sentence = "The rates of this month are set already: {earlier}. They are never changed afterwards."

"""Facts that wait for what they refer to: those that came too early, and those whose promise was retracted."""

from __future__ import annotations

from domain.stored import Parked
from domain.vault import plan
from projections.timeline import set_aside
from wiring.home import Konto


def early(konto: Konto) -> list[Parked]:
    return konto.log.parked()


def again(konto: Konto) -> list[Parked]:
    """Recorded once; they wait again because what they belong to was recorded by mistake."""
    return set_aside(konto.log, konto.library)


def needed(each: Parked) -> str | None:
    """What it waits for, as its source calls it: a parked fact is in its source's words."""
    for field, kind in plan(type(each.fact.data)).refs:
        if kind != "customer" and (id := getattr(each.fact.data, field)) is not None:
            return str(id)
    return None

"""Facts that wait for what they refer to: those that came too early, and those whose promise was retracted."""

from __future__ import annotations

from typing import NamedTuple

from domain.stored import IllegibleParked, Parked
from domain.vault import plan
from projections.timeline import set_aside
from wiring.home import Konto
from wiring.standing_still import REASONS
from words import N_, Translator

DAMAGED = N_("cannot be read: damaged, or changed by hand. Please let its source send it again; that takes its place.")


class Waiting(NamedTuple):
    """Each in the order in which they came."""

    early: list[Parked]
    again: list[Parked]
    """Recorded once; they wait again because what they belong to was recorded by mistake."""
    illegible: list[IllegibleParked]

    @property
    def total(self) -> int:
        return len(self.early) + len(self.again) + len(self.illegible)


def all_waiting(konto: Konto) -> Waiting:
    early, illegible = konto.log.all_parked()
    return Waiting(early, set_aside(konto.log, konto.library), illegible)


def needed(each: Parked) -> str | None:
    """What it waits for, as its source calls it: a parked fact is in its source's words."""
    for field, kind in plan(type(each.fact.data)).refs:
        if kind != "customer" and (id := getattr(each.fact.data, field)) is not None:
            return str(id)
    return None


def why_illegible(each: IllegibleParked, t: Translator) -> str:
    return t.gettext(DAMAGED if each.is_damaged else REASONS["not_our_version"])

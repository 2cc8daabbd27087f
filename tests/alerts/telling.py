"""A firm that has heard a story, and what it would write about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.alert import Occasion, Rule, Whose, subject_of
from tests.homes import Home, open_at
from tests.notation import BERLIN, at, envelopes
from words import translator
from workers.matters import matter_of
from workers.messages import Matter, Message, Telling, single

PEOPLE = """
[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"
team = "Service"

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
team = "Service"
channels = ["email", "werkstatt"]

[[teams]]
name = "Service"
manager = "lutz"
"""

WORDS = {"promise": "promise_words", "contact": "contact_words", "incident": "incident_words", "customer": "customers"}


@dataclass
class Teller:
    """`now` is the moment at which somebody is told."""

    home: Home
    now: datetime

    def id_of(self, kind: str, name: str) -> str:
        """The internal id of what a story calls by name."""
        if kind in WORDS:
            ((found,),) = self.home.rows(f"SELECT {kind} FROM {WORDS[kind]} WHERE id = '{name}'")
            return str(found)
        ids = self.home.konto.log.ids
        return ids.person(name) if kind == "person" else subject_of(ids, kind, name)  # type: ignore[arg-type]

    def occasion(self, rule: Rule, kind: str, name: str, **more: Any) -> Occasion:
        subject = self.id_of(kind, name)
        customer = subject if kind == "customer" else self._customer(kind, subject)
        return Occasion(rule, subject, customer, more.pop("since", self.now), Whose(), **more)

    def _customer(self, kind: str, subject: str) -> str:
        if kind not in WORDS:
            return ""
        ((found,),) = self.home.rows(f"SELECT customer FROM {WORDS[kind]} WHERE {kind} = '{subject}'")
        return str(found)

    def matter(self, occasion: Occasion) -> Matter:
        konto = self.home.konto
        return matter_of(konto.log, konto.library, konto.steering, occasion, self.now, BERLIN)

    def telling(self, lang: str = "de", **more: Any) -> Telling:
        return Telling(self.now, BERLIN, translator(lang), **more)

    def message(self, rule: Rule, kind: str, name: str, lang: str = "de", **more: Any) -> Message:
        return single(self.matter(self.occasion(rule, kind, name, **more)), self.telling(lang))


def teller(folder: Path, story: str, now: str | datetime) -> Teller:
    home = open_at(folder)
    home.clock.now = at("2024-01-01")
    home.konto.publish("people", PEOPLE)
    home.take(envelopes(story))
    home.clock.now = at(now)
    return Teller(home, at(now))

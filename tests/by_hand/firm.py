"""A firm as its raw facts tell it: everything by customer, each reading remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.by_hand import customers as who
from tests.by_hand import incidents, questions, rules
from tests.by_hand.account import Account, Evidence, evidence, reliability
from tests.by_hand.customers import Customer
from tests.by_hand.facts import Envelope, counting
from tests.by_hand.hours import BERLIN, SHIPPED, Hours, Pause
from tests.by_hand.incidents import Incident
from tests.by_hand.promises import Life, histories, live, shares
from tests.by_hand.questions import Contact, Question


class Firm:
    """Raw envelopes as known on a moment, read with the calendars and people that count from the beginning.

    `hours_of` is the calendar of a team, `team_of` the team of a person, `person_of` whom a name means.
    """

    def __init__(
        self,
        envelopes: Iterable[Envelope],
        known: datetime | None = None,
        *,
        hours: Hours = SHIPPED,
        hours_of: Callable[[str | None], Hours] | None = None,
        team_of: Callable[[str | None], str | None] = lambda person: None,
        person_of: Callable[[str], str] = lambda name: name,
    ) -> None:
        self.facts = counting(envelopes, known)
        self.person_of = person_of
        self._hours_of = hours_of or (lambda team: hours)
        self._team_of = team_of
        self._of: dict[str, list[dict[str, Any]]] = {}
        for fact in self.facts:
            if fact["whose"] is not None:
                self._of.setdefault(fact["whose"], []).append(fact)
        self._rates = [(fact["at"], fact["data"]["rates"]) for fact in self.facts if fact["type"] == "firm.rates_set"]
        self._by_id: dict[str, list[dict[str, Any]]] = {}
        for fact in self.facts:
            kind = fact["type"].partition(".")[0]
            if kind in ("promise", "incident"):
                self._by_id.setdefault(fact["data"][kind], []).append(fact)
        for name in (
            "customer", "told", "promise_histories", "incident_histories", "account", "evidence_of", "promises",
            "questions_of", "contacts_of", "incidents_of", "questions", "contacts", "incidents", "customers",
            "seen_settlements", "first_seen",
        ):  # fmt: skip
            setattr(self, name, cache(getattr(self, name)))

    # calendars and people

    def team_of(self, person: str | None) -> str | None:
        return None if person is None else self._team_of(self.person_of(person))

    def hours(self, team: str | None, person: str | None) -> Hours:
        return self._hours_of(team if team is not None else self.team_of(person))

    def hours_of_promise(self, made: Mapping[str, Any]) -> Hours:
        return self.hours(made.get("team"), made.get("by"))

    def rates_at(self, moment: datetime) -> tuple[float, float]:
        """Kept, and strong reactions per withdrawal."""
        kept, reactions = rules.FIRM_KEPT, rules.FIRM_REACTIONS
        for at, said in self._rates:
            if at <= moment:
                kept, reactions = said.get("kept", kept), said.get("reactions", reactions)
        return kept, reactions

    # facts by customer

    @property
    def everybody(self) -> list[str]:
        return list(self._of)

    def of(self, customer: str) -> list[dict[str, Any]]:
        return self._of.get(customer, [])

    def told(self, customer: str) -> list[dict[str, Any]]:
        return [fact for fact in self.of(customer) if fact["type"].startswith("customer.")]

    def promise_histories(self, customer: str) -> dict[str, list[Envelope]]:
        return histories(self.of(customer))

    def incident_histories(self, customer: str) -> dict[str, list[Envelope]]:
        found: dict[str, list[Envelope]] = {}
        for fact in self.of(customer):
            if fact["type"].startswith("incident."):
                found.setdefault(fact["data"]["incident"], []).append(fact)
        return found

    def waits(self, thing: str | None, moment: datetime | None) -> list[Pause]:
        """When the customer let the promise or incident wait."""
        return questions.waits(self._by_id.get(thing, []), moment) if thing is not None else []

    def first_seen(self, customer: str) -> datetime | None:
        """Their first fact; what is promised internally they do not see."""
        hidden = {
            id for id, history in self.promise_histories(customer).items() if history[0]["data"].get("internal", False)
        }
        for fact in self.of(customer):
            if not (fact["type"].startswith("promise.") and fact["data"]["promise"] in hidden):
                return fact["at"]
        return None

    def seen_settlements(self, customer: str) -> list[datetime]:
        found = []
        for history in self.promise_histories(customer).values():
            life = live(history, history[-1]["at"], self.hours_of_promise)
            if life.settled_at is not None and not life.internal and life.state != "released":
                found.append(life.settled_at)
        return found

    # at a moment

    def customer(self, id: str, moment: datetime) -> Customer:
        return who.customer(self, id, moment)

    def customers(self, moment: datetime) -> list[Customer]:
        """Everybody of whom something had happened by then."""
        return [self.customer(id, moment) for id, facts in self._of.items() if facts[0]["at"] <= moment]

    def promises(self, moment: datetime) -> list[Life]:
        """With owner and team as figures show them."""
        found = []
        for customer in self._of:
            for history in self.promise_histories(customer).values():
                then = [fact for fact in history if fact["at"] <= moment]
                if then:
                    found.append(self._answered_for(live(then, moment, self.hours_of_promise)))
        return found

    def _answered_for(self, life: Life) -> Life:
        if life.team is None:
            life.team = self.team_of(life.owner)
        life.owner = None if life.owner is None else self.person_of(life.owner)
        return life

    def questions_of(self, customer: str, moment: datetime | None = None) -> list[Question]:
        return questions.questions(self, customer, moment)

    def questions(self, moment: datetime) -> list[Question]:
        return [each for customer in self._of for each in self.questions_of(customer, moment)]

    def contacts_of(self, customer: str, moment: datetime) -> list[Contact]:
        return questions.contacts(self, customer, moment)

    def contacts(self, moment: datetime) -> list[Contact]:
        return [each for customer in self._of for each in self.contacts_of(customer, moment)]

    def incidents_of(self, customer: str, moment: datetime) -> list[Incident]:
        histories = self.incident_histories(customer).values()
        return [
            incidents.incident(self, [fact for fact in history if fact["at"] <= moment])
            for history in histories
            if history[0]["at"] <= moment
        ]

    def incidents(self, moment: datetime) -> list[Incident]:
        return [each for customer in self._of for each in self.incidents_of(customer, moment)]

    # accounts

    def account(self, customer: str) -> Account:
        return Account(self, customer)

    def evidence_of(self, customer: str) -> list[Evidence]:
        found = [evidence(self, history) for history in self.promise_histories(customer).values()]
        return [each for each in found if each is not None]

    def reliability_by(self, dimension: str, moment: datetime) -> dict[str | None, Any]:
        """Of each owner, team, supplier or kind, as they stand at the moment."""
        now = {life.id: life for life in self.promises(moment)}
        groups: dict[str | None, list[Evidence]] = {}
        for customer in self._of:
            for each in self.evidence_of(customer):
                if each.at <= moment:
                    groups.setdefault(getattr(now[each.life.id], dimension), []).append(each)
        return {key: reliability(self, settled, moment) for key, settled in groups.items()}

    def rates(self, month: str, zone: ZoneInfo = BERLIN) -> tuple[float, float]:
        """The firm's own rates of a closed month, over the whole log; what counted before where there are none."""
        year, number = (int(part) for part in month.split("-"))
        end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone).astimezone(UTC)
        kept, reactions = self.rates_at(end)
        numerator, denominator = shares(self.promises(end))["on_time_rate"]
        if denominator:
            kept = numerator / denominator
        accounts = [self.account(customer) for customer in self._of]
        withdrawals = sum(len(account.withdrawals(end)) for account in accounts)
        strong = sum(counts for account in accounts for at, counts in account.reactions if at <= end)
        if withdrawals:
            reactions = strong / withdrawals
        return kept, reactions

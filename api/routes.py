"""All addresses that need a key: who may call each, and who answers."""

from __future__ import annotations

from api import alerting, asked, facts, looking_after, questions
from api.calls import Route
from api.described import CASE, FIGURES, KEYS, OPENINGS, TAKE_FACTS, many, one
from domain.access_key import AccessScope
from wiring.told.advice import Advised
from wiring.told.alerts import Alert
from wiring.told.contacts import Contact
from wiring.told.customers import Customer
from wiring.told.incidents import Incident
from wiring.told.keys import Key
from wiring.told.looks import Look
from wiring.told.per_person import PerPersonOpening
from wiring.told.promises import Promise
from wiring.told.statement import Account
from wiring.told.timeline import Happened

Scopes = tuple[AccessScope, ...]
WRITE: Scopes = ("facts:write",)
READ: Scopes = ("read",)
ANSWER_ALERTS: Scopes = ("alerts",)
ADMIN: Scopes = ("admin",)
SEE_ALERTS: Scopes = (*READ, *ANSWER_ALERTS)

ROUTES = (
    Route("POST", "/facts", WRITE, facts.of_facts, TAKE_FACTS),
    Route(
        "GET", "/customers", READ, questions.of_customers,
        many("Customers by name, with how the account of each stands", "customers", Customer), asked.CustomersAsked,
    ),
    Route(
        "GET", "/customers/{customer:path}/statement", READ, questions.of_statement,
        one("The trust account, line by line", "customers", Account, "The statement."), asked.AsOf,
    ),
    Route(
        "GET", "/customers/{customer:path}/timeline", READ, questions.of_timeline,
        many("Everything about a customer with both times, in order of happening", "customers", Happened),
        asked.EntriesAsked,
    ),
    Route(
        "GET", "/customers/{customer:path}", READ, questions.of_customer,
        one("One customer", "customers", Customer, "By the own id, or source:id."), asked.AsOf,
    ),
    Route(
        "GET", "/promises", READ, questions.of_promises,
        many("Promises, the ones due first first", "promises", Promise), asked.ListAsked,
    ),
    Route(
        "GET", "/contacts", READ, questions.of_contacts,
        many("Contacts, the newest first", "contacts", Contact), asked.ListAsked,
    ),
    Route(
        "GET", "/incidents", READ, questions.of_incidents,
        many("Incidents, the newest first", "incidents", Incident), asked.ListAsked,
    ),
    Route("GET", "/kpis", READ, questions.of_figures, FIGURES, asked.FiguresAsked),
    Route(
        "GET", "/kpis/{name}/cases", READ, questions.of_cases,
        many("The list behind a figure", "figures", CASE), asked.BehindAsked,
    ),
    Route(
        "GET", "/advice", READ, questions.of_advice,
        one("May I promise this?", "advice", Advised, "How probable it is that it is kept."), asked.AdviceAsked,
    ),
    Route(
        "GET", "/alerts", SEE_ALERTS, alerting.of_alerts,
        many("Alerts, the newest first", "alerts", Alert), asked.AlertsAsked,
    ),
    Route(
        "POST", "/alerts/{alert}/acknowledge", ANSWER_ALERTS, alerting.acknowledge,
        one("Take note of an alert: then nobody else is told", "alerts", Alert, "The alert as it stands now."),
    ),
    Route("POST", "/alerts/{alert}/snooze", ANSWER_ALERTS, alerting.snooze, alerting.SNOOZE),
    Route("GET", "/per-person", READ, looking_after.of_per_person, OPENINGS),
    Route("POST", "/per-person", ADMIN, looking_after.open_per_person, looking_after.OPEN),
    Route(
        "POST", "/per-person/close", ADMIN, looking_after.close_per_person,
        one("Close figures per person before their time is over", "figures", PerPersonOpening, "As it stands now."),
    ),
    Route(
        "GET", "/looks", READ, questions.of_looks,
        many("Who looked at whose data, who signed in, who was refused; the newest first", "looks", Look),
        asked.LooksAsked,
    ),
    Route("GET", "/keys", ADMIN, looking_after.of_keys, KEYS),
    Route(
        "POST", "/keys/{key}/revoke", ADMIN, looking_after.revoke,
        one("Let a key count no more", "keys", Key, "The key as it stands now."),
    ),
)  # fmt: skip
"""Whoever adds one says in the test of keys who may call it."""

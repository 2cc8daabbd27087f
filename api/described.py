"""What the API says of itself: OpenAPI 3.1, with every type of fact as JSON Schema."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from api.problems import MEDIA_TYPE
from domain.vocabulary import FACTS as TYPES
from domain.vocabulary import Envelope
from wiring.importing import COUNTS
from wiring.told.advice import Advised
from wiring.told.alerts import Alert
from wiring.told.contacts import Contact
from wiring.told.customers import Customer
from wiring.told.incidents import Incident
from wiring.told.keys import Key
from wiring.told.per_person import PerPersonOpening
from wiring.told.promises import Promise
from wiring.told.statement import Account
from wiring.told.timeline import Happened

TITLE = "Vertrauenskonto"
WHAT = (
    "Bring facts about promises, contacts and incidents, and ask about them. Every request carries a key: "
    "`Authorization: Bearer konto_…`, made by `konto keys create`."
)
Schema = dict[str, Any]
PLACE = "#/components/schemas/{model}"
IN_PATH = re.compile(r"{([a-z]+)(?::[a-z]+)?}")

PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457: what was refused, where, and what to do.",
    "properties": {
        **{key: {"type": "string"} for key in ("type", "title", "detail", "code", "message", "path")},
        "status": {"type": "integer"},
        "facts": {
            "type": "array",
            "description": "The fact that is refused, and the earlier one that forbids it.",
            "items": {"type": "object", "properties": {key: {"type": "string"} for key in ("source", "id")}},
        },
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {key: {"type": "string"} for key in ("code", "message", "path")},
                "required": ["code", "message", "path"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "code", "message", "path", "errors"],
}
TAKEN: Schema = {
    "type": "object",
    "properties": {
        "status": {"enum": ["recorded", "already", "parked", "refused"]},
        "source": {"type": ["string", "null"]},
        "id": {"type": ["string", "null"]},
        "problem": PROBLEM,
    },
    "required": ["status", "source", "id"],
}


def problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": PROBLEM}}}


def answer(text: str, schema: Schema) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: problem("It cannot be read."),
    401: problem("No key that counts."),
    403: problem("The key was not made for this, or its roles do not reach so far."),
    405: problem("This address is not asked in this way."),
    408: problem("What was announced did not come in time."),
    413: problem("Larger than 8 MiB, or more than 10,000 facts."),
    422: problem("It was understood and cannot be recorded or answered so."),
    429: problem("Asked too often."),
    500: problem("A mistake of ours."),
    503: problem(
        "The database cannot be reached or is busy, or an entry of the log that is needed for it cannot be read; "
        "nothing was recorded."
    ),
}
NOT_THERE: dict[int | str, dict[str, Any]] = {404: problem("There is none, or none that this key may see.")}


LIST_OF_FACTS: Schema = {"type": "array", "items": {"$ref": PLACE.format(model="Fact")}}


def components() -> dict[str, Schema]:
    """The schemas that others refer to: every type of fact, what they have in common, and what is told."""
    found: dict[str, Schema] = {}
    for name, kind in TYPES.items():
        data = kind.model_json_schema(ref_template=PLACE)
        found.update(data.pop("$defs", {}))
        envelope = Envelope.model_json_schema()
        properties = {**envelope["properties"], "type": {"const": name}, "data": data}
        found[name] = {**envelope, "title": name, "description": kind.__doc__ or name, "properties": properties}
    for told in TOLD:
        schema = TypeAdapter(told).json_schema(ref_template=PLACE)
        found.update(schema.pop("$defs", {}))
        found[told.__name__] = schema
    return {**found, "Fact": {"oneOf": [{"$ref": PLACE.format(model=name)} for name in TYPES]}}


TOLD: tuple[Any, ...] = (Customer, Account, Happened, Promise, Contact, Incident, Alert, Advised, Key, PerPersonOpening)
"""What a question is answered with."""


def one(summary: str, tag: str, model: type[Any], answered: str) -> dict[str, Any]:
    """How a question for one thing is told of."""
    told = answer(answered, {"$ref": PLACE.format(model=model.__name__)})
    return {"summary": summary, "tags": [tag], "responses": {200: told, **NOT_THERE, **REFUSALS}}


def many(summary: str, tag: str, row: Schema | type[Any]) -> dict[str, Any]:
    """How a question for a list is told of, which is answered page by page."""
    item = row if isinstance(row, dict) else {"$ref": PLACE.format(model=row.__name__)}
    page = {
        "type": "object",
        "properties": {
            "as_of": {"type": "string", "format": "date-time"},
            "known_on": {"type": ["string", "null"], "format": "date-time"},
            "rows": {"type": "array", "items": item},
            "next": {"type": ["string", "null"], "description": "The `cursor` of the next page; null on the last."},
        },
        "required": ["as_of", "known_on", "rows", "next"],
    }
    return {"summary": summary, "tags": [tag], "responses": {200: answer("A page.", page), **NOT_THERE, **REFUSALS}}


KEYS: dict[str, Any] = {
    "summary": "The access keys, without the keys themselves",
    "tags": ["keys"],
    "responses": {
        200: answer("All of them.", {"type": "array", "items": {"$ref": PLACE.format(model="Key")}}),
        **REFUSALS,
    },
}
OPENINGS: dict[str, Any] = {
    "summary": "When figures per person were open, on what basis and for what",
    "tags": ["figures"],
    "responses": {
        200: answer("All times.", {"type": "array", "items": {"$ref": PLACE.format(model="PerPersonOpening")}}),
        **REFUSALS,
    },
}
CASE: Schema = {
    "anyOf": [
        *({"$ref": PLACE.format(model=each.__name__)} for each in (Promise, Contact, Incident)),
        {
            "type": "object",
            "properties": {
                "customer": {"type": "string"},
                "customer_name": {"type": ["string", "null"]},
                "counts": {"type": "boolean"},
            },
            "required": ["customer", "customer_name", "counts"],
        },
    ]
}
FIGURES: dict[str, Any] = {
    "summary": "The figures of reliability, each with what it rests on",
    "tags": ["figures"],
    "responses": {
        200: answer(
            "By group; without `by` one with the key null. A series is a list with `period`.",
            {
                "type": "object",
                "properties": {
                    "as_of": {"type": "string", "format": "date-time"},
                    "groups": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"key": {"type": ["string", "null"]}, "kpis": {"type": "object"}},
                            "required": ["key", "kpis"],
                        },
                    },
                    "per_person": {
                        "type": "object",
                        "description": "Only of colleagues: since when and until when their figures are open, on what "
                        "basis, and how many of them are not shown.",
                        "properties": {
                            "from": {"type": "string", "format": "date-time"},
                            "until": {"type": "string", "format": "date-time"},
                            "basis": {"type": "string"},
                            "not_shown": {"type": "integer"},
                        },
                        "required": ["from", "until", "basis", "not_shown"],
                    },
                },
                "required": ["as_of", "groups"],
            },
        ),
        **NOT_THERE,
        **REFUSALS,
    },
}
TAKE_FACTS: dict[str, Any] = {
    "summary": "Bring one fact, or a list of them",
    "tags": ["facts"],
    "responses": {
        200: answer(
            "Known already; of a list, what became of each fact, in order.",
            {"oneOf": [TAKEN, {"type": "array", "items": TAKEN}]},
        ),
        201: answer("Recorded.", TAKEN),
        202: answer("Parked: it waits for what it refers to.", TAKEN),
        404: problem("There is no such customer, or none of this key's."),
        409: problem("The history with this fact would be impossible, or the same id came before with other content."),
        **REFUSALS,
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"oneOf": [{"$ref": PLACE.format(model="Fact")}, LIST_OF_FACTS]},
                }
            },
        },
    },
}
"""How `POST /facts` is told of."""


FEEDS: dict[str, Any] = {
    "summary": "One person's promises as a calendar that other programs subscribe to",
    "tags": ["feeds"],
    "responses": {
        200: {"description": "iCalendar.", "content": {"text/calendar": {"schema": {"type": "string"}}}},
        304: {"description": "As it was: the same ETag."},
        400: REFUSALS[400],
        404: problem("There is no such feed, or no longer."),
        429: REFUSALS[429],
        500: REFUSALS[500],
        503: REFUSALS[503],
    },
}
"""How the feeds are told of."""


def in_path(path: str) -> list[Schema]:
    """The names in an address that somebody fills in."""
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in IN_PATH.findall(path)
    ]


HOOKS: dict[str, Any] = {
    "summary": "What a connected system posts, with its signature over the body",
    "tags": ["facts"],
    "operation_id": "take_hook",
    "responses": {
        200: answer(
            "Taken; what was known already counts as taken. What is refused is kept in HOME/refused.",
            {
                "type": "object",
                "properties": {name: {"type": "integer"} for name in COUNTS},
                "required": list(COUNTS),
            },
        ),
        **NOT_THERE,
        **REFUSALS,
    },
    "openapi_extra": {
        "parameters": in_path("/hooks/{connector}"),
        "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}},
    },
}


@cache
def parameters(asked: type[BaseModel], path: str) -> list[Schema]:
    """What stands in an address: behind the question mark as the model has it, and in the path."""
    schema = asked.model_json_schema()
    needed = schema.get("required", ())
    behind = [
        {
            "name": name,
            "in": "query",
            "required": name in needed,
            **({"description": part.pop("description")} if "description" in part else {}),
            "schema": {key: value for key, value in part.items() if key not in ("title", "default")},
        }
        for name, part in schema.get("properties", {}).items()
    ]
    return [*in_path(path), *behind]

"""What the API says of itself: OpenAPI 3.1, with every type of fact as JSON Schema."""

from __future__ import annotations

from typing import Any

from api.problems import MEDIA_TYPE
from domain.vocabulary import FACTS as TYPES
from domain.vocabulary import Envelope

TITLE = "Vertrauenskonto"
WHAT = (
    "Bring facts about promises, contacts and incidents, and ask about them. Every request carries a key: "
    "`Authorization: Bearer konto_…`, made by `konto keys create`."
)
Schema = dict[str, Any]
PLACE = "#/components/schemas/{model}"

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
    403: problem("The key was not made for this."),
    408: problem("What was announced did not come in time."),
    413: problem("Larger than 8 MiB."),
    429: problem("Asked too often."),
    500: problem("A mistake of ours."),
    503: problem("The database cannot be reached; nothing was recorded."),
}


LIST_OF_FACTS: Schema = {"type": "array", "items": {"$ref": "#/components/schemas/Fact"}}


def components() -> dict[str, Schema]:
    """The schemas that others refer to: every type of fact, and what they have in common."""
    found: dict[str, Schema] = {}
    for name, kind in TYPES.items():
        data = kind.model_json_schema(ref_template=PLACE)
        found.update(data.pop("$defs", {}))
        envelope = Envelope.model_json_schema()
        properties = {**envelope["properties"], "type": {"const": name}, "data": data}
        found[name] = {**envelope, "title": name, "description": kind.__doc__ or name, "properties": properties}
    return {**found, "Fact": {"oneOf": [{"$ref": PLACE.format(model=name)} for name in TYPES]}}


FACTS: dict[str, Any] = {
    "summary": "Bring one fact, or a list of them",
    "tags": ["facts"],
    "responses": {
        200: answer(
            "Known already; of a list, what became of each fact, in order.",
            {"oneOf": [TAKEN, {"type": "array", "items": TAKEN}]},
        ),
        201: answer("Recorded.", TAKEN),
        202: answer("Parked: it waits for what it refers to.", TAKEN),
        409: problem("The history with this fact would be impossible, or the same id came before with other content."),
        422: problem("It was understood and cannot be recorded so."),
        **REFUSALS,
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"oneOf": [{"$ref": "#/components/schemas/Fact"}, LIST_OF_FACTS]},
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

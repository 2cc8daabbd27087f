"""The vocabulary of facts as AsyncAPI 3.0, so that others can speak it: each type of fact is a message."""

from __future__ import annotations

from typing import Any

from api.described import PLACE, TITLE, components
from domain.vocabulary import FACTS

WHAT = "Facts about promises, contacts and incidents, as CloudEvents 1.0 in JSON."


def asyncapi(version: str) -> dict[str, Any]:
    """Messages, and that we receive them at `POST /facts`, one or a list of them."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": TITLE, "version": version, "description": WHAT},
        "defaultContentType": "application/json",
        "channels": {
            "facts": {
                "address": "/facts",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in FACTS},
            }
        },
        "operations": {"bringFacts": {"action": "receive", "channel": {"$ref": "#/channels/facts"}}},
        "components": {
            "messages": {
                name: {
                    "name": name,
                    "title": name,
                    "summary": (kind.__doc__ or name).partition("\n")[0],
                    "contentType": "application/cloudevents+json",
                    "payload": {"$ref": PLACE.format(model=name)},
                }
                for name, kind in FACTS.items()
            },
            "schemas": components(),
        },
    }

"""An access key for programs: what it opens and until when, never the key itself."""

from __future__ import annotations

from typing_extensions import TypedDict

from domain.access_key import AccessKey
from wiring.asking import Asking
from wiring.moments import written

Key = TypedDict(
    "Key",
    {
        "name": str,
        "for": str | None,
        "scopes": list[str],
        "roles": list[str],
        "person": str | None,
        "created": str | None,
        "expires": str | None,
        "revoked": str | None,
        "counts": bool,
    },
)


def as_json(asking: Asking, key: AccessKey) -> Key:
    return {
        "name": key.name,
        "for": key.data.purpose,
        "scopes": list(key.data.scopes),
        "roles": list(key.data.roles),
        "person": person_of(asking, key),
        "created": written(key.created),
        "expires": written(key.data.expires),
        "revoked": written(key.revoked),
        "counts": key.counts(asking.now),
    }


def person_of(asking: Asking, key: AccessKey) -> str | None:
    """The id of the people document, else the name as a fact once gave it."""
    if key.data.person is None:
        return None
    known = asking.konto.steering.find(key.data.person, asking.now)
    return known.id if known is not None else asking.konto.name_of(key.data.person)

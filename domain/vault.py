"""The vault: personal fields beside the log, under a key for each customer.

The log holds a seal where a personal text stood and an HMAC of the texts; destroying a customer's
key makes the texts unreadable for ever while the log stays whole (SPEC 8).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec.structs import replace
from pydantic import BaseModel

from domain.errors import Refused
from domain.fact import SEALED, Data, Fact, Person, Personal, Ref
from domain.keyed import HEX_DIGITS

FIRM = "firm"
"""Subject of what belongs to no customer: documents, and facts that wait for what they refer to."""

NONCE_BYTES = 12


class Erased(Refused):
    def __init__(self) -> None:
        super().__init__("rule", "This customer was erased; nothing more is recorded about them.")


class DamagedText(Refused, InvalidTag):
    """What was sealed is not what is stored: damaged, or changed by hand. The key that it is opened with is right."""

    def __init__(self) -> None:
        super().__init__(
            "damaged_text",
            "A text in the vault that is needed for this was damaged or changed. Please run konto check to see which.",
        )


@dataclass(frozen=True)
class SubjectKey:
    """The key of one customer."""

    subject: str
    key: bytes = field(repr=False)

    def seal(self, fact_key: str, secrets: Mapping[str, Any], nonce: bytes) -> bytes:
        return self.seal_text(fact_key, told(secrets), nonce)

    def seal_text(self, fact_key: str, text: bytes, nonce: bytes) -> bytes:
        """Of secrets as `told` writes them."""
        return nonce + self._cipher.encrypt(nonce, text, self._bound_to(fact_key))

    def open(self, fact_key: str, sealed: bytes) -> dict[str, Any]:
        """Raises DamagedText."""
        try:
            text = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._bound_to(fact_key))
        except (InvalidTag, ValueError):
            raise DamagedText from None
        secrets: dict[str, Any] = msgspec.json.decode(text)
        return secrets

    def mac(self, secrets: Mapping[str, Any]) -> str:
        return self.mac_text(told(secrets))

    def mac_text(self, text: bytes) -> str:
        # Nothing of it is kept: for each customer it would take four times the memory of the key, for a microsecond.
        return hmac.digest(self.key, text, "sha256").hex()[:HEX_DIGITS]

    @property
    def _cipher(self) -> AESGCM:
        # Made in a microsecond, and to keep one for each customer would take ten times the memory of the key.
        return AESGCM(self.key)

    def _bound_to(self, fact_key: str) -> bytes:
        return f"{self.subject}\0{fact_key}".encode()


def told(secrets: Mapping[str, Any]) -> bytes:
    """The same secrets as the same bytes, in whatever order they are given."""
    return _encode(dict(sorted(secrets.items())))


_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class MasterKey:
    """Wraps the subjects' keys. Which there are and where they lie: domain/masters.py."""

    key: bytes = field(repr=False)
    entropy: Callable[[int], bytes]

    @property
    def id(self) -> str:
        """Tells it apart and reveals nothing of it."""
        return hmac.digest(self.key, b"master key", "sha256").hex()[:16]

    def wrap(self, subject_key: SubjectKey) -> bytes:
        nonce = self.entropy(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, subject_key.key, subject_key.subject.encode())

    def unwrap(self, subject: str, wrapped: bytes) -> SubjectKey:
        key = self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], subject.encode())
        return SubjectKey(subject, key)

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.key)


# -- which fields -----------------------------------------------------------------------------------


class Plan(NamedTuple):
    """The fields of one type of fact that do not stand in the log as they came."""

    personal: tuple[str, ...]
    persons: tuple[str, ...]
    refs: tuple[tuple[str, str], ...]
    customers: tuple[str, ...]
    """Those of the refs that name customers."""
    is_flat: bool
    """No field has fields of its own."""


@cache
def plan(kind: type[Data]) -> Plan:
    personal, persons, refs = [], [], []
    for name, info in kind.model_fields.items():
        for mark in _marks(info.annotation, info.metadata):
            if isinstance(mark, Personal):
                personal.append(name)
            elif isinstance(mark, Person):
                persons.append(name)
            elif isinstance(mark, Ref):
                refs.append((name, mark.kind))
    customers = tuple(name for name, ref in refs if ref == "customer")
    is_flat = not any(_has_fields(info.annotation) for info in kind.model_fields.values())
    return Plan(tuple(personal), tuple(persons), tuple(refs), customers, is_flat)


def _marks(annotation: Any, metadata: list[Any]) -> list[Any]:
    found = list(metadata)
    for part in getattr(annotation, "__args__", ()):
        found += _marks(part, list(getattr(part, "__metadata__", ())))
    return found


def _has_fields(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(_has_fields(part) for part in getattr(annotation, "__args__", ()))


def seal(fact: Fact, *, person: Callable[[str], str], thing: Callable[[str, Any], Any]) -> tuple[Fact, dict[str, Any]]:
    """The fact as the log holds it, and the secrets for the vault.

    `person` gives the internal id of one of us, `thing` what stands in the log for a kind and the source's name.
    """
    values, kinds = fact.data.__dict__, plan(type(fact.data))
    secrets: dict[str, Any] = {"id": fact.id}
    sealed: dict[str, Any] = {}
    for name in kinds.personal:
        if (value := values[name]) is not None:
            secrets[name], sealed[name] = value, SEALED
    for name in kinds.persons:
        if (value := values[name]) is not None:
            secrets[name], sealed[name] = value, person(value)
    for name, kind in kinds.refs:
        if (value := values[name]) is not None:
            secrets[name] = value.model_dump() if isinstance(value, BaseModel) else value
            sealed[name] = thing(kind, value)
    return replace(fact, id="", data=fact.data.with_values(sealed)), secrets


def unseal(fact: Fact, secrets: Mapping[str, Any]) -> Fact:
    """The fact in its source's words again."""
    texts = {
        name: type(sealed)(**value) if isinstance(sealed := getattr(fact.data, name), BaseModel) else value
        for name, value in secrets.items()
        if name in type(fact.data).model_fields
    }
    return replace(fact, id=secrets["id"], data=fact.data.with_values(texts))

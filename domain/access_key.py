"""A key with which a program speaks to us: what it may do, in whose name, until when; and that it counts no more."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated, ClassVar, Literal, NamedTuple

from msgspec.structs import replace
from pydantic import Field

from domain.alert import OURSELVES
from domain.fact import SEALED, Data, Fact, Instant, PersonalLabel
from domain.ids import Ids
from domain.roles import Role

AccessScope = Literal["facts:write", "read", "alerts", "admin", "feed"]
SCOPES: tuple[AccessScope, ...] = ("facts:write", "read", "alerts", "admin")
"""Bring facts; read what the roles may see; take note of alerts and put them off; look after keys."""
FEED: AccessScope = "feed"
"""Of what a calendar program has in its address instead of a key: it shows one person's promises and nothing else."""

NAME_BYTES, SECRET_BYTES = 5, 32
_TOKEN = re.compile(r"konto_([0-9a-f]{10})_([A-Za-z0-9_-]{43})", re.ASCII)
"""Begins with a word of ours, so that whoever searches code for secrets finds it."""
_FEED_TOKEN = re.compile(r"([0-9a-f]{10})-([A-Za-z0-9_-]{43})", re.ASCII)
"""Of another form: what stands in an address is never taken for a key, and no key opens a feed."""


FROM_A_LIST = Field(strict=False)
"""JSON knows no tuples."""


# -- events -----------------------------------------------------------------------------------------


class KeyCreated(Data):
    """Of the key itself only a digest is kept. `person`: the internal id of whoever it speaks for; None = nobody."""

    type_name: ClassVar[str] = "key.created"
    rank: ClassVar[int] = 0
    digest: str
    """SHA-256 of the whole key, hexadecimal; of 256 random bits no salt is needed."""
    scopes: Annotated[tuple[AccessScope, ...], FROM_A_LIST]
    roles: Annotated[tuple[Role, ...], FROM_A_LIST]
    person: str | None = None
    purpose: PersonalLabel | None = None
    expires: Instant | None = None
    by: str
    """The internal id of whoever made it."""


class KeyRevoked(Data):
    type_name: ClassVar[str] = "key.revoked"
    rank: ClassVar[int] = 1
    by: str


EVENTS: tuple[type[Data], ...] = (KeyCreated, KeyRevoked)


# -- the key itself -----------------------------------------------------------------------------------


class Token(NamedTuple):
    """What is shown once. `name` tells the key from others and is no secret."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        return sha256(self.text.encode()).hexdigest()


def new_token(entropy: Callable[[int], bytes]) -> Token:
    name, secret = _drawn(entropy)
    return Token(name, f"konto_{name}_{secret}")


def _drawn(entropy: Callable[[int], bytes]) -> tuple[str, str]:
    """A name, and 256 bits that nobody guesses."""
    name = entropy(NAME_BYTES).hex()
    return name, urlsafe_b64encode(entropy(SECRET_BYTES)).rstrip(b"=").decode()


def token(text: str) -> Token | None:
    """None for what cannot be a key of ours."""
    match = _TOKEN.fullmatch(text)
    return None if match is None else Token(match[1], text)


def new_feed_token(entropy: Callable[[int], bytes]) -> Token:
    name, secret = _drawn(entropy)
    return Token(name, f"{name}-{secret}")


def feed_token(text: str) -> Token | None:
    """None for what cannot be the token of a feed."""
    match = _FEED_TOKEN.fullmatch(text)
    return None if match is None else Token(match[1], text)


# -- its life -----------------------------------------------------------------------------------------


class AccessKey(NamedTuple):
    name: str
    data: KeyCreated
    created: datetime
    revoked: datetime | None = None

    @property
    def is_feed(self) -> bool:
        return FEED in self.data.scopes

    def counts(self, now: datetime) -> bool:
        return self.revoked is None and (self.data.expires is None or now < self.data.expires)


NO_DIGEST = "0" * 64


def opens(key: AccessKey | None, token: Token, now: datetime) -> bool:
    """Whether this is the key and counts now. Takes as long where there is none as for a wrong or the right one."""
    is_it = compare_digest(NO_DIGEST if key is None else key.data.digest, token.digest)
    return is_it and key is not None and key.counts(now)


def state(name: str, history: Iterable[Fact]) -> AccessKey | None:
    """In order of recording; None where no such key was made."""
    now: AccessKey | None = None
    for fact in history:
        if isinstance(fact.data, KeyCreated):
            now = AccessKey(name, fact.data, fact.time)
        elif isinstance(fact.data, KeyRevoked) and now is not None:
            now = now._replace(revoked=fact.time)
    return now


# -- as facts -----------------------------------------------------------------------------------------


def stream_of(name: str) -> str:
    return f"key-{name}"


def event(ids: Ids, name: str, data: KeyCreated | KeyRevoked, now: datetime) -> Fact:
    stream = stream_of(name)
    key = ids.of("key-event", stream, data.type_name)
    return Fact(source=OURSELVES, id="", time=now, data=data, recorded=now, key=key, stream=stream)


def sealed(fact: Fact) -> tuple[Fact, dict[str, str] | None]:
    """The event as the log holds it, and what goes into the vault: what the key is for."""
    if not isinstance(fact.data, KeyCreated) or fact.data.purpose is None:
        return fact, None
    secrets = {"id": "", "purpose": fact.data.purpose}
    return replace(fact, data=fact.data.model_copy(update={"purpose": SEALED})), secrets

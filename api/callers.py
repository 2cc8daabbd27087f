"""Who comes: by the key in the header, for what it was made, and not too often."""

from __future__ import annotations

import threading
from base64 import b64decode
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from api.problems import KeyInAddress, NoSuchPlace, ScopeMissing, TooMany, Unauthorized
from domain import access_key
from domain.access_key import AccessScope
from domain.people import Person
from domain.roles import NOBODY
from wiring import access
from wiring.access import Caller
from wiring.home import Konto


@dataclass
class Pace:
    """How often somebody may ask: a key or a feed altogether, an address with keys that do not count.

    Wrong keys are counted by address and by the name that the key says, so that guessing is slow and the owner of
    the right key, who comes from elsewhere, is not locked out.
    """

    asked_a_minute: int
    wrong_a_minute: int
    feeds_a_minute: int = 60
    _limiter: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def asks(self, key: str) -> None:
        """Raises TooMany."""
        if not self._hit(RateLimitItemPerMinute(self.asked_a_minute), "key", key):
            raise TooMany

    def reads(self, feed: str) -> None:
        """Raises TooMany."""
        if not self._hit(RateLimitItemPerMinute(self.feeds_a_minute), "feed", feed):
            raise TooMany

    def may_try(self, *place: str) -> None:
        """Raises TooMany where so many wrong keys came from there that no further one is looked at."""
        limit = RateLimitItemPerMinute(self.wrong_a_minute)
        if not self._limiter.test(limit, "wrong", *place):
            raise TooMany

    def was_wrong(self, *place: str) -> None:
        self._hit(RateLimitItemPerMinute(self.wrong_a_minute), "wrong", *place)

    def _hit(self, limit: RateLimitItem, *place: str) -> bool:
        with self._lock:
            return self._limiter.hit(limit, *place)


@dataclass(frozen=True)
class Door:
    """Lets callers in to the home behind it."""

    konto: Konto
    pace: Pace
    known: access.Known = field(default_factory=access.Known)

    def opened(self, request: Request, scopes: Collection[AccessScope], *, as_password: bool = False) -> Konto:
        """The home as the caller sees it, with a key for any of the scopes.

        `as_password`: the key may also stand as a password (Basic), as some systems send nothing else.
        Raises Unauthorized, ScopeMissing, KeyInAddress or TooMany.
        """
        caller = self._caller(request, as_password=as_password)
        konto = replace(self.konto, asker=caller.asker, key=caller.key)
        self.pace.asks(caller.key)
        if not set(scopes) & set(caller.scopes):
            konto.note("refused", beside="scope")
            raise ScopeMissing(scopes)
        konto.note("key_used")
        return konto

    def reader(self, request: Request, text: str) -> Person:
        """Whose feed a token opens. For any that does not count, there is nothing at this address: NoSuchPlace."""
        if access_key.token(text):
            raise KeyInAddress
        token = access_key.feed_token(text)
        place = (_host(request), token.name if token else "")
        self.pace.may_try(*place)
        reader = access.reader(self.konto, text, self.known)
        if reader is None:
            self.pace.was_wrong(*place)
            self._stranger().note("refused", beside="feed")
            raise NoSuchPlace
        self.pace.reads(reader.feed)
        replace(self.konto, key=reader.feed).note("key_used", beside="feed")
        return reader.person

    def _caller(self, request: Request, *, as_password: bool) -> Caller:
        if request.scope["query_string"] and any(access_key.token(value) for value in request.query_params.values()):
            raise KeyInAddress
        text = _key(request, as_password=as_password)
        token = access_key.token(text)
        place = (_host(request), token.name if token else "")
        self.pace.may_try(*place)
        caller = access.caller(self.konto, text, self.known)
        if caller is None:
            self.pace.was_wrong(*place)
            self._stranger().note("refused", beside="key")
            raise Unauthorized
        return caller

    def _stranger(self) -> Konto:
        """The home as somebody sees it who did not say who they are."""
        return replace(self.konto, asker=NOBODY)


def _host(request: Request) -> str:
    return request.client.host if request.client else ""


def _key(request: Request, *, as_password: bool) -> str:
    """Empty where there is none or more than one."""
    given = request.headers.getlist("authorization")
    scheme, _, text = (given[0] if len(given) == 1 else "").partition(" ")
    if scheme.casefold() == "bearer":
        return text.strip()
    return _password(text) if as_password and scheme.casefold() == "basic" else ""


def _password(text: str) -> str:
    try:
        return b64decode(text.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""

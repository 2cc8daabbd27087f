"""How people sign in with the firm's own accounts, and who they then are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Presence = Literal["here", "signed_out", "stranger"]
"""One of us; signed out, or in for too long; signed in, and none of the firm's people."""


@dataclass(frozen=True)
class SignIn:
    """What the firm's sign-in service is asked with. Its secrets never stand in a text about it."""

    address: str
    """How people reach the dashboard, without a slash at the end."""
    metadata_url: str
    client_id: str
    client_secret: str = field(repr=False)
    cookie_secret: str = field(repr=False)
    lasting: timedelta
    roles_claim: str | None
    """What the service calls somebody's roles or groups; None: it is not asked for them."""
    roles_values: frozenset[str]
    """The values of that claim that mean anything to us."""


class SignedIn(NamedTuple):
    """Whoever has signed in, as the sign-in service calls them."""

    email: str | None
    """None: it names none, or says itself that it is not sure of it."""
    roles: tuple[str, ...] = ()
    """As the service calls them."""
    at: datetime | None = None
    """When they signed in."""


SigningIn = Literal["signed_in", "signed_out", "sign_in_refused"]
Noting = Callable[[SigningIn, SignedIn | None, str], None]
"""Hears what happened at the door, to whom (None: whoever works on this machine, or nobody knows), and where."""


def not_noted(what: SigningIn, who: SignedIn | None, where: str) -> None:
    """Where there is no home to note it in."""

"""`POST /hooks/{connector}`: what a connected system posts, believed only with its signature."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from api.callers import Door
from api.facts import content
from domain.access_key import AccessScope
from domain.roles import NotAllowed, scope
from intake.signatures import Received
from wiring import hooks
from wiring.home import Konto
from wiring.importing import COUNTS

KEY: tuple[AccessScope, ...] = ("facts:write",)


def take(request: Request, konto: Konto, door: Door, body: bytes) -> dict[str, Any]:
    """Counts alone: what is refused is kept here, and nobody else's log learns of whom it told."""
    name = request.path_params["connector"]
    hook = hooks.found(konto, name)
    if hook.signature == "key":
        konto = door.opened(request, KEY, as_password=True)
        if scope(konto.asker, "record") != "all":
            konto.note("refused", beside="hooks record")
            raise NotAllowed("record")
    else:
        hooks.verify(konto, hook, _received(request, body))
    summary = hooks.take(konto, name, hook, content(body))
    return {count: getattr(summary, count) for count in COUNTS}


def _received(request: Request, body: bytes) -> Received:
    return Received(
        request.method, str(request.url), {name.lower(): value for name, value in request.headers.items()}, body
    )

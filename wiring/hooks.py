"""Webhooks into this home: read by the mapping of their system, once it is certain from whom they come."""

from __future__ import annotations

from typing import Any

from domain.errors import Refused
from intake import mapping, signatures
from intake.signatures import Received
from wiring.fetching import LATER, asker
from wiring.home import Konto
from wiring.importing import Summary, take_body
from wiring.settings import HookSettings
from words import N_

NO_SUCH_HOOK = N_("There is no webhook “{name}” here. One is set as [hooks.{name}] in settings.toml.")
ASK_AGAIN = N_("What the webhook names could not be asked for. Please send it again later.")


class NotAsked(Refused):
    """What was sent names things that its system did not tell of when asked; it is to be sent again."""

    def __init__(self) -> None:
        super().__init__("not_asked", ASK_AGAIN)


def found(konto: Konto, name: str) -> HookSettings:
    """Raises Refused where there is none."""
    hook = konto.settings.hooks.get(name)
    if hook is None:
        raise Refused("not_found", NO_SUCH_HOOK, "connector", name=name[:40])
    return hook


def verify(konto: Konto, hook: HookSettings, received: Received) -> None:
    """By its signature; one that comes with a key is looked at elsewhere. Raises Refused."""
    assert hook.signature != "key"
    secrets = [each.get_secret_value() for each in (hook.secret, hook.secret_before) if each is not None]
    address = hook.address.get_secret_value() if hook.address else received.address
    signatures.verify(hook.signature, secrets, received._replace(address=address), konto.clock())


def take(konto: Konto, name: str, hook: HookSettings, document: Any) -> Summary:
    """What became of the facts in parsed JSON. Raises Refused where the mapping cannot read it, and NotAsked."""
    folders = [konto.home / "mappings"]
    known = mapping.load(hook.mapping or name, folders=folders)
    ask = asker(konto.settings.connectors)
    mapped = list(mapping.facts_of_document(document, known, folder=folders[0], now=konto.clock(), ask=ask))
    if any(each.refused is not None and each.refused.code == LATER for each in mapped):
        raise NotAsked  # before anything is recorded or kept: the whole of it comes again
    return take_body(konto, f"hook-{name}", document, iter(mapped))

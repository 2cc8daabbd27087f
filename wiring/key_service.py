"""A key service that keeps the master key wrapped: the transit engine of HashiCorp Vault or OpenBao.

It is asked when a process starts and when the master key is exchanged, never for single customers: so a service that is
away for a while stops nobody who is at work, and an import does not ask it a thousand times.
https://developer.hashicorp.com/vault/api-docs/secret/transit
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from domain.errors import Refused
from wiring.environment import UnsafeSetting
from wiring.settings import NO_SERVICE, VaultSettings
from words import N_
from workers.channels import web
from workers.channels.wire import trouble

CODE = "key_service"
CODE_AWAY = "key_service_away"
"""Whoever starts may wait for it."""
AWAY = N_(
    "The key service {host} cannot be asked ({reason}). Without it nothing can be opened; what runs already goes on. "
    "Please see that it runs, and try again."
)
SEALED = N_("The key service {host} is sealed or starting. Please unseal it, and try again; what runs already goes on.")
NOT_ALLOWED = N_(
    "The key service {host} does not accept the token, or does not let it use the key {key}. Please check the token "
    "and its policy."
)
NO_KEY = N_(
    "The key service {host} knows no key {key} under {mount}, or cannot open what it wrapped. Please check both."
)
ANSWERED = N_("The key service {host} answered {status}. Please look into its log, and try again.")
NONSENSE = N_(
    "What {host} answered is no answer of a key service. Please check [vault] url; behind a proxy, whether it leads "
    "there."
)


def wrap(settings: VaultSettings, key: bytes) -> str:
    """What the service makes of a key. Raises Refused."""
    return _text(settings, _asked(settings, "encrypt", {"plaintext": b64encode(key).decode()}), "ciphertext")


def unwrap(settings: VaultSettings, wrapped: str) -> bytes:
    """The key again. Raises Refused."""
    text = _text(settings, _asked(settings, "decrypt", {"ciphertext": wrapped}), "plaintext")
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise _refused(settings, NONSENSE) from None


def rewrap(settings: VaultSettings, wrapped: str) -> str:
    """The same key under the newest version of the service's own. Raises Refused."""
    return _text(settings, _asked(settings, "rewrap", {"ciphertext": wrapped}), "ciphertext")


def _asked(settings: VaultSettings, what: str, body: dict[str, str]) -> Any:
    for name in settings.missing():
        raise UnsafeSetting(name, NO_SERVICE)
    assert settings.url is not None
    assert settings.token is not None
    url = f"{settings.url}/v1/{settings.mount.strip('/')}/{what}/{settings.key}"
    headers = {"X-Vault-Token": settings.token.get_secret_value(), "Content-Type": "application/json"}
    try:
        # Such a service lies in the firm's own network as a rule.
        with web.asked(
            "POST", url, headers, json.dumps(body).encode(), seconds=settings.timeout_seconds, allow_private=True
        ) as answer:
            status, told = answer.status, answer.read()
    except OSError as error:
        raise _refused(settings, AWAY, reason=trouble(error)) from None
    except (HTTPException, ValueError):
        raise _refused(settings, NONSENSE) from None
    if status != 200:
        # What it says besides is not repeated: nobody knows what it quotes.
        raise _refused(
            settings, {403: NOT_ALLOWED, 400: NO_KEY, 404: NO_KEY, 503: SEALED}.get(status, ANSWERED), status
        )
    try:
        return json.loads(told)
    except ValueError:
        raise _refused(settings, NONSENSE) from None


def _text(settings: VaultSettings, told: Any, name: str) -> str:
    data = told.get("data") if isinstance(told, dict) else None
    text = data.get(name) if isinstance(data, dict) else None
    if not isinstance(text, str) or not text:
        raise _refused(settings, NONSENSE)
    return text


def _refused(settings: VaultSettings, text: str, status: int = 0, reason: str = "") -> Refused:
    host = urlsplit(settings.url or "").netloc
    code = CODE_AWAY if text in (AWAY, SEALED) else CODE
    return Refused(code, text, host=host, key=settings.key, mount=settings.mount, status=status, reason=reason)

"""The key that signs what the browser of somebody who signed in keeps.

Not one of the installation's keys: whoever takes it away only makes everybody sign in once more.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from domain.errors import Refused
from wiring.home import Konto
from wiring.keys import create_once
from wiring.settings import SHORTEST_COOKIE_SECRET

FILE = "login.key"


class CookieKeyDamaged(Refused):
    def __init__(self, file: Path) -> None:
        super().__init__(
            "keys_damaged",
            "{file} is damaged. Please remove it; another one is made, and all sign in again.",
            file=str(file),
        )


def of(konto: Konto) -> str:
    """As set, else made once in the home, where only its owner can read it."""
    told = konto.settings.login.cookie_secret
    if told is not None:
        return told.get_secret_value()
    file = konto.home / FILE
    if not file.exists():
        create_once(file, secrets.token_urlsafe(48))
    try:
        key = file.read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise CookieKeyDamaged(file) from None
    if len(key) < SHORTEST_COOKIE_SECRET:
        raise CookieKeyDamaged(file)
    return key

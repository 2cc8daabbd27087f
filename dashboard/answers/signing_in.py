"""With what the firm's sign-in service is asked, as the settings say."""

from __future__ import annotations

from datetime import timedelta

from dashboard.shapes.signing_in import SignIn
from wiring import cookie_key
from wiring.home import Konto


def configured(konto: Konto) -> SignIn | None:
    """None: nobody signs in, a token in the address opens the pages."""
    login = konto.settings.login
    if login.address is None or login.metadata_url is None or login.client_id is None or login.client_secret is None:
        return None
    return SignIn(
        address=login.address,
        metadata_url=login.metadata_url,
        client_id=login.client_id,
        client_secret=login.client_secret.get_secret_value(),
        cookie_secret=cookie_key.of(konto),
        lasting=timedelta(hours=login.hours),
        roles_claim=login.roles_claim,
        roles_values=frozenset(login.roles),
    )

"""What the browser of somebody who signed in keeps: signed, small, and of no use to anybody who finds it later.

Streamlit keeps all that the sign-in service says, and the key to it as well, for 30 days. Of that stays who it is, what
the service calls their roles as far as that means anything here, when they signed in, and what signing out needs.
How Streamlit writes and signs its cookies is known here and nowhere else.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from streamlit.auth_util import get_cookie_with_chunks, set_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME

from dashboard.origin import Headers
from dashboard.shapes.signing_in import SignedIn, SignIn

DAY_SECONDS: Final = 86_400
_MOST_FOR_SIGNING_OUT: Final = 2_500
"""A longer proof is left out: headers are not endless, and then the service asks once whether one means it."""
_OWN: Final = (USER_COOKIE_NAME, TOKENS_COOKIE_NAME)


def in_force(cookies: str, sign_in: SignIn) -> dict[str, Any] | None:
    """What the cookies of a request say of who sends it; None: nobody who has signed in, or too long ago."""
    try:
        crumbs = {name: morsel.value for name, morsel in SimpleCookie(cookies).items()}
    except CookieError:
        return None
    found = _read(crumbs, USER_COOKIE_NAME, sign_in)
    known = found is not None and signed_in(found) is not None and found.get("origin") == sign_in.address
    return found if known else None


def signed_in(claims: Mapping[str, Any]) -> SignedIn | None:
    """Who a cookie speaks of, as `kept_small` wrote it. Anything else is nobody."""
    email, roles, at = claims.get("email"), claims.get("roles"), claims.get("at")
    if claims.get("is_logged_in") is not True or not isinstance(roles, list) or not isinstance(at, int):
        return None
    known = tuple(role for role in roles if isinstance(role, str))
    return SignedIn(email if isinstance(email, str) else None, known, datetime.fromtimestamp(at, UTC))


def without_sign_in(headers: Iterable[tuple[bytes, bytes]]) -> tuple[Headers, dict[str, str]]:
    """The headers of an answer, and the cookies of a sign-in that were among them."""
    others: Headers = []
    crumbs: dict[str, str] = {}
    for name, value in headers:
        own = _cookie_in(value) if name == b"set-cookie" else None
        if own is None:
            others.append((name, value))
        else:
            crumbs.update(own)
    return others, crumbs


def arriving(crumbs: Mapping[str, str], sign_in: SignIn, now: datetime) -> SignedIn | None:
    """Who the service says has just come; None: it is no sign-in that counts."""
    claims = _read(crumbs, USER_COOKIE_NAME, sign_in)
    if claims is None or not _is_for_us(claims, sign_in):
        return None
    return SignedIn(_email(claims), tuple(_roles(claims, sign_in)), now)


def kept_small(crumbs: Mapping[str, str], sign_in: SignIn, now: datetime) -> Headers | None:
    """Our own cookies in place of those that Streamlit would set; None: it is no sign-in that counts."""
    claims = _read(crumbs, USER_COOKIE_NAME, sign_in)
    if claims is None or not _is_for_us(claims, sign_in):
        return None
    kept = {
        "is_logged_in": True,
        "origin": sign_in.address,
        "provider": claims.get("provider"),
        "email": _email(claims),
        "roles": _roles(claims, sign_in),
        "at": int(now.timestamp()),
        "id": secrets.token_urlsafe(12),
    }
    proof = (_read(crumbs, TOKENS_COOKIE_NAME, sign_in) or {}).get("id_token")
    tokens = {"id_token": proof} if isinstance(proof, str) and len(proof) <= _MOST_FOR_SIGNING_OUT else {}
    return [*_written(USER_COOKIE_NAME, kept, sign_in), *_written(TOKENS_COOKIE_NAME, tokens, sign_in)]


def _is_for_us(claims: Mapping[str, Any], sign_in: SignIn) -> bool:
    """Whether the service said this to us: what it told another program must not open our pages."""
    audience = claims.get("aud")
    told = audience if isinstance(audience, list) else [audience]
    return claims.get("is_logged_in") is True and sign_in.client_id in told


def _email(claims: Mapping[str, Any]) -> str | None:
    """None where the service says that it is not sure of it: anybody may have typed it there."""
    email, sure = claims.get("email"), claims.get("email_verified", True)
    return email if isinstance(email, str) and email and sure in (True, "true") else None


def _roles(claims: Mapping[str, Any], sign_in: SignIn) -> list[str]:
    if sign_in.roles_claim is None:
        return []
    found = _claim(claims, sign_in.roles_claim)
    values = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return sorted({each for each in values if isinstance(each, str)} & sign_in.roles_values)


def _claim(claims: Mapping[str, Any], name: str) -> object:
    """By its name; with a dot in it also a part of a part, such as realm_access.roles."""
    if name in claims:
        return claims[name]
    first, dot, rest = name.partition(".")
    inner = claims.get(first)
    return _claim(inner, rest) if dot and isinstance(inner, Mapping) else None


# -- as Streamlit writes them ---------------------------------------------------------------------------


def _cookie_in(value: bytes) -> dict[str, str] | None:
    """One of the two that hold a sign-in, or a part of one."""
    name, _, rest = value.decode("latin-1").partition("=")
    base = name.rstrip("0123456789").rstrip("_") if name not in _OWN else name
    return {name: rest.partition(";")[0].strip('"')} if base in _OWN else None


def _read(crumbs: Mapping[str, str], name: str, sign_in: SignIn) -> dict[str, Any] | None:
    days = sign_in.lasting.total_seconds() / DAY_SECONDS

    def one(part: str) -> bytes | None:
        value = crumbs.get(part)
        return decode_signed_value(sign_in.cookie_secret, part, value, max_age_days=days) if value else None

    try:
        found = json.loads(get_cookie_with_chunks(one, name) or b"null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _written(name: str, value: dict[str, Any], sign_in: SignIn) -> Headers:
    written: Headers = []
    behind = f"; Path=/; HttpOnly; SameSite=Lax; Max-Age={int(sign_in.lasting.total_seconds())}"

    def one(part: str, text: str) -> None:
        signed = create_signed_value(sign_in.cookie_secret, part, text).decode()
        written.append((b"set-cookie", f"{part}={signed}{behind}".encode()))

    def sign(part: str, text: str) -> bytes:
        return create_signed_value(sign_in.cookie_secret, part, text)

    set_cookie_with_chunks(one, sign, name, value, cookie_attr_size=len(behind) + len("; Secure"))
    return written

"""What is refused, as RFC 9457 has it: in the caller's language, with the code, the place and what to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.errors import MOST_FINDINGS, Refused
from domain.history import Impossible
from wiring.refusals import sentence
from words import LANGUAGES, N_, Translator, language, translator

MEDIA_TYPE = "application/problem+json"
STATUS: Mapping[str, int] = {
    "encoding": 400,
    "not_json": 400,
    "too_deep": 400,
    "key_in_address": 400,
    "unauthorized": 401,
    "signature": 401,
    "timestamp": 401,
    "figures_closed": 403,
    "not_allowed": 403,
    "scope": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_slow": 408,
    "other_content": 409,
    "rule": 409,
    "too_large": 413,
    "too_many": 429,
    "mistake": 500,
    "busy": 503,
    "damaged_text": 503,
    "journal_away": 503,
    "key_service": 503,
    "key_service_away": 503,
    "keys_missing": 503,
    "other_keys": 503,
    "masters_damaged": 503,
    "not_asked": 503,
    "not_our_version": 503,
    "store_gone": 503,
    "unreadable_event": 503,
}
"""By code; everything else is 422: it was understood, and cannot be recorded or answered so."""
AGAIN_AFTER_S: Mapping[int, int] = {429: 60, 503: 5}
"""Retry-After."""
MENDED_BY_SOMEBODY_S: Mapping[str, int] = dict.fromkeys(
    ("damaged_text", "masters_damaged", "not_our_version", "unreadable_event"), 3_600
)
"""The same by code, for what does not pass by itself."""


class Unauthorized(Refused):
    """The same for every key that does not count, so that nobody learns why."""

    def __init__(self) -> None:
        super().__init__("unauthorized", NO_KEY)


class KeyInAddress(Refused):
    def __init__(self) -> None:
        super().__init__("key_in_address", IN_THE_ADDRESS)


class ScopeMissing(Refused):
    def __init__(self, scopes: Collection[str]) -> None:
        super().__init__("scope", NOT_FOR_THIS, scope=", ".join(scopes))


class TooLarge(Refused):
    def __init__(self, limit_mib: int) -> None:
        super().__init__("too_large", TOO_MUCH, limit=limit_mib)


class Packed(Refused):
    """What is small on the wire may be anything when it is unpacked."""

    def __init__(self, coding: str) -> None:
        super().__init__("encoding", IS_PACKED, coding=coding[:20])


class TooSlow(Refused):
    def __init__(self, seconds: float) -> None:
        super().__init__("too_slow", CAME_TOO_SLOWLY, seconds=round(seconds))


class TooMany(Refused):
    def __init__(self) -> None:
        super().__init__("too_many", ASKED_TOO_OFTEN)


class NoSuchPlace(Refused):
    def __init__(self) -> None:
        super().__init__("not_found", NOTHING_HERE)


class OtherMethod(Refused):
    def __init__(self) -> None:
        super().__init__("method_not_allowed", NOT_SO)


class StoreAway(Refused):
    def __init__(self) -> None:
        super().__init__("store_gone", IS_AWAY)


class Mistake(Refused):
    """Ours."""

    def __init__(self) -> None:
        super().__init__("mistake", WENT_WRONG)


def status_of(refused: Refused) -> int:
    return STATUS.get(refused.code, HTTPStatus.UNPROCESSABLE_ENTITY)


def as_json(refused: Refused, t: Translator, *, most: int = MOST_FINDINGS) -> dict[str, Any]:
    """The first finding in the fields of RFC 9457 and in ours; `most` of them in `errors`.

    Where the history with a fact would be impossible, `facts` names it and the earlier one that forbids it.
    """
    status = status_of(refused)
    text = sentence(refused, t)
    facts = (refused.fact, refused.earlier) if isinstance(refused, Impossible) else ()
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": text,
        "code": refused.code,
        "message": text,
        "path": refused.path,
        "errors": [
            {"code": each.code, "message": sentence(each, t), "path": each.path}
            for each in islice((refused, *refused.also), most)
        ],
        **({"facts": [{"source": each.source, "id": each.id} for each in facts if each]} if facts else {}),
    }


def answer(request: Request, refused: Refused) -> JSONResponse:
    status = status_of(refused)
    headers = {"Content-Language": translator_of(request).lang}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status in AGAIN_AFTER_S:
        headers["Retry-After"] = str(MENDED_BY_SOMEBODY_S.get(refused.code, AGAIN_AFTER_S[status]))
    found = as_json(refused, translator_of(request))
    return JSONResponse(found, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def translator_of(request: Request) -> Translator:
    """By the first language of Accept-Language; English where none is named."""
    first = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
    found = language(first)
    assert found in LANGUAGES
    return translator(found)


NO_KEY = N_("A key that counts is needed: Authorization: Bearer konto_… One is made by: konto keys create")
IN_THE_ADDRESS = N_(
    "The key stands in the address, where it gets into logs. Please send it as Authorization: Bearer, and have this "
    "one replaced: konto keys revoke"
)
NOT_FOR_THIS = N_("This key was not made for it; it needs one of these scopes: {scope}.")
TOO_MUCH = N_("What was sent is larger than {limit} MiB. Please send it in several parts.")
IS_PACKED = N_(
    "The body is packed (Content-Encoding: {coding}). Please send it unpacked, in several parts if it is large."
)
CAME_TOO_SLOWLY = N_("What was announced did not come within {seconds} seconds. Please send it again.")
ASKED_TOO_OFTEN = N_("This was asked too often. Please wait a minute.")
NOTHING_HERE = N_("There is nothing at this address. What there is stands in /openapi.json.")
NOT_SO = N_("This address is not asked in this way. What there is stands in /openapi.json.")
IS_AWAY = N_("The database cannot be reached just now; nothing was recorded. Please try again.")
WENT_WRONG = N_("Something went wrong here; nothing is half done. The request id leads to it in the log.")

"""Asks a connected system for what its webhook only names, with the secret that the settings hold for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from domain.errors import Refused
from intake import json_text
from intake.fetch import Ask, Question
from wiring.settings import ConnectorSettings
from words import N_
from workers.channels import web
from workers.channels.wire import Flooded, Forbidden, trouble

MOST_BYTES = 1 << 20
LATER = "fetch_later"
"""The code of what may be answered when it is asked once more."""
BUSY = (408, 425, 429)
KEPT = 1000
"""So many answers of one import are kept: a batch often names the same thing several times."""

NO_TOKEN = N_(
    "The mapping asks {host} with the secret “{token}”. Please put it into settings.toml: [connectors.{token}] token."
)
ANSWERED = N_(
    "{host} answered {status}. Please check the address in the mapping and [connectors.{token}] in settings.toml."
)
NO_ANSWER = N_("{host} could not be asked ({reason}). Please try again later.")
PRIVATE = N_(
    "{host} lies in your own network. If it is meant to be asked, set allow_private under [connectors.{token}] in "
    "settings.toml."
)
NOT_JSON = N_("What {host} answered is no JSON, or more than {limit} bytes of it.")


def asker(connectors: Mapping[str, ConnectorSettings]) -> Ask:
    """Whoever asks for one import: the same question is asked once."""

    @lru_cache(KEPT)
    def ask(question: Question) -> Any:
        host = urlsplit(question.url).hostname or ""
        connector = connectors.get(question.token)
        if connector is None:
            raise Refused("fetch", NO_TOKEN, host=host, token=question.token)
        try:
            status, body = _answer(question, connector)
        except Forbidden:
            raise Refused("fetch", PRIVATE, host=host, token=question.token) from None
        except Flooded:
            raise Refused("fetch", NOT_JSON, host=host, limit=MOST_BYTES) from None
        except OSError as error:
            raise Refused(LATER, NO_ANSWER, host=host, reason=trouble(error)) from None
        except (HTTPException, ValueError):
            raise Refused("fetch", NOT_JSON, host=host, limit=MOST_BYTES) from None
        if status != 200:
            # Whoever followed where a redirection leads would hand the secret on.
            code = LATER if status in BUSY or status >= 500 else "fetch"
            raise Refused(code, ANSWERED, host=host, status=status, token=question.token)
        return _parsed(body, host)

    return ask


def _answer(question: Question, connector: ConnectorSettings) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {connector.token.get_secret_value()}", "Accept": "application/json"}
    with web.asked(
        "GET",
        question.url,
        headers,
        seconds=question.timeout_seconds,
        allow_private=connector.allow_private,
        most_bytes=MOST_BYTES,
    ) as answer:
        return answer.status, answer.read()


def _parsed(body: bytes, host: str) -> Any:
    try:
        return json_text.parse(body.decode("utf-8"))
    except (Refused, UnicodeDecodeError):
        raise Refused("fetch", NOT_JSON, host=host, limit=MOST_BYTES) from None

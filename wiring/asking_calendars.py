"""Asks for a subscribed calendar where it lies: a file on the web, or a CalDAV server for what lies ahead."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPException
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree

from domain.errors import Refused
from intake.appointments.components import MOST_BYTES
from wiring.settings import AppointmentSettings
from words import N_
from workers.channels import web
from workers.channels.wire import Flooded, Forbidden, trouble

OF_HEADERS = 64 << 10
UNCHANGED, FOUND, SEVERAL = 304, 200, 207
CALENDAR_DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"

QUERY = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="{start}"/></C:comp-filter>
</C:comp-filter></C:filter>
</C:calendar-query>
"""
"""Without an end: what was moved far ahead must not look as if it had vanished."""

ANSWERED = N_(
    "{host} answered {status} when it was asked for the calendar “{name}”. Please check url, user and password under "
    "[appointments.{name}] in settings.toml."
)
MOVED_AWAY = N_(
    "{host} says that the calendar “{name}” lies elsewhere now. Please put its new address into [appointments.{name}] "
    "url; nobody follows by themselves, since the address is a secret."
)
NO_ANSWER = N_("{host} could not be asked for the calendar “{name}” ({reason}). It is asked again by itself.")
PRIVATE = N_(
    "{host} lies in your own network. If the calendar “{name}” is meant to be read there, set allow_private under "
    "[appointments.{name}] in settings.toml."
)
FLOODED = N_("The calendar “{name}” is larger than {limit} MiB. Please subscribe to one with a shorter time.")
NO_DAV = N_(
    "What {host} answered for the calendar “{name}” is not what a CalDAV server answers. Please check that url names "
    "the calendar itself, or set kind to ics."
)


class Asked(NamedTuple):
    """The calendars' texts, several where a server keeps each appointment by itself; None = as they were."""

    bodies: list[bytes] | None
    etag: str | None


def ask(name: str, settings: AppointmentSettings, since: datetime, etag: str | None) -> Asked:
    """`etag`: of what is known already. Raises Refused, naming the calendar and the host and never the address."""
    url = settings.url.get_secret_value()
    host = urlsplit(url).hostname or ""
    try:
        status, found_etag, body = _answer(url, settings, since, etag)
    except Forbidden:
        raise Refused("calendar_private", PRIVATE, host=host, name=name) from None
    except Flooded:
        raise Refused("too_large", FLOODED, name=name, limit=MOST_BYTES >> 20) from None
    except OSError as error:
        raise Refused("calendar_away", NO_ANSWER, host=host, name=name, reason=trouble(error)) from None
    except (HTTPException, ValueError):
        raise Refused("calendar_away", NO_ANSWER, host=host, name=name, reason="no_answer") from None
    if status == UNCHANGED and etag is not None:
        return Asked(None, etag)
    if status in (301, 302, 303, 307, 308):
        raise Refused("calendar_moved", MOVED_AWAY, host=host, name=name)
    if status != (SEVERAL if settings.kind == "caldav" else FOUND):
        raise Refused("calendar_refused", ANSWERED, host=host, name=name, status=status)
    if settings.kind == "ics":
        return Asked([body], found_etag)
    try:
        return Asked(list(_of_server(body)), None)
    except (ElementTree.ParseError, ValueError):
        raise Refused("no_caldav", NO_DAV, host=host, name=name) from None


def _answer(
    url: str, settings: AppointmentSettings, since: datetime, etag: str | None
) -> tuple[int, str | None, bytes]:
    headers = {"Accept": "text/calendar"}
    if settings.user is not None and settings.password is not None:
        login = f"{settings.user}:{settings.password.get_secret_value()}"
        headers["Authorization"] = "Basic " + b64encode(login.encode()).decode()
    method, body = "GET", None
    if settings.kind == "caldav":
        headers |= {"Accept": "application/xml", "Content-Type": "application/xml; charset=utf-8", "Depth": "1"}
        method, body = "REPORT", QUERY.format(start=since.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")).encode()
    elif etag is not None:
        headers["If-None-Match"] = etag
    with web.asked(
        method,
        url,
        headers,
        body,
        seconds=settings.timeout_seconds,
        allow_private=settings.allow_private,
        most_bytes=MOST_BYTES + OF_HEADERS,
    ) as answer:
        return answer.status, answer.getheader("ETag"), answer.read()


def _of_server(body: bytes) -> Iterator[bytes]:
    """The text of each appointment. Raises ValueError or ParseError."""
    if b"<!DOCTYPE" in body[:4096] or b"<!ENTITY" in body:
        raise ValueError  # names for ever longer texts, or for files of this machine
    for found in ElementTree.fromstring(body).iter(CALENDAR_DATA):
        if found.text:
            yield found.text.encode()

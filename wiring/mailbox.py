"""A mailbox on its server, opened so that nothing in it can change: folders, and what is new in them.

Folders are examined, not selected, and headers are peeked at, so that no mail becomes a read one by our looking.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError
from imapclient.imapclient import SENT, IMAPClient
from pydantic import SecretStr

from domain.errors import Refused
from domain.fact import LATEST
from intake.mail import text
from intake.mail.header import MOST_BYTES
from intake.mail.letter import Found
from intake.mail.signs import invites
from wiring.bookmarks import Place
from wiring.imap_limit import Watch, WatchedClient
from wiring.settings import MailboxSettings
from words import N_
from workers.channels.wire import trouble

INBOX = "INBOX"
TOGETHER = 100
"""So many mails are asked for at once."""
ANSWERS_TO_LOG_IN, ANSWERS_TO_SEARCH, ANSWERS_TO_FETCH = 5, 5, 15
"""Each may take as long as so many answers of the server."""
A_ZONE = timedelta(days=1)
"""A server looks for days of its own zone, whichever that is."""
SENT_NAMES = ("sent", "sent items", "sent messages", "gesendet", "gesendete elemente", "gesendete objekte")
"""How mail programs call the folder where the server says nothing of it."""
MISREAD = (IMAPClientError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the library stumbles over where a server's answer is none."""

HEADER = f"BODY.PEEK[HEADER]<0.{MOST_BYTES + 1}>"
TEXT = f"BODY.PEEK[]<0.{text.MOST_BYTES}>"
PARTS = "BODYSTRUCTURE"

NO_PASSWORD = N_(
    "The mailbox {name} has no password. Please set it as KONTO_MAILBOXES_{variable}_PASSWORD, or as password under "
    "[mailboxes.{name}] in settings.toml."
)
TROUBLES: Mapping[str, str] = {
    "no_connection": N_(
        "{host} does not answer at port {port}. Please check host and port under [mailboxes.{name}] in settings.toml, "
        "and the network."
    ),
    "timeout": N_("{host} did not answer within {seconds} seconds. It is tried again later."),
    "certificate": N_(
        "{host} shows a certificate that is not made for it. Please check host under [mailboxes.{name}] in "
        "settings.toml; the password was not sent."
    ),
    "no_starttls": N_(
        "{host} offers no STARTTLS at port {port}. Please set security to “tls” under [mailboxes.{name}] in "
        "settings.toml; the password was not sent."
    ),
    "login": N_(
        "{host} did not accept user and password of the mailbox {name}. Please check both; some providers want a "
        "password made for this program alone."
    ),
    "no_mail_server": N_("What {host} answers at port {port} is not what a mailbox says. Please check host and port."),
}
NO_FOLDER = N_("There is no folder “{found}” in the mailbox {name}. It has: {known}.")


class MailboxTrouble(Refused):
    """The server or its settings, not a mail; `trouble` is its code."""

    def __init__(self, kind: str, text: str, **params: Any) -> None:
        super().__init__("mailbox", text, **params)
        self.trouble = kind


class Folder(NamedTuple):
    name: str
    is_sent: bool
    can_be_read: bool


class News(NamedTuple):
    """What is new in a folder, fetched while it is gone through, and how far it has been read then."""

    size: int
    found: Iterator[Found]
    place: Place


@contextmanager
def opened(name: str, settings: MailboxSettings) -> Iterator[Mailbox]:
    """Raises MailboxTrouble, whatever goes wrong and whenever."""
    if settings.password is None:
        raise MailboxTrouble("no_password", NO_PASSWORD, name=name, variable=name.upper())
    watch = Watch()
    try:
        with watch.within(settings.timeout_seconds * ANSWERS_TO_LOG_IN):
            client = _logged_in(settings, settings.password, watch)
        with client:
            yield Mailbox(name, settings, client, watch)
    except (OSError, *MISREAD) as error:
        # Without its cause: there may stand what is in the mails.
        raise _trouble("timeout" if watch.has_bitten else _kind(error), name, settings) from None


def _logged_in(settings: MailboxSettings, password: SecretStr, watch: Watch) -> WatchedClient:
    tls = settings.security == "tls"
    client = WatchedClient(watch, settings.host, settings.at_port, ssl=tls, timeout=settings.timeout_seconds)
    try:
        client.normalise_times = False
        if settings.security == "starttls":
            client.starttls()
        secret = password.get_secret_value()
        # The older way to log in knows no letters beyond ASCII.
        log_in = client.login if (settings.user + secret).isascii() else client.plain_login
        log_in(settings.user, secret)
    except BaseException:
        with suppress(Exception):
            client.shutdown()
        raise
    return client


def _kind(error: Exception) -> str:
    match error:
        case CapabilityError():
            return "no_starttls"
        case LoginError():
            # The library says so of a connection that breaks in the middle of it, too.
            return "no_connection" if isinstance(error.__context__, IMAPClient.AbortError) else "login"
        case OSError():
            return trouble(error)
        case IMAPClient.AbortError():
            return "no_connection"
    return "no_mail_server"


def _trouble(kind: str, name: str, settings: MailboxSettings) -> MailboxTrouble:
    params = {"name": name, "host": settings.host, "port": settings.at_port, "seconds": f"{settings.timeout_seconds:g}"}
    return MailboxTrouble(kind, TROUBLES[kind], **params)


class Mailbox:
    def __init__(self, name: str, settings: MailboxSettings, client: WatchedClient, watch: Watch) -> None:
        self.name, self.settings, self.client, self.watch = name, settings, client, watch

    def _within(self, answers: int = 1) -> AbstractContextManager[None]:
        return self.watch.within(self.settings.timeout_seconds * answers)

    # -- folders ----------------------------------------------------------------------------------------

    def folders(self) -> list[Folder]:
        with self._within():
            listed = [(set(flags), str(name)) for flags, _, name in self.client.list_folders()]
        sent = self.settings.sent or next((name for flags, name in listed if SENT in flags), None)
        if sent is None:
            sent = next((name for _, name in listed if _last(name) in SENT_NAMES), None)
        return [Folder(name, name == sent, rb"\Noselect" not in flags) for flags, name in listed]

    def to_read(self) -> list[Folder]:
        """What we send first: an answer that is found there has its question in a folder that is read after it."""
        there = {_folded(each.name): each for each in self.folders() if each.can_be_read}
        wanted = self.settings.folders or [INBOX, *(each.name for each in there.values() if each.is_sent)]
        for name in (*wanted, *filter(None, [self.settings.sent])):
            if _folded(name) not in there:
                known = ", ".join(each.name for each in there.values())
                raise MailboxTrouble("no_folder", NO_FOLDER, found=name, name=self.name, known=known)
        chosen = [there[name] for name in dict.fromkeys(map(_folded, wanted))]
        return sorted(chosen, key=lambda each: not each.is_sent)

    # -- mails ------------------------------------------------------------------------------------------

    def news(self, folder: Folder, place: Place | None, since: datetime) -> News:
        """What came after the place; where it says nothing any more, what came since a day."""
        with self._within(ANSWERS_TO_SEARCH):
            said = self.client.select_folder(folder.name, readonly=True)
            validity = int(said[b"UIDVALIDITY"])
            if place is not None and place.validity == validity:
                # Where nothing is new, the server names the last one once more.
                uids = [uid for uid in self.client.search(["UID", f"{place.uid + 1}:*"]) if uid > place.uid]
                last = place.uid
            else:
                uids = self.client.search(["SINCE", (since.astimezone(UTC) - A_ZONE).date()])
                last = int(said.get(b"UIDNEXT", 1)) - 1
        found = (each for each in self._found(folder, sorted(uids)) if each.received >= since)
        return News(len(uids), found, Place(validity, max([last, *uids])))

    def _found(self, folder: Folder, uids: Sequence[int]) -> Iterator[Found]:
        for start in range(0, len(uids), TOGETHER):
            together = uids[start : start + TOGETHER]
            told = self._fetched(together)
            yield from (self._as_found(folder, uid, told[uid]) for uid in together if uid in told)

    def _fetched(self, uids: Sequence[int]) -> Mapping[int, Mapping[bytes, Any] | None]:
        """None for a mail that the server does not give out, or not so that it can be understood."""
        items = ["INTERNALDATE", "FLAGS", HEADER, *([TEXT] if self.settings.text else [])]
        try:
            return self._fetch(uids, [*items, PARTS])
        except IMAPClient.AbortError:
            raise
        except MISREAD:
            # One odd mail must not keep us from the others; the parts of these are then not looked at.
            alone = {uid: self._alone(uid, items) for uid in uids}
            if any(alone.values()):
                return alone
            raise

    def _alone(self, uid: int, items: Sequence[str]) -> Mapping[bytes, Any] | None:
        try:
            return self._fetch([uid], items).get(uid)
        except IMAPClient.AbortError:
            raise
        except MISREAD:
            return None

    def _fetch(self, uids: Sequence[int], items: Sequence[str]) -> Mapping[int, Mapping[bytes, Any]]:
        with self._within(ANSWERS_TO_FETCH):
            fetched: Mapping[int, Mapping[bytes, Any]] = self.client.fetch(uids, items)
        return fetched

    def _as_found(self, folder: Folder, uid: int, told: Mapping[bytes, Any] | None) -> Found:
        if told is None:
            return Found(f"{folder.name} {uid}", None, LATEST)
        whole = told.get(b"BODY[]<0>") or b""
        return Found(
            place=f"{folder.name} {uid}",
            header=told.get(b"BODY[HEADER]<0>") or b"",
            received=told.get(b"INTERNALDATE", LATEST),
            in_sent=folder.is_sent,
            is_draft=rb"\Draft" in told.get(b"FLAGS", ()),
            invites=_invites(told.get(b"BODYSTRUCTURE")),
            text=text.own_words(whole) if self.settings.text else "",
        )


def _invites(parts: Any) -> bool:
    """Whether one of a mail's parts is an invitation. The parts come as tuples within tuples."""
    waiting = [parts]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, tuple | list):
            continue
        kind = [each.lower() if isinstance(each, bytes) else each for each in part[:2]]
        if kind == [b"text", b"calendar"] and len(part) > 2 and isinstance(part[2], tuple):
            told = [each.decode("ascii", "replace").lower() for each in part[2] if isinstance(each, bytes)]
            method = dict(zip(told[::2], told[1::2], strict=False)).get("method")
            if method is not None and invites(method):
                return True
        waiting += [each for each in part if isinstance(each, tuple | list)]
    return False


def _last(name: str) -> str:
    return name.replace("/", ".").rpartition(".")[2].casefold()


def _folded(name: str) -> str:
    """The inbox is called so in whatever letters; all other names as they are."""
    return INBOX if name.upper() == INBOX else name

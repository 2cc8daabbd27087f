"""What is no letter from one person to another, and by which sign in its header it is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from intake.mail.header import Fields
from words import N_

Reason = Literal[
    "own_alert",
    "bounce",
    "automatic",
    "newsletter",
    "spam",
    "invitation",
    "draft",
    "among_ourselves",
    "unknown",
    "several_customers",
]

REASONS: Mapping[Reason, str] = {
    "own_alert": N_("our own alerts"),
    "bounce": N_("reports that a mail did not arrive"),
    "automatic": N_("automatic replies and notices"),
    "newsletter": N_("newsletters and mailing lists"),
    "spam": N_("marked as spam by your mail server"),
    "invitation": N_("invitations, which belong to the calendar"),
    "draft": N_("drafts"),
    "among_ourselves": N_("among ourselves"),
    "unknown": N_("from or to nobody that is known here"),
    "several_customers": N_("an address that several customers have"),
}

IsOurOwn = Callable[[Fields], bool]
"""Whether it is a mail that the product itself has sent."""

SPAM_LEVEL = 5
"""From this confidence on Exchange puts a mail into the folder for spam."""
METHOD = re.compile(r'method="?([a-z]+)')
LIST_ID = re.compile(r"<([^<>]+)>")


def sign(fields: Fields, *, is_our_own: IsOurOwn, own_domains: Iterable[str] = ()) -> Reason | None:
    """Why it is left out, else None."""
    if is_our_own(fields):
        return "own_alert"
    if _is_bounce(fields):
        return "bounce"
    if _is_spam(fields):
        return "spam"
    if _is_invitation(fields):
        return "invitation"
    if _is_automatic(fields):
        return "automatic"
    if _is_to_many(fields, own_domains):
        return "newsletter"
    return None


def _word(fields: Fields, name: str) -> str:
    """The first word of a header in small letters, without what follows a semicolon or a comment."""
    words = re.split(r"[;\s(]", fields.get(name).lower(), maxsplit=1)
    return words[0]


def _content(fields: Fields) -> str:
    return fields.get("content-type").lower()


def _is_bounce(fields: Fields) -> bool:
    content = _content(fields)
    if content.startswith("multipart/report"):
        return "disposition-notification" not in content
    return bool(fields.all("x-failed-recipients"))


def _is_automatic(fields: Fields) -> bool:
    """RFC 3834, and what was usual before it and beside it."""
    if _word(fields, "auto-submitted") not in ("", "no"):
        return True
    # A read receipt is a report too, written by a program.
    if _content(fields).startswith("multipart/report"):
        return True
    if any(fields.all(name) for name in ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply-from")):
        return True
    if _word(fields, "x-auto-response-suppress") not in ("", "none"):
        return True
    if _word(fields, "precedence") in ("auto_reply", "auto-reply"):
        return True
    # The empty sender of an envelope: nobody wants to hear an answer.
    return any("".join(path.split()) == "<>" for path in fields.all("return-path"))


def _is_to_many(fields: Fields, own_domains: Iterable[str]) -> bool:
    list_id = LIST_ID.search(fields.get("list-id"))
    if list_id and any(f".{list_id[1].lower()}".endswith(f".{domain}") for domain in own_domains):
        # A shared address of ours is often kept as a list: what customers write to it is meant for us.
        return False
    if any(fields.all(name) for name in ("list-id", "list-unsubscribe", "list-post")):
        return True
    return _word(fields, "precedence") in ("bulk", "list", "junk")


def _is_spam(fields: Fields) -> bool:
    if _word(fields, "x-spam-flag") == "yes" or _word(fields, "x-spam-status").startswith("yes"):
        return True
    level = fields.get("x-ms-exchange-organization-scl")
    return level.isascii() and level.isdecimal() and int(level[:4]) >= SPAM_LEVEL


def _is_invitation(fields: Fields) -> bool:
    if fields.get("content-class").lower().endswith("calendarmessage"):
        return True
    method = METHOD.search(_content(fields))
    return _content(fields).startswith("text/calendar") and method is not None and invites(method[1])


def invites(method: str) -> bool:
    """Whether a calendar's message of this method (RFC 5546) asks or answers somebody; what is only handed out may be
    attached to any letter."""
    return method.lower() != "publish"
